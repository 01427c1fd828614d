"""Tags: taggit's, with one spelling each, a slug that is never empty, and aliases for those merged away."""

import re
import unicodedata

from django.db import models
from django.utils.translation import gettext_lazy as _
from taggit.managers import _TaggableManager
from taggit.models import TagBase

from articles.models.natural import NaturalManager, NaturalModel
from articles.models.slugs import free_slug, slug_from
from articles.shown import Noted

NAME_LENGTH = 100


def normal_name(text):
    """A tag's name as it is stored: NFC, single spaces, no leading `#` (which is presentation)."""
    text = unicodedata.normalize("NFC", str(text)).strip().lstrip("#＃")
    return re.sub(r"\s+", " ", text).strip()[:NAME_LENGTH]


def tag_key(name):
    """What makes two names the same tag: compatibility forms and case folded away."""
    return unicodedata.normalize("NFKC", normal_name(name)).casefold()[: 2 * NAME_LENGTH]


def names_from_text(text):
    """Taggit's parser: commas part tags, nothing else does, so that `Hong Kong` is one tag."""
    names = (normal_name(part) for part in (text or "").split(","))
    return list({tag_key(name): name for name in reversed([n for n in names if n])}.values())[::-1]


def text_from_tags(tags):
    """Taggit's way back: the names with a comma between them, in the story's order."""
    return ", ".join(tag.name for tag in tags)


class TagManager(NaturalManager):
    def named(self, names):
        """The tags of these names, in order and once each: found by key, then by alias, else created."""
        wanted = {tag_key(name): normal_name(name) for name in names if tag_key(name)}
        found = {tag.key: tag for tag in self.filter(key__in=wanted)}
        aliases = TagAlias.objects.filter(key__in=wanted.keys() - found.keys()).select_related("tag")
        found |= {alias.key: alias.tag for alias in aliases}
        tags = [
            found.get(key) or self.get_or_create(key=key, defaults={"name": name})[0]
            for key, name in wanted.items()
        ]
        return list(dict.fromkeys(tags))


class Tag(Noted, TagBase):
    """A subject that any number of stories share. `key` is what makes it unique, `#` is presentation."""

    natural_key_fields = ["name"]
    natural_key = NaturalModel.natural_key
    natural_key_size = NaturalModel.__dict__["natural_key_size"]

    key = models.CharField(max_length=NAME_LENGTH * 2, unique=True, editable=False)

    objects = TagManager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def save(self, *args, **kwargs):
        self.name = normal_name(self.name)
        self.key = tag_key(self.name)
        if not self.slug:
            self.slug = free_slug(slug_from(self.name, fallback="tag"), is_taken=self._is_slug_taken)
        super().save(*args, **kwargs)

    @staticmethod
    def _is_slug_taken(slug):
        return Tag.objects.filter(slug=slug).exists() or TagAlias.objects.filter(slug=slug).exists()


class TagAlias(NaturalModel):
    """A name that was merged into a tag: typing it gives the tag, and its old address leads there."""

    natural_key_fields = ["key"]

    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    key = models.CharField(max_length=NAME_LENGTH * 2, unique=True, editable=False)
    slug = models.SlugField(_("slug"), max_length=100, unique=True, allow_unicode=True, editable=False)
    tag = models.ForeignKey(Tag, verbose_name=_("tag"), on_delete=models.PROTECT, related_name="aliases")

    class Meta:
        verbose_name = _("tag alias")
        verbose_name_plural = _("tag aliases")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.name = normal_name(self.name)
        self.key = tag_key(self.name)
        if not self.slug:
            self.slug = free_slug(slug_from(self.name, fallback="tag"), is_taken=Tag._is_slug_taken)
        super().save(*args, **kwargs)


class DeskTaggableManager(_TaggableManager):
    """Taggit's manager with our rule of what a name means, keeping the order the desk chose."""

    def _to_tag_model_instances(self, tags, tag_kwargs):
        names = [tag.name if isinstance(tag, Tag) else tag for tag in tags]
        return Tag.objects.named(names)

    def set(self, tags, **kwargs):
        """Gives the story these tags and no others. The rows are made anew: their order is the order given."""
        wanted = self._to_tag_model_instances(tags, {})
        self.clear()
        self.through.objects.bulk_create(
            self.through(content_object=self.instance, tag=tag) for tag in wanted
        )
