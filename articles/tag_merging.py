"""Merging tags: one takes over the stories, names and addresses of others, in one transaction, with a log line."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from articles import times
from articles.filings import chunk_of
from articles.models import Article, ArticleTag, EditionTag, Tag, TagAlias
from articles.shown import SEARCH, SITEMAP, changes, listed, record, slug


@transaction.atomic
def merge_tags(*, into, others, by, now=None):
    """Merges the Tags `others` into the Tag `into`; returns how many working copies carry another tag now.

    Each of the others becomes an alias, so that typing its name gives `into` and its address leads there.
    Readers keep what they read: a story without unpublished changes has none afterwards. The caller looks
    at rights. A tag that somebody uses anew meanwhile raises ProtectedError, and nothing is changed.
    """
    others = [tag for tag in others if tag != into]
    merged = [(tag.pk, tag.slug) for tag in others]  # a deleted row has no number any more
    touched = list(Article.objects.filter(tag_rows__tag__in=others).distinct())
    for other in others:
        _repoint(ArticleTag.objects, owner="content_object", tag=other, into=into)
        _repoint(EditionTag.objects, owner="edition", tag=other, into=into)
        _leave_alias(other, into)
        _log(
            into, by=by, now=now, sentence=_("Merged the tag “%(tag)s” into this one.") % {"tag": other.name}
        )
    for article in touched:
        _keep_in_step(article)
    changes(SEARCH, SITEMAP, *(name for tag in [(into.pk, into.slug), *merged] for name in _names(*tag)))
    return len(touched)


def _names(number, words):
    """What readers see of a tag: its name, the list of its stories, its address, its line in the sitemap."""
    return record("tag", number), listed("tag", number), slug("tag", words), listed("chunk", chunk_of(number))


def _repoint(rows, *, owner, tag, into):
    """Gives the rows of one tag to the other; a story that carries both keeps one row."""
    carrying_both = rows.filter(tag=into).values(owner)
    rows.filter(tag=tag, **{f"{owner}__in": carrying_both}).delete()
    rows.filter(tag=tag).update(tag=into)


def _leave_alias(other, into):
    name, slug = other.name, other.slug
    other.aliases.update(tag=into)
    Tag.objects.get(pk=other.pk).delete()
    TagAlias.objects.create(name=name, slug=slug, tag=into)


def _keep_in_step(article):
    """Moves the fingerprint of the working copy, and of those editions that were like it."""
    before, after = article.fingerprint, article.working_fingerprint()
    # Without one something it prints was changed: it is like no edition, and redacted ones have none either.
    if not before:
        return
    article.editions.filter(fingerprint=before).update(fingerprint=after)
    article.fingerprint = after
    if article.read_fingerprint == before:
        article.read_fingerprint = after
    article.save(update_fields=["fingerprint", "read_fingerprint"])


def _log(tag, *, by, now, sentence):
    LogEntry.objects.create(
        user=by,
        action_time=now or times.now(),
        content_type=ContentType.objects.get_for_model(Tag),
        object_id=tag.pk,
        object_repr=str(tag),
        action_flag=CHANGE,
        change_message=sentence,
    )
