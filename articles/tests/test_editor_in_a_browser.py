"""Citing in chromium: the dialog, live numbers, addresses on record, and markers that are copied about."""

import re

import pytest

from articles.models import Article, Source
from articles.tests.browser import EDITOR, barriers, body, copied, paste, save, select
from articles.tests.stories import source, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DIALOG = "#cite-dialog"
ADDRESS = "https://city.example/report"


@pytest.fixture
def story(db):
    return write(
        body='<p>It holds.<sup data-cite="s2"></sup></p><p>It was tested.</p>',
        sources=[source("One", publisher="City"), source("Two", url=ADDRESS)],
    )


def drawn(page):
    return page.locator(f"{EDITOR} .marker").all_inner_texts()


def cited():
    """The titles of the sources that the saved body cites, in its order."""
    article = Article.objects.order_by("pk").last()
    titles = dict(article.citations.values_list("key", "source__title"))
    return [titles.get(key) for key in re.findall(r'data-cite="(\w+)"', article.body)]


def choices(page):
    return page.locator(f"{DIALOG} li button:visible").all_inner_texts()


def test_a_source_of_the_story_is_cited_by_keyboard_alone(edit, story):
    page = edit(story)
    select(page, "paragraph", at=1)
    page.keyboard.press("Control+Shift+C")
    page.wait_for_selector(f"{DIALOG} [name=find]:focus")
    assert choices(page) == ["1. One City", f"2. Two {ADDRESS}"]
    page.keyboard.type("one")
    assert choices(page) == ["1. One City"]
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{EDITOR}:focus")
    page.keyboard.type(" Twice.")
    assert drawn(page) == ["2", "1"]
    save(page)
    assert Article.objects.get().body.endswith('<p>It was tested.<sup data-cite="s1"></sup> Twice.</p>')


def test_escape_closes_the_dialog_and_leads_back_to_the_words(edit, story):
    page = edit(story)
    select(page, "paragraph", at=1)
    page.get_by_role("button", name="Cite a source").click()
    page.wait_for_selector(f"{DIALOG}[open]")
    for _press in range(12):  # the focus stays inside
        page.keyboard.press("Tab")
        inside = "document.activeElement.closest('dialog') || document.activeElement === document.body"
        assert page.evaluate(f"Boolean({inside})")
    page.keyboard.press("Escape")
    page.wait_for_selector(f"{EDITOR}:focus")
    page.keyboard.type(" Back.")
    assert "It was tested. Back." in body(page)


def test_a_new_source_is_added_and_cited_without_leaving_the_page(edit, story):
    page = edit(story)
    select(page, "paragraph", at=1)
    page.keyboard.press("Control+Shift+C")
    page.fill(f"{DIALOG} [name=title]", "Minutes")
    page.fill(f"{DIALOG} [name=publisher]", "Council")
    page.fill(f"{DIALOG} [name=url]", "council.example/minutes")
    page.get_by_role("button", name="Add and cite").click()
    page.wait_for_selector(f"{EDITOR}:focus")
    assert drawn(page) == ["2", "3"]
    assert page.input_value("#id_citations-2-title") == "Minutes"
    assert page.locator("#citations-2 code").inner_text() == "[s3]"
    save(page)
    assert cited() == ["Two", "Minutes"]
    assert Source.objects.get(title="Minutes").url == "https://council.example/minutes"
    assert drawn(page) == ["2", "3"]


def test_what_is_missing_in_a_new_source_is_said_in_the_dialog(edit, story):
    page = edit(story)
    select(page, "paragraph", at=1)
    page.keyboard.press("Control+Shift+C")
    page.get_by_role("button", name="Add and cite").click()
    error = page.locator("#cite-error")
    assert error.inner_text() == "Enter the title of this source."
    page.wait_for_selector(f"{DIALOG} [name=title]:focus")
    page.keyboard.type("Minutes")
    page.fill(f"{DIALOG} [name=url]", "no address")
    page.keyboard.press("Enter")
    assert error.inner_text().startswith("Enter a whole address, such as")
    assert page.input_value(f"{DIALOG} [name=title]") == "Minutes"


def test_a_source_on_record_is_found_and_joins_the_list(edit, story):
    source("Three", publisher="Ghent")
    page = edit(story)
    select(page, "paragraph", at=1)
    page.keyboard.press("Control+Shift+C")
    page.keyboard.type("ghent")
    page.wait_for_selector(f"{DIALOG} [data-part=others] button")
    assert choices(page) == ["Three Ghent"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{EDITOR}:focus")
    assert drawn(page) == ["2", "3"]
    save(page)
    assert cited() == ["Two", "Three"]
    assert Source.objects.count() == 3


def test_a_search_without_result_says_what_to_do(edit, story):
    page = edit(story)
    select(page, "paragraph", at=1)
    page.keyboard.press("Control+Shift+C")
    page.keyboard.type("nowhere")
    says = page.locator(f"{DIALOG} [data-part=count]")
    assert says.inner_text() == "Nothing on record is like “nowhere”. Add it as a new source below."


def test_the_first_source_of_a_new_story_is_made_in_the_dialog(edit):
    write("Earlier")
    page = edit()
    page.fill("#id_headline", "New")
    page.locator(EDITOR).click()
    page.keyboard.type("It holds.")
    page.keyboard.press("Control+Shift+C")
    says = page.locator(f"{DIALOG} [data-part=count]")
    assert says.inner_text().startswith("This story has no sources yet.")
    page.fill(f"{DIALOG} [name=title]", "Minutes")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{EDITOR}:focus")
    save(page)
    assert cited() == ["Minutes"]


@pytest.mark.parametrize("way", ["double click", "enter"])
def test_a_marker_is_changed_or_removed_in_the_dialog(edit, story, way):
    page = edit(story)

    def open_dialog():
        if way == "double click":
            page.locator(f"{EDITOR} .marker").dblclick()
        else:
            select(page, "paragraph")
            page.keyboard.press("ArrowLeft")
            page.keyboard.press("Enter")
        page.wait_for_selector(f"{DIALOG}[open]")

    open_dialog()
    assert page.locator(f"{DIALOG} h2").inner_text() == "Change what this marker cites"
    assert page.locator(f"{DIALOG} [aria-current=true]").inner_text().startswith("2. Two")
    page.get_by_role("button", name="1. One").click()
    page.wait_for_selector(f"{EDITOR}:focus")
    assert drawn(page) == ["1"]
    assert body(page).startswith('<p>It holds.<sup data-cite="s1"></sup></p>')
    open_dialog()
    page.get_by_role("button", name="Remove this marker").click()
    page.wait_for_selector(f"{EDITOR}:focus")
    assert body(page).startswith("<p>It holds.</p>")


def test_numbers_follow_the_list_while_it_changes(edit, story):
    page = edit(story)
    page.fill("#id_citations-0-number", "2")
    assert drawn(page) == ["1"]
    page.fill("#id_citations-0-number", "1")
    assert drawn(page) == ["2"]
    page.check("#id_citations-0-DELETE")
    assert drawn(page) == ["1"]
    page.check("#id_citations-1-DELETE")
    assert drawn(page) == ["[s2]"]
    assert page.locator(f"{EDITOR} .marker.lost").get_attribute("title").startswith("No source in the list")
    page.uncheck("#id_citations-0-DELETE")
    page.uncheck("#id_citations-1-DELETE")
    page.fill("#id_citations-2-title", "Before them")
    page.fill("#id_citations-2-number", "1")
    assert drawn(page) == ["3"]
    page.locator("#citations-2 .inline-deletelink").click()
    assert drawn(page) == ["2"]


def test_a_key_typed_before_its_row_cites_the_row_that_comes(edit, story):
    page = edit(story)
    select(page, "paragraph", at=1)
    page.keyboard.type("[s3]")
    assert drawn(page) == ["2", "[s3]"]
    page.fill("#id_citations-2-title", "Third")
    assert drawn(page) == ["2", "3"]
    save(page)
    assert cited() == ["Two", "Third"]


def test_the_key_of_a_row_that_was_taken_out_is_not_given_again(edit, story):
    page = edit(story)
    page.fill("#id_citations-2-title", "Third")
    page.locator("#citations-2 .inline-deletelink").click()
    page.locator(".rows-of-citations .addlink").click()
    page.fill("#id_citations-2-title", "Fourth")
    assert page.locator("#citations-2 code").inner_text() == "[s4]"


# Addresses on record


def test_a_known_address_in_a_row_offers_its_source(edit, story):
    source("Known", publisher="Ghent", url="https://ghent.example/a")
    page = edit(story)
    page.fill("#id_citations-2-url", "http://ghent.example/a/?utm_source=x#top")
    offer = page.locator("#citations-2 .known")
    page.wait_for_selector("#citations-2 .known button")
    assert offer.inner_text() == "This address is on record: Known (Ghent). Use it"
    page.get_by_role("button", name="Use it").click()
    assert page.input_value("#id_citations-2-title") == "Known"
    assert page.input_value("#id_citations-2-publisher") == "Ghent"
    assert page.input_value("#id_citations-2-url") == "https://ghent.example/a"
    assert offer.inner_text() == ""
    save(page)
    assert Source.objects.count() == 3


def test_an_address_that_is_listed_already_says_so(edit, story):
    page = edit(story)
    page.fill("#id_citations-2-url", f"{ADDRESS}/")
    said = page.locator("#citations-2 .known:not(:empty)").inner_text()
    assert said == "This address is in the list already: Two, number 2."


def test_a_known_address_in_the_dialog_is_taken_from_there(edit, story):
    source("Known", url="https://ghent.example/a")
    page = edit(story)
    select(page, "paragraph", at=1)
    page.keyboard.press("Control+Shift+C")
    page.fill(f"{DIALOG} [name=url]", "https://ghent.example/a/")
    page.locator(f"{DIALOG} .known button").click()
    page.wait_for_selector(f"{EDITOR}:focus")
    assert drawn(page) == ["2", "3"]
    save(page)
    assert cited() == ["Two", "Known"]


def test_an_address_pasted_into_the_search_finds_its_source(edit, story):
    source("Known", url="https://ghent.example/a")
    page = edit(story)
    select(page, "paragraph", at=1)
    page.keyboard.press("Control+Shift+C")
    page.fill(f"{DIALOG} [name=find]", "http://ghent.example/a#b")
    page.wait_for_selector(f"{DIALOG} [data-part=others] button")
    assert choices(page) == ["Known https://ghent.example/a"]


# Copying markers


def test_a_marker_copied_inside_a_story_cites_the_same_source(edit, story):
    page = edit(story)
    page.evaluate("(s) => document.querySelector(s).editor.commands.selectAll()", EDITOR)
    markup, text = copied(page)
    assert "It holds.[2]" in text
    select(page, "paragraph", at=1)
    paste(page, html=markup, text=text)
    assert drawn(page) == ["2", "2"]
    assert page.locator(".editor-says").inner_text() == ""
    assert "data-cite-from" not in body(page)


def test_a_marker_copied_to_another_story_brings_its_source(edit, story):
    page = edit(story)
    page.evaluate("(s) => document.querySelector(s).editor.commands.selectAll()", EDITOR)
    markup, text = copied(page)
    other = write("Other", body="<p>Here.</p>", sources=[source("Alpha"), source("Beta")])
    page = edit(other)
    select(page, "paragraph")
    paste(page, html=markup, text=text)
    assert drawn(page) == ["3"]  # not s2, which is Beta here
    said = page.locator(".editor-says").inner_text()
    assert said == "1 source was added to the list, since the words you pasted cite it."
    save(page)
    assert cited() == ["Two"]
    assert Source.objects.filter(title="Two").count() == 1


def test_a_marker_that_says_nothing_of_its_source_is_not_pasted(edit, story):
    page = edit(story)
    select(page, "paragraph", at=1)
    printed = '<sup class="cite"><a href="#source-1">1</a></sup>'  # as readers get it
    paste(page, html=f'<p>From elsewhere<sup data-cite="s1"></sup> and on{printed}</p>')
    assert "From elsewhere and on" in body(page)
    assert drawn(page) == ["2"]
    assert page.locator(".editor-says").inner_text() == (
        "2 markers were not pasted, because they do not say which sources they cite. "
        "Cite the sources with the button."
    )


def test_pictures_and_markers_that_a_paste_loses_are_told_together(edit, story):
    page = edit(story)
    select(page, "paragraph", at=1)
    paste(page, html='<p>A<img src="a.png"><sup data-cite="s1"></sup></p>')
    said = page.locator(".editor-says").inner_text()
    assert said.startswith(
        "1 picture was not pasted: add it with the picture button. 1 marker was not pasted,"
    )


def test_the_toolbar_stays_in_view_below_the_bar(edit):
    page = edit(write(body="<p>Words.</p>" * 60))
    page.set_viewport_size({"width": 1000, "height": 700})
    page.evaluate("window.scrollTo(0, 1500)")
    page.wait_for_timeout(100)
    bar, toolbar = page.locator(".bar").first.bounding_box(), page.locator(".prose-menubar").bounding_box()
    assert abs(toolbar["y"] - (bar["y"] + bar["height"])) < 2


def test_a_marker_that_is_dragged_stays_what_it_is(edit, story):
    page = edit(story)
    page.evaluate(
        """(selector) => {
            const { editor } = document.querySelector(selector);
            const slice = editor.state.doc.slice(1, 11);
            editor.view.dragging = { slice, move: false };
            const { left, top } = editor.view.coordsAtPos(editor.state.doc.content.size - 1);
            const data = new DataTransfer();
            data.setData("text/html", "<p>x</p>");
            const where = { clientX: left, clientY: top + 3, bubbles: true, cancelable: true };
            editor.view.dom.dispatchEvent(new DragEvent("drop", { dataTransfer: data, ...where }));
        }""",
        EDITOR,
    )
    assert drawn(page) == ["2", "2"]


# What everybody can use


def test_the_editor_and_its_dialogs_have_no_barrier(edit, story):
    source("Three", publisher="Ghent")
    page = edit(story)
    assert barriers(page) == []
    select(page, "paragraph", words="holds")
    page.keyboard.press("Control+Shift+L")
    page.get_by_role("button", name="Mark the words").click()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.wait_for_selector(f"{EDITOR}:focus")
    page.keyboard.press("Control+Shift+C")
    page.keyboard.type("t")
    page.wait_for_selector(f"{DIALOG} [data-part=others] button")
    page.get_by_role("button", name="Add and cite").click()
    assert barriers(page) == []


def test_the_kind_of_a_paragraph_is_chosen_by_keyboard(edit, story):
    page = edit(story)
    select(page, "paragraph", at=1)
    page.get_by_role("button", name="Kind of paragraph").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # the first kind: a heading
    page.wait_for_selector(f"{EDITOR}:focus")
    assert "<h2>It was tested.</h2>" in body(page)
