"""Natural keys: what a fixture calls a row by, so that loading it twice changes nothing."""

from django.db import models

from articles.shown import Noted


class NaturalManager(models.Manager):
    """Finds a row by the model's `natural_key_fields`; a field that is a foreign key takes the key's own parts."""

    def get_by_natural_key(self, *parts):
        left = list(parts)
        lookup = {}
        for name in self.model.natural_key_fields:
            related = self.model._meta.get_field(name).related_model
            if related is None:
                lookup[name] = left.pop(0)
            else:
                size = related.natural_key_size()
                lookup[name] = related._default_manager.get_by_natural_key(*left[:size])
                del left[:size]
        return self.get(**lookup)


class NaturalModel(Noted, models.Model):
    """A model whose rows are named by `natural_key_fields`, which the database holds unique."""

    natural_key_fields = ["slug"]
    objects = NaturalManager()

    class Meta:
        abstract = True

    def natural_key(self):
        parts = []
        for name in self.natural_key_fields:
            value = getattr(self, name)
            parts.extend(value.natural_key() if isinstance(value, models.Model) else [value])
        return tuple(parts)

    @classmethod
    def natural_key_size(cls):
        """How many parts the key has once the keys of related rows are spread out."""
        related = [cls._meta.get_field(name).related_model for name in cls.natural_key_fields]
        return sum(1 if model is None else model.natural_key_size() for model in related)
