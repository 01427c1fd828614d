"""Readers who post a given number of comments a second, of which a moderator approves every other one at once."""

import http.client
import threading
import time
from urllib.parse import urlencode, urlsplit

import demo
from django.db import connection

from articles.tests.stories import person
from comments.posting import comment_of

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CLIENTS = 10


class Posting:
    """Posts to `url` while the context lasts; `posted` and `approved` count what was done in `seconds`.

    Approving is done in this process, by the verb that the queue's button calls.
    """

    def __init__(self, url, edition, *, a_second, first):
        self.parts, self.edition = urlsplit(url), edition
        self.a_second, self._next = a_second, first
        self.posted = self.approved = 0
        self.seconds = 0.0
        self._lock, self._is_over = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._post_in_turn) for _ in range(CLIENTS)]
        self._moderator = person("bench-moderator", "Moderators")
        self._failures = []

    def __enter__(self):
        self._began_at = self._due_at = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *raised):
        self._is_over.set()
        for thread in self._threads:
            thread.join()
        self.seconds = time.monotonic() - self._began_at
        if self._failures:
            raise RuntimeError(f"{len(self._failures)} posts failed, the first with {self._failures[0]}")

    def _turn(self):
        """(number, moment) of the next post."""
        with self._lock:
            self._next += 1
            self._due_at = max(self._due_at + 1 / self.a_second, time.monotonic() - 0.1)
            return self._next, self._due_at

    def _post_in_turn(self):
        while not self._is_over.is_set():
            number, due_at = self._turn()
            time.sleep(max(0, due_at - time.monotonic()))
            try:
                self._post(number)
            except Exception as error:  # told at the end, by whoever waits
                self._failures.append(error)
        connection.close()

    def _post(self, number):
        fields = {"text": demo.sentence(number), "name": "Reader", "email": f"reader{number}@example.com"}
        client = http.client.HTTPConnection(self.parts.hostname, self.parts.port, timeout=30)
        client.request("POST", self.parts.path, urlencode(fields), FORM)
        response = client.getresponse()
        response.read()
        client.close()
        if response.status != 303:
            raise RuntimeError(f"the answer {response.status}")
        if number % 2 == 0:
            token = response.headers["Location"].rstrip("/").rpartition("/")[2]
            comment_of(token, article=self.edition.article)[0].approve(by=self._moderator)
        with self._lock:
            self.posted += 1
            self.approved += number % 2 == 0
