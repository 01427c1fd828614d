"""From working copy to edition: publish, schedule, cancel_schedule, withdraw.

Every verb takes the actor (`by=`) and may be told the moment (`now=`, aware). It locks the article, writes
editions and a line of the desk's log together or not at all, and raises `PublishingRefused` with full
sentences when the desk has to do something first. Nothing here looks at rights: callers do.
"""

import datetime as dt
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import readiness, times, workflow
from articles.filings import names_between
from articles.models import (
    Address,
    Article,
    Byline,
    Citation,
    Correction,
    DeskLogLine,
    Edition,
    EditionAuthor,
    EditionImage,
    EditionRelated,
    EditionSource,
    EditionTag,
    Image,
    Withdrawal,
    WorkingWords,
)  # fmt: skip
from articles.models.article import Stage, State
from articles.models.edition import Change
from articles.models.slugs import free_slug, slug_from
from articles.pictures import sealed
from articles.rich_text import clean_html, plain_text, search_text
from articles.shown import PLANS, changes

UNSEEN = gettext_lazy(
    "The story was changed since you opened this page. Look at it again before you publish it."
)
NEAR = dt.timedelta(minutes=1)  # longer than a transaction of the desk takes
OPENING_LENGTH = 600  # characters of plain text kept for excerpts, well over the longest of them


class PublishingRefused(ValidationError):
    """The story cannot be published, scheduled or withdrawn as it stands; `messages` says why, in sentences."""


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """The words of a correction: what was wrong, what is right, and who told the desk."""

    was: str
    now: str
    note: str = ""
    reported_by: str = ""


@transaction.atomic
def publish(article, *, by, change=Change.UPDATE, note="", correction=None, seen=None, now=None):
    """Makes the working copy what readers see from now on, and returns the new Edition.

    A planned edition is cancelled. `change` says what this is to the edition before (ignored for the
    first); Change.CORRECTION needs `correction`, a Corrected. `seen` is the fingerprint of the words that
    whoever publishes looked at: others are refused.
    """
    now = now or times.now()
    article = _locked(article, at=now)
    _refuse_if_unseen(article, seen)
    live, plan = _live_and_planned(article, at=now)
    _refuse_if_unready(article, live_from=now)
    _refuse_if_unchanged(article, live, change=change)
    _drop(plan, article, live=live, by=by, now=now)
    if live:
        _end(live, at=now)
    edition = _make_edition(
        article, by=by, live_from=now, change=change, note=note, correction=correction, now=now
    )
    _begin_anew(article)
    workflow.log(article, DeskLogLine.Action.PUBLISHED, after=State.LIVE, by=by, now=now, note=note)
    changes(*names_between(article.pk, live, edition))
    return edition


@transaction.atomic
def schedule(article, *, at, by, change=Change.UPDATE, note="", correction=None, seen=None, now=None):
    """Plans the working copy as it is now for the moment `at`, and returns the planned Edition.

    A plan made earlier is replaced. What is live stays until then. No job is needed for it to go live. The
    options are those of `publish`.
    """
    now = now or times.now()
    article = _locked(article, at=now)
    _refuse_if_unseen(article, seen)
    if at <= now:
        raise PublishingRefused(_("Choose a time in the future, or publish now."))
    live, plan = _live_and_planned(article, at=now)
    _refuse_if_unready(article, live_from=at)
    _refuse_if_unchanged(article, live, change=change)
    _drop(plan, article, live=live, by=by, now=now)
    if live:
        _end(live, at=at)
    edition = _make_edition(
        article, by=by, live_from=at, change=change, note=note, correction=correction, now=now
    )
    _begin_anew(article)
    after, note = _state_with_plan(live, edition), f"{at.isoformat()} {note}".strip()
    workflow.log(article, DeskLogLine.Action.SCHEDULED, after=after, by=by, now=now, note=note)
    changes(*_names_of_plan(article, live, edition, now=now))
    return edition


@transaction.atomic
def cancel_schedule(article, *, by, now=None):
    """Takes the plan back: what is live stays live, and an address that never went live is free again."""
    now = now or times.now()
    article = _locked(article, at=now)
    live, plan = _live_and_planned(article, at=now)
    if not _drop(plan, article, live=live, by=by, now=now):
        raise PublishingRefused(_("Nothing is scheduled. The plan may have gone live or been cancelled."))


@transaction.atomic
def withdraw(article, *, by, reason, now=None):
    """Takes the story off the site, with a reason for readers, and returns the Withdrawal. A plan is cancelled."""
    now = now or times.now()
    article = _locked(article, at=now)
    if not reason.strip():
        raise PublishingRefused(_("Enter a reason for readers."))
    if len(reason.strip()) > Withdrawal._meta.get_field("reason").max_length:
        raise PublishingRefused(_("Shorten the reason to 500 characters or fewer."))
    live, plan = _live_and_planned(article, at=now)
    _drop(plan, article, live=live, by=by, now=now)
    if not live:
        raise PublishingRefused(_("The story is not on the site, so it cannot be withdrawn."))
    _end(live, at=now)
    workflow.log(
        article, DeskLogLine.Action.WITHDRAWN, after=State.WITHDRAWN, by=by, now=now, note=reason.strip()
    )
    Article.objects.filter(pk=article.pk).update(withdrawn_at=now)
    WorkingWords.objects.keep(article)
    changes(*names_between(article.pk, live, None))
    return Withdrawal.objects.create(
        article=article, withdrawn_at=now, withdrawn_by=by, reason=reason.strip()
    )


def _locked(article, *, at):
    """The article under its lock, unless its record goes further than `at`.

    Who had to wait for the lock comes with a moment of before: by that, what others have published meanwhile
    would be a plan, and dropped.
    """
    article = workflow.locked(article, at=at)
    later = Q(editions__made_at__gt=at) | Q(withdrawals__withdrawn_at__gt=at)
    if Article.objects.filter(later, pk=article.pk).exists():
        raise PublishingRefused(
            _("Somebody published or withdrew this story a moment ago. Look at it again.")
        )
    return article


def _refuse_if_unseen(article, seen):
    if seen is not None and seen != (article.fingerprint or article.working_fingerprint()):
        raise PublishingRefused(UNSEEN)


def _refuse_if_unready(article, *, live_from):
    if found := readiness.fixes(article, live_from=live_from):
        raise PublishingRefused([fix.sentence for fix in found])


def _refuse_if_unchanged(article, live, *, change):
    if live and change != Change.CORRECTION and live.fingerprint == article.working_fingerprint():
        raise PublishingRefused(_("Nothing has changed since this story was published."))


def _begin_anew(article):
    """What is written from now on has been seen by nobody: its way through review begins again."""
    if article.stage != Stage.DRAFT:
        article.stage = Stage.DRAFT
        article.save(update_fields=["stage"])


def _state_with_plan(live, plan):
    if not live:
        return State.SCHEDULED
    return State.LIVE if live.fingerprint == plan.fingerprint else State.LIVE_CHANGED


def _end(edition, *, at):
    if edition.live_from >= at:
        raise PublishingRefused(_("This story was published a moment ago. Reload the page to see it."))
    edition.live_until = at
    edition.save(update_fields=["live_until"])


def _live_and_planned(article, *, at):
    """The Edition that readers have at that moment and the one planned, each None where there is none."""
    last = list(article.editions.order_by("-number")[:2])
    plan = next((edition for edition in last if edition.live_from > at), None)
    past = [edition for edition in last if edition is not plan]
    is_live = bool(past) and (past[0].live_until is None or past[0].live_until > at)
    return past[0] if is_live else None, plan


def _drop(plan, article, *, live, by, now):
    """Deletes the planned edition, gives the live one its open end back, frees an unused address. True if any."""
    if not plan:
        return False
    changes(*_names_of_plan(article, live, plan, now=now))
    plan.corrections.all().delete()
    article.editions.all().delete_planned(at=now)
    article.editions.filter(live_until=plan.live_from).update(live_until=None)
    if not article.editions.filter(path=plan.path).exists():
        Address.objects.filter(article=article, path=plan.path).delete()
    last = article.withdrawals.order_by("pk").last()
    Article.objects.filter(pk=article.pk).update(
        published_at=article.published_at if plan.number > 1 else None,
        read_fingerprint=live and live.fingerprint,
        withdrawn_at=last.withdrawn_at if last and not live else None,
    )
    WorkingWords.objects.keep(article)
    after = workflow.state_at(article, at=now)
    note = plan.live_from.isoformat()
    workflow.log(article, DeskLogLine.Action.PLAN_CANCELLED, after=after, by=by, now=now, note=note)
    return True


def _names_of_plan(article, live, plan, *, now):
    """What changes for readers as soon as a plan is made or dropped: nothing, but what is going to change.

    Of a plan that is to come true within NEAR readers may have seen the one or the other state before it is committed.
    """
    return {PLANS, *(names_between(article.pk, live, plan) if plan.live_from - now < NEAR else ())}


def working_edition(article, *, at):
    """What readers would be served if the working copy went live at `at`: an Edition that is not stored.

    It has `tags` like an edition that came through `with_tags`, the number after the last one's, and the
    times and the address that publishing it would give it. Its pictures open for an hour, to whoever reads
    the page, although no live story shows them yet.
    """
    last = article.editions.filter(live_from__lte=at).order_by("number").last()
    published_at = last.published_at if last else at
    edition = Edition(
        article=article,
        number=last.number + 1 if last else 1,
        path=path_for(article, last=last, published_at=published_at),
        published_at=published_at,
        updated_at=last and at,
        live_from=at,
        **_as_read(article),
    )
    images = Image.objects.shown(at=at).filter(pk__in=[image.pk for image in article.images()])
    edition.picture_rows_json = sealed(images.picture_rows())
    edition.tag_rows_json = [{"id": tag.pk, "name": tag.name, "slug": tag.slug} for tag in article.tag_list()]
    return edition


def _make_edition(article, *, by, live_from, change, note, correction, now):
    last = article.editions.order_by("number").last()
    if (change == Change.CORRECTION) != bool(correction) or (correction and not last):
        raise PublishingRefused(_("Enter what was wrong and what is right."))
    published_at = last.published_at if last else live_from
    edition = Edition(
        article=article,
        number=last.number + 1 if last else 1,
        path=_reserved_path(article, last=last, published_at=published_at, is_plan=live_from > now),
        change=(Change.UPDATE if change == Change.FIRST else change) if last else Change.FIRST,
        note=note,
        published_at=published_at,
        updated_at=_updated_at(last, change=change, live_from=live_from),
        live_from=live_from,
        made_by=by,
        made_at=now,
        **_as_read(article),
    )
    article.fingerprint = edition.fingerprint = article.working_fingerprint()
    article.published_at, article.withdrawn_at = published_at, None
    article.read_fingerprint = None if last and live_from > now else edition.fingerprint
    article.save(update_fields=["slug", "fingerprint", "published_at", "read_fingerprint", "withdrawn_at"])
    edition.save()
    WorkingWords.objects.filter(article=article).delete()
    _file(edition)
    if change == Change.CORRECTION:
        _correct(edition, wrong=last, correction=correction)
    return edition


def _correct(edition, *, wrong, correction):
    words = {name: text.strip() for name, text in vars(correction).items()}
    row = Correction(edition=edition, wrong_edition=wrong, **words)
    row.full_clean()
    row.save()


def _updated_at(last, *, change, live_from):
    if last is None:
        return None
    return last.updated_at if change == Change.MINOR else live_from


def path_for(article, *, last, published_at):
    """The path the story has if it goes live: that of `last`, its edition before, unless its slug was changed.

    Without one it is made in the desk's zone, from the slug or the headline. Nothing is reserved by asking.
    """
    day = timezone.localtime(published_at, timezone.get_default_timezone())
    folder = f"/{day:%Y/%m/%d}/"
    if last and (not article.slug or last.path == f"{folder}{article.slug}/"):
        return last.path
    wanted = slug_from(article.slug or article.headline, fallback=f"story-{article.pk}")
    others = Address.objects.exclude(article=article)
    slug = free_slug(wanted, is_taken=lambda slug: others.filter(path=f"{folder}{slug}/").exists())
    return f"{folder}{slug}/"


def _reserved_path(article, *, last, published_at, is_plan):
    """The story's path, reserved for it, and its slug set to the path's words."""
    path = path_for(article, last=last, published_at=published_at)
    is_kept = article.slug or not (last or is_plan)
    if is_kept:  # a plan that is cancelled leaves no word of its headline behind
        article.slug = path.split("/")[-2]
    if not last or path != last.path:
        _reserve(path, article)
    return path


def _reserve(path, article):
    Address.objects.bulk_create([Address(path=path, article=article)], ignore_conflicts=True)
    if not Address.objects.filter(path=path, article=article).exists():
        raise PublishingRefused(_("Another story took this address a moment ago. Publish once more."))


def _read_rows(article):
    """Reads the story's rows once for all that an edition makes of them."""
    bylines, citations = Byline.objects.select_related("author"), Citation.objects.select_related("source")
    rows = [Prefetch("bylines", bylines), Prefetch("citations", citations), "related_picks"]
    prefetch_related_objects([article], *rows)


def _as_read(article):
    """What an edition holds of the working copy: cleaned, and with names as printed today."""
    _read_rows(article)
    body = clean_html(article.body)
    text = plain_text(body)
    bylines = [
        {"name": row.author.name, "role": row.role, "slug": row.author.slug} for row in article.bylines.all()
    ]
    sources = [
        {"key": row.key, "slug": row.source.slug, "title": row.source.title, "publisher": row.source.publisher,
         "url": row.source.url, "language": row.source.language}
        for row in article.citations.all()
    ]  # fmt: skip
    image = article.image
    return {
        "headline": re.sub(r"\s+", " ", article.headline).strip(),
        "standfirst": article.standfirst.strip(),
        "body": body,
        "opening": re.sub(r"\s+", " ", text).strip()[:OPENING_LENGTH],
        "language": article.language,
        "kind": article.kind,
        "is_cut": article.is_cut,
        "bylines": bylines,
        "sources": sources,
        "image": image,
        "picture": image.words if image else None,
        "pictures": {str(shown.uid): shown.words for shown in article.body_images()},
        "section": article.section,
        "coverage": article.coverage,
        "search_text": search_text(
            " ".join([article.headline, article.standfirst, text, *(row["name"] for row in bylines)])
        ),
    }


def _file(edition):
    """Ties the edition to its tags, authors, sources, pictures and picked stories, in the working copy's order."""
    article, when = edition.article, edition.published_at
    EditionTag.objects.bulk_create(
        EditionTag(edition=edition, tag=tag, published_at=when, position=n)
        for n, tag in enumerate(article.tag_list())
    )
    EditionAuthor.objects.bulk_create(
        EditionAuthor(edition=edition, author_id=row.author_id, published_at=when, position=n)
        for n, row in enumerate(article.bylines.all())
    )
    EditionSource.objects.bulk_create(
        EditionSource(edition=edition, source_id=row.source_id, key=row.key, published_at=when, position=n)
        for n, row in enumerate(article.citations.all())
    )
    EditionImage.objects.bulk_create(
        EditionImage(edition=edition, image=image, position=n) for n, image in enumerate(article.images())
    )
    EditionRelated.objects.bulk_create(
        EditionRelated(edition=edition, related_id=row.related_id, position=n)
        for n, row in enumerate(article.related_picks.all())
    )
