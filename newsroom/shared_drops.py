"""What changes on one machine, told to all others through the Valkey or Redis of NEWSROOM_CACHE_URL.

Announcements and drops stand in a log there, numbered without gaps. Before a machine answers from memory it asks
for the number of the last one (one round trip), and reads on its own board what it has missed. Whatever leaves a doubt
drops everything: a gap, another log, a connection that was lost, since nobody knows what was told meanwhile. While
the server is away pages are rendered, and a machine that could not tell of a change owes the others a word that
everything may have changed: it keeps nothing until that is delivered, and goes on trying.
"""

import contextlib
import functools
import json
import logging
import os
import secrets
import threading
import time

from django.conf import settings

from articles.filings import last_change
from articles.shown import EVERYTHING

# It comes with requirements/production.txt, and settings refuse the address of a server where it is missing.
with contextlib.suppress(ImportError):
    import redis

logger = logging.getLogger(__name__)

REST = 1.0  # seconds for which a server that did not answer is left alone
MOST_ENTRIES = 10_000  # of the log; whoever has missed more drops everything
EPOCH, COUNT, LOG = "newsroom:drops:epoch", "newsroom:drops:count", "newsroom:drops:log"
TELL = """
local number = redis.call('INCR', KEYS[1])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], number .. '-1', 'what', ARGV[1])
return number
"""


class Away(Exception):
    """The server does not answer."""


class SharedDrops:
    """The log at an address, as one process reads and writes it; threads take turns."""

    def __init__(self, url):
        self._pool = redis.ConnectionPool.from_url(url, **settings.CACHE_TIMEOUTS)
        self._connection, self._owner = None, 0
        self._lock = threading.RLock()
        self._is_away, self._asked_again_at = False, 0.0
        self._teller = None

    # --- reading

    def catch_up(self, board):
        """Brings the board up to what all machines have told; False where that cannot be known."""
        with self._lock:
            if self._is_away and time.monotonic() < self._asked_again_at:
                return False
            try:
                if board.owes:
                    self._settle_debt(board)
                self._read_on(board)
            except Away:
                return False
            return True

    def _read_on(self, board):
        epoch, count = self._ask("MGET", EPOCH, COUNT)
        if epoch is None:
            epoch = self._begin_log()
        epoch, count = int(epoch), int(count or 0)
        if (epoch, count) == (board.epoch, board.told):
            return
        missed = count - board.told
        if epoch == board.epoch and 0 < missed <= MOST_ENTRIES:
            entries = self._ask("XRANGE", LOG, f"{board.told + 1}-1", f"{count}-1")
            if len(entries) == missed:
                board.read([json.loads(fields[1]) for _number, fields in entries], told=count)
                return
        moment = last_change()  # nobody may be left who tells it
        board.drop([EVERYTHING], moment=moment.timestamp() if moment else 0)
        board.keep_place(epoch=epoch, told=count)

    def _begin_log(self):
        self._ask("SET", EPOCH, secrets.randbits(62) + 1, "NX")
        return self._ask("GET", EPOCH)

    # --- writing

    def tell(self, board, what):
        """Tells all machines of an announcement or a drop. What cannot be told now is owed."""
        with self._lock:
            try:
                self._append(what)
            except Away:
                board.owes = True
                self._try_again(board)

    def _settle_debt(self, board):
        self._append({"names": [EVERYTHING], "moment": board.latest})
        board.owes = False

    def _append(self, what):
        self._ask("EVAL", TELL, 2, COUNT, LOG, json.dumps(what), MOST_ENTRIES)

    def _try_again(self, board):
        """A thread of its own delivers what is owed, for the others' sake: nobody may ask this machine for long."""
        if self._teller and self._teller.is_alive():
            return

        def deliver():
            while board.owes:
                time.sleep(REST / 2)
                self.catch_up(board)

        self._teller = threading.Thread(target=deliver, daemon=True, name="shared drops")
        self._teller.start()

    # --- asking

    def _ask(self, *command):
        """The server's answer. Raises Away; who lost the connection finds out here, for nobody reconnects silently."""
        try:
            if self._connection is None or self._owner != os.getpid():
                self._connection, self._owner = self._pool.make_connection(), os.getpid()
                self._connection.connect()
            self._connection.send_command(*command)
            answer = self._connection.read_response()
        except (redis.RedisError, OSError) as error:
            self._lose(error)
            raise Away from error
        if self._is_away:
            logger.warning("The server of NEWSROOM_CACHE_URL answers again, and pages are kept.")
            self._is_away = False
        return answer

    def _lose(self, error):
        if self._connection is not None:
            with contextlib.suppress(redis.RedisError, OSError):
                self._connection.disconnect()
        self._connection = None
        if not self._is_away:
            logger.warning("No pages are kept: the server of NEWSROOM_CACHE_URL does not answer (%s).", error)
        self._is_away, self._asked_again_at = True, time.monotonic() + REST


@functools.cache
def _made(url):
    return SharedDrops(url)


def the_shared_drops():
    """The SharedDrops of this process; None where the site has one machine."""
    return _made(settings.CACHE_URL) if settings.CACHE_URL else None
