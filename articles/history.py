"""The versions of a story that readers have had, as its history tells them."""

import datetime as dt
from dataclasses import dataclass

from articles.models import Edition
from articles.shown import address, shows

# What a list tells of a version: none of its words but the note on what changed.
_TOLD = (
    "article_id", "number", "path", "headline", "language", "change", "note", "live_from", "live_until",
    "redacted_at", "section__slug",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Version:
    """An Edition without its text, the number of the one before it, and how long it was read.

    `before` is None where there is none to compare it with: for the first, or where a redacted one is either of
    the two. `read_until` is None while readers still have it, whatever is planned.
    """

    edition: Edition
    before: int | None
    read_until: dt.datetime | None

    @property
    def number(self):
        return self.edition.number

    @property
    def redacted_at(self):
        return self.edition.redacted_at


def versions_at(path, *, at):
    """The Versions of the story that is live at this path at that moment, newest first; [] where none is.

    The first of them is the live one. Takes one query.
    """
    shows(address(path))
    live = Edition.objects.live(at=at).filter(path=path).values("article")
    editions = Edition.objects.once_live(at=at).filter(article__in=live).order_by("-number")
    editions = list(editions.select_related("section").only(*_TOLD))
    return [
        Version(edition=edition, before=_comparable(edition, before), read_until=_ended(edition, at=at))
        for edition, before in zip(editions, [*editions[1:], None], strict=False)
    ]


def _comparable(edition, before):
    return before.number if before and not (edition.redacted_at or before.redacted_at) else None


def _ended(edition, *, at):
    return edition.live_until if edition.live_until and edition.live_until <= at else None


def changes_path(path, *, old, new):
    """Where versions `old` and `new` of the story at that path are compared."""
    return f"{path}history/{old}..{new}/"
