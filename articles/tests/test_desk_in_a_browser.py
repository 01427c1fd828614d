"""The article form in chromium: the rich-text editor, the small scripts, the page's policy, and accessibility."""

import datetime as dt

import pytest

from articles import publishing, versions
from articles.models import Article, Edition
from articles.tests import desk
from articles.tests.browser import EDITOR, barriers, save, select
from articles.tests.photographs import figure, stored
from articles.tests.stories import author, person, published, rewrite, source, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BODY = (
    '<p>It <strong>holds</strong>.<sup data-cite="s2"></sup> Ils disent <span lang="fr">« ça tient »</span> and '
    '<span lang="ar" dir="rtl">سلام</span>, H<sub>2</sub>O, x<sup>2</sup>.<sup data-cite="s1"></sup></p>'
    "<h2>Why</h2><ul><li><p>One &amp; two</p></li></ul><blockquote><p>A quotation</p></blockquote>"
    '<p>A <a href="https://city.example/" rel="noopener">link</a>.<br>A line.</p>'
)


@pytest.fixture
def story(db):
    return write(
        "A bridge reopens", body=BODY, sources=[source("One"), source("Two")], tags=["china", "peace"],
        bylines=[author("Ana")],
    )  # fmt: skip


def test_a_story_that_is_opened_and_saved_is_the_same_to_the_letter(edit, story):
    page = edit(story)
    save(page)
    saved = Article.objects.get()
    assert saved.body == BODY
    assert saved.fingerprint == story.fingerprint


def test_markers_and_languages_survive_the_editor(edit, story):
    page = edit(story)
    select(page, "paragraph", at=3)
    page.keyboard.type(" More words.")
    save(page)
    assert Article.objects.get().body == BODY.replace("A line.</p>", "A line. More words.</p>")


def test_a_marker_is_drawn_with_the_number_of_its_source(edit, story):
    story.citations.filter(key="s1").update(position=9)
    page = edit(story)
    assert page.locator(f"{EDITOR} .marker").all_inner_texts() == ["1", "2"]  # s2 stands first now


def test_a_key_in_brackets_becomes_a_marker(edit, story):
    page = edit(story)
    select(page, "heading")
    page.keyboard.type(" [s1] now")
    assert page.locator(f"{EDITOR} h2 .marker").inner_text() == "1"
    save(page)
    assert '<h2>Why <sup data-cite="s1"></sup> now</h2>' in Article.objects.get().body


def test_bold_is_set_from_the_toolbar(edit, story):
    page = edit(story)
    select(page, "heading", words="Why")
    page.locator(".prose-menubar [data-name=bold]").click()
    save(page)
    assert "<h2><strong>Why</strong></h2>" in Article.objects.get().body


def test_the_headline_is_counted_while_it_is_typed(edit, story):
    page = edit(story)
    page.fill("#id_headline", "Bridge ☕️")
    assert page.locator("#id_headline_helptext").inner_text() == "9 characters. Search engines show about 60."


def test_a_new_story_is_written_from_an_empty_form(edit, editor):
    author("Ana", user=editor)
    write("Earlier", by=editor)
    source("Report", publisher="City")
    page = edit()
    page.wait_for_selector("#id_headline:focus")  # the form begins there
    page.keyboard.type("A bridge reopens")
    page.locator(EDITOR).click()
    page.keyboard.type("It holds.")
    page.locator("#id_citations-0-title").press_sequentially("Rep")
    page.locator("datalist option[value='Report (City)']").wait_for(state="attached")
    page.locator("#id_citations-0-title").fill("Report (City)")
    page.locator(".rows-of-citations .addlink").click()
    page.fill("#id_citations-1-title", "Another source")
    save(page)
    article = Article.objects.get(headline="A bridge reopens")
    assert article.body == "<p>It holds.</p>"
    assert [row.source.title for row in article.citations.select_related("source")] == [
        "Report",
        "Another source",
    ]
    assert [str(byline) for byline in article.bylines.select_related("author")] == ["Ana"]


def test_tags_are_suggested_after_a_comma(edit, story):
    write(tags=["mediation"])
    page = edit(story)
    page.fill("#id_tags", "china, ")
    page.locator("#id_tags").press_sequentially("medi")
    page.locator("datalist option[value='china, mediation']").wait_for(state="attached")


def test_unsaved_words_ask_before_the_page_is_left(edit, story):
    page = edit(story)
    page.fill("#id_headline", "Unsaved")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("#site-name a").click()
    page.wait_for_timeout(200)
    assert asked == ["beforeunload"]
    assert page.input_value("#id_headline") == "Unsaved"


def test_the_button_says_what_it_does(visit, story):
    page = visit(desk.address("publish", story))
    button = page.locator(".bar button:visible")
    assert button.all_inner_texts() == ["Publish now"]
    page.get_by_label("At a time").check()
    assert button.all_inner_texts() == ["Schedule"]
    page.fill("#id_at", "2099-06-03T07:00")
    assert button.all_inner_texts() == ["Schedule for 3 June, 07:00 Brussels time"]
    with page.expect_navigation():
        button.click()
    assert Edition.objects.get().live_from == dt.datetime(2099, 6, 3, 5, 0, tzinfo=dt.UTC)


def test_the_words_of_a_correction_are_asked_for_corrections_only(visit):
    page = visit(desk.address("publish", published("Story").article))
    assert not page.locator("#id_was").is_visible()
    page.get_by_label("Correction: something was wrong.").check()
    assert page.locator("#id_was").is_visible()


def story_with_versions():
    """A story with two versions, whose first was brought back over what stood in the working copy."""
    editor, article = (
        person("editor", "Editors"),
        published("First", body="<p>It cost one million.</p>").article,
    )
    rewrite(article, headline="Second", body="<p>It cost two million.</p>")
    publishing.publish(article, by=editor, note="The price")
    return article, versions.bring_back(article, number=1, by=editor)


def test_the_desks_pages_have_no_barrier(visit, story):
    live = published("A live story", sources=[source("Three")], related=[published("Other").article]).article
    twice, set_aside = story_with_versions()
    for address in (
        desk.address("changelist"), desk.address("add"), desk.address("change", live), desk.address("change", story),
        desk.address("publish", live), desk.address("withdraw", live), desk.address("cancel", story),
        f"{desk.address('merge', model='tag')}?tag=1", desk.address("changelist", model="tag"),
        "/admin/", desk.address("review", story), desk.address("review", twice), desk.address("versions", twice),
        desk.address("version", twice, 1), desk.address("redact", twice, 1),
        desk.address("set_aside", twice, set_aside), desk.address("past"),
    ):  # fmt: skip
        assert barriers(visit(address)) == [], address


def test_a_page_that_comes_back_with_an_error_begins_there(visit, edit, story):
    page = visit(desk.address("redact", published("First").article, 1))
    page.get_by_role("button", name="Redact version 1").click()
    page.wait_for_selector("#id_reason:focus")
    edit(story)
    page.check("#id_citations-0-DELETE")  # which the body cites: an error of the list, not of a field
    page.keyboard.press("Control+s")
    assert "is cited in the body" in page.wait_for_selector(".errorlist:focus").inner_text()


def test_what_is_typed_is_no_longer_asked_for(edit):
    page = edit()
    wanted = page.locator(".checks .todo:visible")
    assert wanted.count() == 2
    page.fill("#id_headline", "A bridge reopens")
    assert wanted.all_inner_texts() == ["To do: Write the story before it goes live."]
    page.click(EDITOR)
    page.keyboard.type("It holds.")
    wanted.wait_for(state="hidden")
    page.fill("#id_headline", "")
    assert wanted.all_inner_texts() == ["To do: Enter a headline."]


def test_a_large_picture_and_an_endless_word_fit_a_phone(visit, page):
    body = f"<p>One.</p>{figure(stored(width=1600, height=900))}<h2>Why</h2>"
    story = write("Donaudampfschiff" * 12, body=body)
    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("change", "review", "publish"):
        visit(desk.address(name, story))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name


def test_enter_in_the_tags_takes_a_suggestion_and_saves_nothing(visit, story):
    page = visit(desk.address("change", story))
    page.fill("#id_tags", "china, peace, war")
    page.press("#id_tags", "Enter")
    page.press("#id_tags", "Tab")
    assert page.input_value("#id_tags") == "china, peace, war"
    assert [tag.name for tag in Article.objects.get().tag_list()] == ["china", "peace"]
