"""The moderation log: read, never changed."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.desk import ReadOnlyAdmin
from comments.admin.figures import OwnFigures
from comments.models import Decision

LOG_COLUMNS = ["when", "who", "what", "change", "why", "about"]


@admin.register(Decision)
class DecisionAdmin(OwnFigures, ReadOnlyAdmin):
    list_display = [*LOG_COLUMNS]
    list_filter = ["action", "to_status", "reason", "decided_at"]
    list_select_related = ["by", "comment", "undoes__by"]
    search_fields = ["=by__username", "comment__name", "reason_text", "rule"]
    fields = [*LOG_COLUMNS, "verdict", "text_hash"]

    def changelist_view(self, request, extra_context=None):
        shown = {
            "title": _("Decisions"),
            "may_moderate": request.user.has_perm("comments.moderate_comment"),
        }
        return super().changelist_view(request, shown | (extra_context or {}))

    @admin.display(description=gettext_lazy("when"), ordering="decided_at")
    def when(self, line):
        return line.when

    @admin.display(description=gettext_lazy("who"), ordering="by")
    def who(self, line):
        return line.decided_by

    @admin.display(description=gettext_lazy("what"), ordering="action")
    def what(self, line):
        """What was done, and of an undoing the line that it takes back."""
        if not line.undoes_id:
            return line.get_action_display()
        address = reverse("admin:comments_decision_change", args=[line.undoes_id])
        return format_html('{}: <a href="{}">{}</a>', line.get_action_display(), address, line.undoes)

    @admin.display(description=gettext_lazy("status"))
    def change(self, line):
        before, after = line.get_from_status_display(), line.get_to_status_display()
        return after if before == after else f"{before} → {after}"

    @admin.display(description=gettext_lazy("reason"), empty_value="—")
    def why(self, line):
        return ": ".join(filter(None, [line.get_reason_display(), line.reason_text]))

    @admin.display(description=gettext_lazy("comment"), ordering="comment")
    def about(self, line):
        address = reverse("admin:comments_comment_change", args=[line.comment_id])
        return format_html('<a href="{}">{}</a>', address, line.comment)
