"""The search page: the same bytes for everybody who asks the same (see articles/public.py)."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import times
from articles.models import Edition, Section
from articles.paging import COUNTED_UP_TO, page_of
from articles.public import public
from articles.search import find, mark, phrases_of, shortened, snippet
from articles.search_form import SearchForm
from articles.shown import SEARCH, SECTIONS, shows

LATEST = 5  # stories shown where nothing was found or asked for


@public
def search(request):
    """The stories found, or the latest ones where nothing was asked for, understood or found."""
    shows(SEARCH, SECTIONS)
    now, sections = times.now(), list(Section.objects.all())
    form = SearchForm(request.GET, sections=sections, at=now)
    context = {"form": form, "sections": sections, "notes": []}
    if form.is_valid():
        context |= _answer(request, form, at=now)
    if not context.get("count"):
        context["latest"] = Edition.objects.live(at=now).newest_first().as_cards()[:LATEST]
    form.offer_languages()
    return render(request, "articles/search.html", context)


def _answer(request, form, *, at):
    """What the template says of a query that was understood: `words`, `notes`, `filters`, `page`, `count`."""
    typed = form.cleaned_data["q"]
    phrases, filters = phrases_of(typed), form.filters_in_use()
    answer = {"words": shortened(typed), "notes": _notes(typed, phrases), "filters": filters}
    if not phrases and not filters:
        return answer
    rows, count = find(phrases, at=at, **form.filters())
    kept = dict.fromkeys(name for name, _value in form.parameters())
    page = page_of(rows, request, moment="filed_at", keep=kept)
    for edition in page.rows:
        edition.snippet, edition.marked_headline = snippet(edition, phrases), mark(edition.headline, phrases)
    return answer | {"page": page, "count": count, "counted": _counted(count), "phrases": phrases}


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


def _counted(count):
    if count > COUNTED_UP_TO:
        return _("More than 1,000 results")
    return ngettext("%(count)d result", "%(count)d results", count) % {"count": count}
