"""The front page: which story leads, what stands below it, and what it costs."""

import pytest

from articles import publishing
from articles.models import Pin, Section
from articles.tests.crowds import crowd
from articles.tests.reading import MINUTE, NOW, fetch, read, texts
from articles.tests.stories import NOON, published, rewrite, section, write

pytestmark = pytest.mark.django_db
LEAD = "//article[@class='lead']"
RAIL = "//aside[@class='rail']//h3"


def stories(count, **fields):
    """Stories of these names, the first the newest."""
    return [published(f"Story {n}", at=NOON - n * MINUTE, **fields) for n in range(1, count + 1)]


def pin(edition, place=Pin.Place.LEAD, *, pinned_from=NOON, **fields):
    return Pin.objects.create(article=edition.article, place=place, pinned_from=pinned_from, **fields)


def lead(client, *, at=NOW):
    return texts(read(client, "/", at=at), f"{LEAD}/h2")


def test_a_site_without_stories_says_how_to_begin(client):
    tree = read(client, "/")
    assert texts(tree, "//main//p") == ["No articles yet. Editors: add the first one in the admin."]
    assert texts(tree, "//main//p/a/@href") == ["/admin/"]
    assert texts(tree, "//h1") == ["Newsroom: front page"]


def test_without_a_pin_the_newest_story_leads(client):
    stories(2)
    assert lead(client) == ["Story 1"]


@pytest.mark.parametrize(
    ("pins", "headline"),
    [
        ([{"story": 2}], "Story 2"),
        ([{"story": 2, "position": 1}, {"story": 3, "position": 0}], "Story 3"),
        ([{"story": 2, "pinned_from": NOON - MINUTE}, {"story": 3}], "Story 3"),
        ([{"story": 2, "pinned_until": NOW}], "Story 1"),
        ([{"story": 2, "pinned_until": NOW + MINUTE}], "Story 2"),
        ([{"story": 2, "pinned_from": NOW + MINUTE}], "Story 1"),
        ([{"story": 2, "place": Pin.Place.PINNED}], "Story 1"),
    ],
)
def test_the_first_lead_pin_in_force_leads(client, pins, headline):
    editions = stories(3)
    for fields in pins:
        pin(editions[fields.pop("story") - 1], **fields)
    assert lead(client) == [headline]


def test_a_lead_pin_of_a_story_that_is_not_live_waits_and_the_next_one_leads(client, editor):
    pinned, _newest = stories(2)[1], None
    draft = write("Draft")
    Pin.objects.create(article=draft, place=Pin.Place.LEAD, pinned_from=NOON, position=0)
    pin(pinned, position=1)
    assert lead(client) == ["Story 2"]
    publishing.publish(draft, by=editor, now=NOW)
    assert lead(client) == ["Draft"]
    publishing.withdraw(draft, by=editor, reason="A doubt.", now=NOW + MINUTE)
    assert lead(client, at=NOW + MINUTE) == ["Story 2"]


def test_under_the_lead_stand_the_first_two_stories_picked_for_it_that_are_live(client):
    one, two, three = stories(3)
    picks = [write("Draft"), three.article, two.article, one.article]
    published("Lead", related=picks)
    tree = read(client, "/")
    assert texts(tree, "//ul[@class='also']/li") == ["Story 3", "Story 2"]
    assert texts(tree, "//ul[@class='also']/li/a/@href") == [three.path, two.path]


def test_a_lead_without_picks_has_no_list_under_it(client):
    stories(1)
    assert texts(read(client, "/"), "//ul[@class='also']") == []


def test_pinned_stories_stand_in_order_above_the_sections_and_nowhere_twice(client):
    editions = stories(7)
    pin(editions[2])
    for position, edition in enumerate([editions[5], editions[2], editions[4], editions[5]]):
        pin(edition, Pin.Place.PINNED, position=position, pinned_from=NOON - position * MINUTE)
    tree = read(client, "/")
    assert texts(tree, "//section[@aria-labelledby='in-focus']//h3") == ["Story 6", "Story 5"]
    shown = texts(tree, f"{LEAD}/h2") + texts(tree, "//article[@class='story']/h3")
    assert shown == ["Story 3", "Story 6", "Story 5", "Story 1", "Story 2", "Story 4", "Story 7"]


def test_each_section_with_stories_has_a_band_of_the_newest_four_in_the_order_of_the_navigation(client):
    Section.objects.create(name="Empty", slug="empty", position=0)
    europe, world = section("Europe", position=2), section("World", position=1)
    crowd(published("Europe", section=europe, at=NOON), [NOON + MINUTE * n for n in range(1, 7)])
    published("World", section=world, at=NOON - MINUTE)
    tree = read(client, "/")
    bands = "//section[@class='band']"
    assert texts(tree, f"{bands}//h2") == ["World", "Europe"]
    assert texts(tree, f"{bands}[2]//h3") == [f"Europe {n}" for n in (4, 3, 2, 1)]
    assert texts(tree, f"{bands}//div[@class='band-head']/a") == ["More from World", "More from Europe"]
    assert texts(tree, f"{bands}//div[@class='band-head']/a/@href") == [
        "/sections/world/",
        "/sections/europe/",
    ]
    assert texts(tree, "//nav[@aria-label='Sections']//a") == ["Empty", "World", "Europe"]


def test_the_rail_shows_the_ten_newest_with_full_date_and_time(client):
    stories(12)
    tree = read(client, "/")
    assert texts(tree, RAIL) == [f"Story {n}" for n in range(1, 11)]
    assert texts(tree, "//aside//time")[:2] == ["9 June 2025, 13:59", "9 June 2025, 13:58"]
    assert texts(tree, "//aside//time/@datetime")[0] == "2025-06-09T13:59+02:00"
    assert texts(tree, "//aside/a/@href") == ["/archive/"]


def test_in_the_news_are_the_tags_used_most_by_the_newest_fifty(client):
    published("Long ago", tags=["old"], at=NOON - 100 * MINUTE)
    common = published("Common", tags=["b", "c#", "a"], at=NOON - 90 * MINUTE)
    crowd(common, [NOON - n * MINUTE for n in range(48)])
    published("Newest", tags=["b", "z"], at=NOON + MINUTE)
    tree = read(client, "/")
    chips = "//nav[@aria-label='In the news']/a"
    assert texts(tree, chips) == ["#b", "#a", "#c#", "#z"]
    assert texts(tree, f"{chips}/@href")[0] == "/tags/b/"


def test_a_rewritten_lead_keeps_its_published_words(client):
    edition = published("Old words")
    rewrite(edition.article, headline="New words")
    page = fetch(client, "/").content.decode()
    assert "Old words" in page
    assert "New words" not in page


def test_the_front_page_costs_the_same_few_queries_with_few_and_with_many_stories(
    client, bridge, count_queries
):
    pin(bridge)
    crowd(bridge, [NOON - n * MINUTE for n in range(10)])
    few = count_queries("/")
    for edition in crowd(bridge, [NOON - n * MINUTE for n in range(50)]):
        pin(edition, Pin.Place.PINNED)
    assert count_queries("/") == few <= 6
