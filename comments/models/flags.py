"""Readers' reports of comments."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from articles.models.natural import NaturalManager, NaturalModel
from comments.models.decisions import Decision
from comments.models.states import Reason, word_for


class FlagQuerySet(models.QuerySet):
    def open(self):
        """The reports that no person has answered by a decision."""
        return self.filter(answered_by=None)


class Flag(NaturalModel):
    """A reader's report of a comment; one from each network. `network` is the keyed hash of network.py.

    `answered_by` is the decision of a person that came after it, or the one that made the comment immune.
    """

    natural_key_fields = ["comment", "network"]

    comment = models.ForeignKey(
        "comments.Comment", on_delete=models.PROTECT, related_name="flags", db_index=False
    )
    network = models.CharField(max_length=64, editable=False)
    reason = models.CharField(gettext_lazy("reason"), max_length=16, choices=Reason)
    note = models.CharField(gettext_lazy("note"), max_length=300, blank=True)
    flagged_at = models.DateTimeField(gettext_lazy("when"), default=timezone.now)
    answered_by = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, related_name="answered", editable=False
    )

    objects = NaturalManager.from_queryset(FlagQuerySet)()

    class Meta:
        verbose_name = gettext_lazy("report")
        verbose_name_plural = gettext_lazy("reports")
        ordering = ["flagged_at", "pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["network", "flagged_at"], name="report_by_network")]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "network"], name="comment_is_reported_once_by_a_network"
            )
        ]

    def get_reason_display(self):
        return word_for(Reason, self.reason)

    def __str__(self):
        return f"{self.get_reason_display()}: {self.comment}"
