"""Rules for people without accounts: the list, and the page that makes one from a comment."""

import datetime as dt

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from articles import times
from articles.admin.desk import ReadOnlyAdmin
from articles.times import moment_text
from comments import queues
from comments.models import AlreadyDecided, Comment, Effect, PersonRule, Trait, digests_of, domain_of

MOST_LOOKED_AT = 10_000  # of the newest comments, among which those of a domain are counted
DAY = dt.timedelta(days=1)
SPANS = {"day": DAY, "week": 7 * DAY, "month": 30 * DAY}


class PersonRuleForm(forms.Form):
    """What is to be done with whose comments, and how long. `comment` is the one that it is made from."""

    effect = forms.ChoiceField(
        label=gettext_lazy("What"), widget=forms.RadioSelect,
        choices=[
            (Effect.BAN, gettext_lazy("Block: comments go to spam, and their author is not told")),
            (Effect.HOLD, gettext_lazy("Always hold: every comment waits for a moderator, whatever the policy says")),
            (Effect.PUBLISH, gettext_lazy("Always publish: as soon as the author has proven the address")),
        ],
        error_messages={"required": gettext_lazy("Choose what to do.")},
    )  # fmt: skip
    trait = forms.ChoiceField(
        label=gettext_lazy("Whose comments"), widget=forms.RadioSelect, initial=Trait.ADDRESS,
        error_messages={"required": gettext_lazy("Choose whose comments.")},
    )  # fmt: skip
    until = forms.ChoiceField(
        label=gettext_lazy("Until when"), widget=forms.RadioSelect, initial="week",
        choices=[
            ("day", gettext_lazy("1 day")), ("week", gettext_lazy("1 week")), ("month", gettext_lazy("1 month")),
            ("ever", gettext_lazy("For good")),
        ],
        error_messages={"required": gettext_lazy("Choose until when.")},
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=PersonRule._meta.get_field("note").max_length,
        help_text=PersonRule._meta.get_field("note").help_text, strip=True,
    )  # fmt: skip

    def __init__(self, *args, comment, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        known = digests_of(email=comment.email, network=comment.network)
        reach = reach_of(comment)
        self.fields["trait"].choices = [(trait, reach[trait]) for trait in Trait if trait in known]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("effect") == Effect.PUBLISH and cleaned.get("trait", Trait.ADDRESS) != Trait.ADDRESS:
            raise ValidationError(_("Only one address can be published always. Choose the address."))
        return cleaned

    def expires_at(self, *, at):
        """When the rule ends by itself, None for never."""
        span = SPANS.get(self.cleaned_data["until"])
        return span and at + span


def reach_of(comment):
    """{Trait: in words how many comments a rule by it reaches} for the traits of that Comment: three queries."""
    of_address = (
        Comment.objects.filter(email_hash=comment.email_hash) if comment.email else Comment.objects.none()
    )
    of_network = Comment.objects.filter(network=comment.network)
    return {
        Trait.ADDRESS: _("The address %(address)s. Comments from it so far: %(count)s")
        % {"address": comment.email, "count": _bounded(of_address)},
        Trait.DOMAIN: _reach_of_domain(comment),
        Trait.NETWORK: _(
            "The network it came from, which many people may share. Comments from it so far: %(count)s"
        )
        % {"count": _bounded(of_network)},
    }


def _bounded(comments):
    """How many there are, as text; the database counts MOST_COUNTED and one more at most."""
    return queues.count_text(comments.order_by()[: queues.MOST_COUNTED + 1].count())


def _reach_of_domain(comment):
    """No index knows domains, so only the newest comments are looked at; a rule reaches all that come after."""
    domain = domain_of(comment.email)
    newest = Comment.objects.order_by("-pk").values("pk")[:MOST_LOOKED_AT]
    typed = comment.email.rpartition("@")[2]
    found = Comment.objects.filter(pk__in=newest, email__iendswith=f"@{typed}").aggregate(
        comments=Count("pk"), addresses=Count("email_hash", distinct=True)
    )
    sentence = ngettext(
        "Everybody at %(domain)s. Comments from this domain so far: %(comments)d, from %(addresses)d address",
        "Everybody at %(domain)s. Comments from this domain so far: %(comments)d, from %(addresses)d addresses",
        found["addresses"],
    )
    return sentence % (found | {"domain": domain})


class RunningFilter(admin.SimpleListFilter):
    """Rules that hold; the others on demand."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("all", _("All, with those that have ended"))]

    def choices(self, changelist):
        for value, title in [(None, _("In force")), *self.lookup_choices]:
            change = ({self.parameter_name: value}, []) if value else ({}, [self.parameter_name])
            query = changelist.get_query_string(*change)
            yield {"selected": self.value() == value, "query_string": query, "display": title}

    def queryset(self, request, queryset):
        return queryset if self.value() == "all" else queryset.running(at=times.now())


@admin.register(PersonRule)
class PersonRuleAdmin(ReadOnlyAdmin):
    """Rules for people. They are made from a comment, and ended; nothing else of them changes."""

    list_display = ["what", "trait", "note", "until", "made", "about", "ending"]
    list_display_links = ["what"]
    list_filter = [RunningFilter, "effect", "trait"]
    list_select_related = ["made_by", "ended_by", "comment"]
    search_fields = ["note"]
    search_help_text = gettext_lazy("Search in the notes.")
    fields = ["what", "trait", "note", "until", "made", "about", "ending"]

    def pages(self):
        return {
            "make": ("add-for/<int:pk>/", self.make_view),
            "end": ("<int:pk>/end/", self.end_view),
            **super().pages(),
        }

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Rules for people"), **(extra_context or {})})

    @admin.display(description=gettext_lazy("what"), ordering="effect")
    def what(self, rule):
        return rule.get_effect_display()

    @admin.display(description=gettext_lazy("until"), ordering="expires_at")
    def until(self, rule):
        return moment_text(rule.expires_at) if rule.expires_at else _("for good")

    @admin.display(description=gettext_lazy("made"), ordering="made_at")
    def made(self, rule):
        return _("%(who)s, %(when)s") % {"who": rule.made_by, "when": moment_text(rule.made_at)}

    @admin.display(description=gettext_lazy("from comment"))
    def about(self, rule):
        address = reverse("admin:comments_comment_change", args=[rule.comment_id])
        return format_html('<a href="{}">{}</a>', address, rule.comment)

    @admin.display(description=gettext_lazy("end"))
    def ending(self, rule):
        """The button that ends it; of one that has ended, by whom and when. It stands in a form of the admin's."""
        if rule.ended_at:
            words = {"who": rule.ended_by, "when": moment_text(rule.ended_at)}
            return _("Ended by %(who)s, %(when)s") % words
        if not rule.is_running(at=times.now()):
            return _("Ended by itself")
        return format_html(
            '<button type="submit" class="button" formmethod="post" formaction="{}" aria-label="{}">{}</button>',
            reverse("admin:comments_personrule_end", args=[rule.pk]),
            _("End now: %(rule)s") % {"rule": rule},
            _("End now"),
        )

    def make_view(self, request, pk):
        """Asks what to do with the author of this comment, by what they are known, and how long."""
        if not request.user.has_perm("comments.add_personrule"):
            raise PermissionDenied(_("Your account may not make rules for people. Ask a moderator to do it."))
        comment = get_object_or_404(Comment.objects.select_related("article"), pk=pk)
        initial = {"effect": request.GET.get("effect", Effect.BAN)}
        form = PersonRuleForm(request.POST or None, comment=comment, initial=initial)
        if request.method == "POST" and form.is_valid():
            return self._make(request, comment, form)
        context = self.admin_site.each_context(request) | {
            "title": _("Rule for a person"), "comment": comment, "form": form, "opts": self.opts,
            "media": self.media, "record": queues.record_of(comment), "rules": self._in_force_for(comment),
        }  # fmt: skip
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/comments/personrule/make.html", context, status=status)

    def _in_force_for(self, comment):
        rules = PersonRule.objects.in_force(email=comment.email, network=comment.network, at=times.now())
        return list(rules.select_related("made_by").order_by("-made_at", "-pk"))

    def _make(self, request, comment, form):
        now = times.now()
        wanted = {name: form.cleaned_data[name] for name in ("effect", "trait", "note")}
        rule = PersonRule.objects.make(
            comment, by=request.user, expires_at=form.expires_at(at=now), at=now, **wanted
        )
        words = {"rule": rule, "until": self.until(rule)}
        self.log_addition(request, rule, _("%(rule)s, until: %(until)s.") % words)
        messages.success(request, _("From now on: %(rule)s, until: %(until)s.") % words)
        return HttpResponseRedirect(reverse("admin:comments_comment_change", args=[comment.pk]))

    @method_decorator(require_POST)
    def end_view(self, request, pk):
        """Ends a rule, and says so when somebody else was faster."""
        if not request.user.has_perm("comments.change_personrule"):
            raise PermissionDenied(_("Your account may not end rules for people. Ask a moderator to do it."))
        rule = get_object_or_404(PersonRule, pk=pk)
        try:
            rule.end(by=request.user)
        except AlreadyDecided as loss:
            sentence = _("This rule had ended already: %(loss)s. Nothing was changed.")
            messages.warning(request, sentence % {"loss": loss})
        else:
            self.log_change(request, rule, _("Ended."))
            messages.success(
                request, _("Ended: %(rule)s. What it did to comments so far stays as it is.") % {"rule": rule}
            )
        return HttpResponseRedirect(reverse("admin:comments_personrule_changelist"))
