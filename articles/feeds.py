"""Atom feeds: of the newest stories of the site, a section, a tag, an author, a coverage; and of the corrections.

An entry is called by the story's `uid`, or after it, so that it stays the same when its address changes. Every address
is absolute and begins with SITE_URL: the request's Host header is never asked.
"""

import datetime as dt
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Exists, F, OuterRef
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from articles import shown, times
from articles.corrections import corrections_told, with_stories
from articles.history import changes_path
from articles.kept import kept
from articles.models import Author, Coverage, Edition, Section, Tag, TagAlias
from articles.models.prepared import Prepared
from articles.public import public
from articles.shown import LATEST, SEARCH, SECTIONS, listed, shows

NEWEST = 20
# XML may not hold these at all, not even escaped: controls, halves of surrogate pairs, noncharacters.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_STORIES_YET = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def xml_text(text):
    """The text without the characters that no XML document may hold."""
    return _NOT_XML.sub("", text)


def site_address(path):
    """The public address of a path of this site, which is percent-encoded already."""
    return f"{settings.SITE_URL}{path}"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a feed is of, at a moment, with its `editions` once they are read. `record` is None for the whole site."""

    at: dt.datetime
    record: Section | Tag | Author | Coverage | None = None
    editions: Sequence[Edition] = ()


class SiteAtom(Atom1Feed):
    """Atom whose bytes stay the same until something changes."""

    def latest_post_date(self):
        # Django takes the time of day for a feed without entries, whose bytes would then differ each second.
        return super().latest_post_date() if self.items else _NO_STORIES_YET


class StoryAtom(SiteAtom):
    """Atom with what Django's has no place for: several authors, the language of an entry, its text."""

    def item_attributes(self, item):
        language = item["edition"].lang
        return {"xml:lang": language} if language else {}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        edition = item["edition"]
        for byline in edition.bylines:
            element = "contributor" if byline["role"] else "author"
            handler.startElement(element, {})
            handler.addQuickElement("name", xml_text(byline["name"]))
            handler.addQuickElement("uri", site_address(reverse("articles:author", args=[byline["slug"]])))
            handler.endElement(element)
        if edition.description:
            handler.addQuickElement("summary", xml_text(edition.description))
        if text := feed_text(edition):
            handler.addQuickElement("content", xml_text(text), {"type": "html"})


def feed_text(edition):
    """The body as HTML that can be read anywhere: "" where there is none, or where it stops in mid-sentence.

    A marker leads to the source list of the story's own page. It loses its anchor, which only the links
    back on that page lead to, and which two entries on one page of a feed reader would share.
    """
    if edition.is_cut:
        return ""
    page = site_address(edition.get_absolute_url())
    body = edition.body_for_feeds(site_url=settings.SITE_URL)
    html = re.sub(r' id="cite-[0-9]+-[0-9]+"', "", body)
    return html.replace('href="#', f'href="{page}#').replace('href="/', f'href="{settings.SITE_URL}/')


class CorrectionAtom(SiteAtom):
    """Atom with the language of the story that was put right, and with what was wrong and what is right."""

    def item_attributes(self, item):
        language = item["correction"].story.lang
        return {"xml:lang": language} if language else {}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", xml_text(correction_text(item["correction"])), {"type": "html"})


def correction_text(correction):
    """The words of a correction as HTML that can be read anywhere. It has to come through `with_stories`."""
    pair = "<p><strong>{}</strong> {}</p><p><strong>{}</strong> {}</p>"
    html = format_html(pair, _("Was:"), correction.was, _("Is:"), correction.now)
    if correction.note:
        html += format_html("<p>{}</p>", correction.note)
    if correction.wrong_number:
        old, new = correction.wrong_number, correction.number
        address = site_address(changes_path(correction.story.get_absolute_url(), old=old, new=new))
        words = _("Compare versions %(old)s and %(new)s") % {"old": old, "new": new}
        html += format_html('<p><a href="{}">{}</a></p>', address, words)
    return html


class SiteFeed(Feed):
    """What all feeds of the site have in common; each says what it is called and whose `page` it belongs to."""

    language = settings.LANGUAGE_CODE

    def __call__(self, request, *args, **kwargs):
        response = super().__call__(request, *args, **kwargs)
        # A withdrawal makes a feed's newest date older: who asks by the date alone would never learn of it.
        del response.headers["Last-Modified"]
        return response

    def get_object(self, request):
        return Subject(at=times.now())

    def title(self, subject):
        return xml_text(f"{settings.SITE_NAME}: {self.name(subject)}")

    def link(self, subject):
        return site_address(self.page(subject))

    def feed_url(self, subject):
        return f"{self.link(subject)}feed.xml"

    def author_name(self):
        return xml_text(settings.SITE_NAME)

    def author_link(self):
        return site_address("/")


class StoryFeed(SiteFeed):
    """The newest stories of the site. What narrows it overrides `stories`, `page` and `name`.

    It is written once for the same stories under the same names (see kept.py).
    """

    feed_type = StoryAtom

    def __init__(self):
        self._newest = Prepared(self._newest_stories)

    def __call__(self, request, *args, **kwargs):
        subject = self.get_object(request, *args, **kwargs)
        subject = replace(subject, editions=self._read(subject))
        of_editions = tuple(edition.read_as for edition in subject.editions)
        key = self.feed_url(subject), self.title(subject), get_language(), of_editions
        text = kept(key, lambda: self.get_feed(subject, request).writeString("utf-8"))
        return HttpResponse(text, content_type=self.feed_type.content_type)

    def get_object(self, request):
        shows(LATEST)
        return super().get_object(request)

    def name(self, subject):
        return _("all articles")

    def page(self, subject):
        """The path of the page that shows the same stories."""
        return reverse("articles:front")

    def items(self, subject):
        return subject.editions

    def _read(self, subject):
        number = {"number": subject.record.pk} if subject.record else {}
        return self._newest.records(at=subject.at, **number)

    def _newest_stories(self, *, at, number=None):
        stories = self.stories(Edition.objects.live(at=at), number).with_tags().with_pictures(at=at)
        return stories.annotate(uid=F("article__uid")).defer("search_text").select_related("section")[:NEWEST]

    def stories(self, live, number):
        """Those of the live stories that the record of that number files, in the order of the feed."""
        return live.newest_first()

    def item_title(self, edition):
        return xml_text(edition.headline)

    def item_link(self, edition):
        return site_address(edition.get_absolute_url())

    def item_guid(self, edition):
        return f"urn:uuid:{edition.uid}"

    def item_description(self, edition):
        return None  # Django would mark it as HTML; StoryAtom writes it as the plain text it is

    def item_pubdate(self, edition):
        return edition.published_at

    def item_updateddate(self, edition):
        return edition.updated_at or edition.published_at

    def item_categories(self, edition):
        return [xml_text(name) for name in [edition.section.name, *(tag["name"] for tag in edition.tags)]]

    def item_extra_kwargs(self, edition):
        return {"edition": edition}


class FiledFeed(StoryFeed):
    """The newest stories that one record files. `filed_by` leads from Edition to it, as `tag_rows__tag`."""

    def __init__(self, model, filed_by, *, may_be_empty=False):
        super().__init__()
        self.model, self.filed_by, self.may_be_empty = model, filed_by, may_be_empty
        self._records = Prepared(self._record)

    def get_object(self, request, slug):
        now, kind = times.now(), self.model._meta.model_name
        shows(SECTIONS if self.model is Section else shown.slug(kind, slug))
        record = next(iter(self._records.records(slug=slug, at=now)), None)
        if record:
            shows(listed(kind, record.pk))
        if record is None or not (record.is_used or self.may_be_empty):
            raise Http404("No live story uses this name.")
        return Subject(at=now, record=record)

    def _record(self, *, slug, at):
        stories = Edition.objects.live(at=at).filter(**{self.filed_by: OuterRef("pk")})
        return self.model.objects.filter(slug=slug).annotate(is_used=Exists(stories)).order_by("pk")[:1]

    def name(self, subject):
        return f"#{subject.record}" if self.model is Tag else str(subject.record)

    def page(self, subject):
        return reverse(f"articles:{self.model._meta.model_name}", args=[subject.record.slug])

    def stories(self, live, number):
        """Ordered by where the filing stands, so that one index gives the rows in their order."""
        rows = self.filed_by.rpartition("__")[0]
        filed_at = F(f"{rows}__published_at" if rows else "published_at")
        filed = live.filter(**{self.filed_by: number}).annotate(filed_at=filed_at)
        return filed.order_by("-filed_at", "-article_id")


class CorrectionsFeed(SiteFeed):
    """The newest corrections, each under the headline that its story has today."""

    feed_type = CorrectionAtom

    def name(self, subject):
        return _("corrections")

    def page(self, subject):
        return reverse("articles:corrections")

    def items(self, subject):
        return with_stories(list(corrections_told(at=subject.at)[:NEWEST]), at=subject.at)

    def item_title(self, correction):
        return xml_text(_("Correction: %(headline)s") % {"headline": correction.story.headline})

    def item_link(self, correction):
        return site_address(f"{correction.story.get_absolute_url()}#corrections")

    def item_guid(self, correction):
        # What a correction is known by on every copy of the site: its story, its version, what was wrong.
        name = f"correction {correction.number} {correction.was}"
        return uuid.uuid5(correction.story.uid, name).urn

    def item_description(self, correction):
        return None  # CorrectionAtom writes the text

    def item_pubdate(self, correction):
        return correction.made_at

    def item_updateddate(self, correction):
        return correction.made_at

    def item_extra_kwargs(self, correction):
        return {"correction": correction}


site_feed = public(StoryFeed())
corrections_feed = public(CorrectionsFeed())
section_feed = public(FiledFeed(Section, "section", may_be_empty=True))
author_feed = public(FiledFeed(Author, "author_rows__author"))
coverage_feed = public(FiledFeed(Coverage, "coverage"))
_feed_of_tag = FiledFeed(Tag, "tag_rows__tag")


@public
def tag_feed(request, slug):
    """The feed of a tag, which a name that was merged into it leads to."""
    try:
        return _feed_of_tag(request, slug=slug)
    except Http404:
        shows(SEARCH)  # as for the page of an alias
        stories = Edition.objects.live(at=times.now()).filter(tag_rows__tag=OuterRef("tag"))
        alias = get_object_or_404(TagAlias.objects.filter(Exists(stories)).select_related("tag"), slug=slug)
        return HttpResponsePermanentRedirect(reverse("articles:tag_feed", args=[alias.tag.slug]))
