"""What is read out of a body: its plain words, excerpts, markers, the folded form for search, counts."""

import pytest
import regex
from django.utils.safestring import SafeString
from hypothesis import example, given
from hypothesis import strategies as st

from articles import rich_text
from articles.rich_text import (
    clean_html,
    excerpt,
    fold,
    marker_counts,
    markers,
    paragraphs_to_html,
    plain_text,
    print_markers,
    word_count,
)

# Plain text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        (" \n\n ", ""),
        ("One", "<p>One</p>"),
        ("One\nTwo", "<p>One</p><p>Two</p>"),
        ("One\n\n\n  Two \r\n\r\nThree\n", "<p>One</p><p>Two</p><p>Three</p>"),
        ("a <b> & \"c\" 'd' &amp;", "<p>a &lt;b&gt; &amp; \"c\" 'd' &amp;amp;</p>"),
        ("\u3000\u3000中国", "<p>\u3000\u3000中国</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    ],
)
def test_plain_text_becomes_paragraphs(text, html):
    assert paragraphs_to_html(text) == html
    assert clean_html(html) == html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<p>One</p>\n  <p>Two</p>\n", "One\n\nTwo"),
        ("<h2>One</h2><p>Two</p><h3>Three</h3>Four", "One\n\nTwo\n\nThree\n\nFour"),
        ("<p>One</p><p></p><p>Two</p>", "One\n\nTwo"),
        ("<p>One<br>Two<br><br>Three<br></p><p>Four</p>", "One\nTwo\n\nThree\n\nFour"),
        ("<p>IO<strong>Me</strong>d<em>’s</em>, <em>here</em></p>", "IOMed’s, here"),
        ("<p>a  \n\t b <em> c</em></p>", "a b c"),
        (
            '<p>body.<sup data-cite="s1">[1]</sup> Next<sup data-cite="s2"></sup>, then</p>',
            "body. Next, then",
        ),
        ('<p>a <sup data-cite="s1"></sup> b</p>', "a b"),
        ("<p>&lt;b&gt; &amp;amp; &eacute; &#x1F602;&nbsp;&quot;</p>", '<b> &amp; é 😂\u00a0"'),
        ("<p>a</p><ul><li>b</li><li>c</li></ul><p>d</p>", "a\n\nb\nc\n\nd"),
        ("<ul><li><p>b</p></li><li><p>c</p><p>d</p></li></ul>", "b\nc\nd"),
        ("<ul><li><p>a</p><ol><li><p>b</p></li></ol></li><li><p>c</p></li></ul><p>d</p>", "a\nb\nc\n\nd"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "a\n\nb"),
        ("<blockquote><p>a</p><p>b</p></blockquote>c", "a\n\nb\n\nc"),
        ("<p>CO<sub>2</sub>, m<sup>2</sup></p>", "CO2, m2"),
        ("<script>x</script><p onclick=a>b</p><!-- c -->", "b"),
        ("<div>One</div><div>Two</div>", "One Two"),
    ],
)
def test_plain_text_is_the_words_of_a_body(html, text):
    assert plain_text(html) == text


# Excerpts

IOMED = (
    "In an international climate marred by deepening fissures and geopolitical fault lines, the idea of "
    "resolving disputes through dialogue rather than domination has come to sound almost quaint. Yet on "
    "May 30 in Hong Kong, a gathering of 400 dignitaries from 85 countries"
)
DENMARK = (
    "Brussels (Eurotoday) -The European Union’s new 300 million euro Ukraine export credit guarantee "
    "program, which helps European businesses doing business with Ukrainian competitors, has officially "
    "welcomed Denmark as its first member.\nIn the next weeks, the European Commission, national agencies, "
    "and the European Union lending arm, the EIB Group, are anticipated to reach more than a dozen comparab"
)
JUDGE = (
    "The senior judge reprimanded lawyers in two cases for allegedly using AI tools in preparing written "
    "arguments for court.\n“There are serious implications for justice administration and public"
)
RULES = "The new legislative framework aims to establish clearer and simpler rules for ai"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        (
            DENMARK,
            "Brussels (Eurotoday) -The European Union’s new 300 million euro Ukraine export credit guarantee "
            "program, which helps…",
        ),
        (
            JUDGE,
            "The senior judge reprimanded lawyers in two cases for allegedly using AI tools in preparing "
            "written arguments for…",
        ),
        (RULES, "The new legislative framework aims to establish clearer and simpler rules for…"),
        ("According to the", ""),
        ("Frederiksen", ""),
        ("", ""),
        ("A text of exactly thirty-nine letters h", ""),
        ("x" * 300, ""),
        ("A text of exactly forty characters, here", "A text of exactly forty characters…"),
    ],
)
def test_the_excerpt_of_a_cut_text_drops_its_last_word(text, short):
    assert excerpt(text, is_cut=True) == short


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("", 118, ""),
        ("Frederiksen", 118, "Frederiksen"),
        (" One\n\ntwo\t three ", 118, "One two three"),
        ("China and 30 nations launch the IOMed,", 38, "China and 30 nations launch the IOMed,"),
        ("China and 30 nations launch the IOMed,", 37, "China and 30 nations launch the…"),
        ("China and 30 nations launch the IOMed,", 32, "China and 30 nations launch the…"),
        ("China and 30 nations launch the IOMed,", 31, "China and 30 nations launch…"),
        (IOMED, 89, "In an international climate marred by deepening fissures and geopolitical fault lines…"),
        ("One, two, three", 10, "One, two…"),
        ("One – two", 7, "One…"),
        ("One— two", 7, "One…"),
        ("One: two", 7, "One…"),
        ("One. Two", 7, "One…"),
        ("One… two", 7, "One…"),
        ("One (two three)", 11, "One (two…"),
        ("One ( two three", 8, "One…"),
        ("One “ two three", 8, "One…"),
        ("One « two » three", 8, "One…"),
        ('One " two three', 8, "One…"),
        ("“One” two three", 8, "“One”…"),
        ("„One“ two three", 8, "„One“…"),
        ("'One' two three", 8, "'One'…"),
        ("Really? Yes, really.", 9, "Really?…"),
        ("sûr\u00a0: oui, non", 11, "sûr\u00a0: oui…"),
        ("sûr\u00a0: oui, non", 6, "sûr…"),
        ("Rindfleischetikettierung", 10, "Rindfleis…"),
        ("zero-sum thinking", 6, "zero…"),
        ("中国和三十个国家成立了国际调解院", 9, "中国和三十个国家…"),
        ("中国和三十个国家，成立了国际调解院", 10, "中国和三十个国家…"),
        ("他说“你好，世界", 4, "他说…"),
        ("他说「你好，世界", 4, "他说…"),
        ("สวัสดีชาวโลก", 6, "สวัสดี"[:4] + "…"),
        ("IOMed在香港成立", 8, "IOMed在香…"),
        ("👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 14, "👨‍👩‍👧‍👦…"),
        ("🇧🇪🇭🇰🇫🇷", 4, "🇧🇪…"),
        ("👍🏽👍🏽👍🏽", 4, "👍🏽…"),
        ("Coffee ☕️☕️☕️", 10, "Coffee…"),
        ("e\u0301e\u0301e\u0301e\u0301", 6, "e\u0301e\u0301…"),
        ("e" + "\u0301" * 300, 118, ""),
        ("-" * 300, 118, ""),
        ("One two", 1, ""),
        ("One two", 0, ""),
    ],
)
def test_an_excerpt_ends_at_a_word_or_between_graphemes(text, limit, short):
    assert excerpt(text, limit=limit) == short
    assert len(short) <= limit


def test_a_cut_text_is_never_given_more_than_120_characters():
    assert len(excerpt(IOMED, limit=500)) == len(IOMED)
    assert excerpt(IOMED, limit=500, is_cut=True) == excerpt(IOMED, limit=120)


def test_a_cut_text_in_a_script_without_spaces_drops_its_last_character():
    text = "中国和三十个国家成立了国际调解院" * 3
    assert excerpt(text, is_cut=True) == text[:-1] + "…"


@given(st.text(), st.integers(-1, 130), st.booleans())
@example("a \u0301b c" * 20, 20, False)
@example("\u0600, b c", 4, False)
def test_any_excerpt_keeps_the_rules(text, limit, is_cut):
    short = excerpt(text, limit=limit, is_cut=is_cut)
    whole = regex.sub("[^\\S\u00a0\u2007\u202f]+", " ", text).strip(" ")
    assert short != "…"
    assert "\n" not in short
    assert len(short) <= max(limit, 0)
    if short != whole:
        assert short == "" or short.endswith("…")
        kept = short.removesuffix("…")
        assert whole.startswith(kept)
        assert kept in {whole[: cluster.start()] for cluster in regex.finditer(r"\X", whole)}


@given(st.lists(st.text("abcé’😂", min_size=3, max_size=12), min_size=30, max_size=40), st.booleans())
def test_an_excerpt_of_words_ends_in_no_cut_word(words, is_cut):
    kept = excerpt(" ".join(words), is_cut=is_cut).removesuffix("…").split()
    assert kept == words[: len(kept)] != []


@given(st.lists(st.text("abcé’😂", min_size=1, max_size=12), min_size=1, max_size=12))
def test_the_last_word_of_a_cut_text_is_never_shown(words):
    assert len(excerpt(" ".join(words), is_cut=True).split()) < len(words)


# Markers

CITED = clean_html(
    '<p>a<sup data-cite="s1"></sup>b<sup data-cite="s3"></sup></p><p>c<sup data-cite="s1">1</sup></p>'
)


def test_markers_are_read_in_the_order_of_the_body():
    assert markers(CITED) == ["s1", "s3", "s1"]
    assert marker_counts(CITED) == {"s1": 2, "s3": 1}
    assert markers('<p>no marker &lt;sup data-cite="s1"&gt;&lt;/sup&gt;</p>') == []
    assert marker_counts("") == {}


def test_markers_are_read_from_a_body_that_was_not_cleaned():
    assert markers('<p>a<SUP data-cite=s2>[2]</SUP><script><sup data-cite="s1"></sup></script>') == ["s2"]


def test_markers_print_as_links_to_their_sources():
    printed = print_markers(CITED, {"s1": 2, "s3": 1})
    assert isinstance(printed, SafeString)
    assert printed == (
        '<p>a<sup class="cite"><a href="#source-2" id="cite-2-1" aria-label="Source 2">2</a></sup>'
        'b<sup class="cite"><a href="#source-1" id="cite-1-1" aria-label="Source 1">1</a></sup></p>'
        '<p>c<sup class="cite"><a href="#source-2" id="cite-2-2" aria-label="Source 2">2</a></sup></p>'
    )


def test_a_marker_without_a_number_is_not_printed():
    one = '<sup class="cite"><a href="#source-1" id="cite-1-1" aria-label="Source 1">1</a></sup>'
    assert print_markers(CITED, {"s3": 1}) == f"<p>ab{one}</p><p>c</p>"
    assert print_markers(CITED, {}) == "<p>ab</p><p>c</p>"


def test_a_number_that_is_not_one_is_refused():
    with pytest.raises(TypeError, match="%d format: a real number is required, not str"):
        print_markers(CITED, {"s1": '"><script>'})


def test_a_label_is_escaped(monkeypatch):
    monkeypatch.setattr(rich_text, "_", lambda message: '"><b>' + message)
    assert 'aria-label="&quot;&gt;&lt;b&gt;Source 1"' in print_markers(CITED, {"s3": 1})


# Search and counting


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        ("  China’s\n\tSoft \u00a0Power ", "china’s soft power"),
        ("Élysée e\u0301LYSE\u0301E", "elysee elysee"),
        ("Straße STRASSE", "strasse strasse"),
        ("ﬁnance ﬂow ĳ", "finance flow ij"),
        ("İstanbul ISTANBUL ıI", "istanbul istanbul ıi"),
        ("Ελλάδας ΕΛΛΆΔΑΣ", "ελλαδασ ελλαδασ"),
        ("ＨＫ＄４６６", "hk$466"),
        ("co\u00adoperate zero\u200bwidth", "cooperate zerowidth"),
        ("☕️ 👍", "☕ 👍"),
        ("Dvořák Ærø Łódź", "dvorak ærø łodz"),
        ("中国 한국", "中国 \u1112\u1161\u11ab\u1100\u116e\u11a8"),
    ],
)
def test_folding_makes_a_text_comparable(text, folded):
    assert fold(text) == folded


@given(st.text())
@example("ΐ ᾳ \u0345 ŉ ǰ ẞ \u1e9b\u0323")
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("html", "count"),
    [
        ("", 0),
        ("<p> – 😂 … </p>", 0),
        ("<p>China and Allies</p><p>one</p>", 4),
        ("<p>IO<strong>Me</strong>d’s HK$466.6 zero-sum and/or</p>", 4),
        ("<p>30 countries—including Indonesia</p>", 4),
        ('<p>one<sup data-cite="s1">1</sup> two<br>three</p>', 3),
        ("<p>sûr\u00a0: oui</p>", 2),
        ("<p>中国和香港</p>", 5),
        ("<p>日本の IOMed</p>", 4),
        ("<p>สวัสดีชาวโลก</p>", 3),
        ("<p>한국어 문장</p>", 2),
    ],
)
def test_words_are_counted(html, count):
    assert word_count(html) == count
