"""What a month of moderation came to, counted from the log.

A line of the log counts in the month it was written, in the desk's zone, and lines are never changed: what is
undone or erased later is another line, of a later month. So the counts of a month that is over stay what they
are. Answers of the desk itself are not counted.

- received: comments posted in the month, whatever became of them.
- published: comments that were approved for the first time.
- rejected, spam: decisions, by people or rules; one that is taken back later stays counted.
- held: comments that readers' reports took off the site until a person had looked.
- reversed: decisions that were undone, and those of a person that went against the last standing one of a person.
- waits: from posting to the first decision of a person, of comments that had not been on the site before.
"""

import datetime as dt
import statistics
from collections import Counter

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Subquery

from articles.models.prepared import Prepared
from articles.months import bounds, month_of, months_between
from comments.models import Action, Comment, Decision, ModerationMonth, Reason, Status

DECIDING = (Action.APPROVED, Action.KEPT, Action.REJECTED, Action.SPAM)
PUBLISHING = (Action.APPROVED, Action.KEPT)
# What a transaction began in a month's last second has been stored by then.
SETTLED_AFTER = dt.timedelta(hours=1)
# What a page counts by itself until `count_moderation` has: more would let readers wait.
MOST_LINES = 5_000
MOST_MONTHS = 24

_kept_months = Prepared(ModerationMonth.objects.all)


def last_month(*, at):
    """The first day of the newest month that was over at that moment."""
    return (month_of(at - SETTLED_AFTER) - dt.timedelta(days=1)).replace(day=1)


def next_month_told(*, at):
    """The moment after `at` from which one more month is over."""
    return _bounds(month_of(at - SETTLED_AFTER))[1] + SETTLED_AFTER


def months_told(*, at):
    """The ModerationMonths that are over, newest first: those kept, and those since then counted now.

    They are for reading only, and nothing is stored. Where too much has happened since the last month kept, only
    those kept are told.
    """
    kept = _kept_months.records()
    missing = _months_over(at=at, after=kept[0].first_day if kept else None)
    if not missing or len(missing) > MOST_MONTHS:
        return kept
    return [*(count_months(missing, most=MOST_LINES) or []), *kept]


def keep_months(*, at, is_anew=False):
    """Counts and keeps every month that is over and not kept yet, or all of them anew.

    Returns the ModerationMonths written, oldest first; a month counted anew is written where it differs.
    """
    kept = {month.first_day: month.counts for month in ModerationMonth.objects.all()}
    written = []
    for day in reversed(_months_over(at=at)):
        if day in kept and not is_anew:
            continue
        [month] = count_months([day])
        if kept.get(day) != month.counts:
            defaults = month.counts
            written.append(ModerationMonth.objects.update_or_create(first_day=day, defaults=defaults)[0])
    return written


def _months_over(*, at, after=None):
    """The first days of the months that are over, newest first: from the first comment on, or `after` a month."""
    # Not asked where it is not needed: the first of a million takes a third of a second to find.
    begun = _bounds(after)[1] if after else Comment.objects.aggregate(at=Min("posted_at"))["at"]
    if begun is None:
        return []
    end = _bounds(last_month(at=at))[0]
    return months_between(begun, end) if month_of(begun) <= month_of(end) else []


def _bounds(day):
    return bounds(day.year, day.month)


def count_months(days, *, most=None):
    """The unsaved ModerationMonths that begin on these days, which follow each other, newest first: two queries.

    With `most`, None where their log has more lines than that.
    """
    begin, end = _bounds(days[-1])[0], _bounds(days[0])[1]
    lines = _lines(begin, end)
    lines = list(lines if most is None else lines[: most + 1])
    if most is not None and len(lines) > most:
        return None
    by_month = {day: [] for day in days}
    for line in lines:
        by_month[month_of(line.decided_at)].append(line)
    received = _received(days)
    return [_month(day, received[day], by_month[day]) for day in days]


def _received(days):
    """{first day of a month: how many comments were posted in it}."""
    ranges = {day: _bounds(day) for day in days}
    # All statuses are named so that the index that begins with the status finds the moments.
    posted = Comment.objects.filter(
        status__in=Status.values, written_by=None, posted_at__gte=ranges[days[-1]][0], posted_at__lt=ranges[days[0]][1]
    )  # fmt: skip
    counts = {
        f"in_{day:%Y_%m}": Count("pk", filter=Q(posted_at__gte=begin, posted_at__lt=end))
        for day, (begin, end) in ranges.items()
    }
    found = posted.aggregate(**counts)
    return {day: found[f"in_{day:%Y_%m}"] for day in days}


def lines_with_history(lines):
    """The Decisions with what the log said of their comments before.

    `was_public`: it had been approved; `was_decided`: a person had decided about it; `stood`: the status to
    which the last decision of a person led that was not undone, None where there was none.
    """
    earlier = Decision.objects.filter(comment=OuterRef("comment"), number__lt=OuterRef("number"))
    by_people = earlier.filter(by__isnull=False, action__in=DECIDING)
    standing = by_people.filter(Q(undone_by=None) | Q(undone_by__number__gte=OuterRef("number")))
    return lines.annotate(
        was_public=Exists(earlier.filter(to_status=Status.APPROVED)),
        was_decided=Exists(by_people),
        stood=Subquery(standing.order_by("-number").values("to_status")[:1]),
        posted_at=F("comment__posted_at"),
        undid=F("undoes__action"),
    )


def _lines(begin, end):
    lines = Decision.objects.filter(decided_at__gte=begin, decided_at__lt=end, comment__written_by=None)
    names = [
        "decided_at", "action", "by_id", "rule", "reason", "to_status", "was_public", "was_decided", "stood",
        "posted_at", "undid",
    ]  # fmt: skip
    return lines_with_history(lines).order_by("decided_at", "pk").values_list(*names, named=True)


def _month(day, received, lines):
    actions = Counter(line.action for line in lines)
    reasons = Counter(line.reason for line in lines if line.action == Action.REJECTED)
    waits = sorted(wait_of(line) for line in lines if ended_a_wait(line))
    return ModerationMonth(
        first_day=day,
        received=received,
        published=sum(line.action in PUBLISHING and not line.was_public for line in lines),
        rejected={reason.value: reasons[reason] for reason in Reason},
        spam=actions[Action.SPAM],
        held=sum(line.action == Action.HELD and line.rule == "reports" for line in lines),
        reversed=sum(map(is_reversal, lines)),
        waited_count=len(waits),
        median_wait=int(statistics.median(waits)) if waits else None,
        long_wait=waits[-(-9 * len(waits) // 10) - 1] if waits else None,  # the nearest rank
    )


def ended_a_wait(line):
    """Whether a person was the first to decide about a comment that had been waiting."""
    return bool(line.by_id and line.action in DECIDING and not line.was_decided and not line.was_public)


def wait_of(line):
    """The whole seconds from posting to that line."""
    return max(int((line.decided_at - line.posted_at).total_seconds()), 0)


def is_reversal(line):
    """Whether the line took a decision back, or was a person's that went against the last one of a person."""
    if line.action == Action.UNDONE:
        return line.undid in DECIDING
    return bool(line.by_id and line.action in DECIDING and line.stood and line.stood != line.to_status)
