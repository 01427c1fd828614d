"""Earlier versions of a story: bringing one back into the working copy, and taking one's words out for good.

Neither touches what readers are served now. Verbs take the actor (`by=`), may be told the moment (`now=`,
aware), and write all they do together with a line of the desk's log, or nothing.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from articles import times, workflow
from articles.models import (
    Article,
    Author,
    Byline,
    Citation,
    Coverage,
    DeskLogLine,
    Edition,
    Image,
    RelatedPick,
    Section,
    SetAside,
    Source,
)  # fmt: skip
from articles.models.article import Stage
from articles.shown import changes, story

# What an edition and a working copy have under the same name, and both may be given back to.
_WORDS = (
    "headline",
    "standfirst",
    "body",
    "language",
    "kind",
    "is_cut",
    "section_id",
    "coverage_id",
    "image_id",
)


class VersionRefused(ValidationError):
    """The version cannot be brought back or redacted; `messages` says why, in sentences."""


def content_of(article):
    """All that a working copy holds and a version can replace, as a dict that JSON can hold."""
    return _words(article) | {
        "tags": [tag.name for tag in article.tag_list()],
        "bylines": list(article.bylines.values_list("author_id", "role")),
        "citations": list(article.citations.values_list("source_id", "key")),
        "related": list(article.related_picks.values_list("related_id", flat=True)),
    }


def content_of_edition(edition):
    """The same of an edition: what it files stands under today's names, with the roles that it printed."""
    roles = {row["slug"]: row["role"] for row in edition.bylines}
    authors = edition.author_rows.select_related("author").order_by("position", "pk")
    return _words(edition) | {
        "tags": [row.tag.name for row in edition.tag_rows.select_related("tag").order_by("position", "pk")],
        "bylines": [(row.author_id, roles.get(row.author.slug, "")) for row in authors],
        "citations": list(edition.source_rows.order_by("position", "pk").values_list("source_id", "key")),
        "related": list(edition.related_rows.order_by("position", "pk").values_list("related_id", flat=True)),
    }


@transaction.atomic
def bring_back(article, *, number, by, now=None):
    """Puts the words of version `number` into the working copy and sets aside what was there.

    Returns the SetAside. An approval lapses, since other words were approved.
    """
    now = now or times.now()
    article = workflow.locked(article, at=now)
    edition = article.editions.filter(number=number, live_from__lte=now).first()
    if not edition:
        raise VersionRefused(_("There is no such version. Choose one from the list."))
    if edition.redacted_at:
        raise VersionRefused(
            _("Version %(number)s was redacted, so none of its words are left.") % {"number": number}
        )
    said = _("Version %(number)s") % {"number": number}
    return _replace(article, content_of_edition(edition), said=said, by=by, now=now)


@transaction.atomic
def bring_back_words(article, *, set_aside, by, now=None):
    """Puts words that were set aside back into the working copy and sets aside what is there; returns that."""
    now = now or times.now()
    article = workflow.locked(article, at=now)
    content = _still_there(set_aside.content, article)
    return _replace(article, content, said=set_aside.at.isoformat(), by=by, now=now)


@transaction.atomic
def redact(article, *, number, by, reason, now=None):
    """Takes every word out of a past version, for good, and returns it. The reason stays in the desk's log."""
    now, reason = now or times.now(), reason.strip()
    if not reason:
        raise VersionRefused(_("Enter a reason. It stays in the desk’s log."))
    article = workflow.locked(article, at=now)
    edition = article.editions.filter(number=number, live_from__lte=now).first()
    if not edition:
        raise VersionRefused(_("There is no such version. Choose one from the list."))
    if edition.redacted_at:
        raise VersionRefused(_("Version %(number)s was redacted already.") % {"number": number})
    if edition.live_until is None or edition.live_until > now:
        raise VersionRefused(
            _("Readers are served this version. Publish another one or withdraw the story first.")
        )
    Edition.objects.filter(pk=edition.pk).redact(by=by, at=now)
    note = _("Version %(number)s: %(reason)s") % {"number": number, "reason": reason}
    workflow.log(article, DeskLogLine.Action.REDACTED, by=by, now=now, note=note)
    changes(story(article.pk))
    return edition


def _words(record):
    return {name: getattr(record, name) for name in _WORDS}


def _still_there(content, article):
    """The content less what was deleted since: nothing but an edition keeps a record from that."""
    kept = dict(content)
    for name, model in (("coverage_id", Coverage), ("image_id", Image), ("section_id", Section)):
        if not model.objects.filter(pk=kept[name]).exists():
            kept[name] = article.section_id if model is Section else None
    for name, model in (("bylines", Author), ("citations", Source)):
        there = set(
            model.objects.filter(pk__in=[pk for pk, _words in kept[name]]).values_list("pk", flat=True)
        )
        kept[name] = [row for row in kept[name] if row[0] in there]
    there = set(Article.objects.filter(pk__in=kept["related"]).values_list("pk", flat=True))
    kept["related"] = [pk for pk in kept["related"] if pk in there]
    return kept


def _replace(article, content, *, said, by, now):
    set_aside = SetAside.objects.create(article=article, content=content_of(article), by=by, at=now)
    _put(article, content)
    article.stamp(by=by, now=now)
    after = workflow.state_at(article, at=now)
    workflow.log(article, DeskLogLine.Action.BROUGHT_BACK, by=by, now=now, note=said, after=after)
    if article.stage == Stage.APPROVED:
        workflow.reopen(article, by=by, now=now)
    return set_aside


def _put(article, content):
    """Writes the content into the working copy and its rows. Keys of citations stay: the body names them."""
    for name in _WORDS:
        setattr(article, name, content[name])
    article.save(update_fields=_WORDS)
    article.tags.set(content["tags"])
    for rows in (article.bylines, article.citations, article.related_picks):
        rows.all().delete()
    Byline.objects.bulk_create(
        Byline(article=article, author_id=author, role=role, position=n)
        for n, (author, role) in enumerate(content["bylines"])
    )
    Citation.objects.bulk_create(
        Citation(article=article, source_id=source, key=key, position=n)
        for n, (source, key) in enumerate(content["citations"])
    )
    RelatedPick.objects.bulk_create(
        RelatedPick(article=article, related_id=related, position=n)
        for n, related in enumerate(content["related"])
    )
