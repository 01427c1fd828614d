"""The tree of comments that readers see, and the counts."""

import pytest
from django.template import Context, Template

from articles import publishing
from articles.tests.stories import NOON, published
from comments.models import Comment, Reason
from comments.tests.replies import MINUTE, approved, posted
from comments.threads import arranged, thread_of

pytestmark = pytest.mark.django_db
LATER = NOON + 60 * MINUTE


def shape(rows):
    """[(text or place, [replies])] of rows."""
    return [(row.comment.text or row.place, shape(row.replies)) for row in rows]


def shape_of(edition):
    return shape(thread_of(edition, at=LATER).rows)


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
    third = thread_of(edition, at=LATER).rows[0].replies[0].replies
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
    depth = 5_000
    found = [
        {
            "id": n,
            "parent": n - 1 or None,
            "name": "",
            "text": str(n),
            "status": "approved",
            "at": "2025-06-09T12:00",
        }
        for n in range(1, depth + 1)
    ]
    rows = arranged(found)
    assert len(rows[0].replies[0].replies) == depth - 2


@pytest.mark.parametrize("count", [0, 1, 12])
def test_a_thread_is_one_query(django_assert_num_queries, count):
    edition = published()
    for number in range(count):
        approved(edition, f"Comment {number}", at=NOON + number * MINUTE)
    with django_assert_num_queries(1) as captured:
        thread = thread_of(edition, at=LATER)
        assert (thread.count, len(thread.rows), thread.is_open) == (count, count, True)
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
    assert thread_of(edition, at=LATER).rows[0].comment.posted_at == comment.posted_at
    assert Comment.objects.get().posted_at == comment.posted_at
