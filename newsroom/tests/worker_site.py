"""What the tests of the page worker have served: an application that keeps pages, renders some and takes posts.

It needs no Django, so that a server is there in a fraction of a second.
"""

import json
import os
import sys
import threading
import time
from contextlib import contextmanager

from newsroom.kept_pages import ASKED_AT
from newsroom.page_worker import PageWorker

LARGE = b"".join(
    b"%09d\n" % number for number in range(1_200_000)
)  # more than all buffers between two sockets hold
KEPT = {"/kept": b"A kept page.\n", "/large": LARGE, "/healthz": b"Here.\n"}
ETAG = '"kept"'
TOLD = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "SERVER_PROTOCOL", "CONTENT_LENGTH", "wsgi.url_scheme")


class Site:
    """`/kept`, `/large` and `/kept/environ` are kept; `/page/NAME?SECONDS` is rendered in that time, and shared.

    Everything else needs a thread: `/echo` gives back what it is sent, `/sleep?SECONDS` takes a while. `/state` says
    what the worker is doing, without a thread; `/page/gate` takes until `/open` is asked for. Some paths break at one
    place or another.
    """

    def __init__(self):
        self.worker = None  # the page worker that serves it, where one does
        self.made, self.rendered, self.busy, self.rendering, self.most_at_once = {}, [], 0, 0, 0
        self.lock, self.gate = threading.Lock(), threading.Event()

    def at_once(self, environ, start_response):
        path = environ["PATH_INFO"]
        if path == "/page/broken-at-once":
            raise ValueError("This page cannot be looked for.")
        if path == "/open":
            self.gate.set()
        if path in ("/state", "/open"):
            return send(start_response, json.dumps(self.state()).encode())
        began_at, body = self.made.get(path, (0, b""))
        if began_at >= environ[ASKED_AT]:
            return send(start_response, body)
        return self.kept(environ, start_response)

    def is_page(self, environ):
        if environ["PATH_INFO"] == "/page/broken-is-page":
            raise ValueError("Nobody knows what this is.")
        return environ["PATH_INFO"].startswith("/page/")

    def __call__(self, environ, start_response):
        path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
        if (kept := self.kept(environ, start_response)) is not None:
            return kept
        if path == "/page/none":
            return None
        if path.startswith("/page/"):
            return send(start_response, self.render(path, float(query or 0)))
        with self.counted():
            if path == "/exit":
                raise SystemExit(3)
            if path == "/sleep":
                time.sleep(float(query))
            return send(start_response, environ["wsgi.input"].read() if path == "/echo" else told(environ))

    def kept(self, environ, start_response):
        path = environ["PATH_INFO"]
        if path != "/kept/environ" and path not in KEPT:
            return None
        if environ.get("HTTP_IF_NONE_MATCH") == ETAG:
            start_response("304 Not Modified", [("ETag", ETAG)])
            return []
        body = KEPT.get(path) or told(environ)
        return send(start_response, b"" if environ["REQUEST_METHOD"] == "HEAD" else body, length=len(body))

    def render(self, path, seconds):
        began_at = time.monotonic()
        with self.lock:
            self.rendered.append(path)
            self.rendering += 1
            self.most_at_once = max(self.most_at_once, self.rendering)
        if path == "/page/gate":
            self.gate.wait()
            self.gate.clear()
        time.sleep(seconds)
        with self.lock:
            self.rendering -= 1
        if path == "/page/exit":
            raise SystemExit(3)
        if path == "/page/fails":
            raise ValueError("This page cannot be rendered.")
        body = LARGE if path == "/page/large" else f"{path} {self.rendered.count(path)}".encode()
        self.made[path] = began_at, body
        return body

    @contextmanager
    def counted(self):
        with self.lock:
            self.busy += 1
        try:
            yield
        finally:
            with self.lock:
                self.busy -= 1

    def state(self):
        return {
            "pid": os.getpid(),
            "busy": self.busy,
            "rendered": self.rendered,
            "most_at_once": self.most_at_once,
            "connections": self.worker.nr_conns,
            "pages_waiting": len(self.worker.pages_waiting),
            "threads_taken": self.worker.threads_taken,
            "waited_for": len(self.worker.pending_conns),
            "cores": sorted(os.sched_getaffinity(0)),
            "turn": sys.getswitchinterval(),
        }


def send(start_response, body, *, length=None):
    headers = [
        ("Content-Type", "text/plain"),
        ("Content-Length", str(len(body) if length is None else length)),
    ]
    start_response("200 OK", headers)
    return [body]


def told(environ):
    """What the application was told of the request, one line each."""
    names = sorted({*TOLD, *(name for name in environ if name.startswith("HTTP_"))})
    return "".join(f"{name}: {environ.get(name)}\n" for name in names).encode()


application = Site()


def without_at_once(environ, start_response):
    return application(environ, start_response)


class SeenWorker(PageWorker):
    """The page worker whose state the application can tell."""

    def load_wsgi(self):
        super().load_wsgi()
        application.worker = self


class HastyWorker(SeenWorker):
    silence, whole_head, standstill, farewell = 0.6, 0.6, 1, 0.6


class PatientWorker(SeenWorker):
    held_up = 600
