"""The readers' pages: the same bytes for everybody (see articles/public.py), read from editions only."""

import json
import re
from functools import wraps

from django.db import DatabaseError
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.encoding import iri_to_uri

from articles import past_views, shown, times
from articles.addresses import new_address, story_at, withdrawal_of
from articles.front_page import front_page, most_used
from articles.models import Author, Coverage, Edition, Page, Section, Source, Tag, TagAlias
from articles.models.asked import AskedOfEach
from articles.models.json_rows import JSONRows, moment_of
from articles.models.prepared import Prepared
from articles.months import bounds, months_between
from articles.paging import COUNTED_UP_TO, CountUpTo, first_page_of, first_rows, page_of
from articles.plates import print_page
from articles.public import KEEP_AND_ASK, public
from articles.related import beside, last_news
from articles.shown import PUBLISHERS, SEARCH, SECTIONS, SITE, address, listed, shows

OFTEN_WITH = 8  # tags that stand beside a tag
LOOKED_AT = 50  # the newest stories whose tags are counted for that
MOST_WORDS = 100  # characters of an address's words in the search box
LATEST = 3  # stories on the page for an address that is none
# Words of our own addresses, which are no words to search for.
_OUR_WORDS = {
    "archive", "authors", "coverage", "feed", "history", "preview", "publishers", "reply", "sections", "sources",
    "tags", "xml",
}  # fmt: skip


@public
def front(request):
    if "at" in request.GET:
        return past_views.front(request)
    shown = front_page(at=times.now())
    context = {"front": shown, "sections": shown.sections, "rail": shown.rail}
    return render(request, "articles/front.html", context)


@public
def detail(request, year, month, day, slug):
    """200 by the live edition, 301 where the story moved, 410 where it was withdrawn, else the one 404."""
    path, now = f"/{year}/{month:02}/{day:02}/{slug}/", times.now()
    if "at" in request.GET and (answer := past_views.detail(request, path)):
        return answer
    edition = story_at(path, at=now)
    if edition is None:
        return elsewhere(request, path, at=now)
    related, rail = beside(edition, at=now)
    context = {
        "edition": edition, "related": related, "rail": rail, "in_section": edition.section.slug,
        "sections": edition.sections,
    }  # fmt: skip
    return print_page(request, "articles/detail.html", context)


def elsewhere(request, path, *, at, rest=""):
    """The answer where no story is live at `path`; `rest` is what of the address stands below the story's own."""
    if moved := new_address(path, at=at):
        return HttpResponsePermanentRedirect(iri_to_uri(moved + rest))
    if withdrawal := withdrawal_of(path, at=at):
        return render(request, "410.html", {"withdrawal": withdrawal}, status=410)
    raise Http404("No story has stood at this address.")


def of_a_live_story(find):
    """A decorator of the public views of addresses below a story's own.

    It gives the view the moment and what `find(path, at=)` finds of the story that is live there. Where that is
    nothing, the answer is that of the story's own page.
    """

    def decorated(view):
        @public
        @wraps(view)
        def answered(request, *, year, month, day, slug, **rest):
            path, now = f"/{year}/{month:02}/{day:02}/{slug}/", times.now()
            shows(address(path))
            if found := find(path, at=now):
                return view(request, now, found, **rest)
            return elsewhere(request, path, at=now, rest=request.path_info.removeprefix(path))

        return answered

    return decorated


@public
def section(request, slug):
    shows(SECTIONS)
    return _list(request, get_object_or_404(Section, slug=slug), "section", at=times.now(), here=slug)


@public
def tag(request, slug):
    now = times.now()
    record = _used(Tag, slug, "tag_rows__tag", at=now)
    if record is None:
        return _tag_of_alias(slug, at=now)
    often_with = [] if "before" in request.GET else _often_with(record, at=now)
    return _list(request, record, "tag_rows__tag", at=now, often_with=often_with)


def _tag_of_alias(slug, *, at):
    shows(
        SEARCH
    )  # alias or tag, whether a live story carries it: rarely asked for, and dropped with any story
    alias = get_object_or_404(TagAlias.objects.select_related("tag"), slug=slug)
    if not Edition.objects.live(at=at).filter(tag_rows__tag=alias.tag).exists():
        raise Http404("No live story carries the tag that this alias leads to.")
    return HttpResponsePermanentRedirect(reverse("articles:tag", args=[alias.tag.slug]))


def _often_with(record, *, at):
    tags = most_used(json.loads(tags) for (tags,) in _tags_of_newest.rows(tag=record.pk, at=at))
    return [row for row in tags if row["slug"] != record.slug][:OFTEN_WITH]


def _newest_of_tag(*, tag, at):
    newest = Edition.objects.live(at=at).filter(tag_rows__tag=tag).with_tags()
    newest = newest.order_by("-tag_rows__published_at", "-article_id")[:LOOKED_AT]
    return newest.values_list("tag_rows_json")


_tags_of_newest = Prepared(_newest_of_tag)


@public
def author(request, slug):
    return _list_of_used(request, Author, slug, "author_rows__author")


@public
def source(request, slug):
    return _list_of_used(request, Source, slug, "source_rows__source")


@public
def publisher(request, slug):
    """The live stories that cite anything of that publisher, each once; 404 where none does."""
    now = times.now()
    shows(PUBLISHERS, listed("publisher", slug))
    record = _publisher_of(slug, at=now)
    if record is None:
        raise Http404("No live story cites this publisher.")
    is_common = record.story_count > COUNTED_UP_TO
    editions = Edition.objects.citing_publisher(slug, is_common=is_common)
    page = page_of(editions.as_cards(), request, live_at=now)
    context = {"publisher": record, "page": page, "rail": last_news(at=now)}
    return render(request, "articles/publisher.html", context)


@public
def coverage(request, slug):
    return _list_of_used(request, Coverage, slug, "coverage")


def _publisher_of(slug, *, at):
    """A Source of that publisher that a live story cites, for its name, with the publisher's `story_count`."""
    stories = Edition.objects.live(at=at).filter(source_rows__source__publisher_slug=slug)
    stories = stories.order_by().values("pk").distinct()
    is_cited = AskedOfEach(Edition.objects.live(at=at).filter(source_rows__source=OuterRef("pk")))
    records = Source.objects.filter(is_cited, publisher_slug=slug).order_by("pk")
    return records.annotate(story_count=CountUpTo(stories[: COUNTED_UP_TO + 1])).first()


def _list_of_used(request, model, slug, filed_by):
    now = times.now()
    record = _used(model, slug, filed_by, at=now)
    if record is None:
        raise Http404("No live story uses this name.")
    return _list(request, record, filed_by, at=now)


def _used(model, slug, filed_by, *, at):
    """The record of that slug with `story_count` (up to 1,001), or None where no live story uses it."""
    kind = model._meta.model_name
    shows(shown.slug(kind, slug))
    record = next(iter(_counted[filed_by].records(slug=slug, at=at)), None)
    if record:
        shows(listed(kind, record.pk))
    return record if record and record.story_count else None


def _list(request, record, filed_by, *, at, **context):
    """The page of the live stories that a record files. `filed_by` leads to it, as `tag_rows__tag` does.

    The order is read where the filing stands, so that one index gives the rows in their order.
    """
    if "before" in request.GET:
        page = page_of(_filed(filed_by, record.pk), request, moment="filed_at", live_at=at)
    else:
        newest = _first_pages[filed_by].records(number=record.pk, at=at)
        page = first_page_of(newest, request, moment="filed_at")
    name = record._meta.model_name
    shows(listed(name, record.pk))
    context |= {name: record, "page": page, "rail": last_news(at=at)}
    return render(request, f"articles/{name}.html", context)


def _filed(filed_by, number):
    rows = filed_by.rpartition("__")[0]
    filed_at = F(f"{rows}__published_at" if rows else "published_at")
    return Edition.objects.filter(**{filed_by: number}).annotate(filed_at=filed_at).as_cards()


def _first_page(filed_by):
    """The prepared query of the first page of what a record of that `number` files."""
    return Prepared(lambda *, number, at: first_rows(_filed(filed_by, number), moment="filed_at", live_at=at))


def _counted_record(model, filed_by):
    """The prepared query of the record of a slug, with its `story_count`."""

    def build(*, slug, at):
        stories = Edition.objects.live(at=at).filter(**{filed_by: OuterRef("pk")}).values("pk")
        count = CountUpTo(stories[: COUNTED_UP_TO + 1])
        return model.objects.filter(slug=slug).annotate(story_count=count).order_by("pk")[:1]

    return Prepared(build)


_USED_BY = {
    "tag_rows__tag": Tag, "author_rows__author": Author, "source_rows__source": Source, "coverage": Coverage
}  # fmt: skip
_counted = {filed_by: _counted_record(model, filed_by) for filed_by, model in _USED_BY.items()}
_first_pages = {filed_by: _first_page(filed_by) for filed_by in ["section", *_USED_BY]}


def _first_and_last(*, at):
    """One row: when the first and the last of the live stories were published, each as a JSON list."""
    moments = Edition.objects.live(at=at).order_by("published_at")
    ends = (moments[:1], moments.reverse()[:1])
    ends = (JSONRows(rows.values(row=JSONObject(at="published_at"))) for rows in ends)
    return Edition.objects.order_by("pk").values_list(*ends)[:1]


_newest = Prepared(lambda *, at: first_rows(Edition.objects.as_cards(), live_at=at))
_span = Prepared(_first_and_last)


@public
def archive(request):
    now = times.now()
    shows(SITE)
    if "before" in request.GET:
        page = page_of(Edition.objects.as_cards(), request, live_at=now)
    else:
        page = first_page_of(_newest.records(at=now), request)
    return render(
        request, "articles/archive.html", {"page": page, "months": _months(at=now) if page.rows else []}
    )


def _months(*, at):
    """The first days of the months from the first live story to the last."""
    ends = [json.loads(rows) for rows in next(iter(_span.rows(at=at)), [])]
    return months_between(*(moment_of(row["at"]) for [row] in ends)) if all(ends) else []


@public
def month(request, year, month):
    (begin, end), now = bounds(year, month), times.now()
    shows(listed("month", begin.date()))
    editions = Edition.objects.filter(published_at__gte=begin, published_at__lt=end)
    page = page_of(editions.as_cards(), request, live_at=now)
    if not page.rows and not _has_stories_around(begin, end, at=now):
        raise Http404("The month lies before the first story or after the last.")
    return render(request, "articles/month.html", {"month": begin.date(), "page": page})


def _has_stories_around(begin, end, *, at):
    shows(SITE)
    live = Edition.objects.live(at=at)
    return live.filter(published_at__lt=begin).exists() and live.filter(published_at__gte=end).exists()


@public
def page(request, slug):
    shows(shown.slug("page", slug))
    return render(request, "articles/page.html", {"record": get_object_or_404(Page, slug=slug)})


def not_found(request, exception):
    """The one 404 of all addresses that lead nowhere, without its lists when the database does not answer."""
    context = {"words": _words_of(request.path), "sections": [], "latest": []}
    try:
        latest = last_news(at=times.now())[:LATEST]
        context |= {"sections": list(Section.objects.all()), "latest": latest}
    except DatabaseError:
        pass  # the page does without
    response = render(request, "404.html", context, status=404)
    response.headers["Cache-Control"] = KEEP_AND_ASK
    return response


def _words_of(path):
    """The words of an address, for the search box: no numbers, and none of those we put there ourselves."""
    words = dict.fromkeys(re.findall(r"[^\W_]+", path))
    return " ".join(word for word in words if not word.isdecimal() and word not in _OUR_WORDS)[:MOST_WORDS]
