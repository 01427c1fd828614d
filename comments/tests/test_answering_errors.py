"""The desk reads what readers report as wrong, begins the correction, and answers."""

import pytest
from django.urls import reverse

from articles import publishing
from articles.models import Correction
from articles.tests.stories import NOON, rewrite
from comments.models import Answer, ErrorReport
from comments.tests.replies import MINUTE

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"


def reported(edition, wrong="It has two lanes.", **fields):
    fields = {"right": "Four: city council", "name": "Ana", "email": "ana@example.com", **fields}
    return ErrorReport.objects.post(edition=edition, network="n", wrong=wrong, at=NOON, **fields)[0]


def address(page, report=None):
    return reverse(f"admin:comments_errorreport_{page}", args=[report.pk] if report else [])


def act(client, report, page="answer", **data):
    return client.post(address(page, report), data, follow=True)


@pytest.fixture
def desk(client, editor):
    """The client, signed in as an editor."""
    client.force_login(editor)
    return client


def test_the_list_begins_with_what_is_open_the_oldest_first(
    desk, edition, editor, django_assert_max_num_queries
):
    reported(edition, "Done").give_answer(Answer.NO_ERROR, by=editor)
    ErrorReport.objects.post(edition=edition, network="n", wrong="Later", at=NOON + MINUTE)
    for number in range(5):
        reported(edition, f"Early {number}")
    with django_assert_max_num_queries(8):
        page = desk.get(address("changelist")).text
    assert page.index("Early 0") < page.index("Early 4") < page.index("Later")
    assert ">Done<" not in page
    assert ">Done<" in desk.get(address("changelist"), {"status": "no_error"}).text
    assert ">Done<" in desk.get(address("changelist"), {"status": "all"}).text


def test_a_report_shows_all_that_was_said(desk, edition):
    report = reported(edition)
    page = desk.get(address("change", report)).text
    assert "What Ana says" in page
    assert all(words in page for words in ("It has two lanes.", "Four: city council", "ana@example.com"))
    assert "9 June 2025, 14:00" in page
    assert "version 1 was on the site" in page
    assert reverse("admin:articles_article_change", args=[report.article_id]) in page


def test_an_answer_is_kept_with_its_note_and_in_the_history(desk, edition):
    report = reported(edition)
    page = act(desk, report, answer="no_error", note="We <checked>.").text
    assert "Error 1 in “Harbour bridge reopens”: Answered: no error.".replace("1", str(report.pk)) in page
    report.refresh_from_db()
    assert (report.status, report.answer, str(report.answered_by)) == (
        Answer.NO_ERROR,
        "We <checked>.",
        "Editor",
    )
    assert "Answered: no error, by Editor" in page
    assert "We &lt;checked&gt;." in page
    assert "Answered: no error" in desk.get(address("history", report)).text


def test_an_answer_can_be_taken_back(desk, edition):
    report = reported(edition)
    act(desk, report, answer="corrected")
    page = act(desk, report, answer="reopen").text
    report.refresh_from_db()
    assert (report.status, report.answered_by) == (Answer.OPEN, None)
    assert "Answered: corrected</button>" in page


def test_whoever_comes_second_is_told_so(desk, edition, superuser):
    report = reported(edition)
    report.give_answer(Answer.CORRECTED, by=superuser, at=NOON)
    page = act(desk, report, answer="no_error").text
    assert (
        "This report had been dealt with already (Answered: corrected, by Root, 9 June 2025, 14:00). "
        "Nothing was changed."
    ) in page
    report.refresh_from_db()
    assert report.status == Answer.CORRECTED


@pytest.mark.parametrize("answer", ["", "open", "aside", "x"])
def test_what_is_no_answer_changes_nothing(desk, edition, answer):
    report = reported(edition)
    assert "Choose an answer." in act(desk, report, answer=answer).text
    report.refresh_from_db()
    assert report.status == Answer.OPEN


def test_what_was_put_aside_can_be_opened(desk, edition):
    report = reported(edition, is_trapped=True)
    assert "A person sent it: open it" in desk.get(address("change", report)).text
    act(desk, report, answer="reopen")
    assert list(ErrorReport.objects.open()) == [report]


def test_the_correction_begins_with_what_the_reader_wrote_and_names_them(desk, edition, editor):
    rewrite(edition.article, body="<p>Four lanes.</p>")
    report = reported(edition, "w" * 600)
    page = act(desk, report, "correct")
    assert page.redirect_chain[-1][0] == reverse("admin:articles_article_publish", args=[edition.article_id])
    assert f'<a href="{address("change", report)}">answer the report</a>.' in page.text
    form = page.context["form"]
    begun = {name: form[name].value() for name in ("change", "was", "right", "reported_by")}
    assert begun == {
        "change": "correction", "was": "w" * 500, "right": "Four: city council", "reported_by": "Ana"
    }  # fmt: skip
    data = begun | {"seen": page.context["article"].fingerprint, "when": "now"}
    assert desk.post(page.redirect_chain[-1][0], data).status_code == 302
    assert Correction.objects.get().reported_by == "Ana"
    assert "Reported by Ana" in desk.get(STORY).text


def test_a_report_of_a_story_that_left_the_site_is_still_answered(desk, edition, editor):
    report = reported(edition)
    publishing.withdraw(edition.article, by=editor, reason="It was wrong.")
    assert desk.get(address("change", report)).status_code == 200
    act(desk, report, answer="corrected")
    assert not ErrorReport.objects.open()


@pytest.mark.parametrize("markup", ["<script>alert(1)</script>", '"><b>x</b>', "{{ 7|add:35 }}<i>"])
def test_markup_is_shown_as_text(desk, edition, markup):
    report = reported(edition, markup, right=markup, name=markup, email='"<b>x</b>"@example.com')
    for page in (address("change", report), address("changelist"), address("history", report)):
        text = desk.get(page).text
        assert markup not in text
        assert "<b>x</b>" not in text
    assert desk.get(address("change", report)).text.count("&lt;") >= 4


def test_a_note_is_kept_without_what_no_database_stores(desk, edition):
    report = reported(edition)
    act(desk, report, answer="no_error", note="It was\0 right.\r\nSee\x1b page 2.")
    report.refresh_from_db()
    assert report.answer == "It was right.\nSee page 2."
