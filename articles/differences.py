"""What changed between two versions of a story, word by word.

Pure: `compare` reads two things that look like an Edition, asks no database, and returns plain data that
a template can print. Nothing in it is HTML: every text has to be escaped where it is printed.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import unescape
from itertools import accumulate, groupby, takewhile
from typing import NamedTuple, Protocol

import regex
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from rapidfuzz.distance import LCSseq

from articles.models.edition import Kind

SAME, ADDED, REMOVED, CHANGED = "same", "added", "removed", "changed"

# Two sequences whose lengths multiply to more are not aligned but replaced as a whole: the table of the
# alignment has a bit for each pair (of two paragraphs of 11,000 words 60 MB).
_MOST_PAIRS = 500_000_000
# How much of two paragraphs has to be the same words, in their order, for one to be a new wording of the other.
_SAME_PARAGRAPH = 0.4
# Words that two wordings may have in common by accident, between changes of at least twice as many.
_ACCIDENT = 3

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Yi}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_LETTER = rf"[[\p{{L}}\p{{N}}\p{{Sc}}]--[{_UNSPACED}]]"
_WORD = rf"{_LETTER}(?:{_LETTER}|[\p{{GCB=Extend}}\p{{GCB=SpacingMark}}\p{{GCB=ZWJ}}])*+"
# A word with what stands inside it (HK$466.6, de-functionalise, l’eau), a printed marker, or one grapheme.
_TOKEN = regex.compile(rf"(?V1){_WORD}(?:[.,:'’\-\u2010\u2011·]{_WORD})*+|\[(?:[0-9]+|\?)\](?!\p{{M}})|\X")
_NO_WORD = regex.compile(r"[\s\p{P}]+")
_SENTENCE_END = ".!?…。！？"

_LINE = "\x1f"  # stands for <br> until white space is folded; no cleaned body holds it
# Reads only what `clean_html` wrote: well nested, attributes in double quotes, no `<` outside of tags.
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [^\s"=<>]+="[^"]*")*)>')
_MARKER = re.compile(r'<sup data-cite="(s[1-9][0-9]*)"></sup>')
_NAMED_BY = re.compile(r'data-image="([^"]*)"')
_PARTS = {"p", "h2", "h3", "li", "ul", "ol", "blockquote"}


class Version(Protocol):
    """What is compared: an Edition that came through `with_tags`, stored or not."""

    headline: str
    standfirst: str
    body: str
    language: str
    kind: str
    path: str
    is_cut: bool
    bylines: Sequence[Mapping]
    sources: Sequence[Mapping]
    image_id: int | None
    picture: Mapping | None
    pictures: Mapping[str, Mapping]
    tags: Sequence[Mapping]
    section: object
    coverage: object


class Run(NamedTuple):
    """A stretch of text: `kind` is "same", "added" or "removed"."""

    kind: str
    text: str

    @property
    def shown(self):
        """The text with its changed line breaks made visible."""
        return self.text if self.kind == SAME else self.text.replace("\n", "↵\n")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One row of a list such as the sources: `kind` is "same", "added", "removed" or "changed"."""

    kind: str
    label: str
    runs: list[Run]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing besides the body that changed: a text has `runs`, a list has `items`, unchanged ones included."""

    name: str
    label: str
    runs: Sequence[Run] = ()
    items: Sequence[Item] = ()
    note: str = ""

    @property
    def unchanged_count(self):
        return sum(item.kind == SAME for item in self.items)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A paragraph as it is read: `kind` is "p", "h2", "h3", "li", "blockquote" or "figure" (a picture).

    `shape` tells two of the same words apart that differ in what is not words.
    """

    kind: str
    text: str
    shape: str

    @property
    def runs(self):
        """The block as a passage has it."""
        return [Run(SAME, self.text)]

    @cached_property
    def tokens(self):
        """The words of the text with all that stands between them."""
        return _TOKEN.findall(self.text)


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A part of the body: one block that changed, as `runs`, or a stretch of unchanged `blocks`.

    `kind` is the block's. `note` says in words what the runs cannot show.
    """

    kind: str = ""
    runs: Sequence[Run] = ()
    note: str = ""
    blocks: Sequence[Block] = ()


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What `compare` found: the `fields` that changed, and the `body` in its order, unchanged parts included.

    `language` is that of the new version, `old_language` that of the old one where it is another, else "".
    """

    fields: list[Field]
    body: list[Passage]
    language: str
    old_language: str

    @property
    def has_new_text(self):
        """Whether anything in the body changed."""
        return any(not passage.blocks for passage in self.body)

    @property
    def is_empty(self):
        return not self.fields and not self.has_new_text


def compare(old: Version, new: Version) -> Difference:
    """Return what changed from the old version to the new one.

    Old texts can be read off again from "same" and "removed" runs in their order, new ones from "same" and
    "added" ones. Words are not split, nor are graphemes in scripts that write no spaces. A marker stands as
    "[2]", by the source's number on either side, and a picture by its words.
    """
    return Difference(
        fields=[*_changed_texts(old, new), *_changed_lists(old, new)],
        body=_passages(_blocks(old), _blocks(new)),
        language=new.language,
        old_language=old.language if old.language != new.language else "",
    )


# --- what stands beside the body


def _texts(version):
    """{name: (label, text)} of what is compared as text."""
    return {
        "headline": (_("Headline"), version.headline),
        "standfirst": (_("Standfirst"), version.standfirst),
        "path": (_("Address"), version.path),
        "language": (_("Language"), _(LANG_INFO.get(version.language, {}).get("name", version.language))),
        "kind": (_("Kind"), str(dict(Kind.choices).get(version.kind, version.kind))),
        "section": (_("Section"), str(version.section)),
        "coverage": (_("Coverage"), str(version.coverage or "")),
        "picture": (_("Picture"), _picture_words(version.picture) if version.picture is not None else ""),
        "ending": (_("Note at the end"), _("The captured text ends here.") if version.is_cut else ""),
    }


def _changed_texts(old, new):
    before, after = _texts(old), _texts(new)
    for name, (label, text) in after.items():
        if before[name][1] != text:
            yield Field(name=name, label=label, runs=_word_runs(before[name][1], text))
        elif name == "picture" and old.image_id != new.image_id:
            yield Field(name=name, label=label, note=_another_picture())


def _picture_words(picture):
    words = dict.fromkeys(picture.get(name) for name in ("alt", "caption", "credit"))
    return " · ".join(filter(None, words)) or _("Decoration only")


def _another_picture():
    return _("Another picture with the same words.")


def _changed_lists(old, new):
    lists = {
        "bylines": (_("Byline"), _byline_rows),
        "tags": (_("Tags"), _tag_rows),
        "sources": (_("Sources"), _source_rows),
    }
    for name, (label, rows_of) in lists.items():
        items = _items(rows_of(old), rows_of(new))
        if any(item.kind != SAME for item in items):
            yield Field(name=name, label=label, items=items)


class _Row(NamedTuple):
    key: str
    text: str
    label: str = ""


def _byline_rows(version):
    return [_Row(row["name"], f"{row['role']} {row['name']}".strip()) for row in version.bylines]


def _tag_rows(version):
    return [_Row(tag["name"], f"#{tag['name']}") for tag in version.tags]


def _source_rows(version):
    return [
        _Row(
            row["key"],
            ", ".join(filter(None, (row["title"], row["publisher"], row["url"]))),
            _("Source %(number)d") % {"number": number},
        )
        for number, row in enumerate(version.sources, start=1)
    ]


def _items(old, new):
    """What became of each row. One that moved was removed in one place and added in another."""
    items, at_old, at_new = [], 0, 0
    for match in _matches([row.key for row in old], [row.key for row in new]):
        items += [_lone_item(REMOVED, row) for row in old[at_old : match.old]]
        items += [_lone_item(ADDED, row) for row in new[at_new : match.new]]
        at_old, at_new = match.old + match.size, match.new + match.size
        items += map(_kept_item, old[match.old : at_old], new[match.new : at_new])
    return items


def _lone_item(kind, row):
    return Item(kind=kind, label=row.label, runs=[Run(kind, row.text)])


def _kept_item(before, after):
    kind = SAME if before.text == after.text else CHANGED
    return Item(kind=kind, label=after.label, runs=_word_runs(before.text, after.text))


# --- the body in blocks


def _blocks(version):
    numbers = {row["key"]: number for number, row in enumerate(version.sources, start=1)}
    body = _MARKER.sub(lambda marker: f"[{numbers.get(marker[1], '?')}]", version.body)
    return _Reading(version.pictures).blocks_of(body)


class _Reading:
    """A walk over a cleaned body that gathers its blocks."""

    def __init__(self, pictures):
        self.pictures = pictures
        self.blocks, self.open = [], []
        self.words, self.shape = [], []

    def blocks_of(self, body):
        position = 0
        for tag in _TAG.finditer(body):
            self.take(body[position : tag.start()])
            position = tag.end()
            self.enter_or_leave(*tag.groups(), tag[0])
        self.take(body[position:])
        self.end_block()
        return self.blocks

    def take(self, html):
        if html:
            self.words.append(unescape(html))
            self.shape.append(html)

    def enter_or_leave(self, slash, name, attributes, tag):
        if name == "figure":
            self.picture(attributes)
        elif name in _PARTS:
            self.end_block()
            if slash:
                self.open.pop()
            else:
                self.open.append(name)
        else:
            self.words.append(_LINE if name == "br" else "")
            self.shape.append(tag)

    def picture(self, attributes):
        """A block for the start of a figure; its end has no attributes."""
        self.end_block()
        if named := _NAMED_BY.search(attributes):
            words = _picture_words(self.pictures.get(named[1], {}))
            text = _("Picture: %(words)s") % {"words": words}
            self.blocks.append(Block(kind="figure", text=text, shape=named[1]))

    def end_block(self):
        text = re.sub(r"[ \t\n]+", " ", "".join(self.words))
        text = re.sub(f" ?{_LINE} ?", "\n", text).strip(" \n")
        if text.strip():
            shape = "/".join(self.open) + re.sub(r"[ \t\n]+", " ", "".join(self.shape)).strip(" ")
            self.blocks.append(Block(kind=self.kind(), text=text, shape=shape))
        self.words, self.shape = [], []

    def kind(self):
        return next((name for name in reversed(self.open) if name not in ("p", "ul", "ol")), "p")


def _passages(old, new):
    """The blocks of two bodies side by side, stretches of unchanged ones folded into one passage."""
    passages: list[Passage] = []
    for is_unchanged, group in groupby(_each_passage(old, new), key=lambda passage: bool(passage.blocks)):
        if is_unchanged:
            passages.append(Passage(blocks=[block for passage in group for block in passage.blocks]))
        else:
            passages += group
    return passages


def _each_passage(old, new):
    """First those blocks are found that have the same words, then new wordings between them."""
    at_old = at_new = 0
    for match in _matches([block.text for block in old], [block.text for block in new]):
        yield from _reworded(old[at_old : match.old], new[at_new : match.new])
        at_old, at_new = match.old + match.size, match.new + match.size
        yield from map(_of_same_words, old[match.old : at_old], new[match.new : at_new])


def _of_same_words(before, after):
    if (before.kind, before.shape) == (after.kind, after.shape):
        return Passage(blocks=[after])
    is_picture = before.kind == after.kind == "figure"
    note = _another_picture() if is_picture else _("Only formatting or links changed here.")
    return Passage(kind=after.kind, runs=after.runs, note=note)


def _reworded(old, new):
    """The passages of blocks none of which stayed the same: new wordings, and what was removed and added."""
    at_old = at_new = 0
    for one, other in [*_new_wordings(old, new), (len(old), len(new))]:
        for block in old[at_old:one]:
            yield Passage(kind=block.kind, runs=[Run(REMOVED, block.text)])
        for block in new[at_new:other]:
            yield Passage(kind=block.kind, runs=[Run(ADDED, block.text)])
        if one < len(old) and other < len(new):
            yield Passage(kind=new[other].kind, runs=_runs(old[one].tokens, new[other].tokens))
        at_old, at_new = one + 1, other + 1


def _new_wordings(old, new):
    """[(i, j)] of the blocks old[i] that new[j] is a new wording of, both ascending.

    All words of both sides are aligned at once. Which blocks have most words in common follows from that,
    and pairs cannot cross.
    """
    words, owners = zip(*map(_owned_words, (old, new)), strict=True)
    common = Counter(
        (owners[0][match.old + n], owners[1][match.new + n])
        for match in _matches(*words)
        for n in range(match.size)
    )
    lengths = [Counter(side) for side in owners]
    alike = {
        (one, other): 2 * count / (lengths[0][one] + lengths[1][other])
        for (one, other), count in common.items()
        if (old[one].kind == "figure") == (new[other].kind == "figure")
    }
    pairs: dict[int, int] = {}
    taken = set()
    for (one, other), share in sorted(alike.items(), key=lambda row: -row[1]):
        if share >= _SAME_PARAGRAPH and one not in pairs and other not in taken:
            pairs[one] = other
            taken.add(other)
    return sorted(pairs.items())


def _owned_words(blocks):
    """The words of all blocks in a row, and for each the number of its block."""
    words, owners = [], []
    for number, block in enumerate(blocks):
        found = list(filter(_is_word, block.tokens))
        words += found
        owners += [number] * len(found)
    return words, owners


# --- words


class _Match(NamedTuple):
    """That old[old : old + size] and new[new : new + size] are the same."""

    old: int
    new: int
    size: int


def _matches(old: Sequence[str], new: Sequence[str]) -> list[_Match]:
    """A longest common subsequence, in its order; the last match is an empty one at both ends."""
    start = _common(old, new)
    end = _common(reversed(old[start:]), reversed(new[start:]))
    rest = old[start : len(old) - end], new[start : len(new) - end]
    found = [
        _Match(0, 0, start),
        *_aligned(*rest, offset=start),
        _Match(len(old) - end, len(new) - end, end),
    ]
    return [match for match in found if match.size] + [_Match(len(old), len(new), 0)]


def _common(old, new):
    """How many items two sequences have in common at their beginning."""
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _aligned(old, new, *, offset):
    """The matches of two sequences that begin at `offset` and neither begin nor end with the same."""
    if not old or not new or len(old) * len(new) > _MOST_PAIRS:
        return []
    numbers: dict[str, int] = {}
    one, other = ([numbers.setdefault(item, len(numbers)) for item in side] for side in (old, new))
    found = LCSseq.opcodes(one, other).as_matching_blocks()
    return [_Match(match.a + offset, match.b + offset, match.size) for match in found if match.size]


def _word_runs(old: str, new: str) -> list[Run]:
    """The two texts as runs."""
    return _runs(_TOKEN.findall(old), _TOKEN.findall(new))


def _runs(before: list[str], after: list[str]) -> list[Run]:
    matches = _without_accidents(_matches(before, after), before, after)
    runs, at_old, at_new = [], 0, 0
    for match in _slid(matches, before, after):
        runs += [
            Run(REMOVED, "".join(before[at_old : match.old])),
            Run(ADDED, "".join(after[at_new : match.new])),
            Run(SAME, "".join(before[match.old : match.old + match.size])),
        ]
        at_old, at_new = match.old + match.size, match.new + match.size
    return [run for run in runs if run.text]


def _without_accidents(matches, old, new):
    """Drops what two wordings have in common by accident, so that a rewritten sentence is not torn to shreds.

    Dropping a match widens the changes around it, so the one before it is looked at again.
    """
    words = [_words_before(side) for side in (old, new)]
    kept = [_Match(0, 0, 0)]
    for match in matches:
        while len(kept) > 1 and _is_accident(kept[-2], kept[-1], match, words):
            kept.pop()
        kept.append(match)
    return kept


@lru_cache(maxsize=16_384)
def _is_word(token):
    return not _NO_WORD.fullmatch(token)


def _words_before(tokens):
    """How many words stand before each token, and before the end."""
    return list(accumulate(map(_is_word, tokens), initial=0))


def _is_accident(before, match, after, words):
    count = words[0][match.old + match.size] - words[0][match.old]
    changes = [_Change(*ends) for ends in ((before, match), (match, after))]
    if not all(change.is_any for change in changes):
        return False
    if not count:  # white space and punctuation between words that were replaced
        return any(change.removed for change in changes) and any(change.added for change in changes)
    return count <= min(_ACCIDENT, *(change.word_count(*words) // 2 for change in changes))


class _Change(NamedTuple):
    """What lies between two matches."""

    before: _Match
    after: _Match

    @property
    def removed(self):
        return range(self.before.old + self.before.size, self.after.old)

    @property
    def added(self):
        return range(self.before.new + self.before.size, self.after.new)

    @property
    def is_any(self):
        return bool(self.removed or self.added)

    def word_count(self, old_words, new_words):
        sides = (self.removed, old_words), (self.added, new_words)
        return max(words[side.stop] - words[side.start] for side, words in sides)


def _slid(matches, old, new):
    """Moves what was only added or only removed to where it begins with a word or a sentence.

    "A b[. A] c." and "A b.[ A c.]" say the same; the second can be read.
    """
    slid = matches[:1]
    for after in matches[1:]:
        before, steps = slid[-1], 0
        change = _Change(before, after)
        if bool(change.removed) != bool(change.added):
            tokens, side = (old, change.removed) if change.removed else (new, change.added)
            steps = _best_slide(tokens, side, left=before.size, right=after.size)
        slid[-1] = _Match(before.old, before.new, before.size + steps)
        slid.append(_Match(after.old + steps, after.new + steps, after.size - steps))
    return slid


def _best_slide(tokens, side, *, left, right):
    """By how many tokens to move the stretch so that it begins best; negative to the left."""
    start, stop = side.start, side.stop
    first = last = 0
    while first > -left and tokens[start + first - 1] == tokens[stop + first - 1]:
        first -= 1
    while last < right and tokens[start + last] == tokens[stop + last]:
        last += 1
    return max(range(last, first - 1, -1), key=lambda step: _beginning(tokens, start + step))


def _beginning(tokens: Sequence[str], place: int) -> int:
    """How well a stretch of changed text begins at this token."""
    if place == 0 or tokens[place - 1] == "\n":
        return 3
    if tokens[place - 1] != " ":
        return 2 if tokens[place - 1] in "。！？" else 0
    return 2 if place > 1 and tokens[place - 2] in _SENTENCE_END else 1
