"""Reads the two captured pages in fixtures/seeds. Pure: text in, records out, every word to the letter."""

import re
from dataclasses import dataclass

_NUMBERED = re.compile(r" *\d+\. (.*)")
_RESPONSES = re.compile(r"\d+ responses? to “(.*)”")


class SeedUnreadable(ValueError):
    """The text is not laid out like the captured page; the message says what was looked for."""


@dataclass(frozen=True, kw_only=True)
class SeedSource:
    """A row of a source list. `publisher` is what stands after " | ", or ""."""

    title: str
    publisher: str = ""


@dataclass(frozen=True, kw_only=True)
class SeedItem:
    """A story in short: a headline, the paragraphs captured with it (maybe none), tag names without "#"."""

    headline: str
    paragraphs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """A whole story with its tags, its sources in the order numbered, and its related items in order."""

    headline: str
    paragraphs: tuple[str, ...]
    tags: tuple[str, ...]
    sources: tuple[SeedSource, ...]
    related: tuple[SeedItem, ...]


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """A story whose body stops in mid-sentence, the texts of its comments, and the items of the sidebar.

    All in the order of the page. One of `last_news` is the analysis itself, under the same headline.
    """

    headline: str
    paragraphs: tuple[str, ...]
    comments: tuple[str, ...]
    last_news: tuple[SeedItem, ...]


def parse_briefing(text):
    """The Briefing of fixtures/seeds/briefing.txt. Raises SeedUnreadable where the layout is another."""
    headline, *rest = _written_lines(text)
    paragraphs, tag_line, rest = _parted(rest, at=re.compile(r"Tags: (.+)"))
    _nothing, _heading, rest = _parted(rest, at=re.compile("Sources"))
    numbered = [_NUMBERED.fullmatch(line) for line in rest]
    count = numbered.index(None) if None in numbered else len(rest)
    return Briefing(
        headline=headline,
        paragraphs=tuple(paragraphs),
        tags=_tag_names(tag_line[1]),
        sources=tuple(_source(row[1]) for row in numbered[:count]),
        related=tuple(_related_items(rest[count:])),
    )


def parse_analysis(text):
    """The Analysis of fixtures/seeds/analysis-with-comments.txt. Raises SeedUnreadable as above."""
    body, _heading, rest = _parted(text.split("\n"), at=re.compile("Comments"))
    _nothing, responses, rest = _parted(rest, at=_RESPONSES)
    comments, _heading, rest = _parted(rest, at=re.compile("Last News"))
    items, _heading, _nothing = _parted(rest, at=re.compile("Leave a Reply"))
    return Analysis(
        headline=responses[1],
        paragraphs=tuple(line for line in body if line),
        comments=tuple("\n".join(lines) for lines in _runs(comments, parted_by="-")),
        last_news=tuple(
            SeedItem(headline=lines[0], paragraphs=tuple(lines[1:])) for lines in _runs(items, parted_by="")
        ),
    )


def _written_lines(text):
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        raise SeedUnreadable("The seed text is empty.")
    return lines


def _parted(lines, *, at):
    """(lines before, match, lines after) of the first line that the pattern `at` describes as a whole."""
    for index, line in enumerate(lines):
        if found := at.fullmatch(line):
            return lines[:index], found, lines[index + 1 :]
    raise SeedUnreadable(f"The seed text has no line “{at.pattern}” where one is due.")


def _runs(lines, *, parted_by):
    """The runs of lines between those that are `parted_by`; empty runs are none."""
    runs = [[]]
    for line in lines:
        if line == parted_by:
            runs.append([])
        else:
            runs[-1].append(line)
    return [run for run in runs if run]


def _tag_names(line):
    return tuple(name.removeprefix("#") for name in line.split(", "))


def _source(row):
    title, _mark, publisher = row.partition(" | ")
    return SeedSource(title=title, publisher=publisher)


def _related_items(lines):
    if len(lines) % 3:
        raise SeedUnreadable("A related item of the seed text is not three lines: headline, sentence, tags.")
    for headline, sentence, tags in zip(*[iter(lines)] * 3, strict=True):
        yield SeedItem(headline=headline, paragraphs=(sentence,), tags=_tag_names(tags))
