"""A reader reports an error in a story, and the report comes to the desk."""

import pytest

from articles import publishing
from articles.tests.stories import NOON
from comments.limits import REPORTS
from comments.models import AlreadyDecided, Answer, ErrorReport
from comments.tests.replies import MINUTE

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
PAGE = f"{STORY}report-an-error/"
BAD_EMAIL = "Enter an email address in the correct format, like name@example.com"


def filled(**fields):
    return {
        "wrong": "The bridge has two lanes.", "right": "Four: city council, 2024", "name": "Ana",
        "email": "ana@example.com", "homepage": "", **fields,
    }  # fmt: skip


def html(response):
    return response.content.decode()


def test_the_storys_page_leads_there(client, edition):
    link = f'<p class="report"><a href="{PAGE}" rel="nofollow">Report an error in this article</a></p>'
    assert link in html(client.get(STORY))


def test_the_page_asks_what_is_wrong(client, edition, django_assert_num_queries):
    with django_assert_num_queries(2):  # the story, the sections
        response = client.get(PAGE)
    page = html(response)
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "private, no-store")
    assert not response.cookies
    assert '<meta name="robots" content="noindex">' in page
    assert "“<span>Harbour bridge reopens</span>”" in page
    assert "What is wrong?</label>" in page


def test_a_report_is_kept_with_the_version_that_was_read(client, edition):
    response = client.post(PAGE, filled(name="An\x00a\r\nBcc: x\u202e", wrong=" Two\r\nlanes. "))
    assert (response.status_code, response.headers["Location"]) == (303, f"{PAGE}?sent=thanks")
    report = ErrorReport.objects.get()
    assert (report.article, report.edition_number) == (edition.article, 1)
    assert (report.wrong, report.right) == ("Two\nlanes.", "Four: city council, 2024")
    assert (report.name, report.email) == ("Ana Bcc: x", "ana@example.com")
    assert (report.status, report.reported_at) == (Answer.OPEN, NOON + 5 * MINUTE)
    assert len(report.network) == 64
    thanks = client.get(response.headers["Location"])
    assert "An editor will check it." in html(thanks)
    assert (thanks.headers["Cache-Control"], response.cookies) == ("private, no-store", {})


def test_only_what_is_wrong_must_be_told(client, edition):
    assert client.post(PAGE, {"wrong": "The year."}).status_code == 303
    assert ErrorReport.objects.get().email == ""


def test_what_was_sent_twice_is_one_report(client, edition):
    first, again = (client.post(PAGE, filled()) for _ in range(2))
    assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])
    assert ErrorReport.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("wrong", "", "Say what is wrong"),
        ("wrong", " \u200b\u2066\n", "Say what is wrong"),
        ("wrong", "x" * 2001, "This is 2,001 characters. Shorten it to 2,000 or fewer"),
        ("right", "x" * 2001, "This is 2,001 characters. Shorten it to 2,000 or fewer"),
        ("wrong", "caf\ufffd", "Some characters did not arrive and stand as “�”. Replace or remove them"),
        (
            "wrong",
            f"o{chr(0x0336) * 7}",
            "Some letters carry too many accents to be read. Remove some of them",
        ),
        ("name", "n" * 101, "This is 101 characters. Shorten it to 100 or fewer"),
        ("email", "ana.example.com", BAD_EMAIL),
        ("email", f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 30}.org", BAD_EMAIL),
    ],
)
def test_a_failed_report_says_what_is_wrong_and_keeps_everything(client, edition, field, value, message):
    response = client.post(PAGE, filled(**{field: value}))
    page = html(response)
    assert response.status_code == 422
    assert "<title>Error: Report an error in “Harbour bridge reopens” | Newsroom</title>" in page
    assert f'<li><a href="#{field}">{message}</a></li>' in page
    typed = filled(**{field: value})
    assert all(f">\n{typed[name]}</textarea>" in page for name in ("wrong", "right"))
    assert all(f'value="{typed[name]}"' in page for name in ("name", "email") if typed[name])
    assert not ErrorReport.objects.exists()


def test_another_site_cannot_send_it(client, edition):
    response = client.post(PAGE, filled(), headers={"Origin": "https://evil.example"})
    assert response.status_code == 403
    assert "This was sent from another site. What you wrote is below; send it again from here" in html(
        response
    )
    assert ">\nThe bridge has two lanes.</textarea>" in html(response)
    assert not ErrorReport.objects.exists()


def test_a_filled_trap_is_thanked_and_put_aside(client, edition):
    response = client.post(PAGE, filled(homepage="https://casino.example"))
    assert response.headers["Location"] == f"{PAGE}?sent=thanks"
    assert ErrorReport.objects.get().status == Answer.ASIDE


def test_too_many_from_a_network_have_to_wait(client, edition, clock, store):
    for number in range(REPORTS[0]):
        assert client.post(PAGE, filled(wrong=f"Number {number}")).status_code == 303
    response = client.post(PAGE, filled(wrong="One more"))
    assert (response.status_code, response.headers["Retry-After"]) == (429, "3600")
    assert "You have sent many reports. Wait 60 minutes before you send another one" in html(response)
    assert ">\nOne more</textarea>" in html(response)
    clock.shift(60 * 60)
    assert client.post(PAGE, filled(wrong="One more")).status_code == 303


def test_a_body_too_big_is_refused(client, edition):
    assert client.post(PAGE, filled(wrong="x" * 4_000_000)).status_code == 413


def test_a_story_that_is_not_live_answers_404(client, edition, editor):
    publishing.withdraw(edition.article, by=editor, reason="It was wrong.")
    for response in (client.get(PAGE), client.get(f"{PAGE}?sent=thanks"), client.post(PAGE, filled())):
        assert response.status_code == 404
        assert "Harbour" not in html(response)
    assert not ErrorReport.objects.exists()


@pytest.mark.parametrize("markup", ["<script>alert(1)</script>", '"><b>x</b>', "</textarea><b>x</b>"])
def test_markup_is_shown_as_text(client, edition, markup):
    page = html(client.post(PAGE, dict.fromkeys(["wrong", "right", "name", "email"], markup)))
    assert markup not in page
    assert page.count(markup.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")) == 4


# --- answering


def reported(edition, **fields):
    return ErrorReport.objects.post(edition=edition, network="n", wrong="Two lanes.", at=NOON, **fields)[0]


def test_an_answer_says_who_gave_it_and_when(edition, editor):
    report = reported(edition)
    report.give_answer(Answer.CORRECTED, by=editor, note=" Thanked by mail. ", at=NOON + MINUTE)
    report.refresh_from_db()
    assert (report.status, report.answer) == (Answer.CORRECTED, "Thanked by mail.")
    assert report.last_word() == "Answered: corrected, by Editor, 9 June 2025, 14:01"
    assert not ErrorReport.objects.open()


def test_two_who_answer_at_once_are_told_the_truth(edition, editor, superuser):
    mine, theirs = (ErrorReport.objects.get(pk=reported(edition).pk) for _ in range(2))
    mine.give_answer(Answer.NO_ERROR, by=editor, at=NOON + MINUTE)
    with pytest.raises(AlreadyDecided, match="Answered: no error, by Editor, 9 June 2025, 14:01"):
        theirs.give_answer(Answer.CORRECTED, by=superuser)
    assert theirs.status == Answer.NO_ERROR


def test_an_answer_is_one_of_the_answers(edition, editor):
    with pytest.raises(ValueError, match="A report is answered by one of ANSWERS."):
        reported(edition).give_answer(Answer.OPEN, by=editor)


def test_a_report_is_opened_again(edition, editor):
    report = reported(edition)
    report.give_answer(Answer.NO_ERROR, by=editor)
    report.reopen()
    assert list(ErrorReport.objects.open()) == [report]
    with pytest.raises(AlreadyDecided, match="Open"):
        report.reopen()
