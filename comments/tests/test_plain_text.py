"""What becomes of visitors' characters before they are stored."""

import pytest

from comments.plain_text import is_blank, one_line, tidy


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("plain", "plain"),
        ("a\r\nb\rc\nd\x85e\u2028f\u2029g", "a\nb\nc\nd\ne\nf\ng"),
        ("tab\tstays", "tab\tstays"),
        ("\x00\x01\x08\x0b\x0c\x0e\x1f\x7f\x80\x9f\ufffe\uffff\ufdd0", ""),
        ("עברית \u202b123\u202c", "עברית \u202b123\u202c"),
        ("👩\u200d🔬 naïve e\u0301", "👩\u200d🔬 naïve e\u0301"),
    ],
)
def test_text_keeps_all_that_can_be_seen(typed, kept):
    assert tidy(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana \n Lopes\t", "Ana Lopes"),
        ("Ana\u202e\u2066\u200b\u00ad\ufeff", "Ana"),
        ("Ana\r\nBcc: x@example.com", "Ana Bcc: x@example.com"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("👩\u200d🔬", "👩\u200d🔬"),
    ],
)
def test_a_name_is_one_line_without_invisible_characters(typed, kept):
    assert one_line(typed) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t\n\u3000\u00a0",
        "\u200b\ufeff",
        "\u3164\u2800",
        "\u200d\ufe0f",
        "\u202e",
        "\u034f",
        "\U000e0041",
        "\u17b4",
        "\ufff9",
        "\u206a",
    ],
)
def test_text_that_shows_nothing_is_blank(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", [".", "☕️", "香", "\u0301a"])
def test_text_that_shows_something_is_not(text):
    assert not is_blank(text)
