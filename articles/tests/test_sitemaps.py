"""Sitemaps list what readers can reach and nothing else; robots.txt leads to them."""

import datetime as dt

import pytest
import time_machine
from lxml import etree

from articles import filings, publishing, sitemaps
from articles.filings import chunk_of
from articles.models import Coverage, Tag
from articles.tests.stories import NOON, author, published, rewrite, section, source, write

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
SITE = "https://news.example"
FIXED = [
    "/", "/archive/", "/corrections/",
    "/about/", "/contact/", "/privacy/", "/moderation-policy/", "/corrections-policy/",
]  # fmt: skip


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


def opened(client, address, *, at=NOON + MINUTE):
    with time_machine.travel(at, tick=False):
        return client.get(address)


def root(client, address, *, at=NOON + MINUTE):
    response = opened(client, address, at=at)
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    return etree.fromstring(response.content)


def paths(client, address, *, at=NOON + MINUTE):
    """The addresses that a sitemap lists, which all begin with the site's own."""
    found = [element.text for element in root(client, address, at=at).iter(f"{SITEMAP}loc")]
    assert all(address.startswith(f"{SITE}/") for address in found)
    return [address.removeprefix(SITE) for address in found]


def listed(client, *, at=NOON + MINUTE):
    """Every page in every sitemap, by way of the index."""
    return [path for chunk in paths(client, "/sitemap.xml", at=at) for path in paths(client, chunk, at=at)]


def story(headline="Story", **fields):
    """A story filed under every kind of name, with a space, a mark or a letter beyond ASCII in each."""
    coverage, _ = Coverage.objects.get_or_create(name="Bridges", slug="bridges")
    return write(
        headline, tags=["香港"], bylines=[author("Ana Lee")], sources=[source("Report")], coverage=coverage, **fields
    )  # fmt: skip


OF_THE_STORY = [
    "/2025/06/09/story/", "/tags/%E9%A6%99%E6%B8%AF/", "/authors/ana-lee/", "/sources/report/", "/coverage/bridges/",
]  # fmt: skip


def test_the_sitemaps_list_every_page_once_and_each_answers(client, editor):
    section("Empty")
    publishing.publish(story(), by=editor, now=NOON)
    found = listed(client)
    assert sorted(found) == sorted([*FIXED, "/sections/world/", "/sections/empty/", *OF_THE_STORY])
    assert [opened(client, path).status_code for path in found] == [200] * len(found)


def test_a_story_and_its_names_are_listed_from_its_second_on(client, editor):
    publishing.schedule(story(), at=NOON + MINUTE, by=editor, now=NOON)
    assert sorted(listed(client, at=NOON + MINUTE - SECOND)) == sorted([*FIXED, "/sections/world/"])
    assert set(OF_THE_STORY) <= set(listed(client, at=NOON + MINUTE))


def test_drafts_withdrawn_stories_and_their_names_are_not_listed(client, editor):
    write("Draft", tags=["draft"], bylines=[author("Draft")], sources=[source("Draft")])
    publishing.publish(story("Story"), by=editor, now=NOON)
    gone = publishing.publish(write("Gone", tags=["gone"]), by=editor, now=NOON)
    publishing.withdraw(gone.article, by=editor, reason="A doubt.", now=NOON + SECOND)
    assert sorted(listed(client)) == sorted([*FIXED, "/sections/world/", *OF_THE_STORY])


def test_a_publisher_is_listed_once_with_the_first_of_its_sources_that_is_cited(client, monkeypatch):
    monkeypatch.setattr(filings, "RANGE", 2)
    source("Unused", publisher="City")
    write("Draft", sources=[source("Draft’s", publisher="Secret")])
    published("One", sources=[source("Report", publisher="City"), source("Second", publisher="City")])
    found = listed(client)
    assert [path for path in found if path.startswith("/publishers/")] == ["/publishers/city/"]
    chunk = paths(client, f"/sitemap-{chunk_of(source('Report').pk)}.xml")
    assert "/publishers/city/" in chunk


def test_a_page_was_changed_when_its_edition_went_live(client, editor):
    edition = published("Story")
    rewrite(edition.article, standfirst="A line more.")
    publishing.publish(edition.article, by=editor, change="minor", now=NOON + MINUTE)
    changed = root(client, f"/sitemap-{chunk_of(edition.article_id)}.xml").findtext(f".//{SITEMAP}lastmod")
    assert dt.datetime.fromisoformat(changed) == NOON + MINUTE


def test_a_story_stands_in_the_chunk_of_its_number(client, monkeypatch):
    monkeypatch.setattr(filings, "RANGE", 2)
    editions = [published(f"Story {number}") for number in range(5)]
    for edition in editions:
        assert edition.get_absolute_url() in paths(client, f"/sitemap-{chunk_of(edition.article_id)}.xml")
    stories = [path for path in listed(client) if path.startswith("/2025/")]
    assert sorted(stories) == sorted(edition.get_absolute_url() for edition in editions)


def test_a_chunk_holds_twelve_hundred_addresses_at_most():
    assert filings.RANGE * (2 + len(sitemaps.FILED_BY)) == 1_200  # with stories and publishers
    assert [chunk_of(number) for number in (1, 200, 201, 400, 401)] == [1, 1, 2, 2, 3]


@pytest.mark.parametrize("number", ["1", "2", "999999999999999999999999"])
def test_a_chunk_past_the_last_one_is_not_there(client, number):
    Tag.objects.create(name="nobody’s")
    assert opened(client, f"/sitemap-{number}.xml").status_code == 404


def test_a_site_without_stories_has_a_sitemap_of_its_own_pages(client):
    assert paths(client, "/sitemap.xml") == ["/sitemap-0.xml"]
    assert paths(client, "/sitemap-0.xml") == FIXED


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize(
    "address", ["/sitemap.xml", "/sitemap-0.xml", "chunk", "/news-sitemap.xml", "/robots.txt"]
)
def test_what_crawlers_read_costs_six_queries_at_most(
    client, editor, address, count, django_assert_max_num_queries
):
    for number in range(count):
        edition = publishing.publish(story(f"Story {number}"), by=editor, now=NOON)
    address = f"/sitemap-{chunk_of(edition.article_id)}.xml" if address == "chunk" else address
    with django_assert_max_num_queries(6):
        assert opened(client, address).status_code == 200


# --- news


def test_the_news_sitemap_tells_of_the_last_two_days(client):
    published("Un <an> & après", language="fr", at=NOON)
    published("Too old", at=NOON - 48 * HOUR)
    [url] = root(client, "/news-sitemap.xml", at=NOON)
    assert url.findtext(f"{SITEMAP}loc") == f"{SITE}/2025/06/09/un-an-apr%C3%A8s/"
    assert url.findtext(f".//{NEWS}publication/{NEWS}name") == "Newsroom"
    assert url.findtext(f".//{NEWS}publication/{NEWS}language") == "fr"
    assert url.findtext(f".//{NEWS}publication_date") == "2025-06-09T14:00:00+02:00"
    assert url.findtext(f".//{NEWS}title") == "Un <an> & après"


def test_a_story_is_news_from_its_second_on_for_two_days(client, editor):
    publishing.schedule(write("Soon"), at=NOON + MINUTE, by=editor, now=NOON)
    moments = [
        NOON + MINUTE - SECOND,
        NOON + MINUTE,
        NOON + MINUTE + 48 * HOUR - SECOND,
        NOON + MINUTE + 48 * HOUR,
    ]
    assert [len(root(client, "/news-sitemap.xml", at=moment)) for moment in moments] == [0, 1, 1, 0]


def test_the_news_sitemap_is_valid_when_nothing_is_new(client):
    empty = root(client, "/news-sitemap.xml")
    assert empty.tag == f"{SITEMAP}urlset"
    assert len(empty) == 0


def test_no_more_news_is_told_than_search_engines_take(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "MOST_NEWS", 2)
    for number in range(3):
        published(f"Story {number}", at=NOON - number * MINUTE)
    news = root(client, "/news-sitemap.xml")
    assert [element.text for element in news.iter(f"{NEWS}title")] == ["Story 0", "Story 1"]


# --- robots.txt and headers


def test_robots_may_read_all_but_the_desk_and_searches(client):
    response = opened(client, "/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == (
        "User-agent: *\n"
        "Disallow: /admin/\n"
        "Disallow: /search/\n"
        "Disallow: /*?at=\n"
        "\n"
        f"Sitemap: {SITE}/sitemap.xml\n"
        f"Sitemap: {SITE}/news-sitemap.xml\n"
    )


@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-0.xml", "/news-sitemap.xml", "/robots.txt"])
def test_what_crawlers_read_is_kept_like_any_public_page(client, address):
    response = opened(client, address)
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert "ETag" in response.headers
    assert not response.cookies
    assert client.post(address).status_code == 405
