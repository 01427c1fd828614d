"""Pictures in chromium: the dialog, the lead picture, the node of the editor, and the focal point."""

import pytest
from axe_core_python.sync_playwright import Axe

from articles.models import Article, Image
from articles.tests import desk
from articles.tests.browser import EDITOR, RULES, body, complaints_of, select, sign_in
from articles.tests.photographs import encoded, figure, raster, stored
from articles.tests.stories import write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DIALOG = "#picture-picker"
NODE = f"{EDITOR} figure.picture"
PHOTO = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": encoded(raster(60, 40))}


@pytest.fixture
def troubles(page):
    found = complaints_of(page)
    yield found
    assert found == []


@pytest.fixture
def visit(page, live_server, client, editor, troubles):
    """A function that opens an address of the desk as an editor."""
    sign_in(page, client, editor, site=live_server.url)

    def open_page(address):
        page.goto(live_server.url + address)
        if "/article/" in address:
            page.wait_for_selector(EDITOR)
        return page

    return open_page


def save(page):
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert page.locator(".messagelist .success").count() == 1


def choices(page):
    page.locator(f"{DIALOG} .found button, {DIALOG} .said:not(:empty)").first.wait_for()
    return page.locator(f"{DIALOG} .found b").all_inner_texts()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_a_picture_is_put_after_the_paragraph_of_the_cursor_by_keyboard_alone(visit):
    stored(alt="A map")
    image = stored(alt="A bridge")
    article = write(body="<p>One.</p><p>Two.</p>")
    page = visit(desk.address("change", article))
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


def test_a_picture_is_moved_and_removed_by_keyboard(visit):
    image = stored()
    article = write(body=f"<p>One.</p>{figure(image)}<p>Two.</p>")
    page = visit(desk.address("change", article))
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


def test_a_picture_is_moved_and_removed_by_its_buttons(visit):
    image = stored()
    page = visit(desk.address("change", write(body=f"<p>One.</p>{figure(image)}<p>Two.</p>")))
    page.get_by_role("button", name="Move up").click()
    assert body(page) == f"{figure(image)}<p>One.</p><p>Two.</p>"
    page.get_by_role("button", name="Move down").click()
    assert body(page) == f"<p>One.</p>{figure(image)}<p>Two.</p>"
    page.locator(NODE).get_by_role("button", name="Remove").click()
    assert body(page) == "<p>One.</p><p>Two.</p>"


def test_a_story_with_pictures_is_the_same_to_the_letter_after_it_was_opened_and_saved(visit):
    image, other = stored(), stored()
    given = (
        f"<p>One.</p>{figure(image)}{figure(other)}<blockquote><p>a</p>{figure(image)}</blockquote><p>b</p>"
    )
    article = write(body=given)
    page = visit(desk.address("change", article))
    save(page)
    saved = Article.objects.get()
    assert (saved.body, saved.fingerprint) == (given, article.fingerprint)


def test_a_picture_is_uploaded_without_leaving_the_story(visit, page):
    article = write(body="<p>One.</p>")
    visit(desk.address("change", article))
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


def test_escape_leaves_the_dialog_and_everything_as_it_was(visit, page):
    stored()
    visit(desk.address("change", write(body="<p>One.</p>")))
    page.get_by_role("button", name="Choose a picture…").click()
    choices(page)
    press(page, "Escape")
    assert not page.locator(DIALOG).is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Choose a picture…"
    assert (page.input_value("#id_image"), body(page)) == ("", "<p>One.</p>")


def test_the_lead_picture_is_chosen_and_removed(visit, page):
    image = stored(alt="A bridge")
    article = write()
    visit(desk.address("change", article))
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pictures_have_no_barrier(visit, page, scheme, width):
    image = stored(alt="A bridge", credit="Ana", has_renditions=True)
    article = write(image=image, body=f"<p>One.</p>{figure(image)}")
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    found = {}

    def examine(what):
        answer = Axe().run(page, context={"exclude": [[".prose-menubar"]]}, options=RULES)
        found.update(
            {(what, row["id"]): [node["target"] for node in row["nodes"]] for row in answer["violations"]}
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, what

    for address in ("changelist", "add"):
        visit(desk.address(address, model="image"))
        examine(address)
    visit(desk.address("change", image, model="image"))
    examine("change")
    visit(desk.address("change", article))
    page.wait_for_selector(f"{NODE} img[src]")
    examine("story")
    page.get_by_role("button", name="Choose a picture…").click()
    choices(page)
    page.locator(f"{DIALOG} summary").click()
    page.get_by_role("button", name="Upload and use it").click()
    page.locator("#picture_alt_error").wait_for()
    examine("dialog")
    assert found == {}
