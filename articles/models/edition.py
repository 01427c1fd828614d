"""Editions: what readers are served. Public code reads them through `live` and `once_live` only."""

import re

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.encoding import iri_to_uri
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from articles import shown, times
from articles.models.filing import Coverage, Section
from articles.models.json_rows import JSONRows, moment_of
from articles.models.language import InALanguage
from articles.models.media import Image, picture_row, rights_last
from articles.models.natural import NaturalManager, NaturalModel
from articles.models.people import Author
from articles.models.sources import Source
from articles.models.tags import Tag
from articles.pictures import BODY_SIZES, figure, picture_element, pictures_of, plain_element
from articles.rich_text import excerpt, marker_counts, plain_text, print_markers, print_pictures

CARD_LENGTH = 240  # characters of an excerpt on a card; in the rail it is rich_text's own default


class Kind(models.TextChoices):
    """What sort of text a story is."""

    BRIEFING = "briefing", _("Briefing")
    NEWS = "news", _("News")
    ANALYSIS = "analysis", _("Analysis")
    OPINION = "opinion", _("Opinion")
    BRIEF = "brief", _("Brief")


class Change(models.TextChoices):
    """What an edition is to the one before it."""

    FIRST = "first", _("First published")
    MINOR = "minor", _("Minor change")
    UPDATE = "update", _("Update")
    CORRECTION = "correction", _("Correction")


class EditionQuerySet(models.QuerySet):
    # All else of an edition that readers have seen stays as they saw it. The fingerprint is no text: it
    # moves when a tag is merged on both sides at once.
    CHANGEABLE = frozenset({"live_until", "fingerprint"})

    def live(self, *, at=None, is_bounded=False):
        """The editions on the site at that moment (now): live_from <= at < live_until.

        `is_bounded` is for lists with a bound of their own on `published_at`: of two, an index is read from the first.
        """
        at = at or times.now()
        rows = self.filter(Q(live_until=None) | Q(live_until__gt=at), live_from__lte=at)
        # published_at <= at follows from live_from <= at; said again so that an index on it can be used.
        return rows if is_bounded else rows.filter(published_at__lte=at)

    def once_live(self, *, at=None):
        """The editions that have been on the site by that moment, of articles that are on it then."""
        at = at or times.now()
        is_live = Exists(Edition.objects.live(at=at).filter(article=OuterRef("article")))
        return self.filter(is_live, live_from__lte=at)

    def as_it_was(self, *, at, now=None):
        """The editions on the site at the moment `at` in the past, less what readers may no longer see.

        That is what has been withdrawn or redacted since. It needs `at` <= `now`.
        """
        return self.once_live(at=now).live(at=at).filter(redacted_at=None)

    def citing_publisher(self, slug, *, is_common=False):
        """Those that list any source of the publisher of that slug.

        Of a common one each edition is asked in the list's order, until a page is full; of others all their
        editions are looked up first.
        """
        rows = EditionSource.objects.filter(source__publisher_slug=slug)
        if is_common:
            return self.filter(Exists(rows.filter(edition=OuterRef("pk"))))
        return self.filter(pk__in=rows.order_by().values("edition"))

    def newest_first(self):
        """By first publication, newest first; the article decides between equals, so that pages by key are stable."""
        return self.order_by("-published_at", "-article_id")

    def as_cards(self):
        """What a list shows of a story, in this one query: no body, with `section` and `tag_rows_json`."""
        return self.with_tags().select_related("section").only(*CARD_FIELDS)

    def with_tags(self):
        """Each edition with its tags' names and slugs of today, read by the property `tags`."""
        tags = EditionTag.objects.filter(edition=OuterRef("pk")).order_by("position", "pk")
        return self.annotate(
            tag_rows_json=JSONRows(
                tags.values(row=JSONObject(id="tag_id", name="tag__name", slug="tag__slug"))
            )
        )

    def with_pictures(self, *, at=None):
        """Each edition with those of its pictures whose rights have not ended at the moment of serving (now).

        Read by `lead_picture` and `printed_body`.
        """
        rows = EditionImage.objects.filter(rights_last(at or times.now(), way="image__"))
        rows = rows.filter(edition=OuterRef("pk")).order_by("position", "pk", "image__renditions__pk")
        return self.annotate(picture_rows_json=JSONRows(rows.values(row=picture_row(way="image__"))))

    def update(self, **values):
        if not self.CHANGEABLE.issuperset(values):
            raise ValueError(KEEPS_ITS_WORDS)
        return super().update(**values)

    def bulk_create(self, objs, *args, **options):
        if options.get("update_conflicts"):
            raise ValueError(KEEPS_ITS_WORDS)
        return super().bulk_create(objs, *args, **options)

    def redact(self, *, by, at):
        """Takes every word out of these editions, for good; returns how many. Only past ones may be (ValueError).

        Their numbers, times, addresses and filing stay: by these the places of other stories are found on a
        page of the past. Their pictures go.
        """
        if self.filter(Q(live_until=None) | Q(live_until__gt=at)).exists():
            raise ValueError(STILL_READ)
        EditionImage.objects.filter(edition__in=self.values("pk")).delete()
        return super().update(
            headline="", standfirst="", body="", opening="", search_text="", note="", bylines=[], sources=[],
            image=None, picture=None, pictures={}, fingerprint="", redacted_at=at, redacted_by=by,
        )  # fmt: skip

    def delete(self):
        raise ValueError(STAYS_ON_RECORD)

    def delete_planned(self, *, at):
        """Deletes those that lie in the future of `at`, with their filing: a plan is no record."""
        return super(EditionQuerySet, self.filter(live_from__gt=at)).delete()


KEEPS_ITS_WORDS = "An edition keeps its words once it is made. Publish or schedule a new one instead."
STILL_READ = "Readers are served this edition. Publish another version or withdraw the story first."
STAYS_ON_RECORD = "An edition stays on record. Withdraw the article, or cancel the schedule."

CARD_FIELDS = (
    "id", "article_id", "number", "path", "headline", "standfirst", "opening", "language", "kind", "is_cut",
    "published_at", "updated_at", "live_from", "live_until", "section_id", "section__name", "section__slug",
    "image_id", "picture",
)  # fmt: skip


class Edition(InALanguage, NaturalModel):
    """What was published: an immutable record of a story as read in [live_from, live_until).

    `published_at` is the story's first publication and the same in all its editions; `updated_at` is when
    its text last changed by more than spelling, or None. All times are aware. `bylines` is a list of
    {"name", "role", "slug"}, `sources` a list of {"key", "title", "publisher", "url", "language", "slug"}
    in the order printed, `picture` the lead picture's {"alt", "caption", "credit"} or None, `pictures` the
    same of those in the body, by uid. A redacted edition has no words left (`redacted_at`, `redacted_by`).
    """

    natural_key_fields = ["article", "number"]

    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    path = models.CharField(max_length=255)
    headline = models.CharField(max_length=250)
    standfirst = models.TextField(blank=True)
    body = models.TextField(blank=True)
    opening = models.TextField(blank=True)
    language = models.CharField(max_length=12)
    kind = models.CharField(max_length=12, choices=Kind)
    is_cut = models.BooleanField(default=False)
    bylines = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    image = models.ForeignKey(Image, on_delete=models.PROTECT, null=True, related_name="+")
    picture = models.JSONField(null=True)
    pictures = models.JSONField(default=dict)
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="editions")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, null=True, related_name="editions")

    change = models.CharField(max_length=12, choices=Change)
    note = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField(null=True)
    live_from = models.DateTimeField()
    live_until = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)
    search_text = models.TextField(blank=True)
    redacted_at = models.DateTimeField(null=True)
    redacted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = NaturalManager.from_queryset(EditionQuerySet)()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="edition_number_is_used_once"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(live_until=None), name="article_has_one_open_ended_edition"
            ),
            models.CheckConstraint(
                condition=Q(live_until=None) | Q(live_from__lt=F("live_until")),
                name="edition_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(published_at__lte=F("live_from")), name="edition_follows_publication"
            ),
            models.CheckConstraint(
                condition=Q(redacted_at=None, redacted_by=None)
                | Q(
                    redacted_at__isnull=False,
                    redacted_by__isnull=False,
                    headline="",
                    standfirst="",
                    body="",
                    opening="",
                    search_text="",
                    picture__isnull=True,
                    image=None,
                ),
                name="redacted_edition_holds_no_words",
            ),
        ]
        indexes = [
            # With all that lists and searches narrow by, so that what does not stand in them is passed over unread.
            models.Index(
                fields=["published_at", "article", "live_from", "live_until", "language", "kind", "section"],
                name="edition_by_publication",
            ),
            models.Index(fields=["live_from"], name="edition_by_beginning"),
            models.Index(
                fields=["-live_from", "-id"],
                condition=Q(change=Change.CORRECTION),
                name="edition_that_corrects",
            ),
            models.Index(fields=["section", "published_at", "id"], name="edition_by_section"),
            # With all that tells whether one is live: up to a thousand are counted for each page of the coverage.
            models.Index(
                fields=["coverage", "published_at", "article", "live_from", "live_until"],
                name="edition_by_coverage",
            ),
            models.Index(fields=["path"], name="edition_by_path"),
            models.Index(fields=["article", "live_from"], name="edition_by_article"),
        ]

    def __str__(self):
        return f"{self.headline} ({self.number})"

    @property
    def shown_as(self):
        number = self.__dict__.get(
            "article_id"
        )  # asking for a column that was not read would ask the database
        return shown.story(number) if number else shown.ANYTHING

    def get_absolute_url(self):
        return self._address

    @cached_property
    def _address(self):
        return iri_to_uri(self.path)

    def save(self, *args, update_fields=None, **kwargs):
        if not self._state.adding and not EditionQuerySet.CHANGEABLE.issuperset(update_fields or ["all"]):
            raise ValueError(KEEPS_ITS_WORDS)
        super().save(*args, update_fields=update_fields, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValueError(STAYS_ON_RECORD)

    @property
    def tags(self):
        """[{"id", "name", "slug"}] in the story's order; the queryset must have come through `with_tags`."""
        shown.shows(*(shown.record("tag", tag["id"]) for tag in self.tag_rows_json))
        return self.tag_rows_json

    @cached_property
    def correction_rows(self):
        """What the page of a story tells of its corrections; [] unless it came through `addresses.story_at`.

        The working copy of a preview is given them.
        """
        rows = getattr(self, "correction_rows_json", [])
        return [row | {"made_at": moment_of(row["made_at"])} for row in rows]

    @property
    def short_excerpt(self):
        """At most 118 characters of the body's opening, for the rail and for descriptions."""
        return excerpt(self.opening, is_cut=self.is_cut)

    @property
    def summary(self):
        """What a card says under the headline: the standfirst, else an excerpt of the body, else ""."""
        return self.standfirst or excerpt(self.opening, limit=CARD_LENGTH, is_cut=self.is_cut)

    @cached_property
    def plain_body(self):
        """The words of the body, or of what was read of it."""
        return plain_text(self.body)

    @cached_property
    def description(self):
        """One plain line for machines: the standfirst or the short excerpt."""
        return re.sub(r"\s+", " ", self.standfirst) or self.short_excerpt

    @property
    def shown_pictures(self):
        """{uid: Picture} of the pictures that may be shown; none unless the queryset came through `with_pictures`."""
        rows = getattr(self, "picture_rows_json", [])
        in_body = self.__dict__.get("pictures", ())  # a card has not read them, and does not ask for them
        shown.shows(shown.record("image", self.image_id), *(shown.record("image", uid) for uid in in_body))
        for row in rows:
            shown.shows_until(row["rights_until"] and moment_of(row["rights_until"]))
        return self._pictures

    @cached_property
    def _pictures(self):
        return pictures_of(getattr(self, "picture_rows_json", []))

    @property
    def lead_picture(self):
        """The Picture above the story, with the words as printed; None where it has none that may be shown."""
        shown = self.shown_pictures.values() if self.picture else []
        return next((found.saying(self.picture) for found in shown if found.pk == self.image_id), None)

    @property
    def printed_body(self):
        """The body as printed, its markers numbered and linked to the source list, with its pictures. Safe HTML."""
        return self._printed(lambda picture: figure(picture, picture_element(picture, sizes=BODY_SIZES)))

    def body_for_feeds(self, *, site_url):
        """The body as printed, each of its pictures as one plain image with an absolute address. Safe HTML."""
        return self._printed(lambda picture: figure(picture, plain_element(picture, site_url=site_url)))

    def _printed(self, as_figure):
        html = print_markers(self.body, {row["key"]: n for n, row in enumerate(self.sources, start=1)})
        shown = self.shown_pictures
        figures = {
            uid: as_figure(shown[uid].saying(words)) for uid, words in self.pictures.items() if uid in shown
        }
        return print_pictures(html, figures)

    @property
    def printed_sources(self):
        """The numbered source list: each row with `number` and `backlinks`, the occurrences its markers have."""
        counts = marker_counts(self.body)
        return [
            row | {"number": number, "backlinks": range(1, counts.get(row["key"], 0) + 1)}
            for number, row in enumerate(self.sources, start=1)
        ]


class Filed(NaturalModel):
    """A row that files an edition, with the story's first publication copied so that one index orders a list."""

    published_at = models.DateTimeField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self):
        return " / ".join(str(part) for part in self.natural_key())


class EditionTag(Filed):
    """A tag of an edition, shown under its name of today."""

    natural_key_fields = ["edition", "tag"]

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="tag_rows")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="edition_rows")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "tag"], name="edition_carries_a_tag_once")]
        indexes = [models.Index(fields=["tag", "published_at", "edition"], name="edition_by_tag")]


class EditionAuthor(Filed):
    """An author that an edition's byline names."""

    natural_key_fields = ["edition", "author"]

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="author_rows")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="edition_rows")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "author"], name="edition_names_an_author_once")
        ]
        indexes = [models.Index(fields=["author", "published_at", "edition"], name="edition_by_author")]


class EditionSource(Filed):
    """A source that an edition lists, with the key its markers use."""

    natural_key_fields = ["edition", "source"]

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="source_rows")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="edition_rows")
    key = models.CharField(max_length=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "source"], name="edition_lists_a_source_once")
        ]
        indexes = [models.Index(fields=["source", "published_at", "edition"], name="edition_by_source")]


class EditionImage(NaturalModel):
    """A picture that an edition shows: the lead picture first, then those in its body."""

    natural_key_fields = ["edition", "image"]

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="image_rows")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="edition_rows")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "image"], name="edition_shows_an_image_once")
        ]

    def __str__(self):
        return f"{self.edition}: {self.image}"


class EditionRelated(NaturalModel):
    """A related story that the desk picked by hand for this edition."""

    natural_key_fields = ["edition", "related"]

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="related_rows")
    related = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "related"], name="edition_picks_a_related_one_once")
        ]


class Address(NaturalModel):
    """A path that belongs to a story for ever, once an edition under it has gone live."""

    natural_key_fields = ["path"]

    path = models.CharField(max_length=255, unique=True)
    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="addresses")

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self):
        return self.path
