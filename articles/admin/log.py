"""The desk's log, to be looked at: the verbs write it, nobody changes it."""

import datetime as dt

from django.contrib import admin
from django.utils.translation import gettext_lazy

from articles.admin.desk import ReadOnlyAdmin
from articles.models import DeskLogLine
from articles.times import moment_text

# What the moment is that the note of such a line begins with.
_MOMENTS = {
    DeskLogLine.Action.SCHEDULED: gettext_lazy("For %(when)s."),
    DeskLogLine.Action.PLAN_CANCELLED: gettext_lazy("It was planned for %(when)s."),
    DeskLogLine.Action.SHARED: gettext_lazy("It works until %(when)s."),
    DeskLogLine.Action.UNSHARED: gettext_lazy("It was made on %(when)s."),
}
# What is done beside a story's way through review.
_ASIDE = frozenset({
    DeskLogLine.Action.SHARED, DeskLogLine.Action.UNSHARED, DeskLogLine.Action.WAVED_OFF,
    DeskLogLine.Action.BROUGHT_BACK, DeskLogLine.Action.REDACTED,
})  # fmt: skip


def readable_note(line):
    """The note of a line of the log; a moment at its start, which plans and links carry, as people read it."""
    first, _space, rest = line.note.partition(" ")
    try:
        moment = dt.datetime.fromisoformat(first)
    except ValueError:
        return line.note
    if not moment.tzinfo:
        return line.note
    when = str(_MOMENTS.get(line.action, "%(when)s")) % {"when": moment_text(moment)}
    return f"{when} {rest}".strip()


def lines_of(article, *, most):
    """[(line, its note as people read it)] of a story's log, the newest first."""
    return [(line, readable_note(line)) for line in article.log_lines.select_related("by")[:most]]


def sent_back(lines):
    """Of such a list the line that sent the story back, with its note; None where it has gone on since."""
    newest = next((pair for pair in lines if pair[0].action not in _ASIDE), None)
    return newest if newest and newest[0].action == DeskLogLine.Action.SENT_BACK else None


@admin.register(DeskLogLine)
class DeskLogAdmin(ReadOnlyAdmin):
    list_display = ["when", "who", "action", "article", "what_was_noted"]
    list_display_links = ["when"]
    list_filter = ["action"]
    list_select_related = ["by", "article"]
    search_fields = ["article__headline", "note"]
    search_help_text = gettext_lazy("Search in headlines and notes.")
    fields = ["when", "who", "action", "article", "what_was_noted"]

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def when(self, line):
        return moment_text(line.at)

    @admin.display(description=gettext_lazy("who"))
    def who(self, line):
        return line.by

    @admin.display(description=gettext_lazy("note"))
    def what_was_noted(self, line):
        return readable_note(line) or "—"
