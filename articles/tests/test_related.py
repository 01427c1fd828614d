"""What stands beside a story: hand-picked ones first, then computed ones that say why, and the last news."""

import pytest

from articles import publishing
from articles.models import Coverage
from articles.related import beside
from articles.tests.crowds import crowd
from articles.tests.reading import MINUTE, NOW, read, texts
from articles.tests.stories import NOON, published, source, write

pytestmark = pytest.mark.django_db
AGO = NOON - 60 * MINUTE


def related(edition, *, at=NOW):
    """(headline, reason) of each related story."""
    return [(row.edition.headline, row.reason) for row in beside(edition, at=at)[0]]


def rail(edition, *, at=NOW):
    return [row.headline for row in beside(edition, at=at)[1]]


def test_every_picked_story_stands_first_in_the_desks_order_without_a_reason():
    picks = [published(f"Pick {n}", at=AGO + n * MINUTE, tags=["span"]).article for n in (3, 1, 5, 2, 4)]
    published("Also tagged", tags=["span"], at=AGO)
    edition = published("Bridge", tags=["span"], related=picks)
    assert related(edition) == [(f"Pick {n}", "") for n in (3, 1, 5, 2, 4)]


def test_picked_stories_that_are_not_live_leave_their_place_to_computed_ones(editor):
    gone = published("Gone", at=AGO)
    publishing.withdraw(gone.article, by=editor, reason="A doubt.", now=NOON)
    live = published("Live", at=AGO)
    published("Tagged", tags=["span"], at=AGO)
    edition = published("Bridge", tags=["span"], related=[gone.article, write("Draft"), live.article])
    assert related(edition) == [("Live", ""), ("Tagged", "1 shared tag")]


def test_computed_stories_say_why_and_the_strongest_reason_goes_first():
    bridges = Coverage.objects.create(name="Bridges & tunnels", slug="bridges")
    report = source("Report")
    published("One tag", tags=["span"], at=AGO + 3 * MINUTE)
    published("Two tags", tags=["peace", "span", "else"], at=AGO)
    published("Two tags, newer", tags=["peace", "span"], at=AGO + MINUTE)
    published("Nothing shared", tags=["else"], at=AGO + 4 * MINUTE)
    published("Same source", sources=[report], at=AGO)
    published("Same coverage", coverage=bridges, at=AGO)
    edition = published("Bridge", tags=["span", "peace"], sources=[report], coverage=bridges)
    assert related(edition) == [
        ("Same coverage", "Same coverage: Bridges & tunnels"),
        ("Same source", "Cites the same source"),
        ("Two tags, newer", "2 shared tags"),
        ("Two tags", "2 shared tags"),
    ]


def test_of_equals_the_newest_come_and_of_one_moment_the_later_made():
    first = published("Tagged", tags=["span"], at=AGO)
    crowd(first, [AGO, AGO - MINUTE, AGO - 2 * MINUTE])
    edition = published("Bridge", tags=["span"])
    assert [headline for headline, _ in related(edition)] == ["Tagged 0", "Tagged", "Tagged 1", "Tagged 2"]


def test_only_the_newest_fifty_of_a_tag_are_looked_at():
    published("Far down", tags=["span", "peace"], at=AGO - 100 * MINUTE)
    crowd(published("Near", tags=["span"], at=AGO), [AGO - n * MINUTE for n in range(50)])
    crowd(published("Calm", tags=["peace"], at=AGO), [AGO - n * MINUTE for n in range(50)])
    edition = published("Bridge", tags=["span", "peace"])
    assert {reason for _, reason in related(edition)} == {"1 shared tag"}


def test_what_is_not_live_is_related_to_nothing_until_its_second(editor):
    publishing.schedule(write("Soon", tags=["span"]), at=NOW, by=editor, now=AGO)
    write("Draft", tags=["span"])
    edition = published("Bridge", tags=["span"])
    assert related(edition, at=NOW - MINUTE) == []
    assert related(edition, at=NOW) == [("Soon", "1 shared tag")]


def test_a_story_is_never_related_to_itself(bridge):
    assert related(bridge) == []
    assert rail(bridge) == []


def test_the_rail_is_the_ten_newest_less_the_story_being_read():
    editions = [published(f"Story {n}", at=NOON - n * MINUTE) for n in range(12)]
    assert rail(editions[4]) == [f"Story {n}" for n in range(10) if n != 4]
    assert rail(editions[11]) == [f"Story {n}" for n in range(10)]


def test_the_page_prints_the_reason_of_each_computed_story(client):
    pick = published("Pick", at=AGO)
    published("Tagged", tags=["span"], at=AGO)
    edition = published("Bridge", tags=["span"], related=[pick.article])
    tree = read(client, edition.path)
    assert texts(tree, "//section[@class='band related']//article/h3") == ["Pick", "Tagged"]
    assert texts(tree, "//section[@class='band related']//p[@class='meta']") == [
        "9 June 2025", "9 June 2025 · 1 shared tag",
    ]  # fmt: skip


def test_a_story_that_nothing_is_related_to_has_no_such_block(client, bridge):
    assert texts(read(client, bridge.path), "//section[@class='band related']") == []


def test_a_story_with_many_tags_sources_and_relatives_costs_two_queries(django_assert_num_queries):
    fields = {"tags": [f"tag {n}" for n in range(12)], "sources": [source(f"Source {n}") for n in range(12)]}
    edition = published("Bridge", coverage=Coverage.objects.create(name="Bridges", slug="bridges"), **fields)
    crowd(edition, [NOON - n * MINUTE for n in range(60)])
    with django_assert_num_queries(2):
        assert len(related(edition)) == 4
