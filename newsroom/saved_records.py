"""Tells what changes for readers when a record is saved or deleted: a section, a tag, a picture, a pin, a policy.

What files stories or stands beside them is saved as it is, by the admin or a command, without a verb of its own.
Stories and comments have verbs, which tell of themselves. A fixture tells of everything.
"""

from django.db.models.signals import post_delete, post_save

from articles.filings import chunk_of
from articles.models import Author, Coverage, Image, Page, Pin, Rendition, Section, Source, Tag, TagAlias
from articles.shown import (
    EVERYTHING,
    MODERATION,
    PINS,
    PLANS,
    PUBLISHERS,
    SEARCH,
    SITEMAP,
    changes,
    listed,
    record,
    slug,
)
from comments.models import ModerationMonth, Policy

LISTED_IN_THE_SITEMAP = (Tag, Author, Source, Coverage)
RECORDS = (*LISTED_IN_THE_SITEMAP, TagAlias, Section, Page, Image, Rendition, Pin, Policy, ModerationMonth)


def listen():
    """Hears of every record of a kind that readers see, and of every row that a fixture brings."""
    for model in RECORDS:
        post_save.connect(_saved, sender=model, dispatch_uid=f"newsroom.saved.{model.__name__}")
        post_delete.connect(_deleted, sender=model, dispatch_uid=f"newsroom.deleted.{model.__name__}")
    post_save.connect(_loaded, dispatch_uid="newsroom.loaded")


def _loaded(raw, **kwargs):
    if raw:
        changes(EVERYTHING)


def _saved(instance, created, raw, **kwargs):
    if not raw:
        changes(*_names(instance), *(() if created else _more(instance)))


def _deleted(instance, **kwargs):
    changes(*_names(instance), *_more(instance))


def _names(row):
    """What pages may have noted of the record or, before there was one, of its address."""
    if isinstance(row, Image):
        return [record("image", row.pk), record("image", row.uid)]
    if isinstance(row, Rendition):
        uids = Image.objects.filter(pk=row.image_id).values_list(
            "uid", flat=True
        )  # none, if it goes with them
        return [record("image", row.image_id), *(record("image", uid) for uid in uids)]
    if isinstance(row, Pin):
        return [PINS, PLANS]
    if isinstance(row, Policy):
        return [row.shown_as, row.reaches_as]
    if isinstance(row, ModerationMonth):
        return [MODERATION]
    kind = "tag" if isinstance(row, TagAlias) else row._meta.model_name
    return [row.shown_as, slug(kind, row.slug)]


def _more(row):
    """What else shows a record that has been there before: no page shows one that has just been made."""
    names = [SEARCH, PUBLISHERS] if isinstance(row, Source) else [SEARCH]
    if isinstance(row, LISTED_IN_THE_SITEMAP):
        names += [SITEMAP, listed("chunk", chunk_of(row.pk))]
    return names
