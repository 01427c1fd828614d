"""Forms of the desk: the article, its publication and withdrawal, names, and times in the desk's zone."""

import datetime as dt
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from taggit.forms import TagWidget

from articles import publishing, times
from articles.models import Article, Correction, Edition, Source, Tag, TagAlias, Withdrawal
from articles.models.edition import Change
from articles.models.slugs import free_slug, slug_from
from articles.models.sources import record_at
from articles.models.tags import normal_name, tag_key
from articles.times import zone_name

HEADLINE_SHOWN = 60  # characters of a headline that search engines print before they cut it
FIRST_YEAR, LAST_YEAR = 1970, 2199
LONGEST_NUMBER = 18  # digits that fit any column of numbers; Python itself fails on some thousands


def number_of(text):
    """The number by which a browser names a row; None where the text is none, or one that no row can have."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None


class DeskTimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class DeskTimeField(forms.DateTimeField):
    """A day and time of the desk's zone, given as an aware moment.

    The hour that a change of the clocks leaves out, and the one it brings twice, are refused in a sentence.
    """

    widget = DeskTimeInput

    def __init__(self, *, help_text="", **kwargs):
        zone = format_lazy(gettext_lazy("{zone} time."), zone=zone_name())
        help_text = format_lazy("{} {}", help_text, zone) if help_text else zone
        super().__init__(help_text=help_text, **kwargs)

    def to_python(self, value):
        try:
            moment = super().to_python(value)
        except ValidationError as refusal:
            if refusal.code != "ambiguous_timezone":
                raise
            raise ValidationError(_clock_change(refusal.params["datetime"]), code=refusal.code) from refusal
        if moment and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            span = {"first": FIRST_YEAR, "last": LAST_YEAR}
            raise ValidationError(_("Choose a year between %(first)s and %(last)s.") % span, code="invalid")
        return moment


def _clock_change(wanted):
    """What to say of a time, naive, that the desk's zone does not have, or has twice."""
    if not FIRST_YEAR <= wanted.year <= LAST_YEAR:
        return _("Choose a year between %(first)s and %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
    zone = timezone.get_default_timezone()
    there_and_back = wanted.replace(tzinfo=zone).astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None)
    if there_and_back == wanted:
        sentence = _(
            "On %(day)s the clocks go back, and %(time)s comes twice in %(zone)s. Choose another time."
        )
    else:
        sentence = _("On %(day)s the clocks go forward, and %(zone)s has no %(time)s. Choose another time.")
    return sentence % {
        "day": date_format(wanted, "j F Y"),
        "time": date_format(wanted, "H:i"),
        "zone": zone_name(),
    }


class NamedForm(forms.ModelForm):
    """Something with a page of its own. A slug left empty is made from the field `named_by`."""

    named_by = "name"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if slug := self.fields.get("slug"):
            slug.required = False
            slug.help_text = _(
                "The words of its address, which stay. Left empty, they are made from the name."
            )

    def clean(self):
        cleaned = super().clean()
        if "slug" in cleaned and not cleaned["slug"]:
            wanted = slug_from(cleaned.get(self.named_by, ""), fallback=self._meta.model._meta.model_name)
            cleaned["slug"] = free_slug(wanted, is_taken=self.is_slug_taken)
        return cleaned

    def is_slug_taken(self, slug):
        return self._meta.model.objects.filter(slug=slug).exists()


class SourceForm(NamedForm):
    """A source: one record for each address, however the address is spelt."""

    named_by = "title"

    def clean_url(self):
        url = self.cleaned_data["url"]
        if url and url != self.instance.url:
            others = Source.objects.perhaps_at([url]).exclude(pk=self.instance.pk).order_by("pk")
            if twin := record_at(url, others):
                raise ValidationError(_("This address is on record: “%(source)s”.") % {"source": twin})
        return url


class TagForm(NamedForm):
    """A tag: one spelling for each, so that a name that another tag or an alias has is refused."""

    def clean_name(self):
        name = normal_name(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("Enter a name with at least one character besides “#”."))
        key = tag_key(name)
        if twin := Tag.objects.filter(key=key).exclude(pk=self.instance.pk).first():
            raise ValidationError(
                _("There is such a tag already: “%(tag)s”. Merge the two instead.") % {"tag": twin}
            )
        if alias := TagAlias.objects.filter(key=key).select_related("tag").first():
            names = {"name": alias.name, "tag": alias.tag}
            raise ValidationError(_("“%(name)s” was merged into “%(tag)s”. Use that tag.") % names)
        return name

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if slug and TagAlias.objects.filter(slug=slug).exists():
            raise ValidationError(
                _("This address belongs to a tag that was merged away. Choose another one.")
            )
        return slug

    def is_slug_taken(self, slug):
        return super().is_slug_taken(slug) or TagAlias.objects.filter(slug=slug).exists()


class PinForm(forms.ModelForm):
    """A pin of the front page, from now on at the earliest: what the front page showed cannot be changed."""

    GRACE = dt.timedelta(hours=1)  # a form that stood open for a while; its pin then begins now

    def clean_pinned_from(self):
        wanted, now = self.cleaned_data["pinned_from"], times.now()
        if wanted < now - self.GRACE:
            raise ValidationError(_("A pin cannot begin in the past. Choose now or a later time."))
        return max(wanted, now)

    def clean_pinned_until(self):
        until, now = self.cleaned_data["pinned_until"], times.now()
        if until and until < now - self.GRACE:
            raise ValidationError(_("A pin cannot end in the past. Choose now or a later time."))
        return until and max(until, now)


class MergeTagsForm(forms.Form):
    """Into which tag others are merged. `into` gives a Tag."""

    into = forms.CharField(
        label=gettext_lazy("Merge into"),
        max_length=100,
        help_text=gettext_lazy("The name of the tag that stays. It takes over the stories of the others."),
        error_messages={"required": gettext_lazy("Enter the tag that stays.")},
        widget=forms.TextInput(attrs={"list": "tags-chosen", "autocomplete": "off"}),
    )

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.others = others

    def clean_into(self):
        into = Tag.objects.filter(key=tag_key(self.cleaned_data["into"])).first()
        if not into:
            raise ValidationError(_("There is no tag of this name. Enter one that exists, or add it first."))
        if all(other == into for other in self.others):
            raise ValidationError(_("A tag cannot be merged into itself. Enter another one."))
        return into


def headline_help(headline):
    """How long the headline is, and how much of it search engines show."""
    counted = ngettext("%(count)s character.", "%(count)s characters.", len(headline)) % {
        "count": len(headline)
    }
    return f"{counted} {_('Search engines show about %(shown)s.') % {'shown': HEADLINE_SHOWN}}"


class ArticleForm(forms.ModelForm):
    """The working copy. Saving it as it was leaves every word, and the order of its tags, as it was."""

    class Meta:
        model = Article
        fields = []
        widgets = {
            "headline": forms.Textarea(attrs={"rows": 2, "class": "headline", "dir": "auto"}),
            "standfirst": forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
            "tags": TagWidget(attrs={"autocomplete": "off"}),
        }
        error_messages = {"headline": {"required": gettext_lazy("Enter a headline.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        if self.instance.pk and "tags" in self.fields:
            self.initial["tags"] = self.instance.tag_list()  # taggit gives them in any order
        if field := self.fields.get("headline"):
            headline = self.data.get("headline", "") if self.is_bound else self.instance.headline
            field.help_text = headline_help(headline)
            field.widget.attrs |= {
                "data-counted-one": headline_help("1"),
                "data-counted": headline_help("").replace("0", "{count}", 1),
            }
        if self.instance.pk and (field := self.fields.get("slug")):
            field.help_text = self._slug_help() or field.help_text

    def _slug_help(self):
        last = self.instance.editions.order_by("number").values_list("path", flat=True).last()
        return last and _(
            "The story’s address is %(path)s. With other words here it gets a new address when it is next "
            "published, and the old one then leads there."
        ) % {"path": last}

    def clean_headline(self):
        return re.sub(r"[\r\n\t]+", " ", self.cleaned_data["headline"])

    # A browser sends every line's end as CR LF, which would make another text of the same words.
    def clean_standfirst(self):
        return self.cleaned_data["standfirst"].replace("\r\n", "\n")

    def clean_body(self):
        return self.cleaned_data["body"].replace("\r\n", "\n")

    def clean_slug(self):
        words = self.cleaned_data["slug"]
        slug = slug_from(words, fallback="")
        if words and not slug:
            raise ValidationError(_("Enter letters or digits, or leave this empty."))
        return slug or self._slug_in_use()

    def _slug_in_use(self):
        """Emptied, the slug of a story that readers have had is that of its address: what empty means there."""
        if not self.instance.slug:
            return ""
        had = self.instance.editions.filter(live_from__lte=times.now()).order_by("number")
        path = had.values_list("path", flat=True).last()
        return path.split("/")[-2] if path else ""

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("tags") == [tag.name for tag in self.initial.get("tags", [])]:
            cleaned.pop("tags", None)  # the rows are as they should be
        return cleaned


class PublishForm(forms.Form):
    """When the working copy goes live, and what it is to the edition before. `carry_out` does it."""

    NOW, LATER = "now", "later"
    KINDS_OF_CHANGE = [
        (Change.MINOR, gettext_lazy("Minor: spelling or layout. Readers see no “Updated”.")),
        (Change.UPDATE, gettext_lazy("Update: something new. The story then says when it was updated.")),
        (
            Change.CORRECTION,
            gettext_lazy(
                "Correction: something was wrong. The story says so, and so does the page of corrections."
            ),
        ),
    ]

    seen = forms.CharField(widget=forms.HiddenInput)
    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[(NOW, gettext_lazy("Publish now")), (LATER, gettext_lazy("At a time"))],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    at = DeskTimeField(label=gettext_lazy("Day and time"), required=False)
    change = forms.ChoiceField(
        label=gettext_lazy("Kind of change"),
        choices=KINDS_OF_CHANGE,
        widget=forms.RadioSelect,
        initial=Change.UPDATE,
    )
    was = forms.CharField(
        label=gettext_lazy("What was wrong"),
        required=False,
        max_length=Correction._meta.get_field("was").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    right = forms.CharField(
        label=gettext_lazy("What is right"),
        required=False,
        max_length=Correction._meta.get_field("now").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    explanation = forms.CharField(
        label=gettext_lazy("How it came about"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Optional. Readers see it with the correction."),
    )
    reported_by = forms.CharField(
        label=gettext_lazy("Reported by"),
        required=False,
        max_length=Correction._meta.get_field("reported_by").max_length,
        help_text=gettext_lazy("Optional. The name is public."),
    )
    note = forms.CharField(
        label=gettext_lazy("Public note"),
        required=False,
        max_length=Edition._meta.get_field("note").max_length,
        help_text=gettext_lazy("Optional. One line for readers about this version."),
    )

    def __init__(self, *args, article, is_first, now, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.article, self.now = article, now
        if is_first:
            for name in ("change", "was", "right", "explanation", "reported_by", "note"):
                del self.fields[name]

    @property
    def live_from(self):
        """The moment at which the story goes live by what was chosen so far: now, unless that is a later one."""
        data = getattr(self, "cleaned_data", {})
        return (data.get("when") == self.LATER and data.get("at")) or self.now

    @property
    def correction_fields(self):
        return [self[name] for name in ("was", "right", "explanation", "reported_by")]

    def clean_seen(self):
        if self.cleaned_data["seen"] != self.article.fingerprint:
            raise ValidationError(publishing.UNSEEN)
        return self.cleaned_data["seen"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("when") == self.LATER and "at" in cleaned:
            self._check_time(cleaned["at"])
        if cleaned.get("change") == Change.CORRECTION:
            missing = [name for name in ("was", "right") if name in cleaned and not cleaned[name]]
            for name in missing[:1]:
                self.add_error(name, _("Enter what was wrong and what is right."))
        return cleaned

    def _check_time(self, at):
        if at is None:
            self.add_error("at", _("Choose the day and time, or publish now."))
        elif at <= self.now:
            self.add_error("at", _("Choose a time in the future, or publish now."))

    def carry_out(self, *, by):
        """Publishes or schedules the story and returns its new Edition. Raises PublishingRefused."""
        data = self.cleaned_data
        options = {"by": by, "now": self.now, "note": data.get("note", ""), "seen": data["seen"]}
        if "change" in data:
            options |= {"change": Change(data["change"]), "correction": self._correction()}
        if data["when"] == self.LATER:
            return publishing.schedule(self.article, at=data["at"], **options)
        return publishing.publish(self.article, **options)

    def _correction(self):
        data = self.cleaned_data
        if data["change"] != Change.CORRECTION:
            return None
        return publishing.Corrected(
            was=data["was"], now=data["right"], note=data["explanation"], reported_by=data["reported_by"]
        )


class WithdrawForm(forms.Form):
    """Why a story leaves the site, for the readers who come to its address."""

    reason = forms.CharField(
        label=gettext_lazy("Public reason"),
        max_length=Withdrawal._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Readers who come to the address see this sentence, and no word of the story."
        ),
        error_messages={"required": gettext_lazy("Enter a reason for readers.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
