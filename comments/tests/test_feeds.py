"""Feeds of comments tell what is public, escaped, under names that stay."""

import datetime as dt

import pytest
import time_machine
from lxml import etree, html

from articles import publishing
from articles.tests.stories import NOON, published
from comments import feeds
from comments.tests.replies import MINUTE, approved, posted
from comments.tests.test_hostile_words import PAYLOADS

pytestmark = pytest.mark.django_db
ATOM, THREAD = "{http://www.w3.org/2005/Atom}", "{http://purl.org/syndication/thread/1.0}"
SITE = "https://news.example"
PATH = "/2025/06/09/harbour-bridge-reopens/"
ALL, STORY = "/comments/feed.xml", f"{PATH}comments/feed.xml"
LATER = NOON + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def edition(db):
    return published("Harbour bridge reopens")


def opened(client, address=ALL, *, at=LATER, **headers):
    with time_machine.travel(at, tick=False):
        return client.get(address, headers=headers)


def feed(client, address=ALL):
    return etree.fromstring(opened(client, address).content)


def entries(client, address=ALL):
    return feed(client, address).findall(f"{ATOM}entry")


def text(element, name):
    return element.findtext(f"{ATOM}{name}")


def link(element, rel):
    return element.xpath("string(*[local-name()='link'][@rel=$rel]/@href)", rel=rel)


def words(client, address=ALL):
    """The words of each entry, without markup."""
    return [html.fromstring(text(entry, "content")).text_content() for entry in entries(client, address)]


@pytest.mark.parametrize(
    ("address", "title", "page"),
    [
        (ALL, "Newsroom: comments", "/"),
        (STORY, "Newsroom: comments on “Harbour bridge reopens”", PATH),
    ],
)
def test_a_feed_says_what_it_is_of(client, edition, address, title, page):
    approved(edition)
    response = opened(client, address, host="localhost")
    root = etree.fromstring(response.content)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert text(root, "title") == title
    assert link(root, "alternate") == f"{SITE}{page}"
    assert link(root, "self") == text(root, "id") == f"{SITE}{address}"
    assert b"localhost" not in response.content


@pytest.mark.parametrize("address", [ALL, STORY])
def test_an_entry_tells_who_said_what_where(client, edition, address):
    comment = approved(edition, "Who pays?\nNobody.\n\nThen who?", name="Ana")
    [entry] = entries(client, address)
    assert text(entry, "title") == "Ana on “Harbour bridge reopens”"
    assert text(entry, "id") == comment.uid.urn
    assert link(entry, "alternate") == f"{SITE}{PATH}comments/{comment.pk}/"
    assert text(entry.find(f"{ATOM}author"), "name") == "Ana"
    assert text(entry, "content") == '<p dir="auto">Who pays?<br>Nobody.</p><p dir="auto">Then who?</p>'
    assert text(entry, "published") == "2025-06-09T12:00:00+00:00"
    assert text(entry, "updated") == "2025-06-09T12:01:00+00:00"  # when it was approved


def test_an_entry_names_what_it_answers(client, edition, moderator):
    parent = approved(edition, "Parent")
    approved(edition, "Child", parent=parent, at=NOON + MINUTE)
    story = {"ref": edition.article.uid.urn, "href": f"{SITE}{PATH}", "type": "text/html"}
    answered = {"ref": parent.uid.urn, "href": f"{SITE}{PATH}comments/{parent.pk}/", "type": "text/html"}
    child, first = entries(client)
    assert dict(child.find(f"{THREAD}in-reply-to").attrib) == answered
    assert dict(first.find(f"{THREAD}in-reply-to").attrib) == story
    parent.reject(by=moderator, reason="abuse")
    [child] = entries(client)
    assert dict(child.find(f"{THREAD}in-reply-to").attrib) == story


def test_the_newest_by_posting_come_first_and_fifty_at_most(client, edition):
    for number in range(feeds.NEWEST + 2):
        approved(edition, f"Number {number}", at=NOON + number * MINUTE)
    assert words(client) == words(client, STORY) == [f"Number {number}" for number in range(51, 1, -1)]


def test_the_feed_of_a_story_has_its_own_comments_only(client, edition):
    approved(published("Another"), "Elsewhere")
    approved(edition, "Here")
    assert words(client, STORY) == ["Here"]
    assert sorted(words(client)) == ["Elsewhere", "Here"]


@pytest.mark.parametrize("address", [ALL, STORY])
def test_only_what_is_public_is_told_and_what_is_withdrawn_disappears(client, edition, address, moderator):
    posted(edition, "Waiting")
    posted(edition, "Bad").reject(by=moderator, reason="abuse")
    gone = approved(edition, "Gone")
    approved(edition, "Stays")
    assert len(entries(client, address)) == 2
    before = opened(client, address).headers["ETag"]
    gone.withdraw()
    assert words(client, address) == ["Stays"]
    asked = opened(client, address, **{"if-none-match": before})
    assert asked.status_code == 200
    assert "Last-Modified" not in asked.headers


def test_comments_of_a_story_that_is_not_live_are_in_no_feed(client, edition, editor):
    approved(edition, "Here")
    publishing.withdraw(edition.article, by=editor, reason="A doubt.", now=NOON + 2 * MINUTE)
    assert words(client) == []
    assert opened(client, STORY).status_code == 410
    assert opened(client, "/2025/06/09/nowhere/comments/feed.xml").status_code == 404


def test_the_feed_follows_the_storys_address(client, edition, editor):
    article = edition.article
    article.slug = "other-words"
    article.save()
    article.stamp(by=editor)
    publishing.publish(article, by=editor, now=NOON + MINUTE)
    response = opened(client, STORY)
    assert (response.status_code, response.url) == (301, "/2025/06/09/other-words/comments/feed.xml")


def test_a_blanked_part_is_a_mark(client, edition, moderator):
    comment = approved(edition, "Call me: 0123456789, please")
    comment.blank(by=moderator, ranges=[(9, 19)], at=NOON + 3 * MINUTE)
    assert words(client) == ["Call me: [personal data removed], please"]
    [entry] = entries(client)
    assert text(entry, "updated") == "2025-06-09T12:03:00+00:00"
    assert b"0123456789" not in opened(client).content


@pytest.mark.parametrize("payload", [*PAYLOADS, "\x01a\ufffeb]]>\x1f"])
@pytest.mark.parametrize("address", [ALL, STORY])
def test_what_a_visitor_sends_is_text(client, edition, payload, address):
    comment = posted(edition, payload, name=payload[:80], email='"<b>x</b>"@example.com')
    comment.approve(rule="trusted")
    [entry] = entries(client, address)
    clean = payload.replace("\x01", "").replace("\x1f", "").replace("\ufffe", "")
    assert text(entry.find(f"{ATOM}author"), "name") == clean
    assert text(entry, "title") == f"{clean} on “Harbour bridge reopens”"
    shown = html.fromstring(text(entry, "content"))
    assert shown.text_content() == clean
    assert [element.tag for element in shown.iter()] == ["p"]
    assert b"example.com" not in opened(client, address).content.replace(clean.encode(), b"")


@pytest.mark.parametrize("address", [ALL, STORY])
def test_no_feed_tells_an_email_address(client, edition, address):
    approved(edition, email="reader@example.com")
    assert b"reader@" not in opened(client, address).content


@pytest.mark.parametrize("address", [ALL, STORY])
def test_a_feed_without_comments_is_valid_and_always_the_same(client, edition, address):
    first, later = opened(client, address), opened(client, address, at=LATER + MINUTE)
    assert first.content == later.content
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert entries(client, address) == []


@pytest.mark.parametrize(("address", "most"), [(ALL, 2), (STORY, 3)])
@pytest.mark.parametrize("count", [1, 20])
def test_a_feed_needs_few_queries_for_any_number(
    client, edition, address, most, count, django_assert_num_queries
):
    for number in range(count):
        parent = approved(edition, f"Parent {number}")
        approved(published(f"Story {number}"), f"Elsewhere {number}")
        approved(edition, f"Child {number}", parent=parent)
    with django_assert_num_queries(most):
        opened(client, address)


def test_the_pages_of_a_story_lead_to_its_feed(client, edition):
    approved(edition)
    for page in (PATH, f"{PATH}comments/"):
        tree = html.document_fromstring(opened(client, page).content.decode())
        titles = {link.get("href"): link.get("title") for link in tree.xpath("//link[@rel='alternate']")}
        assert titles[STORY] == "Newsroom: comments on “Harbour bridge reopens”"
    assert tree.xpath(f"//main//a[@href='{STORY}']")
