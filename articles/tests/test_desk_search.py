"""The search of the list of articles: words of working copies and of what readers have, and addresses."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import publishing
from articles.admin import story_list
from articles.models import Article, WorkingWords
from articles.search import newest_holding, phrases_of
from articles.tests import desk
from articles.tests.stories import NOON, published, rewrite, section, write

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
on_sqlite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL's planner chooses by the number of rows."
)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON + 5 * MINUTE, tick=False) as traveller:
        yield traveller


def found(client, **query):
    response = client.get(desk.address("changelist"), query)
    assert response.status_code == 200
    return sorted(article.headline for article in response.context["cl"].result_list)


@pytest.mark.parametrize(
    "words", ["bridge", "BRIDGE", "reinforced", "said yesterday", '"it was reinforced"', "it’s"]
)
@pytest.mark.parametrize("make", [write, published], ids=["a draft", "a live story"])
def test_words_of_headline_standfirst_and_body_are_found(desk_client, make, words):
    make(
        "Bridge", standfirst="It’s what the mayor said yesterday.", body="<p>It was <em>reinforced</em>.</p>"
    )
    make("Harbour")
    assert found(desk_client, q=words) == ["Bridge"]


@pytest.mark.parametrize("words", ["bridg", "b", "was rein", '"was rein"', "bri reinf"])
@pytest.mark.parametrize("make", [write, published], ids=["a draft", "a live story"])
def test_where_no_story_holds_the_words_those_are_found_that_hold_words_which_begin_so(
    desk_client, make, words
):
    make("Bridge", body="<p>It was reinforced.</p>")
    make("Harbour", body="<p>Repaired it was.</p>")
    assert found(desk_client, q=words) == ["Bridge"]


def test_whole_words_come_before_words_that_begin_so(desk_client):
    write("Bridge")
    write("Bridges")
    assert [found(desk_client, q=words) for words in ("bridge", "bridg")] == [
        ["Bridge"],
        ["Bridge", "Bridges"],
    ]


@pytest.mark.parametrize(
    "words", ["ridge", "em", "bridge harbour", '"reinforced was"', '"as reinf"', "…"], ids=lambda words: words
)
def test_other_parts_of_words_and_markup_are_not(desk_client, words):
    write("Bridge", body="<p>It was <em>reinforced</em>.</p>")
    assert found(desk_client, q=words) == []


@pytest.mark.parametrize(("text", "words"), [("Мост открыт", "мост"), ("香港的桥", "香港"), ("Élan", "elan")])
def test_words_are_found_in_every_script_as_readers_find_them(desk_client, text, words):
    write(text)
    assert found(desk_client, q=words) == [text]


def test_a_changed_story_is_found_by_what_is_written_and_by_what_readers_have(desk_client):
    story = published("Bridge").article
    rewrite(story, headline="Ferry")
    assert found(desk_client, q="ferry") == found(desk_client, q="bridge") == ["Ferry"]
    publishing.publish(story, by=story.created_by, now=NOON + 2 * MINUTE)
    assert found(desk_client, q="ferry") == ["Ferry"]
    assert found(desk_client, q='"bridge reopens"') == []


def test_a_story_is_found_after_it_was_withdrawn_and_after_its_plan_was_cancelled(desk_client, editor):
    withdrawn, planned, replanned = published("Bridge").article, write("Ferry"), published("Harbour").article
    publishing.withdraw(withdrawn, by=editor, reason="A doubt.", now=NOON + MINUTE)
    rewrite(replanned, headline="Quay")
    for story in (planned, replanned):
        publishing.schedule(story, at=NOON + 60 * MINUTE, by=editor, now=NOON + MINUTE)
    assert found(desk_client, q="quay") == ["Quay"]
    for story in (planned, replanned):
        publishing.cancel_schedule(story, by=editor, now=NOON + 2 * MINUTE)
    assert [found(desk_client, q=word) for word in ("bridge", "ferry", "quay", "harbour")] == [
        ["Bridge"], ["Ferry"], ["Quay"], ["Quay"],
    ]  # fmt: skip


def test_words_are_kept_twice_only_while_no_lasting_edition_has_them():
    story = published("Bridge").article
    assert not WorkingWords.objects.exists()
    rewrite(story, headline="Ferry")
    assert WorkingWords.objects.get().search_text.startswith("ferry ")
    story.stage = "in_review"
    story.save(update_fields=["stage"])
    publishing.publish(story, by=story.created_by, now=NOON + 2 * MINUTE)
    assert not WorkingWords.objects.exists()


def test_of_a_word_that_many_stories_hold_the_newest_are_found_and_in_a_narrower_list_all(
    desk_client, monkeypatch
):
    monkeypatch.setattr(story_list, "FOUND", 1)
    for number in range(3):
        published(f"Bridge {number}", section=section("Local"))
    published("Bridge 3", section=section("World"))
    write("Bridge, a draft")
    assert found(desk_client, q="bridge") == ["Bridge 2", "Bridge 3", "Bridge, a draft"]
    local = {"section__id__exact": section("Local").pk}
    assert found(desk_client, q="bridge", **local) == ["Bridge 0", "Bridge 1", "Bridge 2"]
    assert found(desk_client, q="bridge", state="draft") == ["Bridge, a draft"]


def test_a_reporter_finds_all_own_stories_however_many_hold_the_word(client, reporter, monkeypatch):
    monkeypatch.setattr(story_list, "FOUND", 1)
    write("Bridge, my own", by=reporter)
    for number in range(3):
        write(f"Bridge {number}")
    client.force_login(reporter)
    assert found(client, q="bridge") == ["Bridge, my own"]


@pytest.mark.parametrize(
    "typed",
    [
        "/2025/06/09/bridge/", "/2025/06/09/bridge", "/2025/06/09/", "/2025/", "news.example/2025/06/09/bridge/",
        "https://news.example/2025/06/09/bridge/?x=1#c", " /2025/06/09/bridge/ ",
    ],
)  # fmt: skip
def test_an_address_or_the_beginning_of_one_leads_to_its_stories(desk_client, typed):
    published("Bridge")
    write("2025 06 09 bridge")
    assert found(desk_client, q=typed) == ["Bridge"]


@pytest.mark.parametrize("typed", ["AC/DC", "and/or", "http://[", "24/7 services"])
def test_what_has_a_stroke_and_is_no_address_is_looked_for_as_words(desk_client, typed):
    published("Bridge")
    write("AC/DC and/or http://[ at 24/7 services")
    assert found(desk_client, q=typed) == ["AC/DC and/or http://[ at 24/7 services"]


@on_sqlite
def test_words_and_addresses_are_found_without_reading_all_stories(desk_client):
    published("Bridge")
    for typed in ("bridge", "/2025/06/"):
        with CaptureQueriesContext(connection) as queries:
            assert found(desk_client, q=typed) == ["Bridge"]
        asked = [query["sql"] for query in queries if "articles_" in query["sql"]]
        assert not any("LIKE" in sql for sql in asked)
        [lookup] = [sql for sql in asked if "articles_address" in sql] or ["SELECT 1"]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {lookup}")
            assert not any("SCAN articles_address" in row[3] for row in cursor.fetchall())


@on_sqlite
def test_the_newest_hits_are_read_off_the_index_and_not_sorted():
    rows = newest_holding(WorkingWords.objects.all(), phrases_of("bridge"), most=10).values_list("pk")
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        plan = [row[3] for row in cursor.fetchall()]
    assert plan[0].startswith("SCAN articles_workingwords_search VIRTUAL TABLE")
    assert not any("TEMP B-TREE" in line for line in plan)


def test_a_story_that_is_deleted_is_found_no_more():
    story = write("Bridge")
    Article.objects.filter(pk=story.pk).delete()
    assert not newest_holding(WorkingWords.objects.all(), phrases_of("bridge"), most=10).exists()
