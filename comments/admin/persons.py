"""The privacy log, and the page on which a person's comments are looked up, handed over and erased.

The address is sent by POST alone: it stands in no URL, and in the log as a keyed hash.
"""

import json

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from articles import times
from articles.admin.desk import ReadOnlyAdmin
from articles.times import moment_text
from comments.models import PrivacyLine
from comments.privacy import (
    address_of,
    comments_of,
    erase_person,
    errors_of,
    export_person,
    log_of,
)
from comments.stories import with_story

SHOWN = 100  # comments listed before they are erased
AT_ONCE = 500  # comments erased by one post; the rest by the next
CONFIRMATION = gettext_lazy("erase")


class AddressForm(forms.Form):
    """Whose comments are meant."""

    address = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 40}),
        help_text=gettext_lazy(
            "As the person gave it with their comments, in whatever case. Make sure first that it is theirs: "
            "ask them to write from it."
        ),
        error_messages={"required": gettext_lazy("Give an e-mail address, such as name@example.com.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_address(self):
        try:
            return address_of(self.cleaned_data["address"])
        except ValueError as error:
            raise ValidationError(str(error)) from error


class EraseForm(AddressForm):
    """The same, and the word without which nothing is erased."""

    word = forms.CharField(
        label=gettext_lazy("To erase them, type the word “erase”"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 12}),
    )

    def clean_word(self):
        if self.cleaned_data["word"].strip().casefold() != str(CONFIRMATION).casefold():
            raise ValidationError(
                _("Nothing was erased. Type the word “%(word)s” to go on.") % {"word": CONFIRMATION}
            )


@admin.register(PrivacyLine)
class PrivacyLogAdmin(ReadOnlyAdmin):
    list_display = ["when", "action", "comment_count", "who", "address_hash"]
    list_display_links = ["when"]
    list_filter = ["action"]
    list_select_related = ["by"]
    fields = ["when", "action", "comment_count", "who", "address_hash"]

    @admin.display(description=gettext_lazy("when"), ordering="done_at")
    def when(self, line):
        return moment_text(line.done_at)

    @admin.display(description=gettext_lazy("who"))
    def who(self, line):
        return line.by or _("a command on the server")

    def pages(self):
        return {"person": ("person/", self.person_view), **super().pages()}

    def changelist_view(self, request, extra_context=None):
        shown = {"title": _("Privacy log"), "may_erase": request.user.has_perm("comments.erase_person")}
        return super().changelist_view(request, shown | (extra_context or {}))

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    @method_decorator(sensitive_post_parameters("address"))
    def person_view(self, request):
        """Asks for an address, shows what there is of it, and hands that over or erases it."""
        if not request.user.has_perm("comments.erase_person"):
            raise PermissionDenied
        form = AddressForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self._page(request, form)
        done = {"export": self._exported, "erase": self._erased}.get(request.POST.get("do"), self._found)
        return done(request, form.cleaned_data["address"])

    def _exported(self, request, address):
        told = json.dumps(export_person(address, by=request.user), ensure_ascii=False, indent=2)
        headers = {"Content-Disposition": 'attachment; filename="comments-of-a-person.json"'}
        return HttpResponse(told, content_type="application/json; charset=utf-8", headers=headers)

    def _erased(self, request, address):
        form = EraseForm(request.POST)
        if not form.is_valid():
            return self._found(request, address, form)
        count, left = erase_person(address, by=request.user, most=AT_ONCE)
        sentence = ngettext("%(count)d comment was erased.", "%(count)d comments were erased.", count)
        messages.success(request, sentence % {"count": count})
        if left:
            rest = ngettext(
                "%(count)d is left. Erase again to go on.", "%(count)d are left. Erase again to go on.", left
            )
            messages.warning(request, rest % {"count": left})
            return self._found(request, address)
        return HttpResponseRedirect(reverse("admin:comments_privacyline_changelist"))

    def _found(self, request, address, form=None):
        comments = comments_of(address)
        shown = with_story(comments.defer("text", "likeness", "verdict"), at=times.now())[:SHOWN]
        form = form or EraseForm(initial={"address": address})
        return self._page(
            request,
            form,
            address=address,
            comments=shown,
            count=comments.count(),
            error_count=errors_of(address).count(),
            done_before=log_of(address)[:SHOWN],
        )

    def _page(self, request, form, **context):
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Export or erase a person’s comments"),
            "form": form,
            "confirmation": CONFIRMATION,
        }
        return TemplateResponse(request, "admin/comments/privacyline/person.html", context)
