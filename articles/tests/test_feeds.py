"""Feeds are valid Atom of what is live, call a story the same for ever, and never ask for the Host."""

import datetime as dt
from urllib.parse import quote

import pytest
import time_machine
from lxml import etree

from articles import feeds, publishing
from articles.models import Article, Author, Coverage, Tag, TagAlias
from articles.tests.stories import NOON, author, published, rewrite, section, source, write

pytestmark = pytest.mark.django_db
SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SITE = "https://news.example"


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


def opened(client, address="/feed.xml", *, at=NOON + MINUTE, **headers):
    with time_machine.travel(at, tick=False):
        return client.get(address, headers=headers)


def feed(client, address="/feed.xml", *, at=NOON + MINUTE):
    """The root element of a feed, which has to be well-formed."""
    return etree.fromstring(opened(client, address, at=at).content)


def entries(client, address="/feed.xml", *, at=NOON + MINUTE):
    return feed(client, address, at=at).findall(f"{ATOM}entry")


def text(element, name):
    return element.findtext(f"{ATOM}{name}")


def titles(client, address="/feed.xml", *, at=NOON + MINUTE):
    return [text(entry, "title") for entry in entries(client, address, at=at)]


def link(element, rel):
    return element.xpath("string(*[local-name()='link'][@rel=$rel]/@href)", rel=rel)


@pytest.fixture
def story():
    """A story that every feed has, filed under names that only it uses."""
    coverage = Coverage.objects.create(name="Bridges", slug="bridges")
    return published(
        "The bridge & the <river>", tags=["hong kong", "香港"], bylines=[author("Ana Lee")], coverage=coverage,
        section=section("Europe"), sources=[source("Report")], standfirst="After a year, it is open.",
        body='<p>It <strong>holds</strong>.<sup data-cite="s1"></sup> <a href="/about/">About</a> '
        '<a href="https://city.example/#top">City</a></p>',
    )  # fmt: skip


FEEDS = {
    "/feed.xml": "all articles",
    "/sections/europe/feed.xml": "Europe",
    "/tags/hong-kong/feed.xml": "#hong kong",
    f"/tags/{quote('香港')}/feed.xml": "#香港",
    "/authors/ana-lee/feed.xml": "Ana Lee",
    "/coverage/bridges/feed.xml": "Bridges",
}


@pytest.mark.parametrize("address", FEEDS)
def test_a_feed_says_what_it_is_of_and_where_it_stands(client, story, address):
    response = opened(client, address, host="localhost")
    root = etree.fromstring(response.content)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert root.tag == f"{ATOM}feed"
    assert text(root, "title") == f"Newsroom: {FEEDS[address]}"
    assert text(root, "id") == link(root, "alternate") == f"{SITE}{address.removesuffix('feed.xml')}"
    assert link(root, "self") == f"{SITE}{address}"
    assert root.get(XML_LANG) == "en-gb"
    assert text(root.find(f"{ATOM}author"), "name") == "Newsroom"
    assert text(root, "updated") == "2025-06-09T12:00:00+00:00"
    assert titles(client, address) == ["The bridge & the <river>"]
    assert b"localhost" not in response.content


def test_an_entry_tells_what_there_is_to_tell(client, story):
    [entry] = entries(client)
    assert text(entry, "id") == f"urn:uuid:{story.article.uid}"
    assert link(entry, "alternate") == f"{SITE}/2025/06/09/the-bridge-the-river/"
    assert text(entry, "published") == text(entry, "updated") == "2025-06-09T12:00:00+00:00"
    assert text(entry, "summary") == "After a year, it is open."
    assert [text(row, "name") for row in entry.findall(f"{ATOM}author")] == ["Ana Lee"]
    assert [text(row, "uri") for row in entry.findall(f"{ATOM}author")] == [f"{SITE}/authors/ana-lee/"]
    categories = [row.get("term") for row in entry.findall(f"{ATOM}category")]
    assert categories == ["Europe", "hong kong", "香港"]
    assert entry.get(XML_LANG) is None


def test_the_text_of_an_entry_can_be_read_anywhere(client, story):
    [entry] = entries(client)
    content = entry.find(f"{ATOM}content")
    page = link(entry, "alternate")
    assert content.get("type") == "html"
    assert content.text == (
        f'<p>It <strong>holds</strong>.<sup class="cite"><a href="{page}#source-1" aria-label="Source 1">1</a></sup> '
        f'<a href="{SITE}/about/" rel="noopener">About</a> '
        '<a href="https://city.example/#top" rel="noopener">City</a></p>'
    )


LONG = "A long text. " * 20


@pytest.mark.parametrize(("body", "has_summary"), [("", False), (f"<p>{LONG}It stops in the mid</p>", True)])
def test_a_text_that_stops_short_is_not_sent_but_its_summary_is(client, body, has_summary):
    published("Captured", body=body, is_cut=True)
    [entry] = entries(client)
    assert entry.find(f"{ATOM}content") is None
    assert (text(entry, "summary") or "").endswith("…") == has_summary
    assert bool(text(entry, "summary")) == has_summary


def test_who_did_something_else_than_write_is_a_contributor(client):
    article = write("Story", bylines=[author("Ana Lee"), author("Bo Chen")])
    article.bylines.filter(author__name="Bo Chen").update(role="translated by")
    publishing.publish(article, by=article.created_by, now=NOON)
    [entry] = entries(client)
    assert [text(row, "name") for row in entry.findall(f"{ATOM}author")] == ["Ana Lee"]
    assert [text(row, "name") for row in entry.findall(f"{ATOM}contributor")] == ["Bo Chen"]


def test_an_entry_in_another_language_says_so(client):
    published("Un an après", language="fr", at=NOON - MINUTE)
    published("A year later")
    assert [entry.get(XML_LANG) for entry in entries(client)] == [None, "fr"]


def test_the_id_stays_when_the_address_and_the_text_change(client, story, editor):
    before = text(entries(client)[0], "id")
    rewrite(story.article, slug="other words", headline="Other words")
    publishing.publish(story.article, by=editor, now=NOON + MINUTE)
    [entry] = entries(client)
    assert text(entry, "id") == before
    assert link(entry, "alternate") == f"{SITE}/2025/06/09/other-words/"
    assert text(entry, "updated") == "2025-06-09T12:01:00+00:00"
    assert text(entry, "published") == "2025-06-09T12:00:00+00:00"


def test_only_a_change_of_substance_moves_the_updated_time(client, story, editor):
    rewrite(story.article, headline="The bridge and the river")
    publishing.publish(story.article, by=editor, change="minor", now=NOON + MINUTE)
    assert text(entries(client)[0], "updated") == "2025-06-09T12:00:00+00:00"


def test_markup_and_what_xml_cannot_hold_do_no_harm(client):
    word = "<script>alert(1)</script> & ]]> \x01\x1f\ufffe 😂"
    tag = Tag.objects.create(name="<b>\x02")
    article = write("x", bylines=[author("Ana Lee")], tags=[tag.name], body="<p>a &lt;b&gt; ]]&gt;</p>")
    Author.objects.update(name="<i>\x03")
    Article.objects.filter(pk=article.pk).update(headline=word, standfirst=word)
    publishing.publish(article, by=article.created_by, now=NOON)
    for address in ("/feed.xml", f"/tags/{tag.slug}/feed.xml"):
        content = opened(client, address).content.decode()
        assert "<script" not in content
        [entry] = entries(client, address)
        assert text(entry, "title").split() == ["<script>alert(1)</script>", "&", "]]>", "😂"]
        assert text(entry, "summary").split() == text(entry, "title").split()
        assert text(entry, "content") == "<p>a &lt;b&gt; ]]&gt;</p>"
        assert [row.get("term") for row in entry.findall(f"{ATOM}category")] == ["World", "<b>"]
        assert text(entry.find(f"{ATOM}author"), "name") == "<i>"


# --- what is live


@pytest.mark.parametrize("address", FEEDS)
def test_a_scheduled_story_is_in_no_feed_before_its_second(client, editor, address):
    coverage = Coverage.objects.create(name="Bridges", slug="bridges")
    article = write(
        "Soon", tags=["hong kong", "香港"], bylines=[author("Ana Lee")], coverage=coverage, section=section("Europe")
    )  # fmt: skip
    publishing.schedule(article, at=NOON + MINUTE, by=editor, now=NOON)
    before = opened(client, address, at=NOON + MINUTE - SECOND)
    may_be_empty = address in ("/feed.xml", "/sections/europe/feed.xml")
    assert before.status_code == (200 if may_be_empty else 404)
    assert b"Soon" not in before.content
    assert titles(client, address, at=NOON + MINUTE) == ["Soon"]


def test_a_withdrawn_story_leaves_the_feed_and_readers_who_ask_by_date_learn_of_it(client, story, editor):
    published("Older", at=NOON - MINUTE)
    before = opened(client)
    publishing.withdraw(story.article, by=editor, reason="A doubt.", now=NOON + MINUTE)
    assert titles(client) == ["Older"]
    asked = opened(client, **{"if-modified-since": "Mon, 09 Jun 2025 12:00:00 GMT"})
    assert asked.status_code == 200
    assert asked.headers["ETag"] != before.headers["ETag"]


def test_the_twenty_newest_stories_by_publication_are_told(client):
    for number in range(feeds.NEWEST + 1):
        published(f"Story {number}", at=NOON - number * MINUTE)
    assert titles(client) == [f"Story {number}" for number in range(feeds.NEWEST)]


@pytest.mark.parametrize("kind", ["sections", "tags", "authors", "coverage"])
def test_a_name_that_is_not_there_has_no_feed(client, kind):
    assert opened(client, f"/{kind}/nowhere/feed.xml").status_code == 404


def test_the_feed_of_a_merged_tag_leads_to_that_of_the_tag(client, story):
    TagAlias.objects.create(name="HK", tag=Tag.objects.get(name="hong kong"))
    response = opened(client, "/tags/hk/feed.xml")
    assert (response.status_code, response.url) == (301, "/tags/hong-kong/feed.xml")


def test_the_feed_of_a_tag_merged_into_one_that_nobody_may_know_is_not_there(client):
    write("Draft", tags=["secret"])
    TagAlias.objects.create(name="Code", tag=Tag.objects.get(name="secret"))
    assert opened(client, "/tags/code/feed.xml").status_code == 404


# --- how it is kept


@pytest.mark.parametrize("address", FEEDS)
def test_a_feed_is_the_same_until_something_changes(client, story, address):
    first, later = opened(client, address), opened(client, address, at=NOON + dt.timedelta(days=300))
    assert first.content == later.content
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Last-Modified" not in first.headers
    kept = opened(client, address, **{"if-none-match": first.headers["ETag"]})
    assert (kept.status_code, kept.content) == (304, b"")


def test_an_empty_feed_is_valid_and_always_the_same(client):
    section("Europe")
    first, later = (opened(client, "/sections/europe/feed.xml", at=at) for at in (NOON, NOON + MINUTE))
    assert first.content == later.content
    assert text(etree.fromstring(first.content), "updated") == "1970-01-01T00:00:00+00:00"


def test_a_feed_is_read_only(client, story):
    assert client.post("/feed.xml").status_code == 405
    assert client.head("/feed.xml").status_code == 200


@pytest.mark.parametrize("address", FEEDS)
def test_a_feed_costs_two_queries_at_most_however_many_entries(
    client, story, address, django_assert_max_num_queries
):
    for number in range(3):
        published(
            f"Story {number}", tags=["hong kong", "香港"], bylines=[author("Ana Lee")], section=story.section
        )
    with django_assert_max_num_queries(2):
        opened(client, address)
