"""Moderation in the admin: every button is a plain form post, and what is decided is also logged.

Visitors' words are shown whole and never changed here; templates escape them like everything else.
"""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Prefetch, Subquery
from django.forms import CharField
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from articles.admin.desk import ReadOnlyAdmin
from articles.models import Edition
from comments.models import AlreadyDecided, Comment, Decision, Reason, Status

APPROVE, SPAM = "approve", "spam"

# What a moderator can decide: the value that a button or the list of actions sends, and its words.
DECISIONS: dict[str, object] = {
    APPROVE: gettext_lazy("Approve"),
    **{reason: format_lazy("{}: {}", gettext_lazy("Reject"), reason.label) for reason in Reason},
    SPAM: gettext_lazy("Spam"),
}


class DecisionRefused(ValueError):
    """What was sent is no decision as it stands; the message says what to do."""


def decide(comment, decision, *, by, seen, reason_text=""):
    """Carries out one of DECISIONS on the comment, as somebody who saw `seen` lines of its log (a number as text).

    Raises DecisionRefused, and AlreadyDecided when the comment has moved on since.
    """
    if seen is not None and seen != str(comment.decision_count):
        raise AlreadyDecided(comment.last_word())
    if decision == APPROVE:
        return comment.approve(by=by)
    if decision == SPAM:
        return comment.mark_spam(by=by)
    if decision not in Reason.values:
        raise DecisionRefused(_("Choose what to do with the comment."))
    if decision != Reason.OTHER:
        return comment.reject(by=by, reason=decision)
    if not reason_text.strip():
        raise DecisionRefused(_("Write your own reason first. The author of the comment can read it."))
    return comment.reject(by=by, reason=decision, reason_text=reason_text[:REASON_LENGTH])


REASON_LENGTH = Decision._meta.get_field("reason_text").max_length


def _action(decision):
    """The action of the list that takes this decision about every comment ticked."""

    @admin.action(description=DECISIONS[decision], permissions=["moderate"])
    def act(modeladmin, request, _listed):
        modeladmin.decide_selected(request, decision)

    act.__name__ = f"decide_{decision}"
    return act


class StatusFilter(admin.SimpleListFilter):
    """The queues. Without a choice it is the one that waits for somebody."""

    title = gettext_lazy("status")
    parameter_name = "status"
    EVERYTHING = "all"

    def lookups(self, request, model_admin):
        return [*Status.choices, (self.EVERYTHING, _("All"))]

    def value(self):
        chosen = super().value()
        return chosen if chosen in dict(self.lookup_choices) else Status.PENDING

    def choices(self, changelist):
        for value, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": query, "display": title}

    def queryset(self, request, queryset):
        return queryset if self.value() == self.EVERYTHING else queryset.filter(status=self.value())


class SelectedForm(ActionForm):
    reason_text = CharField(
        label=gettext_lazy("Own reason, for “Other”:"), required=False, max_length=REASON_LENGTH
    )


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    fields = ()
    list_filter = [StatusFilter]
    search_fields = ["name", "email", "text"]
    search_help_text = gettext_lazy("Search in names, e-mail addresses and words.")
    list_per_page = 50
    actions = [_action(decision) for decision in DECISIONS]
    action_form = SelectedForm
    actions_selection_counter = False  # the selection is what is ticked on this page

    class Media:
        css = {"all": ["css/moderation.css"]}

    def has_moderate_permission(self, request):
        return request.user.has_perm("comments.moderate_comment")

    def has_view_permission(self, request, obj=None):
        return self.has_moderate_permission(request)

    def get_queryset(self, request):
        """Comments with their logs, and with `headline` and `path` of their story as readers know it.

        Moderators need not see what the desk is writing, so no word of a working copy stands here.
        """
        now = timezone.now()
        log = Decision.objects.select_related("by").order_by("number")
        once = Edition.objects.filter(article=OuterRef("article"), live_from__lte=now).order_by("-number")
        live = Edition.objects.live(at=now).filter(article=OuterRef("article"))
        return (
            super()
            .get_queryset(request)
            .select_related("parent")
            .prefetch_related(Prefetch("decisions", log))
            .annotate(headline=Subquery(once.values("headline")[:1]), path=Subquery(live.values("path")[:1]))
        )

    def get_ordering(self, request):
        """What waits stands in the order it came in; what is decided with the newest first."""
        is_queue = request.GET.get(StatusFilter.parameter_name, Status.PENDING) == Status.PENDING
        return ["posted_at", "pk"] if is_queue else ["-posted_at", "-pk"]

    def pages(self):
        return {"decide": ("<int:pk>/decide/", self.decide_view), **super().pages()}

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {**_BUTTONS, "title": _("Comments"), **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return super().change_view(request, object_id, form_url, {**_BUTTONS, **(extra_context or {})})

    @method_decorator(require_POST)
    def decide_view(self, request, pk):
        """Where the buttons beside one comment post to; leads back to the page they stood on."""
        if not self.has_moderate_permission(request):
            raise PermissionDenied
        comment = get_object_or_404(Comment, pk=pk)
        reason_text = request.POST.get(f"reason_text_{pk}", "")
        self._decide_one(request, comment, request.POST.get("decision", ""), reason_text)
        if "_from" in request.GET:
            return HttpResponseRedirect(reverse("admin:comments_comment_change", args=[pk]))
        changelist = reverse("admin:comments_comment_changelist")
        return HttpResponseRedirect(f"{changelist}?{request.GET.urlencode()}")

    def decide_selected(self, request, decision):
        """Takes the same decision about every comment ticked, and says of each that it came too late for."""
        ticked = Comment.objects.filter(pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME)).order_by("pk")
        own = request.POST.get("reason_text", "")
        done = sum(self._decide_one(request, comment, decision, own, is_quiet=True) for comment in ticked)
        if done:
            sentence = ngettext("%(count)d comment: %(what)s.", "%(count)d comments: %(what)s.", done)
            messages.success(request, sentence % {"count": done, "what": DECISIONS[decision]})

    def _decide_one(self, request, comment, decision, reason_text, *, is_quiet=False):
        seen = request.POST.get(f"seen_{comment.pk}")
        try:
            line = decide(comment, decision, by=request.user, seen=seen, reason_text=reason_text)
        except DecisionRefused as refusal:
            messages.error(request, str(refusal))
        except AlreadyDecided as loss:
            sentence = _("%(comment)s had been decided already: %(decision)s. Nothing was changed.")
            messages.warning(request, sentence % {"comment": comment, "decision": loss})
        else:
            if not is_quiet:
                messages.success(request, f"{comment}: {line.get_to_status_display()}.")
            return True
        return False


_BUTTONS = {
    "reasons": [reason for reason in Reason if reason != Reason.OTHER],
    "reason_length": REASON_LENGTH,
}
