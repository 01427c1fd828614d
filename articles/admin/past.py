"""The site as it was, for the desk: the front page, a section, a tag or a story at a moment that is chosen.

It goes through the same gates as the readers' pages: what has been withdrawn or redacted since is not listed.
"""

import datetime as dt
from urllib.parse import unquote, urlsplit

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from articles import times
from articles.admin.desk import DeskAdmin
from articles.admin.rows import suggestions_of
from articles.forms import DeskTimeInput
from articles.front_page import front_page
from articles.models import ArticleTag, Edition, Section, Tag
from articles.models.tags import tag_key
from articles.the_past import Moment, MomentField, MomentForm

SHOWN = 50  # stories of a section or a tag
A_DAY = dt.timedelta(days=1)


class What(models.TextChoices):
    FRONT = "front", gettext_lazy("The front page")
    SECTION = "section", gettext_lazy("A section")
    TAG = "tag", gettext_lazy("A tag")
    STORY = "story", gettext_lazy("A story")


FILED_BY = {What.SECTION: "section", What.TAG: "tag_rows__tag"}


class PastForm(MomentForm):
    """Which moment, and which part of the site."""

    at = MomentField(label=gettext_lazy("Day and time"), widget=DeskTimeInput({"step": "any"}))
    what = forms.ChoiceField(
        label=gettext_lazy("What to look at"), choices=What.choices, widget=forms.RadioSelect(), initial=What.FRONT
    )  # fmt: skip
    section = forms.ModelChoiceField(label=gettext_lazy("Section"), queryset=Section.objects, required=False)
    tag = forms.CharField(label=gettext_lazy("Tag"), required=False, max_length=100)
    story = forms.CharField(
        label=gettext_lazy("Address of the story"), required=False, max_length=500,
        help_text=gettext_lazy("As the browser shows it, with or without the name of the site."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["tag"].widget.attrs |= {
            "data-suggest": suggestions_of(ArticleTag, "tag"), "autocomplete": "off"
        }  # fmt: skip

    def clean_story(self):
        """The path of the address given, always with a slash at either end; "" where none was."""
        given = self.cleaned_data["story"]
        try:
            path = unquote(urlsplit(given).path).strip("/")
        except ValueError:
            path = "\0"
        if "\0" in path:  # no address holds it, and PostgreSQL fails on it
            raise ValidationError(_("This is no address. Copy it from the browser once more."))
        return f"/{path}/" if given else ""

    def clean(self):
        cleaned = super().clean()
        what = cleaned.get("what")
        if what == What.SECTION and not cleaned.get("section"):
            self.add_error("section", _("Choose a section."))
        elif what == What.STORY and cleaned.get("story") == "":
            self.add_error("story", _("Enter the address of the story."))
        return cleaned

    def clean_tag(self):
        """The Tag of that name, or of that alias; None where a tag is not what to look at."""
        name = self.cleaned_data["tag"]
        if self.cleaned_data.get("what") != What.TAG:
            return None
        if not name:
            raise ValidationError(_("Enter a tag."))
        key = tag_key(name)
        if tag := Tag.objects.filter(Q(key=key) | Q(aliases__key=key)).first():
            return tag
        raise ValidationError(_("No tag has this name. Choose one that is suggested."))

    @property
    def moment(self):
        return Moment(self.cleaned_data["at"], self.now)

    def lists(self):
        """[(heading, editions as cards)] of what was asked for; only lists with something in them."""
        what, moment = self.cleaned_data["what"], self.moment
        if what == What.FRONT:
            return _lists_of_front(front_page(at=moment.at, among=moment.readable))
        chosen = self.cleaned_data[what]
        if what == What.STORY:
            known = Edition.objects.once_live(at=self.now).filter(path=chosen).values("article")
            found = moment.readable.filter(article__in=known)
        else:
            found = moment.readable.filter(**{FILED_BY[what]: chosen})
        editions = list(found.newest_first().as_cards()[:SHOWN])
        return [(str(chosen), editions)] if editions else []


def _lists_of_front(front):
    lists = [
        (_("Lead"), [front.lead] if front.lead else []),
        (_("More stories"), front.also),
        (_("In focus"), front.pinned),
        *((band.section.name, band.editions) for band in front.bands),
        (_("Last news"), front.rail),
    ]
    return [(heading, editions) for heading, editions in lists if editions]


class PastPage(DeskAdmin):
    """The page, for whoever may look at stories."""

    def pages(self):
        return {"past": ("past/", require_safe(self.past_view)), **super().pages()}

    def past_view(self, request):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        now = times.now()
        form = PastForm(request.GET if "at" in request.GET else None, now=now, initial={"at": now - A_DAY})
        is_asked = form.is_valid()
        context = self.admin_site.each_context(request) | {
            "title": _("The site as it was"), "opts": self.opts, "media": forms.Media(js=["desk/desk.js"]),
            "form": form, "is_asked": is_asked, "lists": form.lists() if is_asked else [],
            "moment": form.moment if is_asked else None, "front": reverse("articles:front"),
        }  # fmt: skip
        return TemplateResponse(request, "admin/articles/past.html", context)
