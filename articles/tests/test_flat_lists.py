"""Lists cost the same however many stories there are: what each is read by, and that it shows the same either way."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from articles import publishing, search, trust_views
from articles.admin.desk import PagesUpTo
from articles.corrections import corrections_told
from articles.models import Article, Byline, DeskLogLine, Edition, Source, Tag, article
from articles.models.article import REWRITTEN, Stage, State
from articles.search import find, phrases_of
from articles.search_form import SearchForm
from articles.tag_merging import merge_tags
from articles.tests import desk
from articles.tests.reading import read, texts
from articles.tests.stories import NOON, author, published, rewrite, section, source, write

pytestmark = pytest.mark.django_db
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
LATER = NOON + DAY
MARK = "\ue000"  # begins what the index of words holds of an edition's filing
on_sqlite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL's planner decides by what the tables hold"
)


@pytest.fixture(autouse=True)
def _later():
    with time_machine.travel(LATER, tick=False):
        yield


def plan_of(rows):
    """The lines of the database's plan for these rows."""
    return rows.explain().splitlines()


# --- what the lists are read by


@on_sqlite
def test_the_newest_corrections_are_read_off_an_index_of_the_editions_that_correct():
    [first, *_rest] = plan_of(corrections_told(at=LATER)[:21])
    assert "edition_that_corrects" in first


@on_sqlite
def test_the_stories_of_a_coverage_are_counted_and_sorted_by_an_index():
    filed = Edition.objects.live(at=LATER).filter(coverage=1)
    assert (
        "USING COVERING INDEX edition_by_coverage (coverage_id=?" in plan_of(filed.order_by().values("pk"))[0]
    )
    plan = plan_of(filed.newest_first())
    assert "USING INDEX edition_by_coverage (coverage_id=?" in plan[0]
    assert not any("TEMP B-TREE" in line for line in plan)


@on_sqlite
def test_the_desks_log_is_read_off_in_the_order_of_time():
    plan = plan_of(DeskLogLine.objects.select_related("article", "by")[:100])
    assert "desk_log_by_time" in plan[0]
    assert not any("TEMP B-TREE" in line for line in plan)


@on_sqlite
def test_what_is_planned_is_found_without_what_is_past():
    plans = Edition.objects.filter(live_until=None, live_from__gt=LATER).order_by("live_from", "pk")
    assert "edition_by_beginning" in plan_of(plans)[0]


@on_sqlite
@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (Source.objects.order_by("title", "-pk"), "source_by_title"),
        (Article.objects.order_by("headline", "-pk"), "article_by_headline"),
        (Article.objects.filter(section=1).order_by("-updated_at", "-pk"), "article_by_section"),
        (Article.objects.filter(published_at=None, stage=Stage.DRAFT).order_by("-updated_at", "-pk"),
         "article_never_published"),
        (Source.objects.filter(publisher_slug="courier", pk__lt=9).order_by("pk"), "source_by_publisher"),
    ],
)  # fmt: skip
def test_lists_of_the_desk_are_read_in_their_order(rows, index):
    [line] = plan_of(rows.values("pk")[:50])
    assert index in line


def test_a_list_is_counted_in_its_own_order_by_what_it_is_read_by():
    rows = Article.objects.in_state(State.LIVE_CHANGED, at=LATER).order_by("-updated_at", "-pk")
    with CaptureQueriesContext(connection) as asked:
        assert PagesUpTo(rows, 50).count == 0
    assert 'ORDER BY "articles_article"."updated_at" DESC' in asked[0]["sql"]


@on_sqlite
def test_a_filter_passes_over_stories_without_reading_them():
    rows = Edition.objects.live(at=LATER).filter(language="ru", kind="opinion").newest_first()
    assert "COVERING INDEX edition_by_publication" in plan_of(rows.values("pk"))[0]


def test_a_search_brings_no_bound_on_the_publication_that_a_page_by_key_would_have_to_pass():
    published("Bridge")
    assert '"published_at" <' not in str(find(phrases_of("bridge"), at=LATER).rows.query)


@on_sqlite
@pytest.mark.parametrize("filters", [{}, {"language": "en"}, {"kinds": ["news"]}, {"before": LATER}])
def test_a_search_for_a_common_word_reads_no_more_stories_than_a_page_shows(monkeypatch, filters):
    published("Bridge")
    monkeypatch.setattr(search, "COUNTED_UP_TO", 0)
    plan = plan_of(find(phrases_of("bridge"), at=LATER, **filters).rows.order_by("-filed_at", "-article_id"))
    assert "USING INDEX edition_by_publication" in plan[0]
    assert not any("LIST SUBQUERY" in line for line in plan)


@on_sqlite
def test_whether_hits_are_live_is_counted_without_reading_a_row_of_a_story():
    published("Bridge")
    with CaptureQueriesContext(connection) as queries:
        assert find(phrases_of("bridge"), at=LATER).hits == 1
    counted = queries[0]["sql"]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {counted}")
        plan = [row[3] for row in cursor.fetchall()]
    assert "SEARCH U0 USING COVERING INDEX edition_by_key (<expr>=?)" in plan


@on_sqlite
def test_the_tag_of_a_search_is_looked_up_without_reading_all_tags():
    published("Bridge", tags=["bridges"])
    form = SearchForm(QueryDict("tag=bridges"), sections=[], at=LATER)
    with CaptureQueriesContext(connection) as queries:
        assert form.is_valid()
    [looking] = [query["sql"] for query in queries if 'FROM "articles_tag"' in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {looking}")
        plan = [row[3] for row in cursor.fetchall()]
    assert not any(line.startswith("SCAN") for line in plan)


@on_sqlite
def test_section_language_and_kind_are_asked_of_the_index_of_words_in_one_question():
    edition = published("Bridge")
    narrowed = {"section": edition.section, "language": "en", "kinds": ["news", "brief"]}
    with CaptureQueriesContext(connection) as queries:
        found = find(phrases_of("bridge"), at=LATER, **narrowed)
    assert found.hits == 1
    assert len(queries) == 1
    words = f'"bridge" AND ("{MARK}sectionid{edition.section_id}") AND ("{MARK}languageen")'
    assert f'{words} AND ("{MARK}kindnews" OR "{MARK}kindbrief")' in queries[0]["sql"]


# --- stories that were never published


def test_a_story_keeps_its_first_publication_from_its_first_edition_on(editor):
    draft = write("Bridge")
    assert draft.published_at is None
    edition = publishing.publish(draft, by=editor, now=NOON)
    draft.refresh_from_db()
    assert draft.published_at == edition.published_at == NOON
    rewrite(draft, body="<p>More of it.</p>")
    publishing.schedule(draft, at=LATER + DAY, by=editor, now=LATER)
    publishing.cancel_schedule(draft, by=editor, now=LATER)
    draft.refresh_from_db()
    assert draft.published_at == NOON


def test_a_first_plan_that_is_cancelled_leaves_a_story_that_was_never_published(editor):
    draft = write("Bridge")
    publishing.schedule(draft, at=LATER + DAY, by=editor, now=LATER)
    draft.refresh_from_db()
    assert draft.published_at == LATER + DAY
    publishing.cancel_schedule(draft, by=editor, now=LATER)
    draft.refresh_from_db()
    assert draft.published_at is None


@pytest.fixture
def one_of_each(editor):
    """A story in every state, its headline the state's value; and one in review that was withdrawn before."""
    for stage in Stage:
        write(stage.value, stage=stage)
    published("live")
    rewrite(published("live_changed").article, standfirst="Not yet public.")
    publishing.withdraw(published("withdrawn").article, by=editor, reason="A doubt.", now=LATER)
    publishing.schedule(write("scheduled"), at=LATER + MINUTE, by=editor, now=LATER)


def in_state(state, *, at=LATER):
    """The stories in that state, found by an index; `with_state` says the same of each."""
    stories = Article.objects.with_state(at=at)
    found = sorted(stories.in_state(state, at=at).values_list("headline", flat=True))
    assert found == sorted(stories.filter(state=state).values_list("headline", flat=True))
    return found


@pytest.mark.parametrize("state", State)
def test_narrowing_by_an_index_loses_no_story_of_a_state(one_of_each, state):
    assert in_state(state) == [state.value]


def agree(*, at):
    for state in State:
        stories = Article.objects.with_state(at=at)
        assert set(stories.in_state(state, at=at)) == set(stories.filter(state=state)), state


def test_a_story_is_found_in_its_state_before_and_after_a_plan_comes_true(editor):
    """A plan comes true by itself: nothing writes down that readers have other words from then on."""
    story = published("Bridge").article
    rewrite(story, headline="Ferry")
    publishing.schedule(story, at=LATER + DAY, by=editor, now=LATER)
    agree(at=LATER)
    agree(at=LATER + 2 * DAY)
    story.refresh_from_db()
    rewrite(story, headline="Bridge")  # what readers had before the plan came true
    for at in (LATER, LATER + 2 * DAY):
        agree(at=at)
    assert in_state(State.LIVE_CHANGED, at=LATER + 2 * DAY) == ["Bridge"]


def test_a_story_is_found_in_its_state_after_a_plan_was_cancelled_and_after_a_withdrawal(editor):
    changed, withdrawn = published("Changed").article, published("Withdrawn").article
    publishing.withdraw(withdrawn, by=editor, reason="A doubt.", now=LATER)
    rewrite(changed, standfirst="More.")
    for story in (changed, withdrawn):
        publishing.schedule(story, at=LATER + DAY, by=editor, now=LATER + MINUTE)
        agree(at=LATER + MINUTE)
        publishing.cancel_schedule(story, by=editor, now=LATER + 2 * MINUTE)
        agree(at=LATER + 2 * MINUTE)
    assert in_state(State.WITHDRAWN) == ["Withdrawn"]
    assert in_state(State.LIVE_CHANGED) == ["Changed"]
    publishing.publish(withdrawn, by=editor, now=LATER + 3 * MINUTE)
    agree(at=LATER + 3 * MINUTE)
    assert in_state(State.WITHDRAWN, at=LATER + 3 * MINUTE) == []


def test_a_story_is_found_in_its_state_when_what_it_prints_changes_elsewhere(editor):
    story = published("Bridge", tags=["bridge", "bridges"]).article
    merge_tags(into=Tag.objects.get(name="bridges"), others=[Tag.objects.get(name="bridge")], by=editor)
    assert in_state(State.LIVE) == ["Bridge"]
    assert not Article.objects.filter(REWRITTEN).exists()
    Article.objects.filter(pk=story.pk).mark_changed()
    assert in_state(State.LIVE_CHANGED) == ["Bridge"]


@on_sqlite
@pytest.mark.parametrize(
    ("state", "index"),
    [
        (State.LIVE_CHANGED, "article_rewritten"),
        (State.WITHDRAWN, "article_withdrawn"),
        (State.DRAFT, "article_never_published"),
    ],
)
def test_the_stories_of_a_state_are_read_off_an_index_in_the_order_of_the_list(state, index):
    plan = plan_of(Article.objects.in_state(state, at=LATER).order_by("-updated_at", "-pk").values("pk"))
    assert f"articles_article USING INDEX {index}" in plan[0] or f"COVERING INDEX {index}" in plan[0]
    assert not any("TEMP B-TREE" in line for line in plan)


@on_sqlite
@pytest.mark.parametrize("column", ["language", "kind", "coverage", "section", "created_by"])
def test_what_the_list_is_narrowed_by_has_an_index_in_the_order_of_the_list(column):
    rows = Article.objects.filter(**{column: 1}).order_by("-updated_at", "-pk").values("pk")
    [line] = plan_of(rows)
    assert "COVERING INDEX article_by_" in line


@pytest.mark.parametrize("many", [0, 1_000], ids=["many", "few"])
def test_own_stories_are_the_same_whether_they_are_few_or_many(reporter, monkeypatch, many):
    monkeypatch.setattr(article, "MANY", many)
    both = write("Both", by=reporter, bylines=[author("Ana", user=reporter), author("Bo")])
    made, signed = write("Made", by=reporter), write("Signed", bylines=[author("Bo"), author("Ana")])
    write("Neither", bylines=[author("Bo")])
    own = Article.objects.listed_for(reporter)
    assert set(own) == set(Article.objects.owned_by(reporter)) == {both, made, signed}
    assert own.count() == 3


# --- the same rows whichever way they are found


@pytest.fixture
def bridges():
    """Three stories with the same author, publisher and word, and one with others."""
    sources = [source(f"Report {number}", publisher="Courier") for number in range(3)]
    for number in range(3):
        published(
            f"Bridge {number}", at=NOON + number * MINUTE, bylines=[author("Ana")], sources=sources,
            section=section("Local"), tags=["bridges"],
        )  # fmt: skip
    published("Ferry", bylines=[author("Boris")], sources=[source("Letter", publisher="Gazette")])


def test_the_stories_of_a_name_are_the_same_whether_they_are_few_or_many(bridges, monkeypatch):
    ana = Byline.objects.filter(author__name="Ana")
    few = set(Article.objects.among(ana, way="article"))
    monkeypatch.setattr(article, "MANY", 2)
    rows = Article.objects.among(ana, way="article")
    assert set(rows) == few == {byline.article for byline in ana}
    assert "IS NOT NULL" in str(rows.query)


def test_the_stories_citing_a_publisher_are_the_same_whether_it_is_common_or_not(bridges):
    rare, common = (
        Edition.objects.citing_publisher("courier", is_common=is_common).newest_first()
        for is_common in (False, True)
    )
    assert [each.headline for each in rare] == ["Bridge 2", "Bridge 1", "Bridge 0"]
    assert list(common) == list(rare)


@pytest.mark.parametrize("soon", [1, 4], ids=["everywhere", "sparse"])
@pytest.mark.parametrize("counted", [0, 1_000], ids=["common", "rare"])
@pytest.mark.parametrize("narrowed", ["", "english", "russian", "news", "section", "tag"])
def test_a_search_finds_the_same_in_every_way(bridges, monkeypatch, soon, counted, narrowed):
    monkeypatch.setattr(search, "LOOKED_AT", {connection.vendor: 3})
    monkeypatch.setattr(search, "SOON", soon)
    monkeypatch.setattr(search, "COUNTED_UP_TO", counted)
    last = Edition.objects.get(headline="Bridge 2")
    filters = {
        "": {},
        "english": {"language": "en"},
        "russian": {"language": "ru"},
        "news": {"kinds": ["news"]},
        "section": {"section": last.section},
        "tag": {"tag": last.tag_rows.get().tag},
    }
    found = find(phrases_of("bridge reports"), at=LATER, **filters[narrowed])
    wanted = [] if narrowed == "russian" else ["Bridge 2", "Bridge 1", "Bridge 0"]
    assert [edition.headline for edition in found.rows.order_by("-filed_at", "-article_id")] == wanted
    assert [edition.headline for edition in found.newest()] == wanted
    assert found.hits == (None if narrowed == "tag" else min(len(wanted), counted + 1))


# --- what is told of a large archive


def test_a_language_that_is_chosen_is_offered_although_no_new_story_is_in_it(client, editor):
    client.force_login(editor)
    write("Bridge", language="fr")
    page = read(client, f"{desk.address('changelist')}?language=ru")
    offered = texts(
        page, "//*[@id='changelist-filter']//a/@href | //*[@id='changelist-filter']//option/@value"
    )
    assert any("language=ru" in address or address == "ru" for address in offered)
    assert any("language=fr" in address or address == "fr" for address in offered)


def test_of_many_corrections_the_months_between_are_told_as_well(client, editor, monkeypatch):
    story = published("Bridge", at=NOON - 200 * DAY).article
    for number, at in enumerate((NOON - 190 * DAY, NOON - 60 * DAY, NOON)):
        words = publishing.Corrected(was=f"was {number}", now=f"is {number}")
        publishing.publish(story, by=editor, change="correction", correction=words, now=at)
    months = "//nav[@class='months']//a/@href"
    exact = texts(read(client, "/corrections/"), months)
    assert exact == ["/corrections/2025/06/", "/corrections/2025/04/", "/corrections/2024/12/"]
    monkeypatch.setattr(trust_views, "MONTHS_OF", 2)
    between = texts(read(client, "/corrections/"), months)
    assert between == [f"/corrections/{month}/" for month in (
        "2025/06", "2025/04", "2025/03", "2025/02", "2025/01", "2024/12",
    )]  # fmt: skip
