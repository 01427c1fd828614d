"""What is read as a figure, in any text of any length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.figures import Passage, disagreements, figures_of
from articles.figures.reading import MOST_FIGURES
from articles.figures.tokens import MOST_READ, tokens_of


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Two hundred and fifty thousand people", ["250000 person"]),
        ("1.5 million tonnes, 1 234,5 tonnes", ["1500000 tonne", "1234.5 tonne"]),
        ("€4.5bn, EUR 5m, 300 millions d’euros", ["4500000000 EUR", "5000000 EUR", "300000000 EUR"]),
        ("HK$5-6 million", ["5000000–6000000 HKD"]),
        ("40 million Hong Kong dollars and 3 million US dollars", ["40000000 HKD", "3000000 USD"]),
        ("a 33-nation body and a three-hour delay", ["33 country", "3 hour"]),
        ("30-odd countries, 30 or so countries", ["25–35 country", "25–35 country"]),
        ("half a million homes, a dozen cities", ["500000 home", "12 city"]),
        ("a gain of 2 percentage points, or 3.5 per cent", ["2 point", "3.5 "]),
        ("one person died, and one of them was old", ["1 person"]),
        ("v1.2.3, 00 33 1 42, 9/11, 24/7, B-52s, MH370", []),
    ],
)
def test_what_is_read_as_a_figure(text, figures):
    assert [as_words(figure) for figure in figures_of(text)] == figures


def as_words(figure):
    low, high = (f"{bound.normalize():f}" for bound in figure.reach[:2])
    return f"{low if low == high else f'{low}–{high}'} {figure.kind[1]}"


@given(st.text())
def test_any_text_can_be_read(text):
    assert isinstance(disagreements([Passage(where="body", text=text)], [Passage(where=1, text=text)]), list)


PIECES = [
    "33", "1,200", "466.6", "HK$", "€", "million", "bn", "m", "two", "hundred", "and", "half", "a", "dozen", "over",
    "at least", "-", "–", "(", ")", ".", "%", "per cent", "nations", "people", "killed", "of", "from", "May", "2025",
    "page", "de", "d’euros", "\n", "IOMed", "toll", "zero", "percentage points", "9" * 30, "1.2.3", "0.0", "0",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)), st.lists(st.sampled_from(PIECES)))
def test_any_row_of_numbers_and_units_can_be_read(one, other):
    texts = [" ".join(one), " ".join(other)]
    found = disagreements([Passage(where="body", text=texts[0])], [Passage(where=1, text=texts[1])])
    assert all(len(disagreement.words()) > 1 for disagreement in found)


@pytest.mark.parametrize("words", ["33 nations signed. ", "two ", "30-", "zero ", "a million ", "(“", "9"])
def test_a_text_of_two_megabytes_is_read_as_far_as_a_story_goes(words):
    text = words * (2_000_000 // len(words))
    assert len(figures_of(text)) <= MOST_FIGURES
    assert len(tokens_of(text)) <= MOST_READ
