"""Mail about comments: what could not be sent, and what each person of the desk wants to be told."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles import times
from articles.admin.desk import ReadOnlyAdmin
from articles.times import zone_name
from comments.admin.filters import ChosenFilter
from comments.models import DeskMail, Letter

GIVEN_UP, WAITING, SENT = "given_up", "waiting", "sent"


class StateFilter(ChosenFilter):
    """What became of letters. Without a choice those that somebody may have to do something about."""

    title = gettext_lazy("state")
    parameter_name = "state"
    at_first = GIVEN_UP
    STATES = {
        GIVEN_UP: gettext_lazy("Given up"),
        WAITING: gettext_lazy("Waiting"),
        SENT: gettext_lazy("Sent"),
    }

    def lookups(self, request, model_admin):
        return list(self.STATES.items())

    def queryset(self, request, queryset):
        if self.value() == WAITING:
            return queryset.waiting()
        return queryset.exclude(sent_at=None) if self.value() == SENT else queryset.given_up()


class DeskMailForm(forms.ModelForm):
    """What a person wants to be told, and at which hour."""

    class Meta:
        model = DeskMail
        fields = ["what", "hour"]
        widgets = {
            "what": forms.RadioSelect,
            "hour": forms.Select(choices=[(hour, f"{hour:02}:00") for hour in range(24)]),
        }

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["hour"].help_text = _("%(zone)s time. It counts for the daily letter only.") % {
            "zone": zone_name()
        }


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    """Letters without their addresses: those are nobody's business but the mail server's."""

    list_display = ["kind", "about", "last_error", "attempt_count", "made_at", "due_at"]
    list_filter = [StateFilter]
    list_select_related = ["comment", "person"]
    list_per_page = 50
    fields = ["kind", "about", "made_at", "attempt_count", "last_error", "due_at", "sent_at", "given_up_at"]
    actions = ["send_again"]
    actions_selection_counter = False
    change_list_template = "admin/comments/letter/change_list.html"

    def has_moderate_permission(self, request):
        return request.user.has_perm("comments.moderate_comment")

    def pages(self):
        return {"mail": ("mail/", self.mail_view), **super().pages()}

    def changelist_view(self, request, extra_context=None):
        context = {"title": _("Letters about comments"), "is_set_up": settings.EMAIL_SERVER is not None}
        return super().changelist_view(request, context | (extra_context or {}))

    @admin.display(description=gettext_lazy("comment or person"))
    def about(self, letter):
        if letter.person_id:
            return str(letter.person)
        address = reverse("admin:comments_comment_change", args=[letter.comment_id])
        return format_html('<a href="{}">{}</a>', address, letter.comment)

    @admin.action(description=gettext_lazy("Send again"), permissions=["moderate"])
    def send_again(self, request, letters):
        """Has those ticked wait to be sent, save where a newer letter about the same waits already."""
        now = times.now()
        done = [letter.send_again(at=now) for letter in letters]
        if sum(done):
            said = ngettext("%(count)d letter is sent again.", "%(count)d letters are sent again.", sum(done))
            messages.success(request, said % {"count": sum(done)})
        if left := len(done) - sum(done):
            said = ngettext(
                "%(count)d letter was left as it is: it was not given up, or a newer one waits.",
                "%(count)d letters were left as they are: they were not given up, or newer ones wait.",
                left,
            )
            messages.warning(request, said % {"count": left})

    def mail_view(self, request):
        """What the person who is signed in wants to be told by mail."""
        if not self.has_moderate_permission(request):
            raise PermissionDenied
        choice = DeskMail.objects.filter(person=request.user).first()
        form = DeskMailForm(request.POST if request.method == "POST" else None, instance=choice)
        if form.is_valid():
            DeskMail.objects.choose(request.user, **form.cleaned_data, at=times.now())
            messages.success(request, _("Saved. This holds from now on."))
            return HttpResponseRedirect(reverse("admin:comments_letter_mail"))
        context = self.admin_site.each_context(request) | {
            "title": _("Mail about comments"), "opts": self.opts, "form": form, "media": self.media,
            "is_set_up": settings.EMAIL_SERVER is not None, "is_muted": bool(choice and choice.muted_at),
        }  # fmt: skip
        return TemplateResponse(request, "admin/comments/letter/mail.html", context)
