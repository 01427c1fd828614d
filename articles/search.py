"""Search: the live stories that hold all the words a reader typed, newest first, and where the words stand.

The databases only know rows of words (see articles/search_index.py). What a word is, in a story and in what
is typed, `rich_text.search_words` says once, so that SQLite and PostgreSQL find the same.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from django.db import connection
from django.db.models import F, Lookup
from django.utils.html import escape, format_html_join

from articles import paging
from articles.models import Edition
from articles.models.edition import CARD_FIELDS, CARD_LENGTH
from articles.models.prepared import Prepared
from articles.paging import CountUpTo, first_rows
from articles.rich_text import excerpt, search_words
from articles.search_index import FILED, KEY, filed_word

# ruff: noqa: S608 - names of tables are constants of this file

INDEX = "articles_edition_search"  # the name of SQLite's table: see search_index.py
# Of the newest stories so many are asked for, to tell whether a page of those found is soon full. SQLite gathers the
# keys of all hits sooner than PostgreSQL, which looks each up.
LOOKED_AT = {"sqlite": 60, "postgresql": 500}
SOON = 5  # of them hold the words
# Hits: each of a common word costs PostgreSQL 10 to 25 µs, half of what such a search takes.
COUNTED_UP_TO = 500
LONGEST_QUERY = 200  # characters; what is typed after them is not searched for
CUT_LENGTH = 120  # characters at most of an excerpt from a text that stops short

_QUOTED_OR_NOT = re.compile(r'["“”„«»]([^"“”„«»]*)["“”„«»]|([^\s"“”„«»]+)')
_SENTENCE_START = re.compile(r"(?<=[.!?…][ ”»\"’)])\s*(?![a-zà-ÿ])\S|(?<=[。！？])\S")


def shortened(typed):
    """The words of a typed text that are searched for: those in its first 200 characters."""
    if len(typed) <= LONGEST_QUERY:
        return typed
    return typed[: LONGEST_QUERY + 1].rpartition(" ")[0].strip() or typed[:LONGEST_QUERY]


def phrases_of(typed):
    """What to search for: a tuple of phrases, each a tuple of words that stand one after the other.

    A quoted text is one phrase, and so is what is typed without a space ("HK$466.6", "peace-keeping", 香港).
    Takes any text and reads what `shortened` keeps of it.
    """
    found = (quoted or bare for quoted, bare in _QUOTED_OR_NOT.findall(shortened(typed)))
    phrases = (tuple(word for word, _start, _end in search_words(text)) for text in found)
    return tuple(dict.fromkeys(filter(None, phrases)))


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search found: live Editions as cards with `body`, each with `filed_at`, the moment of publication.

    `hits` is how many stories hold the words and pass the filters, up to 501; None where the rows have to tell.
    """

    hits: int | None
    way: str
    shape: int
    values: dict

    @property
    def rows(self):
        """All of them as a queryset without an order."""
        rows = _rows(self.way, self.values)
        return rows if self.hits != 0 else rows.none()

    def newest(self):
        """Those of the first page and one more (see `paging.first_page_of`)."""
        if self.hits == 0:
            return []
        return _first_rows(self.way, self.shape, COUNTED_UP_TO, paging.PAGE_SIZE).records(**self.values)

    def count_on(self, page):
        """(how many there are, whether there are more): as many as were counted, and on that page of them."""
        total = self.hits
        if total is None:
            total = getattr(page.rows[0], "total", None) if page.rows else 0
        if total is None:
            is_all = not (page.newer or page.older)
            return (len(page.rows), False) if is_all else (paging.PAGE_SIZE, True)
        return min(total, COUNTED_UP_TO), total > COUNTED_UP_TO


def find(phrases, *, at, section=None, tag=None, language="", kinds=(), since=None, before=None, below=None):
    """What holds all the phrases and passes the filters, as Found: `since <= published_at < before`, both aware.

    `below` is the moment of the row that the page asked for stands below, if any. Takes one query, none where nothing
    but a tag or days narrow, and two where more is found than is counted.

    Words, section, language and kinds are asked of the index of words. Up to 500 hits of it are looked up and
    sorted, and counted as they pass tag and days. Of more the results are read off in the list's own order until a
    page is full, and counted no further where tag or days narrow them. Each story is asked for by itself, where of
    the newest LOOKED_AT so many hold the words that a page is soon full; else the keys of all hits are gathered.
    """
    filed = {
        "section_id": [section.pk] if section else [],
        "language": [language] if language else [],
        "kind": kinds,
    }
    values = {"at": at, "tag": tag and tag.pk, "since": since, "before": before}
    narrowed = any((tag, since, before))
    asked = _asked(phrases, [[(name, value) for value in found] for name, found in filed.items() if found])
    if not asked:
        return Found(hits=None, way="counted", shape=0, values=values)
    values |= asked
    if connection.vendor == "sqlite":
        # Said again of the table, so that other stories are passed over unasked; PostgreSQL would reckon it twice.
        values |= {name: found[0] if len(found) == 1 else None for name, found in filed.items()}
    # No row where there is no edition.
    [hits] = next(iter(_counts(len(asked), COUNTED_UP_TO).rows(at=at, **asked)), [0])
    if hits <= COUNTED_UP_TO:
        way = "counted" if narrowed else "looked_up"
        return Found(hits=None if narrowed and hits else hits, way=way, shape=len(asked), values=values)
    reach = values | {"before": min(filter(None, (before, below)), default=None)}
    way = "each_asked" if _is_soon_full(reach, shape=len(asked)) else "in_order"
    return Found(hits=None if narrowed else hits, way=way, shape=len(asked), values=values)


def _is_soon_full(values, *, shape):
    """Whether a page is full after a few of the newest stories that pass the filters."""
    most = LOOKED_AT[connection.vendor]
    ((candidates, holding),) = _looks(shape, most, SOON).rows(**values)
    return candidates < most or holding >= SOON


def _asked(phrases, filed=(), *, are_begun=False):
    """What the index is asked for, as values of the prepared queries: `words`, and on PostgreSQL phrases besides.

    `filed` are choices, lists of pairs as `filed_word` takes them, of which one has to be met. With `are_begun` the
    last word of each phrase may go on.
    """
    choices = [[filed_word(*pair) for pair in choice] for choice in filed]
    if not phrases and not choices:
        return {}
    if connection.vendor == "sqlite":
        parts = [f'"{" ".join(phrase)}"{" *" if are_begun else ""}' for phrase in phrases]
        parts += [_one_of(choice, quote='"', sign="OR") for choice in choices]
        return {"words": " AND ".join(parts)}
    words = [f"'{word}'" for phrase in phrases for word in (phrase[:-1] if are_begun else phrase)]
    words += [f"'{phrase[-1]}':*" for phrase in phrases if are_begun]
    parts = list(dict.fromkeys(words))
    parts += [_one_of(choice, quote="'", sign="|") for choice in choices]
    # All the words by the index, then phrases by the text, where one space stands between words.
    rows = (phrase for phrase in phrases if len(phrase) > 1)
    end = "" if are_begun else " "
    texts = {f"phrase_{number}": f" {' '.join(phrase)}{end}" for number, phrase in enumerate(rows)}
    return {"words": " & ".join(parts)} | texts


def _one_of(words, *, quote, sign):
    return "({})".format(f" {sign} ".join(f"{quote}{word}{quote}" for word in words))


def _stories(*, at, tag=None, since=None, before=None, **filed):
    """The live editions that pass these filters, with `filed_at`, read where an index gives them in its order."""
    filters = {"tag_rows__tag": tag, "published_at__gte": since, "published_at__lt": before, **filed}
    chosen = {lookup: value for lookup, value in filters.items() if value is not None}
    # Pages by key and days bring bounds of their own; few plans stand above the first page.
    stories = Edition.objects.live(at=at, is_bounded=True).filter(**chosen)
    return stories.annotate(filed_at=F("tag_rows__published_at" if tag else "published_at"))


def _rows(way, values):
    """The stories found in that way, as cards with `body`; “counted” with their `total`, up to 501."""
    reach, asked = _parted(values)
    found = _holding(_stories(**reach), asked, way=way)
    cards = found.as_cards().only(*CARD_FIELDS, "body")
    if way != "counted":
        return cards
    return cards.annotate(total=CountUpTo(found.order_by().values("pk")[: COUNTED_UP_TO + 1]))


def _parted(values):
    """(the moment and the filters that the index does not know, what it is asked for)"""
    reach = {name: values.get(name) for name in ("at", "tag", "since", "before", *FILED)}
    return reach, {name: value for name, value in values.items() if name not in reach}


@cache
def _first_rows(way, _shape, _most, _page_size):
    """The prepared query of the first page, in that way; the other arguments are what its text depends on."""
    return Prepared(lambda **values: first_rows(_rows(way, values), moment="filed_at"))


@cache
def _counts(_shape, _most):
    """The prepared query of one row, the arguments being what its text depends on (see _counted)."""
    return Prepared(_counted)


def _counted(*, at, **asked):
    """One row of one column: how many live stories hold the words, up to 501."""
    hits = _hit_by_hit(Edition.objects.live(at=at, is_bounded=True), asked)
    return Edition.objects.order_by("pk").values_list(CountUpTo(hits.values("pk")[: COUNTED_UP_TO + 1]))[:1]


@cache
def _looks(_shape, most, soon):
    """As _counts (see _looked)."""
    return Prepared(lambda **values: _looked(values, most, soon))


def _looked(values, most, soon):
    """One row: how many of the newest that pass the filters were looked at, and how many of these hold the words.

    The one up to `most`, the other up to `soon`.
    """
    reach, asked = _parted(values)
    newest = _stories(**reach).order_by("-filed_at", "-article_id").values("pk")[:most]
    holding = _holding(Edition.objects.order_by().filter(pk__in=newest), asked, way="each_asked")
    return Edition.objects.order_by("pk").values_list(
        CountUpTo(newest), CountUpTo(holding.values("pk")[:soon])
    )[:1]


def _hit_by_hit(rows, asked):
    """Those that hold the words, read hit by hit: a count up to a bound stops there."""
    if connection.vendor != "sqlite":
        return _holding(rows, asked, way="joined").order_by()
    joined = rows.order_by().extra(tables=[_index_of(rows.model)])  # noqa: S610 - a name of a table
    return _holding(joined, asked, way="joined")


def _holding(rows, asked, *, way="looked_up"):
    if not asked:
        return rows
    return rows.filter(_Holds(asked=tuple(asked.values()), way=way, model=rows.model))


def holding(rows, phrases, *, are_begun=False):
    """Those of the Editions, or of the WorkingWords, that hold all the phrases; each row is asked for by itself.

    With `are_begun` the last word of a phrase may go on.
    """
    return _holding(rows, _asked(phrases, are_begun=are_begun), way="each_asked")


def newest_holding(rows, phrases, *, most, are_begun=False):
    """Of Editions, or of WorkingWords, those with the highest keys that hold all the phrases, `most` of them.

    With `are_begun` the last word of a phrase may go on.
    """
    found = _hit_by_hit(rows, _asked(phrases, are_begun=are_begun))
    if connection.vendor != "sqlite":
        return found.order_by("-pk")[:most]
    return found.extra(order_by=[f"-{_index_of(rows.model)}.rowid"])[:most]


def _index_of(model):
    """The name of SQLite's table: see search_index.py."""
    return f"{model._meta.db_table}_search"


class _Holds(Lookup):
    """Whether the index knows a row to hold what is asked, as a condition in a query of such rows.

    A Lookup, since Django takes that into WHERE as it stands on every database.
    """

    prepare_rhs = False

    def __init__(self, *, asked, way, model):
        super().__init__(F("pk"), asked)
        self.way, self.table, self.index = way, model._meta.db_table, _index_of(model)

    def as_sqlite(self, compiler, connection):
        key, params = compiler.compile(self.lhs)
        matching = (*params, *self.rhs)
        if self.way == "joined":
            # A sign before the key keeps SQLite from asking the index once for every story.
            key = KEY.format(key=key) if self.index == INDEX else key
            return f"{key} = +{self.index}.rowid AND {self.index} MATCH %s", matching
        if self.way == "each_asked":
            return (
                f"EXISTS (SELECT 1 FROM {self.index} WHERE rowid = {key} AND {self.index} MATCH %s)",
                matching,
            )
        # A sign before the key keeps SQLite from starting with the hits.
        sign = "+" if self.way == "in_order" else ""
        return f"{sign}{key} IN (SELECT rowid FROM {self.index} WHERE {self.index} MATCH %s)", matching

    def as_postgresql(self, compiler, connection):
        key, params = compiler.compile(self.lhs)
        alias, _dot, column = key.rpartition(".")
        if self.way == "joined":
            return self._said_of(alias, params)  # the planner decides what to begin with
        if self.way == "each_asked":
            condition, values = self._said_of(alias, params)
            return f"{condition} IS TRUE", values  # which no index answers
        # Gathered before all else: the planner knows the most common words alone, and would look for any other one
        # story by story, newest first.
        condition, values = self._said_of(f'"{self.table}"', params)
        return f'{key} = ANY(ARRAY(SELECT {column} FROM "{self.table}" WHERE {condition}))', (
            *params,
            *values,
        )

    def _said_of(self, table, params):
        """The condition that rows of the table hold what is asked, as (SQL, parameters)."""
        words, *phrases = self.rhs
        conditions, values = [f"{table}.search_words @@ %s::tsquery"], [words]
        for phrase in phrases:
            conditions.append(f"strpos(' ' || {table}.search_text || ' ', %s) > 0")
            values += [*params, phrase]
        return f"({' AND '.join(conditions)})", tuple(values)


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
    """Safe HTML: what stands around the first phrase found in standfirst or body, marked; "" where none is.

    It begins with a sentence or a word, ends with a word, and is as long as a card's excerpt.
    """
    body = edition.plain_body if phrases else ""
    for text, is_cut in ((edition.standfirst, False), (body, edition.is_cut)):
        line = re.sub(r"[ \t\r\n]+", " ", text)
        place = next(_places(line, phrases), None)
        if place:
            marked = mark(_around(line, place, is_cut=is_cut), phrases)
            return marked if "<mark>" in marked else ""  # it may be the broken last word that was found
    return ""


def _around(line, place, *, is_cut):
    limit = CUT_LENGTH if is_cut else CARD_LENGTH
    start = 0 if len(line) <= limit else _beginning(line, place[0], most_before=limit // 2)
    kept = excerpt(line[start:], limit=limit, is_cut=is_cut)
    return f"…{kept}" if start and kept else kept


def _beginning(line, hit, *, most_before):
    """Where a snippet begins: with a sentence not far before the hit, else with a word, else with the hit."""
    nearest = max(0, hit - most_before)
    if not nearest:
        return 0
    sentence = _SENTENCE_START.search(line, nearest, hit + 1)
    if sentence:
        return sentence.end() - 1
    space = line.find(" ", nearest, hit)
    return space + 1 if space >= 0 else hit
