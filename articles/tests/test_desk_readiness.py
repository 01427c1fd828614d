"""The readiness list on the desk's pages: beside the story, and on the publish page with its advice."""

import datetime as dt

import pytest
import time_machine
from lxml import html

from articles import publishing, readiness
from articles.models import Article, DeskLogLine, Edition, WavedAdvice
from articles.rich_text import paragraphs_to_html
from articles.tests import desk
from articles.tests.stories import NOON, author, published, rewrite, source, write

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
NOW = NOON + 5 * MINUTE  # 14:05 in Brussels
NO_STOP = "The body ends without a full stop: “All is”. See whether something is missing."
OPEN_QUOTE = "A quotation mark has no partner: “All is well. Close the quotation, or take the mark out."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def doubtful():
    """A story with two pieces of advice."""
    return write("Bridge reopens", body="<p>He said: “All is well.</p><p>All is</p>")


def listed(response):
    """The lines of the readiness list, each on one line."""
    page = html.fromstring(response.text)
    lists = page.xpath("//section[@aria-labelledby='ready' or @aria-labelledby='readiness']/ul/li")
    return [" ".join(line.text_content().split()) for line in lists]


def advice_on(article):
    return readiness.of(article, live_from=NOW).advice


def wave(client, article, *, typed, note, number=0):
    """Fills in the publish page and presses “Wave off” at a piece of advice."""
    page = client.get(desk.address("publish", article))
    key = advice_on(article)[number].key
    values = desk.filled_in(page, **typed) | {f"note-{key}": note, "wave": key}
    return client.post(desk.address("wave", article), values)


# Beside the story


def test_a_new_story_shows_what_is_missing_without_alarm(desk_client):
    response = desk_client.get(desk.address("add"))
    assert listed(response) == [
        "To do: Enter a headline.", "To do: Write the story before it goes live.",
        "The rest of this list comes when the story is saved.",
    ]  # fmt: skip
    ready = html.fromstring(response.text).xpath("//section[@aria-labelledby='ready']")[0]
    assert ready.xpath(".//li[@class='no']") == []


def test_what_is_done_what_to_fix_and_what_to_look_at_stand_beside_the_story(desk_client, doubtful):
    rewrite(doubtful, body=f'{doubtful.body}<p>So.<sup data-cite="s4"></sup></p><p>All is</p>')
    lines = listed(desk_client.get(desk.address("change", doubtful)))
    assert lines[0] == "Done: headline and body"
    assert lines[1].startswith("Fix: A marker in the body names the source “s4”")
    assert lines[2:4] == [f"Advice: {OPEN_QUOTE}", f"Advice: {NO_STOP}"]
    assert lines[4].endswith("words when it was saved.")


@pytest.mark.parametrize(
    ("fields", "anchor"),
    [
        ({"body": "<p>All is</p>"}, "#id_body"),
        ({"headline": "x" * 120}, "#id_headline"),
        ({"embargo_until": NOW + MINUTE}, "#id_embargo_until"),
        ({"sources": ["Report"]}, "#citations-0"),
    ],
)
def test_each_line_leads_to_its_place_in_the_editor(desk_client, fields, anchor):
    if "sources" in fields:
        fields = {"sources": [source("Report")], "body": '<p>So.<sup data-cite="s1"></sup></p>'}
    article = write(**fields)
    place = html.fromstring(desk_client.get(desk.address("change", article)).text)
    assert place.xpath(f"//section[@aria-labelledby='ready']//a[@href='{anchor}']")
    assert place.xpath(f"//*[@id='{anchor[1:]}']")
    page = html.fromstring(desk_client.get(desk.address("publish", article)).text)
    assert page.xpath(
        f"//section[@aria-labelledby='readiness']//a[@href='{desk.address('change', article)}{anchor}']"
    )


def test_the_open_advice_is_counted_where_the_list_is_shown(desk_client, doubtful):
    desk_client.get(desk.address("change", doubtful))
    assert Article.objects.get().advice_count == 2
    response = wave(desk_client, doubtful, typed={}, note="It is a poem.")
    desk_client.get(response.url)
    assert Article.objects.get().advice_count == 1


# On the publish page


def test_advice_does_not_keep_a_story_from_going_live(desk_client, doubtful):
    response = desk_client.get(desk.address("publish", doubtful))
    assert listed(response)[:2] == [
        "Done: headline and body",
        "Done: nothing keeps this story from going live",
    ]
    assert f"Advice: {OPEN_QUOTE}" in listed(response)[2]
    desk.send(desk_client, desk.address("publish", doubtful))
    assert Edition.objects.live(at=NOW).get().headline == "Bridge reopens"


def test_waving_off_leads_back_with_the_reason_on_show(desk_client, editor, doubtful):
    response = wave(desk_client, doubtful, typed={}, note="It is a poem.", number=1)
    assert response.status_code == 302
    assert response.url == desk.address("publish", doubtful)
    page = desk_client.get(response.url)
    assert [str(message) for message in page.context["messages"]] == [
        "The advice is waved off, and the desk’s log says why."
    ]
    assert listed(page)[-1] == f"Waved off: {NO_STOP} “It is a poem.” (Editor, 9 June 2025, 14:05)"
    assert [advice.sentence for advice in advice_on(doubtful)] == [OPEN_QUOTE]
    assert WavedAdvice.objects.get().by == editor
    assert DeskLogLine.objects.get().note == f"{NO_STOP} It is a poem."
    beside = listed(desk_client.get(desk.address("change", doubtful)))
    assert "1 piece of advice was waved off." in beside


TYPED = {
    "when": "later", "at": "2025-06-10T07:00", "change": "correction", "was": "HK$467 million",
    "right": "HK$466.6 million", "explanation": "A rounded figure.", "reported_by": "A reader", "note": "One line.",
}  # fmt: skip


@pytest.mark.parametrize(("note", "is_waved"), [("It is a poem.", True), ("", False)])
def test_waving_off_loses_nothing_that_was_typed(desk_client, note, is_waved):
    article = published("Bridge", body="<p>All is</p>").article
    rewrite(article, headline="Bridge open")
    response = wave(desk_client, article, typed=TYPED, note=note)
    page = desk_client.get(response.url)
    said = (
        "The advice is waved off, and the desk’s log says why."
        if is_waved
        else "Say why the advice does not apply."
    )
    assert [str(message) for message in page.context["messages"]] == [said]
    again = desk.filled_in(page)
    assert {name: again[name] for name in TYPED} == TYPED
    assert desk.filled_in(desk_client.get(response.url))["was"] == ""  # it is kept once
    desk_client.post(desk.address("publish", article), again)
    edition = article.editions.get(number=2)
    assert (edition.change, edition.corrections.get().now) == ("correction", "HK$466.6 million")


def test_a_note_that_was_refused_is_kept_with_those_of_other_advice(desk_client, doubtful):
    quote, stop = (f"note-{advice.key}" for advice in advice_on(doubtful))
    response = wave(desk_client, doubtful, typed={quote: "Later."}, note="x" * 301, number=1)
    again = desk.filled_in(desk_client.get(response.url))
    assert (again[quote], again[stop]) == ("Later.", "x" * 301)
    assert not WavedAdvice.objects.exists()


def test_a_note_typed_before_a_refused_publication_is_kept(desk_client, doubtful):
    note = f"note-{advice_on(doubtful)[0].key}"
    response = desk.send(
        desk_client, desk.address("publish", doubtful), **{"when": "later", note: "It is a poem."}
    )
    assert "Choose the day and time, or publish now." in response.text
    assert desk.filled_in(response)[note] == "It is a poem."


def test_the_enter_key_presses_no_button(desk_client, doubtful):
    page = html.fromstring(desk_client.get(desk.address("publish", doubtful)).text)
    first = page.xpath("//form[@class='ask']//button")[0]
    assert first.get("disabled") is not None


@pytest.mark.parametrize("name", ["publish", "wave"])
def test_a_key_that_nobody_gave_is_refused_in_a_sentence(desk_client, doubtful, name):
    response = desk_client.post(desk.address("wave", doubtful), {"wave": "x", "note-x": "So."})
    assert desk.said(desk_client, response) == [
        "This advice is not open any more: the story has changed, or somebody waved it off."
    ]


def test_reading_the_address_that_waves_off_changes_nothing(desk_client, doubtful):
    response = desk_client.get(desk.address("wave", doubtful), {"wave": advice_on(doubtful)[0].key})
    assert response.url == desk.address("publish", doubtful)
    assert not WavedAdvice.objects.exists()


def test_notes_are_shown_as_they_were_written(desk_client, doubtful):
    response = wave(desk_client, doubtful, typed={}, note="<script>alert(1)</script>")
    assert "<script>alert" not in desk_client.get(response.url).text


# Times


EMBARGO = "The story is under embargo until 10 June 2025, 07:00. Choose a later time, or lift the embargo."


def test_a_time_before_the_end_of_the_embargo_is_a_fix_that_names_the_end(desk_client):
    article = write(embargo_until=dt.datetime(2025, 6, 10, 5, 0, tzinfo=dt.UTC))
    page = desk_client.get(desk.address("publish", article))
    assert f"Not now: {EMBARGO}" in listed(page)
    response = desk.send(desk_client, desk.address("publish", article), when="later", at="2025-06-10T06:59")
    assert f"Not then: {EMBARGO}" in listed(response)
    assert not Edition.objects.exists()
    desk.send(desk_client, desk.address("publish", article), when="later", at="2025-06-10T07:00")
    assert Edition.objects.exists()


def test_the_button_names_the_moment_that_was_chosen(desk_client):
    article = write(embargo_until=dt.datetime(2025, 6, 11, 5, 0, tzinfo=dt.UTC))
    response = desk.send(desk_client, desk.address("publish", article), when="later", at="2025-06-10T07:00")
    buttons = html.fromstring(response.text).xpath("//div[@class='bar']/button")
    assert [button.text_content() for button in buttons] == [
        "Publish now",
        "Schedule for 10 June, 07:00 Brussels time",
    ]


@pytest.mark.parametrize(
    ("page", "field"),
    [("publish", "at"), ("change", "embargo_until"), ("pin", "pinned_until")],
)
@pytest.mark.parametrize(
    ("time", "sentence"),
    [
        (
            "2026-03-29T02:30",
            "On 29 March 2026 the clocks go forward, and Brussels has no 02:30. Choose another time.",
        ),
        (
            "2025-10-26T02:30",
            "On 26 October 2025 the clocks go back, and 02:30 comes twice in Brussels. Choose another time.",
        ),
    ],
)
def test_an_hour_that_a_clock_change_takes_or_doubles_is_refused_wherever_a_time_is_entered(
    desk_client, page, field, time, sentence
):
    article = published(at=NOON).article
    address = desk.address("add", model="pin") if page == "pin" else desk.address(page, article)
    typed = {field: time} | ({"when": "later"} if page == "publish" else {})
    response = desk.send(desk_client, address, **typed)
    assert sentence in response.text
    assert desk.filled_in(response)[field] == time


# What it costs


def test_the_publish_page_with_its_list_costs_a_bounded_number_of_queries(
    desk_client, django_assert_max_num_queries
):
    sources = [source(f"Source {n}") for n in range(20)]
    related = [published(f"Other {n}", sources=sources, at=NOON).article for n in range(12)]
    article = write(
        "Long", body=paragraphs_to_html("A line of words\n" * 400), sources=sources, related=related,
        bylines=[author()], tags=["one", "two"],
    )  # fmt: skip
    with django_assert_max_num_queries(20):
        desk_client.get(desk.address("publish", article))


def test_publishing_takes_at_most_twenty_seven_queries(editor, django_assert_max_num_queries):
    sources = [source(f"Source {n}") for n in range(20)]
    related = [published(f"Other {n}", at=NOON).article for n in range(4)]
    article = write(
        "Long", sources=sources, related=related, bylines=[author()], tags=[f"tag {n}" for n in range(8)]
    )
    with django_assert_max_num_queries(27):
        publishing.publish(article, by=editor, now=NOW)
