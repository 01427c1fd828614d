"""How many comments stand in each of the desk's queues, kept by the database itself."""

from django.db import models
from django.db.models import Sum

QUEUES = ("pending", "reported", "spam", "approved", "rejected")


class QueueTallyManager(models.Manager):
    def counts(self):
        """{queue: how many comments stand in it}: one query, over a handful of rows."""
        sums = self.aggregate(**{f"in_{queue}": Sum(queue) for queue in QUEUES})
        return {queue: sums[f"in_{queue}"] or 0 for queue in QUEUES}


class QueueTally(models.Model):
    """A part of the counts; what all rows add up to is true. Written by triggers alone (see comments/tally.py).

    A comment is reported while it is pending or approved and reports of it have not been answered.
    """

    shard = models.PositiveSmallIntegerField(primary_key=True)
    pending = models.BigIntegerField(default=0)
    reported = models.BigIntegerField(default=0)
    spam = models.BigIntegerField(default=0)
    approved = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)

    objects = QueueTallyManager()

    class Meta:
        default_permissions = []

    def __str__(self):
        return f"{self.shard}: {', '.join(f'{queue} {getattr(self, queue)}' for queue in QUEUES)}"
