"""How often a network, and everybody together, may post: counted in the database, or in a Valkey that answers."""

import logging
import os
import subprocess
import sys
import time

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from articles.tests.stories import NOON, published
from comments import limits
from comments.limits import REPORTS, seconds_to_flag, seconds_to_report_error, seconds_to_wait
from comments.models import Comment
from comments.tests.replies import MINUTE, posted, typed
from comments.tests.test_races import TOGETHER, at_once

pytestmark = pytest.mark.django_db
REPLY = "/2025/06/09/harbour-bridge-reopens/reply/"
SECOND = MINUTE / 60
AWAY = "The server of NEWSROOM_CACHE_URL does not answer, the database counts posts and reports: "
BACK = "The server of NEWSROOM_CACHE_URL answers again and counts posts and reports."


@pytest.fixture
def three(store, edition, settings):
    """A comment of each of three networks, twenty seconds apart, the last one at noon."""
    settings.COMMENT_RATE = settings.COMMENT_RATE_SITE = (9, 60)
    for n in (2, 1, 0):
        at = NOON - n * 20 * SECOND
        assert seconds_to_wait(f"n{n}", repeat=f"Number {n}", at=at) == 0
        posted(edition, f"Number {n}", network=f"n{n}", at=at)


def statuses(client, *texts, **extra):
    """What the answers to posts of these texts are."""
    return [client.post(REPLY, typed(text=text), **extra).status_code for text in texts]


def told(caplog):
    return [line.getMessage() for line in caplog.records if line.name == "comments.limits"]


@pytest.mark.parametrize(
    ("rate", "site_rate", "network", "wait"),
    [
        ((1, 60), (4, 60), "n0", 60),
        ((1, 60), (4, 60), "n2", 20),
        ((1, 60), (4, 60), "other", 0),
        ((1, 60), (3, 60), "other", 20),  # the oldest of three has to be a minute old
        ((1, 60), (2, 60), "other", 40),
        ((1, 60), (1, 60), "other", 60),
        ((1, 60), (3, 40), "other", 0),  # a limit ends with its span, half open
        ((1, 60), (3, 60), "n0", 60),
        ((1, 60), None, "other", 0),
        ((1, 60), None, "n0", 60),
        (None, (1, 60), "n0", 0),  # off is off for both
        (None, None, "n0", 0),
    ],
)
def test_the_network_and_the_whole_site_have_limits(three, settings, rate, site_rate, network, wait):
    settings.COMMENT_RATE, settings.COMMENT_RATE_SITE = rate, site_rate
    assert seconds_to_wait(network, repeat="another", at=NOON) == wait


def test_when_the_site_is_full_a_post_is_kept_and_told_when_to_come_back(
    store, client, edition, settings, clock
):
    settings.COMMENT_RATE, settings.COMMENT_RATE_SITE = (9, 60), (2, 60)
    for number in (1, 2):
        assert statuses(client, f"Number {number}", REMOTE_ADDR=f"192.0.{number}.7") == [303]
        clock.shift(10)
    response = client.post(REPLY, typed(text="Number 3"), REMOTE_ADDR="198.51.100.7")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "40")
    assert "Wait 40 seconds before you post again" in response.text
    assert ">\nNumber 3</textarea>" in response.text
    clock.shift(40)
    assert statuses(client, "Number 3", REMOTE_ADDR="198.51.100.7") == [303]


def test_the_seventh_within_a_minute_waits_until_the_first_is_a_minute_old(store, client, edition, clock):
    for number in range(6):
        assert statuses(client, f"Number {number}") == [303]
        clock.shift(5)
    assert client.post(REPLY, typed(text="Number 7")).headers["Retry-After"] == "30"
    clock.shift(29)
    assert client.post(REPLY, typed(text="Number 7")).headers["Retry-After"] == "1"  # asking cost nothing
    clock.shift(1)
    assert statuses(client, "Number 7", "Number 8") == [303, 429]


def test_a_repeat_takes_no_second_place(store, client, edition, settings):
    settings.COMMENT_RATE = (2, 60)
    assert statuses(client, "One", "One", "Two", "Two", "Three", "One") == [303, 303, 303, 303, 429, 303]
    assert Comment.objects.count() == 2


def test_a_post_that_the_site_refuses_takes_no_place_of_its_network(store, client, edition, settings, clock):
    settings.COMMENT_RATE, settings.COMMENT_RATE_SITE = (2, 60), (1, 10)
    assert statuses(client, "One", "Two", "Three") == [303, 429, 429]
    clock.shift(10)
    assert statuses(client, "Two", "Three") == [303, 429]


def test_each_limit_costs_one_query(edition, settings, django_assert_num_queries):
    settings.COMMENT_RATE = settings.COMMENT_RATE_SITE = (2, 60)
    with django_assert_num_queries(2):
        seconds_to_wait("n0", repeat="One", at=NOON)


# --- in a Valkey alone


def test_a_server_that_answers_spares_the_database(mortal, settings, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert seconds_to_wait("n0", repeat="One", at=NOON) == 0


def test_of_twenty_who_ask_at_once_exactly_as_many_pass_as_are_allowed(mortal, settings):
    settings.COMMENT_RATE, settings.COMMENT_RATE_SITE = (6, 60), (600, 60)
    asked = [lambda n=n: seconds_to_wait("n0", repeat=f"Number {n}", at=NOON) for n in range(TOGETHER)]
    assert sorted(at_once(*asked)) == [0] * 6 + [60] * 14


ANOTHER_PROCESS = """
import sys
import django
django.setup()
from django.utils import timezone
from comments.limits import seconds_to_wait
print("ready", flush=True)
sys.stdin.readline()
waits = [seconds_to_wait("n0", repeat=f"{sys.argv[1]} {n}", at=timezone.now()) for n in range(100)]
print(waits.count(0))
"""


def test_of_processes_that_ask_at_once_exactly_as_many_pass_as_are_allowed(mortal):
    environment = os.environ | {"NEWSROOM_CACHE_URL": mortal.url, "NEWSROOM_COMMENT_RATE": "60/d"}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", ANOTHER_PROCESS, str(number)],
            cwd=django_settings.BASE_DIR, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(3)
    ]  # fmt: skip
    assert [process.stdout.readline() for process in started] == ["ready\n"] * 3
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert sum(int(process.communicate()[0]) for process in started) == 60


@pytest.mark.django_db(transaction=True)
def test_of_twenty_posts_at_once_exactly_as_many_are_stored_as_are_allowed(store, clock):
    if store == "database" and connection.vendor == "postgresql":
        pytest.skip("counted by PostgreSQL, posts of the very same moment may not see each other")
    published("Harbour bridge reopens")
    posts = [lambda n=n: statuses(Client(), f"Number {n}")[0] for n in range(TOGETHER)]
    assert sorted(at_once(*posts)) == [303] * 6 + [429] * 14
    assert Comment.objects.count() == 6


DROPS = {b"newsroom:drops:epoch", b"newsroom:drops:count", b"newsroom:drops:log"}  # names of pages alone


def test_the_server_learns_neither_network_nor_words_and_forgets_by_itself(mortal, client, edition):
    assert statuses(client, "Who pays?") == [303]
    comment = Comment.objects.get()
    keys = mortal.client.keys("newsroom:limit:*")
    assert not set(mortal.client.keys("*")) - {*keys, *DROPS}
    kept = b" ".join(
        [*keys, *(member for key in keys for member in mortal.client.zrange(key, 0, -1))]
    ).decode()
    assert len(keys) == 2
    for secret in (comment.network, comment.repeat_hash, "127.0.0", comment.email, comment.text):
        assert secret not in kept
    assert all(0 < mortal.client.pttl(key) <= 60_000 for key in keys)


@pytest.mark.parametrize("seconds_of", [seconds_to_flag, seconds_to_report_error])
def test_reports_are_counted_by_kind_and_network_without_a_query(
    mortal, settings, django_assert_num_queries, seconds_of
):
    most, seconds = REPORTS
    with django_assert_num_queries(0):
        assert [seconds_of("n0", at=NOON) for _ in range(most + 1)] == [0] * most + [seconds]
        assert seconds_of("n1", at=NOON) == 0
        assert seconds_to_wait("n0", repeat="One", at=NOON) == 0


# --- while it is away


def kill(server):
    server.kill()


def demote(server):
    server.client.replicaof("127.0.0.1", "1")


def lock(server):
    server.client.config_set("requirepass", "another")
    server.client.client_kill_filter(_type="normal", skipme=True)


@pytest.mark.parametrize("fail", [kill, demote, lock])
def test_when_the_server_fails_the_database_goes_on_counting(mortal, client, edition, caplog, fail):
    assert statuses(client, "One", "Two") == [303, 303]
    fail(mortal)
    with caplog.at_level(logging.WARNING):
        assert statuses(client, *"345678") == [303] * 4 + [429] * 2
        assert statuses(client, "One") == [303]
    assert Comment.objects.count() == 6
    (line,) = told(caplog)
    assert line.startswith(AWAY)
    assert client.get("/readyz").status_code == 200


def test_a_server_that_is_silent_holds_up_one_post_and_not_the_next(mortal, client, edition, settings):
    settings.CACHE_TIMEOUTS = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
    assert statuses(client, "One") == [303]
    with mortal.silent():
        began_at = time.perf_counter_ns()
        assert statuses(client, *"23456789") == [303] * 5 + [429] * 3
    assert time.perf_counter_ns() - began_at < 3_000_000_000


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_find_the_server_dead_at_once_one_tells_the_log(mortal, caplog):
    mortal.kill()
    with caplog.at_level(logging.WARNING):
        asked = [lambda n=n: seconds_to_wait("n0", repeat=f"Number {n}", at=NOON) for n in range(TOGETHER)]
        assert at_once(*asked) == [0] * TOGETHER
    assert len(told(caplog)) == 1


def test_a_server_that_was_started_anew_counts_again_after_a_rest(
    mortal, client, edition, caplog, monkeypatch
):
    mortal.kill()
    with caplog.at_level(logging.WARNING):
        assert statuses(client, "One") == [303]
        mortal.start()
        assert statuses(client, "Two") == [303]
        assert mortal.client.keys("*") == []
        now = time.monotonic()
        monkeypatch.setattr(limits.time, "monotonic", lambda: now + limits.REST)
        assert statuses(client, "Three") == [303]
    assert len(mortal.client.keys("*")) == 2
    assert (told(caplog)[0].startswith(AWAY), told(caplog)[1:]) == (True, [BACK])


def test_a_server_started_anew_between_two_posts_is_not_missed(mortal, client, edition, caplog):
    assert statuses(client, "One") == [303]
    mortal.kill()
    mortal.start()
    with caplog.at_level(logging.WARNING):
        assert statuses(client, "Two") == [303]
    assert (told(caplog), len(mortal.client.keys("*"))) == ([], 2)
