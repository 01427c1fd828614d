"""How often a network, and everybody together, may post; counted in the database."""

import pytest

from articles.tests.stories import NOON
from comments.network import seconds_to_wait
from comments.tests.replies import MINUTE, posted, typed

pytestmark = pytest.mark.django_db
REPLY = "/2025/06/09/harbour-bridge-reopens/reply/"
SECOND = MINUTE / 60


@pytest.fixture
def three(edition):
    """A comment of each of three networks, twenty seconds apart, the last one at noon."""
    return [posted(edition, f"Number {n}", network=f"n{n}", at=NOON - n * 20 * SECOND) for n in (2, 1, 0)]


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
    assert seconds_to_wait(network, at=NOON) == wait


def test_when_the_site_is_full_a_post_is_kept_and_told_when_to_come_back(client, edition, settings, clock):
    settings.COMMENT_RATE, settings.COMMENT_RATE_SITE = (9, 60), (2, 60)
    for number in (1, 2):
        assert (
            client.post(REPLY, typed(text=f"Number {number}"), REMOTE_ADDR=f"192.0.{number}.7").status_code
            == 303
        )
        clock.shift(10)
    response = client.post(REPLY, typed(text="Number 3"), REMOTE_ADDR="198.51.100.7")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "40")
    assert "Wait 40 seconds before you post again" in response.text
    assert ">\nNumber 3</textarea>" in response.text
    clock.shift(40)
    assert client.post(REPLY, typed(text="Number 3"), REMOTE_ADDR="198.51.100.7").status_code == 303


def test_each_limit_costs_one_query(three, settings, django_assert_num_queries):
    settings.COMMENT_RATE = settings.COMMENT_RATE_SITE = (2, 60)
    with django_assert_num_queries(2):
        seconds_to_wait("n0", at=NOON)
