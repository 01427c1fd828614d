"""Letters wait in the database until the mail server takes them; each is taken once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from articles.tests.stories import NOON, person, published
from comments import notifications
from comments.letter_words import words_of
from comments.models import DeskMail, Letter, Reason
from comments.notifications import send_due
from comments.tests.replies import MINUTE, approved, posted

pytestmark = pytest.mark.django_db
HOUR, DAY = 60 * MINUTE, dt.timedelta(days=1)


def decided(edition, count=1, **fields):
    """That many letters about decisions, due now."""
    for number in range(count):
        fields |= {"email": f"reader{number}@example.com", "at": NOON - 10 * MINUTE + number * MINUTE / 60}
        comment = posted(edition, f"Number {number}", wants_mail=True, **fields)
        comment.approve(by=person("moderator", "Moderators"), at=NOON)
    return Letter.objects.order_by("pk")


def test_what_the_server_was_down_for_is_sent_once_it_is_up(edition, postbox, clock):
    decided(edition, 3)
    postbox.stop()
    assert send_due() == 0
    assert Letter.objects.waiting().count() == 3
    clock.shift(MINUTE)
    postbox.start()
    assert send_due() == 3
    assert sorted(postbox.recipients) == [f"reader{n}@example.com" for n in range(3)]
    clock.shift(DAY)
    assert send_due() == 0


def test_a_server_that_is_down_is_asked_once_in_a_run(edition, postbox):
    letters = decided(edition, 3)
    postbox.stop()
    send_due()
    assert [letter.attempt_count for letter in letters] == [1, 0, 0]
    assert letters[0].last_error == "The mail server could not be reached, or broke off."
    send_due()
    assert [letter.attempt_count for letter in letters.all()] == [1, 1, 0]


def test_a_server_that_is_back_gets_all_that_it_held_up(edition, postbox, clock):
    decided(edition, 2)
    postbox.stop()
    for _ in range(6):
        send_due()
        clock.shift(30 * MINUTE)
    assert {letter.attempt_count for letter in Letter.objects.all()} == {3}
    postbox.start()
    clock.move_to(Letter.objects.order_by("due_at").first().due_at)
    assert send_due() == 2


def test_pauses_grow_and_on_the_third_day_the_letter_is_given_up(edition, postbox, clock):
    letter = decided(edition)[0]
    postbox.stop()
    pauses = []
    while letter.due_at:
        begun_at = letter.due_at
        clock.move_to(begun_at - MINUTE / 60)
        assert send_due() == 0
        letter.refresh_from_db()
        assert letter.due_at == begun_at, "not tried before its time"
        clock.move_to(begun_at)
        send_due()
        letter.refresh_from_db()
        pauses.append(letter.due_at and letter.due_at - begun_at)
    assert pauses == [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY, DAY, None]
    assert letter.given_up_at == timezone.now()
    assert 2 * DAY < letter.given_up_at - letter.made_at < 3 * DAY
    clock.shift(DAY)
    postbox.start()
    assert send_due() == 0


def test_an_address_that_is_refused_is_given_up_at_once_and_stops_no_other(edition, postbox):
    decided(edition, 3)
    postbox.refusals["reader1@example.com"] = "550 No reader1@example.com here"
    assert send_due() == 2
    refused = Letter.objects.given_up().get()
    assert refused.comment.email == "reader1@example.com"
    assert refused.last_error == "The mail server refuses this address (550)."
    assert refused.attempt_count == 1


def test_an_address_that_is_refused_for_now_is_tried_again(edition, postbox, clock):
    decided(edition, 2)
    postbox.refusals["reader0@example.com"] = "450 Come back later"
    assert send_due() == 1
    del postbox.refusals["reader0@example.com"]
    clock.shift(MINUTE)
    assert send_due() == 1


@pytest.mark.parametrize(
    ("answer", "left", "said"),
    [
        ("554 No thanks", 0, "The mail server refuses this letter (554)."),
        ("451 Not now", 1, "The mail server refuses this letter (451)."),
    ],
)
def test_a_letter_that_is_refused(edition, postbox, answer, left, said):
    letter = decided(edition)[0]
    postbox.data_refusal = answer
    assert send_due() == 0
    letter.refresh_from_db()
    assert (Letter.objects.waiting().count(), letter.last_error) == (left, said)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"security": "starttls"}, "The mail server does not offer what NEWSROOM_EMAIL_URL asks for."),
        (
            {"user": "me", "password": "wrong"},
            "The mail server refuses the user name and password of NEWSROOM_EMAIL_URL.",
        ),
        (
            {"security": "tls"},
            "The mail server could not be spoken to in private. Look at its certificate and port.",
        ),
    ],
)
def test_a_server_that_is_set_up_wrong_is_told_to_the_desk(edition, postbox, settings, changes, said):
    letter = decided(edition)[0]
    settings.EMAIL_SERVER = postbox.settings | changes
    assert send_due() == 0
    letter.refresh_from_db()
    assert letter.last_error == said
    assert letter.due_at > timezone.now()


def test_a_letter_is_handed_over_by_the_name_and_password_given(edition, postbox, settings):
    decided(edition)
    settings.EMAIL_SERVER = postbox.settings | {"user": "me", "password": "right"}
    assert send_due() == 1


def test_a_sender_that_is_refused_is_the_sites_to_mend_and_holds_all_up(edition, postbox, clock):
    letter = decided(edition, 2)[0]
    postbox.refusals["desk@news.example"] = "553 Not yours"
    assert send_due() == 0
    letter.refresh_from_db()
    assert letter.last_error == "The mail server refuses the sender’s address, NEWSROOM_EMAIL_FROM (553)."
    postbox.refusals.clear()
    clock.shift(MINUTE)
    assert send_due() == 2


@pytest.mark.parametrize(
    "address", ['"<b>x</b>"@example.com', "reader@[127.0.0.1]", "reader@" + "é" * 70 + ".example"]
)
def test_an_address_of_an_odd_form_is_given_up(edition, postbox, address):
    letter = decided(edition)[0]
    type(letter.comment).objects.update(email=address)
    assert send_due() == 0
    letter.refresh_from_db()
    assert letter.last_error == "Mail cannot be sent to an address of this form."
    assert letter.given_up_at


def test_a_domain_in_another_script_is_written_as_servers_read_it(edition, postbox):
    comment = decided(edition)[0].comment
    type(comment).objects.update(email="reader@métro.example")
    assert send_due() == 1
    assert postbox.recipients == ["reader@xn--mtro-bpa.example"]


def test_the_way_to_unsubscribe_stands_in_the_headers_as_programs_read_it(edition, postbox, settings):
    settings.SITE_URL = "https://a-news-desk-with-quite-a-long-name.of-a-long-domain.example"
    decided(edition)
    send_due()
    headers = postbox.raw[0].split(b"\r\n\r\n")[0].split(b"\r\n")
    link = next(line for line in headers if line.startswith(b"List-Unsubscribe:"))
    assert link.startswith(b"List-Unsubscribe: <" + settings.SITE_URL.encode() + b"/mail/")
    assert link.endswith(b"/>")
    assert b"reader0" not in link
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in headers
    assert b"Auto-Submitted: auto-generated" in headers


def test_each_attempt_has_the_same_message_id(edition, postbox, clock):
    letter = decided(edition)[0]
    send_due()
    Letter.objects.filter(pk=letter.pk).update(sent_at=None, told="", due_at=timezone.now())
    send_due()
    first, second = (message["Message-ID"] for message in postbox.letters)
    assert first == second
    assert first.endswith("@127.0.0.1>")


def test_what_a_dead_worker_had_claimed_is_due_again_after_a_while(edition, postbox, clock):
    decided(edition)
    assert Letter.objects.claim_next(at=timezone.now())
    assert send_due() == 0
    clock.shift(15 * MINUTE)
    assert send_due() == 1


def test_a_worker_that_comes_back_late_changes_nothing(edition, postbox, clock):
    decided(edition)
    late = Letter.objects.claim_next(at=timezone.now())
    clock.shift(15 * MINUTE)
    assert send_due() == 1
    assert not late.put_off("Too late.", at=timezone.now())
    assert not Letter.objects.waiting().exists()


@pytest.mark.parametrize("kind", ["decision", "reply"])
def test_what_is_decided_while_a_letter_is_under_way_is_told_of_once(
    edition, postbox, clock, moderator, kind
):
    parent = posted(edition, "A question", wants_mail=kind == "reply")
    comment = posted(edition, parent=parent, email="other@example.com", wants_mail=kind == "decision")
    parent.approve(by=moderator, at=NOON - HOUR)
    Letter.objects.all().delete()
    comment.approve(by=moderator, at=NOON)
    under_way = Letter.objects.claim_next(at=timezone.now())
    words = words_of(under_way, at=timezone.now())
    comment.undo(by=moderator)
    comment.approve(by=moderator)
    under_way.mark_sent(at=timezone.now(), told=words.told)
    clock.shift(6 * MINUTE)
    assert send_due() == 0
    assert Letter.objects.filter(sent_at__isnull=False).count() == 1
    if kind == "decision":
        comment.reject(by=moderator, reason=Reason.ABUSE)
        clock.shift(6 * MINUTE)
        assert send_due() == 1


def test_a_report_that_comes_while_a_letter_is_under_way_is_told_of(edition, postbox, clock, moderator):
    DeskMail.objects.choose(moderator, what=DeskMail.What.AT_ONCE, hour=8, at=timezone.now())
    approved(edition).report(network="a", reason=Reason.ABUSE)
    clock.shift(MINUTE)
    under_way = Letter.objects.claim_next(at=timezone.now())
    approved(edition, "Another").report(network="a", reason=Reason.ABUSE)
    under_way.mark_sent(at=timezone.now())
    clock.shift(10 * MINUTE)
    assert send_due() == 1
    assert postbox.subjects == ["2 comments have been reported"]


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_no_letter_twice(postbox):
    decided(published("Harbour bridge reopens"), 12)

    def work():
        try:
            return send_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: work(), range(4)))
    assert sum(sent) == 12
    assert sorted(postbox.recipients) == sorted(f"reader{n}@example.com" for n in range(12))


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_what_is_due(postbox, clock):
    decided(published("Harbour bridge reopens"))
    clock.move_to(NOON + 4 * MINUTE)
    run_worker()
    assert postbox.recipients == []
    clock.move_to(NOON + 5 * MINUTE)
    postbox.stop()
    run_worker()
    postbox.start()
    clock.shift(MINUTE)
    run_worker()
    assert postbox.recipients == ["reader0@example.com"]


def run_worker():
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)


def test_the_command_sends_what_is_due_and_counts(edition, postbox, capsys):
    decided(edition, 2)
    postbox.refusals["reader1@example.com"] = "450 Come back later"
    call_command("send_letters")
    assert capsys.readouterr().out == "1 letter was sent.\n1 letter waits.\n"


def test_the_command_says_where_no_mail_is_set_up(db):
    with pytest.raises(CommandError, match="No mail is set up. Set NEWSROOM_EMAIL_URL to the address of"):
        call_command("send_letters")


def test_a_given_up_letter_is_sent_again_by_the_desk(client, edition, postbox, moderator):
    decided(edition)
    postbox.refusals["reader0@example.com"] = "550 Nobody"
    send_due()
    client.force_login(moderator)
    page = client.get("/admin/comments/letter/").text
    assert "The mail server refuses this address (550)." in page
    assert "reader0@example.com" not in page
    sent = {"action": "send_again", "_selected_action": Letter.objects.get().pk}
    said = client.post("/admin/comments/letter/", sent, follow=True).text
    assert "1 letter is sent again." in said
    assert "No letters here." in said
    postbox.refusals.clear()
    assert send_due() == 1
    assert "reader0" not in client.get("/admin/comments/letter/?state=sent").text


def test_a_letter_is_not_sent_again_beside_a_newer_one(client, edition, postbox, moderator):
    letter = decided(edition)[0]
    postbox.refusals["reader0@example.com"] = "550 Nobody"
    send_due()
    letter.comment.undo(by=moderator)
    letter.comment.approve(by=moderator)
    client.force_login(moderator)
    sent = {"action": "send_again", "_selected_action": letter.pk}
    said = client.post("/admin/comments/letter/", sent, follow=True).text
    assert "1 letter was left as it is: it was not given up, or a newer one waits." in said


def test_a_long_row_of_letters_is_sent_in_several_runs(edition, postbox, monkeypatch):
    monkeypatch.setattr(notifications, "MOST_AT_ONCE", 2)
    decided(edition, 3)
    assert [send_due(), send_due(), send_due()] == [2, 1, 0]
