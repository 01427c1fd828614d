"""The WSGI application that gunicorn serves: `gunicorn newsroom.wsgi`."""

import os
import re

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

# The charset, and parameters that name one for themselves (RFC 2231), which no browser sends.
_CHARSET = re.compile(r"""(?i);\s*(charset|[^;=]*\*)[^;=]*=\s*("[^"]*"|[^;]*)""")
_answer = get_wsgi_application()


def application(environ, start_response):
    """Django's application, told of no charset: every request is read as UTF-8.

    Django decodes the query and the form by whatever codec the request names, before any middleware: one
    that is no text encoding ends in a 500, and some make halves of surrogate pairs, which nothing can store.
    """
    if environ.get("CONTENT_TYPE"):
        environ["CONTENT_TYPE"] = _CHARSET.sub("", environ["CONTENT_TYPE"])
    return _answer(environ, start_response)
