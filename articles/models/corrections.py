"""What the desk has put right, and what it has taken back: two public records."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from articles import times
from articles.models.appended import AppendedModel
from articles.models.article import Article
from articles.models.edition import Change, Edition
from articles.models.natural import NaturalManager, NaturalModel


class CorrectionQuerySet(models.QuerySet):
    def public(self, *, at=None):
        """Those whose edition has gone live by then (now), of articles that are live then; newest first."""
        at = at or times.now()
        # Asked for each correction: else a list of all editions ever live would be made for every page.
        is_public = Exists(Edition.objects.once_live(at=at).filter(pk=OuterRef("edition")))
        # What kind of edition it is follows from there being a correction; said again so that an index is used.
        rows = self.filter(is_public, edition__change=Change.CORRECTION)
        return rows.order_by("-edition__live_from", "-pk")


class Correction(NaturalModel):
    """A public note of an error: what was wrong, what is right. It belongs to the edition that put it right."""

    natural_key_fields = ["edition", "was"]

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="corrections")
    wrong_edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="corrected_by")
    was = models.CharField(_("what was wrong"), max_length=500)
    now = models.CharField(_("what is right"), max_length=500)
    note = models.TextField(_("note"), blank=True)
    reported_by = models.CharField(_("reported by"), max_length=100, blank=True)

    objects = NaturalManager.from_queryset(CorrectionQuerySet)()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = [
            models.UniqueConstraint(fields=["edition", "was"], name="correction_is_made_once"),
            models.CheckConstraint(
                condition=~Q(was="") & ~Q(now=""),
                name="correction_says_what_was_and_what_is",
                violation_error_message=_("Enter what was wrong and what is right."),
            ),
        ]

    def __str__(self):
        return self.now


class Withdrawal(AppendedModel):
    """That a story was taken off the site, when, by whom, and the reason given to the public."""

    natural_key_fields = ["article", "withdrawn_at"]

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="withdrawals")
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("public reason"), max_length=500)

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ["-withdrawn_at"]
        constraints = [
            models.UniqueConstraint(fields=["article", "withdrawn_at"], name="withdrawal_is_recorded_once"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="withdrawal_gives_a_reason",
                violation_error_message=_("Enter a reason for readers."),
            ),
        ]

    def __str__(self):
        return self.reason
