"""What was worked out before, kept in this process under everything that it was worked out from.

So nothing that is kept can be stale: of other things something else is kept, and what nobody asks for any more is
dropped in time. What is worked out may depend on its key and on the settings alone. What it notes of what a page
shows (see shown.py) is kept with it, and noted again each time.
"""

import datetime as dt
import sys
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from django.core.signals import setting_changed

from articles.shown import noting, shows, shows_until

MOST = 6 * 1024 * 1024  # bytes of a process, about
_OVERHEAD = 500  # bytes of an entry and of what is no text in it


class Kept:
    """The values that were asked for last, as many as go into `most` bytes."""

    def __init__(self, most=MOST):
        self.most, self.size = most, 0
        self._entries, self._lock = OrderedDict(), Lock()

    def __call__(self, key, make):
        """What `make()` gave when it was asked for with an equal key, or gives now.

        Everything that `make` depends on has to be in the key, which is hashable. Two threads may both make what is
        missing. The value is shared by all who ask, so nobody may change anything in it.
        """
        with self._lock:
            if entry := self._entries.get(key):
                self._entries.move_to_end(key)
        if not entry:
            with noting() as noted:
                value = make()
            entry = _Entry(value, tuple(noted.names), noted.until, _size(key, value, noted.names))
            self._keep(key, entry)
        shows(*entry.names)
        shows_until(entry.until)
        return entry.value

    def _keep(self, key, entry):
        if entry.size > self.most / 10:  # what is as large as that would push out too much else
            return
        with self._lock:
            if other := self._entries.pop(key, None):
                self.size -= other.size
            self._entries[key] = entry
            self.size += entry.size
            while self.size > self.most:
                _key, oldest = self._entries.popitem(last=False)
                self.size -= oldest.size

    def clear(self):
        with self._lock:
            self._entries.clear()
            self.size = 0


class _Entry(NamedTuple):
    """A value, the names of what it shows and until when, and how many bytes it takes."""

    value: object
    names: tuple
    until: dt.datetime | None
    size: int


def _size(key, value, names):
    return _OVERHEAD + sum(map(_text_size, (key, value, *names)))


def _text_size(thing):
    if isinstance(thing, tuple):
        return sum(map(_text_size, thing))
    return sys.getsizeof(thing) if isinstance(thing, (str, bytes)) else 0


kept = Kept()


def _forget(**change):
    kept.clear()


setting_changed.connect(_forget, dispatch_uid="articles.kept")
