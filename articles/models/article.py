"""The desk's working copy of a story, which is also the story's identity.

Readers never see anything of it: publishing makes an `Edition` from it (see `articles/publishing.py`).
"""

import hashlib
import json
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from articles import times
from articles.models.appended import AppendedModel
from articles.models.asked import AskedOfEach
from articles.models.edition import Edition, Kind
from articles.models.filing import Coverage, Section
from articles.models.language import InALanguage, language_choices, site_language
from articles.models.media import Image
from articles.models.natural import NaturalManager, NaturalModel
from articles.models.people import Author
from articles.models.sources import Source
from articles.models.tags import DeskTaggableManager, Tag
from articles.rich_text import EDITOR_EXTENSIONS, clean_html, picture_uids

MANY = 1_000  # stories that are quickly looked up and sorted
REWRITTEN = models.Q(published_at__isnull=False) & ~models.Q(fingerprint=F("read_fingerprint"))
SOURCE_AS_READ = ("slug", "title", "publisher", "url", "language")


class Stage(models.TextChoices):
    """How far the desk has come with a story: the part of its state that is stored."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    SPIKED = "spiked", _("Spiked")


class State(models.TextChoices):
    """What a story is at a moment: its stage, unless its editions say more."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    SCHEDULED = "scheduled", _("Scheduled")
    LIVE = "live", _("Live")
    LIVE_CHANGED = "live_changed", _("Live, with unpublished changes")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SPIKED = "spiked", _("Spiked")


class ArticleQuerySet(models.QuerySet):
    def with_state(self, *, at=None):
        """Each article with `state` (a State), `live_edition_id`, `live_since`, `planned_at` as of `at` (now)."""
        at = at or times.now()
        editions = Edition.objects.filter(article=OuterRef("pk"))
        live = editions.live(at=at)
        plan = editions.filter(live_from__gt=at)
        return self.annotate(
            live_edition_id=Subquery(live.values("pk")[:1]),
            live_since=Subquery(live.values("published_at")[:1]),
            planned_at=Subquery(plan.values("live_from")[:1]),
            live_fingerprint=Subquery(live.values("fingerprint")[:1]),
            was_live=Exists(editions.filter(live_from__lte=at)),
        ).annotate(
            state=Case(
                When(
                    live_edition_id__isnull=False, live_fingerprint=F("fingerprint"), then=Value(State.LIVE)
                ),
                When(live_edition_id__isnull=False, then=Value(State.LIVE_CHANGED)),
                When(planned_at__isnull=False, then=Value(State.SCHEDULED)),
                When(stage=Stage.SPIKED, then=Value(State.SPIKED)),
                When(was_live=True, then=Value(State.WITHDRAWN)),
                default=F("stage"),
                output_field=models.CharField(),
            )
        )

    def mark_changed(self):
        """Says, in one query, that something these working copies print has changed elsewhere; returns how many.

        An empty fingerprint is like no edition's. The next save or publication makes it anew.
        """
        return self.update(fingerprint="")

    def owned_by(self, user):
        """The stories that are this person's own: created by them, or bylined to their author.

        Each is asked for itself: right for few stories, and for a list in which many are the person's own.
        """
        named = Byline.objects.filter(author__user=user, article=OuterRef("pk")).order_by()
        return self.filter(models.Q(created_by=user) | AskedOfEach(named))

    def listed_for(self, user):
        """As `owned_by`, for a list of any length. Two queries ask whether few are the person's own.

        Few are looked up.
        """
        created = Article.objects.filter(created_by=user).order_by().values("pk")
        named = Byline.objects.filter(author__user=user).order_by().values("article")
        if any(rows[: MANY + 1].count() > MANY for rows in (created, named)):
            return self.owned_by(user)
        return self.filter(models.Q(pk__in=created) | models.Q(pk__in=named))

    def among(self, keys, *, way):
        """Those whose keys stand in the column `way` of these rows. One query asks whether they are few.

        Few are looked up; of many, each story is asked in the list's order, until a page is full.
        """
        keys = keys.order_by()
        if keys.values("pk")[: MANY + 1].count() <= MANY:
            return self.filter(pk__in=keys.values(way))
        return self.filter(AskedOfEach(keys.filter(**{way: OuterRef("pk")})))

    def in_state(self, state, *, at):
        """Those in that State at that moment, found by an index of those that can be: as `with_state` says it.

        Of stories that are live, which most are, each is asked.
        """
        editions = Edition.objects.filter(article=OuterRef("pk")).order_by()
        live, plan = Exists(editions.live(at=at)), Exists(editions.filter(live_from__gt=at))
        as_read = Exists(editions.live(at=at).filter(fingerprint=OuterRef("fingerprint")))
        if state == State.LIVE:
            return self.filter(as_read)
        if state == State.LIVE_CHANGED:
            return self.filter(REWRITTEN, AskedOfEach(editions.live(at=at)), ~as_read)
        if state == State.SCHEDULED:
            plans = Edition.objects.filter(live_from__gt=at)
            return self.filter(~live, pk__in=plans.values("article"))
        if state == State.SPIKED:
            return self.filter(~live, ~plan, stage=state)
        if state == State.WITHDRAWN:
            return self.filter(~live, ~plan, withdrawn_at__isnull=False).exclude(stage=Stage.SPIKED)
        return self.filter(published_at=None, stage=state)


class ArticleManager(NaturalManager.from_queryset(ArticleQuerySet)):
    pass


class Article(InALanguage, NaturalModel):
    """A story as the desk works on it. `uid` names it for ever: in feeds, fixtures and exports.

    Three copies of what its editions say find the few among all others. `published_at` is the first publication,
    planned or past, None where there is none. `read_fingerprint` is that of the last edition, None where a plan is to
    replace what readers have: what has another one may have unpublished changes. `withdrawn_at` is None once a
    withdrawn story has an edition again.
    """

    natural_key_fields = ["uid"]

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    headline = models.CharField(_("headline"), max_length=250)
    standfirst = models.TextField(
        _("standfirst"), blank=True, help_text=_("One or two sentences under the headline.")
    )
    body = ProseEditorField(_("body"), extensions=EDITOR_EXTENSIONS, sanitize=clean_html, blank=True)
    language = models.CharField(_("language"), max_length=12, choices=language_choices, default=site_language)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.NEWS)
    is_cut = models.BooleanField(
        _("captured text that stops short"),
        default=False,
        help_text=_(
            "The page then says where the captured text ends, and excerpts drop the broken last word."
        ),
    )
    section = models.ForeignKey(Section, verbose_name=_("section"), on_delete=models.PROTECT)
    coverage = models.ForeignKey(
        Coverage, verbose_name=_("coverage"), on_delete=models.PROTECT, null=True, blank=True
    )
    image = models.ForeignKey(
        Image, verbose_name=_("picture"), on_delete=models.PROTECT, null=True, blank=True
    )
    slug = models.CharField(
        _("slug"),
        max_length=100,
        blank=True,
        help_text=_(
            "The words of the address. Left empty, they are made from the headline at first publication."
        ),
    )
    tags = TaggableManager(
        _("tags"), through="articles.ArticleTag", manager=DeskTaggableManager, blank=True,
        help_text=_("Put a comma between tags."),
    )  # fmt: skip

    is_open_to_comments = models.BooleanField(_("comments open"), default=True)
    embargo_until = models.DateTimeField(
        _("embargo until"), null=True, blank=True, help_text=_("The story cannot go live before this moment.")
    )
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.DRAFT, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    advice_count = models.PositiveSmallIntegerField(default=0, editable=False)
    fingerprint = models.CharField(max_length=64, editable=False, blank=True)
    # None is like no fingerprint, not even like the empty one.
    read_fingerprint = models.CharField(max_length=64, editable=False, null=True)  # noqa: DJ001
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="created_articles"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, null=True, related_name="+"
    )
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ArticleManager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-updated_at", "-pk"]
        permissions = [
            ("edit_any_article", "Can edit everybody’s articles, not only own ones"),
            ("publish_article", "Can publish, schedule and withdraw articles"),
        ]
        indexes = [
            # With whose they are, so that those of others are passed over unread.
            models.Index(fields=["-updated_at", "-id", "created_by"], name="article_lately_changed"),
            models.Index(fields=["stage", "updated_at", "id"], name="article_by_stage"),
            models.Index(fields=["section", "-updated_at", "-id"], name="article_by_section"),
            models.Index(fields=["language", "-updated_at", "-id"], name="article_by_language"),
            models.Index(fields=["kind", "-updated_at", "-id"], name="article_by_kind"),
            models.Index(fields=["coverage", "-updated_at", "-id"], name="article_by_coverage"),
            models.Index(fields=["created_by", "-updated_at", "-id"], name="article_by_maker"),
            models.Index(fields=["headline", "-id"], name="article_by_headline"),
            models.Index(
                fields=["stage", "-updated_at", "-id"],
                condition=models.Q(published_at=None),
                name="article_never_published",
            ),
            models.Index(fields=["-updated_at", "-id"], condition=REWRITTEN, name="article_rewritten"),
            models.Index(
                fields=["-updated_at", "-id"],
                condition=models.Q(withdrawn_at__isnull=False),
                name="article_withdrawn",
            ),
            models.Index(
                fields=["-updated_at", "-id"],
                condition=models.Q(advice_count__gt=0),
                name="article_with_open_advice",
            ),
        ]

    def __str__(self):
        return self.headline or str(_("Untitled"))

    def clean(self):
        """An embargo that a plan made before would break is refused, since the plan goes live by itself."""
        super().clean()
        if self.embargo_until and self.editions.filter(
            live_from__gt=times.now(), live_from__lt=self.embargo_until
        ):
            sentence = _("The story is scheduled to go live before that. Cancel the schedule first.")
            raise ValidationError({"embargo_until": sentence})

    def tag_list(self):
        """The story's tags in the desk's order."""
        rows = self.tag_rows.select_related("tag").order_by("pk")
        return [row.tag for row in rows]

    def citation_numbers(self):
        """{key: number} of the numbered source list: numbers follow the list's order, uncited rows included."""
        keys = self.citations.order_by("position", "pk").values_list("key", flat=True)
        return {key: number for number, key in enumerate(keys, start=1)}

    def body_images(self):
        """The Images that stand in the body, in its order."""
        if not (uids := picture_uids(self.body)):
            return []
        found = {str(image.uid): image for image in Image.objects.filter(uid__in=uids)}
        return [found[uid] for uid in uids if uid in found]

    def images(self):
        """The Images that the story shows, each once: the lead picture first, then those in the body."""
        return list(dict.fromkeys([*([self.image] if self.image else []), *self.body_images()]))

    def working_fingerprint(self):
        """A hash of everything that publishing would show or file; equal copies have equal fingerprints.

        Rows stand in it by what never changes of them, not by database ids: copies of a site agree.
        """
        sources = self.citations.order_by("position", "pk")
        content = [
            self.headline, self.standfirst, clean_html(self.body), self.language, self.kind, self.is_cut, self.slug,
            self.section.slug, self.coverage and self.coverage.slug,
            self.image and [self.image.file.name, self.image.alt, self.image.caption, self.image.credit],
            [tag.slug for tag in self.tag_list()],
            list(self.bylines.order_by("position", "pk").values_list("author__slug", "author__name", "role")),
            list(sources.values_list("key", *(f"source__{name}" for name in SOURCE_AS_READ))),
            list(self.related_picks.order_by("position", "pk").values_list("related__uid", flat=True)),
        ]  # fmt: skip
        if pictures := [[str(image.uid), image.file.name, image.words] for image in self.body_images()]:
            content.append(pictures)
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, default=str).encode()).hexdigest()

    def stamp(self, *, by, now=None):
        """Records who changed the working copy last and when, its new fingerprint and version.

        Call it after the rows are written.
        """
        self.updated_by, self.updated_at = by, now or times.now()
        self.fingerprint = self.working_fingerprint()
        self.version += 1
        self.save(update_fields=["updated_by", "updated_at", "fingerprint", "version"])


class ArticleTag(ItemBase):
    """A tag on a working copy. Rows keep the order in which the desk typed them."""

    natural_key_fields = ["content_object", "tag"]
    natural_key = NaturalModel.natural_key
    objects = NaturalManager()

    content_object = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="tag_rows")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="article_rows")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="article_carries_a_tag_once")
        ]


class Byline(NaturalModel):
    """Somebody a working copy names, in order, with a role such as “translated by”."""

    natural_key_fields = ["article", "author"]

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(
        Author, verbose_name=_("author"), on_delete=models.PROTECT, related_name="bylines"
    )
    role = models.CharField(
        _("role"),
        max_length=60,
        blank=True,
        help_text=_("For example “translated by”. Empty for who wrote it."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "author"],
                name="article_names_an_author_once",
                violation_error_message=_("This author is named already."),
            )
        ]

    def __str__(self):
        return f"{self.role} {self.author}".strip()


class Citation(NaturalModel):
    """One row of a working copy's numbered source list. Markers in the body name its key, which never changes."""

    natural_key_fields = ["article", "key"]

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="citations")
    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.PROTECT, related_name="citations"
    )
    key = models.CharField(max_length=6, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "key"], name="citation_key_is_used_once_in_a_story"),
            models.UniqueConstraint(
                fields=["article", "source"],
                name="article_lists_a_source_once",
                violation_error_message=_("This source is in the list already."),
            ),
        ]

    def __str__(self):
        return f"{self.key}: {self.source}"

    def save(self, *args, **kwargs):
        if not self.key:
            self.key = self._next_key()
        super().save(*args, **kwargs)

    def _next_key(self):
        """One past the highest key that the story has used, in its list or in the body of any edition."""
        now = self.article.citations.values_list("key", flat=True)
        before = self.article.editions.values_list("source_rows__key", flat=True)
        used = [int(key[1:]) for key in [*now, *before] if key]
        return f"s{max(used, default=0) + 1}"


class RelatedPick(NaturalModel):
    """A story the desk picked by hand to stand first among the related ones."""

    natural_key_fields = ["article", "related"]

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related_picks")
    related = models.ForeignKey(
        Article, verbose_name=_("related article"), on_delete=models.PROTECT, related_name="picked_by"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("related article")
        verbose_name_plural = _("related articles")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "related"],
                name="article_picks_a_related_one_once",
                violation_error_message=_("This article is picked already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(article=F("related")),
                name="article_is_not_related_to_itself",
                violation_error_message=_("Pick another article than the story itself."),
            ),
        ]

    def __str__(self):
        return str(self.related)


class PinQuerySet(models.QuerySet):
    def in_force(self, *, at=None):
        """The pins of the front page at that moment: the lead first, then by position, newest first."""
        at = at or times.now()
        open_or_later = models.Q(pinned_until=None) | models.Q(pinned_until__gt=at)
        return self.filter(open_or_later, pinned_from__lte=at).order_by(
            "place", "position", "-pinned_from", "-pk"
        )


class Pin(NaturalModel):
    """A story held in a place of the front page for a time, half-open: pinned_from <= t < pinned_until."""

    class Place(models.TextChoices):
        LEAD = "lead", _("Lead")
        PINNED = "pinned", _("Pinned")

    natural_key_fields = ["article", "place", "pinned_from"]

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.PROTECT, related_name="pins"
    )
    place = models.CharField(_("place"), max_length=8, choices=Place.choices, default=Place.LEAD)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    pinned_from = models.DateTimeField(_("from"), default=timezone.now)
    pinned_until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = NaturalManager.from_queryset(PinQuerySet)()

    class Meta:
        verbose_name = _("pin")
        verbose_name_plural = _("pins")
        ordering = ["place", "position", "-pinned_from"]
        constraints = [
            models.UniqueConstraint(fields=["article", "place", "pinned_from"], name="pin_is_made_once"),
            models.CheckConstraint(
                condition=models.Q(pinned_until=None) | models.Q(pinned_from__lt=F("pinned_until")),
                name="pin_ends_after_it_begins",
                violation_error_message=_("Choose an end after the beginning, or leave it empty."),
            ),
        ]

    def __str__(self):
        return f"{self.get_place_display()}: {self.article}"

    def has_begun(self, *, at=None):
        """Whether the front page has shown it by that moment (now)."""
        return self.pinned_from <= (at or times.now())

    def has_ended(self, *, at=None):
        """Whether its time is over at that moment (now)."""
        return bool(self.pinned_until and self.pinned_until <= (at or times.now()))


class DeskLogLine(AppendedModel):
    """One line of the desk's log: appended by the verbs, never changed."""

    class Action(models.TextChoices):
        PUBLISHED = "published", _("Published")
        SCHEDULED = "scheduled", _("Scheduled")
        PLAN_CANCELLED = "plan_cancelled", _("Schedule cancelled")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        SUBMITTED = "submitted", _("Sent to review")
        RECALLED = "recalled", _("Taken back from review")
        SENT_BACK = "sent_back", _("Sent back")
        APPROVED = "approved", _("Approved")
        REOPENED = "reopened", _("Approval lapsed")
        SPIKED = "spiked", _("Spiked")
        UNSPIKED = "unspiked", _("Taken back from the spike")
        BROUGHT_BACK = "brought_back", _("Earlier version brought back")
        REDACTED = "redacted", _("Version redacted")
        SHARED = "shared", _("Preview link made")
        UNSHARED = "unshared", _("Preview link revoked")
        WAVED_OFF = "waved_off", _("Advice waved off")

    natural_key_fields = ["article", "at", "action"]

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="log_lines")
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("who"), on_delete=models.PROTECT)
    action = models.CharField(_("what"), max_length=20, choices=Action.choices)
    before = models.CharField(_("from"), max_length=12, choices=State, blank=True)
    after = models.CharField(_("to"), max_length=12, choices=State, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("line of the desk’s log")
        verbose_name_plural = _("the desk’s log")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="desk_log_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["article", "at", "action"], name="desk_log_line_is_written_once")
        ]

    def __str__(self):
        return f"{self.get_action_display()}: {self.article}"
