"""The log of what was done at people's own request: their comments exported, or erased."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from articles.models.appended import AppendedModel


class PrivacyLine(AppendedModel):
    """A line of that log. It names no address: `address_hash` is the keyed hash of it (see hashes.py).

    So whoever is asked about an address can find its lines, and the log tells nobody whose they are. `by` is
    empty where it was done by a command on the server.
    """

    class Action(models.TextChoices):
        EXPORTED = "exported", gettext_lazy("Exported")
        ERASED = "erased", gettext_lazy("Erased")

    natural_key_fields = ["uid"]

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    done_at = models.DateTimeField(gettext_lazy("when"), default=timezone.now)
    action = models.CharField(gettext_lazy("what"), max_length=8, choices=Action)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=gettext_lazy("who"), on_delete=models.PROTECT, null=True,
        related_name="+",
    )  # fmt: skip
    address_hash = models.CharField(gettext_lazy("address, as a keyed hash"), max_length=64)
    comment_count = models.PositiveIntegerField(gettext_lazy("comments"))

    class Meta:
        verbose_name = gettext_lazy("line of the privacy log")
        verbose_name_plural = gettext_lazy("lines of the privacy log")
        ordering = ["-done_at", "-pk"]
        default_permissions = ["view"]
        permissions = [("erase_person", "Can export and erase a person's comments")]
        constraints = [
            models.CheckConstraint(condition=~Q(address_hash=""), name="privacy_line_is_of_somebody"),
        ]

    def __str__(self):
        return f"{self.get_action_display()}: {self.comment_count}"
