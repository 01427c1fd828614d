"""The report, one's own figures and the page for a person's comments have no barriers and break no policy."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.tests.browser import Colleague, barriers, complaints_of
from articles.tests.stories import person, published
from comments.tests.replies import posted

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def moderator():
    """Somebody who decided about a few comments in a month that is over."""
    then = timezone.now() - dt.timedelta(days=40)
    edition, moderator = published(at=then), person("moderator", "Moderators")
    for number in range(12):
        comment = posted(edition, f"Number {number}", at=then)
        if number < 6:
            comment.approve(by=moderator, at=then + dt.timedelta(minutes=number))
    return moderator


def test_the_report_is_read_without_barriers(page, moderator):
    troubles = complaints_of(page.context)
    page.goto("/moderation/")
    assert page.locator("svg rect").count() == 2
    assert page.locator("svg rect.published").evaluate("bar => getComputedStyle(bar).fill") != "rgb(0, 0, 0)"
    assert barriers(page) == []
    assert troubles == []


def test_ones_own_figures_are_read_without_barriers(context, live_server, moderator):
    colleague = Colleague(context, moderator, site=live_server.url)
    page = colleague.visit(reverse("admin:comments_decision_figures"))
    assert page.get_by_role("row").count() == 7
    assert barriers(page) == []
    assert colleague.troubles == []


def test_a_persons_comments_are_erased_without_barriers(context, live_server, moderator):
    colleague = Colleague(context, person("administrator", "Administrators"), site=live_server.url)
    page = colleague.visit(reverse("admin:comments_privacyline_person"))
    assert barriers(page) == []
    page.get_by_label("E-mail address").fill("Reader@Example.com")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_role("heading", name="12 comments of this address").is_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Erase").click()
    assert page.get_by_text("Nothing was erased. Type the word “erase” to go on.").is_visible()
    assert barriers(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as JSON").click()
    assert download.value.suggested_filename == "comments-of-a-person.json"
    page.get_by_label("To erase them").fill("erase")
    with page.expect_navigation():
        page.get_by_role("button", name="Erase").click()
    assert page.get_by_text("12 comments were erased.").is_visible()
    assert "@" not in page.url
    assert colleague.troubles == []
