"""Previews: the working copy as readers would get it, for the desk and for whoever has a link to it.

A link is a row and a token made of it, signed with the site's key. The row says until when it works and can be
revoked; the token names the row and the story, so that it opens this story's working copy and nothing else.
"""

import datetime as dt
from dataclasses import dataclass

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from articles import times, workflow
from articles.models import Correction, DeskLogLine, Edition, PreviewLink
from articles.publishing import working_edition
from articles.related import beside
from articles.workflow import Verb

WORKS_FOR = dt.timedelta(hours=72)
_SALT = "articles.preview"


class PreviewRefused(ValidationError):
    """The story cannot be shared as it stands; `messages` says why, in sentences."""


@dataclass(frozen=True)
class Preview:
    """A working copy as an Edition that is not stored, and what stands beside it: see `related.beside`."""

    edition: Edition
    related: list
    rail: list


def preview_of(article, *, at):
    """The Preview of a working copy, as if it went live at that moment (aware)."""
    edition = working_edition(article, at=at)
    corrections = Correction.objects.public(at=at).filter(edition__article=article)
    edition.correction_rows = list(corrections.annotate(made_at=F("edition__live_from")))
    return Preview(edition, *beside(edition, at=at))


@transaction.atomic
def share(article, *, by, now=None):
    """Makes a PreviewLink that works for 72 hours, with a line in the desk's log. Raises PreviewRefused."""
    now = now or times.now()
    article = workflow.locked(article, at=now)
    if not workflow.is_possible(Verb.SHARE, article):
        raise PreviewRefused(_("The story is spiked. Take it back before you share it."))
    link = PreviewLink.objects.create(article=article, made_by=by, made_at=now, expires_at=now + WORKS_FOR)
    _log(link, DeskLogLine.Action.SHARED, by=by, at=now, about=link.expires_at)
    return link


@transaction.atomic
def revoke(link, *, by, now=None):
    """Ends a link for good, with a line in the desk's log; False, and nothing done, where it works no more."""
    now = now or times.now()
    if not PreviewLink.objects.working(at=now).filter(pk=link.pk).update(revoked_by=by, revoked_at=now):
        return False
    _log(link, DeskLogLine.Action.UNSHARED, by=by, at=now, about=link.made_at)
    return True


def _log(link, action, *, by, at, about):
    note = about.isoformat()
    DeskLogLine.objects.create(article_id=link.article_id, action=action, by=by, at=at, note=note)


def token_of(link):
    """What stands in the link's address: always the same for the same link."""
    return signing.Signer(salt=_SALT).sign_object([link.pk, link.article_id])


def link_of(token, *, at):
    """The PreviewLink of a token, with its article, if it works at that moment (aware).

    Raises `signing.BadSignature` for a token that was never made here, and PreviewLink.DoesNotExist for one
    that has expired or was revoked, or whose story was spiked or deleted.
    """
    pk, article = signing.Signer(salt=_SALT).unsign_object(token)
    links = PreviewLink.objects.working(at=at)
    links = links.select_related("article__section", "article__coverage", "article__image")
    return links.get(pk=pk, article=article)
