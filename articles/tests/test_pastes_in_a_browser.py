"""What is pasted from word processors, mail and pages of the web, really pasted in chromium.

`pastes/` holds the clipboards, each beside the body that it should become, one block on a line.
"""

from pathlib import Path

import pytest

from articles.models import Article
from articles.rich_text import clean_html
from articles.tests.browser import EDITOR, body, paste, save, select
from articles.tests.stories import write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTES = Path(__file__).parent / "pastes"
# The pictures that each clipboard holds, which are left out and counted.
SAMPLES = {
    "word_story": 1, "word_lists": 0, "word_right_to_left": 0, "google_docs": 1, "libreoffice": 1, "web_page": 1,
    "mail": 1,
}  # fmt: skip


def sample(name):
    return (PASTES / f"{name}.html").read_text()


def clean(name):
    return "".join((PASTES / f"{name}.clean.html").read_text().splitlines())


@pytest.fixture
def form(edit):
    """The form of a story that is empty but for one paragraph, the cursor in it."""
    page = edit(write(body="<p></p>"))
    select(page, "paragraph")
    return page


def said(page):
    return page.locator(".editor-says").inner_text()


def test_every_sample_has_its_clean_body():
    assert {path.name.partition(".")[0] for path in PASTES.iterdir()} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_paste_becomes_what_the_desk_would_have_written(form, name):
    paste(form, html=sample(name), text="plain words")
    expected = clean(name)
    assert body(form).removesuffix("<p></p>") == expected
    pictures = SAMPLES[name]
    assert said(form) == ("1 picture was not pasted: add it with the picture button." if pictures else "")
    assert form.title().startswith("A bridge reopens")  # no script of the paste has run
    assert clean_html(expected).replace(' rel="noopener"', "") == expected
    save(form)
    assert Article.objects.get().body == clean_html(expected)


def test_several_pictures_are_counted_and_the_sentence_goes_with_the_next_paste(form):
    paste(
        form, html="<p>A<img src='data:image/png;base64,xx'><img src='file:///b.png'><img src='blob:x'></p>"
    )
    assert said(form) == "3 pictures were not pasted: add them with the picture button."
    paste(form, html="<p>B</p>")
    assert said(form) == ""


@pytest.mark.parametrize(
    ("html", "becomes"),
    [
        ("<b>bold</b> words", "<p>Before <strong>bold</strong> words</p>"),
        ("<p>one paragraph</p>", "<p>Before one paragraph</p>"),
        ('<span style="color:red">red</span>', "<p>Before red</p>"),
        ("<p>one</p><p>two</p>", "<p>Before one</p><p>two</p>"),
    ],
)
def test_a_phrase_is_pasted_into_the_line(form, html, becomes):
    form.keyboard.type("Before ")
    paste(form, html=html)
    assert body(form) == becomes


STYLED = [
    "<p style='color:red'>a</p>", '<p\nSTYLE\n=\n"color:red">a</p>', "<p style=color:red>a</p>",
    '<p title="x"style="color:red">a</p>', "<p/style='color:red'>a</p>", "<style>p{color:red}</style><p>a</p>",
    "<STYLE>p{color:red}</STYLE ><p>a</p>", "<!-- <p title='--><p style='color:red'>a</p>",
    "<svg><style>p{}</style></svg><p>a</p>", '<p data-pm-slice="0 0 []" style="color:red">a</p>',
    "<p>a</p><p title='unclosed style=\"color:red\"", "<p title=a\"b style='x:y'>a</p>",
    "<table style='x:y'><tr style='a:b'><td style='c:d'>a</td></tr></table>", "<p title='a>b' style='x:y'>a</p>",
    "<p onclick='document.title=1'>a</p>", "<img src=x onerror=alert(1)><p>a</p>",
]  # fmt: skip


def test_no_style_and_no_handler_of_a_paste_reaches_the_page(form):
    for html in STYLED:  # what the browser complains of is looked at in the end
        form.evaluate("(s) => document.querySelector(s).editor.chain().clearContent().focus().run()", EDITOR)
        paste(form, html=html)
        assert body(form).removesuffix("<p></p>") == "<p>a</p>", html


def test_plain_text_is_pasted_as_paragraphs(form):
    paste(form, text="One line\nAnother with <b>signs</b>\n\nAnd [s1]")
    assert body(form) == "<p>One line</p><p>Another with &lt;b&gt;signs&lt;/b&gt;</p><p>And [s1]</p>"


def test_two_megabytes_are_pasted_and_saved(form):
    words = '<p class=MsoNormal><span lang=EN-GB style="font-size:11pt">Ein Satz über die Brücke, 香港. </span></p>\n'
    html = "<html><body>" + words * (2_000_000 // len(words.encode())) + "</body></html>"
    paste(form, html=html)
    assert body(form).count("<p>") > 15_000
    with form.expect_navigation(timeout=60_000):
        form.keyboard.press("Control+s")
    assert Article.objects.get().body.count("Ein Satz über die Brücke, 香港.") == html.count("<p ")


@pytest.fixture
def _a_form_may_hold_one_megabyte(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024


@pytest.mark.usefixtures("_a_form_may_hold_one_megabyte")
def test_what_is_too_large_to_be_saved_is_not_sent_and_stays(form):
    form.evaluate(
        "([selector, html]) => document.querySelector(selector).editor.commands.setContent(html)",
        [EDITOR, f"<p>{'word ' * 220_000}</p>"],
    )
    form.keyboard.press("Control+s")
    form.wait_for_selector(".editor-says:not(:empty)")
    assert said(form) == (
        "Nothing was sent: the story has 1.1 MB, and 1 MB can be saved. Make it shorter, or part it in two."
    )
    assert len(body(form)) > 1024 * 1024
    assert Article.objects.get().body == "<p></p>"
