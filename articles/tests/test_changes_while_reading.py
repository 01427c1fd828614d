"""A verb may be committed between two queries of a page: what ended meanwhile is passed over."""

import datetime as dt

import pytest

from articles.front_page import front_page
from articles.models import Edition
from articles.related import beside
from articles.tests.stories import NOON, published

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def ends_before_the_cards_are_read(monkeypatch, edition):
    """Lets the story end at or before the reader's moment, after its number was read and before its card is."""
    queryset = type(Edition.objects.all())
    as_cards = queryset.as_cards

    def late(self):
        Edition.objects.filter(pk=edition.pk).update(live_until=NOON + HOUR)
        return as_cards(self)

    monkeypatch.setattr(queryset, "as_cards", late)


def test_the_front_page_passes_over_a_story_that_ends_while_it_is_read(monkeypatch):
    other, edition = published("Other", at=NOON - HOUR), published("Going")
    ends_before_the_cards_are_read(monkeypatch, edition)
    front = front_page(at=NOON + HOUR)
    assert front.lead == other
    assert front.rail == [other]


def test_the_last_story_may_end_while_the_front_page_is_read(monkeypatch):
    ends_before_the_cards_are_read(monkeypatch, published("Going"))
    front = front_page(at=NOON + HOUR)
    assert (front.lead, front.bands, front.rail) == (None, [], [])


def test_a_story_passes_over_another_that_ends_while_it_is_read(monkeypatch):
    read, going = published("Read", tags=["a"]), published("Going", tags=["a"])
    ends_before_the_cards_are_read(monkeypatch, going)
    assert beside(read, at=NOON + HOUR) == ([], [])
