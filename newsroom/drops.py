"""What has changed on the site, told to all processes of a machine by a file in the data folder that they map.

Each name of shown.py falls into one of many slots. A slot says by which change it was dropped last, and how many
transactions run that will drop it. Reading costs well under a microsecond and waits for nobody; writing takes a
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
LEASE = 40  # seconds after which an announcement has ended: longer than a web worker may take for a request
_MAGIC = int.from_bytes(b"newsdrp1", "little")
_IS, _ID, _COUNT, _LATEST, _TOLD, _EPOCH, _OWES = range(7)  # 64-bit words of the header; _LATEST is a double
_HEADER = 512  # words
_ROWS, _ROW, _MOST_PROCESSES = (
    64,
    8,
    56,
)  # from which word on each process counts what it keeps, in so many words
HITS, MISSES, UNKEPT, DROPPED, GIVEN_UP, PAGES, BYTES = range(
    1, 8
)  # words of such a row; the first is the process
SIZE = 8 * (_HEADER + 3 * SLOTS)
EVERY = 0  # the slot of EVERYTHING; no other name falls into it
ANY = 1  # the slot of ANYTHING, which every change drops


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
        self._running = words[_HEADER + SLOTS : _HEADER + 2 * SLOTS]
        self._until = doubles[_HEADER + 2 * SLOTS :]

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
        """Gives the file back. Rows that processes count in are views of it, so the map goes when they do."""
        for view in (self._head, self._latest, self._last, self._running, self._until):
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
        last, running = self._last, self._running
        if last[EVERY] > since or running[EVERY]:
            return True
        return any(last[slot] > since or running[slot] for slot in slots)

    def is_announced(self, *slots):
        """Whether a transaction may be about to drop one of those slots."""
        running = self._running
        return any(running[slot] for slot in slots)

    # --- writing

    def announce(self, names):
        """Says that a transaction is going to change these names. It ends with `drop`, or by itself."""
        with self._lock():
            self._announce(names)

    def drop(self, names, *, is_announced=False, moment=None):
        """Says that these names have changed, at that moment (seconds since 1970; now)."""
        with self._lock():
            self._drop(slots_of({*names, ANYTHING}), is_announced=is_announced, moment=moment)

    def _announce(self, names):
        until = time.time() + LEASE
        for slot in slots_of({*names, ANYTHING}):
            if not self._running[slot]:
                self._until[slot] = until  # of several the first decides, so that one that was killed ends
            self._running[slot] += 1
        self._head[_COUNT] += 1

    def _drop(self, slots, *, is_announced=False, moment=None):
        count = self._head[_COUNT] + 1
        for slot in slots:
            self._last[slot] = count
            if is_announced and self._running[slot]:
                self._running[slot] -= 1
        self._latest[_LATEST] = max(self._latest[_LATEST], time.time() if moment is None else moment)
        # Last, since whoever finds the count unchanged looks no further.
        self._head[_COUNT] = count

    def settle(self, slots):
        """Counts announcements of these slots that have ended, or lie beyond what a clock may say, as changes."""
        now = time.time()
        left = {slot: self._until[slot] - now for slot in {EVERY, *slots} if self._running[slot]}
        ended = [slot for slot, seconds in left.items() if not 0 < seconds <= LEASE]
        if ended:
            with self._lock():
                for slot in ended:
                    self._running[slot] = 0
                self._drop(ended, moment=0)

    # --- what each process counts

    def row(self):
        """The words in which this process counts, by HITS and the rest; where all are taken, words that nobody reads.

        Counts go on from those of a process that has ended; PAGES and BYTES are what there is.
        """
        with self._lock():
            rows, mine = self._rows(), os.getpid()
            free = (row for row in rows if not row[0] or not _runs(row[0]))
            row = next((row for row in rows if row[0] == mine), None) or next(free, None)
            if row:
                row[0], row[PAGES], row[BYTES] = mine, 0, 0
                return row
        return memoryview(bytearray(8 * _ROW)).cast("Q")

    def counted(self):
        """[the row of each process that counts or has counted], as tuples; the process is 0 where it has ended."""
        rows = [tuple(row) for row in self._rows() if row[0]]
        return [row if _runs(row[0]) else (0, *row[1:PAGES], 0, 0) for row in rows]

    def _rows(self):
        starts = range(_ROWS, _ROWS + _ROW * _MOST_PROCESSES, _ROW)
        return [self._head[start : start + _ROW] for start in starts]

    # --- what other machines tell (shared_drops.py)

    @property
    def number(self):
        """What sets this board apart from those of other machines."""
        return self._head[_ID]

    @property
    def epoch(self):
        """Which log of all machines was read last; 0 for none."""
        return self._head[_EPOCH]

    @property
    def told(self):
        """The number of the last entry of that log that stands on this board."""
        return self._head[_TOLD]

    @property
    def owes(self):
        """Whether something that changed here could not be told to the others."""
        return bool(self._head[_OWES])

    @owes.setter
    def owes(self, owes):
        self._head[_OWES] = int(owes)

    def keep_place(self, *, epoch, told):
        """Remembers how far which log was read."""
        with self._lock():
            self._head[_EPOCH], self._head[_TOLD] = epoch, told

    def read(self, entries, *, told):
        """Does what the entries of the log say, the last of which has the number `told`, unless it is done already."""
        with self._lock():
            for entry in entries[max(len(entries) - (told - self.told), 0) :] if told > self.told else []:
                if entry.get("by") == self.number:
                    continue  # it stands here since it was told
                if entry.get("announces"):
                    self._announce(entry["names"])
                else:
                    slots = slots_of({*entry["names"], ANYTHING})
                    self._drop(slots, is_announced=entry.get("was_announced"), moment=entry["moment"])
            self._head[_TOLD] = max(told, self.told)


def _runs(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True


def slots_of(names):
    """The slots of these names, without those that occur twice, in order."""
    return tuple(sorted({_slot_of(name) for name in names}))


def _slot_of(name):
    if name == EVERYTHING:
        return EVERY
    return ANY if name == ANYTHING else 2 + zlib.crc32(name.encode()) % (SLOTS - 2)
