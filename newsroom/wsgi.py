"""The WSGI application that gunicorn serves: `gunicorn newsroom.wsgi`.

What readers ask for is answered in front of Django where it is kept (page_cache.py).
"""

import os
import re

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created
from django.utils.module_loading import import_string

from newsroom.patience import make_haste

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

# The charset, and parameters that name one for themselves (RFC 2231), which no browser sends.
_CHARSET = re.compile(r"""(?i);\s*(charset|[^;=]*\*)[^;=]*=\s*("[^"]*"|[^;]*)""")
_django = get_wsgi_application()
connection_created.connect(make_haste)


def uncached(environ, start_response):
    """Django's application, told of no charset: every request is read as UTF-8.

    Django decodes the query and the form by whatever codec the request names, before any middleware: one
    that is no text encoding ends in a 500, and some make halves of surrogate pairs, which nothing can store.
    """
    if environ.get("CONTENT_TYPE"):
        environ["CONTENT_TYPE"] = _CHARSET.sub("", environ["CONTENT_TYPE"])
    return _django(environ, start_response)


# By its name, since it reads models, which are there only now.
application = import_string("newsroom.page_cache.PageCache")(uncached, limit=settings.PAGE_CACHE)
