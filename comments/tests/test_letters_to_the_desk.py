"""People who moderate choose what they are told by mail; nobody is told anything they did not choose."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from articles.tests.stories import NOON, person
from comments.models import DeskMail, Letter, Reason
from comments.notifications import send_due
from comments.tests.postbox import bodies
from comments.tests.replies import MINUTE, approved, posted

pytestmark = pytest.mark.django_db
PAGE = "/admin/comments/letter/mail/"
WAITS = "1 comment waits for a moderator"
REPORTED = "1 comment has been reported"
DAY = dt.timedelta(days=1)
MORNING = dt.datetime(2025, 6, 10, 8, 0, tzinfo=timezone.get_fixed_timezone(120))  # in Brussels


@pytest.fixture
def choose(client, postbox):
    """Signs the person in and saves their choice on the page."""

    def chosen(who, what, hour=8):
        client.force_login(who)
        return client.post(PAGE, {"what": what, "hour": hour}, follow=True)

    return chosen


def test_the_digest_comes_daily_at_its_hour_while_anything_waits(choose, clock, edition, moderator, postbox):
    assert "Saved. This holds from now on." in choose(moderator, "digest").text
    comment = posted(edition)
    approved(edition, "Reported").report(network="a", reason=Reason.ABUSE)
    clock.move_to(MORNING - MINUTE)
    assert send_due() == 0
    clock.move_to(MORNING)
    assert send_due() == 1
    assert postbox.recipients == ["moderator@desk.example"]
    assert postbox.subjects == [WAITS]
    for body in bodies(postbox.letters[0]):
        assert "The oldest came on 9 June 2025, 14:00." in body
        assert "1 comment has been reported by readers." in body
        assert "http://127.0.0.1:8000/admin/comments/comment/" in body
        assert "http://127.0.0.1:8000/admin/comments/letter/mail/" in body
        assert "reader@example.com" not in body
    clock.shift(DAY)
    assert send_due() == 1
    comment.reject(by=moderator, reason=Reason.ABUSE)
    clock.shift(DAY)
    send_due()
    assert postbox.subjects == [WAITS, WAITS, REPORTED]


def test_no_digest_comes_when_nothing_waits_and_the_next_is_planned(choose, clock, edition, moderator):
    choose(moderator, "digest")
    clock.move_to(MORNING)
    assert send_due() == 0
    posted(edition)
    clock.shift(DAY)
    assert send_due() == 1


def test_another_hour_holds_at_once(choose, clock, edition, moderator):
    posted(edition)
    choose(moderator, "digest")
    choose(moderator, "digest", hour=7)
    clock.move_to(MORNING - 60 * MINUTE)
    assert send_due() == 1
    clock.move_to(MORNING)
    assert send_due() == 0


@pytest.mark.parametrize(
    ("moment", "hour", "expected"),
    [
        ("2025-06-09T12:05+00:00", 14, "2025-06-10T12:00+00:00"),
        ("2025-06-09T12:05+00:00", 15, "2025-06-09T13:00+00:00"),
        ("2025-06-09T22:30+00:00", 0, "2025-06-10T22:00+00:00"),
        ("2025-03-30T00:30+00:00", 2, "2025-03-30T01:00+00:00"),  # the hour that is left out
        ("2025-10-26T00:30+00:00", 2, "2025-10-27T01:00+00:00"),  # the hour that comes twice comes once
    ],
)
def test_the_hour_is_of_the_sites_zone(moment, hour, expected):
    choice = DeskMail(what=DeskMail.What.DIGEST, hour=hour)
    assert choice.next_at(dt.datetime.fromisoformat(moment)) == dt.datetime.fromisoformat(expected)


def test_a_report_is_told_of_at_once(choose, clock, edition, moderator, postbox):
    choose(moderator, "at_once")
    comment = approved(edition)
    comment.report(network="a", reason=Reason.ABUSE, note="Look at this")
    clock.shift(MINUTE)
    assert send_due() == 1
    assert postbox.subjects == [REPORTED]
    for body in bodies(postbox.letters[0]):
        assert "A comment on “Harbour bridge reopens”" in body
        assert "Abuse." in body
        assert f"http://127.0.0.1:8000/admin/comments/comment/{comment.pk}/change/" in body
        assert "off the site" not in body
        assert "Who pays for it?" not in body
    comment.report(network="b", reason=Reason.ABUSE, limit=2)
    clock.shift(60 * MINUTE)
    assert send_due() == 0, "the comment has been told of"


def test_many_reports_are_told_of_in_few_letters(choose, clock, edition, moderator, postbox):
    choose(moderator, "at_once")
    for number in range(7):
        approved(edition, f"Number {number}").report(network="a", reason=Reason.ABUSE, limit=1)
    clock.shift(MINUTE)
    assert send_due() == 1
    text, html = bodies(postbox.letters[0])
    assert postbox.subjects == ["7 comments have been reported"]
    assert "And 2 more." in text
    assert html.count("It has been taken off the site.") == 5
    approved(edition, "The next").report(network="a", reason=Reason.ABUSE)
    clock.shift(9 * MINUTE)
    assert send_due() == 0
    clock.shift(MINUTE)
    assert send_due() == 1


def test_a_report_that_was_answered_meanwhile_is_no_news(choose, clock, edition, moderator):
    choose(moderator, "at_once")
    comment = approved(edition)
    comment.report(network="a", reason=Reason.ABUSE)
    comment.keep(by=moderator)
    clock.shift(MINUTE)
    assert send_due() == 0


@pytest.mark.parametrize("what", ["digest", "at_once"])
@pytest.mark.parametrize("lost", ["right", "account", "address"])
def test_who_may_no_longer_moderate_gets_no_more_mail(choose, clock, edition, moderator, what, lost):
    choose(moderator, what)
    posted(edition, "Waiting")
    approved(edition).report(network="a", reason=Reason.ABUSE)
    if lost == "right":
        moderator.groups.clear()
    elif lost == "account":
        moderator.is_active = False
    else:
        moderator.email = ""
    moderator.save()
    clock.move_to(MORNING)
    assert send_due() == 0


def test_who_may_moderate_again_gets_the_digest_again(choose, clock, edition, moderator):
    choose(moderator, "digest")
    moderator.groups.clear()
    posted(edition)
    clock.move_to(MORNING)
    send_due()
    assert not Letter.objects.waiting().exists()
    moderator.groups.add(Group.objects.get(name="Moderators"))
    send_due()
    clock.shift(DAY)
    assert send_due() == 1


def test_without_a_choice_nothing_is_sent(client, clock, edition, moderator, postbox):
    client.force_login(moderator)
    page = client.get(PAGE).text
    assert '<input type="radio" name="what" value="nothing" id="id_what_0" required checked>' in page
    assert "Brussels time. It counts for the daily letter only." in page
    posted(edition, "Waiting")
    approved(edition).report(network="a", reason=Reason.ABUSE)
    clock.move_to(MORNING)
    assert send_due() == 0


@pytest.mark.parametrize("sent", [{}, {"what": "all"}, {"what": "digest", "hour": "24"}, {"hour": "8"}])
def test_what_is_no_choice_is_told_so(client, moderator, sent):
    client.force_login(moderator)
    response = client.post(PAGE, sent)
    assert "Nothing was saved yet. See below what to do first." in response.text
    assert not DeskMail.objects.exists()


def test_the_page_says_what_keeps_mail_from_coming(client, moderator, settings):
    client.force_login(moderator)
    assert "No mail is set up on this site." in client.get(PAGE).text
    assert "No mail is set up on this site" in client.get("/admin/comments/letter/").text
    type(moderator).objects.update(email="")
    assert "Your account has no e-mail address" in client.get(PAGE).text
    DeskMail.objects.create(person=moderator, what="digest", muted_at=NOON)
    assert "You have stopped these letters by the link in one of them." in client.get(PAGE).text


def test_saving_ends_a_mute(choose, moderator):
    DeskMail.objects.create(person=moderator, what="digest", muted_at=NOON)
    choose(moderator, "digest")
    assert DeskMail.objects.get().muted_at is None


def test_everybody_is_told_what_they_chose(choose, clock, edition, moderator, editor, postbox):
    choose(moderator, "digest")
    choose(editor, "at_once")
    third = person("third", "Moderators")
    choose(third, "nothing")
    approved(edition).report(network="a", reason=Reason.ABUSE)
    clock.shift(MINUTE)
    send_due()
    assert postbox.recipients == ["editor@desk.example"]
    assert str(DeskMail.objects.get(person=third)) == "Third: Nothing"
