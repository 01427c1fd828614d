"""Repeats, quotation marks without a partner, and ends in mid-sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles import proofreading
from articles.proofreading import (
    MOST_FOUND,
    end_without_stop,
    repeated_claims,
    repeated_paragraphs,
    shortened,
    unclosed_quotations,
)

CLAIM = "status as a center for international legal and dispute resolution services"


def test_a_claim_made_twice_is_found_with_its_words():
    text = (
        f"The deal enhances Hong Kong's {CLAIM}. This initiative aligns with a strategy.\n\n"
        f"China aims to bolster the city's {CLAIM}. This initiative reflects an ambition."
    )
    assert repeated_claims(text) == [CLAIM]


@pytest.mark.parametrize(
    "text",
    [
        "The council met on Monday in the town hall. The council met on Tuesday in the old school.",
        # a long name is no claim
        "The Organisation for the Prohibition of Chemical Weapons in The Hague met. Then the Organisation for the "
        "Prohibition of Chemical Weapons in The Hague rose.",
        # one sentence may say it twice
        "He said that all would be well in the end, and she said that all would be well in the end.",
        "la la la la la la la la. la la la la la la la la. la la la la la la la la.",
        "",
    ],
)
def test_what_is_said_twice_for_good_reason_is_left_alone(text):
    assert repeated_claims(text) == []


def test_a_paragraph_that_stands_twice_is_found_once_and_its_claims_not_again():
    paragraph = "The status of the city as a center for international dispute resolution services is strong."
    text = f"{paragraph}\n\nSomething else happened.\n\n{paragraph.upper()}\n\n{paragraph}"
    assert repeated_paragraphs(text) == [paragraph.upper()]
    assert repeated_claims(text) == []


def test_short_lines_may_stand_twice():
    assert repeated_paragraphs("What now?\n\nNobody knows it.\n\nWhat now?") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He said: “All is well.”", []),
        ("He said: “All is well.", ["“All is well."]),
        ("He said: All is well.”", ["”"]),
        ('He said: "All is well.', ['"All is well.']),
        ("“He called it ‘fine’ and “well” too.”", []),
        ("“One paragraph goes on.\n\n“And ends here.”", []),
        ("“One paragraph goes on.\n\nAnd ends here.", ["“One paragraph goes on."]),
        ("« Bien », dit-il. „Gut“, sagte er. »Gut«, sagte sie. ”Bra”, sa han. 「好」", []),
        ("« Bien, dit-il.", ["« Bien, dit-il."]),
        ('It’s the editors’ 5" pipe.', []),
        ("“Mixed marks\"", ["“Mixed marks\""]),
    ],
)  # fmt: skip
def test_quotation_marks_without_a_partner_are_found(text, found):
    assert unclosed_quotations(text) == found


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("All is well.", ""),
        ("All is well?!", ""),
        ("He said: “All is well.”", ""),
        ("(All is well.)", ""),
        ("All is well…", ""),
        ("一切都好。", ""),
        ("सब ठीक है।", ""),
        ("ทุกอย่างเรียบร้อยดี", ""),
        ("", ""),
        (
            "One.\n\nIOMed institutionalizes this approach, offering",
            "IOMed institutionalizes this approach, offering",
        ),
        ("These are:", "These are:"),
        ("He said “all is well”", "He said “all is well”"),
        ("Thank you 😂", "Thank you 😂"),
    ],
)
def test_an_end_in_mid_sentence_is_found(text, last):
    assert end_without_stop(text) == last


@pytest.mark.parametrize(
    ("words", "at_end", "shown"),
    [
        ("Short\n words", False, "Short words"),
        ("word " * 20, False, f"{' '.join(['word'] * 12)}…"),
        ("word " * 20, True, f"…{' '.join(['word'] * 12)}"),
        ("x" * 70, False, f"{'x' * 60}…"),
    ],
)
def test_a_passage_is_shown_shortened(words, at_end, shown):
    assert shortened(words, at_end=at_end) == shown


@given(st.text(alphabet=st.sampled_from("ab .“”«»„\"'\n5")))
def test_any_text_can_be_read(text):
    found = [repeated_paragraphs(text), repeated_claims(text), unclosed_quotations(text)]
    assert all(len(places) <= MOST_FOUND for places in found)
    assert end_without_stop(text) in text


@pytest.mark.parametrize("words", ["“", "a b c d e f g h i. ", "\n\n", "word"])
def test_a_text_of_two_megabytes_is_read_as_far_as_a_story_goes(words):
    text = words * (2_000_000 // len(words))
    assert repeated_claims(text) == repeated_claims(text[: proofreading.MOST_READ])
    assert len(unclosed_quotations(text)) <= 1
