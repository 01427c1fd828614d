"""The moderation queue in the admin: every button is a plain form post, and what is decided is also logged.

The same posts are sent by the page's script (static/desk/moderation.js), which asks for the answer as JSON.
Visitors' words are shown whole and never changed here; templates escape them like everything else.
"""

from dataclasses import replace
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from articles.admin.desk import ReadOnlyAdmin
from articles.forms import number_of
from comments import moderating, queues
from comments.models import Comment, QueueTally, Reason
from comments.plain_text import is_blank
from comments.queues import Order, Queue, Wish

LIST = "admin:comments_comment_changelist"
CHOICES = {
    "reasons": [reason for reason in Reason if reason != Reason.OTHER],
    "reason_length": moderating.REASON_LENGTH,
}


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    fields = ()

    class Media:
        css = {"all": ["css/moderation.css"]}

    def has_moderate_permission(self, request):
        return request.user.has_perm("comments.moderate_comment")

    def has_view_permission(self, request, obj=None):
        return self.has_moderate_permission(request)

    def get_queryset(self, request):
        return queues.with_context(super().get_queryset(request))

    def pages(self):
        return {
            "find": ("find/", self.find_view),
            "decide": ("decide/", self.decide_view),
            "news": ("news/", self.news_view),
            "keys": ("keys/", self.keys_view),
            "author": ("<int:pk>/author/", self.author_view),
            **super().pages(),
        }

    @method_decorator(require_safe)
    def changelist_view(self, request, extra_context=None):
        """A page of a queue. Query: that of a Wish, and `author`, whose record to show."""
        self._expect_moderator(request)
        wish = Wish.from_query(request.GET)
        page = queues.page_of(wish)
        counts, paused_until = queues.overview()
        shown = _chosen(page.comments, request.GET.get("author"))
        context = {
            **self.admin_site.each_context(request),
            **CHOICES,
            "title": _("Comments"),
            "opts": self.opts,
            "media": self.media,
            "page": page,
            "drawn": {},
            "wish": wish,
            "is_cut": queues.is_cut(wish, counts),
            "tabs": _tabs(wish, counts),
            "paused_until": paused_until,
            "orders": _orders(wish),
            "newest": shown.newest if shown else 0,
            "query": f"?{_query(wish)}",
            "beginning": f"?{_query(replace(wish, after=None))}",
            "author": queues.author_of(shown) if shown else None,
            "done": queues.last_done(by=request.user),
        }
        return TemplateResponse(request, "admin/comments/comment/queue.html", context)

    @method_decorator(require_POST)
    def find_view(self, request):
        """Leads to what the fields above the queue ask for: what was typed there may be somebody's e-mail address."""
        self._expect_moderator(request)
        return HttpResponseRedirect(f"{reverse(LIST)}?{_query(Wish.from_query(request.POST))}")

    def render_change_form(self, request, context, obj=None, **kwargs):
        """The record of one comment, with its log and what is known of its author."""
        context |= CHOICES | {"author": queues.author_of(obj)}
        return super().render_change_form(request, context, obj=obj, **kwargs)

    @method_decorator(require_POST)
    def decide_view(self, request):
        """Where all buttons post to: `do` is "verb:number", `bulk` a verb for what is ticked, `undo` a number.

        Leads back to the page the button stood on; whoever asks for JSON gets what became of each comment.
        """
        self._expect_moderator(request)
        try:
            outcomes, refusal = _done(request), ""
        except moderating.Refused as error:
            outcomes, refusal = [], str(error)
        if _wants_json(request):
            return JsonResponse(_as_data(request, outcomes, refusal), status=422 if refusal else 200)
        _tell(request, outcomes, refusal)
        if "_from" in request.GET:
            return HttpResponseRedirect(_record_of(request.GET["_from"]))
        return HttpResponseRedirect(f"{reverse(LIST)}?{request.GET.urlencode()}")

    @method_decorator(require_safe)
    def news_view(self, request):
        """JSON for a page that lies open: how many came since `since`, what was decided elsewhere of `seen`.

        `seen` is "number.lines,…" of the cards on the page.
        """
        self._expect_moderator(request)
        wish = Wish.from_query(request.GET)
        since = number_of(request.GET.get("since", "")) or 0
        new = queues.arrived(wish.queue, since=since)
        said = ngettext("%(count)d new comment", "%(count)d new comments", new) % {"count": new}
        seen = _seen_in(request.GET.get("seen", ""))
        moved = queues.moved_on(seen) if seen else {}
        return JsonResponse({"new": new, "said": said, "moved": moved, "counts": QueueTally.objects.counts()})

    @method_decorator(require_POST)
    def keys_view(self, request):
        """Switches the single keys on or off for this account."""
        self._expect_moderator(request)
        request.user.has_keyboard_shortcuts = request.POST.get("keys") == "on"
        request.user.save(update_fields=["has_keyboard_shortcuts"])
        if _wants_json(request):
            return HttpResponse(status=204)
        words = _("Single keys are on.") if request.user.has_keyboard_shortcuts else _("Single keys are off.")
        messages.success(request, words)
        return HttpResponseRedirect(f"{reverse(LIST)}?{request.GET.urlencode()}")

    @method_decorator(require_safe)
    def author_view(self, request, pk):
        """What is known of the author of a comment: the part of the queue's page beside its cards."""
        self._expect_moderator(request)
        author = queues.author_of(get_object_or_404(Comment, pk=pk))
        return render(request, "admin/comments/comment/_author.html", {"author": author})

    def _expect_moderator(self, request):
        if not self.has_moderate_permission(request):
            raise PermissionDenied


# --- what the page shows


def _chosen(comments, number):
    """Whose record stands beside the cards: that of the comment chosen, or of the first."""
    by_number = {str(comment.pk): comment for comment in comments}
    return by_number.get(number) or next(iter(comments), None)


def _tabs(wish, counts):
    waiting = (Queue.PENDING, Queue.REPORTED, Queue.SPAM)
    return [
        {
            "queue": queue,
            "query": f"?{urlencode({'queue': queue.value})}",
            "is_here": queue == wish.queue,
            "count": counts[queue] if queue in waiting else None,
        }
        for queue in Queue
    ]


def _orders(wish):
    return [{"label": order.label, "value": order.value, "is_here": order == wish.order} for order in Order]


def _query(wish):
    """The wish as an address says it, so that a decision leads back to the same page."""
    given = {
        "queue": wish.queue.value,
        "order": wish.order.value,
        "q": wish.words,
        "sender": wish.sender,
        "article": wish.article,
        "after": wish.after,
    }
    return urlencode({name: value for name, value in given.items() if value})


# --- what was asked for


def _done(request):
    """The Outcomes of what a button asked for. Raises Refused."""
    post = request.POST
    if "undo" in post:
        return _undone(request, post["undo"])
    if "bulk" in post:
        numbers, verb = post.getlist(ACTION_CHECKBOX_NAME), post["bulk"]
        own, words = post.get("reason_text", ""), ""
    else:
        verb, _colon, number = post.get("do", "").partition(":")
        numbers, own, words = (
            [number],
            post.get(f"reason_text_{number}", ""),
            post.get(f"words_{verb}_{number}", ""),
        )
    seen = {pk: post.get(f"seen_{pk}") for number in numbers if (pk := number_of(number))}
    if not seen:
        raise moderating.Refused(_("Select the comments first, then say what to do with them."))
    return moderating.decide_many(verb, by=request.user, seen=seen, own_reason=own, words=words)


def _undone(request, number):
    """Takes back what was done last, if it is still what the page said it was."""
    lines = queues.last_done(by=request.user)
    if number not in {str(line.pk) for line in lines}:
        raise moderating.Refused(_("There is nothing left to undo here. Decide anew on the comment’s page."))
    return moderating.undo_many(lines, by=request.user)


def _typed_in(post):
    """What somebody wrote beside the button that they pressed: an answer, words to blank, or a reason; or ""."""
    verb, _colon, number = post.get("do", "").partition(":")
    names = {Reason.OTHER: f"reason_text_{number}"}
    name = "reason_text" if post.get("bulk") == Reason.OTHER else names.get(verb, f"words_{verb}_{number}")
    typed = post.get(name, "").strip()
    return "" if is_blank(typed) else typed


def _seen_in(text):
    """{number: lines} out of "number.lines,…"."""
    pairs = (part.partition(".") for part in text.split(","))
    found = {number_of(number): number_of(lines) for number, _dot, lines in pairs}
    return {number: lines for number, lines in found.items() if number is not None and lines is not None}


def _wants_json(request):
    return request.headers.get("Accept") == "application/json"


def _as_data(request, outcomes, refusal):
    last = queues.last_done(by=request.user)
    return {
        "said": moderating.summary(outcomes),
        "refusal": refusal,
        "outcomes": {
            each.number: {"said": each.said, "isDone": each.is_done, "lines": each.lines} for each in outcomes
        },
        "undo": last[0].pk if last else None,
        "counts": QueueTally.objects.counts(),
    }


def _tell(request, outcomes, refusal):
    if refusal:
        messages.error(request, refusal)
    for outcome in outcomes:
        if outcome.is_late:
            sentence = _("%(comment)s had been decided already: %(decision)s. Nothing was changed.")
            messages.warning(request, sentence % {"comment": outcome.about, "decision": outcome.said})
    if said := moderating.summary(outcomes):
        messages.success(request, said)
    elif typed := _typed_in(request.POST):
        messages.info(request, _("You had written: “%(words)s”") % {"words": typed})


def _record_of(number):
    if number_of(number) is None:
        raise Http404("A comment has a number.")
    return reverse("admin:comments_comment_change", args=[number])
