"""Publishing, scheduling, cancelling and withdrawing by the desk's pages, as readers then see it."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import publishing
from articles.models import Article, Correction, DeskLogLine, Edition, Withdrawal
from articles.models.article import Stage
from articles.models.edition import Change
from articles.tests import desk
from articles.tests.stories import NOON, published, rewrite, source, write

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
NOW = NOON + 5 * MINUTE  # 14:05 in Brussels
TOMORROW = "2025-06-10T07:00"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def publish(client, article, **typed):
    return desk.send(client, desk.address("publish", article), **typed)


def headlines(at=NOW):
    return [edition.headline for edition in Edition.objects.live(at=at).newest_first()]


def test_a_draft_is_published_and_the_message_leads_to_it(desk_client, editor):
    article = write("Bridge reopens")
    response = publish(desk_client, article)
    assert response.url == desk.address("change", article)
    assert said(desk_client, response) == (
        'Published 14:05. <a href="/2025/06/09/bridge-reopens/">View article</a>'
    )
    edition = Edition.objects.live(at=NOW).get()
    assert (edition.headline, edition.made_by, edition.live_from) == ("Bridge reopens", editor, NOW)
    text = desk_client.get(response.url).text
    assert '<span class="state live">Live</span>' in text
    assert '<a class="act" href="/2025/06/09/bridge-reopens/">View article</a>' in text


def said(client, response):
    return " ".join(desk.said(client, response))


def test_the_page_says_what_will_happen_before_the_first_publication(desk_client):
    text = desk_client.get(desk.address("publish", write("Bridge reopens", standfirst="After a year."))).text
    assert "Bridge reopens" in text
    assert "After a year." in text
    assert "http://127.0.0.1:8000/2025/06/09/bridge-reopens/" in text
    assert "The date in the address is that of the day the story goes live." in text
    assert "Kind of change" not in text


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"headline": "Taken"}, "/2025/06/09/taken-2/"),
        ({"headline": "Anything", "slug": "own-words"}, "/2025/06/09/own-words/"),
        ({"headline": "☕️"}, "/2025/06/09/story-{pk}/"),
    ],
)
def test_the_address_announced_is_the_address_given(desk_client, fields, path):
    published("Taken")
    article = write(**fields)
    path = path.format(pk=article.pk)
    assert path in desk_client.get(desk.address("publish", article)).text
    publish(desk_client, article)
    assert article.editions.get().path == path


def test_a_plan_is_no_reason_to_announce_its_address(desk_client, editor):
    article = write("Bridge")
    publishing.schedule(article, at=NOON + dt.timedelta(days=3), by=editor, now=NOON)
    assert "/2025/06/09/bridge/" in desk_client.get(desk.address("publish", article)).text
    publish(desk_client, article)
    assert article.editions.get().path == "/2025/06/09/bridge/"


def test_an_update_keeps_its_address_unless_the_slug_is_changed(desk_client):
    article = published("Old").article
    rewrite(article, headline="New")
    page = desk.address("publish", article)
    assert "/2025/06/09/old/" in desk_client.get(page).text
    rewrite(Article.objects.get(), slug="new-words")
    assert "/2025/06/09/new-words/" in desk_client.get(page).text


def test_a_story_is_scheduled_and_goes_live_at_its_moment(desk_client):
    article = write("Tomorrow")
    response = publish(desk_client, article, when="later", at=TOMORROW)
    assert said(desk_client, response) == "Scheduled for 10 June 2025, 07:00, Brussels time."
    moment = dt.datetime(2025, 6, 10, 5, 0, tzinfo=dt.UTC)
    assert headlines(moment - dt.timedelta(seconds=1)) == []
    assert headlines(moment) == ["Tomorrow"]
    text = desk_client.get(desk.address("change", article)).text
    assert '<span class="state scheduled">Scheduled</span>' in text
    assert "Goes live on 10 June 2025, 07:00." in text
    assert "This cancels the publication planned for 10 June 2025, 07:00." in desk_client.get(
        desk.address("publish", article)
    ).text  # fmt: skip


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("", "Choose the day and time, or publish now."),
        ("2025-06-09T14:05", "Choose a time in the future, or publish now."),
        ("2020-01-01T00:00", "Choose a time in the future, or publish now."),
        (
            "2026-03-29T02:30",
            "On 29 March 2026 the clocks go forward, and Brussels has no 02:30. Choose another time.",
        ),
        (
            "2025-10-26T02:30",
            "On 26 October 2025 the clocks go back, and 02:30 comes twice in Brussels. Choose another time.",
        ),
        ("9999-12-31T23:59", "Choose a year between 1970 and 2199."),
        ("0001-01-01T00:00", "Choose a year between 1970 and 2199."),
        ("tomorrow", "Enter a valid date/time."),
    ],
)
def test_a_moment_that_cannot_be_is_refused_in_a_sentence(desk_client, at, sentence):
    article = write()
    response = publish(desk_client, article, when="later", at=at)
    assert response.status_code == 200
    assert sentence in response.text
    assert desk.filled_in(response)["at"] == at
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence", "may_schedule"),
    [
        ({"body": "<p> </p>"}, "Write the story before it goes live.", False),
        (
            {"body": '<p>So.<sup data-cite="s4"></sup></p>'},
            "A marker in the body names the source “s4”",
            False,
        ),
        ({"stage": Stage.SPIKED}, "The story is spiked. Take it back before it is published.", False),
        ({"embargo_until": NOON + 60 * MINUTE}, "The story is under embargo until 9 June 2025, 15:00.", True),
    ],
)
def test_what_has_to_be_fixed_first_is_listed_and_blocks(desk_client, fields, sentence, may_schedule):
    article = write(**fields)
    response = desk_client.get(desk.address("publish", article))
    assert sentence in response.text
    assert '<button type="submit" class="do-now" disabled>' in response.text
    assert ('class="do-later" disabled' not in response.text) == may_schedule
    assert sentence in publish(desk_client, article).text
    assert not Edition.objects.exists()
    publish(desk_client, article, when="later", at=TOMORROW)
    assert Edition.objects.exists() == may_schedule


def test_a_second_press_publishes_nothing_and_says_so(desk_client):
    article = published("Story", at=NOON).article
    page = desk_client.get(desk.address("publish", article))
    assert "Readers have this very text already. Only a correction would add something." in page.text
    response = desk_client.post(desk.address("publish", article), desk.filled_in(page))
    assert "Nothing has changed since this story was published." in response.text
    assert article.editions.count() == 1


def test_words_that_came_in_after_the_page_was_opened_are_not_published_unseen(desk_client):
    article = write("Seen")
    page = desk_client.get(desk.address("publish", article))
    rewrite(article, headline="Unseen")
    response = desk_client.post(desk.address("publish", article), desk.filled_in(page))
    assert (
        "The story was changed since you opened this page. Look at it again before you publish it."
        in response.text
    )
    assert not Edition.objects.exists()
    desk_client.post(desk.address("publish", article), desk.filled_in(response))
    assert headlines() == ["Unseen"]


def test_a_source_put_right_since_is_published_once_it_was_seen(desk_client):
    article = write("Seen", sources=[source("Report")])
    opened = desk.filled_in(desk_client.get(desk.address("publish", article)))
    for title in ("Raport", "Report of the city"):
        desk.send(desk_client, desk.address("change", source("Report"), model="source"), title=title)
        refused = desk_client.post(desk.address("publish", article), opened)
        assert "The story was changed since you opened this page." in refused.text
        opened = desk.filled_in(refused)
    assert desk_client.post(desk.address("publish", article), opened).status_code == 302
    assert Edition.objects.get().sources[0]["title"] == "Report of the city"


@pytest.mark.parametrize(("change", "updated_at"), [("minor", None), ("update", NOW)])
def test_an_update_says_what_kind_of_change_it_is(desk_client, change, updated_at):
    article = published("Old words").article
    rewrite(article, headline="New words")
    publish(desk_client, article, change=change, note="A line for readers.")
    edition = Edition.objects.live(at=NOW).get()
    assert (edition.change, edition.note, edition.updated_at) == (change, "A line for readers.", updated_at)


def test_a_correction_says_what_was_wrong_and_what_is_right(desk_client):
    article = published("HK$467 million").article
    rewrite(article, headline="HK$466.6 million")
    typed = {
        "change": "correction",
        "was": "HK$467 million",
        "explanation": "A rounded figure.",
        "reported_by": "A reader",
    }
    response = publish(desk_client, article, **typed)
    assert "Enter what was wrong and what is right." in response.text
    assert headlines() == ["HK$467 million"]
    again = desk.filled_in(response)
    assert {name: again[name] for name in typed} == typed

    desk_client.post(desk.address("publish", article), again | {"right": "HK$466.6 million"})
    correction = Correction.objects.public(at=NOW).get()
    assert (correction.was, correction.now) == ("HK$467 million", "HK$466.6 million")
    assert (correction.note, correction.reported_by) == ("A rounded figure.", "A reader")
    assert correction.edition.change == Change.CORRECTION


def test_a_correction_cannot_be_forged_onto_a_first_publication(desk_client):
    article = write()
    publish(desk_client, article, change="correction", was="This", right="That")
    assert Edition.objects.get().change == Change.FIRST
    assert not Correction.objects.exists()


def test_publishing_says_that_it_cancels_the_update_planned(desk_client, editor):
    article = published("Old words").article
    rewrite(article, headline="New words")
    publishing.schedule(article, at=NOON + 60 * MINUTE, by=editor, now=NOW - MINUTE)
    rewrite(article, headline="Newer words")
    text = desk_client.get(desk.address("publish", article)).text
    assert "This cancels the update planned for 9 June 2025, 15:00." in text
    assert "Readers see version 1 until then. It stays on record." in text
    publish(desk_client, article)
    assert headlines(NOON + 120 * MINUTE) == ["Newer words"]


def test_a_schedule_is_cancelled_after_asking(desk_client, editor):
    article = write("Soon")
    publishing.schedule(article, at=NOON + 60 * MINUTE, by=editor, now=NOW - MINUTE)
    page = desk.address("cancel", article)
    assert "“Soon” does not go live on" in desk_client.get(page).text
    assert Edition.objects.exists()
    response = desk_client.post(page)
    assert said(desk_client, response) == "The schedule is cancelled. Nothing goes live by itself now."
    assert not Edition.objects.exists()


def test_cancelling_what_is_not_scheduled_says_so(desk_client):
    article = write()
    page = desk.address("cancel", article)
    sentence = "Nothing is scheduled. The plan may have gone live or been cancelled."
    assert sentence in desk_client.get(page).text
    assert said(desk_client, desk_client.post(page)) == sentence


def test_withdrawing_needs_a_reason_for_readers(desk_client):
    article = published("Mistake", at=NOON).article
    page = desk.address("withdraw", article)
    assert "410 Gone" in desk_client.get(page).text
    response = desk.send(desk_client, page, reason="  ")
    assert "Enter a reason for readers." in response.text
    assert headlines() == ["Mistake"]

    response = desk.send(desk_client, page, reason="It was wrong.")
    assert said(desk_client, response) == "The story is withdrawn. Its address now gives your reason."
    assert headlines() == []
    assert Withdrawal.objects.get().reason == "It was wrong."
    gone = desk_client.get("/2025/06/09/mistake/")
    assert gone.status_code == 410
    assert "It was wrong." in gone.text


def test_withdrawing_what_is_not_on_the_site_says_so(desk_client):
    article = write()
    response = desk_client.post(desk.address("withdraw", article), {"reason": "Why not"})
    assert "The story is not on the site, so it cannot be withdrawn." in response.text


def test_a_withdrawn_story_comes_back_under_its_address(desk_client, editor):
    edition = published("Story", at=NOON)
    publishing.withdraw(edition.article, by=editor, reason="A doubt.", now=NOON + MINUTE)
    text = desk_client.get(desk.address("publish", edition.article)).text
    assert "The story was withdrawn. It comes back under its address." in text
    publish(desk_client, edition.article)
    assert Edition.objects.live(at=NOW).get().path == edition.path


def test_the_log_of_a_story_stands_beside_it_and_in_the_desks_log(desk_client, editor):
    article = write("Soon")
    publishing.schedule(article, at=NOON + 60 * MINUTE, by=editor, note="First", now=NOON)
    publishing.cancel_schedule(article, by=editor, now=NOON + MINUTE)
    for page in (desk.address("change", article), desk.address("changelist", model="desklogline")):
        text = desk_client.get(page).text
        assert "Schedule cancelled" in text
        assert "For 9 June 2025, 15:00. First" in text
    assert DeskLogLine.objects.count() == 2


def test_a_whole_life_of_a_story(desk_client, clock):
    article = write("First words", sources=[source("Report")])
    publish(desk_client, article)
    desk.send(desk_client, desk.address("change", article), headline="Second words")
    assert headlines() == ["First words"]
    clock.shift(60)
    publish(desk_client, article, when="later", at="2025-06-09T15:00")
    desk_client.post(desk.address("cancel", article))
    clock.shift(60)
    publish(desk_client, article, change="update")
    assert headlines(NOW + 2 * MINUTE) == ["Second words"]
    clock.shift(60)
    desk.send(desk_client, desk.address("withdraw", article), reason="It was wrong.")
    assert headlines(NOW + 3 * MINUTE) == []
    actions = list(DeskLogLine.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["published", "scheduled", "plan_cancelled", "published", "withdrawn"]


def test_the_publish_page_costs_a_bounded_number_of_queries(desk_client):
    article = published("Story", sources=[source(f"Source {n}") for n in range(20)]).article
    for number in range(5):
        rewrite(article, headline=f"Story {number}")
        publishing.publish(article, by=article.created_by, now=NOON + (number + 1) * dt.timedelta(seconds=30))
    with CaptureQueriesContext(connection) as queries:
        desk_client.get(desk.address("publish", article))
    assert len(queries) <= 14, "\n".join(query["sql"][:150] for query in queries)
