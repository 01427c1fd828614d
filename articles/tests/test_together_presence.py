"""Who has a story open: said to the others, and no longer once they have left."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Presence
from articles.tests import desk
from articles.tests.stories import NOON, person, section, write

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def story():
    return write()


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (dt.timedelta(seconds=59), "Ana is editing this (just now)"),
        (MINUTE, "Ana is editing this (1\xa0minute ago)"),
        (2.5 * MINUTE, "Ana is editing this (2\xa0minutes ago)"),
        (10 * MINUTE - dt.timedelta(seconds=1), "Ana is editing this (9\xa0minutes ago)"),
        (10 * MINUTE, None),
    ],
)
def test_the_page_says_who_else_has_the_story_open(ana, ben, story, clock, passed, said):
    ana.get(desk.address("change", story))
    clock.shift(passed)
    answer = ben.post(desk.address("presence", story), {"version": "1"}).json()
    assert answer["others"] == ([said] if said else [])
    assert ("Ana is editing this" in ben.get(desk.address("change", story)).text) == bool(said)


def test_nobody_is_told_of_themselves(ana, story):
    ana.get(desk.address("change", story))
    assert "is editing this" not in ana.get(desk.address("change", story)).text


def test_who_leaves_is_gone_and_who_saves_stays(ana, ben, story):
    desk.send(ana, desk.address("change", story), headline="Saved", _continue="1")
    assert "Ana is editing this" in ben.get(desk.address("change", story)).text
    assert ana.post(desk.address("presence", story), {"leave": "1"}).status_code == 200
    assert "Ana is editing this" not in ben.get(desk.address("change", story)).text


def test_the_last_seen_stands_first(ana, ben, story, clock):
    ana.get(desk.address("change", story))
    clock.shift(MINUTE)
    ben.get(desk.address("change", story))
    third = Client()
    third.force_login(person("carl", "Editors"))
    assert [said.split()[0] for said in third.post(desk.address("presence", story)).json()["others"]] == [
        "Ben", "Ana",
    ]  # fmt: skip


def test_a_heartbeat_tells_of_a_newer_version(ana, ben, story):
    desk.send(ana, desk.address("change", story), headline="Saved")
    news = ben.post(desk.address("presence", story), {"version": "1"}).json()["news"]
    assert news == "Ana saved a newer version at 14:00."
    assert ben.post(desk.address("presence", story), {"version": "2"}).json()["news"] == ""


def test_a_new_story_and_a_story_that_one_may_only_look_at_have_nobody(ana, client, administrator, story):
    section()
    ana.get(desk.address("add"))
    client.force_login(administrator)
    assert client.get(desk.address("change", story)).status_code == 200
    assert not Presence.objects.exists()


def test_presence_is_only_sent(ana, story):
    assert ana.get(desk.address("presence", story)).status_code == 405


def test_a_heartbeat_costs_at_most_eight_queries(ana, story):
    ana.get(desk.address("change", story))
    with CaptureQueriesContext(connection) as queries:
        ana.post(desk.address("presence", story), {"version": "1"})
    assert len(queries) <= 8


def test_names_are_escaped(ben, story):
    hostile = person("hostile", "Editors")
    hostile.display_name = "<b onmouseover=alert(7)>"
    hostile.save()
    client = Client()
    client.force_login(hostile)
    client.get(desk.address("change", story))
    text = ben.get(desk.address("change", story)).text
    assert "&lt;b onmouseover=alert(7)&gt; is editing this" in text
    assert "<b onmouseover" not in text
