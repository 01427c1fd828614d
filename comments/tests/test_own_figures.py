"""A moderator's own figures are true, and their own."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from lxml import html

from articles.tests.stories import NOON, published
from comments.models import Reason
from comments.tests.replies import posted

pytestmark = pytest.mark.django_db
ADDRESS = reverse("admin:comments_decision_figures")
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
EMPTY = ["0", "0", "0", "0", "0", "—"]


@pytest.fixture
def edition(db):
    return published(at=NOON - 300 * DAY)


def figures(client, user, *, at=NOON, query=""):
    """{month: the cells of its row} as this person is shown them."""
    client.force_login(user)
    with time_machine.travel(at, tick=False):
        page = html.document_fromstring(client.get(ADDRESS + query).text)
    rows = [[cell.text_content() for cell in row] for row in page.xpath("//table/tbody/tr")]
    return {month: [cell.replace("\xa0", " ") for cell in cells] for month, *cells in rows}


def test_decisions_are_counted_by_kind_and_month(client, edition, moderator):
    for number, minutes in enumerate((10, 20, 60)):
        posted(edition, f"{number}", at=NOON - DAY).approve(by=moderator, at=NOON - DAY + minutes * MINUTE)
    posted(edition, "Bad", at=NOON - 45 * DAY).reject(by=moderator, reason=Reason.ABUSE, at=NOON - 44 * DAY)
    ad = posted(edition, "Ad", at=NOON - 45 * DAY)
    ad.mark_spam(by=moderator, at=NOON - 43 * DAY)
    ad.undo(by=moderator, at=NOON - 37 * DAY)
    assert figures(client, moderator) == {
        "June 2025 so far": ["3", "0", "0", "0", "0", "20 minutes"],
        "May 2025": ["0", "0", "0", "1", "0", "—"],
        "April 2025": ["0", "1", "1", "0", "1", "1 day, 12 hours"],
        "March 2025": EMPTY, "February 2025": EMPTY, "January 2025": EMPTY,
    }  # fmt: skip


def test_what_somebody_else_went_against_counts_as_reversed(client, edition, moderator, editor):
    first, second = posted(edition, "First", at=NOON - DAY), posted(edition, "Second", at=NOON - DAY)
    first.approve(by=moderator, at=NOON - DAY)
    first.reject(by=editor, reason=Reason.ABUSE, at=NOON - MINUTE)
    second.approve(by=moderator, at=NOON - DAY)
    second.keep(by=editor, at=NOON - MINUTE)
    assert figures(client, moderator)["June 2025 so far"] == ["2", "0", "0", "0", "1", "0 minutes"]
    assert figures(client, editor)["June 2025 so far"] == ["1", "1", "0", "0", "0", "—"]


def test_nobody_sees_the_figures_of_somebody_else(
    client, edition, moderator, editor, superuser, administrator
):
    posted(edition, at=NOON - DAY).approve(by=moderator, at=NOON - DAY)
    for query in ("", f"?by={moderator.pk}", f"?user={moderator.pk}", f"?by__id__exact={moderator.pk}"):
        for other in (editor, superuser):
            assert figures(client, other, query=query)["June 2025 so far"] == EMPTY
    client.force_login(administrator)
    assert client.get(ADDRESS).status_code == 403
    client.force_login(superuser)
    assert client.get(f"{ADDRESS}{moderator.pk}/").status_code in (302, 404)


def test_the_running_year_begins_before_it(client, edition, moderator):
    posted(edition, at=NOON - DAY).approve(by=moderator, at=NOON - DAY)
    at = dt.datetime(2025, 11, 30, 23, 30, tzinfo=dt.UTC)
    assert list(figures(client, moderator, at=at)) == [
        "December 2025 so far", "November 2025", "October 2025", "September 2025", "August 2025", "July 2025",
    ]  # fmt: skip
    at = dt.datetime(2026, 1, 15, tzinfo=dt.UTC)
    assert list(figures(client, moderator, at=at))[-1] == "August 2025"


def test_the_log_leads_to_ones_own_figures(client, moderator):
    client.force_login(moderator)
    page = client.get(reverse("admin:comments_decision_changelist")).text
    assert f'<a href="{ADDRESS}">Your own figures</a>' in page
    assert "Only you can see this page." in client.get(ADDRESS).text


@pytest.mark.parametrize("count", [1, 20])
def test_the_figures_need_the_same_queries_for_any_number(
    client, edition, moderator, count, django_assert_num_queries
):
    for number in range(count):
        posted(edition, f"{number}", at=NOON - DAY).approve(by=moderator, at=NOON)
    client.force_login(moderator)
    client.get(ADDRESS)
    with django_assert_num_queries(5):  # session, person, two of permissions, the lines
        client.get(ADDRESS)
