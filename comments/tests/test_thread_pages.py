"""The comments of a story on pages of their own, and the address that each one keeps."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from articles import publishing
from articles.tests.reading import texts
from articles.tests.stories import NOON, published, rewrite
from comments import threads
from comments.models import Comment
from comments.tests.replies import MINUTE, approved, posted
from comments.threads import thread_of

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
PAGES = f"{STORY}comments/"
SHOWN = "//*[@class='comment-text']"


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(threads, "PAGE_SIZE", 3)


@pytest.fixture
def comments(edition):
    """Seven public comments, the last but one in answer to the first."""
    rows = [approved(edition, f"Comment {number}", at=NOON + number * MINUTE / 60) for number in range(6)]
    return [*rows, approved(edition, "Answer", name="Ben", parent=rows[0], at=NOON + MINUTE)]


def read(client, address, *, status=200):
    response = client.get(address)
    assert response.status_code == status
    return html.document_fromstring(response.content.decode())


def walk(client, address):
    """The texts of the comments on the page at an address and on all that follow it."""
    pages = []
    while address:
        tree = read(client, address)
        pages.append(texts(tree, SHOWN))
        address = next(iter(tree.xpath("//*[contains(@class, 'pages')]/a[@rel='next']/@href")), None)
    return pages


def test_a_long_thread_goes_on_from_the_story_to_pages_of_its_own(client, comments):
    assert walk(client, STORY) == [
        ["Comment 0", "Answer", "Comment 1"], ["Comment 2", "Comment 3", "Comment 4"], ["Comment 5"],
    ]  # fmt: skip
    assert walk(client, PAGES) == walk(client, STORY)
    assert texts(read(client, STORY), "//h2[@id='comments-title']") == ["7 comments"]


def test_the_newest_can_be_read_first(client, comments):
    [link] = read(client, STORY).xpath("//section[@id='comments']//a[.='Newest first']/@href")
    assert walk(client, link) == [
        ["Answer", "Comment 5", "Comment 4"], ["Comment 3", "Comment 2", "Comment 1"], ["Comment 0"],
    ]  # fmt: skip
    tree = read(client, link)
    assert texts(tree, "//nav[@class='orders']/a[@aria-current]") == ["Newest first"]
    assert texts(tree, "//article[1]//a[contains(., 'in reply to')]") == ["in reply to Reader in Brussels"]


def test_what_is_answered_is_linked_where_it_stands(client, edition):
    first = approved(edition, "First", name="Ana")
    rows = [
        approved(edition, f"To {number}", parent=first, at=NOON + number * MINUTE / 60)
        for number in range(1, 4)
    ]
    link = "//a[contains(., 'in reply to Ana')]/@href"
    newest = f"{PAGES}?order=newest"
    assert read(client, newest).xpath(link) == [f"{PAGES}{first.pk}/"] * 3
    assert read(client, f"{newest}&after={rows[1].pk}").xpath(link) == [f"#comment-{first.pk}"]


def test_a_page_says_whose_comments_it_shows_and_leads_back(client, comments):
    tree = read(client, f"{PAGES}?after={comments[1].pk}")
    assert texts(tree, "//title") == ["Harbour bridge reopens (comments) | Newsroom"]
    assert texts(tree, "//h1") == ["7 comments"]
    assert tree.xpath("//p[@class='kicker']/a/@href") == [f"{STORY}#comments"]
    assert tree.xpath("//link[@rel='canonical']/@href") == [f"http://127.0.0.1:8000{STORY}"]
    assert tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert tree.xpath("//nav[@class='pages']/a[.='To the first page']/@href") == [PAGES]
    assert tree.xpath("//nav[@class='orders']/a/@href") == [PAGES, f"{PAGES}?order=newest", f"{STORY}reply/"]


@pytest.mark.parametrize("after", ["", "0", "x", "-1", "999999", "9" * 40, "٣"])
def test_a_page_after_no_comment_is_none(client, comments, after):
    read(client, f"{PAGES}?after={after}", status=404)


def test_a_page_after_a_comment_of_another_story_or_after_the_last_is_none(client, comments):
    other = approved(published("Other"))
    read(client, f"{PAGES}?after={other.pk}", status=404)
    read(client, f"{PAGES}?after={comments[5].pk}", status=404)


def test_an_order_that_is_none_is_that_of_the_story(client, comments):
    assert walk(client, f"{PAGES}?order=loudest") == walk(client, PAGES)


def test_a_story_without_comments_says_so_and_leads_to_the_form(client, edition):
    tree = read(client, PAGES)
    assert texts(tree, "//p[@class='quiet']") == ["No comments yet. Be the first to reply"]
    assert tree.xpath("//p[@class='quiet']/a/@href") == [f"{STORY}reply/"]
    edition.article.is_open_to_comments = False
    edition.article.save()
    assert texts(read(client, PAGES), "//p[@class='quiet']") == ["No comments yet."]


@pytest.mark.parametrize("number", range(7))
def test_each_comment_has_an_address_that_leads_to_the_page_that_shows_it(client, comments, number):
    comment = comments[number]
    response = client.get(f"{PAGES}{comment.pk}/")
    assert response.status_code == 302
    address, _hash, anchor = response.headers["Location"].partition("#")
    assert comment.text in texts(read(client, address), f"//*[@id='{anchor}']{SHOWN}")


def test_what_is_not_public_has_no_address(client, edition):
    waiting = posted(edition, "Waiting")
    elsewhere = approved(published("Other"))
    for number in (waiting.pk, elsewhere.pk, 999999, "9" * 40):
        read(client, f"{PAGES}{number}/", status=404)


def test_the_addresses_follow_a_story_that_moves(client, comments, edition, editor):
    rewrite(edition.article, slug="new-bridge")
    publishing.publish(edition.article, by=editor)
    for rest in ("comments/", f"comments/{comments[0].pk}/"):
        response = client.get(STORY + rest)
        assert response.status_code == 301
        assert response.headers["Location"] == f"/2025/06/09/new-bridge/{rest}"


def test_a_page_of_a_thread_costs_the_same_however_long_it_is(client, edition, django_assert_max_num_queries):
    for number in range(40):
        approved(edition, f"Comment {number}", at=NOON + number * MINUTE / 60)
    first = Comment.objects.order_by("pk").first()
    for address in (STORY, PAGES, f"{PAGES}?after={first.pk}", f"{PAGES}?order=newest"):
        with django_assert_max_num_queries(6):
            read(client, address)


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL's planner decides by what the tables hold"
)
def test_whether_a_story_is_live_is_asked_once_for_all_its_comments_and_those_featured_have_an_index(edition):
    with CaptureQueriesContext(connection) as queries:
        thread_of(edition)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}")
        plan = [row[3] for row in cursor.fetchall()]
    assert not any(line.startswith("CORRELATED") for line in plan)
    assert any("comment_by_choice" in line for line in plan), plan
