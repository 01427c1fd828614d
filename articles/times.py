"""The moment it is, which all machines agree on, and moments as the desk says them: in its own zone, by name."""

import datetime as dt
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

# Clocks further apart than this are not bridged: a clock that was wrong by years must not decide what is live.
REACH = dt.timedelta(minutes=1)
TICK = dt.timedelta(microseconds=1)
_seen = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_standing: ContextVar["dt.datetime | None"] = ContextVar("standing", default=None)


def now():
    """The moment it is (aware, UTC): always after the last change of the site that this process has seen.

    So a story that a machine with a faster clock has published a moment ago is live here too, and can be corrected
    here at once. A change that lies more than a minute ahead of this machine's clock is not waited for.
    """
    if standing := _standing.get():
        return standing
    moment, after = timezone.now(), _seen + TICK
    return after if moment < after <= moment + REACH else moment


@contextmanager
def standing_still():
    """Inside it is one moment throughout: that at which it was entered."""
    token = _standing.set(now())
    try:
        yield
    finally:
        _standing.reset(token)


def moment_at(seconds):
    """The aware moment so many seconds after the beginning of 1970."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def not_before(moment):
    """Tells this process of a change of the site at that moment (aware), by whatever clock."""
    global _seen
    _seen = moment


def zone_name():
    """The desk's zone as people say it: `Brussels` for Europe/Brussels."""
    return timezone.get_default_timezone_name().rpartition("/")[2].replace("_", " ")


def moment_text(moment):
    """An aware moment as day and time of the desk's zone: `9 June 2025, 14:05`."""
    return text_of(timezone.localtime(moment, timezone.get_default_timezone()))


def text_of(local):
    """A moment as the clock of its own zone shows it: `9 June 2025, 14:05`."""
    # As `date_format` writes it, which reads its format letter by letter: lists and threads have many times.
    day = f"{local.day} {MONTHS[local.month]} {local.year}"
    return _("%(day)s, %(time)s") % {"day": day, "time": f"{local:%H:%M}"}
