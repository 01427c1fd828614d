"""The word difference of two versions: nothing is lost, nothing is made up, and it can be read."""

from dataclasses import dataclass, field
from itertools import accumulate

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from articles import differences
from articles.differences import ADDED, REMOVED, SAME, compare
from articles.rich_text import clean_html, plain_text

UID, OTHER_UID = "7f9c24e8-3b12-4fef-91e0-5a3c1b2d4e5f", "0b1c24e8-3b12-4fef-91e0-5a3c1b2d4e5f"


@dataclass(frozen=True, kw_only=True)
class Version:
    """What `compare` reads of an edition."""

    headline: str = "Bridge"
    standfirst: str = ""
    body: str = ""
    language: str = "en"
    kind: str = "news"
    path: str = "/2025/06/09/bridge/"
    is_cut: bool = False
    bylines: list = field(default_factory=list)
    sources: list = field(default_factory=list)
    image_id: int | None = None
    picture: dict | None = None
    pictures: dict = field(default_factory=dict)
    tags: list = field(default_factory=list)
    section: str = "World"
    coverage: str | None = None


def sources(*titles, **columns):
    """Rows of a source list, with the keys s1, s2 … or those given as key=title."""
    rows = {f"s{number}": title for number, title in enumerate(titles, start=1)} | columns
    return [{"key": key, "title": title, "publisher": "", "url": ""} for key, title in rows.items()]


def drawn(runs):
    """Runs as a line of text: [-removed-][+added+]."""
    marks = {SAME: "%s", ADDED: "[+%s+]", REMOVED: "[-%s-]"}
    return "".join(marks[run.kind] % run.text for run in runs)


def body(old, new, **columns):
    """The passages between two bodies: a number for unchanged blocks, else (kind, runs drawn, note)."""
    found = compare(Version(body=old, **columns), Version(body=new, **columns))
    return [
        len(passage.blocks) or (passage.kind, drawn(passage.runs), passage.note) for passage in found.body
    ]


def words(old, new):
    """The one passage between two paragraphs."""
    [(_kind, runs, _note)] = body(f"<p>{old}</p>", f"<p>{new}</p>")
    return runs


def fields(old, new):
    """{name: what changed, drawn} of two versions given by what sets them apart."""
    return {
        row.name: row.note
        or drawn(row.runs)
        or [(item.kind, item.label, drawn(item.runs)) for item in row.items]
        for row in compare(Version(**old), Version(**new)).fields
    }


# --- words


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("It cost HK$467 million in all.", "It cost HK$466.6 million in all.",
         "It cost [-HK$467-][+HK$466.6+] million in all."),
        ("Hong Kong's Paul Lam said so.", "Hong Kong's Justice Secretary Paul Lam said so.",
         "Hong Kong's [+Justice Secretary +]Paul Lam said so."),
        ("One ends. A cat sat. Three.", "One ends. A cat sat. A dog sat. Three.",
         "One ends. A cat sat. [+A dog sat. +]Three."),
        ("It ends here.", "It ends here!", "It ends here[-.-][+!+]"),
        ("They de-functionalise the city now.", "They dysfunctionalise the city now.",
         "They [-de-functionalise-][+dysfunctionalise+] the city now."),
        ("Le prix de l’eau a doublé hier.", "Le prix de l’air a doublé hier.",
         "Le prix de [-l’eau-][+l’air+] a doublé hier."),
        ("Before the line<br>after it stands.", "Before the line after it stands.",
         "Before the line[-\n-][+ +]after it stands."),
        ("A &amp; B are &lt;here&gt; today.", "A &amp; C are &lt;here&gt; today.",
         "A & [-B-][+C+] are <here> today."),
    ],
)  # fmt: skip
def test_words_are_replaced_whole(old, new, expected):
    assert words(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("香港特別行政區立法會批准撥款。", "香港特別行政區立法會已批准撥款。", "香港特別行政區立法會[+已+]批准撥款。"),
        ("ประเทศไทยเปิดสะพานใหม่", "ประเทศไทยปิดสะพานใหม่", "ประเทศไทย[-เ-]ปิดสะพานใหม่"),
        ("گفت که می‌خواهم بروم اینجا", "گفت که نمی‌خواهم بروم اینجا", "گفت که [-می‌خواهم-][+نمی‌خواهم+] بروم اینجا"),
        ("The family 👨‍👩‍👧 stood on it.", "The family 👨‍👩‍👦 stood on it.",
         "The family [-👨‍👩‍👧-][+👨‍👩‍👦+] stood on it."),
        ("They wrote cafe\u0301 on the door.", "They wrote cafe on the door.",
         "They wrote [-cafe\u0301-][+cafe+] on the door."),
    ],
)  # fmt: skip
def test_other_scripts_are_compared_by_the_grapheme_or_the_word_and_never_cut_inside(old, new, expected):
    assert words(old, new) == expected


def test_a_rewritten_sentence_is_no_confetti():
    kept = "Then it went home to eat its dinner with all of its friends."
    old = f"The quick brown fox jumps over the lazy dog in the morning light. {kept}"
    new = f"Some slow animals of the forest were sleeping under the tree until noon. {kept}"
    assert words(old, new) == (
        "[-The quick brown fox jumps over the lazy dog in the morning light-]"
        f"[+Some slow animals of the forest were sleeping under the tree until noon+]. {kept}"
    )


def test_changed_line_breaks_can_be_seen():
    found = compare(Version(standfirst="One.\nTwo."), Version(standfirst="One.\nTwo.\nThree."))
    assert [run.shown for run in found.fields[0].runs] == ["One.\nTwo.", "↵\nThree."]


# --- blocks


def test_unchanged_paragraphs_are_folded_around_those_that_changed():
    old = "<p>One.</p><p>Two.</p><p>The bridge is open now.</p><p>Four.</p>"
    new = "<p>One.</p><p>Two.</p><p>The bridge is closed now.</p><p>Four.</p>"
    assert body(old, new) == [2, ("p", "The bridge is [-open-][+closed+] now.", ""), 1]
    folded = compare(Version(body=old), Version(body=new)).body[0]
    assert [(block.kind, block.text) for block in folded.blocks] == [("p", "One."), ("p", "Two.")]


def test_the_kinds_of_blocks_are_kept():
    old = (
        "<h2>A</h2><h3>B</h3><ul><li><p>C</p></li></ul><ol><li>D</li></ol><blockquote><p>E</p></blockquote>F"
    )
    found = compare(Version(), Version(body=old)).body
    kinds = [passage.kind for passage in found]
    assert kinds == ["h2", "h3", "li", "li", "blockquote", "p"]
    assert [drawn(passage.runs) for passage in found] == [f"[+{letter}+]" for letter in "ABCDEF"]


def test_paragraphs_find_their_new_wording_when_others_come_and_go_between_them():
    old = "<p>The mayor opened the bridge on Monday.</p><p>Ships pass.</p><p>It cost ten million euros.</p>"
    new = "<p>A ferry ran.</p><p>The mayor opened the bridge on Tuesday.</p><p>It cost twelve million euros.</p>"
    assert body(old, new) == [
        ("p", "[+A ferry ran.+]", ""),
        ("p", "The mayor opened the bridge on [-Monday-][+Tuesday+].", ""),
        ("p", "[-Ships pass.-]", ""),
        ("p", "It cost [-ten-][+twelve+] million euros.", ""),
    ]


def test_a_paragraph_that_is_wholly_rewritten_is_removed_and_another_added():
    assert body("<p>Nothing of this stays.</p>", "<p>All is new here!</p>") == [
        ("p", "[-Nothing of this stays.-]", ""),
        ("p", "[+All is new here!+]", ""),
    ]


FORMATTING = "Only formatting or links changed here."


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("<p>It <strong>holds</strong>.</p>", "<p>It holds.</p>", "p"),
        ('<p><a href="https://a.example/">It</a> holds.</p>',
         '<p><a href="https://b.example/">It</a> holds.</p>', "p"),
        ("<p>It holds.</p>", "<h2>It holds.</h2>", "h2"),
        ("<ul><li>It holds.</li></ul>", "<ol><li>It holds.</li></ol>", "li"),
        ("<p>It holds.</p>", '<p>It <span lang="fr">holds</span>.</p>', "p"),
    ],
)  # fmt: skip
def test_a_change_that_is_not_of_words_is_said_in_words(old, new, kind):
    assert body(f"<p>Before.</p>{old}", f"<p>Before.</p>{new}") == [1, (kind, "It holds.", FORMATTING)]
    assert not compare(Version(body=old), Version(body=new)).is_empty


def test_markers_stand_by_their_number_on_either_side():
    text = '<p>It holds<sup data-cite="s1"></sup> for now<sup data-cite="s2"></sup>.</p>'
    old, new = (
        Version(body=text, sources=sources("A", "B")),
        Version(body=text, sources=sources("A", "B")[::-1]),
    )
    [passage] = compare(old, new).body
    assert drawn(passage.runs) == "It holds[-[1]-][+[2]+] for now[-[2]-][+[1]+]."


def test_a_marker_without_source_is_shown_with_a_question_mark():
    text = "<p>It holds for the time being{}.</p>"
    assert body(text.format(""), text.format('<sup data-cite="s9"></sup>')) == [
        ("p", "It holds for the time being[+[?]+].", "")
    ]


def test_a_source_that_takes_the_place_of_another_changes_the_list_and_not_the_text():
    text = '<p>It holds<sup data-cite="{}"></sup>.</p>'
    old = Version(body=text.format("s1"), sources=sources("A"))
    new = Version(body=text.format("s2"), sources=sources(s2="B"))
    found = compare(old, new)
    assert (found.has_new_text, [row.name for row in found.fields]) == (False, ["sources"])


PICTURE = f'<p>Look.</p><figure data-image="{UID}"></figure>'


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"alt": "A bridge", "caption": "", "credit": ""}, "Picture: A bridge"),
        ({"alt": "", "caption": "The bridge", "credit": "Ana"}, "Picture: The bridge · Ana"),
        ({"alt": "", "caption": "", "credit": ""}, "Picture: Decoration only"),
        ({}, "Picture: Decoration only"),
    ],
)
def test_a_picture_in_the_body_is_shown_by_its_words(told, expected):
    assert body("<p>Look.</p>", PICTURE, pictures={UID: told} if told else {}) == [
        1, ("figure", f"[+{expected}+]", "")
    ]  # fmt: skip


def test_another_picture_with_the_same_words_is_said_in_words():
    told = {"alt": "A bridge", "caption": "", "credit": ""}
    found = body(PICTURE, PICTURE.replace(UID, OTHER_UID), pictures={UID: told, OTHER_UID: told})
    assert found == [1, ("figure", "Picture: A bridge", "Another picture with the same words.")]


def test_new_words_of_a_picture_are_new_words():
    old = Version(body=PICTURE, pictures={UID: {"alt": "A stone bridge", "caption": "", "credit": "Ana"}})
    new = Version(body=PICTURE, pictures={UID: {"alt": "An iron bridge", "caption": "", "credit": "Ana"}})
    assert drawn(compare(old, new).body[1].runs) == "Picture: [-A stone-][+An iron+] bridge · Ana"


def test_a_text_too_large_to_align_is_replaced_between_what_is_the_same_at_its_ends(monkeypatch):
    monkeypatch.setattr(differences, "_MOST_PAIRS", 10)
    old, new = "It was a long and winding text then.", "It is a short and lively text then."
    assert drawn(differences._word_runs(old, new)) == (
        "It [-was a long and winding-][+is a short and lively+] text then."
    )


# --- what stands beside the body


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"headline": "A bridge opens"}, {"headline": "A bridge closes"},
         {"headline": "A bridge [-opens-][+closes+]"}),
        ({"standfirst": ""}, {"standfirst": "After a year."}, {"standfirst": "[+After a year.+]"}),
        ({"language": "en"}, {"language": "fr"}, {"language": "[-English-][+French+]"}),
        ({"kind": "news"}, {"kind": "analysis"}, {"kind": "[-News-][+Analysis+]"}),
        ({"section": "World"}, {"section": "Europe"}, {"section": "[-World-][+Europe+]"}),
        ({"coverage": None}, {"coverage": "Bridges"}, {"coverage": "[+Bridges+]"}),
        ({"path": "/2025/06/09/a/"}, {"path": "/2025/06/09/b/"}, {"path": "/2025/06/09/[-a-][+b+]/"}),
        ({"is_cut": True}, {}, {"ending": "[-The captured text ends here.-]"}),
        ({}, {"picture": {"alt": "A bridge", "caption": "", "credit": "Ana"}, "image_id": 1},
         {"picture": "[+A bridge · Ana+]"}),
        ({"picture": {"alt": "A bridge"}, "image_id": 1}, {"picture": {"alt": "A bridge"}, "image_id": 2},
         {"picture": "Another picture with the same words."}),
        ({"tags": [{"name": "a", "slug": "a"}, {"name": "b", "slug": "b"}]},
         {"tags": [{"name": "b", "slug": "b"}, {"name": "c", "slug": "c"}]},
         {"tags": [("removed", "", "[-#a-]"), ("same", "", "#b"), ("added", "", "[+#c+]")]}),
        ({"bylines": [{"name": "Ana", "role": ""}]},
         {"bylines": [{"name": "Ana", "role": ""}, {"name": "Ben", "role": "translated by"}]},
         {"bylines": [("same", "", "Ana"), ("added", "", "[+translated by Ben+]")]}),
        ({"bylines": [{"name": "Ana", "role": ""}]}, {"bylines": [{"name": "Ana", "role": "with"}]},
         {"bylines": [("changed", "", "[+with +]Ana")]}),
        ({"sources": sources("A", "B report")}, {"sources": sources("A", "B study")},
         {"sources": [("same", "Source 1", "A"), ("changed", "Source 2", "B [-report-][+study+]")]}),
        ({"sources": sources("A", "B")}, {"sources": sources(s2="B", s1="A")},
         {"sources": [("added", "Source 1", "[+B+]"), ("same", "Source 2", "A"), ("removed", "Source 2", "[-B-]")]}),
    ],
)  # fmt: skip
def test_what_changed_beside_the_body_is_named(old, new, expected):
    found = fields(old, new)
    assert found == expected
    assert fields(new, new) == {}


def test_a_source_says_who_published_it_and_where():
    row = {"key": "s1", "title": "Report", "publisher": "City", "url": "https://city.example/r"}
    assert fields({}, {"sources": [row]})["sources"] == [
        ("added", "Source 1", "[+Report, City, https://city.example/r+]")
    ]


def test_unchanged_rows_of_a_list_are_counted():
    [found] = compare(Version(sources=sources("A", "B")), Version(sources=sources("A", "B", "C"))).fields
    assert (found.label, found.unchanged_count) == ("Sources", 2)


def test_the_language_of_what_was_removed_is_known_where_it_is_another():
    assert compare(Version(language="fr"), Version(language="fr")).old_language == ""
    found = compare(Version(language="fr"), Version(language="ar"))
    assert (found.old_language, found.language) == ("fr", "ar")


# --- for all texts

WORD = st.sampled_from(
    ["the", "of", "bridge", "a", "HK$466.6", "l’eau", "de-functionalise", "end.", "«", "香港", "ไทย", "می‌خواهم",
     "cafe\u0301", "👨‍👩‍👧", "&amp;", "—", "שלום", "x", "2025,", "<b>bold</b>", "<br>", '<a href="https://a.example/">go</a>'],
)  # fmt: skip
TEXT = st.lists(WORD, max_size=25).map(" ".join)
BLOCK = st.builds(
    "".join,
    st.tuples(TEXT).flatmap(
        lambda text: st.sampled_from(
            [("<p>", *text, "</p>"), ("<h2>", *text, "</h2>"), ("<ul><li><p>", *text, "</p></li></ul>"),
             ("<blockquote><p>", *text, "</p></blockquote>")]
        )
    ),
)  # fmt: skip
BODY = st.lists(BLOCK, max_size=8).map("".join).map(clean_html)


def side(found, *, less):
    lines = []
    for passage in found.body:
        lines += [block.text for block in passage.blocks]
        lines.append("".join(run.text for run in passage.runs if run.kind != less))
    return " ".join(lines).split()


@given(old=BODY, new=BODY)
def test_old_and_new_words_can_be_read_off_in_their_order_and_none_is_lost(old, new):
    found = compare(Version(body=old), Version(body=new))
    assert side(found, less=ADDED) == plain_text(old).split()
    assert side(found, less=REMOVED) == plain_text(new).split()


@given(old=st.text(max_size=60) | TEXT, new=st.text(max_size=60) | TEXT)
@example(old="", new="")
@example(old="a\u200d", new="a")
def test_runs_are_the_two_texts_to_the_letter(old, new):
    runs = differences._word_runs(old, new)
    assert "".join(run.text for run in runs if run.kind != ADDED) == old
    assert "".join(run.text for run in runs if run.kind != REMOVED) == new
    assert all(run.text for run in runs)
    assert (old == new) == all(run.kind == SAME for run in runs)


@given(body=BODY, headline=TEXT)
def test_a_thing_and_itself_have_no_difference(body, headline):
    one = Version(body=body, headline=headline, sources=sources("A"), tags=[{"name": "a", "slug": "a"}])
    found = compare(one, one)
    assert found.is_empty
    assert found.fields == []
    assert not found.has_new_text


@given(old=BODY, new=BODY)
def test_any_change_of_a_body_is_told(old, new):
    found = compare(Version(body=old), Version(body=new))
    if plain_text(old) != plain_text(new):
        assert not found.is_empty
    changed = [passage for passage in found.body if not passage.blocks]
    assert all(passage.note or any(run.kind != SAME for run in passage.runs) for passage in changed)


@given(old=st.text(max_size=40) | TEXT, new=st.text(max_size=40) | TEXT)
@example(old="می‌خواهم 👨‍👩‍👧 cafe\u0301 한국", new="می خواهم 👨‍👩‍👦 cafe 한글")
def test_no_grapheme_is_cut_in_two(old, new):
    runs = differences._word_runs(old, new)
    for text, less in ((old, ADDED), (new, REMOVED)):
        between = {match.end() for match in regex.finditer(r"\X", text)}
        ends = accumulate(len(run.text) for run in runs if run.kind != less)
        assert between.issuperset(ends)
