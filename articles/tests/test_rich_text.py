"""What is kept of HTML from people, and what is read out of it: cleaning, words, excerpts, markers."""

import re
from html.parser import HTMLParser

import nh3
import pytest
from django.core.exceptions import ValidationError
from django.utils.safestring import mark_safe
from django_prose_editor.config import allowlist_from_extensions
from django_prose_editor.fields import ProseEditorField
from hypothesis import example, given
from hypothesis import strategies as st

from articles import rich_text
from articles.rich_text import (
    EDITOR_EXTENSIONS,
    EDITOR_PROCESSORS,
    clean_html,
    marker_counts,
    markers,
    paragraphs_to_html,
    picture_uids,
    plain_text,
    print_markers,
    print_pictures,
    word_count,
)

KEPT = {
    "p": set(),
    "h2": set(),
    "h3": set(),
    "strong": set(),
    "em": set(),
    "sub": set(),
    "br": set(),
    "ul": set(),
    "li": set(),
    "blockquote": set(),
    "sup": {"data-cite"},
    "span": {"lang", "dir"},
    "ol": {"start", "type", "data-type"},
    "a": {"href", "title", "rel"},
    "figure": {"data-image"},
}
UID = "0b9cf4a5-3f5e-4b9e-8a52-6f1d2c3b4a59"
PICTURE = f'<figure data-image="{UID}"></figure>'  # fmt: skip

WHOLE_BODY = (
    "<h2>Dialogue</h2>"
    "<p>Yet on <strong>May 30</strong> in <em>Hong Kong</em>, H<sub>2</sub>O<br>m<sup>2</sup>"
    '<sup data-cite="s1"></sup><sup data-cite="s12"></sup> &amp; &lt;b&gt; a&nbsp;b</p>'
    "<h3>Links</h3>"
    '<p><a href="https://a.example/?a=1&amp;b=2" title="A &quot;body&quot;" rel="noopener">here</a> '
    '<a href="mailto:desk@news.example" rel="noopener">desk</a> <a href="/about/" rel="noopener">ours</a></p>'
    '<ul><li><p>one</p></li><li><p>two</p><ol start="3"><li><p>three</p></li></ol></li></ul>'
    '<blockquote><p><span lang="fr">Toujours</span> <span lang="ar" dir="rtl">سلام</span></p></blockquote>'
)
BODIES = [
    "",
    "<p>One.</p>",
    "<p>One.</p>\n<p>Two.</p>",
    "<p>One.</p><p></p><p>Two.</p>",
    "<p>No tags at all</p>",
    '<ol type="i" data-type="lower-roman"><li><p>x</p></li></ol>',
    WHOLE_BODY,
    f"<p>One.</p>{PICTURE}<p>Two.</p>",
    f"{PICTURE}{PICTURE}",
    f"<p>One.</p><blockquote><p>a</p>{PICTURE}</blockquote>",
]


class Elements(HTMLParser):
    """The elements of a text, as another parser than the cleaner's sees them."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.found, self.declarations = [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_comment(self, data):
        self.declarations.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def assert_is_harmless(html):
    elements = Elements(html)
    assert elements.declarations == []
    for tag, attributes in elements.found:
        assert tag in KEPT
        assert set(attributes) <= KEPT[tag]
        assert re.match(r"(?:https?:|mailto:|/(?![/\\]))", attributes.get("href", "/"), re.IGNORECASE)


# Cleaning


@pytest.mark.parametrize("html", BODIES)
def test_what_the_editor_makes_is_kept_to_the_letter(html):
    assert clean_html(html) == html


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("Only words", "Only words"),
        ("<p>a<u>b</u><s>c</s><code>d</code><b>e</b><i>f</i></p>", "<p>abcdef</p>"),
        ("<h1>Title</h1><p>Text</p>", "Title<p>Text</p>"),
        ("<h4>Title</h4><p>Text</p>", "Title<p>Text</p>"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("<table><tr><td>One</td><td><em>Two</em></td></tr></table>", "One<em>\nTwo</em>"),
        ("One<hr>Two", "One\nTwo"),
        ("<div><p>One</p></div><div><p>Two</p></div>", "<p>One</p><p>Two</p>"),
        ('<p class="lead" style="color: red" id="x" lang="fr" title="t" onclick="a()">a</p>', "<p>a</p>"),
        ("<p>a<!-- hidden --><![CDATA[b]]><?php c ?><!DOCTYPE html></p>", "<p>a</p>"),
        ("<title>Page</title><style>p { color: red }</style><p>a<script>b</script></p>", "<p>a</p>"),
        ("<p>a<iframe>b</iframe><noscript>c</noscript><svg><text>d</text></svg></p>", "<p>a</p>"),
        ("<p>a<img src=x alt=b><input value=c>d</p>", "<p>ad</p>"),
        ("<p>Unclosed <em>tags", "<p>Unclosed <em>tags</em></p>"),
        ("<p>1 < 2 & 3 > 2</p>", "<p>1 &lt; 2 &amp; 3 &gt; 2</p>"),
        ("<p>a\r\nb\rc</p>", "<p>a\nb\nc</p>"),
        ("\ufeff" * 20 + "<p>a</p>", "<p>a</p>"),
        ("<P>A<BR/>b</P>", "<p>A<br>b</p>"),
        ('<ol start="javascript:" type="disc" data-type="1 2"><li>a</li></ol>', "<ol><li>a</li></ol>"),
    ],
)
def test_what_the_editor_cannot_make_loses_its_tags(html, cleaned):
    assert clean_html(html) == cleaned


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p></p>", ""),
        ("<p>a</p><p></p>", "<p>a</p>"),
        ("<p>a</p><p></p>\n<p> </p> <p><br></p><p>&nbsp;</p><p><em></em></p>\n", "<p>a</p>"),
        ("<p></p><p>a</p>", "<p></p><p>a</p>"),
        ('<p></p><p><sup data-cite="s1"></sup></p>', '<p></p><p><sup data-cite="s1"></sup></p>'),
        ("<ul><li><p></p></li></ul>", "<ul><li><p></p></li></ul>"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_blank_paragraphs_at_the_end_are_dropped(html, cleaned):
    assert clean_html(html) == cleaned


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://example.org/a?b=1#c", "https://example.org/a?b=1#c"),
        ("http://example.org/é", "http://example.org/é"),
        ("HTTPS://Example.org", "HTTPS://Example.org"),
        ("mailto:desk@news.example", "mailto:desk@news.example"),
        ("/2025/05/30/iomed/", "/2025/05/30/iomed/"),
        ("", None),
        ("#source-1", None),
        ("page.html", None),
        ("?page=2", None),
        ("//example.org/", None),
        ("/\\example.org/", None),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        (" javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("java\tscript:alert(1)", None),
        ("\x01javascript:alert(1)", None),
        ("java&#0;script:alert(1)", None),
        ("&#106;avascript&colon;alert(1)", None),
        ("&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A&#x61", None),
        ("vbscript:msgbox(1)", None),
        ("data:text/html;base64,PHNjcmlwdD4=", None),
        ("file:///etc/passwd", None),
        ("blob:https://example.org/x", None),
        ("ftp://example.org/", None),
        ("tel:112", None),
        ("view-source:https://example.org", None),
    ],
)
def test_links_go_to_http_https_mailto_or_a_path_of_the_site(address, kept):
    assert clean_html(f'<p><a href="{address}">here</a></p>') == (
        "<p>here</p>" if kept is None else f'<p><a href="{kept}" rel="noopener">here</a></p>'
    )


def test_every_link_gets_the_same_rel_and_no_target():
    html = '<p><a href="https://a.example" rel="nofollow opener" target="_blank" download ping="/x">a</a></p>'
    assert clean_html(html) == '<p><a href="https://a.example" rel="noopener">a</a></p>'


@pytest.mark.parametrize("lang", ["fr", "en-GB", "zh-Hant-HK", "sr-Latn", "es-419", "de-CH-1996", "yue"])
def test_a_language_mark_stays(lang):
    html = f'<p><span lang="{lang}">x</span></p>'
    assert clean_html(html) == html


@pytest.mark.parametrize(
    "attributes",
    [
        "", 'lang=""', 'lang="f"', 'lang="fr "', 'lang="fr\n"', 'lang="fr_BE"', 'lang="-fr"', 'lang="fr--BE"',
        'lang="français"', 'lang="ｆｒ"', 'lang="fr-abcdefghi"', 'lang="en-' + "abcdefgh-" * 4 + 'x"',
        'dir="rtl"', 'style="font-weight: 400"', 'class="x"', 'xml:lang="fr"',
    ],
)  # fmt: skip
def test_a_span_without_a_language_loses_its_tags(attributes):
    assert clean_html(f"<p>a <span {attributes}>b <em>c</em></span></p>") == "<p>a b <em>c</em></p>"


def test_a_direction_stays_only_where_it_is_one():
    html = '<p><span lang="ar" dir="{}">x</span></p>'
    assert clean_html(html.format("rtl")) == html.format("rtl")
    assert clean_html(html.format("sideways")) == '<p><span lang="ar">x</span></p>'


@pytest.mark.parametrize(
    "html",
    [
        '<p>a<sup data-cite="s1"></sup>.</p>',
        '<p>a<sup data-cite="s1">[1]</sup>.</p>',
        "<p>a<sup data-cite=s1>1</sup>.</p>",
        "<p>a<SUP class='cite' DATA-CITE='s1' onclick='b()'><a href='/x'>1</a></SUP>.</p>",
        '<p>a<sup data-cite="s1">x<sup>y</sup><sup data-cite="s2"><br></sup>z</sup>.</p>',
        '<p>a<sup data-cite="s1" data-cite="s2"><script>x</script><em>x</em></sup>.</p>',
    ],
)
def test_a_marker_has_one_form_and_no_content(html):
    assert clean_html(html) == '<p>a<sup data-cite="s1"></sup>.</p>'


@pytest.mark.parametrize(
    "key", ["", "s", "s0", "s01", "S1", "1", "s1 ", " s1", "s1\n", "s-1", "s１", "s1x", "xs1", "s1&quot;"]
)
def test_a_marker_with_a_wrong_key_is_no_marker(key):
    html = clean_html(f'<p>a<sup data-cite="{key}">2</sup></p>')
    assert html == "<p>a<sup>2</sup></p>"
    assert markers(html) == []


def test_a_marker_that_is_not_closed_swallows_no_other_paragraph():
    html = '<p>One<sup data-cite="s1">1</p><p>Two</p>'
    assert clean_html(html) == '<p>One<sup data-cite="s1"></sup></p><p>Two</p>'
    html = '<sup data-cite="s1"><p>One</p><ul><li>Two</li></ul>'
    assert clean_html(html) == '<sup data-cite="s1"></sup><p>One</p><ul><li>Two</li></ul>'


def test_a_marker_leaves_the_link_it_stands_in():
    html = (
        '<p><a href="/">one<em> two<sup data-cite="s2"></sup><sup data-cite="s1"></sup></em> three</a>.</p>'
    )
    assert clean_html(html) == (
        '<p><a href="/" rel="noopener">one<em> two</em> three</a>'
        '<sup data-cite="s2"></sup><sup data-cite="s1"></sup>.</p>'
    )


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        (f'<figure class="x" data-image="{UID}" onclick="a()"></figure>', PICTURE),
        (
            f'<figure data-image="{UID}"><img src=x alt=y><figcaption>Words</figcaption></figure>',
            f"{PICTURE}Words",
        ),
        (f"<p>One{PICTURE}two</p>", f"<p>One</p>{PICTURE}two"),
        (f"One{PICTURE}Two", f"One{PICTURE}Two"),
        (f'<figure data-image="{UID}"><p>One</p><p>Two</p>', f"{PICTURE}<p>One</p><p>Two</p>"),
        (f'<figure data-image="{UID}">x</figure>y', f"{PICTURE}x\ny"),
        (f"<p>a</p>{PICTURE}<p></p>", f"<p>a</p>{PICTURE}"),
        ("<figure><img src=x><figcaption>Words</figcaption></figure>After", "Words\nAfter"),
    ],
)
def test_a_picture_has_one_form_and_no_content(html, cleaned):
    assert clean_html(html) == cleaned
    assert clean_html(cleaned) == cleaned


@pytest.mark.parametrize(
    "uid", ["", "1", UID.upper(), UID[:-1], f"{UID}0", f" {UID}", UID.replace("-", ""), "../" + UID[3:], "😂"]
)
def test_a_picture_with_a_wrong_name_is_no_picture(uid):
    html = clean_html(f'<p>a</p><figure data-image="{uid}">b</figure>')
    assert html == "<p>a</p>b"
    assert picture_uids(html) == []


def test_pictures_are_named_once_each_in_the_order_of_the_body():
    other = UID.replace("0b9", "fff")
    body = f'<p>a</p>{PICTURE}<figure data-image="{other}"></figure>{PICTURE}'
    assert picture_uids(body) == [UID, other]


def test_a_picture_parts_the_words_around_it_and_gives_none():
    assert plain_text(f"<p>One.</p>{PICTURE}<p>Two.</p>") == "One.\n\nTwo."
    assert plain_text(f"One{PICTURE}Two") == "One\n\nTwo"
    assert word_count(PICTURE) == 0


def test_pictures_print_as_the_figures_given_and_leave_nothing_where_none_is():
    body = f"<p>One &lt;b&gt;.</p>{PICTURE}<p>Two.</p>"
    printed = print_pictures(print_markers(body, {}), {UID: mark_safe("<figure>it</figure>")})
    assert printed == "<p>One &lt;b&gt;.</p><figure>it</figure><p>Two.</p>"
    assert print_pictures(print_markers(body, {}), {}) == "<p>One &lt;b&gt;.</p><p>Two.</p>"
    assert "&lt;script&gt;" in print_pictures(print_markers(body, {}), {UID: "<script>"})


@pytest.mark.parametrize("content", ["", '<sup data-cite="s1"></sup>', "<img src=x>", "<span></span>"])
def test_a_link_without_content_is_dropped(content):
    assert (
        clean_html(f'<p>a<a href="/">{content}</a>b</p>').replace('<sup data-cite="s1"></sup>', "")
        == "<p>ab</p>"
    )


@pytest.mark.parametrize(
    "words",
    [
        "“Quoted,” ‘said’ ‹he› «she» „it“",
        "\"straight\" and 'single'",
        "dashes – — ‑ - and … and ′ ″",
        "😂 ☕️ ☕ ☕\ufe0e 👨‍👩‍👧‍👦 🇧🇪🇭🇰 👍🏽 1️⃣",
        "e\u0301 é ñ n\u0303 (decomposed and composed)",
        "a\u202fb\u2009c\u200bd\u200ee\u2060f\u00adg",
        "中国 ไทย हिन्दी עברית العربية 한국어",
        "HK$466.6 million (approximately US$58.8 million)",
        "𝒜 𐍈 \U0001f9ff \U000e0067",
    ],
)
def test_characters_stay_to_the_letter(words):
    assert clean_html(f"<p>{words}</p>") == f"<p>{words}</p>"
    assert plain_text(paragraphs_to_html(words)) == words


def test_a_no_break_space_stays_one():
    assert clean_html("<p>sûr\u00a0: «\u00a0oui\u00a0»</p>") == "<p>sûr&nbsp;: «&nbsp;oui&nbsp;»</p>"
    assert plain_text("<p>sûr&nbsp;: «&#160;oui\u00a0»</p>") == "sûr\u00a0: «\u00a0oui\u00a0»"


def test_characters_that_no_page_or_feed_may_hold_are_dropped():
    html = "<p>a\x00b\x01c\x08d\x7fe\x92f\ud800g\ufffeh\ufdd0i&#1;j&#x1b;k</p>"
    assert clean_html(html) == "<p>abcdefghijk</p>"
    assert clean_html("<p>soft\x0bline\x0cbreaks\x85here</p>") == "<p>soft line breaks here</p>"


HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script>alert(1)",
    "<script/x>alert(1)</script>",
    "<<script>alert(1);//<</script>",
    "<script\x00>alert(1)</script>",
    "<scr\x00ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src=`x`onerror=alert(1)>",
    '<img """><script>alert(1)</script>">',
    "<img src=\"x\" alt=\"`><script>alert(1)</script>\">",
    "<p onmouseover=alert(1)>a</p>",
    "<p/onclick=alert(1)//>a",
    '<p title="</p><script>alert(1)</script>">a</p>',
    "<body onload=alert(1)>a</body>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href=\"jav&#x0D;ascript:alert(1)\">a</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>a</a>",
    '<a href="https://x.example/" onclick="alert(1)" style="x:expression(1)">a</a>',
    "<a href=\"https://x.example/'onmouseover=alert(1)//\">a</a>",
    '<a href="https://x.example/&quot; onmouseover=&quot;alert(1)">a</a>',
    "<a xlink:href='javascript:alert(1)'>a</a>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>a</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<svg><desc><p>a</p><script>alert(1)</script></desc></svg>",
    "<svg><foreignObject><p onclick=alert(1)>a</p></foreignObject></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<math><annotation-xml encoding='text/html'><p><script>alert(1)</script></p></annotation-xml></math>",
    "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><mtext><h2><a><h2></a></h2><mglyph><svg><mtext><style><a title='</style><img src=x onerror=a()>'>",
    "<style>@import 'https://x.example/x.css';</style>",
    "<style><!--</style><script>alert(1)//--></script>",
    "<p style='background:url(javascript:alert(1))'>a</p>",
    "<link rel=stylesheet href=https://x.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='javascript:alert(1)//'>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe><p></iframe><img src=x onerror=alert(1)>",
    "<object data='javascript:alert(1)'><embed src='x.swf'></object>",
    "<form action='javascript:alert(1)'><button formaction='javascript:alert(1)'>a</button></form>",
    "<textarea><p></textarea><img src=x onerror=alert(1)></p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<noembed><p title='</noembed><img src=x onerror=alert(1)>'></noembed>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<title><p title='</title><img src=x onerror=alert(1)>'></title>",
    "<template><script>alert(1)</script><p onclick=alert(1)>a</p></template>",
    "<select><template><style><!--</style><a rel='--></style></template><img src=x onerror=alert(1)>'>",
    "<plaintext><script>alert(1)</script>",
    "<listing>&lt;img onerror=alert(1) src=x&gt;</listing>",
    "<marquee onstart=alert(1)>a</marquee>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)><summary>a</summary></details>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<custom-tag onfocus=alert(1) tabindex=1 autofocus>a</custom-tag>",
    "<!--><script>alert(1)</script>-->",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<!DOCTYPE x [<!ENTITY y '<script>alert(1)</script>'>]>&y;",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)",
    '<sup data-cite="s1\'"><script>alert(1)</script></sup>',
    '<sup data-cite="s1"><img src=x onerror=alert(1)></sup>',
    "<span lang='fr\" onclick=\"alert(1)'>a</span>",
    "<a href=https://x.example/><table><td><a href=https://y.example/>a</a>",
    "<p><button><p><table><p>a</table></button>",
    "<b><p><i></b><table><tr></i><td></p>a",
    "<strong><h2><em></strong><h3>a</em></h2>",
    "</p></div></br></script><//><a/",
    "<p", "<", "<a href=", "<a href='", "<!--", "&", "&#", "&#xFFFFFFFF;", "</", "<p a=b c='",
    "\x00", "\ud83d",
    "<" * 500, "<p>" * 500, "<em>" * 500, "<a href=/>" * 200, "</p>" * 500, "<ul><li>" * 100, "&" * 500,
    "<table><tr><td>" * 50 + "a", "<svg><p><math>" * 50, "<p><em><strong><a href=/x>" * 60 + "a",
]  # fmt: skip


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_markup_comes_out_harmless(html):
    cleaned = clean_html(html)
    assert_is_harmless(cleaned)
    assert clean_html(cleaned) == cleaned
    assert_is_harmless(print_markers(cleaned, {}))


@pytest.mark.parametrize("html", [html for html in HOSTILE if "alert" in html])
def test_words_before_and_after_hostile_markup_stay_harmless_in_the_middle_of_a_story(html):
    cleaned = clean_html(f"<p>Before.</p>{html}<p>After.</p>")
    assert cleaned.startswith("<p>Before.</p>")
    assert_is_harmless(cleaned)


@pytest.mark.parametrize(
    ("piece", "kept"),
    [
        ("<p>Words &amp; words.</p>", "<p>Words &amp; words.</p>"),
        ("word ", "word "),
        ("<script>x</script>", ""),
        ("<!--", ""),
        ("<p x='", ""),
        ("<br>", "<br>"),
        ("<p></p>", ""),
        ('<sup data-cite="s7"></sup>', '<sup data-cite="s7"></sup>'),
    ],
)
def test_a_megabyte_is_cleaned(piece, kept):
    count = 1_000_000 // len(piece)
    assert clean_html(piece * count) == (kept * count).rstrip()


@pytest.mark.parametrize(
    ("piece", "kept"),
    [("<div>", ""), ("<ul><li>x", "x "), ("<span>", ""), ("<blockquote>y</p>", "y "), ("<x>", "")],
)
def test_a_megabyte_of_elements_in_each_other_loses_its_markup_and_no_word(piece, kept):
    count = 1_000_000 // len(piece)
    assert "".join(plain_text(clean_html(piece * count)).split()) == kept.strip() * count


def test_lists_and_quotations_in_each_other_stay_as_deep_as_anybody_writes_them():
    html = "<ul><li><p>x</p>" * 100 + "</li></ul>" * 100
    assert clean_html(html).count("<ul>") == 100


def test_a_table_whose_cells_are_not_closed_is_not_deep():
    assert clean_html("<table>" + "<tr><td><strong>x</strong>" * 2_000).count("<strong>") == 2_000


def test_a_megabyte_of_no_break_spaces_becomes_one_of_spaces():
    assert plain_text(clean_html("<p>x" + "\xa0" * 1_000_000 + "y&nbsp;z</p>")) == "x y z"


FOREIGN = (
    "b", "body", "button", "div", "foreignObject", "form", "h1", "hr", "iframe", "math", "mtext", "noscript",
    "option", "pre", "script", "select", "style", "svg", "table", "td", "template", "textarea", "title",
)  # fmt: skip
SCRAPS = st.one_of(
    st.sampled_from(
        [f"</{tag}>" for tag in KEPT] + [f"<{tag}{rest}>" for tag in KEPT for rest in
         ("", ' href="/"', ' data-cite="s1"', ' lang="fr"', " onclick=x", f' data-image="{UID}"')]
    ),
    st.sampled_from([f"<{slash}{tag}>" for slash in ("", "/") for tag in FOREIGN]),
    st.sampled_from(["<!--", "-->", "<![CDATA[", "]]>", "<", ">", "&", "&lt;", "&#0;", "&#1;", '"', "'"]),
    st.sampled_from("\ufeff\x00\ud800\xa0 \n"),
    st.text(max_size=5),
)  # fmt: skip
SOUP = st.lists(SCRAPS, max_size=40).map("".join)
WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1).map(
    lambda words: re.sub(" +", " ", words).strip(" ")
)


@given(SOUP)
@example("<p><button><p>a")
@example("<span>\ufeff</span>\ufeff")
@example("<h2><strong><h3>a</strong>b</h3></h2>")
def test_any_markup_is_cleaned_for_good(html):
    cleaned = clean_html(html)
    assert_is_harmless(cleaned)
    assert clean_html(cleaned) == cleaned


@given(SOUP)
def test_any_markup_can_be_read_and_printed(html):
    body = clean_html(html)
    keys = markers(html)
    assert len(re.findall('class="cite"', print_markers(body, dict.fromkeys(keys, 1)))) == len(keys)
    assert sum(marker_counts(html).values()) == len(keys)
    assert not re.search(r"[\x00-\x09\x0b-\x1f]|^ | $", plain_text(html), re.MULTILINE)
    assert word_count(html) <= len(plain_text(html))


@given(st.lists(WORDS.filter(str.strip), max_size=5))
def test_any_words_come_back_to_the_letter(paragraphs):
    assert plain_text(paragraphs_to_html("\n".join(paragraphs))) == "\n\n".join(paragraphs)


def test_a_body_that_does_not_settle_keeps_its_words_and_loses_its_markup(monkeypatch):
    monkeypatch.setattr(rich_text, "_MOST_PASSES", 1)
    assert clean_html("<p>One &amp; <div><em>two</em></div>") == "<p> One &amp;   two </p>"


# The editor and the cleaner are one


@pytest.fixture
def registered(settings):
    settings.DJANGO_PROSE_EDITOR_EXTENSIONS = [{"js": [], "extensions": EDITOR_PROCESSORS}]


@pytest.mark.usefixtures("registered")
def test_the_allow_list_is_the_one_the_editor_derives_from_its_extensions():
    derived = allowlist_from_extensions(EDITOR_EXTENSIONS)
    assert derived["tags"] == set(KEPT)
    assert derived["attributes"] == {tag: attributes for tag, attributes in KEPT.items() if attributes}
    assert derived["url_schemes"] == {"http", "https", "mailto"}


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("html", [*BODIES, *HOSTILE])
def test_the_editors_own_sanitiser_keeps_what_is_clean(html):
    cleaned = clean_html(html)
    assert nh3.Cleaner(**allowlist_from_extensions(EDITOR_EXTENSIONS)).clean(cleaned) == cleaned


def test_a_field_with_the_cleaner_stores_only_clean_text():
    field = ProseEditorField(extensions=EDITOR_EXTENSIONS, sanitize=clean_html)
    assert field.clean("<p onclick='x'>a<script>b</script></p><p></p>", None) == "<p>a</p>"
    with pytest.raises(ValidationError, match="This field cannot be blank"):
        field.clean("", None)
