"""Notes of the desk on a story: written beside its form, resolved and opened again, and never public."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from articles.models import Article, DeskNote
from articles.tests import desk
from articles.tests.stories import NOON, write

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
SCRIPT = {"X-Desk": "script"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def story():
    return write()


def notes_page(story):
    return desk.address("notes", story)


def notes_shown(response):
    """(open, resolved) texts on a page, in order."""
    page = html.fromstring(response.text)
    return tuple(
        [text.text_content() for text in page.xpath(f"//ul[@class='notes']{place}//div[@class='text']")]
        for place in ("[not(parent::details)]", "[parent::details]")
    )


def test_a_note_is_added_with_who_and_when(desk_client, editor, story):
    response = desk_client.post(notes_page(story), {"text": "  Ask the port.\r\nTwice.  "})
    assert response.url == notes_page(story)
    note = DeskNote.objects.get()
    assert (note.text, note.by, note.at, note.article) == ("Ask the port.\nTwice.", editor, NOON, story)
    page = desk_client.get(desk.address("change", story))
    assert notes_shown(page) == (["Ask the port.\nTwice."], [])
    assert "Editor, 9 June 2025, 14:00" in page.text
    assert Article.objects.get().version == 1


def test_a_note_is_resolved_and_opened_again(desk_client, editor, story, clock):
    first = DeskNote.objects.create(article=story, by=editor, text="First", at=NOON)
    DeskNote.objects.create(article=story, by=editor, text="Second", at=NOON)
    clock.shift(MINUTE)
    desk_client.post(notes_page(story), {"resolve": first.pk})
    page = desk_client.get(desk.address("change", story))
    assert notes_shown(page) == (["Second"], ["First"])
    assert "Resolved by Editor, 9 June 2025, 14:01" in page.text
    assert "1 resolved note" in page.text

    clock.shift(MINUTE)
    desk_client.post(notes_page(story), {"resolve": first.pk})
    first.refresh_from_db()
    assert first.resolved_at == NOON + MINUTE  # the first one counts
    desk_client.post(notes_page(story), {"reopen": first.pk})
    assert notes_shown(desk_client.get(notes_page(story))) == (["First", "Second"], [])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("  \r\n ", "Write the note first."),
        ("é" * 5_001, "The note has 5001 characters. Shorten it to 5000 or fewer."),
        ("\x00", "Null characters are not allowed."),
    ],
)
@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_a_note_that_cannot_be_taken_stays_in_the_field(desk_client, story, text, sentence, headers):
    response = desk_client.post(notes_page(story), {"text": text}, headers=headers)
    assert response.status_code == 422
    assert sentence in response.text
    typed = html.fromstring(response.text).get_element_by_id("id_note_text").text_content().strip()
    assert typed == text.strip().replace("\x00", typed)
    assert not DeskNote.objects.exists()


def test_five_thousand_characters_and_line_ends_fit(desk_client, story):
    desk_client.post(notes_page(story), {"text": "a\r\n" * 2_499 + "zz"})
    assert len(DeskNote.objects.get().text) == 5_000


def test_a_script_gets_the_box_alone(desk_client, story):
    response = desk_client.post(notes_page(story), {"text": "Ask"}, headers=SCRIPT)
    assert response.status_code == 200
    assert notes_shown(response) == (["Ask"], [])
    assert "<html" not in response.text


def test_the_box_is_no_part_of_the_articles_form(desk_client, story):
    page = html.fromstring(desk_client.get(desk.address("change", story)).text)
    field = page.get_element_by_id("id_note_text")
    assert field.get("form") == "desk-note"
    form = page.get_element_by_id("desk-note")
    assert form.get("target") == "_blank"  # without a script it leaves the page with its words alone
    assert not list(form.iterancestors("form"))
    [button] = page.xpath("//button[normalize-space()='Add the note']")
    assert button.get("form") == "desk-note"


def test_notes_of_another_story_cannot_be_resolved_by_this_one(desk_client, editor, story):
    other = DeskNote.objects.create(article=write("Other"), by=editor, text="Other", at=NOON)
    for value in (other.pk, "x", "9" * 40, "9" * 5_000):
        assert desk_client.post(notes_page(story), {"resolve": value}).status_code == 404
    other.refresh_from_db()
    assert other.resolved_at is None


def test_notes_of_a_story_that_is_not_there_are_not_found(desk_client):
    assert desk_client.get(notes_page(4_000_000)).status_code == 404


def test_notes_print_no_markup(desk_client, editor, story):
    desk_client.post(notes_page(story), {"text": "<b onmouseover=alert(7)>hm</b>"})
    editor.display_name = "<i onmouseover=alert(7)>"
    editor.save()
    for address in (notes_page(story), desk.address("change", story)):
        text = desk_client.get(address).text
        assert "&lt;b onmouseover=alert(7)&gt;hm" in text
        assert "<b onmouseover" not in text
        assert "<i onmouseover" not in text


def test_notes_cost_the_same_for_few_and_many(desk_client, editor):
    def cost(count):
        story = write(f"With {count}")
        for number in range(count):
            resolved = {"resolved_at": NOON, "resolved_by": editor} if number % 2 else {}
            DeskNote.objects.create(article=story, by=editor, text=str(number), at=NOON, **resolved)
        with CaptureQueriesContext(connection) as queries:
            desk_client.get(notes_page(story))
        return len(queries)

    cost(1)
    assert cost(2) == cost(30) <= 8


def test_a_story_with_notes_can_be_deleted_and_takes_them_with_it(desk_client, editor, story):
    DeskNote.objects.create(article=story, by=editor, text="Going", at=NOON)
    desk_client.post(desk.address("delete", story), {"post": "yes"})
    assert not DeskNote.objects.exists()
