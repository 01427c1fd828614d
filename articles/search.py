"""Search: the live stories that hold all the words a reader typed, newest first, and where the words stand.

The databases only know rows of words (see articles/search_index.py). What a word is, in a story and in what
is typed, `rich_text.search_words` says once, so that SQLite and PostgreSQL find the same.
"""

import re
from collections import defaultdict

from django.db.models import BooleanField, F, Func
from django.utils.html import escape, format_html_join

from articles.models import Edition
from articles.models.edition import CARD_FIELDS
from articles.paging import COUNTED_UP_TO
from articles.rich_text import excerpt, plain_text, search_words

LONGEST_QUERY = 200  # characters; what is typed after them is not searched for
SNIPPET_LENGTH = 240
BEFORE_A_HIT = 100  # characters of a snippet, at most, before the first word found

_QUOTED_OR_NOT = re.compile(r'["“”„«»]([^"“”„«»]*)["“”„«»]|([^\s"“”„«»]+)')
_SENTENCE_START = re.compile(r"(?<=[.!?…][ ”»\"’)])\s*\S|(?<=[。！？])\S")


def phrases_of(typed):
    """What to search for: a tuple of phrases, each a tuple of words that stand one after the other.

    A quoted text is one phrase, and so is what is typed without a space ("HK$466.6", "peace-keeping", 香港).
    Takes any text. Only its first 200 characters count.
    """
    found = (quoted or bare for quoted, bare in _QUOTED_OR_NOT.findall(typed[:LONGEST_QUERY]))
    phrases = (tuple(word for word, _start, _end in search_words(text)) for text in found)
    return tuple(dict.fromkeys(filter(None, phrases)))


def find(phrases, *, at, section=None, tag=None, language="", kinds=(), since=None, before=None):
    """The live stories that hold all the phrases and pass the filters: (Editions as cards with `body`, count).

    `since <= published_at < before`, both aware. The rows are not ordered yet; the count stops at 1,001.

    Words that few stories hold are looked up and what is found is sorted. Common ones are read off in the
    list's own order, and only asked whether the index knows them, so that nothing is sorted; on SQLite the
    list of hits is still gathered first, which took 13 ms for each 100,000 of them. PostgreSQL's planner
    decides that by itself.
    """
    stories = _filtered(
        Edition.objects.live(at=at),
        section=section, tag_rows__tag=tag, language=language, kind__in=kinds, published_at__gte=since,
        published_at__lt=before,
    )  # fmt: skip
    count = _holding(stories, phrases)[: COUNTED_UP_TO + 1].count()
    rows = _holding(stories, phrases, is_common=count > COUNTED_UP_TO)
    return rows.as_cards().only(*CARD_FIELDS, "body"), count


def _filtered(stories, **filters):
    return stories.filter(**{lookup: value for lookup, value in filters.items() if value})


def _holding(stories, phrases, *, is_common=False):
    return stories.filter(_Holds(phrases=phrases, is_common=is_common)) if phrases else stories


class _Holds(Func):
    """Whether the index knows an edition to hold all the phrases, as a condition in a query of editions."""

    output_field = BooleanField()

    def __init__(self, *, phrases, is_common):
        super().__init__(F("pk"), F("search_text"))
        self.phrases, self.is_common = phrases, is_common

    def as_sqlite(self, compiler, connection):
        key, params = compiler.compile(self.source_expressions[0])
        # A sign before the key keeps SQLite from starting with the hits.
        sign = "+" if self.is_common else ""
        hits = "SELECT rowid FROM articles_edition_search WHERE articles_edition_search MATCH %s"
        quoted = " AND ".join(f'"{" ".join(phrase)}"' for phrase in self.phrases)
        return f"{sign}{key} IN ({hits})", [*params, quoted]

    def as_postgresql(self, compiler, connection):
        """All the words by the index, then the phrases by the text, whose words have one space between them."""
        text, params = compiler.compile(self.source_expressions[1])
        table, _dot, _column = text.rpartition(".")
        words = dict.fromkeys(word for phrase in self.phrases for word in phrase)
        rows = [f" {' '.join(phrase)} " for phrase in self.phrases if len(phrase) > 1]
        sql = f"{table}.search_words @@ %s::tsquery" + f" AND strpos(' ' || {text} || ' ', %s) > 0" * len(rows)
        return f"({sql})", [*params, " & ".join(f"'{word}'" for word in words), *rows]


def _places(text, phrases):
    """Yields (start, end) of each place in a plain text where one of the phrases stands."""
    ending_in = defaultdict(list)
    for phrase in phrases:
        ending_in[phrase[-1]].append(phrase)
    read = []
    for word in search_words(text):
        read.append(word)
        for phrase in ending_in.get(word[0], ()):
            row = read[-len(phrase) :]
            if tuple(part[0] for part in row) == phrase:
                yield row[0][1], word[2]


def mark(text, phrases):
    """A plain text as safe HTML, with `<mark>` around every place where one of the phrases stands."""
    pieces, position = [], 0
    for start, end in _joined(sorted(_places(text, phrases))):
        pieces.append((text[position:start], text[start:end]))
        position = end
    return format_html_join("", "{}<mark>{}</mark>", pieces) + escape(text[position:])


def _joined(places):
    """The places, those that overlap made one."""
    joined = []
    for start, end in places:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def snippet(edition, phrases):
    """Safe HTML: what stands around the first phrase found in standfirst or body, marked; "" if none is there.

    At most about 240 characters, beginning with a sentence or a word and ending with a whole one.
    """
    body = plain_text(edition.body) if phrases else ""
    for text, is_cut in ((edition.standfirst, False), (body, edition.is_cut)):
        line = re.sub(r"\s+", " ", text)
        place = next(_places(line, phrases), None)
        if place:
            return mark(_around(line, place, is_cut=is_cut), phrases)
    return ""


def _around(line, place, *, is_cut):
    start = _beginning(line, place[0])
    kept = excerpt(line[start:], limit=SNIPPET_LENGTH, is_cut=is_cut)
    return f"…{kept}" if start and kept else kept


def _beginning(line, hit):
    """Where a snippet begins: with a sentence not far before the hit, else with a word, else with the hit."""
    if len(line) <= SNIPPET_LENGTH:
        return 0
    nearest = max(0, hit - BEFORE_A_HIT)
    if not nearest:
        return 0
    sentences = [match.end() - 1 for match in _SENTENCE_START.finditer(line, nearest, hit + 1)]
    space = line.find(" ", nearest, hit)
    return sentences[0] if sentences else space + 1 if space >= 0 else hit
