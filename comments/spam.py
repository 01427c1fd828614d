"""What a comment looks like before a person has read it: signals, each of which says in a sentence what it saw.

`triage(words, facts)` is pure: no database, no network, no clock. A verdict may hold a comment or put it aside as
spam; only people reject. Weights are points: what they add up to decides (HOLD_FROM, SPAM_FROM), and what speaks
for a comment takes points off. The log keeps a verdict as plain data, and `sentences` words it for the desk.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property, lru_cache, partial
from itertools import pairwise
from urllib.parse import urlsplit
from zlib import crc32

from django.utils.translation import gettext_lazy, ngettext_lazy

from articles.rich_text import search_words

HOLD_FROM = 1  # points from which a comment waits for a person whatever the policy says
SPAM_FROM = 8  # points from which it waits among spam
FAST = 5  # seconds after opening the page within which nobody writes a comment
SHARED_WORDS = 4  # of a quotation that two comments share
SHARED_PART = 0.5  # of the shorter one's rows of three words, for two comments to be near-duplicates
FLOOD = 3  # comments of a network within the ten minutes before, this one included
SHOUTED = 20  # capitals from which on writing in capitals is shouting
MOST_COMPARED = 300  # words of a comment that are compared with others
LIKENESS_SIZE = 128  # rows of three of them, the same ones of equal texts
_RUN = 3


@dataclass(frozen=True)
class Words:
    """What somebody sent: plain text."""

    text: str
    name: str = ""

    @cached_property
    def tokens(self):
        """[(word, start, end)] of its text, as search compares words."""
        return list(search_words(self.text))

    @cached_property
    def runs(self):
        return _runs([word for word, _start, _end in self.tokens])

    @cached_property
    def quotations(self):
        """Its quotations of some length, each once, as rows of words."""
        return _quotations(self)

    @property
    def likeness(self):
        """What tells whether another comment is nearly the same: numbers, as JSON can keep them.

        {"runs": of rows of three words, the LIKENESS_SIZE smallest of them, "quotes": of quotations}.
        """
        return {"runs": self.runs, "quotes": [_number(phrase) for phrase in self.quotations]}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known besides the words.

    `listed` are the words and phrases of the desk's list for the story's language, each with its points, as
    `folded_phrase` gives them. `neighbours` maps numbers of other comments to what `likeness_of` their texts
    gave, `story` is the text of the story as search indexes it, `cited` the hosts of its sources, without
    `www.`. `seconds_taken` is None where nobody knows; the counts before are those of the same e-mail address,
    `lately_from_network` of the ten minutes before. `held_by` are the traits, as “domain”, by which a rule of the
    desk holds this person's comments.
    """

    listed: dict[tuple[str, ...], int] = field(default_factory=dict)
    neighbours: dict[int, dict] = field(default_factory=dict)
    story: str = ""
    cited: frozenset[str] = frozenset()
    seconds_taken: int | None = None
    approved_before: int = 0
    rejected_before: int = 0
    lately_from_network: int = 0
    held_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signal:
    """One thing seen: its name, its points, what the sentence names, and where in the text it stands."""

    name: str
    points: int
    named: dict = field(default_factory=dict)
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Verdict:
    """All signals of a comment."""

    signals: tuple[Signal, ...]

    @property
    def score(self):
        return sum(signal.points for signal in self.signals)

    @property
    def holds(self):
        """Whether a person should read the comment first, whatever the policy says."""
        return self.score >= HOLD_FROM or any(signal.name in _HELD for signal in self.signals)

    @property
    def is_spam(self):
        return self.score >= SPAM_FROM

    @property
    def similar_to(self):
        """The numbers of the comments that this one is nearly the same as."""
        return [number for signal in self.signals for number in signal.named.get("numbers", ())]

    def as_data(self):
        """{"score", "signals"} as JSON can keep it."""
        return {"score": self.score, "signals": [asdict(signal) for signal in self.signals]}


def triage(words, facts):
    """The Verdict on a comment."""
    seen = [
        *_links(words, facts),
        *_listed(words, facts),
        *_near_duplicate(words, facts),
        *_drawn_out(words),
        *_shouting(words),
        *_mixed_scripts(words),
        *_invisible(words),
        *_fast(facts),
        *_first(facts),
        *_rejected_before(facts),
        *_flood(facts),
        *_held(facts),
    ]
    return Verdict(tuple(seen))


# --- links

# Bare names of hosts are taken for links where a path follows or the ending is one that spam favours: two letters
# after a full stop are more often a missing space.
_BARE = re.compile(
    r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,}/[^\s<>\"'”’]*"
    r"|[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:com|net|org|info|biz|xyz|top|site|online|shop|club)\b",
    re.IGNORECASE,
)
# What may be one is taken up whole, so that no letter is looked at from more than one beginning.
_LINK = re.compile(
    r"(?<![\w@.])(?:(?:https?://|www\.)[^\s<>\"'”’]+"
    r"|(?P<bare>[a-z0-9](?:[a-z0-9.]|-(?!https?://|www\.))*))",
    re.IGNORECASE,
)
_ENDS = ".,;:!?)]}"


def _links(words, facts) -> Iterator[Signal]:
    links = list(_links_in(words.text))
    cited = {link for link in {link for _start, link in links} if host_of(link) in facts.cited}
    found = [(start, start + len(link)) for start, link in links if link not in cited]
    known = [link for _start, link in links if link in cited]
    if found:
        points = 1 if len(found) == 1 else 2 if len(found) == 2 else 4
        yield Signal("links", points, {"count": len(found)}, tuple(found))
    if known:
        yield Signal("cited", -2, {"count": len(known)})


def _links_in(text) -> Iterator[tuple[int, str]]:
    """(where it begins, the link) of each, in the time of one reading."""
    end = 0
    for row in text.split():  # no link has a space in it, and few words have what a link has
        if "." in row or "://" in row:
            start = text.index(row, end)
            end = start + len(row)
            yield from _links_between(text, start, end)


def _links_between(text, position, end):
    while match := _LINK.search(text, position, end):
        link = _BARE.match(text, match.start(), end) if match["bare"] else match
        if link:
            yield link.start(), link[0].rstrip(_ENDS)
        position = (link or match).end()


def host_of(link):
    """The host's name without `www.`; "" where the link cannot be read."""
    try:
        host = urlsplit(link if "://" in link else f"//{link}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


# --- words


def folded_phrase(phrase):
    """A listed word or phrase as comments are compared with it: its words, without case and accents."""
    return tuple(word for word, _start, _end in search_words(phrase))


def _listed(words, facts) -> Iterator[Signal]:
    """Whole words only: a listed “press” is not found in “WordPress”."""
    begins: dict[str, list[tuple[str, ...]]] = {}
    for phrase in facts.listed:
        begins.setdefault(phrase[0], []).append(phrase)
    found: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for at, (word, start, _end) in enumerate(words.tokens):
        for phrase in begins.get(word, ()):
            row = words.tokens[at : at + len(phrase)]
            if tuple(each for each, _start, _end in row) == phrase:
                found.setdefault(phrase, []).append((start, row[-1][2]))
    for phrase, marks in found.items():
        yield Signal("listed", facts.listed[phrase], {"word": " ".join(phrase)}, tuple(marks))


# --- others like it

_QUOTED = re.compile(r"[“\"«„]([^”\"»“„«]{8,200})[”\"»“]")


def likeness_of(text):
    """The likeness of a text; see `Words`."""
    return Words(text).likeness


def _near_duplicate(words, facts) -> Iterator[Signal]:
    """Much of it is another comment's, or both quote the same words, which are not the story's."""
    runs, story = frozenset(words.runs), f" {facts.story} "
    quotes = {_number(phrase) for phrase in words.quotations if f" {' '.join(phrase)} " not in story}
    alike = [
        number
        for number, other in facts.neighbours.items()
        if _is_alike(runs, other["runs"]) or not quotes.isdisjoint(other["quotes"])
    ]
    if alike:
        yield Signal("near_duplicate", 3, {"numbers": alike})


def _runs(row):
    row = row[:MOST_COMPARED]
    found = {_number(row[at : at + _RUN]) for at in range(max(1, len(row) - _RUN + 1))} if row else set()
    return sorted(found)[:LIKENESS_SIZE]


def _quotations(words):
    starts = [start for _word, start, _end in words.tokens]
    places = [map(partial(bisect_left, starts), match.span(1)) for match in _QUOTED.finditer(words.text)]
    phrases = [tuple(word for word, _start, _end in words.tokens[begin:end]) for begin, end in places]
    return [phrase for phrase in dict.fromkeys(phrases) if len(phrase) >= SHARED_WORDS]


def _number(row):
    return crc32(" ".join(row).encode())


def _is_alike(runs, others):
    shorter = min(len(runs), len(others))
    return bool(shorter) and len(runs.intersection(others)) >= max(min(2, shorter), SHARED_PART * shorter)


# --- how it is written

_REPEATED = re.compile(r"(\S)\1{4,}", re.IGNORECASE)
_DRAWN_OUT = re.compile(r"[^\W\d_]|[!?]")  # not the noughts of a figure, nor a line of dashes
_NO_WIDTH = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WORD = re.compile(r"[^\W\d_]{2,}")
# Letters of Cyrillic and Greek that are drawn like Latin ones: UTS 39's confusables, less those that differ in size.
_LOOK_ALIKE = frozenset("аеорсухіјѕһԁѵԛԝАВЕКМНОРСТХІЈЅҮΑΒΕΖΗΙΚΜΝΟΡΤΥΧονυρ")


def _drawn_out(words) -> Iterator[Signal]:
    repeated = _REPEATED.finditer(words.text)
    marks = tuple(match.span() for match in repeated if _DRAWN_OUT.match(match[1]))
    if marks:
        yield Signal("drawn_out", 1, {}, marks)


def _shouting(words) -> Iterator[Signal]:
    capitals = sum(map(str.isupper, words.text))
    if capitals >= SHOUTED and capitals > 0.7 * sum(map(str.isalpha, words.text)):
        yield Signal("shouting", 1)


def _mixed_scripts(words) -> Iterator[Signal]:
    """Words of Latin letters and of others that are drawn like them, in the text or the name."""
    marks = _mixed_in(words.text)
    if marks or _mixed_in(words.name):
        yield Signal("mixed_scripts", 3, {}, marks)


def _mixed_in(text):
    if not _is_mixed(set(text)):
        return ()
    return tuple(match.span() for match in _WORD.finditer(text) if _is_mixed(match[0]))


def _is_mixed(letters):
    return not _LOOK_ALIKE.isdisjoint(letters) and any(map(_is_latin, letters))


@lru_cache(maxsize=4096)
def _is_latin(letter):
    return unicodedata.name(letter, "").startswith("LATIN")


def _invisible(words) -> Iterator[Signal]:
    """Characters that cannot be seen and hide something from a reader or a filter."""
    marks = tuple(match.span() for match in _NO_WIDTH.finditer(words.text))
    if len(marks) > 2:
        yield Signal("invisible", 2, {"count": len(marks)}, marks)


# --- who sent it, and how


def _fast(facts) -> Iterator[Signal]:
    if facts.seconds_taken is not None and facts.seconds_taken < FAST:
        yield Signal("fast", 3, {"count": facts.seconds_taken})


def _first(facts) -> Iterator[Signal]:
    if not facts.approved_before and not facts.rejected_before:
        yield Signal("first", 0)


def _rejected_before(facts) -> Iterator[Signal]:
    total = facts.approved_before + facts.rejected_before
    if facts.rejected_before:
        points = 3 if facts.rejected_before * 2 > total else 1
        yield Signal("rejected_before", points, {"rejected": facts.rejected_before, "count": total})


def _flood(facts) -> Iterator[Signal]:
    count = facts.lately_from_network + 1
    if count >= FLOOD:
        yield Signal("flood", 2 if count < 2 * FLOOD else 4, {"count": count})


def _held(facts) -> Iterator[Signal]:
    """A rule of the desk holds the comment. That is no sign of spam, so it weighs little, and yet it always holds."""
    for trait in facts.held_by:
        yield Signal(f"held_by_{trait}", HOLD_FROM)


# --- in words

_HELD = {
    "held_by_address": gettext_lazy("Held because of a rule for this address"),
    "held_by_domain": gettext_lazy("Held because of a rule for this domain"),
    "held_by_network": gettext_lazy("Held because of a rule for this network"),
}
_SENTENCES = {
    "listed": gettext_lazy("Listed word: “%(word)s”"),
    "near_duplicate": gettext_lazy("Nearly the same as another comment"),
    "drawn_out": gettext_lazy("Letters or marks repeated over and over"),
    "shouting": gettext_lazy("Written in capitals"),
    "mixed_scripts": gettext_lazy("Letters of different scripts in one word"),
    "first": gettext_lazy("First comment from this address"),
    **_HELD,
}
_COUNTED = {
    "links": ngettext_lazy("%(count)d link", "%(count)d links", "count"),
    "cited": ngettext_lazy(
        "Links to a source that the story cites", "Links to %(count)d sources that the story cites", "count"
    ),
    "invisible": ngettext_lazy("%(count)d invisible character", "%(count)d invisible characters", "count"),
    "fast": ngettext_lazy(
        "Sent %(count)d second after the page was opened",
        "Sent %(count)d seconds after the page was opened",
        "count",
    ),
    "rejected_before": ngettext_lazy(
        "%(rejected)d of %(count)d earlier comment rejected",
        "%(rejected)d of %(count)d earlier comments rejected",
        "count",
    ),
    "flood": ngettext_lazy(
        "%(count)d comment from this network in ten minutes",
        "%(count)d comments from this network in ten minutes",
        "count",
    ),
}


def sentences(data):
    """[(sentence, points)] of a verdict as `as_data` gave it: what the desk reads under the comment."""
    return [(_sentence(signal), signal["points"]) for signal in data.get("signals", ())]


# What is told to whoever wrote the comment: habits of writing that anybody may mend. The rest would teach how not to
# be noticed, or tell of other people.
_TOLD = {
    "links": ngettext_lazy(
        "Held because it has %(count)d link.", "Held because it has %(count)d links.", "count"
    ),
    "drawn_out": gettext_lazy("Held because letters or marks are repeated over and over."),
    "shouting": gettext_lazy("Held because it is written in capitals."),
}


def told_to_author(data):
    """Sentences that say why a comment is held, of a verdict as `as_data` gave it; [] where nothing is to be told."""
    signals = [signal for signal in data.get("signals", ()) if signal["points"] > 0]
    return [_TOLD[signal["name"]] % signal["named"] for signal in signals if signal["name"] in _TOLD]


def _sentence(signal):
    words = _COUNTED.get(signal["name"]) or _SENTENCES[signal["name"]]
    return words % signal["named"]


def pieces(text, data, *, blanks=()):
    """[(piece, kind)] that make up a text, kind "" save for two: what the signals of a stored verdict point at
    is "marked", and what is blanked, [(start, end)], is "blanked", what is both, too.

    Marks that do not lie in the text, as of words that have gone since, are passed over.
    """
    marks = [mark for signal in data.get("signals", ()) for mark in signal["marks"]]
    changes = {0: [0, 0], len(text): [0, 0]}  # how many marks and blanks begin there, less those that end
    for column, rows in enumerate((marks, blanks)):
        for start, end in rows:
            if end <= len(text):
                changes.setdefault(start, [0, 0])[column] += 1
                changes.setdefault(end, [0, 0])[column] -= 1
    found: list[tuple[str, str]] = []
    marked = blanked = 0
    for start, end in pairwise(sorted(changes)):
        marked, blanked = marked + changes[start][0], blanked + changes[start][1]
        kind = "blanked" if blanked else "marked" if marked else ""
        if found and found[-1][1] == kind:
            found[-1] = (found[-1][0] + text[start:end], kind)
        else:
            found.append((text[start:end], kind))
    return found
