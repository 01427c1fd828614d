"""What has changed on the site, told to all processes of a machine by a file in the data folder that they map.

Each name of shown.py falls into one of many slots. A slot says by which change it was dropped last, and until when a
transaction that will drop it may run. Reading costs well under a microsecond and waits for nobody; writing takes a
lock between the processes.

A change is announced before its transaction is committed and dropped after that. In between no page that shows it
is answered from memory or kept, so that nobody is ever told less than another reader before. Who announced and was
killed, or rolled back, leaves an announcement that ends by itself, and then counts as a change.
"""

import fcntl
import mmap
import os
import secrets
import threading
import time
import zlib
from contextlib import contextmanager
from pathlib import Path

from articles.shown import ANYTHING, EVERYTHING

SLOTS = 1 << 18  # with 60 names on a page, a change of ten drops one page in 400 needlessly
LEASE = 40  # seconds that an announcement lasts: longer than a web worker may take for a request
_MAGIC = int.from_bytes(b"newsdrp1", "little")
_IS, _ID, _COUNT, _LATEST, _SHARED, _EPOCH, _OWES = range(
    7
)  # 64-bit words of the header; _LATEST is a double
_HEADER = 512  # words
SIZE = 8 * (_HEADER + 2 * SLOTS)
EVERY = 0  # the slot of EVERYTHING; no other name falls into it
ANY = 1  # the slot of ANYTHING, which every change drops


class Announced:
    """An announcement that runs: `until` when, and {slot: until when another one ran before it}."""

    def __init__(self, until, before):
        self.until, self.before = until, before


class Board:
    """The file of drops. Raises OSError where it cannot be had, a full disk included."""

    def __init__(self, path):
        self.path = Path(path)
        self._threads = threading.Lock()
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with self._lock():
                self._make()
            self._map = mmap.mmap(self._file, SIZE)
        except BaseException:
            os.close(self._file)
            raise
        self._inode = os.fstat(self._file).st_ino
        words, doubles = memoryview(self._map).cast("Q"), memoryview(self._map).cast("d")
        self._head, self._latest = words[:_HEADER], doubles[:_HEADER]
        self._last = words[_HEADER : _HEADER + SLOTS]
        self._pending = doubles[_HEADER + SLOTS :]

    def _make(self):
        """Makes the file what it has to be. All of it is claimed at once: a hole on a full disk would end us."""
        has = os.pread(self._file, 8, 0) == _MAGIC.to_bytes(8, "little")
        if has and os.fstat(self._file).st_size == SIZE:
            return
        os.ftruncate(self._file, 0)
        os.posix_fallocate(self._file, 0, SIZE)
        start = [_MAGIC, secrets.randbits(63), 1]
        os.pwrite(self._file, b"".join(word.to_bytes(8, "little") for word in start), 0)

    @contextmanager
    def _lock(self):
        with self._threads:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self):
        for view in (self._head, self._latest, self._last, self._pending):
            view.release()
        os.close(self._file)

    @property
    def is_there(self):
        """Whether its file is still the one that others open: somebody may have deleted it."""
        try:
            return os.stat(self.path).st_ino == self._inode
        except OSError:
            return False

    # --- reading

    @property
    def count(self):
        """How many announcements and drops there have been. While it stays, nothing has changed."""
        return self._head[_COUNT]

    @property
    def latest(self):
        """The moment of the latest change, by the clock of whoever made it, in seconds since 1970; 0.0 for none."""
        return self._latest[_LATEST]

    def has_changed(self, slots, *, since):
        """Whether any of the slots was dropped after that count, or may be by a transaction that runs."""
        last, pending = self._last, self._pending
        if last[EVERY] > since or pending[EVERY]:
            return True
        return any(last[slot] > since or pending[slot] for slot in slots)

    def is_pending(self, slot):
        """Whether a transaction may be about to drop that slot."""
        return bool(self._pending[slot])

    # --- writing

    def announce(self, names):
        """Says that a transaction is going to change these names; returns the Announced for `drop`."""
        with self._lock():
            until, before = time.time() + LEASE, {}
            for slot in slots_of({*names, ANYTHING}):
                before[slot], self._pending[slot] = self._pending[slot], until
            self._head[_COUNT] += 1
            return Announced(until, before)

    def drop(self, names, *, announced=None, moment=None):
        """Says that these names have changed, at that moment (seconds since 1970; now)."""
        self._drop(slots_of({*names, ANYTHING}), announced=announced, moment=moment)

    def _drop(self, slots, *, announced=None, moment=None):
        with self._lock():
            now, count = time.time(), self._head[_COUNT] + 1
            for slot in slots:
                self._last[slot] = count
                if announced and self._pending[slot] == announced.until:
                    earlier = announced.before.get(slot, 0)
                    self._pending[slot] = earlier if earlier > now else 0
            self._latest[_LATEST] = max(self._latest[_LATEST], now if moment is None else moment)
            # Last, since whoever finds the count unchanged looks no further.
            self._head[_COUNT] = count

    def settle(self, slots):
        """Counts announcements of these slots that have ended, or lie beyond what a clock may say, as changes."""
        now = time.time()
        ended = [
            slot
            for slot in {EVERY, *slots}
            if self._pending[slot] and not 0 < self._pending[slot] - now <= LEASE
        ]
        if not ended:
            return
        with self._lock():
            for slot in ended:
                self._pending[slot] = 0
        self._drop(ended, moment=0)


def slots_of(names):
    """The slots of these names, without those that occur twice, in order."""
    return tuple(sorted({_slot_of(name) for name in names}))


def _slot_of(name):
    if name == EVERYTHING:
        return EVERY
    return ANY if name == ANYTHING else 2 + zlib.crc32(name.encode()) % (SLOTS - 2)
