"""Moderation in the admin: by plain form posts, one comment or many."""

import re

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from articles import publishing
from articles.tests.stories import NOON, published, rewrite
from comments.models import Comment, Reason, Status
from comments.tests.replies import MINUTE, approved, posted

pytestmark = pytest.mark.django_db
LIST = reverse("admin:comments_comment_changelist")
LIST_QUERIES = 7  # session, person, two of permissions, how many, the comments with their stories, their logs
RECORD_QUERIES = 6  # session, person, two of permissions, the comment, its log


@pytest.fixture
def desk(client, moderator):
    """The client, with a moderator signed in."""
    client.force_login(moderator)
    return client


def decide(desk, comment, decision, *, seen="0", query="", **fields):
    sent = {"decision": decision, f"seen_{comment.pk}": seen, **fields}
    return desk.post(reverse("admin:comments_comment_decide", args=[comment.pk]) + query, sent, follow=True)


def told(response):
    """The messages on a page, as text."""
    found = re.search(r'<ul class="messagelist">(.*?)</ul>', response.content.decode(), re.DOTALL)
    return re.findall(r"<li class=\"(\w+)\">(.*?)</li>", found[1]) if found else []


def cards(response):
    """The numbers of the comments on a page of the list, in order."""
    return [
        int(number) for number in re.findall(r'<article class="card" id="c(\d+)"', response.content.decode())
    ]


def test_the_list_opens_on_what_waits_oldest_first(desk, edition):
    late, early = posted(edition, "Late", at=NOON + MINUTE), posted(edition, "Early", at=NOON)
    approved(edition, "Approved")
    assert cards(desk.get(LIST)) == [early.pk, late.pk]


@pytest.mark.parametrize("status", ["pending", "approved", "rejected", "spam", "withdrawn", "erased"])
def test_each_status_has_its_list(desk, edition, status):
    chosen = {each: posted(edition, each) for each in Status.values}
    for each, comment in chosen.items():
        Comment.objects.filter(pk=comment.pk).update(
            status=each, text="" if each in ("withdrawn", "erased") else each
        )
    assert cards(desk.get(LIST, {"status": status})) == [chosen[status].pk]
    assert len(cards(desk.get(LIST, {"status": "all"}))) == len(chosen)
    assert cards(desk.get(LIST, {"status": "nonsense"})) == [chosen["pending"].pk]


def test_what_is_decided_stands_newest_first(desk, edition):
    old, new = approved(edition, "Old", at=NOON), approved(edition, "New", at=NOON + MINUTE)
    assert cards(desk.get(LIST, {"status": "approved"})) == [new.pk, old.pk]


def test_a_card_shows_everything_that_the_decision_needs(desk, edition):
    parent = approved(edition, "Parent", name="Ana")
    words = "\n\n".join(f"Paragraph {number} " + "word " * 60 for number in range(10))
    comment = posted(edition, words, parent=parent, seconds_taken=3, at=NOON)
    page = desk.get(LIST).content.decode()
    assert page.count("Paragraph ") == 10
    for shown in (
        "Reader in Brussels", "reader@example.com", "9 June 2025, 14:00", "Harbour bridge reopens",
        f'href="{edition.path}#comments"', f"in reply to Ana (comment {parent.pk})",
        "Sent 3 seconds after the page was opened", f'name="seen_{comment.pk}" value="0"',
    ):  # fmt: skip
        assert shown in page


def test_a_moderator_sees_the_headline_that_readers_saw_not_the_desks_working_copy(desk, edition, editor):
    posted(edition)
    rewrite(edition.article, headline="Secret plan")
    page = desk.get(LIST).content.decode()
    assert "Harbour bridge reopens" in page
    assert "Secret plan" not in page
    publishing.withdraw(edition.article, by=editor, reason="It was wrong.")
    page = desk.get(LIST).content.decode()
    assert "on Harbour bridge reopens (not on the site)" in page
    assert f'href="{edition.path}' not in page


@pytest.mark.parametrize(
    ("decision", "status", "reason"),
    [
        ("approve", "approved", ""),
        ("spam", "spam", ""),
        *((reason, "rejected", reason) for reason in Reason.values if reason != "other"),
    ],
)
def test_a_button_decides_about_one_comment(desk, edition, moderator, decision, status, reason):
    comment = posted(edition)
    response = decide(desk, comment, decision, query="?status=pending&q=reader")
    assert response.redirect_chain == [(f"{LIST}?status=pending&q=reader", 302)]
    line = comment.decisions.get()
    assert (line.by, line.from_status, line.to_status, line.reason) == (moderator, "pending", status, reason)
    assert told(response) == [
        ("success", f"Comment {comment.pk} by Reader in Brussels: {status.capitalize()}.")
    ]


def test_a_reason_of_ones_own_has_words(desk, edition):
    comment = posted(edition)
    response = decide(desk, comment, "other", **{f"reason_text_{comment.pk}": " "})
    assert told(response) == [
        ("error", "Write your own reason first. The author of the comment can read it.")
    ]
    assert not comment.decisions.exists()
    decide(desk, comment, "other", **{f"reason_text_{comment.pk}": "It names a minor."})
    assert comment.decisions.get().public_wording == "It names a minor."


@pytest.mark.parametrize("decision", ["", "publish", "withdrawn"])
def test_a_post_that_says_nothing_changes_nothing(desk, edition, decision):
    comment = posted(edition)
    assert told(decide(desk, comment, decision)) == [("error", "Choose what to do with the comment.")]
    assert not comment.decisions.exists()


def test_a_card_decided_elsewhere_says_by_whom_and_changes_nothing(desk, edition, editor):
    comment = posted(edition)
    comment.reject(by=editor, reason=Reason.ABUSE, at=NOON + MINUTE)
    response = decide(desk, comment, "approve")
    assert told(response) == [
        (
            "warning",
            f"Comment {comment.pk} by Reader in Brussels had been decided already: "
            "Rejected by Editor, 9 June 2025, 14:01. Nothing was changed.",
        )
    ]
    assert Comment.objects.get().status == Status.REJECTED


def test_whoever_saw_the_first_decision_may_decide_anew(desk, edition, editor):
    comment = posted(edition)
    comment.reject(by=editor, reason=Reason.ABUSE)
    decide(desk, comment, "approve", seen="1")
    assert Comment.objects.get().status == Status.APPROVED


def test_a_decision_from_the_comments_own_page_leads_back_to_it(desk, edition):
    comment = posted(edition)
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    page = desk.get(address).content.decode()
    decide_at = reverse("admin:comments_comment_decide", args=[comment.pk])
    assert f'value="approve" class="approve" formaction="{decide_at}?_from=record"' in page
    assert "Nothing has been decided about this comment yet." in page
    response = decide(desk, comment, "abuse", query="?_from=record")
    assert response.redirect_chain == [(address, 302)]
    page = response.content.decode()
    assert "<td>Moderator</td><td>Pending</td><td>Rejected</td><td>Abuse</td>" in page


def bulk(desk, comments, action, *, seen="0", **fields):
    sent = {
        "action": action,
        ACTION_CHECKBOX_NAME: [comment.pk for comment in comments],
        "index": 0,
        **fields,
    }
    sent |= {f"seen_{comment.pk}": seen for comment in comments}
    return desk.post(LIST, sent, follow=True)


@pytest.mark.parametrize(
    ("action", "status", "words"),
    [
        ("decide_approve", "approved", "Approve"),
        ("decide_spam", "spam", "Spam"),
        ("decide_off_topic", "rejected", "Reject: Off topic"),
        ("decide_other", "rejected", "Reject: Other"),
    ],
)
def test_many_comments_are_decided_about_at_once(desk, edition, action, status, words):
    comments = [posted(edition, f"Number {number}") for number in range(3)]
    left = posted(edition, "Not ticked")
    response = bulk(desk, comments, action, reason_text="It is off.")
    assert told(response) == [("success", f"3 comments: {words}.")]
    assert {comment.decisions.get().to_status for comment in comments} == {status}
    assert not left.decisions.exists()


def test_of_many_those_decided_elsewhere_are_named(desk, edition, editor):
    comments = [posted(edition, f"Number {number}") for number in range(3)]
    comments[1].mark_spam(by=editor, at=NOON)
    response = bulk(desk, comments, "decide_approve")
    assert told(response) == [
        (
            "warning",
            f"Comment {comments[1].pk} by Reader in Brussels had been decided already: "
            "Spam by Editor, 9 June 2025, 14:00. Nothing was changed.",
        ),
        ("success", "2 comments: Approve."),
    ]


def test_of_many_without_an_own_reason_none_is_rejected(desk, edition):
    comments = [posted(edition, f"Number {number}") for number in range(2)]
    response = bulk(desk, comments, "decide_other", reason_text="")
    assert {level for level, _ in told(response)} == {"error"}
    assert Comment.objects.filter(status=Status.PENDING).count() == 2


@pytest.mark.parametrize(("query", "found"), [("harbour", 1), ("ana@", 1), ("ANA", 1), ("nobody", 0)])
def test_comments_are_searched_by_name_address_and_words(desk, edition, query, found):
    posted(edition, "The harbour is shut", name="Ana", email="ana@example.com")
    posted(edition, "Something else", name="Ben", email="ben@example.com")
    response = desk.get(LIST, {"q": query})
    assert len(cards(response)) == found
    assert (b"No comment holds these words." in response.content) is (found == 0)


def test_an_empty_list_says_so(desk, edition):
    assert b"Nothing is waiting here. The list is clear." in desk.get(LIST).content


def test_a_withdrawn_comment_has_no_buttons(desk, edition):
    posted(edition).withdraw()
    page = desk.get(LIST, {"status": "withdrawn"}).content.decode()
    assert "The words and the name have been deleted." in page
    assert "formaction" not in page


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_needs_the_same_queries_for_any_number(desk, edition, django_assert_num_queries, count):
    for number in range(count):
        parent = approved(published(f"Story {number}"), f"Comment {number}")
        posted(edition, f"Reply {number}", parent=parent)
    desk.get(LIST)
    with django_assert_num_queries(LIST_QUERIES):
        desk.get(LIST, {"status": "all"})


def test_a_record_needs_the_same_queries_for_any_number(desk, edition, moderator, django_assert_num_queries):
    comment = posted(edition)
    for number in range(10):
        if number % 2:
            comment.mark_spam(by=moderator)
        else:
            comment.approve(by=moderator)
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    desk.get(address)
    with django_assert_num_queries(RECORD_QUERIES):
        desk.get(address)


def test_the_log_is_read_and_not_changed(desk, edition, moderator):
    for number in range(3):
        approved(edition, f"Comment {number}")
    response = desk.get(reverse("admin:comments_decision_changelist"))
    page = response.content.decode()
    assert page.count(">Moderator</td>") == 3
    assert "Add decision" not in page
    address = reverse("admin:comments_decision_change", args=[Comment.objects.first().decisions.get().pk])
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"reason": "abuse"}).status_code == 403


def test_words_cannot_be_changed_added_or_deleted(desk, edition):
    comment = posted(edition)
    assert (
        desk.post(reverse("admin:comments_comment_change", args=[comment.pk]), {"text": "x"}).status_code
        == 403
    )
    assert desk.get(reverse("admin:comments_comment_add")).status_code == 403
    assert desk.post(reverse("admin:comments_comment_delete", args=[comment.pk])).status_code == 403
    assert "delete_selected" not in desk.get(LIST).content.decode()
    assert Comment.objects.get().text == "Who pays for it?"
