"""What changes for readers when a story comes, goes or gives way to another edition, as the names of shown.py.

A story stands in lists: of the site, its month, its section, coverage, tags, authors, sources and publishers, and
in chunks of the sitemap. Which of them it enters or leaves is read from what files its editions.
"""

from collections import defaultdict

from django.db.models import CharField, Q, Subquery, Value

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

    Two queries.
    """
    [names] = _names_between([(article, before, after)])
    return names


def _names_between(changes):
    """The names of each (article's id, edition before, edition after), in their order. Two queries."""
    lists = lists_of([edition for _article, *pair in changes for edition in pair if edition])
    paths = defaultdict(set)
    addresses = Address.objects.filter(article__in={article for article, *_pair in changes})
    for article, path in addresses.values_list("article_id", "path"):
        paths[article].add(address(path))
    found = []
    for article, before, after in changes:
        left, entered = (lists[edition.pk] if edition else set() for edition in (before, after))
        found.append(
            frozenset({story(article), SEARCH, *paths[article], *(left ^ entered), *_of_all(before, after)})
        )
    return found


def _of_all(before, after):
    """The lists that are nobody's own."""
    if not before:
        return [COMMENTS, CORRECTIONS, LATEST]
    is_told = not after or after.change == Change.CORRECTION
    return [CORRECTIONS, *([] if after else [COMMENTS])] if is_told else []


def lists_of(editions):
    """{edition's id: the names of the lists that it stands in while it is live}, in one query."""
    lists = defaultdict(set, {edition.pk: _own_lists(edition) for edition in editions})
    for kind, edition, number, words, more in _filing(lists):
        lists[edition] |= {listed(kind, number), slug(kind, words), listed("chunk", chunk_of(number))}
        if more:
            lists[edition].add(listed("publisher", more))
    return lists


def _own_lists(edition):
    names = {
        SITE,
        SITEMAP,
        listed("month", month_of(edition.published_at)),
        listed("section", edition.section_id),
        listed("chunk", chunk_of(edition.article_id)),
    }
    if edition.coverage_id:
        names |= {
            listed("coverage", edition.coverage_id),
            slug("coverage", edition.coverage.slug),
            listed("chunk", chunk_of(edition.coverage_id)),
        }
    return names


def _filing(editions):
    """(kind, edition's id, the record's number and slug, its publisher's slug or "") of each row that files them."""
    none = Value("", output_field=CharField())
    return union_of(
        *(
            model.objects.filter(edition__in=editions).values_list(
                Value(kind, output_field=CharField()), "edition_id", f"{kind}_id", f"{kind}__slug", more
            )
            for kind, model, more in (
                ("tag", EditionTag, none),
                ("author", EditionAuthor, none),
                ("source", EditionSource, "source__publisher_slug"),
            )
        )
    )


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
    editions = Edition.objects.filter(live_from__gt=at).select_related("coverage").order_by("live_from", "pk")
    columns = ("article", "published_at", "section", "coverage", "live_from", "live_until", "change")
    editions = list(editions.only(*columns)[: MOST_PLANS + 1])
    if len(editions) > MOST_PLANS:
        return None
    ending = Edition.objects.filter(
        article__in={edition.article_id for edition in editions}, live_until__gt=at
    )
    ending = ending.select_related("coverage").only(*columns)
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
