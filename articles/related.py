"""What stands beside a story: related ones with the reason why, and the last news."""

import json
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import CharField, F, OuterRef, Value
from django.db.models.functions import JSONObject
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from articles.cards import cards_of
from articles.kept import kept
from articles.models import Article, Edition, EditionRelated, EditionSource, EditionTag
from articles.models.json_rows import JSONRows, union_of
from articles.models.prepared import Prepared
from articles.shown import LATEST, listed, shows, story

LAST_NEWS = 10  # stories in the rail
FILLED_UP_TO = 4  # related stories are computed until there are so many
LOOKED_AT = 50  # the newest stories of each tag, coverage and source that are looked at


@dataclass(frozen=True)
class Related:
    """A related story and why it is one; no reason where the desk picked it."""

    edition: Edition
    reason: str

    @property
    def read_as(self):
        """All that is shown of it, hashable; None where the edition is no record of a prepared query."""
        read_as = getattr(self.edition, "read_as", None)
        return read_as and (read_as, self.reason)


def last_news(*, at):
    """The newest stories, as cards for reading only (see `Prepared.records`)."""
    shows(LATEST)
    return _newest_cards.records(at=at)


_newest_cards = Prepared(lambda *, at: Edition.objects.live(at=at).newest_first().as_cards()[:LAST_NEWS])


def beside(edition, *, at, among=None):
    """(related, rail) of an edition: a list of Related, and the last news less the story itself.

    First come the stories that the desk picked, all of them in its order, then computed ones until there
    are four: same coverage before same source before shared tags, and the newest first. Two queries,
    whatever the number of tags, sources and stories. With `among`, editions that may be shown, the others
    are chosen all the same and then left out. An edition that is not stored is a working copy's, with what
    the desk has picked and filed there.
    """
    chosen, rail = _chosen(edition, at=at)
    # What a verb committed meanwhile has ended is passed over: no transaction spans the two queries.
    shown = {*chosen, *rail}
    cards = cards_of(shown, at=at) if among is None else among.as_cards().in_bulk(shown)
    related = [Related(cards[pk], reason) for pk, reason in chosen.items() if pk in cards]
    return related, [cards[pk] for pk in rail if pk in cards]


def _chosen(edition, *, at):
    """({id: reason} of the related stories, ids of the rail), both in order; worked out once for the same rows."""
    if not edition.pk:
        return _choice(edition, _ways(edition, at=at))
    rows = tuple(_stored_ways.rows(pk=edition.pk, at=at))
    key = "beside", get_language(), edition.article_id, edition.coverage and edition.coverage.name, rows
    return kept(key, lambda: _choice(edition, [(*way, json.loads(found)) for *way, found in rows]))


def _choice(edition, ways):
    picked, rail, ties = _candidates(edition, ways)
    computed = sorted(ties.keys() - picked, key=lambda pk: ties[pk].rank, reverse=True)
    computed = computed[: max(FILLED_UP_TO - len(picked), 0)]
    return dict.fromkeys(picked, "") | {pk: ties[pk].words(edition) for pk in computed}, rail


class _Ties:
    """What ties another story to the one being read."""

    def __init__(self):
        self.is_same_coverage = self.is_same_source = False
        self.tag_count = 0
        self.place = ("", 0)  # of first publication, for the order of equals

    def add(self, kind, row):
        self.is_same_coverage |= kind == "coverage"
        self.is_same_source |= kind == "source"
        self.tag_count += kind == "tag"
        self.place = (row["at"], row["article"])

    @property
    def rank(self):
        return (self.is_same_coverage, self.is_same_source, self.tag_count, self.place)

    def words(self, edition):
        if self.is_same_coverage:
            return _("Same coverage: %(name)s") % {"name": edition.coverage.name}
        if self.is_same_source:
            return _("Cites the same source")
        words = ngettext("%(count)d shared tag", "%(count)d shared tags", self.tag_count)
        return words % {"count": self.tag_count}


def _candidates(edition, ways):
    """(picked, rail, ties): ids of live editions in order, and {id: _Ties}, without the story itself."""
    picked, rail, ties = [], [], defaultdict(_Ties)
    for kind, _position, leads_to, rows in sorted(ways, key=lambda row: row[:2]):
        _note(kind, leads_to)
        for row in rows:
            if row["article"] == edition.article_id:
                continue
            if kind == "pick":
                picked.append(row["edition"])
            elif kind == "rail":
                rail.append(row["edition"])
            else:
                ties[row["edition"]].add(kind, row)
    return picked, rail, dict(ties)


def _note(kind, number):
    """Notes what decides which stories are found that way: a picked one may have yet to go live."""
    if kind == "rail":
        shows(LATEST)
    elif kind == "pick":
        shows(story(number))
    else:
        shows(listed(kind, number))


def _ways(edition, *, at):
    """(kind, position, number of what leads there, rows) of every way in which a story can stand beside this one.

    A single query.
    """
    live = Edition.objects.live(at=at)
    itself, picks, tags, sources = _filing(edition)
    citing = live.filter(source_rows__source=OuterRef("source"))
    in_coverage = live.filter(coverage=OuterRef("coverage"))
    return union_of(
        _near("rail", itself, "pk", live.newest_first()[:LAST_NEWS]),
        _near("pick", picks, "related", live.filter(article=OuterRef("related"))),
        _near("tag", tags, "tag", _newest(live.filter(tag_rows__tag=OuterRef("tag")), "tag_rows__")),
        _near("source", sources, "source", _newest(citing, "source_rows__")),
        _near("coverage", itself.exclude(coverage=None), "coverage", _newest(in_coverage)),
    )


def _filing(edition):
    """The rows, each with a `position`, of the edition itself, its picks, tags and sources."""
    if edition.pk:
        filings = (EditionRelated, EditionTag, EditionSource)
        itself = Edition.objects.filter(pk=edition.pk).annotate(position=F("number"))
        return itself, *(model.objects.filter(edition=edition) for model in filings)
    article = edition.article
    itself = Article.objects.filter(pk=article.pk).order_by().annotate(position=F("version"))
    tags = article.tag_rows.annotate(position=F("pk"))
    return itself, article.related_picks.order_by(), tags, article.citations.order_by()


_stored_ways = Prepared(lambda *, pk, at: _ways(Edition(pk=pk), at=at))


def _near(kind, rows, way, editions):
    """For each of the rows its kind, its position, the number in its column `way`, and the editions it leads to."""
    editions = editions.values(row=JSONObject(edition="pk", article="article_id", at="published_at"))
    kind = Value(kind, output_field=CharField())
    return rows.values_list(kind, "position", way, JSONRows(editions))


def _newest(editions, filed_by=""):
    return editions.order_by(f"-{filed_by}published_at", "-article_id")[:LOOKED_AT]
