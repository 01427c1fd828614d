"""Previews in chromium: saved first and shown in a new tab, links that are made, copied and revoked, no barrier."""

import pytest

from articles.models import Article, PreviewLink
from articles.tests import desk
from articles.tests.browser import EDITOR, barriers, save, select
from articles.tests.reading import NOW
from articles.tests.stories import author, published, source, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PREVIEW = "button[name=_preview]"
BOX = "#preview-links"


@pytest.fixture
def story(db):
    return write(
        "A bridge reopens", body="<p>It holds.</p>", sources=[source("One")], bylines=[author("Ana")]
    )


def preview(page):
    """Presses the button; returns the tab that it opens once it shows the story."""
    with page.expect_popup() as opened:
        page.locator(PREVIEW).click()
    tab = opened.value
    tab.wait_for_selector("aside.strip.draft")
    return tab


def test_what_is_typed_is_saved_and_shown_in_a_new_tab(edit, story):
    asked = []
    page = edit(story)
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.fill("#id_headline", "The bridge is open")
    select(page, "paragraph")
    page.keyboard.type(" It does.")
    page.fill("#id_citations-1-title", "Another source")
    with page.expect_navigation():
        tab = preview(page)
    assert tab.locator("h1").inner_text() == "The bridge is open"
    assert tab.locator(".prose").inner_text().strip() == "It holds. It does."
    assert tab.locator(".strip").inner_text().startswith("Draft: only you and the desk can see this.")
    page.wait_for_selector(EDITOR)
    assert page.input_value("#id_headline") == "The bridge is open"
    save(page)  # the editor knows what was saved: nothing comes twice
    assert Article.objects.get().citations.count() == 2
    assert asked == []


def test_a_new_story_is_saved_and_its_editor_goes_on(edit, editor):
    write("Earlier", by=editor)
    page = edit()
    page.fill("#id_headline", "A new one")
    with page.expect_navigation(url="**/change/"):
        tab = preview(page)
    assert tab.locator("h1").inner_text() == "A new one"
    assert Article.objects.filter(headline="A new one").count() == 1


def test_a_save_that_is_refused_is_shown_in_the_editor_with_what_was_typed(edit, story):
    page = edit(story)
    page.fill("#id_headline", " ")
    page.fill("#id_standfirst", "Kept.")
    with page.expect_navigation():
        page.locator(PREVIEW).click()
    page.wait_for_selector(".errornote")
    assert page.input_value("#id_standfirst") == "Kept."
    assert len(page.context.pages) == 1


def test_a_save_that_is_lost_on_its_way_loses_no_word(edit, story, troubles):
    page = edit(story)
    page.fill("#id_headline", "Kept")
    page.route("**/change/", lambda route: route.abort())
    page.locator(PREVIEW).click()
    page.wait_for_selector("#preview-said:not(:empty)")
    assert len(page.context.pages) == 1
    assert page.locator("#preview-said").inner_text() == (
        "The desk cannot be reached, so nothing was saved. Your words are still here; try again."
    )
    assert page.input_value("#id_headline") == "Kept"
    page.unroute("**/change/")
    with page.expect_navigation():
        tab = preview(page)
    assert tab.locator("h1").inner_text() == "Kept"
    assert [line.rpartition("net::")[2] for line in troubles] == ["ERR_FAILED"]
    troubles.clear()


def test_a_link_is_made_copied_and_revoked_while_words_are_typed(edit, story):
    page = edit(story)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.fill("#id_headline", "Not saved yet")
    page.locator(f"{BOX} button[name=make]").click()
    page.locator(f"{BOX} button[data-copy]").click()
    page.wait_for_selector(f"{BOX} [role=status]:text('Copied')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(f"{BOX} input").input_value()
    reader = page.context.browser.new_context().new_page()
    where = page.url.partition("/admin/")[0] + "/preview/" + copied.partition("/preview/")[2]
    assert reader.goto(where).status == 200
    assert reader.locator("h1").inner_text() == "A bridge reopens"
    page.locator(f"{BOX} button[name=revoke]").click()
    page.wait_for_selector(f"{BOX} :text('No link works at the moment.')")
    assert reader.goto(where).status == 410
    assert reader.context.cookies() == []
    reader.context.close()
    assert PreviewLink.objects.get().revoked_at
    assert page.input_value("#id_headline") == "Not saved yet"


def test_a_link_is_made_by_keyboard_alone(edit, story):
    page = edit(story)
    page.locator(f"{BOX} button[name=make]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{BOX} input")
    page.wait_for_selector(f"{BOX} button[name=make]:focus")
    assert "The link is made." in page.locator(f"{BOX} [role=status]").inner_text()


def test_previews_and_the_past_have_no_barrier(visit, story, editor, troubles):
    live = published("A live story", sources=[source("Three")], related=[published("Other").article])
    PreviewLink.objects.create(article=story, made_by=editor, made_at=NOW, expires_at=NOW.replace(year=2199))
    moment = "?at=2025-06-09T14:10"
    for address in (
        desk.address("change", story), desk.address("preview", story), desk.address("previews", story),
        desk.address("past"), f"{desk.address('past')}{moment}&what=front", f"{desk.address('past')}?at=&what=tag",
        f"/{moment}", live.path + moment, "/?at=never", live.path + "?at=2025-06-09T13:00",
    ):  # fmt: skip
        assert barriers(visit(address)) == [], address
    answers = [line.rpartition("status of ")[2] for line in troubles]
    assert answers == ["400 (Bad Request)", "404 (Not Found)"]  # for “never”, and before the story was live
    troubles.clear()
