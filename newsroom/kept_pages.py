"""Finished answers as a process keeps them: in every encoding, and the least used given up first."""

import gzip
import re
import threading
from collections import OrderedDict
from hashlib import md5

import brotli
from django.utils.http import quote_etag

SMALL = 200  # bytes that are not worth compressing
_COMPRESSED = re.compile(r"text/|application/(xml|json|atom\+xml|ld\+json)")
OVERHEAD = 2_000  # bytes that a kept answer takes besides its body, about
NEVER = float("inf")
# Where the environ says when it was asked for, by the monotonic clock: before anything was done for it.
ASKED_AT = "newsroom.asked_at"


class Dated:
    """What was made at a moment, and how long it is good.

    `slots` say what it shows, `began` as of which drop and `made_at` as of which moment; `until` is when it ends by
    itself. Moments are seconds since 1970. `found_good` and `planned_at` are the drops up to which it, and the plans
    that touch it, have been looked at.
    """

    __slots__ = ("began", "found_good", "made_at", "planned_at", "slots", "until")

    def __init__(self):
        self.slots, self.began, self.until = (), 0, NEVER
        self.made_at = 0.0
        self.found_good = self.planned_at = 0

    def date(self, slots, *, began, made_at, until):
        """`until` is an aware moment, None for never."""
        self.slots, self.began, self.made_at = slots, began, made_at
        self.until = until.timestamp() if until else NEVER


class KeptPlate(Dated):
    """The Plate that a page was printed from (see articles/plates.py): all of the page but what comes late."""

    __slots__ = ("plate",)

    def __init__(self, plate):
        super().__init__()
        self.plate = plate


class Answer(Dated):
    """A finished answer: its status line, headers, and body in every encoding that was asked for so far.

    `plate` is the KeptPlate by which it can be printed again, or None.
    """

    __slots__ = ("bodies", "etag", "headers", "is_compressed", "plate", "size", "status")

    def __init__(self, status, headers, body, *, plate=None):
        super().__init__()
        self.status, self.plate = status, plate
        kind = _header(headers, "Content-Type")
        self.etag = _header(headers, "ETag")
        self.headers = [pair for pair in headers if pair[0].lower() not in ("content-length", "etag")]
        self.is_compressed = len(body) >= SMALL and bool(_COMPRESSED.match(kind))
        self.bodies = {"": self._written("", body)}
        self.size = OVERHEAD + len(body) + (plate.plate.size if plate else 0)

    def printed_again(self):
        """The Answer that its plate gives now. Raises whatever reading what comes late raises."""
        body = self.plate.plate.print()
        etag = quote_etag(md5(body, usedforsecurity=False).hexdigest())  # as ConditionalGetMiddleware has it
        return Answer(self.status, [*self.headers, ("ETag", etag)], body, plate=self.plate)

    def _written(self, encoding, body):
        """(headers, headers of a 304, body) in that encoding."""
        mine = [("ETag", f"W/{self.etag}" if encoding else self.etag)] if self.etag else []
        short = [pair for pair in self.headers if not pair[0].lower().startswith("content-type")]
        if encoding:
            mine.append(("Content-Encoding", encoding))
        return [*self.headers, *mine, ("Content-Length", str(len(body)))], [*short, *mine[:1]], body

    def is_written(self, encoding):
        """Whether it is there in that encoding, or goes out as it is."""
        return not self.is_compressed or encoding in self.bodies

    def written(self, encoding):
        """The same in the encoding asked for, as far as this body is compressed at all."""
        if not self.is_compressed:
            encoding = ""
        found = self.bodies.get(encoding)
        if found is None:
            packed = _PACKERS[encoding](self.bodies[""][2])
            found = self.bodies[encoding] = self._written(encoding, packed)
            self.size += len(packed)
        return found


_PACKERS = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


def _header(headers, name):
    return next((value for key, value in headers if key.lower() == name.lower()), "")


class Pages:
    """Answers by key, the least recently used given up first, `limit` bytes at most in all.

    A page asked for once waits on trial, in a fifth of the room; one that was asked for again is established. So a
    crawler that walks through every page there is pushes out no page that readers come back to.
    """

    def __init__(self, limit):
        self.limit = limit
        self._lock = threading.Lock()
        self.clear()

    def clear(self):
        self._on_trial, self._established = OrderedDict(), OrderedDict()
        self.size = self._trial_size = 0

    def __len__(self):
        return len(self._on_trial) + len(self._established)

    def get(self, key):
        established = self._established
        found = established.get(key)
        if found is not None:
            with self._lock:
                if key in established:
                    established.move_to_end(key)
            return found[0]
        with self._lock:
            found = self._on_trial.pop(key, None)
            if found is None:
                return None
            self._trial_size -= found[1]
            established[key] = found
            self._shrink()
            return found[0]

    def put(self, key, answer):
        """Keeps the answer, and returns how many others had to go for it."""
        with self._lock:
            was_established = self._take_out(key)
            if answer.size > self.limit // 5:
                return 0
            entry = (answer, answer.size)
            self.size += answer.size
            if was_established:
                self._established[key] = entry
            else:
                self._on_trial[key] = entry
                self._trial_size += answer.size
            before = len(self)
            self._shrink()
            return before - len(self)

    def resize(self, key, answer):
        """Counts anew an answer that has been compressed since."""
        with self._lock:
            for rows in (self._established, self._on_trial):
                if key in rows and rows[key][0] is answer:
                    grown = answer.size - rows[key][1]
                    rows[key] = (answer, answer.size)
                    self.size += grown
                    self._trial_size += grown if rows is self._on_trial else 0
            self._shrink()

    def drop(self, key, answer):
        """Gives up an answer that is no longer good. An established page keeps its rank until it is rendered anew."""
        with self._lock:
            if key in self._on_trial and self._on_trial[key][0] is answer:
                self._take_out(key)

    def _take_out(self, key):
        if (found := self._established.pop(key, None)) is not None:
            self.size -= found[1]
            return True
        if (found := self._on_trial.pop(key, None)) is not None:
            self.size -= found[1]
            self._trial_size -= found[1]
        return False

    def _shrink(self):
        while self._trial_size > self.limit // 5 and self._on_trial:
            self._give_up(self._on_trial, is_trial=True)
        while self.size > self.limit:
            self._give_up(self._established or self._on_trial, is_trial=not self._established)

    def _give_up(self, rows, *, is_trial):
        _key, (_answer, size) = rows.popitem(last=False)
        self.size -= size
        self._trial_size -= size if is_trial else 0
