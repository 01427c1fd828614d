"""What is read out of the captured pages, and what is said of a text that is laid out otherwise."""

import pytest

from newsroom.seeds import SeedItem, SeedSource, SeedUnreadable, parse_analysis, parse_briefing

BRIEFING = """Bridge reopens

It "holds".

It is two  spaces wide ☕️.

Tags: #bridges, #hongkong



Sources

  1. A report
  2. Why it fell. Here's how | City Post

Second bridge planned

It will stand by 2026.

#bridges, #plans"""

ANALYSIS = """
First thoughts – on bridges.
They hold, but
Comments
1 responses to “Bridges: A View”
-
Nice! 😂
-
Two lines
of one comment
Last News

Bridge reopens
It holds.
It is wi

Pont rouvert (enfin)

Bridges: A View
First thoughts
Leave a Reply"""


def test_a_briefing_is_its_headline_paragraphs_tags_sources_and_related_items():
    briefing = parse_briefing(BRIEFING)
    assert briefing.headline == "Bridge reopens"
    assert briefing.paragraphs == ('It "holds".', "It is two  spaces wide ☕️.")
    assert briefing.tags == ("bridges", "hongkong")
    assert briefing.sources == (
        SeedSource(title="A report"),
        SeedSource(title="Why it fell. Here's how", publisher="City Post"),
    )
    assert briefing.related == (
        SeedItem(
            headline="Second bridge planned",
            paragraphs=("It will stand by 2026.",),
            tags=("bridges", "plans"),
        ),
    )


def test_an_analysis_takes_its_headline_from_the_heading_of_its_comments():
    assert parse_analysis(ANALYSIS).headline == "Bridges: A View"


def test_the_body_of_an_analysis_stops_where_the_captured_text_does():
    assert parse_analysis(ANALYSIS).paragraphs == ("First thoughts – on bridges.", "They hold, but")


def test_comments_are_parted_by_a_lone_dash_and_may_have_lines():
    assert parse_analysis(ANALYSIS).comments == ("Nice! 😂", "Two lines\nof one comment")


def test_a_sidebar_item_may_be_a_headline_alone():
    assert parse_analysis(ANALYSIS).last_news == (
        SeedItem(headline="Bridge reopens", paragraphs=("It holds.", "It is wi")),
        SeedItem(headline="Pont rouvert (enfin)"),
        SeedItem(headline="Bridges: A View", paragraphs=("First thoughts",)),
    )


def test_a_briefing_may_end_with_its_sources():
    text, _heading, _related = BRIEFING.partition("\n\nSecond bridge")
    assert len(parse_briefing(text).sources) == 2
    assert parse_briefing(text).related == ()


def test_a_last_newline_changes_nothing():
    assert parse_briefing(BRIEFING + "\n") == parse_briefing(BRIEFING)
    assert parse_analysis(ANALYSIS + "\n") == parse_analysis(ANALYSIS)


@pytest.mark.parametrize(
    ("parse", "text", "sentence"),
    [
        (parse_briefing, " \n", "The seed text is empty."),
        (
            parse_briefing,
            BRIEFING.replace("Tags: ", ""),
            "The seed text has no line “Tags: (.+)” where one is due.",
        ),
        (
            parse_briefing,
            BRIEFING.replace("Sources", ""),
            "The seed text has no line “Sources” where one is due.",
        ),
        (
            parse_briefing,
            BRIEFING + "\n\nHeadline without more",
            "A related item of the seed text is not three lines: headline, sentence, tags.",
        ),
        (parse_analysis, "", "The seed text has no line “Comments” where one is due."),
        (
            parse_analysis,
            ANALYSIS.replace("“", '"'),
            "The seed text has no line “\\d+ responses? to “(.*)”” where one is due.",
        ),
        (
            parse_analysis,
            ANALYSIS.replace("Last News", ""),
            "The seed text has no line “Last News” where one is due.",
        ),
        (
            parse_analysis,
            ANALYSIS.replace("Leave a Reply", ""),
            "The seed text has no line “Leave a Reply” where one is due.",
        ),
    ],
)
def test_a_text_of_another_layout_is_refused_with_what_was_looked_for(parse, text, sentence):
    with pytest.raises(SeedUnreadable) as refusal:
        parse(text)
    assert str(refusal.value) == sentence
