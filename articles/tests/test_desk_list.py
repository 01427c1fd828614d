"""The list of articles: states, filters, search, order, and a cost that rows do not raise."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from articles import publishing
from articles.admin.desk import PagesUpTo
from articles.models import Tag, TagAlias
from articles.models.article import Stage, State
from articles.tests import desk
from articles.tests.reading import texts
from articles.tests.stories import NOON, author, published, rewrite, section, write

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
NOW = NOON + 5 * MINUTE


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def headlines(client, **query):
    response = client.get(desk.address("changelist"), query)
    assert response.status_code == 200
    return [article.headline for article in response.context["cl"].result_list]


@pytest.fixture
def one_of_each(editor):
    """A story in every state, its headline the state's value."""
    for stage in Stage:
        write(stage.value, stage=stage)
    publishing.schedule(write("scheduled"), at=NOON + 60 * MINUTE, by=editor, now=NOON)
    published("live")
    changed = published("live_changed").article
    rewrite(changed, standfirst="More.")
    withdrawn = published("withdrawn").article
    publishing.withdraw(withdrawn, by=editor, reason="A doubt.", now=NOON + MINUTE)


@pytest.mark.parametrize("state", State)
def test_stories_are_filtered_by_their_state(desk_client, one_of_each, state):
    assert headlines(desk_client, state=state.value) == [state.value]


def test_each_story_shows_its_state_in_words(desk_client, one_of_each):
    text = desk_client.get(desk.address("changelist")).text
    for state in State:
        assert f'<span class="state {state.value}">{state.label}</span>' in text


def test_a_filter_of_nonsense_shows_all(desk_client):
    write("One")
    assert headlines(desk_client, state="nonsense") == ["One"]
    assert headlines(desk_client, tag="#") == []
    assert headlines(desk_client, language="nonsense") == []


@pytest.mark.parametrize("name", ["tag", "q", "kind__exact", "language"])
def test_what_no_database_can_hold_is_not_found(desk_client, name):
    assert desk_client.get(desk.address("changelist"), {name: "\x00"}).status_code == 404


def test_stories_are_filtered_by_section_language_kind_and_tag(desk_client):
    write("World")
    europe = section("Europe")
    write("Europe", section=europe, language="fr", kind="analysis", tags=["trade"])
    tag = Tag.objects.get()
    TagAlias.objects.create(name="commerce", tag=tag)
    for query in (
        {"section__id__exact": europe.pk}, {"language": "fr"}, {"kind__exact": "analysis"},
        {"tag": "Trade"}, {"tag": "#trade"}, {"tag": "commerce"},
    ):  # fmt: skip
        assert headlines(desk_client, **query) == ["Europe"]
    assert headlines(desk_client, tag="unknown") == []


def test_the_languages_offered_are_those_in_use(desk_client):
    write("One", language="fr")
    text = desk_client.get(desk.address("changelist")).text
    assert "?language=fr" in text
    assert "?language=de" not in text


def test_the_tags_field_keeps_the_other_filters(desk_client):
    write("One", language="fr")
    text = desk_client.get(desk.address("changelist"), {"language": "fr", "q": "one", "tag": "x"}).text
    form = text[text.index('class="tag-filter"') :]
    assert '<input type="hidden" name="language" value="fr">' in form
    assert '<input type="hidden" name="q" value="one">' in form
    assert 'value="x"' in form


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("bridge", ["Bridge"]),
        ("reinforced", ["Bridge"]),
        ("/2025/06/09/bridge/", ["Bridge"]),
        ("https://news.example/2025/06/09/bridge/?x=1", ["Bridge"]),
        ("/2025/06/09/", ["Harbour", "Bridge"]),
        ("nothing of it", []),
    ],
)
def test_search_reads_headline_body_and_address(desk_client, words, found):
    published("Bridge", body="<p>It was reinforced.</p>")
    published("Harbour")
    write("Draft")
    assert sorted(headlines(desk_client, q=words)) == sorted(found)


def test_the_list_is_sorted_by_what_has_an_index_and_narrowed_to_a_section_beside_it(desk_client):
    published("Bridge", section=section("World"))
    published("Harbour", section=section("Europe"))
    tree = html.document_fromstring(desk_client.get(desk.address("changelist")).text)
    sorts = set(texts(tree, "//th[contains(@class, 'sortable')]//a[not(@class)]"))
    assert sorts == {"Headline", "Updated"}
    assert {"World", "Europe"} <= set(texts(tree, "//*[@id='changelist-filter']//a"))


def test_what_was_changed_last_stands_first(desk_client, clock):
    first = write("First")
    clock.shift(60)
    write("Second")
    clock.shift(60)
    rewrite(first, standfirst="More.")
    assert headlines(desk_client) == ["First", "Second"]
    assert "9 June 2025, 14:07 by Writer" in desk_client.get(desk.address("changelist")).text


def test_bylines_are_listed_with_their_roles(desk_client):
    write(bylines=[author("Ana"), author("Bo")])
    assert "Ana, Bo" in desk_client.get(desk.address("changelist")).text


def test_a_reporter_sees_own_stories_made_or_signed(client, reporter):
    write("Made", by=reporter)
    write("Signed", bylines=[author("Ana", user=reporter), author("Bo")])
    write("Neither")
    client.force_login(reporter)
    assert sorted(headlines(client)) == ["Made", "Signed"]


def test_an_administrator_looks_at_all(client, administrator):
    write("One")
    client.force_login(administrator)
    assert headlines(client) == ["One"]


@pytest.mark.parametrize("query", [{}, {"state": "live"}, {"tag": "one"}, {"q": "story"}])
def test_the_list_costs_the_same_for_few_and_many_stories(desk_client, query):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            desk_client.get(desk.address("changelist"), query)
        return len(queries)

    def publish(number):
        names = [author(f"A{number}"), author("B")]
        published(f"Story {number}", tags=["one", "two"], bylines=names, section=section(f"S{number % 3}"))

    for number in range(2):
        publish(number)
    cost()
    few = cost()
    for number in range(2, 30):
        publish(number)
    assert cost() == few <= 12


def test_a_long_list_says_that_it_shows_its_first_rows(desk_client, monkeypatch):
    monkeypatch.setattr(PagesUpTo, "counted_up_to", 3)
    for number in range(4):
        write(f"Story {number}")
    assert "The first 3. Search or filter to see others." in desk_client.get(desk.address("changelist")).text
    assert "1 article" in desk_client.get(desk.address("changelist"), {"q": "Story 3"}).text


def test_nothing_counts_the_whole_list(desk_client):
    write("Story")
    with CaptureQueriesContext(connection) as queries:
        desk_client.get(desk.address("changelist"))
    counts = [query["sql"] for query in queries if query["sql"].startswith("SELECT COUNT(")]
    assert len(counts) == 1
    assert "LIMIT 1000" in counts[0]
    assert "body" not in counts[0]


@pytest.mark.parametrize(
    "query", [{"section": "9" * 30}, {"updated_at__year": "0"}, {"created_by": "9" * 30}]
)
def test_what_no_story_can_have_leads_back_to_the_whole_list_or_finds_nothing(desk_client, query):
    """Numbers of any size can be asked of PostgreSQL; SQLite refuses those that fit no column."""
    write("A bridge reopens")
    response = desk_client.get(desk.address("changelist"), query)
    if response.status_code == 302 or connection.vendor == "sqlite" or "updated_at__year" in query:
        assert response.url == f"{desk.address('changelist')}?e=1"
    else:
        assert html.fromstring(response.text).xpath("//table[@id='result_list']/tbody/tr") == []


@pytest.mark.parametrize(
    ("model", "query", "sentence"),
    [
        (
            "article",
            "?q=nowhere",
            "Nothing here matches. Check the spelling, or take away a filter. Show all",
        ),
        (
            "article",
            "?state=spiked",
            "Nothing here matches. Check the spelling, or take away a filter. Show all",
        ),
        ("pin", "", "Nothing here yet. Add the first pin"),
        ("tagalias", "", "Nothing here yet."),
    ],
)
def test_a_list_without_rows_says_what_to_do_next(desk_client, model, query, sentence):
    write("Somewhere")
    page = html.fromstring(desk_client.get(desk.address("changelist", model=model) + query).text)
    assert texts(page, "//p[@class='nothing-listed']") == [sentence]
