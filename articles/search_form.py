"""The form of the search page: what readers may narrow a search by, checked, and said back to them."""

import datetime as dt
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Edition, Tag, TagAlias
from articles.models.edition import Kind
from articles.models.language import language_names
from articles.models.prepared import Prepared
from articles.models.tags import tag_key

FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2999, 12, 31)
LOOKED_AT = 1_000  # the newest stories, whose languages are offered


_languages_of_newest = Prepared(
    lambda *, at: Edition.objects.live(at=at).newest_first().values_list("language")[:LOOKED_AT]
)


class Words(forms.CharField):
    """What a reader typed. Any text will do: an invisible character is no reason to refuse it."""

    def to_python(self, value):
        return super().to_python((value or "").replace("\0", ""))


class DayInput(forms.DateInput):
    """A date input, or a plain one where what was typed is no date: a date input would not show that."""

    input_type = "date"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        if value and not is_day(value):
            context["widget"]["type"] = "text"
        return context


def is_day(value):
    """Whether a text or a date is a day as HTML writes it: 2025-06-09."""
    try:
        return dt.date.fromisoformat(str(value)).isoformat() == str(value)
    except ValueError:
        return False


class Day(forms.DateField):
    widget = DayInput(format="%Y-%m-%d")
    default_error_messages = {"invalid": _("Enter a date such as 2025-06-09, or leave it empty.")}

    def __init__(self, **options):
        super().__init__(required=False, input_formats=["%Y-%m-%d"], **options)
        unheard_of = _("Choose a day between 1900 and 2999, or leave it empty.")
        self.validators += [MinValueValidator(FIRST_DAY, unheard_of), MaxValueValidator(LAST_DAY, unheard_of)]


class SearchForm(forms.Form):
    """Made of the query's parameters, which it checks; it is valid without any of them.

    `sections` are the site's Sections in order, `at` is the moment whose live stories are searched.
    """

    q = Words(required=False)
    section = forms.ChoiceField(
        label=_("Section"), required=False,
        error_messages={"invalid_choice": _("There is no section “%(value)s”. Choose one from the list.")},
    )  # fmt: skip
    kind = forms.MultipleChoiceField(
        label=_("Type"), required=False, choices=Kind.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("There is no type “%(value)s”. Choose from the list.")},
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language"), required=False, widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("We know no language “%(value)s”. Choose one from the list.")},
    )  # fmt: skip
    tag = forms.CharField(
        label=_("Tag"), required=False, max_length=100, help_text=_("One tag, such as mediation.")
    )
    since = Day(label=_("Published from"))
    until = Day(label=_("Published until"))

    def __init__(self, data, *, sections, at):
        super().__init__(data, auto_id="narrow-%s")
        self.at = at
        self.sections = {section.slug: section for section in sections}
        self.fields["section"].choices = [("", _("All sections"))] + [(s.slug, s.name) for s in sections]
        self.fields["language"].choices = [("", _("Any language")), *self._languages_offered()]

    @property
    def read_as(self):
        """All that the page shows of the form but its words, hashable: what was chosen, can be, and was refused."""
        chosen = tuple((name, *self.data.getlist(name)) for name in self.fields if name != "q")
        offered = (
            (value, str(label))
            for name in ("section", "language")
            for value, label in self.fields[name].widget.choices
        )
        return chosen, tuple(offered), self.errors.as_json()

    def clean_tag(self):
        """The Tag of that name or slug, or the one it was merged into. A live story has to carry it."""
        typed = self.cleaned_data["tag"]
        if not typed:
            return None
        # By their keys: a condition on aliases beside one on tags would read all tags there are.
        named = Q(key=tag_key(typed)) | Q(slug=typed)
        ways = Tag.objects.order_by().filter(named), TagAlias.objects.order_by().filter(named)
        named = Q(pk__in=ways[0].values("pk")) | Q(pk__in=ways[1].values("tag"))
        is_live = Exists(Edition.objects.live(at=self.at).filter(tag_rows__tag=OuterRef("pk")))
        tag = Tag.objects.filter(named, is_live).first()
        if tag is None:
            raise ValidationError(
                gettext("No article carries the tag “%(tag)s”. Check the spelling, or leave it empty."),
                params={"tag": typed},
            )
        return tag

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            self.add_error(
                "until", gettext("The last day is before the first. Swap them, or leave one empty.")
            )
        return self.cleaned_data

    def filters(self):
        """What was chosen as `search.find` takes it; days begin in the site's zone. The form has to be valid."""
        chosen, zone = self.cleaned_data, timezone.get_default_timezone()
        since, until = chosen["since"], chosen["until"]
        return {
            "section": self.sections.get(chosen["section"]),
            "tag": chosen["tag"],
            "language": chosen["language"],
            "kinds": chosen["kind"],
            "since": since and dt.datetime.combine(since, dt.time(), tzinfo=zone),
            "before": until and dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), tzinfo=zone),
        }

    def parameters(self, *, without=()):
        """The query's parameters that are filled in, as [(name, value)], less the pairs `without`."""
        given = {name: self.data.getlist(name) for name in self.fields}
        given |= {name: values[-1:] for name, values in given.items() if name != "kind"}
        pairs = [(name, value) for name, values in given.items() for value in values]
        return [(name, value) for name, value in pairs if value and (name, value) not in without]

    def filters_in_use(self):
        """[{"label", "query"}] of each filter that was chosen, with the query that leads on without it."""
        return [
            {"label": label, "query": urlencode(self.parameters(without=[(name, value)]))}
            for name, value in self.parameters()
            if name != "q" and (label := self._label_of(name, value))
        ]

    def _label_of(self, name, value):
        """What a filter in use is called on the page; "" of one that was not understood."""
        chosen = self.cleaned_data.get(name)
        if not chosen:
            return ""
        if name == "tag":
            return f"#{chosen}"
        if name in ("since", "until"):
            said = gettext("From %(day)s") if name == "since" else gettext("Until %(day)s")
            return said % {"day": date_format(chosen, "j F Y")}
        return dict(self.fields[name].choices).get(value, "")

    def _languages_offered(self):
        """The languages that stories are in, of all that there are, and the one chosen."""
        newest = (language for (language,) in _languages_of_newest.rows(at=self.at))
        offered = {*newest, self.data.get("language", "").strip()}
        return [(code, name) for code, name in language_names() if code in offered]
