"""The front page of a moment: which story leads, what stands below it, and in which order."""

import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import JSONObject

from articles.cards import cards_of
from articles.models import Edition, EditionRelated, Pin, Section
from articles.models.json_rows import JSONRows
from articles.models.prepared import Prepared
from articles.related import LAST_NEWS
from articles.shown import LATEST, PINS, SECTIONS, listed, record, shows, story

ALSO = 2  # headlines under the lead
PINNED = 4
BAND = 4  # stories of a section
IN_THE_NEWS = 8  # tags
LOOKED_AT = 50  # the newest stories whose tags are counted
_PIN_ORDER = [("", "place"), ("", "position"), ("-", "pinned_from"), ("-", "pk")]  # as PinQuerySet.in_force


class Band(NamedTuple):
    """A section with its newest stories that do not stand above."""

    section: Section
    editions: list


@dataclass(frozen=True, kw_only=True)
class FrontPage:
    """What the front page shows, as cards; `lead` is None on a site without stories.

    `also` are stories that the desk picked for the lead, `tags` the most used ones, as in `most_used`.
    """

    sections: list
    lead: Edition | None = None
    also: list = field(default_factory=list)
    pinned: list = field(default_factory=list)
    bands: list = field(default_factory=list)
    rail: list = field(default_factory=list)
    tags: list = field(default_factory=list)

    @property
    def is_empty(self):
        return not (self.lead or self.also or self.pinned or self.bands or self.rail)

    @property
    def editions(self):
        """The stories that stand on the page as cards, not as lines of a list."""
        above = [self.lead, *self.pinned] if self.lead else self.pinned
        return [*above, *chain.from_iterable(band.editions for band in self.bands)]


class _Row(NamedTuple):
    """A live edition for a place; its `picks` are {"edition", "story"}, the edition None where it is not live."""

    place: str
    edition: int
    picks: list
    tags: list
    story: int


def front_page(*, at, among=None):
    """The FrontPage of that moment, in four queries whatever the number of sections, pins and stories.

    With `among`, editions that may be shown, every place is given as it is without; a story that is not
    among them leaves its place empty, the lead's too, and no tag is named that only such stories carry.
    """
    shows(LATEST, PINS, SECTIONS)
    sections, newest, pins = _sections(at=at), _newest(at=at), _pins(at=at)
    if not newest:
        return FrontPage(sections=sections)
    lead, pinned = _places(pins, newest)
    bands = _bands(sections, above={lead.edition, *pinned})
    also = [pick["edition"] for pick in lead.picks if pick["edition"]][:ALSO]
    rail = [row.edition for row in newest[:LAST_NEWS]]
    shown = {lead.edition, *pinned, *also, *rail, *chain.from_iterable(band.editions for band in bands)}
    is_past = among is not None
    if is_past:
        shown |= {row.edition for row in newest}  # for their tags
    # A picture of the past is shown while its rights last today.
    found = (
        among.as_cards().with_pictures().in_bulk(shown)
        if is_past
        else cards_of(shown, at=at, with_pictures=True)
    )

    def cards(numbers):
        # An edition that a verb committed meanwhile has ended is passed over: no transaction spans the queries.
        return [found[pk] for pk in numbers if pk in found]

    rail = cards(rail)
    bands = [Band(section, cards(editions)) for section, editions in bands]
    return FrontPage(
        sections=sections,
        lead=found.get(lead.edition) or (None if is_past else next(iter(rail), None)),
        also=cards(also),
        pinned=cards(pinned),
        bands=[band for band in bands if band.editions],
        rail=rail,
        tags=_in_the_news(newest, readable=found if is_past else {row.edition for row in newest}),
    )


def _in_the_news(newest, *, readable):
    """The tags used most by the newest stories, less those that no story in `readable` carries."""
    carried = {tag["slug"] for row in newest if row.edition in readable for tag in row.tags}
    tags = most_used(row.tags for row in newest)[:IN_THE_NEWS]
    return [tag for tag in tags if tag["slug"] in carried]


def most_used(tag_lists):
    """The tags of these lists, each once, as {"name", "slug", "count"}: most used first, then by name."""
    tags = list(chain.from_iterable(tag_lists))
    shows(*{record("tag", tag["id"]) for tag in tags})
    counts = Counter((tag["name"], tag["slug"]) for tag in tags)
    rows = [{"name": name, "slug": slug, "count": count} for (name, slug), count in counts.items()]
    return sorted(rows, key=lambda row: (-row["count"], row["name"]))


def _places(pins, newest):
    """(lead, pinned): the row of the first lead pin, else of the newest story; the ids of pinned editions."""
    lead = next((row for row in pins if row.place == Pin.Place.LEAD), newest[0])
    pinned = dict.fromkeys(row.edition for row in pins if row.place == Pin.Place.PINNED)
    pinned.pop(lead.edition, None)
    return lead, list(pinned)[:PINNED]


def _bands(sections, *, above):
    newest = {section: [row["edition"] for row in section.newest_json] for section in sections}
    bands = [
        Band(section, [pk for pk in editions if pk not in above][:BAND])
        for section, editions in newest.items()
    ]
    return [band for band in bands if band.editions]


def _sections(*, at):
    """All sections in order, each with `newest_json`: so many of its stories that its band is full."""
    sections = _sections_with_newest.records(at=at)
    for section in sections:
        shows(listed("section", section.pk), *(story(row["story"]) for row in section.newest_json))
    return sections


def _with_newest(*, at):
    newest = Edition.objects.live(at=at).filter(section=OuterRef("pk")).newest_first()[: BAND + PINNED + 1]
    newest = JSONRows(newest.values(row=JSONObject(edition="pk", story="article_id")))
    return Section.objects.order_by("position", "name").annotate(newest_json=newest)


def _newest(*, at):
    return _rows(_newest_stories, at=at)


def _pins(*, at):
    """The pins in force whose story is live, the lead first."""
    return _rows(_pinned_stories, at=at)


def _rows(stories, *, at):
    found = [
        _Row(place, edition, json.loads(picks), json.loads(tags), number)
        for place, edition, picks, tags, number in stories.rows(at=at)
    ]
    shows(
        *(story(row.story) for row in found), *(story(pick["story"]) for row in found for pick in row.picks)
    )
    return found


def _rows_of_newest(*, at):
    editions = Edition.objects.live(at=at).newest_first()[:LOOKED_AT]
    return _values(editions, place=Value("", output_field=CharField()), at=at)


def _rows_of_pins(*, at):
    editions = Edition.objects.live(at=at).filter(article__pins__in=Pin.objects.in_force(at=at))
    order = [f"{sign}article__pins__{name}" for sign, name in _PIN_ORDER]
    return _values(editions.order_by(*order), place=F("article__pins__place"), at=at)


def _values(editions, *, place, at):
    live = Edition.objects.live(at=at).filter(article=OuterRef("related")).values("pk")[:1]
    picks = EditionRelated.objects.filter(edition=OuterRef("pk")).order_by("position", "pk")
    picks = picks.annotate(live=Subquery(live)).values(row=JSONObject(edition="live", story="related_id"))
    rows = editions.with_tags().annotate(place=place, picks_json=JSONRows(picks))
    return rows.values_list("place", "pk", "picks_json", "tag_rows_json", "article_id")


_sections_with_newest = Prepared(_with_newest)
_newest_stories = Prepared(_rows_of_newest)
_pinned_stories = Prepared(_rows_of_pins)
