"""Logs: rows that are appended and read, never changed or deleted."""

from django.db import models

from articles.models.natural import NaturalManager, NaturalModel

APPENDED_ONLY = "Lines of a log are appended, never changed or deleted. Write another line instead."


class AppendedQuerySet(models.QuerySet):
    """Refuses, with a ValueError, to change or delete what is on record."""

    def update(self, **values):
        raise ValueError(APPENDED_ONLY)

    def delete(self):
        raise ValueError(APPENDED_ONLY)


class AppendedModel(NaturalModel):
    """A line of a log. Saving one that is stored already, and deleting one, raises ValueError."""

    objects = NaturalManager.from_queryset(AppendedQuerySet)()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValueError(APPENDED_ONLY)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValueError(APPENDED_ONLY)
