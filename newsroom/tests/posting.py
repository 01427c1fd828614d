"""Many readers who post at once to a real server, and that server: for tests and for `make bench-comments`.

A reader whose post is not acknowledged, because the connection is lost or the server is in trouble, sends the same
words again until it is.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from urllib.parse import urlencode, urlsplit

from newsroom import launcher

HOST = "127.0.0.1"
LOST = "lost"  # what stands for an answer that never came
PAUSE = 0.05  # seconds before a post is sent again
PATIENCE = 180  # seconds until somebody gives up
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def database_url(settings):
    """The address of a database of `connection.settings_dict`, such as the one a test runs on."""
    if settings["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{Path(settings['NAME']).absolute()}"
    return urlsplit(os.environ["NEWSROOM_DATABASE_URL"])._replace(path=f"/{settings['NAME']}").geturl()


class Server:
    """The site served as `make serve` does, without limits on posting; as a context it runs inside.

    `environment` are the NEWSROOM_* variables besides, such as NEWSROOM_DATABASE_URL; `gunicorn` are the arguments
    of another application than the site. Everything that it starts is in a process group of its own and ends with it.
    """

    def __init__(self, port, *, gunicorn=launcher.GUNICORN, **environment):
        self.port, self.gunicorn = port, gunicorn
        self.environment = {**os.environ, "NEWSROOM_COMMENT_RATE": "off", **environment}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *raised):
        self.kill()

    def start(self):
        """Starts it and returns when it answers; RuntimeError where it ends instead."""
        command = [sys.executable, "-m", "gunicorn", *self.gunicorn, f"--bind={HOST}:{self.port}"]
        self.process = subprocess.Popen(
            command, cwd=launcher.ROOT, env=self.environment, start_new_session=True
        )
        while not self.is_answered():
            if self.process.poll() is not None:
                raise RuntimeError(f"The server ended with status {self.process.returncode}.")
            time.sleep(0.05)

    def is_answered(self):
        return launcher.Announcement(HOST, self.port).is_answered()

    def kill(self):
        """Ends all of its processes at once, without a word to them."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_a_worker(self):
        """Ends one of the processes that answer; the server starts another one in its place."""
        os.kill(self.workers()[0], signal.SIGKILL)

    def cpu_seconds(self):
        """The CPU time that the processes that answer have taken so far."""
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.workers()]
        return sum(int(each[11]) + int(each[12]) for each in stats) / os.sysconf("SC_CLK_TCK")

    def workers(self):
        """The ids of the processes that answer."""
        pid = self.process.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Crowd:
    """So many clients who post these forms to a path, each form until it is acknowledged; as a context they begin.

    `links` maps the numbers of the forms acknowledged, counted from 0, to the private links they were answered
    with, `answers` counts what came back by status, LOST where nothing did, and `seconds` is how long all took.
    """

    def __init__(self, port, path, forms, *, clients):
        self.port, self.path = port, path
        self.links = {}
        self.seconds = 0.0
        self._statuses, self._is_over, self._waiting = [], Event(), SimpleQueue()
        for number, form in enumerate(forms):
            self._waiting.put((number, urlencode(form)))
        self._threads = [Thread(target=self._post_in_turn, daemon=True) for _ in range(clients)]

    @property
    def answers(self):
        return Counter(self._statuses)

    def __enter__(self):
        self._began_at = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *raised):
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def wait(self, *, acknowledged=None):
        """Returns when so many posts are acknowledged, or all clients are done; TimeoutError after PATIENCE."""
        gives_up_at = time.monotonic() + PATIENCE
        while any(thread.is_alive() for thread in self._threads):
            if acknowledged is not None and len(self.links) >= acknowledged:
                return
            if time.monotonic() > gives_up_at:
                raise TimeoutError(f"{len(self.links)} posts were acknowledged; the answers: {self.answers}")
            time.sleep(0.005)
        self.seconds = time.monotonic() - self._began_at

    def _post_in_turn(self):
        connection = HTTPConnection(HOST, self.port, timeout=30)
        with contextlib.closing(connection), contextlib.suppress(Empty):
            while True:
                number, body = self._waiting.get_nowait()
                self._post(connection, number, body)

    def _post(self, connection, number, body):
        while not self._is_over.is_set():
            status, link = self._answer(connection, body)
            self._statuses.append(status)
            if status == 303:
                self.links[number] = link
            if status != LOST and status < 500 and status != 429:
                return
            self._is_over.wait(PAUSE)

    def _answer(self, connection, body):
        """(status, where it leads to) of the post; (LOST, None) where the connection breaks."""
        try:
            connection.request("POST", self.path, body, FORM)
            response = connection.getresponse()
            response.read()
        except (OSError, HTTPException):
            connection.close()  # the next request opens it anew
            return LOST, None
        return response.status, response.headers["Location"]
