"""A reader reports a comment: the page, what it stores, what it answers, and what it tells nobody."""

import re

import pytest

from articles import publishing
from articles.tests.stories import NOON, published
from comments.limits import REPORTS
from comments.models import Comment, Flag, Policy, Reason, Status
from comments.policies import DEFAULTS
from comments.tests.replies import MINUTE, approved, posted

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
REPORTS_TO_HOLD = DEFAULTS["reports_to_hold"]


def page_of(comment):
    return f"{STORY}comments/{comment.pk}/report/"


def report(client, comment, *, network="192.0.2", headers=None, **fields):
    data = {"reason": "abuse", "note": "", "homepage": "", **fields}
    return client.post(page_of(comment), data, headers=headers, REMOTE_ADDR=f"{network}.9")


def html(response):
    return response.content.decode()


def test_under_each_comment_stands_a_way_to_report_it(client, edition):
    comment = approved(edition)
    link = f'<a href="{page_of(comment)}" rel="nofollow">Report<span class="hidden"> comment {comment.pk}</span></a>'
    for path in (STORY, f"{STORY}comments/"):
        assert link in html(client.get(path))
    edition.article.is_open_to_comments = False
    edition.article.save()
    assert link in html(client.get(STORY))


def test_the_page_quotes_the_comment_and_offers_the_reasons(client, edition, django_assert_num_queries):
    comment = approved(edition, "First line\nsecond line", name="Ana", at=NOON)
    with django_assert_num_queries(3):  # the story, the comment, the sections
        response = client.get(page_of(comment))
    page = html(response)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"
    assert not response.cookies
    assert '<meta name="robots" content="noindex">' in page
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{STORY}">' in page
    assert "<b><bdi>Ana</bdi></b>" in page
    assert '<p dir="auto">First line<br>second line</p>' in page
    assert "reader@example.com" not in page
    assert page.count('type="radio" name="reason"') == len(Reason)
    assert "It attacks or insults somebody.</label>" in page
    assert "Something else.</label>" in page


def test_a_report_is_kept_for_the_moderators_and_answered_with_thanks(client, edition):
    comment = approved(edition)
    response = report(client, comment, reason="personal_data", note=" It names\x00 a street. ")
    assert (response.status_code, response.headers["Location"]) == (303, f"{page_of(comment)}?sent=thanks")
    flag = Flag.objects.get()
    assert (flag.comment, flag.reason, flag.note) == (comment, Reason.PERSONAL_DATA, "It names a street.")
    assert (flag.flagged_at, len(flag.network)) == (NOON + 5 * MINUTE, 64)
    assert not response.cookies
    thanks = client.get(response.headers["Location"])
    assert (thanks.status_code, thanks.headers["Cache-Control"]) == (200, "private, no-store")
    assert '<h1 class="title">Thank you for your report</h1>' in html(thanks)
    assert "A moderator will read it and decide whether the comment stays." in html(thanks)
    comment.refresh_from_db()
    assert (comment.status, comment.open_flag_count) == (Status.APPROVED, 1)


def test_a_second_report_from_the_same_network_is_not_kept(client, edition):
    comment = approved(edition)
    report(client, comment)
    again = report(client, comment, reason="other", note="Once more")
    assert again.headers["Location"] == f"{page_of(comment)}?sent=again"
    assert Flag.objects.get().reason == Reason.ABUSE
    page = html(client.get(again.headers["Location"]))
    assert "A report of this comment has come from your network before, and one is enough." in page


def test_reports_from_enough_networks_hold_the_comment_until_a_person_looks(client, edition):
    comment = approved(edition)
    for number in range(REPORTS_TO_HOLD):
        comment.refresh_from_db()
        assert comment.status == Status.APPROVED
        assert report(client, comment, network=f"192.0.{number}").status_code == 303
    comment.refresh_from_db()
    assert (comment.status, comment.last_decision().rule) == (Status.PENDING, "reports")


def test_how_many_reports_hold_a_comment_is_the_policys_to_say(client, edition):
    Policy.objects.create(article=edition.article, reports_to_hold=1)
    comment = approved(edition)
    report(client, comment)
    comment.refresh_from_db()
    assert comment.status == Status.PENDING


def test_whoever_sent_the_last_report_twice_is_answered_like_anybody(client, edition):
    comment = approved(edition)
    for number in range(REPORTS_TO_HOLD):
        thanks = report(client, comment, network=f"192.0.{number}")
    assert client.get(thanks.headers["Location"]).status_code == 200
    again = report(client, comment, network=f"192.0.{REPORTS_TO_HOLD - 1}")
    assert again.headers["Location"] == f"{page_of(comment)}?sent=again"
    assert report(client, comment, network="192.0.99").status_code == 404


def test_reports_do_not_take_down_what_was_kept_and_thank_all_the_same(client, edition, moderator):
    comment = approved(edition)
    comment.keep(by=moderator)
    for number in range(REPORTS_TO_HOLD + 1):
        response = report(client, comment, network=f"192.0.{number}")
        assert response.headers["Location"].endswith("?sent=thanks")
    comment.refresh_from_db()
    assert (comment.status, comment.open_flag_count) == (Status.APPROVED, 0)


def test_reports_do_not_take_down_an_answer_of_the_desk(client, edition, moderator):
    answer = Comment.objects.answer(approved(edition), by=moderator, text="The city pays.")
    for number in range(REPORTS_TO_HOLD):
        assert report(client, answer, network=f"192.0.{number}").status_code == 303
    answer.refresh_from_db()
    assert (answer.status, answer.open_flag_count) == (Status.APPROVED, REPORTS_TO_HOLD)


def test_what_others_reported_shows_nowhere(client, edition):
    comment = approved(edition)
    before = [html(client.get(path)) for path in (STORY, page_of(comment))]
    report(client, comment, note="plantednote")
    after = [html(client.get(path)) for path in (STORY, page_of(comment))]
    assert before == after
    elsewhere = report(client, comment, network="198.51.100")
    assert elsewhere.headers["Location"].endswith("?sent=thanks")


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"reason": ""}, "reason_0", "Choose what is wrong with the comment"),
        ({"reason": "rude"}, "reason_0", "Choose what is wrong with the comment"),
        ({"reason": "other", "note": ""}, "note", "Say in a few words what is wrong with the comment"),
        ({"reason": "other", "note": "\u200b\u2066"}, "note", "Say in a few words what is wrong with the comment"),
        ({"note": "x" * 301}, "note", "This is 301 characters. Shorten it to 300 or fewer"),
        ({"note": "caf\ufffd"}, "note", "Some characters did not arrive and stand as “�”. Replace or remove them"),
        ({"note": f"o{chr(0x0336) * 7}"}, "note",
         "Some letters carry too many accents to be read. Remove some of them"),
    ],
)  # fmt: skip
def test_a_failed_report_says_what_is_wrong_and_keeps_what_was_typed(client, edition, fields, field, message):
    comment = approved(edition)
    response = report(client, comment, **{"note": "Kept words", **fields})
    page = html(response)
    assert response.status_code == 422
    assert f"<title>Error: Report comment {comment.pk} | Newsroom</title>" in page
    assert f'<li><a href="#{field}">{message}</a></li>' in page
    assert f'id="{field}"' in page
    assert f">\n{fields.get('note', 'Kept words')}</textarea>" in page
    chosen = re.findall(r'<input type="radio"[^>]* value="(\w+)"[^>]* checked', page)
    assert chosen == [reason for reason in [fields.get("reason", "abuse")] if reason in Reason.values]
    assert not Flag.objects.exists()


def test_another_site_cannot_report_in_a_readers_name(client, edition):
    response = report(client, approved(edition), note="Mine", headers={"Origin": "https://evil.example"})
    assert response.status_code == 403
    assert "This was sent from another site. What you wrote is below; send it again from here" in html(
        response
    )
    assert ">\nMine</textarea>" in html(response)
    assert not Flag.objects.exists()


def test_a_filled_trap_is_thanked_and_keeps_nothing(client, edition):
    response = report(client, approved(edition), homepage="https://casino.example")
    assert response.headers["Location"].endswith("?sent=thanks")
    assert not Flag.objects.exists()


def test_a_body_too_big_is_refused(client, edition):
    response = report(client, approved(edition), note="x" * 4_000_000)
    assert response.status_code == 413
    assert "Go back with your browser, shorten it, and send it again." in html(response)


def test_too_many_reports_from_a_network_have_to_wait(client, edition, clock, store):
    comments = [approved(edition, f"Number {number}") for number in range(REPORTS[0] + 1)]
    for comment in comments[: REPORTS[0]]:
        assert report(client, comment).status_code == 303
    clock.shift(30 * 60 - 1)
    response = report(client, comments[REPORTS[0]], note="Kept words")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "1801")
    assert "You have sent many reports. Wait 31 minutes before you send another one" in html(response)
    assert ">\nKept words</textarea>" in html(response)
    assert report(client, comments[0]).headers["Location"].endswith("?sent=again")
    assert report(client, comments[REPORTS[0]], network="198.51.100").status_code == 303
    clock.shift(30 * 60 + 2)
    assert report(client, comments[REPORTS[0]]).status_code == 303


@pytest.mark.parametrize("fate", ["pending", "rejected", "spam", "withdrawn", "elsewhere", "never", "huge"])
def test_what_is_not_on_the_site_cannot_be_reported(client, edition, moderator, fate):
    comment = approved(edition) if fate == "withdrawn" else posted(edition)
    if fate == "rejected":
        comment.reject(by=moderator, reason=Reason.ABUSE)
    elif fate == "spam":
        comment.mark_spam(by=moderator)
    elif fate == "withdrawn":
        comment.withdraw()
    elif fate == "elsewhere":
        comment = approved(published("Another story"))
    elif fate in ("never", "huge"):
        comment = Comment(pk=10 ** (17 if fate == "never" else 40))
    for response in (client.get(page_of(comment)), report(client, comment)):
        assert response.status_code == 404
        assert "There is nothing left to report." in html(response)
        assert "Who pays for it?" not in html(response)
    assert not Flag.objects.exists()


def test_a_story_that_is_not_live_answers_the_404_of_a_page_that_never_was(client, edition, editor):
    comment = approved(edition)
    publishing.withdraw(edition.article, by=editor, reason="It was wrong.")
    for response in (
        client.get(page_of(comment)),
        client.get(f"{page_of(comment)}?sent=thanks"),
        report(client, comment),
    ):
        assert response.status_code == 404
        assert "Harbour" not in html(response)


@pytest.mark.parametrize("markup", ["<script>alert(1)</script>", '"><b>x</b>', "</textarea><b>x</b>"])
def test_markup_is_shown_as_text(client, edition, markup):
    comment = approved(edition, markup, name=markup)
    page = html(report(client, comment, reason="", note=markup))
    assert markup not in page
    assert page.count(markup.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")) == 3
