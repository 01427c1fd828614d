"""The readers' pages that tell what changed: the versions of a story, two of them compared, and the corrections.

A history is told of a live story only. What of it was taken out of the record is named by number and day, and
answered with 410. What is planned is in none of it.
"""

from itertools import groupby

from django.http import Http404
from django.shortcuts import render

from articles import times
from articles.addresses import story_at
from articles.corrections import corrections_told, moments_told, with_stories
from articles.differences import compare
from articles.history import versions_at
from articles.months import bounds, month_of, months_between
from articles.paging import page_of
from articles.public import public
from articles.the_past import Moment
from articles.views import of_a_live_story

# Editions that correct, whose months are told exactly; of a large archive there is one in nearly every month.
MONTHS_OF = 200

# Gives a view the moment and the Versions of the story that is live at the address, newest first.
with_versions = of_a_live_story(versions_at)


@with_versions
def history(request, now, versions):
    """The list of versions."""
    return render(request, "articles/history.html", _context(versions))


@with_versions
def version(request, now, versions, *, number):
    """One version as it was read when it came."""
    shown = _numbered(versions, number)
    edition = _as_read(shown, at=now)
    context = _context(
        versions, shown=shown, edition=edition, then=Moment(shown.edition.live_from, now), is_apart=True
    )
    if edition is None:
        return _taken_out(request, context, [shown])
    return render(request, "articles/version.html", context)


@with_versions
def changes(request, now, versions, *, old, new):
    """The words that went and came between two versions, the older one first."""
    if old >= new:
        raise Http404("The older version comes first.")
    pair = [_numbered(versions, old), _numbered(versions, new)]
    editions = [_as_read(side, at=now) for side in pair]
    context = _context(versions, shown=pair[1], old=pair[0])
    if None in editions:
        missing = [side for side, edition in zip(pair, editions, strict=True) if edition is None]
        return _taken_out(request, context, missing)
    return render(request, "articles/changes.html", context | {"difference": compare(*editions)})


def _context(versions, **context):
    live = versions[0].edition
    return {"versions": versions, "today": live, "in_section": live.section.slug} | context


def _numbered(versions, number):
    """The Version of that number; Http404 where readers have had none."""
    for version in versions:
        if version.number == number:
            return version
    raise Http404("The story has had no version of this number.")


def _as_read(version, *, at):
    """The Edition of a version with all that its page printed when it came; None where it was redacted."""
    return story_at(version.edition.path, at=version.edition.live_from, now=at)


def _taken_out(request, context, missing):
    return render(request, "articles/taken_out.html", context | {"missing": missing}, status=410)


@public
def corrections(request):
    now = times.now()
    rows = corrections_told(at=now)
    return _corrections(request, rows, at=now, months=_months(moments_told(at=now)))


def _months(moments):
    """The months of the corrections, newest first: from the newest MONTHS_OF on, those between as well."""
    newest = list(moments[:MONTHS_OF])
    months = list(dict.fromkeys(map(month_of, newest)))
    if len(newest) < MONTHS_OF:
        return months
    return [*months, *months_between(moments.last(), newest[-1])[1:]]


@public
def corrections_month(request, year, month):
    """The corrections of a month; 404 for one before the first correction or after the last."""
    (begin, end), now = bounds(year, month), times.now()
    rows = corrections_told(at=now)
    in_month = rows.filter(made_at__gte=begin, made_at__lt=end)
    if not in_month.exists() and not _has_corrections_around(rows, begin, end):
        raise Http404("The month lies before the first correction or after the last.")
    return _corrections(request, in_month, at=now, month=begin.date())


def _has_corrections_around(rows, begin, end):
    return rows.filter(made_at__lt=begin).exists() and rows.filter(made_at__gte=end).exists()


def _corrections(request, rows, *, at, **context):
    page = page_of(rows, request, moment="made_at", number="pk")
    told = with_stories(page.rows, at=at)
    by_month = [(month, list(group)) for month, group in groupby(told, key=lambda row: month_of(row.made_at))]
    template = "articles/corrections_month.html" if "month" in context else "articles/corrections.html"
    return render(request, template, context | {"page": page, "by_month": by_month})
