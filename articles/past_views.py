"""The readers' pages as they were at the moment that `?at=` names.

What names no moment is answered with 400, since no such page can ever be; a moment of which there is nothing
to read (the future, the time before the first story, a story that was not there) with 404. Either answer is a
page where another moment is chosen.
"""

from functools import wraps

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from articles import times
from articles.addresses import story_at
from articles.front_page import front_page
from articles.models import Edition
from articles.related import beside
from articles.the_past import NOT_YET, Moment, MomentForm, fits_a_field


def of_a_moment(view):
    """Gives the view the Moment that the request names, or lets the reader choose one.

    No cache keeps such a page and no search engine lists it. The view may answer None: nothing of the past
    can be told, and the page of today has to answer.
    """

    @wraps(view)
    def answered(request, *args):
        form = MomentForm(request.GET, now=times.now())
        if form.is_valid():
            response = view(request, Moment(form.cleaned_data["at"], form.now), *args)
        else:
            status = 404 if form.has_error("at", NOT_YET) else 400
            typed = request.GET["at"]
            response = _choose(request, typed, form.errors["at"], now=form.now, status=status)
        if response:
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    return answered


@of_a_moment
def front(request, moment):
    """The front page as it was. Query: `at`."""
    shown = front_page(at=moment.at, among=moment.readable)
    if shown.is_empty:
        sentence = _("Nothing that was on the site then can be read today. Choose a later moment.")
        return _choose(request, moment.value, [sentence], now=moment.now, status=404)
    context = {
        "front": shown,
        "sections": shown.sections,
        "rail": shown.rail,
        "past": moment,
        "past_query": moment.query,
        "is_apart": True,
    }
    return render(request, "articles/past_front.html", context)


@of_a_moment
def detail(request, moment, path):
    """The story at `path` as it was; None where no story of today ever stood there. Query: `at`."""
    edition = story_at(path, at=moment.at, now=moment.now)
    if edition is None:
        return _elsewhere(request, moment, path)
    related, rail = beside(edition, at=moment.at, among=moment.readable)
    context = {
        "edition": edition, "related": related, "rail": rail, "in_section": edition.section.slug,
        "past": moment, "past_query": moment.query, "is_apart": True,
    }  # fmt: skip
    return render(request, "articles/past_detail.html", context)


def _elsewhere(request, moment, path):
    """To where the story stood at that moment, or a page that says why there is nothing to read of it."""
    stories = Edition.objects.once_live(at=moment.now).filter(path=path).values("article")
    if path_then := moment.readable.filter(article__in=stories).values_list("path", flat=True).first():
        return HttpResponseRedirect(iri_to_uri(path_then) + moment.query)
    today = Edition.objects.live(at=moment.now).filter(article__in=stories).as_cards().first()
    if today is None:
        return None
    is_redacted = Edition.objects.live(at=moment.at).filter(article=today.article_id).exists()
    context = {"edition": today, "past": moment, "past_query": moment.query, "is_redacted": is_redacted}
    return render(request, "articles/past_missing.html", context, status=410 if is_redacted else 404)


def _choose(request, typed, refusals, *, now, status):
    """The page where a moment is chosen: what was wrong with the one asked for, and the oldest story there is."""
    moments = Edition.objects.live(at=now).order_by("published_at").values_list("published_at", flat=True)
    typed = typed if fits_a_field(typed) else ""
    context = {"typed": typed, "refusals": refusals, "oldest_at": moments.first()}
    return render(request, "articles/past_choose.html", context, status=status)
