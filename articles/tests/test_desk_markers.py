"""Keys of new rows: a marker written before its row is saved cites that row afterwards, and no other, ever."""

import pytest

from articles import publishing
from articles.models import Article, Source
from articles.rich_text import MarkerPlace, marker_places, rename_markers
from articles.tests import desk
from articles.tests.stories import NOON, section, source, write

pytestmark = pytest.mark.django_db


def mark(*keys):
    return "<p>Words." + "".join(f'<sup data-cite="{key}"></sup>' for key in keys) + "</p>"


def cited(article):
    """The titles of the sources that the saved body cites, in its order; the key where it cites none."""
    article = Article.objects.get(pk=article.pk)
    titles = dict(article.citations.values_list("key", "source__title"))
    found = article.body.split('data-cite="')[1:]
    keys = [piece.partition('"')[0] for piece in found]
    return [titles.get(key, key) for key in keys]


def new_rows(*rows, first):
    """Fields of new rows after `first` saved ones: (title, key) each."""
    fields = {"citations-TOTAL_FORMS": str(first + len(rows))}
    for index, (title, key) in enumerate(rows, start=first):
        fields |= {f"citations-{index}-title": title, f"citations-{index}-key": key}
    return fields


def test_a_marker_cites_the_new_row_that_the_page_gave_its_key(desk_client):
    section()
    desk.send(
        desk_client, desk.address("add"), headline="New", body=mark("s2", "s1"),
        **new_rows(("One", "s1"), ("Two", "s2"), first=0), _continue="1",
    )  # fmt: skip
    article = Article.objects.get()
    assert cited(article) == ["Two", "One"]
    assert article.body == mark("s2", "s1")


def test_the_page_says_which_key_comes_next(desk_client, editor):
    article = write(sources=[source("One"), source("Two")], body=mark("s7"))
    assert 'data-following="8"' in desk_client.get(desk.address("change", article)).text
    assert 'data-following="1"' in desk_client.get(desk.address("add")).text


@pytest.mark.parametrize(
    ("posted", "keys", "body"),
    [
        # What the page gave out is kept, in whatever order, gaps included.
        ([("New", "s3")], ["s3"], ["s1", "s3"]),
        ([("New", "s5")], ["s5"], ["s1", "s5"]),
        ([("A", "s4"), ("B", "s3")], ["s4", "s3"], ["s4", "s3"]),
        # A key that the story has used goes to nobody else; the markers that came with it follow the row.
        ([("New", "s1")], ["s3"], ["s3"]),
        ([("New", "s2")], ["s3"], ["s3"]),
        ([("A", "s2"), ("B", "s3")], ["s4", "s3"], ["s4", "s3"]),
        # One key for two rows: the first has it, and the markers are the first one's.
        ([("A", "s3"), ("B", "s3")], ["s3", "s4"], ["s3"]),
        # What is no key, or so high that keys would run out, is replaced.
        ([("New", "")], ["s3"], []),
        ([("New", "x")], ["s3"], []),
        ([("New", "s0")], ["s3"], []),
        ([("New", "s99999")], ["s3"], ["s99999"]),
        ([("New", "s999999")], ["s3"], []),
        ([("A", ""), ("B", "s4")], ["s5", "s4"], ["s4"]),
    ],
)
def test_new_rows_get_keys_that_no_other_has_had(desk_client, editor, posted, keys, body):
    article = write("Story", sources=[source("One"), source("Two")])
    publishing.publish(article, by=editor, now=NOON)
    article.citations.get(key="s2").delete()  # only the edition knows that s2 was used
    written = [key for _title, key in posted if key in body] or body
    desk.send(desk_client, desk.address("change", article), body=mark(*written), **new_rows(*posted, first=1))
    rows = dict(article.citations.exclude(key="s1").values_list("source__title", "key"))
    assert [rows[title] for title, _key in posted] == keys


def test_markers_follow_a_row_whose_key_somebody_else_took_meanwhile(desk_client):
    article = write(sources=[source("One"), source("Two")], body=mark("s1"))
    page = desk.address("change", article)
    mine = desk.filled_in(desk_client.get(page))
    # Somebody else adds a source, which is s3 now, and cites it.
    desk.send(desk_client, page, body=mark("s1", "s3"), **new_rows(("Theirs", "s3"), first=2))
    assert cited(article) == ["One", "Theirs"]
    # Mine was s3 on my page, too.
    mine |= {"body": mark("s1", "s3"), "version": str(Article.objects.get().version)}
    desk_client.post(page, mine | new_rows(("Mine", "s3"), first=2))
    assert cited(article) == ["One", "Mine"]
    assert article.citations.get(source__title="Mine").key == "s4"


def test_a_form_that_is_refused_shows_the_new_keys_in_rows_and_body(desk_client):
    article = write(sources=[source("One")], body=mark("s1"))
    page = desk.address("change", article)
    typed = {"headline": "", "body": mark("s1", "s1"), **new_rows(("Mine", "s1"), first=1)}
    response = desk.send(desk_client, page, **typed)
    values = desk.filled_in(response)
    assert response.status_code == 200
    assert values["citations-1-key"] == "s2"
    assert values["body"] == mark("s2", "s2")
    assert 'data-key="s2"' in response.text


def test_markers_of_a_row_that_is_gone_do_not_fall_to_another_source(desk_client):
    article = write(sources=[source("One"), source("Two")], body=mark("s1"))
    page = desk.address("change", article)
    mine = desk.filled_in(desk_client.get(page)) | {"body": mark("s1", "s2")}
    article.citations.get(key="s2").delete()
    article.citations.create(source=source("Theirs"))
    assert article.citations.get(source__title="Theirs").key == "s2"
    response = desk_client.post(page, mine)
    assert "Somebody removed a row of this list meanwhile." in response.text
    assert desk.filled_in(response)["body"] == mark("s1", "s3")
    desk_client.post(page, desk.filled_in(response))
    assert cited(article) == ["One", "s3"]
    # A dangling marker waits for nobody: the next source is another one.
    desk.send(desk_client, page, **new_rows(("Later", ""), first=2))
    assert article.citations.get(source__title="Later").key == "s4"


def test_a_row_without_words_makes_no_source_whatever_its_key(desk_client):
    article = write()
    desk.send(desk_client, desk.address("change", article), **new_rows(("", "s1"), first=0))
    assert not article.citations.exists()
    assert not Source.objects.exists()


def test_the_key_of_a_row_that_is_there_cannot_be_changed(desk_client):
    article = write(sources=[source("One")], body=mark("s1"))
    desk.send(desk_client, desk.address("change", article), **{"citations-0-key": "s9"})
    assert article.citations.get().key == "s1"
    assert cited(article) == ["One"]


@pytest.mark.parametrize("total", ["", "x", "-1", "100000", "9" * 30])
def test_a_forged_number_of_rows_is_no_error_of_ours(desk_client, total):
    article = write(sources=[source("One")])
    response = desk.send(desk_client, desk.address("change", article), **{"citations-TOTAL_FORMS": total})
    assert response.status_code in (200, 302)
    assert article.citations.count() == 1


# Where a source is cited

PARAGRAPHS = (
    "<h2>Why</h2><p>The bridge over the river, which has been closed since the flood of last winter, will be "
    'open again from Monday.<sup data-cite="s1"></sup></p><p> </p><ul><li><p><sup data-cite="s2"></sup>Cars'
    '<sup data-cite="s1"></sup></p></li></ul><p>A <strong>bold &amp; short</strong> word<sup data-cite="s3"></sup></p>'
)


def test_places_of_markers_are_counted_by_paragraph_with_the_words_before():
    assert marker_places(PARAGRAPHS) == {
        "s1": MarkerPlace(2, "…the flood of last winter, will be open again from Monday."),
        "s2": MarkerPlace(3, ""),
        "s3": MarkerPlace(4, "A bold & short word"),
    }
    assert marker_places("<p>None</p>") == {}


def test_a_long_word_before_a_marker_is_cut():
    [place] = marker_places(f'<p>{"x" * 100}<sup data-cite="s1"></sup></p>').values()
    assert place == MarkerPlace(1, f"…{'x' * 60}")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            0,
            "Source 1 is cited 2 times in the body, first in paragraph 2: “…the flood of last winter, will be open "
            "again from Monday.”. Remove its markers first.",
        ),
        (1, "Source 2 is cited in the body, at the start of paragraph 3. Remove its marker first."),
        (
            2,
            "Source 3 is cited in the body, in paragraph 4: “A bold &amp; short word”. Remove its marker first.",
        ),
    ],
)
def test_deleting_a_cited_source_is_refused_with_the_place(desk_client, row, sentence):
    article = write(body=PARAGRAPHS, sources=[source("One"), source("Two"), source("Three")])
    response = desk.send(desk_client, desk.address("change", article), **{f"citations-{row}-DELETE": "on"})
    assert sentence in response.text
    assert article.citations.count() == 3


def test_a_source_cited_several_times_from_the_start_on_is_refused_in_words(desk_client):
    article = write(body=f'<p><sup data-cite="s1"></sup>A</p>{mark("s1")}', sources=[source("One")])
    response = desk.send(desk_client, desk.address("change", article), **{"citations-0-DELETE": "on"})
    sentence = (
        "Source 1 is cited 2 times in the body, first at the start of paragraph 1. Remove its markers first."
    )
    assert sentence in response.text


def test_all_cited_rows_that_would_go_are_named(desk_client):
    article = write(body=PARAGRAPHS, sources=[source("One"), source("Two"), source("Three")])
    gone = {"citations-1-DELETE": "on", "citations-2-DELETE": "on"}
    response = desk.send(desk_client, desk.address("change", article), **gone)
    assert "Source 2 is cited" in response.text
    assert "Source 3 is cited" in response.text


def test_markers_are_renamed_all_at_once():
    renamed = rename_markers(mark("s1", "s2", "s3"), {"s1": "s2", "s2": "s1"})
    assert renamed == mark("s2", "s1", "s3")
