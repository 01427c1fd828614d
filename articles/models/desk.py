"""What the desk keeps beside a story while it works on it. Nothing of it is ever public."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import times
from articles.models.appended import AppendedModel
from articles.models.article import Article, Stage
from articles.rich_text import clean_html, plain_text, search_text

SEEN_FOR = dt.timedelta(minutes=10)  # how long somebody counts as present after their browser said so


WORDS_OF = ("headline", "standfirst", "body")  # the columns of an article that search reads


class WorkingWordsQuerySet(models.QuerySet):
    def keep(self, article):
        """Keeps the words of the working copy as it is now, to be found by."""
        text = search_text(f"{article.headline} {article.standfirst} {plain_text(clean_html(article.body))}")
        row = WorkingWords(article=article, search_text=text)
        self.bulk_create(
            [row], update_conflicts=True, unique_fields=["article"], update_fields=["search_text"]
        )


class WorkingWords(models.Model):
    """The words of a working copy as search indexes them, for stories of which no edition that lasts has the same.

    Whatever saves an Article keeps them; publishing deletes them. Writing rows in bulk does not: see the archive.
    """

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, primary_key=True, related_name="working_words"
    )
    search_text = models.TextField(blank=True)

    objects = WorkingWordsQuerySet.as_manager()

    def __str__(self):
        return str(self.article)


@receiver(post_save, sender=Article, dispatch_uid="articles.working_words")
def keep_words(instance, update_fields, raw, **about):
    has_none_of_its_own = instance.fingerprint == instance.read_fingerprint and not instance.withdrawn_at
    if raw and has_none_of_its_own:  # a fixture, whose fingerprints belong to the words beside them
        return
    if update_fields is None or not {*WORDS_OF}.isdisjoint(update_fields):
        WorkingWords.objects.keep(instance)


class DeskNote(models.Model):
    """A remark of the desk on a story, open until somebody marks it as resolved."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="desk_notes")
    text = models.TextField(_("note"), max_length=5_000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("desk note")
        verbose_name_plural = _("desk notes")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(resolved_at=None, resolved_by=None)
                | models.Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="desk_note_is_resolved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(text=""),
                name="desk_note_says_something",
                violation_error_message=_("Write the note first."),
            ),
        ]

    def __str__(self):
        return self.text

    def resolve(self, *, by, at=None):
        """Marks the note as resolved. Who did so first is kept, whoever does it again."""
        DeskNote.objects.filter(pk=self.pk, resolved_at=None).update(
            resolved_by=by, resolved_at=at or times.now()
        )

    def reopen(self):
        DeskNote.objects.filter(pk=self.pk).update(resolved_by=None, resolved_at=None)


class PresenceQuerySet(models.QuerySet):
    def mark(self, *, article, user, at):
        """Says that this person has the story open at that moment."""
        row = Presence(article=article, user=user, seen_at=at)
        self.bulk_create(
            [row], update_conflicts=True, unique_fields=["article", "user"], update_fields=["seen_at"]
        )

    def others(self, *, article, user, at):
        """Those besides this person who have the story open, who was seen last first, with their `user`."""
        lately = self.filter(article=article, seen_at__gt=at - SEEN_FOR).exclude(user=user)
        return lately.select_related("user").order_by("-seen_at", "pk")


class Presence(models.Model):
    """That somebody has a story open in the editor, and when their browser said so last."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "user"], name="presence_is_kept_once_for_each_person")
        ]

    def __str__(self):
        return f"{self.user}: {self.article}"


class AutosaveQuerySet(models.QuerySet):
    def of(self, user, article):
        """The words that this person has not saved of that story; of a new one if `article` is None."""
        return self.filter(user=user, article=article)

    def keep(self, *, user, article, fields, version, at):
        """Keeps the form's fields as this person's draft of the story, in place of the one before."""
        kept = {"fields": fields, "version": version, "saved_at": at}
        if not self.of(user, article).update(**kept):
            self.bulk_create([Autosave(user=user, article=article, **kept)], ignore_conflicts=True)


class Autosave(models.Model):
    """What somebody has typed into a story's form and not saved yet: theirs alone, and never a version.

    `fields` is the form as the browser would send it, {name: [values]}; `article` is None for a story that
    has not been saved at all, `version` the version of the working copy that the form was opened with.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, null=True, related_name="autosaves")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    fields = models.JSONField()
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()

    objects = AutosaveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "user"], name="autosave_is_one_for_story_and_person"),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(article=None), name="autosave_of_a_new_story_is_one"
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.article}"


class PreviewLinkQuerySet(models.QuerySet):
    def working(self, *, at):
        """Those that open a working copy at that moment: neither expired nor revoked, made by somebody who still
        has an account, the story not spiked."""
        links = self.filter(revoked_at=None, expires_at__gt=at, made_by__is_active=True)
        return links.exclude(article__stage=Stage.SPIKED)


class PreviewLink(models.Model):
    """A link that shows one story's working copy to whoever has it, until it expires or is revoked."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="preview_links")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revoked_at=None, revoked_by=None)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="preview_link_is_revoked_by_somebody",
            )
        ]

    def __str__(self):
        return f"{self.article}: {self.made_at}"


class SetAside(AppendedModel):
    """What the working copy held before an earlier version was brought back over it.

    `content` is what `articles.versions` makes of a working copy, and can put back.
    """

    natural_key_fields = ["article", "at"]

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="set_aside")
    content = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("words set aside")
        verbose_name_plural = _("words set aside")
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["article", "at"], name="words_are_set_aside_once")]

    def __str__(self):
        return f"{self.article}: {self.at}"


class WavedAdvice(AppendedModel):
    """That somebody looked at a piece of advice and decided, with a reason, that it does not apply.

    `key` names the advice by its kind and what it is about: other words in the story make other advice.
    """

    natural_key_fields = ["article", "key"]

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="waved_advice")
    key = models.CharField(max_length=64)
    sentence = models.TextField()
    note = models.CharField(_("why it does not apply"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("advice waved off")
        verbose_name_plural = _("advice waved off")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "key"], name="advice_is_waved_off_once"),
            models.CheckConstraint(
                condition=~models.Q(note=""),
                name="waved_advice_gives_a_reason",
                violation_error_message=_("Say why the advice does not apply."),
            ),
        ]

    def __str__(self):
        return self.sentence
