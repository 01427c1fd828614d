"""The desk's first page: what waits for whom, and that it costs the same however much the site holds."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from articles import publishing, workflow
from articles.models import Article
from articles.tests.reading import texts
from articles.tests.stories import NOON, person, published, rewrite, write
from articles.workflow import Verb
from comments.models import ErrorReport
from comments.tests.replies import posted
from newsroom import dashboard

pytestmark = pytest.mark.django_db

LATER = NOON + dt.timedelta(hours=1)


def first_page(client, user):
    client.force_login(user)
    with time_machine.travel(LATER, tick=False):
        return html.fromstring(client.get(reverse("admin:index")).text)


def box(page, title):
    """The lines of the box of that title, as words."""
    return texts(page, f"//section[h2='{title}']//li")


def titles(page):
    return texts(page, "//section[contains(@class, 'box')]/h2")


STORIES = [
    "My drafts",
    "Waiting for review, or approved",
    "Scheduled",
    "Live, with unpublished changes",
    "Open advice",
]


@pytest.mark.parametrize(
    ("groups", "shown"),
    [
        (["Reporters"], STORIES),
        (["Editors"], [*STORIES, "Comments waiting", "Errors that readers reported"]),
        (["Moderators"], ["Comments waiting"]),
        (["Administrators"], []),
        ([], []),
    ],
)
def test_everybody_sees_the_boxes_of_their_work(client, groups, shown):
    assert titles(first_page(client, person("somebody", *groups))) == shown


def test_empty_boxes_say_so(client, editor):
    page = first_page(client, editor)
    assert texts(page, "//section[contains(@class, 'box')]//p") == [
        "You have no drafts. Write a story to begin one.",
        "Nothing waits for review.",
        "Nothing is scheduled.",
        "Readers have everything that was written into live stories.",
        "No story has open advice.",
        "No comment waits.",
        "No report waits for an answer.",
    ]


def stamped(article, **fields):
    """The article as if it had been saved at NOON by whoever wrote it."""
    Article.objects.filter(pk=article.pk).update(updated_at=NOON, **fields)
    return article


def test_a_draft_is_in_its_writers_box_only(client, editor, reporter):
    stamped(write("Draft of the reporter", by=reporter))
    stamped(published("Live", by=reporter).article)
    assert box(first_page(client, reporter), "My drafts") == [
        "Draft of the reporter Draft 9 June 2025, 14:00 by Reporter"
    ]
    assert box(first_page(client, editor), "My drafts") == []


def test_what_waits_for_review_and_what_is_approved_stand_together_oldest_first(client, editor, reporter):
    new, old = write("New", by=reporter), write("Old", by=person("other", "Reporters"))
    for article in (new, old):
        workflow.move(article, Verb.SUBMIT, by=reporter, now=NOON)
    workflow.move(old, Verb.APPROVE, by=editor, now=NOON)
    stamped(new)
    Article.objects.filter(pk=old.pk).update(updated_at=NOON - dt.timedelta(days=1))
    title = "Waiting for review, or approved"
    assert box(first_page(client, editor), title) == [
        "Old Approved 8 June 2025, 14:00 by Other",
        "New In review 9 June 2025, 14:00 by Reporter",
    ]
    assert box(first_page(client, reporter), title) == ["New In review 9 June 2025, 14:00 by Reporter"]


def test_a_live_story_whose_changes_wait_for_review_says_both(client, editor, reporter):
    live = published("Live", by=editor).article
    stamped(
        workflow.move(rewrite(Article.objects.get(pk=live.pk), headline="Changed"), Verb.SUBMIT, by=editor)
    )
    line = "Changed Live, with unpublished changes In review · 9 June 2025, 14:00 by Writer"
    assert box(first_page(client, editor), "Waiting for review, or approved") == [line]


def test_scheduled_stories_say_how_much_time_is_left(client, editor, reporter):
    article = write("Planned", by=reporter)
    publishing.schedule(article, at=LATER + dt.timedelta(hours=2, minutes=5), by=editor, now=NOON)
    line = "Planned Scheduled 9 June 2025, 17:05, in 2 hours, 5 minutes"
    assert box(first_page(client, editor), "Scheduled") == [line]
    assert box(first_page(client, reporter), "Scheduled") == [line]
    assert box(first_page(client, person("other", "Reporters")), "Scheduled") == []


def test_live_stories_with_unpublished_changes_lead_to_their_review(client, editor):
    published("Unchanged")
    changed = published("Changed").article
    stamped(rewrite(Article.objects.get(pk=changed.pk), headline="Changed since"))
    page = first_page(client, editor)
    assert box(page, "Live, with unpublished changes") == [
        "Changed since Live, with unpublished changes 9 June 2025, 14:00 by Writer"
    ]
    assert page.xpath("//a[text()='Changed since']/@href") == [
        reverse("admin:articles_article_review", args=[changed.pk])
    ]


@pytest.mark.parametrize(("count", "words"), [(1, "1 piece of advice"), (3, "3 pieces of advice")])
def test_open_advice_is_counted(client, editor, count, words):
    stamped(write("Doubtful"), advice_count=count)
    stamped(published("Live").article, advice_count=2)
    assert box(first_page(client, editor), "Open advice") == [f"Doubtful Draft {words}"]


@pytest.mark.parametrize(("count", "words"), [(1, "1 comment waits."), (2, "2 comments wait.")])
def test_waiting_comments_are_counted(client, moderator, count, words):
    edition = published()
    for number in range(count):
        posted(edition, text=f"Words {number}")
    assert box(first_page(client, moderator), "Comments waiting") == [words]


def test_a_full_box_leads_to_the_list(client, editor):
    for number in range(dashboard.SHOWN + 1):
        write(f"Draft {number}", by=editor)
    page = first_page(client, editor)
    assert len(box(page, "My drafts")) == dashboard.SHOWN
    more = reverse("admin:articles_article_changelist") + "?state=draft"
    assert page.xpath("//section[h2='My drafts']/p/a/@href") == [more]


def test_the_page_costs_twelve_queries_whatever_the_site_holds(client, editor):
    def cost():
        first_page(client, editor)
        with time_machine.travel(LATER, tick=False), CaptureQueriesContext(connection) as queries:
            client.get(reverse("admin:index"))
        return len(queries)

    few = cost()
    for number in range(30):
        stamped(write(f"Draft {number}", by=editor), advice_count=1)
        workflow.move(write(f"Review {number}"), Verb.SUBMIT, by=editor, now=NOON)
        changed = published(f"Live {number}").article
        rewrite(Article.objects.get(pk=changed.pk), headline=f"Changed {number}")
        publishing.schedule(
            changed, at=LATER + dt.timedelta(hours=1), by=editor, now=NOON + dt.timedelta(minutes=1)
        )
        posted(changed.editions.first(), text=f"Words {number}")
    assert cost() == few <= 12


def test_errors_that_readers_reported_wait_for_editors_oldest_first(client, editor, moderator):
    edition = published("Bridge")
    for minutes, words in ((2, "Two <b>lanes</b>."), (1, "The year.")):
        at = NOON + dt.timedelta(minutes=minutes)
        ErrorReport.objects.post(edition=edition, network="n", wrong=words, at=at)
    ErrorReport.objects.post(edition=edition, network="n", wrong="Buy", is_trapped=True)
    title = "Errors that readers reported"
    assert box(first_page(client, editor), title) == ["Bridge: The year.", "Bridge: Two <b>lanes</b>."]
    assert title not in titles(first_page(client, moderator))
