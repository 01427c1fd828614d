"""The search page: the same bytes for everybody who asks the same (see articles/public.py)."""

from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import times
from articles.models import Edition, Section
from articles.models.prepared import Prepared
from articles.paging import Key, first_page_of, page_of
from articles.public import public
from articles.search import find, mark, phrases_of, shortened, snippet
from articles.search_form import SearchForm
from articles.shown import SEARCH, SECTIONS, shows

LATEST = 5  # stories shown where nothing was found or asked for

_sections = Prepared(lambda: Section.objects.order_by("position", "name"))
_latest = Prepared(lambda *, at: Edition.objects.live(at=at).newest_first().as_cards()[:LATEST])


@public
def search(request):
    """The stories found, or the latest ones where nothing was asked for, understood or found."""
    shows(SEARCH, SECTIONS)
    now, sections = times.now(), _sections.records()
    form = SearchForm(request.GET, sections=sections, at=now)
    context = {"form": form, "sections": sections, "notes": []}
    if form.is_valid():
        context |= _answer(request, form, at=now)
    if not context.get("count"):
        context["latest"] = _latest.records(at=now)
    return render(request, "articles/search.html", context)


def _answer(request, form, *, at):
    """What the template says of a query that was understood: `words`, `notes`, `filters`, `page`, `count`."""
    typed = form.cleaned_data["q"]
    phrases, filters = phrases_of(typed), form.filters_in_use()
    answer = {"words": shortened(typed), "notes": _notes(typed, phrases), "filters": filters}
    if not phrases and not filters:
        return answer
    before = Key.parse(request.GET["before"]) if "before" in request.GET else None
    found = find(phrases, at=at, **form.filters(), below=before and before.moment)
    kept = dict.fromkeys(name for name, _value in form.parameters())
    if before:
        page = page_of(found.rows, request, moment="filed_at", keep=kept)
    else:
        page = first_page_of(found.newest(), request, moment="filed_at", keep=kept)
    count, is_more = found.count_on(page)
    results = [
        {
            "edition": edition,
            "headline": mark(edition.headline, phrases),
            "snippet": snippet(edition, phrases),
        }
        for edition in page.rows
    ]
    counted = _counted(count, is_more=is_more)
    return answer | {"page": page, "results": results, "count": count, "counted": counted, "phrases": phrases}


def _notes(typed, phrases):
    """Sentences on what of the typed text was not searched for."""
    notes = []
    if shortened(typed) != typed:
        notes.append(_("Only the first 200 characters are searched for."))
    if typed and not phrases:
        notes.append(
            _("“%(typed)s” holds no word to search for. Type one or more.") % {"typed": shortened(typed)}
        )
    return notes


def _counted(count, *, is_more):
    if is_more:
        return _("More than %(count)s results") % {"count": number_format(count, force_grouping=True)}
    return ngettext("%(count)d result", "%(count)d results", count) % {"count": count}
