"""What was worked out before, kept in this process under everything that it was worked out from.

So nothing that is kept can be stale: of other things something else is kept, and what nobody asks for any more is
dropped in time. What is worked out may depend on its key and on the settings alone.
"""

import sys
from collections import OrderedDict
from threading import Lock

from django.core.signals import setting_changed

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
                return entry[0]
        value = make()
        self._keep(key, value)
        return value

    def _keep(self, key, value):
        size = _OVERHEAD + _text_size(key) + _text_size(value)
        if size > self.most / 10:  # what is as large as that would push out too much else
            return
        with self._lock:
            self.size += size - self._entries.pop(key, (None, 0))[1]
            self._entries[key] = (value, size)
            while self.size > self.most:
                _key, (_value, freed) = self._entries.popitem(last=False)
                self.size -= freed

    def clear(self):
        with self._lock:
            self._entries.clear()
            self.size = 0


def _text_size(thing):
    if isinstance(thing, tuple):
        return sum(map(_text_size, thing))
    return sys.getsizeof(thing) if isinstance(thing, (str, bytes)) else 0


kept = Kept()


def _forget(**change):
    kept.clear()


setting_changed.connect(_forget, dispatch_uid="articles.kept")
