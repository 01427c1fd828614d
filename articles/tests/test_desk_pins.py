"""Pins at the desk: they order the front page from now on, and what it showed stays as it was."""

import datetime as dt

import pytest
import time_machine

from articles.models import Pin
from articles.tests import desk
from articles.tests.stories import NOON, published

pytestmark = pytest.mark.django_db

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
NOW = NOON + DAY


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def story(db):
    return published("Bridge").article


def add(client, story, **typed):
    fields = {"article": story.pk, "place": "lead", "position": "0", "pinned_from": "2025-06-10T14:00"}
    return client.post(desk.address("add", model="pin"), fields | {"pinned_until": ""} | typed)


@pytest.mark.parametrize(
    ("typed", "begins_at"), [("2025-06-10T13:30", NOW), ("2025-06-10T18:00", NOW + 4 * 60 * MINUTE)]
)
def test_a_pin_begins_now_or_later(desk_client, story, typed, begins_at):
    assert add(desk_client, story, pinned_from=typed).status_code == 302
    assert Pin.objects.get().pinned_from == begins_at


def test_a_pin_cannot_begin_in_the_past(desk_client, story):
    response = add(desk_client, story, pinned_from="2025-06-10T09:00")
    assert "A pin cannot begin in the past. Choose now or a later time." in response.text
    assert not Pin.objects.exists()


def test_the_hour_that_a_clock_change_brings_twice_is_refused(desk_client, story):
    response = add(desk_client, story, pinned_from="2025-10-26T02:30")
    assert "On 26 October 2025 the clocks go back, and 02:30 comes twice in Brussels." in response.text


@pytest.fixture
def begun(story):
    return Pin.objects.create(article=story, place="lead", pinned_from=NOON)


def test_a_pin_that_has_begun_can_be_ended_and_nothing_else(desk_client, begun):
    url = desk.address("change", begun, model="pin")
    desk_client.post(
        url, {"place": "pinned", "pinned_from": "2025-06-11T00:00", "pinned_until": "2025-06-10T13:59"}
    )
    begun.refresh_from_db()
    assert (begun.place, begun.pinned_from, begun.pinned_until) == ("lead", NOON, NOW)


def test_a_pin_cannot_end_in_the_past(desk_client, begun):
    url = desk.address("change", begun, model="pin")
    response = desk_client.post(url, {"pinned_until": "2025-06-09T20:00"})
    assert "A pin cannot end in the past. Choose now or a later time." in response.text
    begun.refresh_from_db()
    assert begun.pinned_until is None


def test_a_pin_that_has_ended_is_read_only(desk_client, story):
    ended = Pin.objects.create(article=story, pinned_from=NOON, pinned_until=NOON + MINUTE)
    url = desk.address("change", ended, model="pin")
    assert desk_client.post(url, {"pinned_until": ""}).status_code == 403


@pytest.mark.parametrize(("pinned_from", "status"), [(NOON, 403), (NOW + DAY, 302)])
def test_only_a_pin_that_has_not_begun_can_be_deleted(desk_client, story, pinned_from, status):
    pin = Pin.objects.create(article=story, pinned_from=pinned_from)
    url = desk.address("delete", pin, model="pin")
    assert desk_client.post(url, {"post": "yes"}).status_code == status


def test_an_address_that_is_none_is_searched_for_as_words(desk_client, story):
    assert desk_client.get(desk.address("changelist"), {"q": "http://[/"}).status_code == 200
