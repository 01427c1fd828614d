"""No save over somebody else's: the version in the form, both texts side by side, and what is done about it."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from articles.models import Article, Citation, Section
from articles.rich_text import paragraphs_to_html
from articles.tests import desk
from articles.tests.stories import NOON, author, person, published, section, source, write

MINUTE = dt.timedelta(minutes=1)
BODY = "<p>It holds.</p><p>Ships pass again.</p>"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON + 5 * MINUTE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def story(db):
    return write(
        "A bridge reopens", standfirst="First.", body=BODY, tags=["one", "two"],
        sources=[source("Report"), source("Plan", publisher="City")], bylines=[author("Ana")],
    )  # fmt: skip


def opened(client, story):
    """What the form would send as it stands now."""
    return desk.filled_in(client.get(desk.address("change", story)))


def words(response):
    """The page's words with single spaces."""
    return " ".join(html.fromstring(response.text).text_content().split())


def sides(response, name):
    """What the page shows of a part: (stored now, typed)."""
    page = html.fromstring(response.text)
    heading = page.get_element_by_id(f"part-{name}")
    return tuple(side.text_content().strip() for side in heading.getparent().find_class("words"))


def listed(story):
    return [row.source.title for row in story.citations.select_related("source").order_by("position", "pk")]


def ana_saves(ana, story, **typed):
    assert desk.send(ana, desk.address("change", story), **typed).status_code == 302


def test_every_save_makes_another_version(ana, story):
    assert story.version == 1
    ana_saves(ana, story, headline="Another")
    assert Article.objects.get(pk=story.pk).version == 2


def test_a_save_over_a_newer_version_is_refused_and_writes_nothing(ana, ben, story):
    values = opened(ben, story)
    ana_saves(ana, story, headline="Ana’s headline")
    before = Article.objects.values().get(pk=story.pk)
    typed = {"headline": "Ben’s headline", "standfirst": "Ben’s standfirst", "tags": "three"}
    typed |= desk.rows("citations", title_2="Ben’s source")
    response = ben.post(desk.address("change", story), values | typed)

    assert response.status_code == 409
    assert "<title>Not saved: " in response.text
    assert "Ana saved a newer version at 14:05." in response.text
    assert Article.objects.values().get(pk=story.pk) == before
    assert listed(story) == ["Report", "Plan"]
    again = desk.filled_in(response)
    assert {name: again[name] for name in typed} == typed
    assert sides(response, "headline") == ("Ana’s headline", "Ben’s headline")
    assert sides(response, "standfirst") == ("First.", "Ben’s standfirst")
    assert sides(response, "tags") == ("one, two", "three")
    assert sides(response, "citations") == (
        "1. Report\n2. Plan (City)",
        "1. Report\n2. Plan (City)\n3. Ben’s source",
    )


def test_a_form_without_a_version_is_refused_too(ana, story):
    values = opened(ana, story) | {"version": None, "opened": "nonsense", "headline": "Mine"}
    response = ana.post(desk.address("change", story), {k: v for k, v in values.items() if v is not None})
    assert response.status_code == 409
    assert sides(response, "headline") == ("A bridge reopens", "Mine")
    assert "Keep both" not in response.text


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"version": "9" * 30},
        {"citations-TOTAL_FORMS": "x", "version": "\x00"},
        {"opened": "[" * 100_000},
    ],
)
def test_a_forged_form_is_refused_with_the_page(ana, story, posted):
    assert ana.post(desk.address("change", story), posted).status_code == 409


def test_saving_the_same_way_again_meets_the_same_refusal(ana, ben, story):
    values = opened(ben, story)
    ana_saves(ana, story, headline="Ana’s")
    first = ben.post(desk.address("change", story), values | {"headline": "Ben’s"})
    second = ben.post(desk.address("change", story), desk.filled_in(first))
    assert second.status_code == 409
    assert Article.objects.get(pk=story.pk).headline == "Ana’s"


def test_a_deliberate_second_save_puts_my_words_over_it(ana, ben, story):
    values = opened(ben, story)
    ana_saves(ana, story, headline="Ana’s", standfirst="Ana’s standfirst")
    first = ben.post(desk.address("change", story), values | {"headline": "Ben’s"})
    second = ben.post(desk.address("change", story), desk.filled_in(first, _over="2"))
    assert second.url == desk.address("change", story)
    saved = Article.objects.get(pk=story.pk)
    assert (saved.headline, saved.standfirst, saved.version) == ("Ben’s", "First.", 3)
    assert saved.updated_by.username == "ben"


@pytest.mark.parametrize("button", ["_over", "_both"])
def test_what_was_saved_after_the_refusal_is_not_written_over_either(ana, ben, story, button):
    values = opened(ben, story)
    ana_saves(ana, story, standfirst="Ana’s")
    first = ben.post(desk.address("change", story), values | {"headline": "Ben’s"})
    ana_saves(ana, story, standfirst="Ana’s again")
    second = ben.post(desk.address("change", story), desk.filled_in(first, **{button: "2"}))
    assert second.status_code == 409
    assert sides(second, "standfirst") == ("Ana’s again", "First.")


def test_changes_that_do_not_overlap_can_both_be_kept(ana, ben, story):
    write("Another", tags=["three", "four"])
    values = opened(ben, story)
    ana_saves(
        ana, story, standfirst="Ana’s standfirst", tags="four, three", is_open_to_comments=None,
        section=str(section("Europe").pk), **desk.rows("citations", title_2="Ana’s source"),
    )  # fmt: skip
    typed = {"headline": "Ben’s headline", "body": "<p>Ben’s body.</p>", "bylines-0-role": "words"}
    first = ben.post(desk.address("change", story), values | typed)
    assert "Your changes and theirs do not overlap." in first.text
    second = ben.post(desk.address("change", story), desk.filled_in(first, _both="2"))

    assert second.url == desk.address("change", story)
    saved = Article.objects.get(pk=story.pk)
    assert (saved.headline, saved.standfirst) == ("Ben’s headline", "Ana’s standfirst")
    assert (saved.body, saved.section.name) == ("<p>Ben’s body.</p>", "Europe")
    assert [tag.name for tag in saved.tag_list()] == ["four", "three"]
    assert not saved.is_open_to_comments
    assert listed(story) == ["Report", "Plan", "Ana’s source"]
    assert [str(row) for row in story.bylines.all()] == ["words Ana"]


def test_what_both_changed_cannot_be_kept_twice(ana, ben, story):
    values = opened(ben, story)
    ana_saves(ana, story, headline="Ana’s", standfirst="Ana’s")
    first = ben.post(desk.address("change", story), values | {"headline": "Ben’s"})
    assert "changed by both of you" in words(first)
    assert "changed in the stored version alone" in words(first)
    assert 'name="_both"' not in first.text
    assert ben.post(desk.address("change", story), desk.filled_in(first, _both="2")).status_code == 409


def test_keeping_both_is_refused_like_any_save_where_something_is_wrong(ana, ben, story):
    values = opened(ben, story)
    ana_saves(ana, story, standfirst="Ana’s standfirst")
    first = ben.post(desk.address("change", story), values | {"headline": ""})
    second = ben.post(desk.address("change", story), desk.filled_in(first, _both="2"))
    assert second.status_code == 200
    assert "Enter a headline." in second.text
    third = ben.post(desk.address("change", story), desk.filled_in(second, headline="Ben’s"))
    assert third.status_code == 302
    saved = Article.objects.get(pk=story.pk)
    assert (saved.headline, saved.standfirst) == ("Ben’s", "Ana’s standfirst")


@pytest.mark.parametrize(
    ("name", "theirs", "mine", "shown"),
    [
        ("headline", "A", "B", ("A", "B")),
        ("standfirst", "A\r\nC", "B", ("A\nC", "B")),
        ("body", "<p>A</p><p>B</p>", "<p>A</p><p>C</p>", ("A\n\nB", "A\n\nC")),
        ("kind", "opinion", "analysis", ("Opinion", "Analysis")),
        ("language", "fr", "de", ("French", "German")),
        ("tags", "three", "", ("three", "—")),
        ("slug", "their-slug", "my-slug", ("their-slug", "my-slug")),
        ("embargo_until", "2025-06-20T10:00", "", ("20 June 2025, 10:00", "—")),
        ("is_cut", "on", None, ("Yes", "No")),
        ("bylines-0-role", "edited by", "", ("1. Ana (edited by)", "1. Ana")),
        ("citations-0-number", "2", "1", ("1. Plan (City)\n2. Report", "1. Report\n2. Plan (City)")),
    ],
)
def test_each_part_is_shown_as_people_read_it(ana, ben, story, name, theirs, mine, shown):
    values = opened(ben, story) | {"headline": "Touched"}
    ana_saves(ana, story, **{name: theirs})
    sent = {key: value for key, value in (values | {name: mine}).items() if value is not None}
    response = ben.post(desk.address("change", story), sent)
    assert sides(response, name.partition("-")[0]) == shown


def test_a_section_is_named(ana, ben, story):
    values, europe = opened(ben, story), section("Europe")
    ana_saves(ana, story, section=str(europe.pk))
    response = ben.post(desk.address("change", story), values | {"headline": "Mine"})
    assert sides(response, "section") == ("Europe", "World")
    assert Section.objects.count() == 2


def test_picked_stories_are_named(ana, ben, story):
    published("First pick"), published("Second pick")
    values = opened(ben, story)
    ana_saves(ana, story, **desk.rows("related_picks", story="First pick"))
    response = ben.post(
        desk.address("change", story), values | desk.rows("related_picks", story="Second pick")
    )
    assert sides(response, "related_picks") == ("1. First pick", "1. Second pick")


def test_a_body_that_differs_in_its_markup_alone_says_so(ana, ben, story):
    values = opened(ben, story)
    ana_saves(ana, story, body="<p>It <strong>holds</strong>.</p>")
    response = ben.post(desk.address("change", story), values | {"body": "<p>It <em>holds</em>.</p>"})
    assert "The words are the same. What differs is emphasis, links, or markers." in response.text


def test_rows_that_others_added_are_in_the_form_and_removed_ones_are_gone(ana, ben, story):
    values = opened(ben, story)
    ana_saves(ana, story, **{"citations-0-DELETE": "on"}, **desk.rows("citations", title_2="Ana’s source"))
    typed = desk.rows("citations", title_2="Ben’s source") | {"citations-1-number": "1"}
    first = ben.post(desk.address("change", story), values | typed)
    assert sides(first, "citations") == (
        "1. Plan (City)\n2. Ana’s source",
        "1. Plan (City)\n2. a row that somebody removed meanwhile\n3. Ben’s source",
    )
    assert ben.post(desk.address("change", story), desk.filled_in(first, _over="2")).status_code == 302
    assert listed(story) == ["Plan", "Ben’s source", "Ana’s source"]


def test_keys_of_rows_that_two_people_added_stay_apart(ana, ben, story):
    values = opened(ben, story)
    ana_saves(
        ana, story, body=f'{BODY}<p>Ana.<sup data-cite="s3"></sup></p>',
        **desk.rows("citations", title_2="Ana’s source", key_2="s3"),
    )  # fmt: skip
    typed = {"body": f'{BODY}<p>Ben.<sup data-cite="s3"></sup></p>'}
    typed |= desk.rows("citations", title_2="Ben’s source", key_2="s3")
    first = ben.post(desk.address("change", story), values | typed)
    assert ben.post(desk.address("change", story), desk.filled_in(first, _over="2")).status_code == 302
    keys = dict(story.citations.values_list("source__title", "key"))
    assert keys["Ana’s source"] == "s3" != keys["Ben’s source"]
    assert f'Ben.<sup data-cite="{keys["Ben’s source"]}"></sup>' in Article.objects.get(pk=story.pk).body


def test_a_row_marked_for_deletion_stays_marked(ana, ben, story):
    values = opened(ben, story)
    ana_saves(ana, story, **desk.rows("citations", title_2="Ana’s source"))
    first = ben.post(desk.address("change", story), values | {"citations-0-DELETE": "on"})
    assert ben.post(desk.address("change", story), desk.filled_in(first, _over="2")).status_code == 302
    assert listed(story) == ["Plan", "Ana’s source"]


def test_a_form_sent_twice_is_no_conflict(ana, story):
    write("Another", tags=["three", "four"])
    values = opened(ana, story) | {
        "headline": "Two\nlines", "slug": "A Slug", "tags": "#three,  four", "body": "<p onclick=x>New</p>",
        **desk.rows("citations", title_2="New", publisher_2="City"),
    }  # fmt: skip
    page = desk.address("change", story)
    assert ana.post(page, values).status_code == 302
    again = ana.post(page, values)
    assert again.status_code == 302
    assert Article.objects.get(pk=story.pk).version == 2
    assert listed(story) == ["Report", "Plan", "New"]


def test_a_new_story_sent_twice_is_made_once(ana, db):
    section()
    values = desk.filled_in(ana.get(desk.address("add")), headline="New", submission="abc", _continue="1")
    first = ana.post(desk.address("add"), values)
    second = ana.post(desk.address("add"), values | {"headline": "New, and better"})
    assert first.url == second.url == desk.address("change", Article.objects.get())
    assert "It is not made a second time." in " ".join(desk.said(ana, second))
    assert "never saved" in ana.get(second.url).text  # what differs is kept, and offered


def test_somebody_who_may_not_edit_learns_nothing_of_the_difference(story, client, reporter):
    client.force_login(reporter)
    assert client.post(desk.address("change", story), {"version": "0"}).status_code == 403


def test_names_in_the_difference_are_escaped(ana, ben, story):
    hostile = "<b onmouseover=alert(7)>"
    values = opened(ben, story)
    typed = {"headline": hostile, "standfirst": hostile, "tags": hostile, "slug": hostile}
    ana_saves(ana, story, headline=hostile + "1", **desk.rows("citations", title_2=hostile))
    response = ben.post(desk.address("change", story), values | typed | {"body": hostile})
    assert response.status_code == 409
    assert "<b onmouseover" not in response.text


def test_two_megabytes_are_compared_and_kept(ana, ben, story):
    long = "<p>" + "Ein langer Satz über Brücken. " * 70_000 + "</p>"
    values = opened(ben, story)
    ana_saves(ana, story, body="<p>Short.</p>")
    response = ben.post(desk.address("change", story), values | {"body": long})
    assert response.status_code == 409
    assert desk.filled_in(response)["body"] == long


def test_saving_a_long_story_costs_at_most_thirty_queries(ana, db):
    article = write(
        "Long", body=paragraphs_to_html("A line of words.\n" * 500), tags=["one", "two"], bylines=[author()],
        sources=[source(f"Source {n}") for n in range(20)],
    )  # fmt: skip
    values = opened(ana, article)
    with CaptureQueriesContext(connection) as queries:
        assert ana.post(desk.address("change", article), values | {"headline": "Longer"}).status_code == 302
    assert len(queries) <= 30, "\n".join(query["sql"][:150] for query in queries)


def test_a_refusal_costs_the_same_for_few_and_many_rows(ana, ben, db):
    def cost(count):
        article = write(f"With {count}", sources=[source(f"{count}, {n}") for n in range(count)])
        values = opened(ben, article)
        ana_saves(ana, article, headline="Other")
        with CaptureQueriesContext(connection) as queries:
            assert ben.post(desk.address("change", article), values | {"headline": "X"}).status_code == 409
        return len(queries)

    cost(1)
    assert cost(2) == cost(20) <= 50


@pytest.mark.django_db(transaction=True)
def test_a_new_story_sent_twice_at_once_is_made_once():
    section()
    browser = Client()
    browser.force_login(person("ana", "Editors"))
    typed = desk.filled_in(browser.get(desk.address("add"))) | {"headline": "Once", "submission": "a-name"}
    start = Barrier(2)

    def press():
        again = Client()
        again.cookies = browser.cookies
        start.wait()
        try:
            return again.post(desk.address("add"), typed).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = [task.result() for task in [pool.submit(press), pool.submit(press)]]
    assert answers == [302, 302]
    assert Article.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_refused():
    section()
    article = write("Before", sources=[source("One")], by=person("editor", "Editors"))
    people = []
    for name in ("ana", "ben", "carl"):
        client = Client()
        client.force_login(person(name, "Editors"))
        people.append((name, client, opened(client, article)))
    start = Barrier(len(people))

    def save(name, client, values):
        start.wait()
        try:
            return client.post(desk.address("change", article), values | {"headline": name}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        answers = [task.result() for task in [pool.submit(save, *who) for who in people]]
    assert sorted(answers) == [302, 409, 409]
    saved = Article.objects.get(pk=article.pk)
    assert saved.version == 2
    assert (saved.headline, 302) in zip(["ana", "ben", "carl"], answers, strict=True)
    assert Citation.objects.count() == 1
