"""A moderator's own figures: what they decided in the last months. Nobody else can see them.

The page takes no name: it is always about whoever is signed in. Who decided what stands in the log all the same;
what is made of it, how fast and how often reversed, is between moderators and themselves.
"""

import datetime as dt
import statistics
from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.template.response import TemplateResponse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import times
from articles.months import bounds, month_of, months_between
from comments.models import Action, Decision
from comments.month_counts import DECIDING, PUBLISHING, ended_a_wait, lines_with_history, wait_of

MONTHS = 6  # the running one among them


@dataclass(frozen=True)
class OwnMonth:
    """What one person decided in a month; `median` is how long they let comments wait, in words."""

    first_day: dt.date
    approved: int
    rejected: int
    spam: int
    other: int
    reversed: int
    median: str


def own_months(person, *, at):
    """The OwnMonths of a person, the running one first: one query."""
    first = month_of(at)
    first = first.replace(year=first.year - (first.month < MONTHS), month=(first.month - MONTHS) % 12 + 1)
    begin = bounds(first.year, first.month)[0]
    by_month = {day: [] for day in months_between(begin, at)}
    for line in _lines_of(person, begin):
        if (day := month_of(line.decided_at)) in by_month:
            by_month[day].append(line)
    return [_own_month(day, lines) for day, lines in by_month.items()]


def _lines_of(person, begin):
    later = Decision.objects.filter(
        comment=OuterRef("comment"), number__gt=OuterRef("number"), by__isnull=False, action__in=DECIDING
    ).order_by("number")
    own = Decision.objects.filter(by=person, decided_at__gte=begin)
    found = lines_with_history(own).annotate(next_status=Subquery(later.values("to_status")[:1]))
    names = ["decided_at", "action", "by_id", "to_status", "was_public", "was_decided", "posted_at"]
    names += ["next_status", "undone_by"]
    return found.order_by("decided_at", "pk").values_list(*names, named=True)


def _own_month(day, lines):
    actions = Counter(line.action for line in lines)
    waits = [wait_of(line) for line in lines if ended_a_wait(line)]
    return OwnMonth(
        first_day=day,
        approved=sum(actions[action] for action in PUBLISHING),
        rejected=actions[Action.REJECTED],
        spam=actions[Action.SPAM],
        other=sum(line.action not in DECIDING for line in lines),
        reversed=sum(map(_was_reversed, lines)),
        median=_in_words(statistics.median(waits)) if waits else "—",
    )


def _was_reversed(line):
    """Whether a decision was undone, or another one of a person came after it and went against it."""
    if line.action not in DECIDING:
        return False
    return bool(line.undone_by or (line.next_status and line.next_status != line.to_status))


def _in_words(seconds):
    now = times.now()
    return timesince(now - dt.timedelta(seconds=seconds), now)


class OwnFigures:
    """The page of one's own figures, for the admin of decisions."""

    def pages(self):
        return {"figures": ("figures/", require_safe(self.figures_view)), **super().pages()}

    def figures_view(self, request):
        if not request.user.has_perm("comments.moderate_comment"):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Your own figures"),
            "months": own_months(request.user, at=times.now()),
        }
        return TemplateResponse(request, "admin/comments/decision/figures.html", context)
