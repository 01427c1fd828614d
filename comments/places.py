"""Where a comment stands in its thread, as text whose order is the order of reading.

A place is one segment of decimal digits for each level: the moment of posting in microseconds, then digits of
the comment's uid for those of the very same moment. A reply's place begins with that of the comment it
answers, so that it sorts right after it, and a thread is read page by page with one index. From the last
level on replies stand beside each other in the order of time. Digits alone sort the same under every collation.
"""

import datetime as dt

LEVELS = 3
SEGMENT = 22  # digits: 16 of the moment (until the year 2286), 6 of the uid
LENGTH = LEVELS * SEGMENT
AFTER_DIGITS = "a"  # sorts after every digit: `place + AFTER_DIGITS` ends what stands below a place

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def place_below(parent_place, *, posted_at, uid):
    """The place of a comment posted at that moment (aware) in answer to the one at `parent_place`; "" is none."""
    moment = (posted_at - _EPOCH) // dt.timedelta(microseconds=1)
    above = parent_place[: LENGTH - SEGMENT]
    return f"{above}{moment:016}{uid.int % 10**6:06}"


def level_of(place):
    """1 for a comment on the story itself, LEVELS at most."""
    return len(place) // SEGMENT


def ancestors_of(place):
    """The places above this one, the highest first."""
    return [place[:end] for end in range(SEGMENT, len(place), SEGMENT)]
