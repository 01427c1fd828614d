"""The tree of comments that readers see, and the counts."""

import pytest
from django.db import transaction
from django.template import Context, Template
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import publishing
from articles.models import Article
from articles.tests.stories import NOON, person, published
from comments import threads
from comments.models import Comment, Reason, Status
from comments.tests.replies import MINUTE, approved, posted
from comments.threads import PAGE_SIZE, page_with, thread_of

pytestmark = pytest.mark.django_db
LATER = NOON + 60 * MINUTE


def shape(rows):
    """[(text or place, [replies])] of rows."""
    return [(row.comment.text or row.place, shape(row.replies)) for row in rows]


def shape_of(edition):
    return shape(thread_of(edition, at=LATER).listing.rows)


def test_comments_stand_in_the_order_of_time_with_their_replies_below():
    edition = published()
    second = approved(edition, "Second", at=NOON + 2 * MINUTE)
    first = approved(edition, "First", at=NOON + MINUTE)
    approved(edition, "To first", parent=first, at=NOON + 5 * MINUTE)
    approved(edition, "To second, late", parent=second, at=NOON + 4 * MINUTE)
    approved(edition, "To second", parent=second, at=NOON + 3 * MINUTE)
    assert shape_of(edition) == [
        ("First", [("To first", [])]),
        ("Second", [("To second", []), ("To second, late", [])]),
    ]


def test_from_the_third_level_on_replies_stand_beside_each_other():
    edition = published()
    parent = None
    for number in range(1, 6):
        parent = approved(
            edition, f"Level {number}", name=f"N{number}", parent=parent, at=NOON + number * MINUTE
        )
    assert shape_of(edition) == [
        ("Level 1", [("Level 2", [("Level 3", []), ("Level 4", []), ("Level 5", [])])])
    ]
    third = thread_of(edition, at=LATER).listing.rows[0].replies[0].replies
    assert [row.answers and row.answers.name for row in third] == [None, "N3", "N4"]


def test_only_approved_comments_are_shown_and_counted(moderator):
    edition = published()
    approved(edition, "Shown")
    posted(edition, "Waiting")
    posted(edition, "Advert").mark_spam(by=moderator)
    posted(edition, "Rude").reject(by=moderator, reason=Reason.ABUSE)
    assert shape_of(edition) == [("Shown", [])]
    assert thread_of(edition, at=LATER).count == 1


def test_the_place_of_a_withdrawn_comment_stays_while_it_has_replies_and_is_not_counted(moderator):
    edition = published()
    first = approved(edition, "First")
    answer = approved(edition, "Answer", parent=first)
    first.withdraw()
    assert shape_of(edition) == [("This comment was withdrawn by its author.", [("Answer", [])])]
    assert thread_of(edition, at=LATER).count == 1
    answer.withdraw()
    assert shape_of(edition) == []


def test_a_rejected_comment_leaves_a_place_without_words_when_it_has_replies(moderator):
    edition = published()
    first = approved(edition, "First")
    posted(edition, "Waiting answer", parent=first)
    first.reject(by=moderator, reason=Reason.ABUSE)
    assert shape_of(edition) == []
    approved(edition, "Answer", parent=first)
    assert shape_of(edition) == [("This comment is no longer shown.", [("Answer", [])])]


def test_a_place_deep_in_the_thread_is_kept_for_what_stands_below_it():
    edition = published()
    one = approved(edition, "One")
    two = approved(edition, "Two", parent=one)
    approved(edition, "Three", parent=two)
    for comment in (one, two):
        comment.withdraw()
    gone = "This comment was withdrawn by its author."
    assert shape_of(edition) == [(gone, [(gone, [("Three", [])])])]


def test_a_story_that_is_not_live_shows_no_comments(editor):
    edition = published()
    approved(edition)
    publishing.withdraw(edition.article, by=editor, reason="It was wrong.", now=NOON + 2 * MINUTE)
    assert shape_of(edition) == []


def test_a_very_deep_thread_is_arranged():
    edition, parent = published(), None
    for number in range(200):
        parent = posted(edition, f"Level {number}", parent=parent, at=NOON + number * MINUTE / 60)
    Comment.objects.update(status=Status.APPROVED)
    thread = thread_of(edition, at=LATER)
    assert len(thread.listing.rows[0].replies[0].replies) == PAGE_SIZE - 2
    assert thread.count == 200


# --- page by page


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(threads, "PAGE_SIZE", 3)


def pages_of(edition, **order):
    """The rows of a thread's pages, one after the other."""
    pages, after = [], None
    while True:
        thread = thread_of(edition, at=LATER, after=after, **order)
        pages.append(thread.listing.rows)
        if thread.last is None:
            return pages
        after = Comment.objects.get(pk=thread.last)


def test_a_long_thread_is_read_page_by_page_in_one_order(small_pages):
    edition = published()
    first = approved(edition, "First", at=NOON + MINUTE)
    approved(edition, "Second", at=NOON + 2 * MINUTE)
    for number in range(3, 6):
        approved(edition, f"To first {number}", parent=first, at=NOON + number * MINUTE)
    approved(edition, "Third", at=NOON + 6 * MINUTE)
    assert [shape(page) for page in pages_of(edition)] == [
        [("First", [("To first 3", []), ("To first 4", [])])],
        [("To first 5", []), ("Second", []), ("Third", [])],
    ]
    assert [shape(page) for page in pages_of(edition, is_newest_first=True)] == [
        [("Third", []), ("To first 5", []), ("To first 4", [])],
        [("To first 3", []), ("Second", []), ("First", [])],
    ]


def test_what_answers_a_comment_of_an_earlier_page_names_it(small_pages):
    edition = published()
    first = approved(edition, "First", name="Ana")
    for number in range(3):
        approved(edition, f"To first {number}", parent=first, at=NOON + number * MINUTE)
    page = thread_of(edition, at=LATER, after=Comment.objects.get(text="To first 1"))
    [row] = page.listing.rows
    assert (row.comment.text, row.answers.name, row.answers.comment.pk) == ("To first 2", "Ana", first.pk)
    newest = thread_of(edition, at=LATER, is_newest_first=True).listing.rows
    assert [row.answers.name for row in newest] == ["Ana"] * 3


def test_the_place_of_a_comment_that_is_gone_stands_on_one_page_only(small_pages):
    edition = published()
    first = approved(edition, "First")
    for number in range(4):
        approved(edition, f"To first {number}", parent=first, at=NOON + number * MINUTE)
    first.withdraw()
    gone = "This comment was withdrawn by its author."
    assert [shape(page) for page in pages_of(edition)] == [
        [(gone, [(f"To first {number}", []) for number in range(3)])],
        [("To first 3", [])],
    ]
    page = thread_of(edition, at=LATER, after=Comment.objects.get(text="To first 2"))
    assert page.listing.rows[0].answers.name == "a comment"


def test_a_page_may_begin_after_a_comment_that_is_gone_by_now(small_pages):
    edition = published()
    for number in range(5):
        approved(edition, f"Comment {number}", at=NOON + number * MINUTE)
    last = Comment.objects.get(text="Comment 2")
    last.withdraw()
    assert shape(thread_of(edition, at=LATER, after=last).listing.rows) == [
        ("Comment 3", []),
        ("Comment 4", []),
    ]


@pytest.mark.parametrize("is_newest_first", [False, True])
@settings(max_examples=30)
@given(data=st.data())
def test_every_public_comment_stands_on_exactly_one_page(is_newest_first, data):
    """Whatever was answered, taken back and left waiting, and in both orders; places only above replies."""
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(threads, "PAGE_SIZE", 3)
        edition, comments = published(f"Story {Article.objects.count()}"), []
        for number in range(data.draw(st.integers(0, 12))):
            parent = data.draw(st.sampled_from([None, *comments]))
            at = NOON + data.draw(st.integers(0, 3)) * MINUTE
            comments.append(posted(edition, f"Comment {number}", parent=parent, at=at))
            if data.draw(st.booleans()):
                comments[-1].approve(by=person("moderator", "Moderators"), at=at)
        for comment in comments:
            if data.draw(st.integers(0, 3)) == 0:
                comment.withdraw(at=LATER)
        rows = [row for page in pages_of(edition, is_newest_first=is_newest_first) for row in flat(page)]
        public = [comment.pk for comment in comments if comment.status == Status.APPROVED]
        assert sorted(row.comment.pk for row in rows if row.is_public) == sorted(public)
        assert thread_of(edition, at=LATER).count == len(public)
        places = [row.comment.pk for row in rows if not row.is_public]
        assert len(set(places)) == len(places)
        answered = {above.pk for comment in comments if comment.pk in public for above in ancestry(comment)}
        assert set(places) <= answered
        transaction.set_rollback(True)


def flat(rows):
    """All Rows of a page, those below others too."""
    return [each for row in rows for each in [row, *flat(row.replies)]]


def ancestry(comment):
    """The comments that this one answers, directly or not."""
    while comment := comment.parent:
        yield comment


@pytest.mark.parametrize("position", [0, 2, 3, 4, 7])
def test_the_page_that_shows_a_comment_is_found(small_pages, position):
    edition = published()
    comments = [approved(edition, f"Comment {number}", at=NOON + number * MINUTE) for number in range(8)]
    address = page_with(comments[position], edition, at=LATER)
    before = {0: None, 2: None, 3: 2, 4: 3, 7: 6}[position]
    query = "" if before is None else f"comments/?after={comments[before].pk}"
    assert address == f"{edition.path}{query}#comment-{comments[position].pk}"


@pytest.mark.parametrize("count", [0, 1, 12])
def test_a_thread_is_one_query(django_assert_num_queries, count):
    edition = published()
    for number in range(count):
        approved(edition, f"Comment {number}", at=NOON + number * MINUTE)
    with django_assert_num_queries(1) as captured:
        thread = thread_of(edition, at=LATER)
        assert (thread.count, len(thread.listing.rows), thread.is_open) == (count, count, True)
    assert "email" not in captured[0]["sql"]
    assert "network" not in captured[0]["sql"]
    assert "headline" not in captured[0]["sql"]


def test_counts_of_a_list_of_stories_are_one_query(django_assert_num_queries):
    busy, quiet = published("Busy"), published("Quiet")
    for number in range(3):
        approved(busy, f"Comment {number}")
    posted(quiet, "Waiting")
    template = Template(
        "{% load comments %}{% comment_counts editions as counts %}"
        "{% for edition in editions %}{{ counts|for_article:edition.article_id }} {% endfor %}"
    )
    with django_assert_num_queries(1):
        assert template.render(Context({"editions": [busy, quiet]})) == "3 0 "


def test_the_times_of_a_thread_are_those_of_its_comments():
    edition = published()
    comment = approved(edition, at=NOON.replace(microsecond=1500))
    assert thread_of(edition, at=LATER).listing.rows[0].comment.posted_at == comment.posted_at
    assert Comment.objects.get().posted_at == comment.posted_at
