"""The site as a server with a page cache answers for it, and without, in the same process."""

import io
from dataclasses import dataclass
from urllib.parse import unquote

from articles.shown import LATEST, shows
from newsroom.page_cache import PageCache
from newsroom.wsgi import uncached

HOST = "127.0.0.1"
HTML = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "public, no-cache"), ("ETag", '"a"')]


class Application:
    """A WSGI application that answers with its count, and with `headers`."""

    def __init__(self, *, status="200 OK", headers=HTML, meanwhile=lambda: None):
        self.status, self.headers, self.meanwhile, self.asked = status, headers, meanwhile, []

    def __call__(self, environ, start_response):
        shows(LATEST)
        self.asked.append(environ)
        number = len(self.asked)
        self.meanwhile()
        start_response(self.status, self.headers)
        return [f"Page {number} {'of words ' * 50}".encode()]


@dataclass(frozen=True)
class Got:
    """What a request was answered: `status` as a number, `headers` by their names in small letters, `body`."""

    status: int
    headers: dict
    body: bytes

    @property
    def text(self):
        return self.body.decode()


def ask(application, address, *, method="GET", **headers):
    """The Got of a WSGI application for a path with query; `headers` as `accept_encoding="br"`."""
    path, _, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": unquote(path).encode().decode("latin-1"), "QUERY_STRING": query,
        "SERVER_NAME": HOST, "SERVER_PORT": "80", "HTTP_HOST": HOST, "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(),
        "REMOTE_ADDR": HOST, "SCRIPT_NAME": "",
    } | {f"HTTP_{name.upper()}": value for name, value in headers.items()}  # fmt: skip
    told = {}
    result = application(environ, lambda status, pairs, error=None: told.update(status=status, pairs=pairs))
    body = b"".join(result)
    if hasattr(result, "close"):
        result.close()
    found = {name.lower(): value for name, value in told["pairs"]}
    return Got(int(told["status"][:3]), found, body)


class CachedSite:
    """A PageCache in front of the site, on a Board of drops of its own; `rendered` counts what it asked Django for."""

    def __init__(self, board, *, limit=8 * 1024 * 1024):
        self.board, self.rendered = board, 0
        self.cache = PageCache(self._render, limit=limit, board=lambda: self.board)

    def _render(self, environ, start_response):
        self.rendered += 1
        return uncached(environ, start_response)

    def get(self, address, **options):
        return ask(self.cache, address, **options)

    def fresh(self, address, **options):
        """The same without the cache."""
        return ask(uncached, address, **options)

    def keeps(self, address):
        """Whether asking for the address now is answered from memory."""
        before = self.cache.hits
        self.get(address)
        return self.cache.hits > before
