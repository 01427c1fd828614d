"""Those who asked are told what became of their comment and of answers to it, once each, and only what is so."""

import pytest

from articles import publishing
from articles.tests.stories import NOON, person
from comments.models import Comment, Kind, Letter, Reason, Status
from comments.muting import recipient_of, token_for
from comments.notifications import send_due
from comments.privacy import erase_person, export_person
from comments.proof import ask_for_proof
from comments.tests.postbox import bodies
from comments.tests.replies import MINUTE, approved, posted, typed

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
HEADLINE = "Harbour bridge reopens"


@pytest.fixture
def later(clock, postbox):
    """Lets that many minutes pass, sends what is due by then, and gives the subjects of all letters so far."""

    def passed(minutes=6):
        clock.shift(minutes * MINUTE)
        send_due()
        return postbox.subjects

    return passed


def waiting(edition, text="Who pays for it?", **fields):
    return posted(edition, text, wants_mail=True, **fields)


PUBLISHED = f"Your comment on “{HEADLINE}” has been published"
REFUSED = f"Your comment on “{HEADLINE}” was not published"
ANSWERED = f"Somebody has answered your comment on “{HEADLINE}”"
DESK_ANSWERED = f"The newsroom has answered your comment on “{HEADLINE}”"


def test_a_published_comment_is_told_of_with_its_link(edition, later, postbox, moderator):
    comment = waiting(edition)
    comment.approve(by=moderator)
    assert later() == [PUBLISHED]
    letter = postbox.letters[0]
    assert postbox.recipients == ["reader@example.com"]
    assert letter["To"] == "reader@example.com"
    assert letter["From"] == "Newsroom <desk@news.example>"
    for body in bodies(letter):
        assert f"http://127.0.0.1:8000{STORY}comments/{comment.pk}/" in body
        assert "Read it under the article" in body


@pytest.mark.parametrize(
    ("reason", "own", "said"),
    [
        (Reason.OFF_TOPIC, "", "It is not about the article."),
        (Reason.OTHER, "Say it in English.", "Say it in English."),
    ],
)
def test_a_rejected_comment_is_told_of_in_the_public_wording(
    edition, later, postbox, moderator, reason, own, said
):
    comment = waiting(edition, "Words that nobody has let through")
    comment.reject(by=moderator, reason=reason, reason_text=own)
    assert later() == [REFUSED]
    for body in bodies(postbox.letters[0]):
        assert said in body
        assert "Words that nobody has let through" not in body
        assert "moderator" not in body.replace("A moderator has read", "")


@pytest.mark.parametrize(
    "act",
    [
        lambda comment, by: comment.mark_spam(by=by),
        lambda comment, by: comment.mark_spam(rule="triage"),
        lambda comment, by: comment.withdraw(),
        lambda comment, by: comment.erase(by=by),
        lambda comment, by: None,
    ],
)
def test_spam_what_is_gone_and_what_waits_are_told_of_to_nobody(edition, later, moderator, act):
    act(waiting(edition), moderator)
    assert later() == []


def test_who_did_not_ask_is_told_nothing(edition, later, moderator):
    parent = approved(edition)
    posted(edition, "An answer", parent=parent, email="other@example.com").approve(by=moderator)
    assert later() == []
    assert not Letter.objects.exists()


def test_a_decision_can_be_undone_before_it_is_told_of(edition, later, moderator):
    comment = waiting(edition)
    comment.approve(by=moderator)
    assert later(4) == []
    comment.undo(by=moderator)
    assert later(10) == []
    comment.reject(by=moderator, reason=Reason.ABUSE)
    assert later() == [REFUSED]


def test_the_last_of_several_decisions_is_told_of_once(edition, later, moderator):
    comment = waiting(edition)
    comment.approve(by=moderator)
    later(3)
    comment.undo(by=moderator)
    comment.approve(by=moderator)
    assert later(3) == []  # five minutes from the last decision
    assert later(3) == [PUBLISHED]
    comment.undo(by=moderator)
    comment.approve(by=moderator)
    assert later(60) == [PUBLISHED]  # nothing that was not known


def test_another_decision_afterwards_is_told_of_too(edition, later, moderator):
    comment = waiting(edition)
    comment.approve(by=moderator)
    assert later() == [PUBLISHED]
    comment.reject(by=moderator, reason=Reason.ABUSE)
    assert later() == [PUBLISHED, REFUSED]
    comment.approve(by=moderator)
    assert later() == [PUBLISHED, REFUSED, PUBLISHED]


def test_nothing_is_told_of_under_a_story_that_was_withdrawn(edition, later, moderator, editor):
    waiting(edition).approve(by=moderator)
    publishing.withdraw(edition.article, by=editor, reason="A doubt.", now=NOON + 6 * MINUTE)
    assert later() == []


def answer(parent, edition, text="The city does.", **fields):
    fields.setdefault("email", "other@example.com")
    return posted(edition, text, parent=parent, name="Other", **fields)


@pytest.mark.parametrize(("is_proven", "told"), [(True, 5), (False, 3)])
def test_an_address_that_nobody_has_proven_is_told_of_a_few_answers_only(
    asked, edition, later, moderator, is_proven, told
):
    asked.proven_at = NOON if is_proven else None
    asked.save(update_fields=["proven_at"])
    for number in range(5):
        answer(asked, edition, f"Answer {number}").approve(by=moderator)
    assert later().count(ANSWERED) == told


@pytest.fixture
def asked(edition):
    """A public comment whose author wants to hear of answers, and has heard that it is public."""
    comment = waiting(edition)
    comment.approve(by=person("moderator", "Moderators"))
    Letter.objects.all().delete()
    return comment


def test_an_answer_is_told_of_when_it_is_public(edition, asked, later, postbox, moderator):
    reply = answer(asked, edition)
    assert later(60) == []
    reply.approve(by=moderator)
    assert later() == [ANSWERED]
    text, html = bodies(postbox.letters[0])
    assert "Other has answered your comment on “Harbour bridge reopens”:\n\n> The city does.\n" in text
    assert '<blockquote><p dir="auto">The city does.</p></blockquote>' in html
    assert f"{STORY}comments/{reply.pk}/" in text
    assert postbox.recipients == ["reader@example.com"]


def test_an_answer_of_the_desk_is_told_of(edition, asked, later, moderator):
    Comment.objects.answer(asked, by=moderator, text="The city does.")
    assert later() == [DESK_ANSWERED]


def test_an_answer_is_told_of_once_whatever_becomes_of_it(edition, asked, later, moderator):
    reply = answer(asked, edition)
    reply.approve(by=moderator)
    reply.undo(by=moderator)
    assert later() == []
    reply.approve(by=moderator)
    assert later() == [ANSWERED]
    reply.undo(by=moderator)
    reply.approve(by=moderator)
    assert later(60) == [ANSWERED]


def test_what_was_blanked_meanwhile_is_in_no_letter(edition, asked, later, postbox, moderator):
    reply = answer(asked, edition, "Ask Jane Roe.")
    reply.approve(by=moderator)
    reply.blank(by=moderator, ranges=[(4, 12)])
    later()
    assert "Ask [personal data removed]." in bodies(postbox.letters[0])[0]
    assert b"Jane" not in postbox.raw[0]


def test_ones_own_answer_to_oneself_is_no_news(edition, asked, later, moderator):
    answer(asked, edition, email="Reader@Example.com").approve(by=moderator)
    assert later() == []


@pytest.mark.parametrize("gone", ["hold", "withdraw", "erase"])
def test_an_answer_to_what_is_no_longer_public_is_told_of_to_nobody(edition, asked, later, moderator, gone):
    answer(asked, edition).approve(by=moderator)
    asked.refresh_from_db()
    {
        "hold": lambda: asked.hold(rule="reports"),
        "withdraw": asked.withdraw,
        "erase": lambda: asked.erase(by=moderator),
    }[gone]()
    assert later() == []


def test_a_letter_holds_neither_address_nor_words(edition, later, moderator):
    waiting(edition).approve(by=moderator)
    later()
    stored = Letter.objects.values().get()
    assert "reader@example.com" not in str(stored)
    assert "Who pays" not in str(stored)
    assert stored["address_hash"] == ""


def test_a_person_is_told_of_their_letters_and_erased_with_what_they_left(edition, asked, later, moderator):
    answer(asked, edition).approve(by=moderator)
    later()
    mine = waiting(edition, "Another question")
    ask_for_proof(mine)
    later()
    told = export_person("reader@example.com")
    assert told["letters"] == [
        {"what": "reply", "sent_at": "2025-06-09T12:11:00+00:00"},
        {"what": "proof", "sent_at": "2025-06-09T12:17:00+00:00"},
    ]
    assert told["takes_no_mail"] is False
    assert export_person("other@example.com")["letters"] == []
    token = token_for(address="reader@example.com")
    recipient_of(token).mute()
    assert export_person("Reader@Example.com")["takes_no_mail"] is True
    assert Letter.objects.exclude(address_hash="").count() == 1
    erase_person("reader@example.com")
    assert Letter.objects.exclude(address_hash="").count() == 0
    assert recipient_of(token).is_muted, "or letters would begin again"


def test_the_form_offers_mail_and_keeps_the_answer(client, edition, postbox):
    assert "Tell me by e-mail what becomes of this comment" in client.get(STORY).content.decode()
    failed = client.post(f"{STORY}reply/", typed(name="", wants_mail="on"))
    assert '<input type="checkbox" name="wants_mail" id="wants_mail" checked>' in failed.content.decode()
    client.post(f"{STORY}reply/", typed(wants_mail="on"))
    client.post(f"{STORY}reply/", typed(text="Without mail"))
    assert list(Comment.objects.order_by("pk").values_list("wants_mail", flat=True)) == [True, False]


def test_without_a_mail_server_nothing_is_offered_and_nothing_piles_up(client, edition, moderator):
    assert "wants_mail" not in client.get(STORY).content.decode()
    client.post(f"{STORY}reply/", typed(wants_mail="on"))
    comment = Comment.objects.get()
    assert not comment.wants_mail
    Comment.objects.update(wants_mail=True)
    comment.refresh_from_db()
    comment.approve(by=moderator)
    Comment.objects.answer(comment, by=moderator, text="The city does.")
    assert Comment.objects.filter(status=Status.APPROVED).count() == 2
    assert not Letter.objects.exists()
    assert send_due() == 0


def test_a_letter_says_in_words_what_it_is(edition, later, moderator):
    comment = waiting(edition)
    comment.approve(by=moderator)
    letter = Letter.objects.get()
    assert letter.kind == Kind.DECISION
    assert str(letter) == f"What became of a comment: Comment {comment.pk} by Reader in Brussels"
