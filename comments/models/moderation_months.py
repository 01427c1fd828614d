"""What the moderation log says of each month that is over, counted once and kept."""

from django.db import models


class ModerationMonth(models.Model):
    """The exact counts of a month of the desk's zone; of small ones pages say only that they are small.

    `rejected` maps each Reason to the rejections for it. `median_wait` and `long_wait` are seconds, None where
    nothing was waited for; `waited_count` is how many waits they were taken from. What each count is of is said
    in month_counts.py.
    """

    first_day = models.DateField(unique=True)
    received = models.PositiveIntegerField()
    published = models.PositiveIntegerField()
    rejected = models.JSONField()
    spam = models.PositiveIntegerField()
    held = models.PositiveIntegerField()
    reversed = models.PositiveIntegerField()
    waited_count = models.PositiveIntegerField()
    median_wait = models.PositiveBigIntegerField(null=True)
    long_wait = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ["-first_day"]
        default_permissions = []

    def __str__(self):
        return f"{self.first_day:%Y-%m}"

    @property
    def counts(self):
        """{field: value} of everything that was counted: equal for two counts of one month that agree."""
        return {name: getattr(self, name) for name in COUNTED}


COUNTED = (
    "received", "published", "rejected", "spam", "held", "reversed", "waited_count", "median_wait", "long_wait",
)  # fmt: skip
