"""A plan whose moment comes before it is committed, or taken back: what readers were given meanwhile is not kept."""

import datetime as dt

import pytest
import time_machine

from articles import publishing
from articles.tests.stories import NOON, person, published, rewrite

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def edition(site, django_capture_on_commit_callbacks):
    with time_machine.travel(NOON, tick=False), django_capture_on_commit_callbacks(execute=True):
        return published("The old words", slug="story", tags=["old"], at=NOON)


def told(site, path):
    return [site.get(address).text for address in (path, "/", "/tags/old/", "/tags/new/")]


def fresh(site, path):
    return [site.fresh(address).text for address in (path, "/", "/tags/old/", "/tags/new/")]


def plan(edition):
    article = edition.article
    article.tags.set(["new"])
    rewrite(article, headline="The new words")
    publishing.schedule(article, at=NOON + 9 * SECOND, by=person("editor"), now=NOON + 8 * SECOND)


def test_a_page_made_after_the_moment_of_a_plan_and_before_it_was_committed_is_dropped(
    site, edition, django_capture_on_commit_callbacks
):
    """As another process makes it, which cannot see what is being planned."""
    path = edition.path
    with time_machine.travel(NOON + 10 * SECOND, tick=False):
        before = told(site, path)
        assert site.keeps(path)
        with django_capture_on_commit_callbacks(execute=True):
            plan(edition)
        assert told(site, path) == fresh(site, path) != before


def test_a_page_made_after_the_moment_of_a_plan_and_before_it_was_taken_back_is_dropped(
    site, edition, django_capture_on_commit_callbacks
):
    path = edition.path
    with django_capture_on_commit_callbacks(execute=True):
        plan(edition)
    with time_machine.travel(NOON + 10 * SECOND, tick=False):
        before = told(site, path)
        assert site.keeps(path)
        with django_capture_on_commit_callbacks(execute=True):
            publishing.cancel_schedule(edition.article, by=person("editor"), now=NOON + 8.5 * SECOND)
        assert told(site, path) == fresh(site, path) != before


def test_a_plan_that_is_far_drops_nothing(site, edition, django_capture_on_commit_callbacks):
    with time_machine.travel(NOON + SECOND, tick=False):
        told(site, edition.path)
        with django_capture_on_commit_callbacks(execute=True):
            rewrite(edition.article, headline="The new words")
            publishing.schedule(
                edition.article, at=NOON + 300 * SECOND, by=person("editor"), now=NOON + SECOND
            )
        assert site.keeps(edition.path)
        assert site.keeps("/")
