"""The public report of moderation: /moderation/, by year, and as CSV.

Only months that are over are told, so that a page stays the same from one month to the next.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from articles import times
from articles.public import public
from articles.shown import MODERATION, shows, shows_until
from comments.models import Reason
from comments.moderation_report import Row, chart_of, csv_of
from comments.month_counts import months_told, next_month_told

ON_A_PAGE = 12  # months


def _rows():
    shows(MODERATION)
    shows_until(next_month_told(at=times.now()))
    return [Row(month) for month in months_told(at=times.now())]


@public
def moderation(request):
    """The newest months."""
    rows = _rows()
    return _page(request, rows[:ON_A_PAGE], rows)


@public
def moderation_year(request, year):
    """The months of a year; 404 for one of which nothing is told."""
    rows = _rows()
    of_year = [row for row in rows if row.first_day.year == year]
    if not of_year:
        raise Http404("Nothing is told of this year.")
    return _page(request, of_year, rows, year=year)


@public
def moderation_csv(request):
    """All months, newest first."""
    headers = {"Content-Disposition": 'attachment; filename="moderation.csv"'}
    return HttpResponse(csv_of(_rows()), content_type="text/csv; charset=utf-8", headers=headers)


def _page(request, shown, rows, *, year=None):
    context = {
        "rows": shown,
        "chart": chart_of(shown),
        "reasons": [reason.label for reason in Reason],
        "years": sorted({row.first_day.year for row in rows}, reverse=True),
        "year": year,
    }
    return render(request, "comments/moderation.html", context)
