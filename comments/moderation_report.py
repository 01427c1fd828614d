"""The public report of moderation: what may be told of each month, as table, chart and CSV.

A count under SMALL is not told, zero included, and nothing that is told gives it away: the rejections of a
month are added up only as far as their parts are told, and no sum is made over months. What was received is the
sum of nothing here: decisions count in the month they were made, and what waits or was taken back is not listed.
"""

import csv
import datetime as dt
import io
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from articles.kept import kept
from comments.models import ModerationMonth, Reason

SMALL = 5
_SOME_DAY = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Cell:
    """A count as it may be told: `told` is the number, None where it is too small.

    `is_least` says that there may be more: parts of this sum are not told.
    """

    told: int | None
    is_least: bool = False

    def __str__(self):
        if self.told is None:
            return _("not shown") if self.is_least else _("fewer than %(small)d") % {"small": SMALL}
        count = number_format(self.told, force_grouping=True)
        return _("%(count)s or more") % {"count": count} if self.is_least else count

    @property
    def code(self):
        """The same for machines: `12`, `<5`, `12+`, or nothing."""
        if self.told is None:
            return "" if self.is_least else f"<{SMALL}"
        return f"{self.told}+" if self.is_least else str(self.told)


def cell_of(count):
    return Cell(count if count >= SMALL else None)


def sum_of(cells):
    """The sum of what these cells tell: that of all where none of them is too small to be told."""
    told = [cell.told for cell in cells if cell.told is not None]
    return Cell(sum(told) if told else None, is_least=len(told) < len(cells))


@dataclass(frozen=True)
class Row:
    """What is told of a month."""

    month: ModerationMonth

    @property
    def first_day(self):
        return self.month.first_day

    @property
    def received(self):
        return cell_of(self.month.received)

    @property
    def published(self):
        return cell_of(self.month.published)

    @property
    def by_reason(self):
        """The Cells of rejections, in the order of Reason."""
        return [cell_of(self.month.rejected.get(reason, 0)) for reason in Reason]

    @property
    def rejected(self):
        return sum_of(self.by_reason)

    @property
    def spam(self):
        return cell_of(self.month.spam)

    @property
    def held(self):
        return cell_of(self.month.held)

    @property
    def reversed(self):
        return cell_of(self.month.reversed)

    @property
    def waits(self):
        """(median, 90th percentile) in seconds, each None where fewer than SMALL comments were waited for."""
        if self.month.waited_count < SMALL:
            return None, None
        return self.month.median_wait, self.month.long_wait

    @property
    def waits_in_words(self):
        return [
            _("not shown") if wait is None else timesince(_SOME_DAY, _SOME_DAY + dt.timedelta(seconds=wait))
            for wait in self.waits
        ]


# --- CSV

HEADINGS = [
    "month", "received", "published", "rejected", *(f"rejected_{reason}" for reason in Reason.values), "spam",
    "held_after_reports", "reversed", "median_wait_minutes", "90th_percentile_wait_minutes",
]  # fmt: skip


def harmless(cell):
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def csv_of(rows):
    """The Rows as CSV with a line of headings. A small count is `<5`, a sum with parts not told `12+` or empty."""
    file = io.StringIO()
    writer = csv.writer(file)
    for cells in [HEADINGS, *map(_cells_of, rows)]:
        writer.writerow(map(harmless, cells))
    return file.getvalue()


def _cells_of(row):
    """The cells of a month: worked out once where nothing in them can change any more."""
    read_as = getattr(row.month, "read_as", None)
    return kept(("moderation.csv", read_as), lambda: tuple(_cells(row))) if read_as else _cells(row)


def _cells(row):
    counts = [row.received, row.published, row.rejected, *row.by_reason, row.spam, row.held, row.reversed]
    minutes = ["" if wait is None else str(wait // 60) for wait in row.waits]
    return [f"{row.first_day:%Y-%m}", *(cell.code for cell in counts), *minutes]


# --- chart

WIDTH, HEIGHT, FOOT, HEAD = 480, 200, 24, 20  # of the drawing, and what is left below and above the bars


@dataclass(frozen=True)
class Bar:
    """A bar of the chart, in units of its drawing."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Received and published per month, oldest first: a pair of bars for each, none where a count is not told.

    `labels` are (x, first day) of the months, `top` the number that the highest line stands for.
    """

    bars: list[Bar]
    labels: list[tuple[float, dt.date]]
    top: int
    width: int = WIDTH
    height: int = HEIGHT
    ground: int = HEIGHT - FOOT
    head: int = HEAD


def chart_of(rows):
    """The Chart of these Rows, which come newest first; None where no count is told."""
    pairs = [(row.first_day, row.received.told, row.published.told) for row in reversed(rows)]
    top = _round_above(max((count or 0 for _day, *counts in pairs for count in counts), default=0))
    if not top:
        return None
    step = WIDTH / len(pairs)
    bars, labels = [], []
    for number, (day, *counts) in enumerate(pairs):
        wide = min(step * 0.36, 30)
        middle = (number + 0.5) * step
        labels.append((round(middle, 1), day))
        for kind, count, x in zip(("received", "published"), counts, (middle - wide, middle), strict=True):
            if count is not None:
                bars.append(_bar(kind, count / top, x=x, width=wide))
    return Chart(bars=bars, labels=labels, top=top)


def _bar(kind, share, *, x, width):
    height = round((HEIGHT - FOOT - HEAD) * share, 1)
    return Bar(kind, round(x, 1), round(HEIGHT - FOOT - height, 1), round(width, 1), height)


def _round_above(count):
    """The lowest of 10, 20, 50, 100, 200 … that is not under the count; 0 for none."""
    if not count:
        return 0
    unit = 10
    while True:
        for factor in (1, 2, 5):
            if factor * unit >= count:
                return factor * unit
        unit *= 10
