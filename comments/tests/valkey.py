"""A real Valkey or Redis for tests, reached through a socket in a folder of its own."""

import contextlib
import shutil
import tempfile

import pytest
import redis

from articles.tests.loopback import Loopback

PROGRAM = next(filter(None, map(shutil.which, ("valkey-server", "redis-server"))), None)
NO_PROGRAM = (
    "neither valkey-server nor redis-server found: install one to run the tests of limits counted there"
)


class Valkey(Loopback):
    """A server that keeps nothing on disk; `url` is its address, `client` asks it directly."""

    name = PROGRAM

    def __init__(self, folder):
        self.folder = folder
        self.url = f"unix://{folder}/socket"
        self.client = redis.Redis.from_url(self.url)
        options = ["--port", "0", "--unixsocket", f"{folder}/socket", "--dir", folder, "--save", ""]
        self.command = [PROGRAM, *options]

    def _answers(self):
        with contextlib.suppress(redis.ConnectionError):
            return self.client.ping()
        return False


@contextlib.contextmanager
def running():
    """Yields a Valkey that runs; skips the test where none is installed."""
    if not PROGRAM:
        pytest.skip(NO_PROGRAM)
    with tempfile.TemporaryDirectory(prefix="newsroom-valkey-") as folder:
        server = Valkey(folder)
        server.start()
        try:
            yield server
        finally:
            server.client.close()
            server.kill()
