"""Pages by key: every row once, in order, and the way back is the way there."""

import datetime as dt
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.http import Http404
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from articles import publishing
from articles.models import Edition
from articles.paging import PAGE_SIZE, Key, page_of
from articles.tests.crowds import crowd
from articles.tests.reading import MINUTE, NOW, fetch, headlines, read, texts
from articles.tests.stories import NOON, person, published


def page_at(address, rows):
    return page_of(rows, RequestFactory().get(address), keep=["q"])


def walk(rows, address, direction):
    """The pages from an address on, by the links called `direction`."""
    pages = []
    while address:
        pages.append(page_at(address, rows))
        address = getattr(pages[-1], direction)
    return pages


class ListsOfStories(TestCase):
    """Lists of any length, with any number of stories published at one moment."""

    @given(st.lists(st.integers(0, 5), max_size=3 * PAGE_SIZE))
    def test_older_shows_every_row_once_and_newer_leads_back_the_same_way(self, minutes):
        first = published("Story", at=NOON - MINUTE)
        crowd(first, [NOON + minute * MINUTE for minute in minutes])
        rows = Edition.objects.all()
        there = walk(rows, "/list/?q=a%26b&x=1", "older")
        assert [row for page in there for row in page.rows] == list(rows.newest_first())
        assert [len(page.rows) for page in there[:-1]] == [PAGE_SIZE] * (len(there) - 1)
        assert there[0].address == "/list/?q=a%26b"
        back = walk(rows, there[-1].address, "newer")
        assert [page.address for page in back] == [page.address for page in reversed(there)]
        assert [page.rows for page in back] == [page.rows for page in reversed(there)]
        assert len({page.position for page in there}) == len(there)


@pytest.mark.parametrize("zone", [dt.UTC, dt.timezone(dt.timedelta(hours=2))])
def test_a_key_is_written_in_universal_time_and_read_back(zone):
    moment = dt.datetime(2025, 6, 9, 12, 5, 0, 7, tzinfo=dt.UTC)
    text = str(Key(moment.astimezone(zone), 17))
    assert text == "20250609T120500.000007Z-17"
    assert Key.parse(text) == Key(moment, 17)


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "17", "20250609T120500.000000Z", "20250609T120500.000000Z-", "20250609T120500.000000Z-0",
        "20250609T120500.000000Z-x", "20250609T120500.000000Z--1", "20251309T120500.000000Z-17",
        "20250609T250500.000000Z-17", "00000609T120500.000000Z-17", "20250609T120500Z-17",
        "20250609T120500.000000Z-1234567890123456789", "20250609T120500.000000Z-17 ",
        "２０250609T120500.000000Z-17",
        "20250609T120500.000000Z-17\n", "20250609T120500.000000Z-1' OR 1=1",
    ],
)  # fmt: skip
def test_what_is_no_key_is_no_page(text):
    with pytest.raises(Http404, match="This is no key of a list"):
        Key.parse(text)


@pytest.fixture
def full(db):
    """Three pages of stories, two published at each moment, tagged and in one section; newest first."""
    first = published("Story", at=NOON - MINUTE, tags=["full"])
    editions = [first, *crowd(first, [NOON + (n // 2) * MINUTE for n in range(2 * PAGE_SIZE + 4)])]
    return editions[::-1]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/sections/world/", "/tags/full/", "/archive/", "/archive/2025/06/"])
def test_the_pages_of_a_list_lead_to_one_another_and_back(client, full, address):
    seen, addresses = [], [address]
    while True:
        tree = read(client, addresses[-1])
        seen += headlines(tree)
        assert texts(tree, "//link[@rel='canonical']/@href") == [f"http://127.0.0.1:8000{addresses[-1]}"]
        older = texts(tree, "//nav[@class='pages']/a[@rel='next']/@href")
        if not older:
            break
        addresses += older
    assert len(addresses) == 3
    assert seen == [edition.headline for edition in full]
    for nearer, further in pairwise(addresses):
        assert texts(read(client, further), "//nav[@class='pages']/a[@rel='prev']/@href") == [nearer]
    titles = [texts(read(client, each), "//title")[0] for each in addresses]
    assert len(set(titles)) == 3
    assert titles[1].endswith(" of 9 June 2025 | Newsroom")


@pytest.mark.django_db
def test_a_page_stays_what_it_was_when_newer_stories_come_in(client, full):
    first = headlines(read(client, "/archive/"))
    (second,) = texts(read(client, "/archive/"), "//a[@rel='next']/@href")
    before = headlines(read(client, second))
    published("Newest", at=NOW - MINUTE)
    assert headlines(read(client, second)) == before
    (newer,) = texts(read(client, second), "//a[@rel='prev']/@href")
    assert newer != "/archive/"
    assert headlines(read(client, newer)) == first


@pytest.mark.django_db
def test_the_key_of_a_story_that_was_withdrawn_still_leads_to_its_page(client, full):
    (second,) = texts(read(client, "/archive/"), "//a[@rel='next']/@href")
    before = headlines(read(client, second))
    number = int(parse_qs(urlsplit(second).query)["before"][0].rpartition("-")[2])
    (last_of_first,) = [edition for edition in full if edition.article_id == number]
    publishing.withdraw(last_of_first.article, by=person("editor"), reason="A doubt.", now=NOW - MINUTE)
    assert headlines(read(client, second)) == before


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x", "", "20240101T000000.000000Z-1"])
@pytest.mark.parametrize("address", ["/archive/", "/sections/world/", "/tags/full/", "/corrections/"])
def test_a_page_below_everything_and_a_page_of_no_key_are_none(client, full, address, key):
    fetch(client, f"{address}?before={key}", status=404)


@pytest.mark.django_db
def test_a_key_above_everything_shows_the_first_page_and_names_its_clean_address(client, full):
    tree = read(client, "/tags/full/?before=20990101T000000.000000Z-1")
    assert headlines(tree) == headlines(read(client, "/tags/full/"))
    assert texts(tree, "//link[@rel='canonical']/@href") == ["http://127.0.0.1:8000/tags/full/"]
    assert texts(tree, "//a[@rel='prev']") == []


@pytest.mark.django_db
def test_a_page_takes_one_query_and_a_further_one_two(full, django_assert_num_queries):
    rows = Edition.objects.all()
    with django_assert_num_queries(1):
        first = page_at("/list/", rows)
    with django_assert_num_queries(2), time_machine.travel(NOW, tick=False):
        page_of(rows, RequestFactory().get(first.older), live_at=NOW)
