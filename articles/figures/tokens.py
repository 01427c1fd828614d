"""A plain text as tokens: numbers, words, currency signs and marks, each with the place where it stands."""

from functools import lru_cache
from typing import NamedTuple

import regex

from articles.figures import words as known
from articles.rich_text import fold

MOST_READ = 100_000  # characters of a text: some 16,000 words, three times a long story

_TOKEN = regex.compile(
    r"""
      (?P<number>(?:[0-9]{1,3}(?:[,\u202f\u00a0\u2009'’ ][0-9]{3})+(?![0-9])|[0-9]+)(?:[.,][0-9]+)*)
    | (?P<money>(?:[A-Z]{1,3})?[$€£¥₹₩₽₺₴])
    | (?P<word>[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*)
    | (?P<mark>[^\s\p{L}\p{M}0-9])
    """,
    regex.VERBOSE,
)
_ABBREVIATIONS = known.listed(
    "mr mrs ms dr st no prof gen sen rep gov jr sr inc ltd co vs etc approx art fig"
)
_STOPS = frozenset(".!?…。！？")
_BRACKETS = {"(": ")", "[": "]", "–": "–", "—": "—"}


class Token(NamedTuple):
    """A number, a word, a currency sign or a mark, as it stands in text[start:end]."""

    kind: str
    text: str
    word: str  # folded, without a possessive ending
    start: int
    end: int
    sentence: int
    aside: int  # 0 in the sentence itself, another number in each of its brackets and between its dashes


NO_TOKEN = Token("", "", "", -1, -1, -1, -1)


@lru_cache(maxsize=20_000)
def folded(word):
    """A word as words are compared: without case, accents and a possessive ending."""
    return fold(word).replace("’", "'").removesuffix("'s")


@lru_cache(maxsize=20_000)
def stem(word):
    """A folded word without the endings that English puts to it, at most seven letters."""
    for ending in ("ations", "ation", "ings", "ing", "ions", "ion", "ies", "ed", "es", "ly", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)][:7]
    return word[:7]


@lru_cache(maxsize=20_000)
def said_by(word):
    """((question, group) …) that a folded word answers about a figure near it."""
    found = []
    for question, words in known.EXACTLY.items():
        group = words.get(word) or next(
            (group for beginning, group in known.STEMS[question] if word.startswith(beginning)), None
        )
        if group:
            found.append((question, group))
    return tuple(found)


class _Places:
    """Follows a text's tokens, and tells in which sentence and which aside of it each one stands."""

    def __init__(self):
        self.sentence = self.asides = self.aside = 0
        self.closes_with = ""

    def next_sentence(self):
        self.sentence += 1
        self.aside, self.closes_with = 0, ""

    def mark(self, text):
        if text == self.closes_with:
            self.aside, self.closes_with = 0, ""
        elif text in _BRACKETS and not self.closes_with:
            self.asides += 1
            self.aside, self.closes_with = self.asides, _BRACKETS[text]


def tokens_of(text):
    """The tokens of the first `MOST_READ` characters of a plain text, as a list."""
    places, found, end, may_end = _Places(), [], 0, False
    kind_before = ""
    for match in _TOKEN.finditer(text[:MOST_READ]):
        kind, words = match.lastgroup, match[0]
        between = text[end : match.start()]
        if "\n" in between or (may_end and between and not words[0].islower()):
            places.next_sentence()
        if kind == "mark" and not (words in "–—" and not between and kind_before == "number"):
            places.mark(words)
        word = folded(words) if kind == "word" else words
        found.append(Token(kind, words, word, match.start(), match.end(), places.sentence, places.aside))
        may_end = words in _STOPS and not _is_abbreviated(found)
        end, kind_before = match.end(), kind
    return found


def _is_abbreviated(tokens):
    before = tokens[-2].word if len(tokens) > 1 else ""
    return tokens[-1].text == "." and (before in _ABBREVIATIONS or (len(before) == 1 and before.isalpha()))
