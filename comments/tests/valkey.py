"""A real Valkey or Redis for tests, reached through a socket in a folder of its own."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time

import pytest
import redis

PROGRAM = next(filter(None, map(shutil.which, ("valkey-server", "redis-server"))), None)
NO_PROGRAM = (
    "neither valkey-server nor redis-server found: install one to run the tests of limits counted there"
)
PATIENCE = 10  # seconds until it has to answer


class Valkey:
    """A server that keeps nothing on disk; `url` is its address, `client` asks it directly."""

    def __init__(self, folder):
        self.folder = folder
        self.url = f"unix://{folder}/socket"
        self.client = redis.Redis.from_url(self.url)

    def start(self):
        """Starts it, empty, and returns when it answers."""
        options = ["--port", "0", "--unixsocket", f"{self.folder}/socket", "--dir", self.folder, "--save", ""]
        self.process = subprocess.Popen([PROGRAM, *options], stdout=subprocess.DEVNULL)
        gives_up_at = time.monotonic() + PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > gives_up_at:
                raise RuntimeError(f"{PROGRAM} does not answer.")
            time.sleep(0.01)

    def _answers(self):
        with contextlib.suppress(redis.ConnectionError):
            return self.client.ping()
        return False

    def kill(self):
        """Ends it at once, without a word to anybody."""
        self.process.kill()
        self.process.wait()

    @contextlib.contextmanager
    def silent(self):
        """Inside, it takes connections and answers nothing."""
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)


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
