"""Histories, comparisons and corrections in chromium: no barrier, nothing too wide, no complaint of the browser."""

import datetime as dt

import pytest
from django.utils import timezone

from articles import publishing
from articles.models import Edition
from articles.models.edition import Change
from articles.publishing import Corrected
from articles.tests.browser import barriers, complaints_of
from articles.tests.stories import author, person, published, rewrite, source

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOUR = dt.timedelta(hours=1)
SAME = "<p>The river below it is the widest of the country.</p>" * 3


@pytest.fixture
def story():
    """A live story of four versions: an update, a correction, and one whose words were redacted."""
    editor, now = person("editor", "Editors"), timezone.now()
    edition = published(
        "A bridge reopens over the widest river of the country", at=now - 5 * HOUR, slug="bridge",
        standfirst="After a year of repairs.", body=f"{SAME}<p>It cost HK$467 million.</p>{SAME}",
        tags=["span"], bylines=[author("Ana")], sources=[source("Report")],
    )  # fmt: skip
    article = rewrite(edition.article, body=f"{SAME}<p>It cost HK$467 million, the city says.</p>{SAME}")
    publishing.publish(article, by=editor, note="Added the source of the figure", now=now - 4 * HOUR)
    article = rewrite(article, body=f"{SAME}<p>It cost HK$466.6 million, the city says.</p>{SAME}")
    words = Corrected(
        was="It cost HK$467 million.", now="It cost HK$466.6 million.", note="A rounded figure."
    )
    publishing.publish(article, by=editor, change=Change.CORRECTION, correction=words, now=now - 3 * HOUR)
    article = rewrite(article, standfirst="After two years of repairs.")
    edition = publishing.publish(article, by=editor, change=Change.MINOR, now=now - 2 * HOUR)
    Edition.objects.filter(number=1).redact(by=editor, at=now - HOUR)
    return edition


def test_the_pages_of_what_changed_have_no_barrier(page, story):
    complaints = complaints_of(page.context, but=["410 (Gone)"])
    path = story.get_absolute_url()
    month = timezone.localtime(Edition.objects.get(number=3).live_from).strftime("%Y/%m")
    for address, status in {
        path: 200, f"{path}history/": 200, f"{path}history/2/": 200, f"{path}history/1/": 410,
        f"{path}history/2..3/": 200, f"{path}history/1..2/": 410, "/corrections/": 200,
        f"/corrections/{month}/": 200,
    }.items():  # fmt: skip
        assert page.goto(address).status == status, address
        for folded in page.locator("details.same").all():
            folded.locator("summary").click()
        assert barriers(page) == [], address
    assert complaints == []


def test_the_words_that_changed_are_found_from_the_storys_page_by_keyboard(page, story):
    page.goto(story.get_absolute_url())
    page.get_by_role("link", name="Version 4").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Compare with version 2").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What changed").wait_for()
    assert "HK$466.6" in page.locator("ins:has(span)").inner_text()
    page.locator("details.same summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.same p").first.is_visible()


def test_a_headline_that_is_one_endless_word_fits_a_phone(page):
    edition = published("Donaudampfschiff" * 12, standfirst="Kapitänswitwe" * 20)
    page.set_viewport_size({"width": 390, "height": 844})
    for address in ("/", edition.path, f"{edition.path}history/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
