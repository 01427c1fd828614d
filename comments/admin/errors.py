"""Errors that readers reported, and the desk's answers to them."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from articles.admin.desk import ReadOnlyAdmin
from articles.admin.publishing_pages import kept_under
from articles.models import Correction
from articles.models.edition import Change
from articles.times import moment_text
from comments.admin.filters import ChosenFilter
from comments.models import ANSWERS, AlreadyDecided, Answer, ErrorReport
from comments.plain_text import tidy

REOPEN = "reopen"
NOTE_LENGTH = ErrorReport._meta.get_field("answer").max_length
LISTED = 90  # characters of what a reader wrote

# What the publish page's fields begin with, and what they take of it at most.
_TAKEN_OVER = {
    "was": ("wrong", Correction._meta.get_field("was").max_length),
    "right": ("right", Correction._meta.get_field("now").max_length),
    "reported_by": ("name", Correction._meta.get_field("reported_by").max_length),
}


class AnswerFilter(ChosenFilter):
    """What waits. Without a choice it is what is open."""

    title = gettext_lazy("status")
    parameter_name = "status"
    at_first = Answer.OPEN
    EVERYTHING = "all"

    def lookups(self, request, model_admin):
        return [*Answer.choices, (self.EVERYTHING, _("All"))]

    def queryset(self, request, queryset):
        return queryset if self.value() == self.EVERYTHING else queryset.filter(status=self.value())


@admin.register(ErrorReport)
class ErrorReportAdmin(ReadOnlyAdmin):
    """What readers say is wrong. It is answered by a correction of the story, or by saying that there is no error."""

    list_display = ["what", "article", "when", "status"]
    list_filter = [AnswerFilter]
    list_select_related = ["article"]
    # No e-mail address, which would stand in the page's own.
    search_fields = ["wrong", "right", "name", "article__headline"]
    search_help_text = gettext_lazy("Search in words, names and headlines.")
    change_form_template = "admin/comments/errorreport/answer.html"

    def has_answer_permission(self, request):
        return request.user.has_perm("comments.answer_errorreport")

    def get_ordering(self, request):
        """What waits stands in the order it came in; what was answered with the newest first."""
        is_queue = request.GET.get(AnswerFilter.parameter_name, Answer.OPEN) == Answer.OPEN
        return ["reported_at", "pk"] if is_queue else ["-reported_at", "-pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("article", "answered_by")

    def pages(self):
        return {
            "answer": ("<int:pk>/answer/", self.answer_view),
            "correct": ("<int:pk>/correct/", self.correct_view),
            **super().pages(),
        }

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Reported errors"), **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        shown = {"title": _("Reported error"), "note_length": NOTE_LENGTH, "subtitle": None}
        shown["may_answer"] = self.has_answer_permission(request)
        return super().change_view(request, object_id, form_url, shown | (extra_context or {}))

    @method_decorator(require_POST)
    def answer_view(self, request, pk):
        """Where the buttons post to: `answer` is one of ANSWERS or "reopen", `note` is for the desk."""
        report = self._answerable(request, pk)
        answer, note = request.POST.get("answer", ""), tidy(request.POST.get("note", ""))[:NOTE_LENGTH]
        try:
            self._carry_out(report, answer, note, by=request.user)
        except AlreadyDecided as loss:
            sentence = _("This report had been dealt with already (%(what)s). Nothing was changed.")
            messages.warning(request, sentence % {"what": loss})
        except ValueError:
            messages.error(request, _("Choose an answer."))
        else:
            self.log_change(request, report, str(report.get_status_display()))
            messages.success(request, f"{report}: {report.get_status_display()}.")
        return _to("change", report.pk)

    @method_decorator(require_POST)
    def correct_view(self, request, pk):
        """Leads to the publish page of the story, which begins with what the reader wrote as a correction."""
        report = self._answerable(request, pk)
        taken = {name: getattr(report, field)[:limit] for name, (field, limit) in _TAKEN_OVER.items()}
        request.session[kept_under(report.article_id)] = {"change": Change.CORRECTION, **taken}
        sentence = _(
            "This page begins with what the reader wrote: put it into your own words. When the correction is "
            'on the site, <a href="{}">answer the report</a>.'
        )
        messages.info(request, format_html(sentence, reverse("admin:comments_errorreport_change", args=[pk])))
        return HttpResponseRedirect(reverse("admin:articles_article_publish", args=[report.article_id]))

    def _answerable(self, request, pk):
        if not self.has_answer_permission(request):
            raise PermissionDenied
        return get_object_or_404(ErrorReport.objects.select_related("article", "answered_by"), pk=pk)

    def _carry_out(self, report, answer, note, *, by):
        if answer == REOPEN:
            report.reopen()
        elif answer in ANSWERS:
            report.give_answer(answer, by=by, note=note)
        else:
            raise ValueError("This is no answer.")

    @admin.display(description=gettext_lazy("what is wrong"), ordering="wrong")
    def what(self, report):
        return Truncator(" ".join(report.wrong.split())).chars(LISTED)

    @admin.display(description=gettext_lazy("reported"), ordering="reported_at")
    def when(self, report):
        return moment_text(report.reported_at)


def _to(page, pk):
    return HttpResponseRedirect(reverse(f"admin:comments_errorreport_{page}", args=[pk]))
