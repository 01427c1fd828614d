"""What is kept of people who comment is handed over and erased on request, and dropped with time."""

import datetime as dt
import io
import json
import random
import stat
import sys

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from articles import publishing
from articles.tests.stories import NOON
from comments import privacy
from comments.hashes import keyed_hash
from comments.models import (
    AlreadyDecided,
    Comment,
    Decision,
    ErrorReport,
    Flag,
    Kind,
    Letter,
    Mute,
    PrivacyLine,
    Reason,
    Status,
    address_hash,
    replay,
)
from comments.privacy import comments_of, erase_person, export_person, forget_networks
from comments.tests.replies import MINUTE, approved, posted
from comments.tests.test_hostile_words import PAYLOADS

pytestmark = pytest.mark.django_db
PERSON, OTHER = "Ana@Example.com", "ben@example.com"
STORY = "/2025/06/09/harbour-bridge-reopens/"
DAY = dt.timedelta(days=1)
HASHED = keyed_hash("privacy", "ana@example.com")


def hers(edition, text="Who pays for it?", **fields):
    return approved(edition, text, **{"name": "Ana", "email": "ana@example.com", "network": "net", **fields})


@pytest.fixture
def stdin(monkeypatch):
    """Has the commands read these lines from the standard input."""
    return lambda words: monkeypatch.setattr(sys, "stdin", io.StringIO(words))


# --- whose comments


@pytest.mark.parametrize("sent", ["ana@example.com", "ANA@EXAMPLE.COM", "Ana@Example.com"])
def test_a_persons_comments_are_found_in_whatever_case(edition, sent):
    comment = hers(edition, email=sent)
    posted(edition, "Of somebody else", email=OTHER)
    posted(edition, "Of nobody", email="")
    assert list(comments_of(PERSON)) == [comment]


def test_comments_are_found_whose_hash_was_made_elsewhere(edition):
    comment = hers(edition)
    Comment.objects.update(email_hash="of another key")
    assert list(comments_of(PERSON)) == [comment]


@pytest.mark.parametrize(
    "text", ["", " ", "ana", "@example.com", "ana@", "ana\0@example.com", "a\nb@example.com"]
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="Give an e-mail address, such as name@example.com."):
        privacy.address_of(text)


# --- handing over


def test_an_export_holds_all_that_is_kept(edition, moderator):
    parent = approved(edition, "Parent", email=OTHER)
    comment = hers(edition, parent=parent, seconds_taken=30)
    comment.feature(by=moderator, at=NOON + 2 * MINUTE)
    comment.reject(by=moderator, reason=Reason.OTHER, reason_text="It names a minor.", at=NOON + 3 * MINUTE)
    told = export_person(PERSON, at=NOON + 5 * MINUTE)
    assert told == {
        "address": PERSON,
        "exported_at": "2025-06-09T12:05:00+00:00",
        "takes_no_mail": False,
        "errors": [],
        "comments": [
            {
                "id": str(comment.uid),
                "article": "Harbour bridge reopens",
                "page": None,
                "in_reply_to": str(parent.uid),
                "posted_at": "2025-06-09T12:00:00+00:00",
                "name": "Ana",
                "email": "ana@example.com",
                "email_proven_at": None,
                "wants_mail": False,
                "text": "Who pays for it?",
                "network_hash": "net",
                "seconds_taken": 30,
                "status": "rejected",
                "decisions": [
                    {"at": "2025-06-09T12:01:00+00:00", "what": "approved", "status": "approved", "by": "desk"},
                    {"at": "2025-06-09T12:03:00+00:00", "what": "rejected", "status": "rejected", "by": "desk",
                     "why": "It names a minor."},
                ],
            }
        ],
        "letters": [],
    }  # fmt: skip


def test_an_export_names_nobody_else(edition, moderator):
    comment = hers(edition)
    comment.report(network="another", reason=Reason.ABUSE, note="She lies")
    comment.keep(by=moderator)
    approved(edition, "A reply", name="Ben", email=OTHER, parent=comment)
    words = json.dumps(export_person(PERSON))
    assert not [
        word for word in ("moderator", "Moderator", "lies", "kept", "Ben", "another") if word in words
    ]


def test_an_export_tells_the_page_of_what_is_public_and_no_word_of_the_desks_copy(edition, editor, settings):
    settings.SITE_URL = "https://news.example"
    comment = hers(edition)
    edition.article.headline = "Secret plan"
    edition.article.save()
    [told] = export_person(PERSON)["comments"]
    assert told["page"] == f"https://news.example{STORY}comments/{comment.pk}/"
    assert told["article"] == "Harbour bridge reopens"
    publishing.withdraw(edition.article, by=editor, reason="A doubt.", now=NOON + MINUTE)
    [told] = export_person(PERSON)["comments"]
    assert told["page"] is None


@pytest.mark.parametrize("payload", PAYLOADS)
def test_an_export_keeps_hostile_words_to_the_letter(edition, payload, capsys):
    hers(edition, payload, name=payload)
    call_command("export_person", PERSON)
    [told] = json.loads(capsys.readouterr().out)["comments"]
    assert (told["name"], told["text"]) == (payload, payload)


def test_the_command_reads_the_address_from_its_input(edition, stdin, capsys):
    hers(edition)
    stdin(f"{PERSON}\n")
    call_command("export_person", "-")
    out, err = capsys.readouterr()
    assert json.loads(out)["address"] == PERSON
    assert err == "Comments of this address: 1.\n"


def test_the_command_writes_a_new_file_for_its_owner_alone(edition, tmp_path):
    hers(edition)
    path = tmp_path / "ana.json"
    call_command("export_person", PERSON, to=str(path))
    assert len(json.loads(path.read_text())["comments"]) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(
        CommandError, match="ana.json cannot be made: File exists. Name a file that is not there yet."
    ):
        call_command("export_person", PERSON, to=str(path))
    assert PrivacyLine.objects.count() == 1


@pytest.mark.parametrize("command", ["export_person", "erase_person"])
def test_a_command_without_an_address_says_so(command, stdin):
    stdin("")
    with pytest.raises(CommandError, match="Give an e-mail address, such as name@example.com."):
        call_command(command, "-")


# --- erasing


def test_erasing_takes_everything_of_the_person_and_leaves_replies(edition, moderator, client):
    comment = hers(edition, "Call 0123456789", verdict={"score": 1, "signals": [{"name": "x"}]})
    comment.blank(by=moderator, ranges=[(5, 15)])
    reply = approved(edition, "A reply", email=OTHER, parent=comment)
    waiting = posted(edition, "Still waiting", email=PERSON, name="Ana")
    assert erase_person(PERSON, by=moderator) == (2, 0)
    for row in (comment, waiting):
        row.refresh_from_db()
        gone = (
            "name",
            "email",
            "text",
            "email_hash",
            "network",
            "verdict",
            "likeness",
            "blanks",
            "wants_mail",
        )
        assert not any(getattr(row, field) for field in gone)
        assert row.status == Status.ERASED
        assert replay(row.decisions.order_by("number")) == row.state
        line = row.last_decision()
        assert (line.action, line.rule, line.by, line.verdict) == ("erased", "erasure", moderator, {})
    reply.refresh_from_db()
    assert reply.parent == comment
    page = client.get(STORY).text
    assert "A reply" in page
    assert "Ana" not in page


def test_what_was_decided_stays_in_the_log(edition):
    hers(edition).reject(by=approved(edition).decisions.get().by, reason=Reason.ABUSE)
    before = Decision.objects.count()
    erase_person(PERSON)
    assert Decision.objects.count() == before + 1
    line = Decision.objects.order_by("pk").last()
    assert str(line).startswith("Erased by the rule “erasure”")


def test_erasing_again_changes_nothing(edition):
    hers(edition)
    assert erase_person(PERSON) == (1, 0)
    before = list(Decision.objects.values())
    assert erase_person(PERSON) == (0, 0)
    assert list(Decision.objects.values()) == before
    assert PrivacyLine.objects.count() == 1


def test_an_erasure_that_was_stopped_is_gone_on_with(edition, monkeypatch):
    monkeypatch.setattr(privacy, "ERASED_AT_ONCE", 2)
    comments = [hers(edition, f"Number {number}") for number in range(5)]
    erase = Comment.erase

    def fails(comment, **facts):
        if comment.pk == comments[3].pk:
            raise RuntimeError("The lights went out.")
        return erase(comment, **facts)

    monkeypatch.setattr(Comment, "erase", fails)
    with pytest.raises(RuntimeError, match="The lights went out."):
        erase_person(PERSON)
    assert [comment.status for comment in Comment.objects.order_by("pk")] == ["erased"] * 2 + ["approved"] * 3
    monkeypatch.setattr(Comment, "erase", erase)
    assert erase_person(PERSON) == (3, 0)
    lines = PrivacyLine.objects.order_by("pk").values_list("comment_count", flat=True)
    assert list(lines) == [2, 2, 1]


def test_letters_that_asked_for_proof_lose_the_address_of_an_erased_person(edition, monkeypatch):
    monkeypatch.setattr(privacy, "ERASED_AT_ONCE", 1)
    hashed = {address_hash(address): address for address in (PERSON, OTHER)}
    for digest, address in hashed.items():
        for number in range(2):
            comment = hers(edition, f"Number {number}", email=address)
            Letter.objects.create(kind=Kind.PROOF, comment=comment, made_at=NOON, address_hash=digest)
    erase_person(PERSON)
    kept = Letter.objects.order_by("pk").values_list("address_hash", flat=True)
    assert [hashed.get(digest) for digest in kept] == [None, None, OTHER, OTHER]


def test_at_most_as_many_are_erased_as_asked_for(edition):
    for number in range(3):
        hers(edition, f"Number {number}")
    assert erase_person(PERSON, most=2) == (2, 1)
    assert erase_person(PERSON, most=2) == (1, 0)


def test_a_comment_decided_about_meanwhile_is_erased_all_the_same(edition, moderator, monkeypatch):
    comment, erase, tried = hers(edition), Comment.erase, []

    def late(row, **facts):
        if not tried:
            Comment.objects.get(pk=row.pk).reject(by=moderator, reason=Reason.ABUSE)
        tried.append(row)
        return erase(row, **facts)

    monkeypatch.setattr(Comment, "erase", late)
    assert erase_person(PERSON) == (1, 0)
    assert len(tried) == 2
    comment.refresh_from_db()
    assert comment.status == Status.ERASED
    with pytest.raises(AlreadyDecided, match="Erased by the rule “erasure”"):
        comment.approve(by=moderator)


def test_the_same_words_can_be_posted_anew(edition):
    hers(edition)
    erase_person(PERSON)
    assert hers(edition).status == Status.APPROVED


def error_of(edition, **fields):
    """An error that she reported in the story."""
    said = {"wrong": "It was 1998.", "right": "It was 1999.", "name": "Ana", "email": "ana@example.com"}
    return ErrorReport.objects.post(edition=edition, network="net", at=NOON, **said | fields)[0]


def test_errors_that_she_reported_are_handed_over(edition):
    error = error_of(edition)
    error_of(edition, email=OTHER)
    assert export_person(PERSON)["errors"] == [
        {
            "id": str(error.uid), "article": "Harbour bridge reopens", "reported_at": "2025-06-09T12:00:00+00:00",
            "name": "Ana", "email": "ana@example.com", "wrong": "It was 1998.", "right": "It was 1999.",
            "network_hash": "net", "status": "open",
        }
    ]  # fmt: skip


def test_errors_that_she_reported_are_erased_and_that_there_was_one_stays(edition, editor):
    error, other = error_of(edition), error_of(edition, email=OTHER)
    error.give_answer("corrected", by=editor)
    assert erase_person(PERSON) == (0, 0)
    error.refresh_from_db()
    assert (error.name, error.email, error.right, error.network) == ("", "", "", "")
    assert (error.wrong, error.status) == ("Erased for whoever reported it.", "corrected")
    assert error.repeat_hash.replace("-", "") == f"forgotten {error.uid.hex}"
    other.refresh_from_db()
    assert other.wrong == "It was 1998."
    assert PrivacyLine.objects.get().comment_count == 0
    erase_person(PERSON)
    assert PrivacyLine.objects.count() == 1


def test_the_networks_of_errors_are_dropped_too(edition):
    errors = [error_of(edition, wrong=str(number)) for number in range(2)]
    assert forget_networks(before=NOON + DAY) == (0, 0, 2)
    assert set(ErrorReport.objects.values_list("network", flat=True)) == {""}
    assert not {error.repeat_hash for error in errors} & set(
        ErrorReport.objects.values_list("repeat_hash", flat=True)
    )


def test_an_export_says_whether_mail_was_declined(edition):
    Mute.objects.create(address_hash=address_hash(PERSON))
    assert export_person(PERSON)["takes_no_mail"] is True


def test_the_command_counts_errors_and_asks(edition, stdin, capsys):
    error_of(edition)
    stdin("yes\n")
    call_command("erase_person", PERSON)
    assert capsys.readouterr().out == (
        "Errors that this address reported in articles: 1.\n"
        "Erase what was sent with this address, 0 comments? It cannot be brought back. Type yes: "
        "0 comments were erased.\n"
    )
    assert not ErrorReport.objects.exclude(email="").exists()


def test_the_command_shows_what_would_go_and_asks(edition, stdin, capsys):
    comment = hers(edition)
    stdin("no\n")
    with pytest.raises(CommandError, match="Nothing was erased."):
        call_command("erase_person", PERSON)
    out = capsys.readouterr().out
    assert out == (
        f"Comment {comment.pk}, 9 June 2025, 14:00, Approved: Harbour bridge reopens\n"
        "Erase what was sent with this address, 1 comment? It cannot be brought back. Type yes: "
    )
    stdin(f"{PERSON}\nyes\n")
    call_command("erase_person", "-")
    assert capsys.readouterr().out.endswith("Type yes: 1 comment was erased.\n")
    call_command("erase_person", PERSON)
    assert capsys.readouterr().out == "0 comments were erased.\n"


def test_the_command_can_be_told_not_to_ask(edition, capsys):
    hers(edition)
    call_command("erase_person", PERSON, yes=True)
    assert Comment.objects.get().status == Status.ERASED


# --- the privacy log


def test_what_was_done_is_logged_without_the_address(edition, moderator):
    hers(edition)
    export_person(PERSON, by=moderator, at=NOON)
    erase_person(PERSON, at=NOON + MINUTE)
    erased, exported = PrivacyLine.objects.all()
    assert [(line.action, line.by, line.comment_count) for line in (exported, erased)] == [
        ("exported", moderator, 1), ("erased", None, 1),
    ]  # fmt: skip
    assert exported.address_hash == erased.address_hash == HASHED
    assert "example" not in str(list(PrivacyLine.objects.values()))
    with pytest.raises(ValueError, match="Lines of a log are appended, never changed or deleted."):
        erased.delete()


# --- what goes with time


def test_old_networks_are_dropped(edition, capsys, clock):
    old, new = hers(edition, "Old", at=NOON - 31 * DAY), hers(edition, "New", at=NOON - 29 * DAY)
    call_command("forget_networks")
    assert capsys.readouterr().out == "Networks dropped. Comments: 1, reports: 0, errors: 0.\n"
    assert [Comment.objects.get(pk=each.pk).network for each in (old, new)] == ["", "net"]
    call_command("forget_networks", days=30)
    assert capsys.readouterr().out == "Networks dropped. Comments: 0, reports: 0, errors: 0.\n"
    call_command("forget_networks", days=29)
    assert not Comment.objects.get(pk=new.pk).network


def test_the_hash_by_which_a_repeat_is_known_goes_with_the_network(edition):
    comments = [hers(edition, f"Number {number}") for number in range(3)]
    before = {comment.repeat_hash for comment in comments}
    forget_networks(before=NOON + DAY)
    after = set(Comment.objects.values_list("repeat_hash", flat=True))
    assert len(after) == 3
    assert not before & after


def test_networks_of_reports_are_replaced_by_words_that_say_nothing(edition):
    comment = hers(edition, at=NOON)
    for network in ("a" * 64, "b" * 64):
        comment.report(network=network, reason=Reason.ABUSE, at=NOON)
    comment.report(network="c" * 64, reason=Reason.ABUSE, at=NOON + 2 * DAY)
    assert forget_networks(before=NOON + DAY) == (1, 2, 0)
    assert forget_networks(before=NOON + DAY) == (0, 0, 0)
    networks = list(Flag.objects.order_by("pk").values_list("network", flat=True))
    assert networks == [*(f"forgotten {flag.pk}" for flag in Flag.objects.order_by("pk")[:2]), "c" * 64]
    comment.refresh_from_db()
    assert comment.open_flag_count == 3


def test_many_are_dropped_in_bounded_steps(edition, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(privacy, "FORGOTTEN_AT_ONCE", 2)
    for number in range(5):
        hers(edition, f"Number {number}", network=f"net {random.Random(number).random()}")
    with django_assert_num_queries(3 * 2 + 1 + 1 + 1):
        assert forget_networks(before=NOON + DAY) == (5, 0, 0)


@pytest.mark.parametrize("days", [0, -1, 10**9])
def test_a_number_of_days_that_cannot_be_is_refused(days):
    with pytest.raises(CommandError, match="Give a number of days from 1 on."):
        call_command("forget_networks", days=days)


# --- in the admin

PAGE = reverse("admin:comments_privacyline_person")
LOG = reverse("admin:comments_privacyline_changelist")


@pytest.fixture
def desk(client, administrator):
    client.force_login(administrator)
    return client


def test_the_page_shows_what_there_is(desk, edition):
    hers(edition)
    assert "Export or erase a person’s comments" in desk.get(LOG).text
    assert "E-mail address" in desk.get(PAGE).text
    response = desk.post(PAGE, {"address": f" {PERSON} "})
    for words in ("1 comment of this address", "Ana", "Approved", "Harbour bridge reopens"):
        assert words in response.text
    assert "no-store" in response.headers["Cache-Control"]
    assert not PrivacyLine.objects.exists()


def test_an_address_in_the_url_is_not_read(desk, edition):
    hers(edition)
    assert "Harbour bridge" not in desk.get(PAGE, {"address": PERSON}).text


@pytest.mark.parametrize("address", ["", "ana", "a\0@example.com"])
def test_what_is_no_address_is_said_and_kept(desk, address):
    response = desk.post(PAGE, {"address": address})
    assert response.context["form"].errors
    if address == "ana":
        assert "Give an e-mail address, such as name@example.com." in response.text
        assert 'value="ana"' in response.text


def test_the_page_counts_errors_that_were_reported(desk, edition):
    error_of(edition)
    assert "This address also reported 1 error in an article." in desk.post(PAGE, {"address": PERSON}).text


def test_an_address_without_comments_is_said(desk):
    assert "No comment was sent with this address" in desk.post(PAGE, {"address": OTHER}).text


def test_the_page_tells_what_was_done_for_the_address_before(desk, edition, administrator):
    hers(edition)
    desk.post(PAGE, {"address": PERSON, "do": "export"})
    desk.post(PAGE, {"address": PERSON, "do": "erase", "word": "erase"})
    page = " ".join(desk.post(PAGE, {"address": PERSON}).text.split())
    assert "<li>Erased: 1 comment, <time" in page
    assert "<li>Exported: 1 comment, <time" in page
    assert "Done for this address before" not in desk.post(PAGE, {"address": OTHER}).text


def test_the_page_hands_over_a_file(desk, edition, administrator):
    hers(edition)
    response = desk.post(PAGE, {"address": PERSON, "do": "export"})
    assert response.headers["Content-Disposition"] == 'attachment; filename="comments-of-a-person.json"'
    assert response.json()["comments"][0]["email"] == "ana@example.com"
    assert "no-store" in response.headers["Cache-Control"]
    assert PrivacyLine.objects.get().by == administrator


@pytest.mark.parametrize("word", ["", "yes"])
def test_nothing_is_erased_without_the_word(desk, edition, word):
    hers(edition)
    response = desk.post(PAGE, {"address": PERSON, "do": "erase", "word": word})
    assert "Nothing was erased. Type the word “erase” to go on." in response.text
    assert f'value="{PERSON}"' in response.text
    assert Comment.objects.get().status == Status.APPROVED


def test_the_page_erases_and_leads_to_the_log(desk, edition, administrator):
    hers(edition)
    response = desk.post(PAGE, {"address": PERSON, "do": "erase", "word": " Erase "}, follow=True)
    assert response.redirect_chain == [(LOG, 302)]
    assert "1 comment was erased." in response.text
    assert "example.com" not in response.text
    assert HASHED in response.text
    assert Comment.objects.get().last_decision().by == administrator


def test_a_great_many_are_erased_by_several_posts(desk, edition, monkeypatch):
    monkeypatch.setattr("comments.admin.persons.AT_ONCE", 2)
    for number in range(3):
        hers(edition, f"Number {number}")
    response = desk.post(PAGE, {"address": PERSON, "do": "erase", "word": "erase"})
    assert "1 is left. Erase again to go on." in response.text
    desk.post(PAGE, {"address": PERSON, "do": "erase", "word": "erase"})
    assert not Comment.objects.exclude(status=Status.ERASED).exists()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_names_are_text_on_the_page(desk, edition, payload):
    hers(edition, name=payload, email='"<b>x</b>"@example.com')
    response = desk.post(PAGE, {"address": '"<b>x</b>"@example.com'})
    assert "1 comment of this address" in response.text
    assert "<b>x</b>" not in response.text
    if "<" in payload:
        assert payload not in response.text
