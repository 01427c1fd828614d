"""Comments, readers' reports of them, and the log of what was decided about each.

A comment is public when it is approved and its article is live: `Comment.objects.public(at=...)` says so
once, for pages, counts, feeds and permalinks. Every change of a status is a verb that also
appends a Decision: the present status is what the log's last line says.
"""

import hashlib
import re
import unicodedata
import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article, Edition
from articles.models.appended import AppendedModel
from articles.models.natural import NaturalManager, NaturalModel
from comments.hashes import keyed_hash
from comments.places import LENGTH, place_below
from comments.spam import folded_phrase, likeness_of

NAME_LENGTH = 80
TEXT_LENGTH = 5000  # characters, with a line break counted as one


class Status(models.TextChoices):
    """What has been decided about a comment. Of a withdrawn or erased one the words and the name are gone."""

    PENDING = "pending", gettext_lazy("Pending")
    APPROVED = "approved", gettext_lazy("Approved")
    REJECTED = "rejected", gettext_lazy("Rejected")
    SPAM = "spam", gettext_lazy("Spam")
    WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")
    ERASED = "erased", gettext_lazy("Erased")


class Reason(models.TextChoices):
    """Why a comment is rejected; `public_wording` is what its author is told."""

    OFF_TOPIC = "off_topic", gettext_lazy("Off topic")
    ABUSE = "abuse", gettext_lazy("Abuse")
    ADVERTISING = "advertising", gettext_lazy("Advertising")
    FALSE_CLAIM = "false_claim", gettext_lazy("False claim")
    PERSONAL_DATA = "personal_data", gettext_lazy("Personal data")
    OTHER = "other", gettext_lazy("Other")


PUBLIC_WORDING = {
    Reason.OFF_TOPIC: gettext_lazy("It is not about the article."),
    Reason.ABUSE: gettext_lazy("It attacks or insults somebody."),
    Reason.ADVERTISING: gettext_lazy("It advertises something."),
    Reason.FALSE_CLAIM: gettext_lazy("It states as a fact something that is not true."),
    Reason.PERSONAL_DATA: gettext_lazy("It contains somebody’s personal data."),
}


class AlreadyDecided(Exception):
    """The comment's status is no longer the one the actor saw. The message says who decided what."""


def folded(words):
    """Words for comparison: case, compatibility forms and the width of white space make no difference."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", words).casefold()).strip()


def repeat_hash(*, article, parent, name, email, text, network=""):
    """What posts of the same words by the same person to the same place have in common: 64 hex digits.

    The network is part of it. Else whoever copies a public comment and tries e-mail addresses would learn the
    author's: the right one would be answered as a repeat.
    """
    place = [str(article.uid), str(parent.uid) if parent else "", network]
    return hashlib.sha256("\0".join([*place, *map(folded, (name, email, text))]).encode()).hexdigest()


def email_hash(address):
    """What comments sent with that e-mail address have in common, in whatever case: 64 hex digits; "" for none."""
    return keyed_hash("email", folded(address)) if address else ""


def _is_live(at):
    return Exists(Edition.objects.live(at=at).filter(article=OuterRef("article")))


class CommentQuerySet(models.QuerySet):
    def public(self, *, at=None):
        """The comments on the site at that moment (now): approved, and their article is live."""
        return self.filter(_is_live(at or timezone.now()), status=Status.APPROVED)

    def in_reading_order(self, *, after=None):
        """Each after the one it answers, and siblings by time; those that stand after that Comment."""
        rows = self.order_by("place")
        return rows.filter(place__gt=after.place) if after else rows

    def newest_first(self, *, after=None):
        """By the time of posting, the newest first; those that were posted before that Comment."""
        rows = self.order_by("-posted_at", "-pk")
        if after is None:
            return rows
        older = Q(posted_at__lt=after.posted_at) | Q(pk__lt=after.pk)
        return rows.filter(older, posted_at__lte=after.posted_at)

    def find_public(self, number, *, article, at=None):
        """The public comment of this article with that number (text, as it came in), or None."""
        return self.public(at=at).numbered(number, article=article)

    def numbered(self, number, *, article):
        """The comment of this article with that number (text, as it came in), or None."""
        if not re.fullmatch("[0-9]{1,18}", number):
            return None
        return self.filter(article=article, pk=int(number)).first()

    def count_by_article(self):
        """{article's id: how many comments}, without the articles that have none."""
        return dict(self.order_by().values_list("article_id").annotate(Count("pk")))


class CommentManager(NaturalManager.from_queryset(CommentQuerySet)):
    def post(self, *, article, name, email, text, parent=None, rule="", at=None, **facts):
        """Stores a visitor's words as pending; returns (comment, whether it is new).

        A repeat (see `repeat_hash`), even one sent at the same moment, returns the comment that is there.
        `rule` names the rule that knows it for spam at once; the log then says so. `facts`: `network`,
        `seconds_taken`, `verdict` and `uid`, where they are known.
        """
        at = at or timezone.now()
        given = {"article": article, "parent": parent, "name": name, "email": email, "text": text}
        digest = repeat_hash(**given, network=facts.get("network", ""))
        given |= {"posted_at": at, "email_hash": email_hash(email), "likeness": likeness_of(text), **facts}
        try:
            with transaction.atomic():
                comment = self.create(repeat_hash=digest, **given)
                if rule:
                    comment.mark_spam(rule=rule, at=at)
        except IntegrityError:
            first = self.filter(repeat_hash=digest).first()
            if first is None:
                raise
            return first, False
        return comment, True


class Comment(NaturalModel):
    """A visitor's words under an article, or in reply to another comment of it: plain text.

    `name` may be empty ("Anonymous"). `email` is never shown outside the admin. `network` is a keyed hash of
    the truncated address it came from (see network.py), `place` where it stands in its thread (see places.py,
    made when it is saved first), `seconds_taken` the time between opening the reply
    page and posting, where it is known, `verdict` what triage thought, {} where there was none, `email_hash`
    what it has in common with others of the same address, `likeness` what others are compared with (see spam.py).
    """

    natural_key_fields = ["uid"]

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    article = models.ForeignKey(
        Article, verbose_name=gettext_lazy("article"), on_delete=models.PROTECT, related_name="comments",
        db_index=False,
    )  # fmt: skip
    parent = models.ForeignKey(
        "self", verbose_name=gettext_lazy("in reply to"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="replies",
    )  # fmt: skip
    name = models.CharField(gettext_lazy("name"), max_length=NAME_LENGTH, blank=True)
    email = models.EmailField(gettext_lazy("e-mail"), blank=True)
    text = models.TextField(gettext_lazy("text"), blank=True)
    status = models.CharField(
        gettext_lazy("status"), max_length=12, choices=Status, default=Status.PENDING, editable=False
    )
    posted_at = models.DateTimeField(gettext_lazy("posted"), default=timezone.now)
    place = models.CharField(max_length=LENGTH, editable=False)
    network = models.CharField(max_length=64, blank=True, editable=False)
    repeat_hash = models.CharField(max_length=64, unique=True, editable=False)
    seconds_taken = models.PositiveIntegerField(gettext_lazy("seconds taken"), null=True, editable=False)
    verdict = models.JSONField(default=dict, blank=True, editable=False)
    email_hash = models.CharField(max_length=64, blank=True, editable=False)
    likeness = models.JSONField(default=dict, blank=True, editable=False)

    objects = CommentManager()

    class Meta:
        verbose_name = gettext_lazy("comment")
        verbose_name_plural = gettext_lazy("comments")
        ordering = ["posted_at", "pk"]
        default_permissions = ["view"]
        permissions = [("moderate_comment", "Can approve and reject comments")]
        indexes = [
            models.Index(fields=["article", "status", "posted_at"], name="comment_by_article"),
            models.Index(fields=["article", "status", "place"], name="comment_by_place"),
            models.Index(fields=["status", "posted_at", "id"], name="comment_by_status"),
            models.Index(fields=["network", "posted_at"], name="comment_by_network"),
            models.Index(fields=["email_hash", "status"], name="comment_by_email"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[Status.WITHDRAWN, Status.ERASED]) ^ ~Q(text=""),
                name="comment_has_words_until_they_are_taken_back",
            ),
            models.UniqueConstraint(fields=["article", "place"], name="comment_has_its_place_in_the_thread"),
        ]

    def __str__(self):
        return _("Comment %(number)s by %(name)s") % {"number": self.pk, "name": self.shown_name}

    def save(self, *args, **kwargs):
        if not self.place:
            above = self.parent.place if self.parent else ""
            self.place = place_below(above, posted_at=self.posted_at, uid=self.uid)
        super().save(*args, **kwargs)

    @property
    def shown_name(self):
        """The name as printed; “Anonymous” where none was given."""
        return self.name or _("Anonymous")

    @property
    def paragraphs(self):
        """The text as a list of paragraphs, each a list of lines. Plain text: the template escapes it."""
        blocks = re.split(r"\n\s*\n", self.text.strip())
        return [block.split("\n") for block in blocks if block.strip()]

    def approve(self, *, by, at=None):
        """Makes the comment public, as far as its article is live. Raises AlreadyDecided like every verb."""
        return self._decide(Status.APPROVED, by=by, at=at)

    def reject(self, *, by, reason, reason_text="", at=None):
        """Keeps the comment off the site for a Reason. OTHER needs `reason_text`; its author may read it."""
        if reason not in Reason.values or (reason == Reason.OTHER) != bool(reason_text.strip()):
            raise ValueError("Give one of the reasons; the reason “other”, and no other, takes a text.")
        return self._decide(Status.REJECTED, by=by, reason=reason, reason_text=reason_text.strip(), at=at)

    def mark_spam(self, *, by=None, rule="", at=None):
        """Keeps the comment off the site as spam: a person's word, or that of a rule with this name."""
        return self._decide(Status.SPAM, by=by, rule=rule, at=at)

    def withdraw(self, *, at=None):
        """Takes the comment back for its author: words, name and address go, the place stays."""
        return self._decide(Status.WITHDRAWN, rule="author", at=at, changes=self._nothing_said())

    def withdraw_unread(self, *, at=None):
        """Like `withdraw`, as long as nobody has decided about the comment; then raises AlreadyDecided."""
        if not self.is_waiting:
            raise AlreadyDecided(self.last_word())
        return self.withdraw(at=at)

    def _nothing_said(self):
        # The repeat's hash goes too, so that the same words can be posted anew.
        freed = hashlib.sha256(self.uid.bytes).hexdigest()
        return {"name": "", "email": "", "text": "", "email_hash": "", "likeness": {}, "repeat_hash": freed}

    @transaction.atomic
    def _decide(self, status, *, at=None, changes=None, **why):
        """Moves the comment from the status the actor saw, and appends the Decision it returns.

        The conditional update decides between people who act at once: the row is the first one's, the others
        get AlreadyDecided. What is withdrawn or erased stays so.
        """
        seen, changes = self.status, {"status": status, **(changes or {})}
        is_final = seen in (Status.WITHDRAWN, Status.ERASED) or seen == status
        if is_final or not Comment.objects.filter(pk=self.pk, status=seen).update(**changes):
            raise AlreadyDecided(self.last_word())
        decision = Decision.objects.create(
            comment=self,
            number=Decision.objects.filter(comment=self).count() + 1,
            decided_at=at or timezone.now(),
            from_status=seen,
            to_status=status,
            verdict=self.verdict,
            text_hash=hashlib.sha256(self.text.encode()).hexdigest(),
            **why,
        )
        for name, value in changes.items():
            setattr(self, name, value)
        return decision

    @property
    def is_waiting(self):
        """Whether a person has yet to decide: it is pending, or was put aside as spam by a rule alone."""
        if self.status == Status.SPAM:
            return not self.last_decision().by_id
        return self.status == Status.PENDING

    def last_decision(self):
        """The newest line of this comment's log, or None."""
        return Decision.objects.filter(comment=self).select_related("by").order_by("number").last()

    def last_word(self):
        """For the desk: what was decided about this comment last, by whom and when."""
        return str(self.last_decision() or _("Nothing has been decided about this comment yet."))


class ListedWordQuerySet(models.QuerySet):
    def points(self, *, language):
        """{words as `folded_phrase` gives them: points} of what is listed for texts in that language."""
        rows = self.filter(language__in=["", language]).values_list("words", "points")
        return {phrase: points for words, points in rows if (phrase := folded_phrase(words))}


class ListedWord(NaturalModel):
    """A word or phrase that makes a comment wait for a moderator, or sends it to spam."""

    natural_key_fields = ["words", "language"]
    MOST_POINTS = 10

    words = models.CharField(
        gettext_lazy("words"), max_length=100,
        help_text=gettext_lazy("Found as whole words, whatever their case and accents."),
    )  # fmt: skip
    language = models.CharField(
        gettext_lazy("language"), max_length=12, blank=True,
        help_text=gettext_lazy("Of the story. Left empty, the words are looked for under every story."),
    )  # fmt: skip
    points = models.PositiveSmallIntegerField(
        gettext_lazy("points"), default=2,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_POINTS)],
        help_text=gettext_lazy("A comment of 8 points or more waits among spam."),
    )  # fmt: skip

    objects = NaturalManager.from_queryset(ListedWordQuerySet)()

    class Meta:
        verbose_name = gettext_lazy("listed word")
        verbose_name_plural = gettext_lazy("listed words")
        ordering = ["words", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["words", "language"],
                name="word_is_listed_once_for_a_language",
                violation_error_message=gettext_lazy("These words are listed for this language already."),
            )
        ]

    def __str__(self):
        return self.words


class Decision(AppendedModel):
    """A line of the moderation log: who moved a comment from which status to which, when and why.

    `by` is empty where a rule decided, which `rule` then names ("author": its author took it back). `number`
    counts the comment's lines from 1. `text_hash` is the SHA-256 of the words decided about, in hex.
    """

    natural_key_fields = ["comment", "number"]

    comment = models.ForeignKey(
        Comment, verbose_name=gettext_lazy("comment"), on_delete=models.PROTECT, related_name="decisions"
    )
    number = models.PositiveIntegerField()
    decided_at = models.DateTimeField(gettext_lazy("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=gettext_lazy("who"), on_delete=models.PROTECT, null=True,
        related_name="+",
    )  # fmt: skip
    from_status = models.CharField(gettext_lazy("status before"), max_length=12, choices=Status)
    to_status = models.CharField(gettext_lazy("status after"), max_length=12, choices=Status)
    reason = models.CharField(gettext_lazy("reason"), max_length=16, choices=Reason, blank=True)
    reason_text = models.CharField(gettext_lazy("own reason"), max_length=300, blank=True)
    rule = models.CharField(gettext_lazy("rule"), max_length=40, blank=True)
    verdict = models.JSONField(default=dict, blank=True)
    text_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = gettext_lazy("decision")
        verbose_name_plural = gettext_lazy("decisions")
        ordering = ["-decided_at", "-pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["-decided_at", "-id"], name="decision_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["comment", "number"], name="decision_has_its_place_in_the_log"),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | ~Q(rule=""), name="decision_is_somebodys_or_a_rules"
            ),
        ]

    def __str__(self):
        facts = {"what": self.get_to_status_display(), "who": self.decided_by, "when": self.when}
        return _("%(what)s by %(who)s, %(when)s") % facts

    @property
    def when(self):
        """The day and time of the decision in the site's zone, in words."""
        return date_format(timezone.localtime(self.decided_at), "j F Y, H:i")

    @property
    def decided_by(self):
        """Who decided, in words: a person's name, the author, or the rule's."""
        if self.by_id:
            return str(self.by)
        return _("its author") if self.rule == "author" else _("the rule “%(rule)s”") % {"rule": self.rule}

    @property
    def public_wording(self):
        """Why a comment was rejected, as its author may read it; "" for spam and where there is no reason."""
        return self.reason_text or str(PUBLIC_WORDING.get(self.reason, ""))


class Flag(NaturalModel):
    """A reader's report of a comment; one from each network. `network` is the keyed hash of network.py."""

    natural_key_fields = ["comment", "network"]

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="flags")
    network = models.CharField(max_length=64, editable=False)
    reason = models.CharField(gettext_lazy("reason"), max_length=16, choices=Reason)
    note = models.CharField(gettext_lazy("note"), max_length=300, blank=True)
    flagged_at = models.DateTimeField(gettext_lazy("when"), default=timezone.now)

    class Meta:
        verbose_name = gettext_lazy("report")
        verbose_name_plural = gettext_lazy("reports")
        ordering = ["flagged_at", "pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "network"], name="comment_is_reported_once_by_a_network"
            )
        ]

    def __str__(self):
        return f"{self.get_reason_display()}: {self.comment}"
