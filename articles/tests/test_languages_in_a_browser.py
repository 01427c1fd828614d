"""Words in another language, and scripts from the right, in chromium."""

import pytest

from articles.models import Article
from articles.tests.browser import EDITOR, body, save, select
from articles.tests.stories import write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DIALOG = "#language-dialog"


def test_a_language_is_marked_changed_and_taken_off_by_keyboard(edit):
    page = edit(write(body="<p>They said سلام and left.</p>"))
    select(page, "paragraph", words="سلام")
    page.keyboard.press("Control+Shift+L")
    page.wait_for_selector(f"{DIALOG} [name=language]:focus")
    page.keyboard.type("Arab")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{EDITOR}:focus")
    assert body(page) == '<p>They said <span lang="ar" dir="rtl">سلام</span> and left.</p>'
    drawn = "getComputedStyle(document.querySelector('.ProseMirror span[lang]'), '::after').content"
    assert page.evaluate(drawn) == '"ar"'  # the language is shown

    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+Shift+L")
    assert page.input_value(f"{DIALOG} [name=language]") == "ar"
    page.fill(f"{DIALOG} [name=code]", "fa")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{EDITOR}:focus")
    assert '<span lang="fa" dir="rtl">سلام</span>' in body(page)

    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+Shift+L")
    page.get_by_role("button", name="Remove the mark").click()
    page.wait_for_selector(f"{EDITOR}:focus")
    assert body(page) == "<p>They said سلام and left.</p>"


def test_a_language_that_is_in_no_list_is_marked_by_its_code(edit):
    page = edit(write(body="<p>Veni, vidi, vici.</p>"))
    select(page, "paragraph", words="Veni, vidi, vici.")
    page.get_by_role("button", name="Language of these words").click()
    page.get_by_role("button", name="Mark the words").click()
    error = page.locator("#language-error")
    assert error.inner_text() == "Choose a language, or enter its code."
    page.fill(f"{DIALOG} [name=code]", "latin words")
    page.get_by_role("button", name="Mark the words").click()
    assert error.inner_text() == "Enter the code of a language, such as la or zh-Hant."
    page.fill(f"{DIALOG} [name=code]", "la")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{EDITOR}:focus")
    assert body(page) == '<p><span lang="la">Veni, vidi, vici.</span></p>'
    save(page)
    assert Article.objects.get().body == '<p><span lang="la">Veni, vidi, vici.</span></p>'


def test_words_from_the_left_say_so_in_a_story_from_the_right(edit):
    page = edit(write("أعيد فتح الجسر", body="<p>قال city hall نعم</p>", language="ar"))
    select(page, "paragraph", words="city hall")
    page.keyboard.press("Control+Shift+L")
    page.select_option(f"{DIALOG} [name=language]", "en")
    page.get_by_role("button", name="Mark the words").click()
    assert '<span lang="en" dir="ltr">city hall</span>' in body(page)


def test_without_words_the_shortcut_says_what_to_do(edit):
    page = edit(write(body="<p>Words.</p>"))
    select(page, "paragraph")
    page.keyboard.press("Control+Shift+L")
    assert page.locator(".editor-says").inner_text() == "Select the words first."
    assert not page.locator(DIALOG).is_visible()


HEADLINE = "👩‍👩‍👧 أعيد فتح الجسر ☕️"


def test_a_headline_from_the_right_with_emoji_is_written_and_kept(edit):
    page = edit(write(body="<p>قال</p><p>He said.</p>"))
    page.fill("#id_headline", HEADLINE)
    page.fill("#id_standfirst", "سطر")
    for field in ("#id_headline", "#id_standfirst", EDITOR):
        assert page.evaluate("(s) => getComputedStyle(document.querySelector(s)).direction", field) == "rtl"
    edges = page.evaluate(
        """(selector) => [...document.querySelectorAll(`${selector} > p`)].map((block) => {
            const range = document.createRange();
            range.selectNodeContents(block);
            const words = range.getBoundingClientRect(), all = block.getBoundingClientRect();
            return words.left - all.left < 2;
        })""",
        EDITOR,
    )
    assert edges == [False, True]  # each paragraph begins at its own side
    save(page)
    article = Article.objects.get()
    assert article.headline == HEADLINE
    assert page.input_value("#id_headline") == HEADLINE
