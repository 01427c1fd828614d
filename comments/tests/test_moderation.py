"""Deciding in the admin: by plain form posts, one comment or many, and the way back."""

import re

import pytest
import time_machine
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from articles.tests.stories import NOON, published
from comments.models import Comment, Reason, Status
from comments.tests.replies import MINUTE, approved, posted

pytestmark = pytest.mark.django_db
LIST = reverse("admin:comments_comment_changelist")
DECIDE = reverse("admin:comments_comment_decide")


def decide(desk, comment, verb, *, seen=0, query="", **fields):
    sent = {"do": f"{verb}:{comment.pk}", f"seen_{comment.pk}": seen, **fields}
    return desk.post(DECIDE + query, sent, follow=True)


def bulk(desk, comments, verb, *, seen=0, **fields):
    sent = {"bulk": verb, ACTION_CHECKBOX_NAME: [comment.pk for comment in comments], **fields}
    return desk.post(DECIDE, sent | {f"seen_{comment.pk}": seen for comment in comments}, follow=True)


def undo(desk):
    """Presses the page's button; the answer."""
    found = re.search(r'name="undo" value="(\d*)"', desk.get(LIST).text)
    return desk.post(DECIDE, {"undo": found[1]}, follow=True)


def told(response):
    """The messages on a page, as text."""
    found = re.search(r'<ul class="messagelist">(.*?)</ul>', response.text, re.DOTALL)
    return re.findall(r"<li class=\"(\w+)\">(.*?)</li>", found[1]) if found else []


@pytest.mark.parametrize(
    ("verb", "status", "reason"),
    [
        ("approve", "approved", ""),
        ("spam", "spam", ""),
        *((reason, "rejected", reason) for reason in Reason.values if reason != "other"),
    ],
)
def test_a_button_decides_about_one_comment(desk, edition, moderator, verb, status, reason):
    comment = posted(edition)
    response = decide(desk, comment, verb, query="?queue=spam&q=reader")
    assert response.redirect_chain == [(f"{LIST}?queue=spam&q=reader", 302)]
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


@pytest.mark.parametrize("verb", ["", "publish", "withdrawn"])
def test_a_post_that_says_nothing_changes_nothing(desk, edition, verb):
    comment = posted(edition)
    assert told(decide(desk, comment, verb)) == [("error", "Choose what to do with the comment.")]
    assert not comment.decisions.exists()


@pytest.mark.parametrize("do", ["approve", "approve:", "approve:x", f"approve:{'9' * 40}", ":"])
def test_a_post_that_names_no_comment_says_so(desk, edition, do):
    posted(edition)
    response = desk.post(DECIDE, {"do": do}, follow=True)
    assert told(response) == [("error", "Select the comments first, then say what to do with them.")]


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
    decide(desk, comment, "approve", seen=1)
    assert Comment.objects.get().status == Status.APPROVED


def test_a_decision_from_the_comments_own_page_leads_back_to_it(desk, edition):
    comment = posted(edition)
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    page = desk.get(address).text
    assert f'action="{DECIDE}?_from={comment.pk}"' in page
    assert "Nothing has been decided about this comment yet." in page
    response = decide(desk, comment, "abuse", query=f"?_from={comment.pk}")
    assert response.redirect_chain == [(address, 302)]
    assert (
        "<td>Moderator</td><td>Rejected</td><td>Pending</td><td>Rejected</td><td>Abuse</td>" in response.text
    )


@pytest.mark.parametrize("origin", ["x", "9" * 30, ""])
def test_a_decision_from_nowhere_answers_404(desk, edition, origin):
    assert decide(desk, posted(edition), "spam", query=f"?_from={origin}").status_code == 404


@pytest.mark.parametrize(
    ("verb", "status", "words"),
    [
        ("approve", "approved", "Approved"),
        ("spam", "spam", "Spam"),
        ("off_topic", "rejected", "Rejected"),
        ("other", "rejected", "Rejected"),
    ],
)
def test_many_comments_are_decided_about_at_once(desk, edition, verb, status, words):
    comments = [posted(edition, f"Number {number}") for number in range(3)]
    left = posted(edition, "Not ticked")
    response = bulk(desk, comments, verb, reason_text="It is off.")
    assert told(response) == [("success", f"3 comments: {words}.")]
    assert {comment.decisions.get().to_status for comment in comments} == {status}
    assert not left.decisions.exists()


def test_of_many_those_decided_elsewhere_are_named(desk, edition, editor):
    comments = [posted(edition, f"Number {number}") for number in range(3)]
    comments[1].mark_spam(by=editor, at=NOON)
    assert told(bulk(desk, comments, "approve")) == [
        (
            "warning",
            f"Comment {comments[1].pk} by Reader in Brussels had been decided already: "
            "Spam by Editor, 9 June 2025, 14:00. Nothing was changed.",
        ),
        ("success", "2 comments: Approved."),
    ]


def test_of_many_without_an_own_reason_none_is_rejected(desk, edition):
    comments = [posted(edition, f"Number {number}") for number in range(2)]
    assert {level for level, _ in told(bulk(desk, comments, "other", reason_text=""))} == {"error"}
    assert Comment.objects.filter(status=Status.PENDING).count() == 2


def test_nobody_decides_about_thousands_in_one_go(desk, edition):
    sent = {"bulk": "approve", ACTION_CHECKBOX_NAME: list(range(1, 202))}
    assert told(desk.post(DECIDE, sent, follow=True)) == [
        ("error", "Decide about at most 200 comments at once.")
    ]


def test_undo_takes_back_what_was_done_in_one_go_and_then_what_was_done_before(desk, edition):
    comments = [posted(edition, f"Number {number}") for number in range(4)]
    with time_machine.travel(NOON + 6 * MINUTE, tick=False):
        decide(desk, comments[0], "spam")
    with time_machine.travel(NOON + 7 * MINUTE, tick=False):
        bulk(desk, comments[1:], "approve")
        assert "3 comments: Approved." in desk.get(LIST).text
        assert told(undo(desk)) == [("success", "3 comments: Undone.")]
        assert told(undo(desk)) == [
            ("success", f"Comment {comments[0].pk} by Reader in Brussels: back to Pending.")
        ]
        assert set(Comment.objects.values_list("status", flat=True)) == {"pending"}
        assert told(undo(desk)) == [
            ("error", "There is nothing left to undo here. Decide anew on the comment’s page.")
        ]


def test_what_others_did_since_and_what_is_half_a_day_old_is_not_undone(desk, edition, moderator, editor):
    first, second = posted(edition, "First"), posted(edition, "Second")
    old = posted(edition, "Old")
    old.approve(by=moderator, at=NOON - 13 * 60 * MINUTE)
    first.approve(by=moderator, at=NOON)
    second.approve(by=moderator, at=NOON + MINUTE)
    second.feature(by=editor, at=NOON + 2 * MINUTE)
    undo(desk)
    statuses = dict(Comment.objects.values_list("pk", "status"))
    assert statuses == {first.pk: "pending", second.pk: "approved", old.pk: "approved"}


def test_personal_data_is_blanked_by_the_words_and_shown_again(desk, edition):
    comment = approved(edition, "Call 555 0123 or 555 0123.")
    key = f"words_blank_{comment.pk}"
    assert told(decide(desk, comment, "blank", seen=1)) == [
        ("error", "Select or type the words to blank first.")
    ]
    assert told(decide(desk, comment, "blank", seen=1, **{key: "999"})) == [
        ("error", "The comment does not hold “999”. Copy the words from it."),
        ("info", "You had written: “999”"),
    ]
    assert told(decide(desk, comment, "blank", seen=1, **{key: "555 0123"}))[0][0] == "success"
    assert Comment.objects.get().shown_text == "Call [personal data removed] or [personal data removed]."
    page = desk.get(LIST, {"queue": "approved"}).text
    assert page.count(">555 0123</s>") == 2
    decide(desk, comment, "unblank", seen=2)
    assert Comment.objects.get().shown_text == "Call 555 0123 or 555 0123."


def test_a_public_comment_is_featured_and_no_longer_featured(desk, edition):
    comment = approved(edition)
    decide(desk, comment, "feature", seen=1)
    assert Comment.objects.get().is_featured
    assert f'value="unfeature:{comment.pk}"' in desk.get(LIST, {"queue": "approved"}).text
    decide(desk, comment, "unfeature", seen=2)
    assert not Comment.objects.get().is_featured


@pytest.mark.parametrize("is_waiting", [True, False])
def test_the_desk_answers_and_approves_what_it_answers(desk, edition, moderator, is_waiting):
    comment = posted(edition) if is_waiting else approved(edition)
    key = f"words_answer_{comment.pk}"
    response = decide(desk, comment, "answer", seen=comment.decision_count, **{key: "The city does."})
    answer = Comment.objects.get(parent=comment)
    assert (answer.text, answer.written_by, answer.status) == ("The city does.", moderator, "approved")
    said = f"Comment {comment.pk} by Reader in Brussels: your answer is published."
    assert told(response) == [("success", said)]
    comment.refresh_from_db()
    assert comment.status == Status.APPROVED


@pytest.mark.parametrize(
    ("words", "refusal"),
    [(" ", "Write the answer first."), ("x" * 5001, "Shorten the answer to 5000 characters or fewer.")],
)
def test_an_answer_that_cannot_be_published_approves_nothing(desk, edition, words, refusal):
    comment = posted(edition)
    response = decide(desk, comment, "answer", **{f"words_answer_{comment.pk}": words})
    assert told(response)[0] == ("error", refusal)
    assert Comment.objects.get().status == Status.PENDING


def test_a_script_gets_what_became_of_each_comment(desk, edition, editor):
    first, second = posted(edition, "First"), posted(edition, "Second")
    second.mark_spam(by=editor, at=NOON)
    sent = {"bulk": "approve", ACTION_CHECKBOX_NAME: [first.pk, second.pk]}
    sent |= {f"seen_{first.pk}": 0, f"seen_{second.pk}": 0}
    data = desk.post(DECIDE, sent, headers={"Accept": "application/json"}).json()
    assert data == {
        "said": f"Comment {first.pk} by Reader in Brussels: Approved.",
        "refusal": "",
        "outcomes": {
            str(first.pk): {
                "said": f"Comment {first.pk} by Reader in Brussels: Approved.", "isDone": True, "lines": 1,
            },
            str(second.pk): {"said": "Spam by Editor, 9 June 2025, 14:00", "isDone": False, "lines": 0},
        },
        "undo": first.decisions.get().pk,
        "counts": {"pending": 0, "reported": 0, "spam": 1, "approved": 1, "rejected": 0},
    }  # fmt: skip
    refused = desk.post(DECIDE, {"do": ""}, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["refusal"]) == (
        422, "Select the comments first, then say what to do with them.",
    )  # fmt: skip


def test_single_keys_are_switched_off_for_the_account(desk, moderator):
    keys = reverse("admin:comments_comment_keys")
    assert told(desk.post(keys, follow=True)) == [("success", "Single keys are off.")]
    moderator.refresh_from_db()
    assert not moderator.has_keyboard_shortcuts
    assert 'data-keys="off"' in desk.get(LIST).text
    assert told(desk.post(keys, {"keys": "on"}, follow=True)) == [("success", "Single keys are on.")]
    assert desk.post(keys, {"keys": "on"}, headers={"Accept": "application/json"}).status_code == 204


@pytest.mark.parametrize(
    ("verb", "field"),
    [("answer", "words_answer_{}"), ("blank", "words_blank_{}"), ("other", "reason_text_{}")],
)
def test_what_was_typed_for_a_comment_decided_elsewhere_is_given_back(desk, edition, editor, verb, field):
    comment = posted(edition)
    comment.approve(by=editor)
    response = decide(desk, comment, verb, **{field.format(comment.pk): "Who pays is told on page 2."})
    assert told(response)[-1] == ("info", "You had written: “Who pays is told on page 2.”")
    assert comment.decisions.count() == 1


def test_the_log_is_read_and_not_changed(desk, edition, moderator):
    for number in range(3):
        approved(edition, f"Comment {number}")
    page = desk.get(reverse("admin:comments_decision_changelist")).text
    assert page.count(">Moderator</td>") == 3
    assert "Add decision" not in page
    address = reverse("admin:comments_decision_change", args=[Comment.objects.first().decisions.get().pk])
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"reason": "abuse"}).status_code == 403


def test_the_log_says_what_was_done_and_what_an_undoing_took_back(desk, edition, moderator):
    comment = approved(edition, "Well said")
    comment.feature(by=moderator)
    featured = comment.last_decision()
    comment.undo(by=moderator)
    log = reverse("admin:comments_decision_changelist")
    page = desk.get(log).text
    undone = reverse("admin:comments_decision_change", args=[featured.pk])
    assert f'Undone: <a href="{undone}">Featured by Moderator, ' in page
    assert '<td class="field-what">Featured</td><td class="field-change">Approved</td>' in page
    assert "Pending → Approved" in page
    assert "Featured by" not in desk.get(f"{log}?action__exact=featured").text
    assert 'class="field-what">Featured</td>' in desk.get(f"{log}?action__exact=featured").text


def test_words_cannot_be_changed_added_or_deleted(desk, edition):
    comment = posted(edition)
    change = reverse("admin:comments_comment_change", args=[comment.pk])
    assert desk.post(change, {"text": "x"}).status_code == 403
    assert desk.get(reverse("admin:comments_comment_add")).status_code == 403
    assert desk.post(reverse("admin:comments_comment_delete", args=[comment.pk])).status_code == 403
    assert Comment.objects.get().text == "Who pays for it?"


def test_a_decision_about_a_comment_under_another_story_is_a_decision(desk, edition):
    other = posted(published("Another story"))
    decide(desk, other, "approve")
    assert Comment.objects.get().status == Status.APPROVED


@pytest.mark.parametrize("reason", ["\0", "\u200b", "\ufffe \x1b"])
def test_a_reason_of_nothing_to_see_is_asked_for_again(desk, edition, reason):
    comment = posted(edition)
    response = decide(desk, comment, "other", **{f"reason_text_{comment.pk}": reason})
    assert told(response) == [
        ("error", "Write your own reason first. The author of the comment can read it.")
    ]
    comment.refresh_from_db()
    assert comment.status == Status.PENDING


def test_an_answer_of_nothing_to_see_is_asked_for_again(desk, edition):
    comment = approved(edition)
    response = decide(desk, comment, "answer", seen=1, **{f"words_answer_{comment.pk}": "\u200b\u2060"})
    assert told(response) == [("error", "Write the answer first.")]
    assert Comment.objects.count() == 1
