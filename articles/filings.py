"""What changes for readers when a story comes, goes or gives way to another edition, as the names of shown.py.

A story stands in lists: of the site, its month, its section, coverage, tags, authors, sources and publishers, and
in chunks of the sitemap. Which of them it enters or leaves is read from what files its editions.
"""

from collections import defaultdict

from django.db.models import CharField, F, Q, Subquery, Value

from articles.models import Address, Edition, EditionAuthor, EditionSource, EditionTag, Pin, Withdrawal
from articles.models.edition import Change
from articles.models.json_rows import union_of
from articles.months import month_of
from articles.shown import (
    COMMENTS,
    CORRECTIONS,
    LATEST,
    PINS,
    SEARCH,
    SITE,
    SITEMAP,
    address,
    listed,
    slug,
    story,
)

MOST_PLANS = 1_000
RANGE = 200  # numbers in a chunk of the sitemap: of five kinds, with publishers, that makes 1,200 addresses


def chunk_of(number):
    """The number of the chunk of the sitemap that lists the record of that number."""
    return (number - 1) // RANGE + 1


def names_between(article, before, after):
    """What changes when the live edition `before` of the article (an id) gives way to `after`; either may be None.

    One query.
    """
    [names] = _names_between([(article, before, after)])
    return names


def _names_between(changes):
    """The names of each (article's id, edition before, edition after), in their order. One query."""
    editions = [edition for _article, *pair in changes for edition in pair if edition]
    lists, paths = _lists_and_paths(editions, {article for article, *_pair in changes})
    found = []
    for article, before, after in changes:
        left, entered = (lists[edition.pk] if edition else set() for edition in (before, after))
        always = {story(article), SEARCH, *paths[article]}
        found.append(frozenset(always | (left ^ entered)).union(_of_all(before, after)))
    return found


def _of_all(before, after):
    """The lists that are nobody's own."""
    if not before:
        return [COMMENTS, CORRECTIONS, LATEST]
    is_told = not after or after.change == Change.CORRECTION
    return [CORRECTIONS, *([] if after else [COMMENTS])] if is_told else []


def _lists_and_paths(editions, articles):
    """{edition's id: names of the lists that it stands in}, {article's id: names of its addresses}."""
    lists = defaultdict(set, {edition.pk: _own_lists(edition) for edition in editions})
    paths = defaultdict(set)
    for kind, owner, number, words, more in _rows(list(lists), list(articles)):
        if kind == "address":
            paths[owner].add(address(words))
            continue
        lists[owner] |= {listed(kind, number), slug(kind, words), listed("chunk", chunk_of(number))}
        if more:
            lists[owner].add(listed("publisher", more))
    return lists, paths


def _own_lists(edition):
    return {
        SITE,
        SITEMAP,
        listed("month", month_of(edition.published_at)),
        listed("section", edition.section_id),
        listed("chunk", chunk_of(edition.article_id)),
    }


def _rows(editions, articles):
    """(kind, edition's id, the record's number and slug, its publisher's slug or "") of each row that files them.

    Of the addresses of the articles: ("address", article's id, the same, path, "").
    """
    none = Value("", output_field=CharField())
    filed_by = [
        ("tag", EditionTag, "tag_id", "tag__slug", none),
        ("author", EditionAuthor, "author_id", "author__slug", none),
        ("source", EditionSource, "source_id", "source__slug", "source__publisher_slug"),
    ]
    rows = [
        model.objects.filter(edition__in=editions).values_list(_said(kind), "edition_id", *columns)
        for kind, model, *columns in filed_by
    ]
    covered = Edition.objects.filter(pk__in=editions, coverage__isnull=False)
    there = Address.objects.filter(article__in=articles)
    return union_of(
        *rows,
        covered.values_list(_said("coverage"), "pk", "coverage_id", "coverage__slug", none),
        there.values_list(_said("address"), "article_id", F("article_id"), "path", none),
    )


def _said(kind):
    return Value(kind, output_field=CharField())


def last_change():
    """The moment (aware) of the last publication or withdrawal that is stored; None before the first. One query.

    For a machine that others cannot tell of it: its own clock may be behind theirs.
    """
    withdrawn = Withdrawal.objects.order_by("-pk").values("withdrawn_at")[:1]
    last = Edition.objects.order_by("-pk").values_list("made_at", Subquery(withdrawn)).first()
    return max(filter(None, last)) if last else None


def plans(*, at):
    """[(moment, names)] of what changes by itself after that moment, soonest first: editions that begin, and pins.

    Editions that have begun since are among them. None where that is more than a thousand.
    """
    planned = _planned(at)
    return None if planned is None else sorted([*planned, *_pinned(at)], key=lambda plan: plan[0])


def _planned(at):
    editions = Edition.objects.filter(live_from__gt=at).order_by("live_from", "pk")
    columns = ("article", "published_at", "section", "coverage", "live_from", "live_until", "change")
    editions = list(editions.only(*columns)[: MOST_PLANS + 1])
    if len(editions) > MOST_PLANS:
        return None
    ending = Edition.objects.filter(
        article__in={edition.article_id for edition in editions}, live_until__gt=at
    )
    ending = ending.only(*columns)
    before = {(edition.article_id, edition.live_until): edition for edition in ending}
    pairs = [(each.article_id, before.get((each.article_id, each.live_from)), each) for each in editions]
    return [
        (after.live_from, names) for (_, _, after), names in zip(pairs, _names_between(pairs), strict=True)
    ]


def _pinned(at):
    """A story that enters the front page by a pin, or leaves it."""
    bounds = Pin.objects.filter(Q(pinned_from__gt=at) | Q(pinned_until__gt=at))
    moments = {moment for pair in bounds.values_list("pinned_from", "pinned_until") for moment in pair}
    return [(moment, frozenset([PINS])) for moment in moments if moment and moment > at]
