"""Pictures in chromium: the dialog, the lead picture, the node of the editor, and the focal point."""

import pytest

from articles.models import Article, Image
from articles.tests import desk
from articles.tests.browser import EDITOR, barriers, body, save, select
from articles.tests.photographs import encoded, figure, raster, stored
from articles.tests.stories import write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DIALOG = "#picture-picker"
NODE = f"{EDITOR} figure.picture"
PHOTO = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": encoded(raster(60, 40))}


def choices(page):
    page.locator(f"{DIALOG} .found button, {DIALOG} .said:not(:empty)").first.wait_for()
    return page.locator(f"{DIALOG} .found b").all_inner_texts()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_a_picture_is_put_after_the_paragraph_of_the_cursor_by_keyboard_alone(edit):
    stored(alt="A map")
    image = stored(alt="A bridge")
    article = write(body="<p>One.</p><p>Two.</p>")
    page = edit(article)
    select(page, "paragraph", at=0)
    page.get_by_role("button", name="Picture", exact=True).focus()
    press(page, "Enter")
    assert choices(page) == ["A bridge", "A map"]
    assert page.evaluate("document.activeElement.id") == "picture-words"
    page.keyboard.type("bridge")
    press(page, "Enter")
    page.locator(f"{DIALOG} .found button").nth(1).wait_for(state="detached")
    press(page, "Tab", "Tab", "Enter")
    page.wait_for_selector(f"{NODE} img[src]")
    assert page.locator(f"{NODE} figcaption").inner_text() == "A bridge"
    assert not page.locator(DIALOG).is_visible()
    page.keyboard.type("Typed after. ")  # the cursor stands behind it, and replaces nothing
    assert body(page) == f"<p>One.</p>{figure(image)}<p>Typed after. Two.</p>"
    save(page)
    assert Article.objects.get().body == f"<p>One.</p>{figure(image)}<p>Typed after. Two.</p>"


def test_a_picture_is_moved_and_removed_by_keyboard(edit):
    image = stored()
    article = write(body=f"<p>One.</p>{figure(image)}<p>Two.</p>")
    page = edit(article)
    select(page, "paragraph", at=0)
    press(page, "ArrowRight")  # from the end of the paragraph onto the picture
    page.wait_for_selector(f"{NODE}.ProseMirror-selectednode")
    press(page, "Alt+ArrowDown")
    assert body(page) == f"<p>One.</p><p>Two.</p>{figure(image)}"
    press(page, "Alt+ArrowDown")  # there is nothing below
    press(page, "Alt+ArrowUp", "Alt+ArrowUp")
    assert body(page) == f"{figure(image)}<p>One.</p><p>Two.</p>"
    press(page, "Delete")
    assert body(page) == "<p>One.</p><p>Two.</p>"
    press(page, "Control+z")
    assert figure(image) in body(page)


def test_a_picture_is_moved_and_removed_by_its_buttons(edit):
    image = stored()
    page = edit(write(body=f"<p>One.</p>{figure(image)}<p>Two.</p>"))
    page.get_by_role("button", name="Move up").click()
    assert body(page) == f"{figure(image)}<p>One.</p><p>Two.</p>"
    page.get_by_role("button", name="Move down").click()
    assert body(page) == f"<p>One.</p>{figure(image)}<p>Two.</p>"
    page.locator(NODE).get_by_role("button", name="Remove").click()
    assert body(page) == "<p>One.</p><p>Two.</p>"


def test_a_story_with_pictures_is_the_same_to_the_letter_after_it_was_opened_and_saved(edit):
    image, other = stored(), stored()
    given = (
        f"<p>One.</p>{figure(image)}{figure(other)}<blockquote><p>a</p>{figure(image)}</blockquote><p>b</p>"
    )
    article = write(body=given)
    page = edit(article)
    save(page)
    saved = Article.objects.get()
    assert (saved.body, saved.fingerprint) == (given, article.fingerprint)


def test_a_picture_is_uploaded_without_leaving_the_story(edit):
    article = write(body="<p>One.</p>")
    page = edit(article)
    page.fill("#id_headline", "Typed and not saved")
    select(page, "paragraph")
    page.get_by_role("button", name="Picture", exact=True).click()
    assert choices(page) == []
    assert (
        page.locator(f"{DIALOG} .said").inner_text()
        == "There are no pictures yet. Upload the first one below."
    )
    page.locator(f"{DIALOG} summary").click()
    page.set_input_files("#picture_file", PHOTO)
    page.get_by_role("button", name="Upload and use it").click()
    error = page.locator("#picture_alt_error")
    error.wait_for()
    assert error.inner_text() == "Enter a description, or tick “Decoration only”."
    assert page.evaluate("document.activeElement.id") == "picture_alt"
    page.keyboard.type("A bridge")
    page.get_by_role("button", name="Upload and use it").focus()
    press(page, "Enter")
    page.wait_for_selector(f"{NODE} img[src]")
    image = Image.objects.get()
    assert (image.alt, image.width) == ("A bridge", 60)
    assert body(page).startswith(f"<p>One.</p>{figure(image)}")
    assert page.input_value("#id_headline") == "Typed and not saved"
    save(page)
    assert Article.objects.get().body == f"<p>One.</p>{figure(image)}"


def test_escape_leaves_the_dialog_and_everything_as_it_was(edit):
    stored()
    page = edit(write(body="<p>One.</p>"))
    page.get_by_role("button", name="Choose a picture…").click()
    choices(page)
    press(page, "Escape")
    assert not page.locator(DIALOG).is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Choose a picture…"
    assert (page.input_value("#id_image"), body(page)) == ("", "<p>One.</p>")


def test_the_lead_picture_is_chosen_and_removed(edit):
    image = stored(alt="A bridge")
    article = write()
    page = edit(article)
    assert not page.locator("#id_image").is_visible()
    page.get_by_role("button", name="Choose a picture…").click()
    choices(page)
    page.locator(f"{DIALOG} .found button").click()
    assert page.locator(".lead-picture .shown p").inner_text() == "A bridge"
    save(page)
    article.refresh_from_db()
    assert article.image == image
    page.locator(".lead-picture").get_by_role("button", name="Remove").click()
    assert page.locator(".lead-picture img").count() == 0
    save(page)
    article.refresh_from_db()
    assert article.image is None


def test_a_click_on_a_picture_sets_its_focal_point(visit, page):
    image = stored(width=400, height=200)
    visit(desk.address("change", image, model="image"))
    box = page.locator(".focal-picture").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.25)
    assert abs(int(page.input_value("#id_focal_x")) - 80) <= 1
    assert abs(int(page.input_value("#id_focal_y")) - 25) <= 1
    page.fill("#id_focal_x", "10")
    page.fill("#id_focal_y", "25")
    assert page.locator(".focal-picture .mark").evaluate("mark => mark.style.left") == "10%"
    with page.expect_navigation():
        page.locator("input[name=_continue]").click()
    image.refresh_from_db()
    assert (image.focal_x, image.focal_y) == (10, 25)


def test_pictures_have_no_barrier(visit, edit):
    image = stored(alt="A bridge", credit="Ana", has_renditions=True)
    article = write(image=image, body=f"<p>One.</p>{figure(image)}")
    for address in (
        desk.address("changelist", model="image"), desk.address("add", model="image"),
        desk.address("change", image, model="image"),
    ):  # fmt: skip
        assert barriers(visit(address)) == [], address
    page = edit(article)
    page.wait_for_selector(f"{NODE} img[src]")
    assert barriers(page) == []
    page.get_by_role("button", name="Choose a picture…").click()
    choices(page)
    page.locator(f"{DIALOG} summary").click()
    page.get_by_role("button", name="Upload and use it").click()
    page.locator("#picture_alt_error").wait_for()
    assert barriers(page) == []
