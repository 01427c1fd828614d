"""Readers tell the desk: that a comment should not be there, that something in a story is wrong.

Small uncached pages like that of a reply. What others reported shows in none of them.
"""

import math

from django.shortcuts import render
from django.utils.translation import gettext_lazy, ngettext

from articles import times
from comments.guards import is_foreign
from comments.models import AlreadyDecided, Comment
from comments.network import network_of
from comments.posting import TooMany
from comments.report_forms import ErrorForm, ReportForm
from comments.reporting import has_reported, report_comment, report_error
from comments.views import HttpResponseSeeOther, under_a_live_story

THANKS, AGAIN = "thanks", "again"  # what `sent` says in the address of the page after a report


_FOREIGN = gettext_lazy("This was sent from another site. What you wrote is below; send it again from here")


@under_a_live_story
def report(request, edition, *, number):
    """The page that reports a public comment (GET), and where its form posts to. `?sent=` thanks for it."""
    sent = request.GET.get("sent")
    if request.method != "POST" and sent in (THANKS, AGAIN):
        context = {"edition": edition, "is_again": sent == AGAIN}
        return render(request, "comments/reported.html", context)
    comment = Comment.objects.find_public(str(number), article=edition.article_id)
    if comment is None:
        return _gone(request, edition, number)
    if request.method != "POST":
        return _report_page(request, edition, comment, ReportForm(), status=200)
    return _reported(request, edition, comment)


def _reported(request, edition, comment):
    form = ReportForm(request.POST)
    if problem := _problem_of(request, form):
        return _report_page(request, edition, comment, form, status=problem)
    try:
        is_new = report_comment(form, comment, edition, network=network_of(request), at=times.now())
    except TooMany as refusal:
        form.add_error(None, _wait(refusal.seconds))
        return _later(_report_page(request, edition, comment, form, status=429), refusal.seconds)
    except AlreadyDecided:
        return _gone(request, edition, comment.pk)
    return HttpResponseSeeOther(f"{request.path}?sent={THANKS if is_new else AGAIN}")


def _gone(request, edition, number):
    """What is not on the site cannot be reported. Whose own report was the last one to come is thanked again."""
    if request.method == "POST":
        row = Comment.objects.numbered(str(number), article=edition.article_id)
        if row and has_reported(row, network=network_of(request)):
            return HttpResponseSeeOther(f"{request.path}?sent={AGAIN}")
    return render(request, "comments/nothing_to_report.html", {"edition": edition}, status=404)


def _report_page(request, edition, comment, form, *, status):
    context = {"edition": edition, "comment": comment, "form": form}
    return render(request, "comments/report.html", context, status=status)


@under_a_live_story
def error(request, edition):
    """The page that reports an error in the story (GET), and where its form posts to. `?sent=` thanks for it."""
    if request.method != "POST":
        if request.GET.get("sent") == THANKS:
            return render(request, "comments/error_reported.html", {"edition": edition})
        return _error_page(request, edition, ErrorForm(), status=200)
    form = ErrorForm(request.POST)
    if problem := _problem_of(request, form):
        return _error_page(request, edition, form, status=problem)
    try:
        report_error(form, edition, network=network_of(request), at=times.now())
    except TooMany as refusal:
        form.add_error(None, _wait(refusal.seconds))
        return _later(_error_page(request, edition, form, status=429), refusal.seconds)
    return HttpResponseSeeOther(f"{request.path}?sent={THANKS}")


def _error_page(request, edition, form, *, status):
    return render(request, "comments/report_error.html", {"edition": edition, "form": form}, status=status)


def _problem_of(request, form):
    """The status of a refusal, 0 where there is none. The form then has a sentence for it."""
    form.full_clean()
    if is_foreign(request):
        form.add_error(None, _FOREIGN)
        return 403
    return 0 if form.is_valid() else 422


def _wait(seconds):
    minutes = math.ceil(seconds / 60)
    sentence = ngettext(
        "You have sent many reports. Wait %(minutes)d minute before you send another one",
        "You have sent many reports. Wait %(minutes)d minutes before you send another one",
        minutes,
    )
    return sentence % {"minutes": minutes}


def _later(response, seconds):
    response.headers["Retry-After"] = str(seconds)
    return response
