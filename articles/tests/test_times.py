"""What moment it is where machines' clocks differ."""

import datetime as dt

import pytest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from articles import times

NOW = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock(time_machine):
    before = times._seen
    time_machine.move_to(NOW, tick=False)
    yield time_machine
    times.not_before(before)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(-5, 0), (0, 0.000001), (1, 1.000001), (59, 59.000001), (61, 0), (86_400 * 3_650, 0)],
    ids=["earlier", "now", "a second ahead", "within reach", "out of reach", "years ahead"],
)
def test_now_is_after_a_change_that_was_seen_unless_that_lies_far_ahead(seconds, told):
    times.not_before(NOW + dt.timedelta(seconds=seconds))
    assert times.now() == NOW + dt.timedelta(seconds=told)


def test_now_moves_on_when_the_clock_has_passed_the_change(clock):
    times.not_before(NOW + dt.timedelta(seconds=2))
    clock.shift(dt.timedelta(seconds=3))
    assert times.now() == NOW + dt.timedelta(seconds=3)


@pytest.mark.parametrize("language", ["en-gb", "de", "ar", "zh-hans"])
@pytest.mark.parametrize("moment", [NOW, dt.datetime(1999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)])
def test_a_moment_is_written_as_its_formats_say(language, moment):
    with override(language):
        said = _("%(day)s, %(time)s") % {
            "day": date_format(moment, "j F Y"),
            "time": date_format(moment, "H:i"),
        }
        assert times.text_of(moment) == said
