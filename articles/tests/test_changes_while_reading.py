"""A verb may be committed between two queries of a page: what ended meanwhile is passed over."""

import datetime as dt
from contextlib import contextmanager

import pytest
from django.db import connection

from articles.front_page import front_page
from articles.models import Edition
from articles.related import beside
from articles.tests.stories import NOON, published

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@contextmanager
def ending_before_the_cards_are_read(edition):
    """Lets the story end at or before the reader's moment, after its number was read and before its card is."""

    def late(execute, sql, *args):
        if sql.startswith("SELECT") and "standfirst" in sql:
            Edition.objects.filter(pk=edition.pk).update(live_until=NOON + HOUR)
        return execute(sql, *args)

    with connection.execute_wrapper(late):
        yield


def test_the_front_page_passes_over_a_story_that_ends_while_it_is_read():
    other, edition = published("Other", at=NOON - HOUR), published("Going")
    with ending_before_the_cards_are_read(edition):
        front = front_page(at=NOON + HOUR)
    assert front.lead == other
    assert front.rail == [other]


def test_the_last_story_may_end_while_the_front_page_is_read():
    with ending_before_the_cards_are_read(published("Going")):
        front = front_page(at=NOON + HOUR)
    assert (front.lead, front.bands, front.rail) == (None, [], [])


def test_a_story_passes_over_another_that_ends_while_it_is_read():
    read, going = published("Read", tags=["a"]), published("Going", tags=["a"])
    with ending_before_the_cards_are_read(going):
        assert beside(read, at=NOON + HOUR) == ([], [])
