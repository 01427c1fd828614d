"""What keeps PostgreSQL's planner from reading a whole archive for a page of it.

It reckons with averages, so that of a large archive it now and then begins at the wrong end. How a query is put then
decides; on the few rows of a test the plan is what tells.
"""

import pytest
import time_machine
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from articles import search, sitemaps
from articles.addresses import new_address
from articles.corrections import moments_told
from articles.models import Article, Source, Tag
from articles.search import find, phrases_of
from articles.tests.stories import NOON, published, source

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has a planner of its own"),
]


@pytest.fixture(autouse=True)
def _later():
    with time_machine.travel(NOON, tick=False):
        yield


def plan_of(rows):
    """The plan for these rows where no table is read from end to end, unless nothing else is possible."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.explain()


@pytest.mark.parametrize(
    ("counted", "soon", "are_gathered"), [(1_000, 5, True), (0, 500, True), (0, 1, False)],
    ids=["few", "sparse", "everywhere"],
)  # fmt: skip
def test_the_hits_of_a_search_are_gathered_before_all_else_unless_the_newest_stories_are_full_of_them(
    monkeypatch, counted, soon, are_gathered
):
    monkeypatch.setattr(search, "COUNTED_UP_TO", counted)
    monkeypatch.setattr(search, "LOOKED_AT", {"postgresql": 1})
    monkeypatch.setattr(search, "SOON", soon)
    published("Bridge")
    plan = plan_of(find(phrases_of("bridge"), at=NOON).rows.order_by("-filed_at", "-article_id")[:21])
    assert ("Index Scan on edition_by_words" in plan) == are_gathered
    assert ("InitPlan" in plan) == are_gathered


def test_whether_a_name_is_used_is_asked_of_each_name_of_a_chunk():
    published("Bridge", tags=["bridges"])
    plan = plan_of(Tag.objects.filter(pk__in=sitemaps._live(Tag, at=NOON)))
    assert "SubPlan" in plan


def test_what_a_path_leads_to_is_asked_of_the_stories_that_stood_there_alone():
    with CaptureQueriesContext(connection) as queries:
        assert new_address("/never/", at=NOON) is None
    assert "EXISTS" not in queries[0]["sql"]


def test_own_stories_are_asked_one_by_one(reporter):
    assert "hashed" not in plan_of(Article.objects.owned_by(reporter))


def test_the_months_of_corrections_are_read_off_the_editions_that_correct():
    assert "edition_that_corrects" in plan_of(moments_told(at=NOON)[:200])


def test_parts_of_a_sources_words_are_found_by_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_indexes WHERE indexname = 'source_by_parts_of_words'")
        if not cursor.fetchone():
            pytest.skip("This PostgreSQL has no pg_trgm.")
        cursor.execute("SET LOCAL enable_indexscan = off")  # by the title, which takes as long for so few
    words = Q(title__icontains="ridg") | Q(publisher__icontains="ridg") | Q(url__icontains="ridg")
    assert "Bitmap Index Scan on source_by_parts_of_words" in plan_of(Source.objects.filter(words))


def test_the_name_of_a_publisher_is_looked_for_source_by_source(client):
    published("Bridge", sources=[source("Report", publisher="City")])
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/publishers/city/").status_code == 200
    [asked] = [query["sql"] for query in queries if "story_count" in query["sql"]]
    assert "EXISTS" not in asked
