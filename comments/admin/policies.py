"""Policies for comments, and the page that pauses comments for a bad night."""

import datetime as dt
import re
import unicodedata
from urllib.parse import unquote, urlsplit

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import times
from articles.admin.desk import DeskAdmin
from articles.forms import DeskTimeField, number_of
from articles.models import Article, Section
from articles.times import moment_text
from comments.models import Mode, Policy
from comments.policies import DEFAULTS, in_force, inherited_by, worded
from comments.stories import once_live, with_headline

MORNING = dt.time(8, 0)
_STORY = re.compile(r"/\d{4}/\d{2}/\d{2}/[^/]+/")


class StoryField(forms.CharField):
    """A story by the address of its page, or of one below it; also by its number, as the story's form sends it."""

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        article = self._named(text)
        if article is None:
            raise ValidationError(
                _("No story has this address. Copy it from your browser, on the story’s page.")
            )
        return article

    def prepare_value(self, value):
        """The address where a number is given and the story has one."""
        number = number_of(str(value or ""))
        edition = number and once_live(at=times.now()).filter(article=number).first()
        return edition.path if edition else value

    def _named(self, text):
        number = number_of(text)
        if number is not None:
            return Article.objects.filter(pk=number).first()
        found = _STORY.match(unicodedata.normalize("NFC", unquote(_path_of(text))))
        edition = found and once_live(at=times.now()).filter(path=found[0]).first()
        return edition and edition.article


def _path_of(address):
    try:
        return urlsplit(address).path
    except ValueError:  # a bracket that is not closed
        return ""


class PolicyForm(forms.ModelForm):
    """A policy, each field of which may be left empty; what then holds stands beside it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        as_inherited = _("As inherited")
        if "mode" in self.fields:
            self.fields["mode"].choices = [("", as_inherited), *Mode.choices]
            choices = [("unknown", as_inherited), ("true", _("Asked for")), ("false", _("Not asked for"))]
            self.fields["asks_proof"].widget.choices = choices
            inherited = inherited_by(self.instance, at=times.now())
            for name in DEFAULTS:
                self._say_what_is_inherited(self.fields[name], inherited.sentence(name))

    def _say_what_is_inherited(self, field, sentence):
        # The admin prints help texts as they are, and the sentence holds the names of sections.
        empty = _("Left empty, it is as now inherited: “%(sentence)s”") % {"sentence": sentence}
        field.help_text = format_html("{} {}", field.help_text, empty)


class NewPolicyForm(PolicyForm):
    """A policy to be made, with the place that it will be of."""

    article = StoryField(
        label=gettext_lazy("Story"), required=False,
        help_text=gettext_lazy(
            "The address of its page. Leave section, coverage and story empty for the whole site."
        ),
    )  # fmt: skip


@admin.register(Policy)
class PolicyAdmin(DeskAdmin):
    form = PolicyForm
    list_display = ["of_place", "appearing", "closing", "pause", "proof", "reports"]
    list_select_related = ["section", "coverage"]
    places = ["section", "coverage", "article"]

    def pages(self):
        return {"pause": ("pause/", self.pause_view), **super().pages()}

    def get_queryset(self, request):
        """Policies with the `headline` of their story as readers know it; moderators see no working copy."""
        return with_headline(super().get_queryset(request), at=times.now())

    def get_fieldsets(self, request, obj=None):
        rules = ["mode", "trusted_after", "close_after_days", "paused_until", "asks_proof", "reports_to_hold"]
        place = (_("Of what"), {"fields": ["of_place"] if obj else self.places})
        return [place, (_("What holds there"), {"fields": rules})]

    def get_readonly_fields(self, request, obj=None):
        return ["of_place"] if obj else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(
            request, obj, change, **({"form": NewPolicyForm} if obj is None else {}) | kwargs
        )

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("section", "coverage"):
            field.widget.can_add_related = field.widget.can_change_related = field.widget.can_view_related = (
                False
            )
            field.widget.can_delete_related = False
            field.empty_label = "—"
        return field

    def changelist_view(self, request, extra_context=None):
        now = times.now()
        of_site = in_force(Policy.objects.reaching(), published_at=None, at=now)
        shown = {"title": _("Policies for comments"), "of_site": of_site}
        return super().changelist_view(request, shown | (extra_context or {}))

    # The list, as sentences.

    @admin.display(description=gettext_lazy("of"))
    def of_place(self, policy):
        headline = getattr(policy, "headline", None)
        return _("the story “%(headline)s”") % {"headline": headline} if headline else policy.place

    @admin.display(description=gettext_lazy("who appears"))
    def appearing(self, policy):
        if policy.mode == Mode.TRUSTED and policy.trusted_after:
            return worded("trusted_after", policy.trusted_after)
        return _said(policy, "mode")

    @admin.display(description=gettext_lazy("closing"))
    def closing(self, policy):
        return _said(policy, "close_after_days")

    @admin.display(description=gettext_lazy("pause"))
    def pause(self, policy):
        is_paused = policy.paused_until and policy.paused_until > times.now()
        return worded("paused_until", policy.paused_until) if is_paused else "—"

    @admin.display(description=gettext_lazy("proof"))
    def proof(self, policy):
        return _said(policy, "asks_proof")

    @admin.display(description=gettext_lazy("reports"))
    def reports(self, policy):
        return _said(policy, "reports_to_hold")

    # Pausing.

    def pause_view(self, request):
        """Asks until when comments are paused, and where; ends pauses. Both are plain posts."""
        if not self.has_change_permission(request):
            raise PermissionDenied(_("Your account may not pause comments. Ask a moderator to do it."))
        now = times.now()
        form = PauseForm(None if "resume" in request.POST else request.POST or None, at=now)
        if "resume" in request.POST:
            return self._resume(request)
        if request.method == "POST" and form.is_valid():
            return self._pause(request, form)
        context = self.admin_site.each_context(request) | {
            "title": _("Pause comments"), "form": form, "opts": self.opts, "media": self.media,
            "pauses": [(policy, self.of_place(policy)) for policy in self._paused(request, at=now)],
        }  # fmt: skip
        status = 200 if not form.errors else 422
        return TemplateResponse(request, "admin/comments/policy/pause.html", context, status=status)

    def _paused(self, request, *, at):
        return self.get_queryset(request).paused(at=at).select_related("section", "coverage")

    def _pause(self, request, form):
        policy = Policy.objects.pause(section=form.cleaned_data["where"], until=form.until)
        words = {"place": self.of_place(policy), "when": moment_text(form.until)}
        self.log_change(request, policy, _("Paused until %(when)s.") % words)
        messages.success(request, _("Comments are paused until %(when)s: %(place)s.") % words)
        return HttpResponseRedirect(reverse("admin:comments_policy_pause"))

    def _resume(self, request):
        number = number_of(request.POST["resume"])
        policy = get_object_or_404(self.get_queryset(request), pk=number)
        words = {"place": self.of_place(policy)}
        if policy.resume():
            self.log_change(request, policy, _("The pause was ended."))
            messages.success(request, _("The pause has ended: %(place)s.") % words)
        else:
            messages.warning(request, _("Comments were not paused any more: %(place)s.") % words)
        return HttpResponseRedirect(reverse("admin:comments_policy_pause"))


def _said(policy, field):
    value = getattr(policy, field)
    return "—" if value in (None, "") else worded(field, value)


class PauseForm(forms.Form):
    """Where comments are paused, and until when: bound and valid it knows `until`, an aware moment."""

    HOUR, NEXT_MORNING, OWN = "hour", "morning", "own"

    until_when = forms.ChoiceField(
        label=gettext_lazy("Until when"), widget=forms.RadioSelect, initial=NEXT_MORNING,
        error_messages={"required": gettext_lazy("Choose until when.")},
    )  # fmt: skip
    own_time = DeskTimeField(label=gettext_lazy("Another time"), required=False)
    where = forms.ModelChoiceField(
        Section.objects.all(), label=gettext_lazy("Where"), required=False,
        empty_label=gettext_lazy("The whole site"),
    )  # fmt: skip

    def __init__(self, *args, at, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.at = at
        self.ends = {self.HOUR: at + dt.timedelta(hours=1), self.NEXT_MORNING: next_morning(at)}
        self.fields["until_when"].choices = [
            (self.HOUR, _("1 hour, until %(when)s") % {"when": moment_text(self.ends[self.HOUR])}),
            (
                self.NEXT_MORNING,
                _("Until the morning, %(when)s") % {"when": moment_text(self.ends[self.NEXT_MORNING])},
            ),
            (self.OWN, _("Until another time:")),
        ]

    @property
    def until(self):
        return self.ends.get(self.cleaned_data["until_when"]) or self.cleaned_data["own_time"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("until_when") != self.OWN or "own_time" in self.errors:
            return cleaned
        own = cleaned.get("own_time")
        if own is None:
            self.add_error("own_time", _("Enter the day and time at which comments open again."))
        elif own <= self.at:
            self.add_error("own_time", _("This time has passed. Enter a later one."))
        return cleaned


def next_morning(at):
    """The next time that it is 8:00 at the desk after that moment, aware."""
    local = timezone.localtime(at, timezone.get_default_timezone())
    day = local.date() + dt.timedelta(days=local.time() >= MORNING)
    return dt.datetime.combine(day, MORNING, tzinfo=local.tzinfo)
