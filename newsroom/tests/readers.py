"""Readers on raw sockets, and the server of worker_site.py that they speak to."""

import contextlib
import json
import socket
import struct
import time

from newsroom.tests.nginx import free_port
from newsroom.tests.posting import HOST, Server

THREADS = 2
ARGUMENTS = [
    "--workers=1", f"--threads={THREADS}", "--worker-connections=200",
    "--timeout=300", "--graceful-timeout=20", "--no-control-socket", "--log-level=error",
]  # fmt: skip
PATIENCE = 60  # seconds for what happens soon on a machine that does nothing else
RESET = struct.pack("ii", 1, 0)  # for a connection that ends without a farewell


class SecureServer(Server):
    """One that speaks TLS."""

    def is_answered(self):
        with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), timeout=2):
            return True
        return False


def served(worker="SeenWorker", *arguments, application="application", is_secure=False):
    """A Server of worker_site.py by that worker class; arguments that come later win over earlier ones."""
    name = worker if worker == "gthread" else f"newsroom.tests.worker_site.{worker}"
    kind = SecureServer if is_secure else Server
    arguments = [
        f"newsroom.tests.worker_site:{application}",
        *ARGUMENTS,
        f"--worker-class={name}",
        *arguments,
    ]
    return kind(free_port(), gunicorn=arguments)


class Reader:
    """A connection to a server, as a context closed at its end; the system holds about `room` bytes for it."""

    def __init__(self, server, *, room=None):
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        if room:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.socket.connect((HOST, server.port))
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        self.file.close()
        self.socket.close()

    def says(self, text):
        self.socket.sendall(text)
        return self

    def asks(self, path, *headers):
        return self.says(request(path, *headers))

    def answer(self):
        """The body of one answer; ConnectionError where it ends too early."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.file.readline()
            if not line:
                raise ConnectionError(f"No more came after {head!r}.")
            head += line
        length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
        body = self.file.read(length)
        if len(body) < length:
            raise ConnectionError(f"Only {len(body)} bytes of {length} came.")
        return body

    def rest(self):
        """All that comes until the server closes."""
        parts = []
        while part := self.socket.recv(1_000_000):
            parts.append(part)
        return b"".join(parts)

    def resets(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.__exit__()


def request(path, *headers, method="GET"):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: a.example", *headers, "", ""]).encode()


def answer_of(server, path, *headers):
    with Reader(server) as reader:
        return reader.asks(path, *headers).answer()


def state(server):
    return json.loads(answer_of(server, "/state", "Connection: close"))


def wait_until(is_so):
    gives_up_at = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < gives_up_at
        time.sleep(0.01)


def is_at_rest(server):
    """Whether the worker has no connection any more but that of whoever asks."""
    now = state(server)
    return [now[name] for name in ("connections", "waited_for", "pages_waiting", "threads_taken")] == [
        1,
        0,
        0,
        0,
    ]


@contextlib.contextmanager
def half_sent(server, *, busy=THREADS):
    """All threads wait for the rest of a post."""
    with contextlib.ExitStack() as stack:
        posts = [stack.enter_context(Reader(server)) for _ in range(busy)]
        for post in posts:
            post.says(request("/echo", "Content-Length: 6", method="POST") + b"abc")
        wait_until(lambda: state(server)["busy"] == busy)
        yield posts
