"""How a difference is printed: in words too, escaped, in its language."""

import pytest
from django.template.loader import render_to_string
from lxml import html

from articles.differences import compare
from articles.tests.reading import texts
from articles.tests.test_differences import Version, sources


def printed(old, new, **context):
    """The printed difference of two versions given by what sets them apart, as a tree."""
    context = {"difference": compare(Version(**old), Version(**new)), "site_lang": "en-GB"} | context
    return html.fragment_fromstring(render_to_string("articles/_difference.html", context))


def test_added_and_removed_words_are_told_to_people_who_cannot_see_the_marks():
    tree = printed({"headline": "The bridge opens"}, {"headline": "The bridge closes"})
    assert texts(tree, "//h3") == ["Headline"]
    assert texts(tree, "//h3/following-sibling::p") == ["The bridge Removed: opens Added: closes"]
    assert texts(tree, "//del/span[@class='visually-hidden'] | //ins/span[@class='visually-hidden']") == [
        "Removed:",
        "Added:",
    ]
    assert texts(tree, "//p[@class='hint']")[0] == (
        "Added text is underlined, removed text is struck through."
    )


def test_unchanged_paragraphs_wait_in_a_fold():
    old = "<h2>Why</h2><p>One.</p><p>The bridge is open now.</p><p>Last.</p>"
    tree = printed({"body": old}, {"body": old.replace("open", "closed")})
    assert texts(tree, "//h3") == ["Text"]
    assert texts(tree, "//details[@class='same']/summary") == [
        "2 paragraphs unchanged",
        "1 paragraph unchanged",
    ]
    assert texts(tree, "//details[1]/h4") == ["Why"]
    assert texts(tree, "//details[1]/p") == ["One."]
    assert tree.xpath("//details/@open") == []


@pytest.mark.parametrize(
    ("block", "path"),
    [
        ("<p>New.</p>", "p/ins"),
        ("<h2>New.</h2>", "h4/ins"),
        ("<h3>New.</h3>", "h5/ins"),
        ("<ul><li>New.</li></ul>", "ul/li/ins"),
        ("<blockquote><p>New.</p></blockquote>", "blockquote/p/ins"),
        (
            '<figure data-image="7f9c24e8-3b12-4fef-91e0-5a3c1b2d4e5f"></figure>',
            "p[@class='pictured']/ins",
        ),
    ],
)
def test_blocks_keep_their_kind(block, path):
    assert len(printed({}, {"body": block}).xpath(f"//{path}[span]")) == 1


def test_headings_of_a_page_without_others_begin_one_order_higher():
    tree = printed({}, {"headline": "New", "body": "<h2>Why</h2><h3>How</h3>"}, heading="h2")
    assert texts(tree, "//h2") == ["Headline", "Text"]
    assert texts(tree, "//h3") == ["Added: Why"]
    assert texts(tree, "//h4") == ["Added: How"]


def test_rows_that_changed_are_listed_and_the_others_counted():
    tree = printed({"sources": sources("A", "B")}, {"sources": sources("A", "B", "C")})
    assert texts(tree, "//ul[@class='rows']/li") == ["Source 3: Added: C"]
    assert texts(tree, "//p[@class='hint']")[1] == "2 others are unchanged."
    tree = printed({"sources": sources("A")}, {"sources": sources("A", "B")})
    assert texts(tree, "//p[@class='hint']")[1] == "1 other is unchanged."


def test_what_no_words_show_is_said():
    tree = printed({"body": "<p><strong>It</strong> holds.</p>"}, {"body": "<p>It holds.</p>"})
    assert texts(tree, "//p[@class='hint']")[1] == "Only formatting or links changed here."
    picture = {"picture": {"alt": "A bridge"}}
    tree = printed({"image_id": 1} | picture, {"image_id": 2} | picture)
    assert texts(tree, "//p[@class='hint']")[1] == "Another picture with the same words."


def test_words_say_their_language_and_our_own_words_ours():
    tree = printed(
        {"language": "ar", "body": "<p>واحد.</p>"}, {"language": "ar", "body": "<p>واحد اثنان.</p>"}
    )
    [block] = tree.xpath("//p[ins]")
    assert (block.get("lang"), block.get("dir")) == ("ar", "rtl")
    assert texts(tree, "//ins/span/@lang") == ["en-GB"]
    assert tree.xpath("//del/@lang") == []


def test_removed_words_of_another_language_say_it():
    tree = printed({"language": "fr", "headline": "Un pont"}, {"headline": "A bridge"})
    assert set(texts(tree, "//h3/following-sibling::p//del/@lang")) == {"fr"}
    assert texts(tree, "//del/span/@lang")[0] == "en-GB"


def test_markup_in_words_is_printed_as_words():
    hostile = "<script>alert(1)</script> & <b>"
    row = {"name": hostile, "role": hostile, "slug": hostile}
    new = {
        "headline": hostile, "standfirst": hostile, "body": "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        "sources": sources(hostile), "tags": [row], "bylines": [row], "section": hostile, "coverage": hostile,
        "picture": {"alt": hostile, "caption": hostile, "credit": hostile}, "path": hostile,
    }  # fmt: skip
    context = {"difference": compare(Version(), Version(**new)), "site_lang": "en-GB"}
    page = render_to_string("articles/_difference.html", context)
    assert "<script" not in page
    assert "<b>" not in page.replace("<b>Source 1:</b>", "")
    assert page.count("&lt;script&gt;") >= 10
