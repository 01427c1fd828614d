"""Search: the live stories that hold all the words a reader typed, newest first, and where the words stand.

The databases only know rows of words (see articles/search_index.py). What a word is, in a story and in what
is typed, `rich_text.search_words` says once, so that SQLite and PostgreSQL find the same.
"""

import re
from collections import defaultdict

from django.db import connections
from django.db.models import Case, Count, F, Lookup, Max, Min, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact
from django.utils.html import escape, format_html_join

from articles.models import Edition
from articles.models.edition import CARD_FIELDS, CARD_LENGTH
from articles.paging import COUNTED_UP_TO, CountUpTo
from articles.rich_text import excerpt, plain_text, search_words

# ruff: noqa: S608 - names of tables are constants of this file

INDEX = "articles_edition_search"  # the name of SQLite's table: see search_index.py
EVERYWHERE = 20
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


def find(phrases, *, at, section=None, tag=None, language="", kinds=(), since=None, before=None):
    """What holds all the phrases and passes the filters: (live Editions as cards with `body`, how many).

    `since <= published_at < before`, both aware. The rows are not ordered yet; they are counted up to 1,001. Their
    `filed_at` is the moment of publication, read where an index gives the rows in its order.

    Up to 1,000 results are looked up and sorted. More are read off in the list's own order, until a page is
    full, so that nothing is sorted. SQLite gathers the keys of all hits first, unless every EVERYWHERE-th edition
    or more holds the words: then each is asked for itself, which costs the same however many there are.
    PostgreSQL's planner decides by itself what to begin with.
    """
    filters = {
        "section": section, "tag_rows__tag": tag, "language": language, "kind__in": kinds,
        "published_at__gte": since, "published_at__lt": before,
    }  # fmt: skip
    chosen = {lookup: value for lookup, value in filters.items() if value}
    # Pages by key and days bring bounds of their own; few plans stand above the first page. Other filters need one,
    # for SQLite to pass over stories by the index.
    is_bounded = not chosen or bool(since or before)
    stories = Edition.objects.live(at=at, is_bounded=is_bounded).filter(**chosen)
    count, way = _counted(stories, phrases, is_narrowed=bool(chosen))
    rows = _holding(stories, phrases, way=way) if count else Edition.objects.none()
    rows = rows.annotate(filed_at=F("tag_rows__published_at" if tag else "published_at"))
    return rows.as_cards().only(*CARD_FIELDS, "body"), count


def _counted(stories, phrases, *, is_narrowed):
    """(how many of the stories hold the phrases, up to 1,001; in which way they are best read off)."""
    if is_narrowed and phrases and connections[stories.db].vendor == "sqlite":
        return _counted_in_sqlite(stories, phrases)
    if is_narrowed or not phrases:
        return _holding(stories, phrases)[: COUNTED_UP_TO + 1].count(), "looked_up"
    rows = _one_by_one(stories, phrases).order_by().values("pk")[: COUNTED_UP_TO + 1]
    found = rows.aggregate(count=Count("pk"), first=Min("pk"), last=Max("pk"))
    if found["count"] <= COUNTED_UP_TO:
        return found["count"], "looked_up"
    is_everywhere = found["last"] - found["first"] < EVERYWHERE * found["count"]
    return found["count"], "each_asked" if is_everywhere else "in_order"


def _counted_in_sqlite(stories, phrases):
    """As `_counted`, in one query that first asks whether the hits, filters aside, are too many to look up."""
    hits = f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s LIMIT {COUNTED_UP_TO + 1}"
    are_many = RawSQL(f"(SELECT COUNT(*) > {COUNTED_UP_TO} FROM ({hits}))", [_matching(phrases)])  # noqa: S611
    counts = {
        way: CountUpTo(_holding(stories, phrases, way=way).order_by().values("pk")[: COUNTED_UP_TO + 1])
        for way in ("in_order", "looked_up")
    }
    count = Case(When(Exact(are_many, Value(1)), then=counts["in_order"]), default=counts["looked_up"])
    found = Edition.objects.order_by("pk").values_list(are_many, count).first()
    is_many, number = found or (0, 0)
    return number, "in_order" if is_many else "looked_up"


def _one_by_one(stories, phrases):
    """Those that hold the phrases, read hit by hit: a count up to a bound stops there."""
    if connections[stories.db].vendor != "sqlite":
        return _holding(stories, phrases)
    # A sign before the key keeps SQLite from asking the index once for every story.
    return stories.extra(  # noqa: S610 - constants, and parameters
        tables=[INDEX],
        where=[f"{INDEX} MATCH %s", f"articles_edition.id = +{INDEX}.rowid"],
        params=[_matching(phrases)],
    )


def _holding(stories, phrases, *, way="looked_up"):
    return stories.filter(_Holds(phrases=phrases, way=way)) if phrases else stories


def _matching(phrases):
    """The phrases as FTS5 reads them."""
    return " AND ".join(f'"{" ".join(phrase)}"' for phrase in phrases)


class _Holds(Lookup):
    """Whether the index knows an edition to hold all the phrases, as a condition in a query of editions.

    A Lookup, since Django takes that into WHERE as it stands on every database.
    """

    prepare_rhs = False

    def __init__(self, *, phrases, way):
        super().__init__(F("pk"), phrases)
        self.way = way

    def as_sqlite(self, compiler, connection):
        key, params = compiler.compile(self.lhs)
        matching = (*params, _matching(self.rhs))
        if self.way == "each_asked":
            return f"EXISTS (SELECT 1 FROM {INDEX} WHERE rowid = {key} AND {INDEX} MATCH %s)", matching
        # A sign before the key keeps SQLite from starting with the hits.
        sign = "+" if self.way == "in_order" else ""
        return f"{sign}{key} IN (SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s)", matching

    def as_postgresql(self, compiler, connection):
        """All the words by the index, then phrases by the text, where one space stands between words."""
        key, params = compiler.compile(self.lhs)
        table, _dot, _column = key.rpartition(".")
        words = dict.fromkeys(word for phrase in self.rhs for word in phrase)
        conditions = [f"{table}.search_words @@ %s::tsquery"]
        values = [" & ".join(f"'{word}'" for word in words)]
        for phrase in self.rhs:
            if len(phrase) > 1:
                conditions.append(f"strpos(' ' || {table}.search_text || ' ', %s) > 0")
                values += [*params, f" {' '.join(phrase)} "]
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
    body = plain_text(edition.body) if phrases else ""
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
