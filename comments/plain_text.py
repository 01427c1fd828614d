"""Visitors' words as they are kept: plain text, without what cannot be seen or typed."""

import re

import regex

# NUL and the other control characters, save tab and line break; code points that are no characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Characters without width, and those that turn the direction of what follows: no part of a name.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)
_FILLERS = re.compile(
    "[\u115f\u1160\u2800\u3164\uffa0\u180b-\u180d\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
)

# Seven marks on one letter: more than any script needs (Tibetan has up to six), fewer than what spills over the
# lines above and below.
_STACKED = regex.compile(r"[\p{Mn}\p{Me}]{7,}")


def tidy(text):
    """The text with one kind of line end and without control characters."""
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text))


def one_line(text):
    """The text as a name can be: on one line, single spaces, nothing invisible."""
    return re.sub(r"\s+", " ", _INVISIBLE.sub("", tidy(text))).strip()


def is_blank(text):
    """Whether there is nothing to see: only white space, characters without width, or fillers."""
    return not _FILLERS.sub("", one_line(text)).strip()


def is_stacked(text):
    """Whether a letter carries so many accents that they would cover what stands above and below it."""
    return bool(_STACKED.search(text))
