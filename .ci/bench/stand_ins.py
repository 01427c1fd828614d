"""What our server is measured against: WSGI applications that serve bytes which are at hand.

    gunicorn stand_ins:hello     the same bytes for every request of an address, and nothing else
    gunicorn stand_ins:django    a view of a fresh Django project behind Django's own cache of whole pages

`BENCH_PAGES` names the folder that `keep` has filled: one file for each page, and one with its Content-Type.
"""

import os
from pathlib import Path

FORM = b'<input type="hidden" name="csrfmiddlewaretoken" value="%s">'
PAGES = Path(os.environ.get("BENCH_PAGES", "."))


def keep(folder, name, content_type, body, **headers):
    """Keeps a page for the stand-ins under `/name`."""
    more = [f"{key.replace('_', '-')}: {value}" for key, value in headers.items()]
    (folder / f"{name}.head").write_text("\n".join([f"Content-Type: {content_type}", *more]))
    (folder / f"{name}.body").write_bytes(body)


def _kept():
    """{path: (headers, [bytes])} of all pages."""
    pages = {}
    for file in PAGES.glob("*.body"):
        body = file.read_bytes()
        lines = file.with_suffix(".head").read_text().splitlines()
        headers = [tuple(line.split(": ", 1)) for line in lines]
        pages[f"/{file.stem}"] = ([*headers, ("Content-Length", str(len(body)))], [body])
    return pages


_pages = _kept()
_nothing = ([("Content-Type", "text/plain"), ("Content-Length", "0")], [b""])


def hello(environ, start_response):
    headers, body = _pages.get(environ["PATH_INFO"], _nothing)
    start_response("200 OK", headers)
    return body


def _django_project():
    """The middleware of `django-admin startproject`, between the two of Django's cache; pages kept for an hour."""
    from django.conf import settings  # noqa: PLC0415 - the bare hello is to load no Django

    settings.configure(
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="only for measuring " * 4,
        ROOT_URLCONF="stand_in_views",
        INSTALLED_APPS=["django.contrib.sessions", "django.contrib.auth", "django.contrib.contenttypes"],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        CACHE_MIDDLEWARE_SECONDS=3600,
        MIDDLEWARE=[
            "django.middleware.cache.UpdateCacheMiddleware",
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "django.middleware.cache.FetchFromCacheMiddleware",
        ],
    )
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - reads the settings made above

    return get_wsgi_application()


def __getattr__(name):
    if name == "django":
        return _django_project()
    raise AttributeError(name)
