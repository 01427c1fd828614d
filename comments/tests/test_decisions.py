"""What the verbs do to a comment and to the moderation log."""

import datetime as dt
import hashlib

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from articles import publishing
from articles.tests.stories import NOON, person, published, write
from comments.models import AlreadyDecided, Comment, Decision, Reason, Status
from comments.tests.replies import MINUTE, approved, posted

pytestmark = pytest.mark.django_db


def line(decision):
    return (decision.number, decision.from_status, decision.to_status, decision.by, decision.rule)


def test_a_comment_waits_until_somebody_decides():
    comment = posted(published())
    assert comment.status == Status.PENDING
    assert comment.is_waiting
    assert comment.last_word() == "Nothing has been decided about this comment yet."
    assert not Comment.objects.public(at=NOON).exists()


def test_approving_writes_status_and_log_line_together(moderator):
    comment = posted(published())
    decision = comment.approve(by=moderator, at=NOON + MINUTE)
    comment.refresh_from_db()
    assert comment.status == Status.APPROVED
    assert line(decision) == (1, "pending", "approved", moderator, "")
    assert decision.decided_at == NOON + MINUTE
    assert decision.text_hash == hashlib.sha256(b"Who pays for it?").hexdigest()
    assert comment.decisions.get() == decision


def test_every_further_decision_is_another_line(moderator, editor):
    comment = posted(published())
    comment.approve(by=moderator, at=NOON)
    comment.reject(by=editor, reason=Reason.ABUSE, at=NOON + MINUTE)
    comment.approve(by=moderator, at=NOON + 2 * MINUTE)
    lines = [line(decision)[:3] for decision in comment.decisions.order_by("number")]
    assert lines == [(1, "pending", "approved"), (2, "approved", "rejected"), (3, "rejected", "approved")]


@pytest.mark.parametrize(
    ("reason", "own", "wording"),
    [
        (Reason.OFF_TOPIC, "", "It is not about the article."),
        (Reason.ABUSE, "", "It attacks or insults somebody."),
        (Reason.ADVERTISING, "", "It advertises something."),
        (Reason.FALSE_CLAIM, "", "It states as a fact something that is not true."),
        (Reason.PERSONAL_DATA, "", "It contains somebody’s personal data."),
        (Reason.OTHER, " It names the wrong mayor. ", "It names the wrong mayor."),
    ],
)
def test_each_reason_has_words_for_the_author(moderator, reason, own, wording):
    comment = posted(published())
    assert comment.reject(by=moderator, reason=reason, reason_text=own).public_wording == wording
    assert comment.status == Status.REJECTED


@pytest.mark.parametrize(
    ("reason", "own"), [("", ""), ("rude", ""), (Reason.OTHER, " "), (Reason.ABUSE, "It is rude.")]
)
def test_a_rejection_needs_a_reason_and_a_text_for_other_alone(moderator, reason, own):
    comment = posted(published())
    with pytest.raises(
        ValueError, match="Give one of the reasons; the reason “other”, and no other, takes a text"
    ):
        comment.reject(by=moderator, reason=reason, reason_text=own)
    assert not Decision.objects.exists()


def test_the_second_of_two_people_is_told_who_was_first(moderator, editor):
    comment = posted(published())
    hers, his = Comment.objects.get(pk=comment.pk), Comment.objects.get(pk=comment.pk)
    hers.approve(by=moderator, at=NOON)
    with pytest.raises(AlreadyDecided, match="Approved by Moderator, 9 June 2025, 14:00"):
        his.reject(by=editor, reason=Reason.ABUSE)
    comment.refresh_from_db()
    assert comment.status == Status.APPROVED
    assert comment.decisions.count() == 1


def test_deciding_the_same_again_is_answered_with_the_first_decision(moderator, editor):
    comment = approved(published())
    with pytest.raises(AlreadyDecided, match="Approved by Moderator"):
        comment.approve(by=editor)


def test_an_author_takes_back_words_and_name_and_the_place_stays(moderator):
    comment = approved(published())
    decision = comment.withdraw(at=NOON + MINUTE)
    stored = Comment.objects.get(pk=comment.pk)
    assert (stored.status, stored.name, stored.email, stored.text) == (Status.WITHDRAWN, "", "", "")
    assert line(decision) == (2, "approved", "withdrawn", None, "author")
    assert decision.text_hash == hashlib.sha256(b"Who pays for it?").hexdigest()
    assert decision.decided_by == "its author"
    with pytest.raises(AlreadyDecided, match="Withdrawn by its author"):
        stored.approve(by=moderator)


def test_words_taken_back_can_be_posted_anew():
    edition = published()
    first = posted(edition)
    first.withdraw()
    again = posted(edition)
    assert again != first
    assert again.status == Status.PENDING


def test_an_author_comes_too_late_once_somebody_has_decided():
    comment = approved(published())
    with pytest.raises(AlreadyDecided, match="Approved by Moderator"):
        comment.withdraw_unread()


def test_a_rule_may_put_aside_and_a_person_has_the_last_word(moderator):
    edition = published()
    comment, is_new = Comment.objects.post(
        article=edition.article, name="Bot", email="bot@example.com", text="Buy!", spam_by="trap", at=NOON
    )
    assert is_new
    assert (comment.status, comment.is_waiting) == (Status.SPAM, True)
    assert str(comment.last_decision()) == "Spam by the rule “trap”, 9 June 2025, 14:00"
    comment.approve(by=moderator, at=NOON + MINUTE)
    assert Comment.objects.public(at=NOON + MINUTE).get() == comment


def test_spam_by_a_person_waits_no_longer(moderator):
    comment = posted(published())
    comment.mark_spam(by=moderator)
    assert not comment.is_waiting


@pytest.mark.parametrize("change", ["save", "delete", "update", "delete many"])
def test_the_log_is_appended_only(change):
    decision = approved(published()).decisions.get()
    changes = {
        "save": decision.save,
        "delete": decision.delete,
        "update": lambda: Decision.objects.update(reason="abuse"),
        "delete many": Decision.objects.all().delete,
    }
    with pytest.raises(ValueError, match="Lines of a log are appended, never changed or deleted"):
        changes[change]()
    assert Decision.objects.get().to_status == Status.APPROVED


def test_the_database_wants_somebody_or_a_rule_behind_a_decision():
    comment = posted(published())
    with pytest.raises(IntegrityError, match="decision_is_somebodys_or_a_rules"), transaction.atomic():
        Decision.objects.create(comment=comment, number=1, decided_at=NOON, to_status="spam", text_hash="")


def test_the_database_wants_words_until_they_are_taken_back():
    comment = posted(published())
    with (
        pytest.raises(IntegrityError, match="comment_has_words_until_they_are_taken_back"),
        transaction.atomic(),
    ):
        Comment.objects.filter(pk=comment.pk).update(text="")


def test_a_comment_is_public_while_it_is_approved_and_its_article_is_live(editor):
    article = write("Later")
    edition = publishing.schedule(article, at=NOON, by=editor, now=NOON - MINUTE)
    comment = approved(edition, at=NOON - 30 * MINUTE)
    posted(edition, "Still waiting", at=NOON - 30 * MINUTE)
    assert not Comment.objects.public(at=NOON - dt.timedelta(seconds=1)).exists()
    assert Comment.objects.public(at=NOON).get() == comment
    publishing.withdraw(article, by=editor, reason="It was wrong.", now=NOON + MINUTE)
    assert not Comment.objects.public(at=NOON + MINUTE).exists()


def test_a_repeat_is_the_comment_that_is_there():
    edition = published()
    first = posted(edition, "Who  pays?", name="Ana", email="ana@example.com")
    again = posted(edition, "who pays? ", name="ANA", email="Ana@example.com")
    assert again == first
    assert Comment.objects.get().text == "Who  pays?"


@pytest.mark.parametrize(
    "other", [{"name": "Ben"}, {"email": "b@example.com"}, {"text": "Who paid?"}, {"parent": True}]
)
def test_anything_else_is_no_repeat(other):
    edition = published()
    first = posted(edition)
    if "parent" in other:
        other = {"parent": first}
    assert posted(edition, **other) != first
    assert posted(published("Another story")) != first


def test_rows_are_found_by_their_natural_keys():
    decision = approved(published()).decisions.get()
    comment = decision.comment
    assert Comment.objects.get_by_natural_key(*comment.natural_key()) == comment
    assert Decision.objects.get_by_natural_key(*decision.natural_key()) == decision
    flag = comment.flags.create(network="ab", reason=Reason.ABUSE, flagged_at=NOON)
    assert type(flag).objects.get_by_natural_key(*flag.natural_key()) == flag
    assert str(flag) == f"Abuse: Comment {comment.pk} by Reader in Brussels"


def test_a_network_reports_a_comment_once():
    comment = approved(published())
    comment.flags.create(network="ab", reason=Reason.ABUSE)
    with pytest.raises(IntegrityError, match="UNIQUE|comment_is_reported_once"), transaction.atomic():
        comment.flags.create(network="ab", reason=Reason.OFF_TOPIC)


@pytest.mark.parametrize("name", ["", "Ana"])
def test_a_comment_without_a_name_is_anonymous(name):
    assert Comment(name=name).shown_name == (name or "Anonymous")


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("One", [["One"]]),
        ("One\ntwo", [["One", "two"]]),
        ("One\n\nTwo", [["One"], ["Two"]]),
        ("\n\nOne\n \t\n\n\nTwo\n", [["One"], ["Two"]]),
        ("", []),
    ],
)
def test_text_falls_into_paragraphs_and_lines(text, paragraphs):
    assert Comment(text=text).paragraphs == paragraphs


def test_people_of_the_log_are_named_by_their_display_name():
    comment = posted(published())
    ana = person("ana", "Moderators")
    ana.display_name = "Ana Lopes"
    ana.save()
    assert str(comment.approve(by=ana, at=NOON)) == "Approved by Ana Lopes, 9 June 2025, 14:00"


def test_a_filter_that_no_line_can_match_leads_back_to_the_whole_log(client, moderator):
    client.force_login(moderator)
    log = reverse("admin:comments_decision_changelist")
    assert client.get(f"{log}?decided_at__year=0").headers["Location"] == f"{log}?e=1"
