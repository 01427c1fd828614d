"""The rows of an article: its sources, bylines and picked stories, each in an order that numbers set.

What a row points at is chosen once, when the row is added; afterwards its number (and a byline's role) may
change, or the row may go. So rows that nobody touched cost no query when the article is saved.
"""

import copy
import itertools
from urllib.parse import unquote, urlsplit

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.forms.models import BaseInlineFormSet
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import times
from articles.admin.citation_keys import KEY, last_key_number
from articles.admin.rights import may_edit, may_view
from articles.models import Author, Byline, Citation, Edition, RelatedPick, Source
from articles.models.slugs import free_slug, slug_from
from articles.models.sources import record_at
from articles.rich_text import marker_counts, marker_places

MOST_ROWS = 200


class SuggestingInput(forms.TextInput):
    """A text field whose suggestions come from an address of the desk; the one taken is noted in `<name>_id`."""

    def __init__(self, url, attrs=None):
        super().__init__({"autocomplete": "off", "data-suggest": url, **(attrs or {})})


def suggestions_of(model, field):
    """The address of the stock admin's suggestions for that foreign key."""
    query = f"app_label={model._meta.app_label}&model_name={model._meta.model_name}&field_name={field}"
    return f"{reverse('admin:autocomplete')}?{query}"


class NumberField(forms.IntegerField):
    """The number that a row should have. A number alone makes no row: the formset does the counting."""

    def __init__(self):
        widget = forms.NumberInput(attrs={"class": "number"})
        super().__init__(
            label=gettext_lazy("No."), required=False, min_value=1, max_value=MOST_ROWS, widget=widget
        )

    def has_changed(self, initial, data):
        return False


class KnownRowField(forms.Field):
    """The hidden key of a row that is there already, found among the rows that the formset has read."""

    widget = forms.HiddenInput

    def __init__(self, *, rows, initial):
        super().__init__(required=False, initial=initial)
        self.rows = rows

    def clean(self, value):
        return next((row for row in self.rows if str(row.pk) == str(value)), None)

    def has_changed(self, initial, data):
        return False


class KeyField(forms.CharField):
    """The key that the page gave a row, for its markers. A key alone makes no row."""

    def __init__(self):
        super().__init__(required=False, widget=forms.HiddenInput)

    def clean(self, value):
        return value if value and KEY.fullmatch(value) else ""

    def has_changed(self, initial, data):
        return False


class OrderedRowForm(forms.ModelForm):
    """One row. A row that nobody touched was valid when it was saved, and is not asked about again."""

    adding_only = ()  # the fields that choose what the row points at

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in self.adding_only:
                self.fields.pop(name, None)

    def _post_clean(self):
        if not self.instance.pk or self.has_changed():
            super()._post_clean()


def _row_label(field, index):
    number = _("new row") if index is None else index + 1
    return _("%(column)s, %(number)s") % {"column": field.label, "number": number}


class OrderedFormSet(BaseInlineFormSet):
    """Rows whose `position` follows the numbers that people give them, without gaps or doubles."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["number"] = NumberField()
        form.fields["number"].initial = None if index is None else index + 1
        for field in form.fields.values():
            if field.label and not field.widget.is_hidden:  # the columns' headings are no labels
                field.widget.attrs["aria-label"] = _row_label(field, index)
        form.fields[self._pk_field.name] = KnownRowField(rows=self.get_queryset(), initial=form.instance.pk)

    @property
    def initial_forms(self):
        """Those of the rows that are there still: somebody else may have removed one meanwhile."""
        return [form for form in super().initial_forms if form.instance.pk]

    def clean(self):
        super().clean()
        for form in self.forms[: self.initial_form_count()]:
            if not form.instance.pk and form[self._pk_field.name].data:
                raise ValidationError(
                    _("Somebody removed a row of this list meanwhile. Save again if the rest is right.")
                )

    def new_rows(self):
        return [
            form for form in self.extra_forms if form.has_changed() and not self._should_delete_form(form)
        ]

    def rows_to_keep(self):
        """The forms that stay or come, in the order of their numbers."""
        numbered = []
        for index, form in enumerate(self.forms):
            is_there = bool(form.instance.pk) or form in self.new_rows()
            if is_there and not self._should_delete_form(form):
                numbered.append((self._wanted_place(form, index), form))
        return [form for _place, form in sorted(numbered, key=lambda row: row[0])]

    def _wanted_place(self, form, index):
        """A key to sort by: moving up, a row goes before the one whose number it takes; moving down, after it."""
        number = form.cleaned_data.get("number") or index + 1
        move = (number > index + 1) - (number < index + 1)
        return number, move, index

    def save(self, commit=True):
        saved = super().save(commit=commit)
        moved = []
        for position, form in enumerate(self.rows_to_keep()):
            if form.instance.position != position:
                form.instance.position = position
                moved.append(form.instance)
        self.model.objects.bulk_update(moved, ["position"])
        return saved


class RowInline(admin.TabularInline):
    """Rows of an article: who may edit the article may edit them."""

    template = "admin/articles/article/rows.html"
    formset = OrderedFormSet
    ordering = ["position", "pk"]
    extra = 1
    max_num = MOST_ROWS
    is_in_side = False
    has_keys = False  # whether markers in the body name the rows

    def has_add_permission(self, request, obj):
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        if obj is None or obj.pk is None:
            return request.user.has_perm("articles.add_article")
        return may_edit(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)

    def has_view_permission(self, request, obj=None):
        return obj is None or obj.pk is None or may_view(request.user, obj)


class CitationForm(OrderedRowForm):
    """A row of the numbered source list: a source that is known, or a new one typed in."""

    adding_only = ("title", "publisher", "url", "title_id")

    title = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=300)
    title_id = forms.IntegerField(required=False, max_value=2**63 - 1, widget=forms.HiddenInput)
    publisher = forms.CharField(label=gettext_lazy("Publisher"), required=False, max_length=150)
    url = forms.URLField(
        label=gettext_lazy("Address"), required=False, max_length=1000, assume_scheme="https"
    )

    class Meta:
        model = Citation
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"] = KeyField()
        self.initial["key"] = self.instance.key
        if title := self.fields.get("title"):
            title.widget = SuggestingInput(suggestions_of(Citation, "source"))
            self.fields["url"].widget.attrs |= {"data-known": reverse("admin:articles_source_known")}

    def clean(self):
        cleaned = super().clean()
        is_typed = self.has_changed() and "title" in self.fields
        if is_typed and not self.errors and not cleaned["title"] and not cleaned["url"]:
            self.add_error("title", _("Enter the title of this source, or its address if it is on record."))
        return cleaned


class CitationFormSet(OrderedFormSet):
    """The source list. New rows find or make their source; a row that the body cites stays."""

    def clean(self):
        super().clean()
        self._refuse_cited()
        rows = self.new_rows()
        if rows and not any(form.errors for form in rows):
            self._find_sources(rows)

    def _refuse_cited(self):
        deleted = {
            form.instance.key: number
            for number, form in enumerate(self.initial_forms, start=1)
            if self._should_delete_form(form)
        }
        places = marker_places(self.instance.body) if deleted else {}
        cited = [
            _where_it_is_cited(number, places[key], count=marker_counts(self.instance.body)[key])
            for key, number in deleted.items()
            if key in places
        ]
        if cited:
            raise ValidationError(cited)

    def _find_sources(self, rows):
        typed = [form.cleaned_data for form in rows]
        wanted = Q(pk__in=[row["title_id"] for row in typed if row["title_id"]])
        wanted |= Q(title__in=[row["title"] for row in typed if row["title"]])
        perhaps = Source.objects.perhaps_at([row["url"] for row in typed if row["url"]])
        known = list((Source.objects.filter(wanted) | perhaps).order_by("pk"))
        listed = {
            form.instance.source_id for form in self.initial_forms if not self._should_delete_form(form)
        }
        for form in rows:
            _point_at_source(form, known=known, listed=listed)

    def save_new(self, form, commit=True):
        source = form.instance.source
        if source.pk is None:
            source.slug = free_slug(slug_from(source.title, fallback="source"), is_taken=_is_slug_taken)
            source.save()
        form.instance.article = self.instance
        form.instance.key = form.cleaned_data["key"] or f"s{next(self._further_keys)}"
        return super().save_new(form, commit=commit)

    @cached_property
    def _further_keys(self):
        """Numbers of keys for the rows that the page gave none: past all that the story and the form have."""
        given = [form.cleaned_data["key"] for form in self.new_rows()]
        last = max([last_key_number(self.instance), *(int(key[1:]) for key in given if key)])
        return itertools.count(last + 1)

    @cached_property
    def following_key(self):
        """The number of the key that the page gives the next row."""
        return last_key_number(self.instance) + 1 if self.instance.pk else 1


def _where_it_is_cited(number, place, *, count):
    """The sentence that refuses to delete source `number`: where its marker is."""
    about = {"number": number, "paragraph": place.paragraph, "words": place.words_before, "count": count}
    if count > 1 and place.words_before:
        return (
            _(
                "Source %(number)s is cited %(count)s times in the body, first in paragraph %(paragraph)s: "
                "“%(words)s”. Remove its markers first."
            )
            % about
        )
    if count > 1:
        return (
            _(
                "Source %(number)s is cited %(count)s times in the body, first at the start of paragraph "
                "%(paragraph)s. Remove its markers first."
            )
            % about
        )
    if place.words_before:
        return (
            _(
                "Source %(number)s is cited in the body, in paragraph %(paragraph)s: “%(words)s”. "
                "Remove its marker first."
            )
            % about
        )
    return (
        _(
            "Source %(number)s is cited in the body, at the start of paragraph %(paragraph)s. "
            "Remove its marker first."
        )
        % about
    )


def _point_at_source(form, *, known, listed):
    """Sets the source of a new row, or says what is wrong with the row. What is new here joins `known`."""
    typed = form.cleaned_data
    source = _known_source(typed, known)
    if source is None:
        if not typed["title"]:
            form.add_error("title", _("Enter the title of this source. Its address is not on record yet."))
            return
        source = Source(**{name: typed[name] for name in ("title", "publisher", "url")})
        known.append(source)
    mark = source.pk or id(source)
    if mark in listed:
        form.add_error("title", _("This source is in the list already."))
    listed.add(mark)
    form.instance.source = source


def _known_source(typed, known):
    """The source on record that a row means: by its address, by the suggestion taken, or by its very words."""
    if typed["url"]:
        return record_at(typed["url"], known)
    for source in known:
        if source.pk == typed["title_id"] and typed["title"] in (str(source), source.title):
            return source
    named = [source for source in known if source.title == typed["title"]]
    exact = [source for source in named if source.publisher == typed["publisher"]]
    if not typed["publisher"] and len(named) == 1:
        return named[0]
    return exact[0] if exact else None


def _is_slug_taken(slug):
    return Source.objects.filter(slug=slug).exists()


class CitationInline(RowInline):
    model = Citation
    form = CitationForm
    formset = CitationFormSet
    has_keys = True
    row_template = "admin/articles/article/_source.html"
    headings = [gettext_lazy("Title"), gettext_lazy("Publisher"), gettext_lazy("Address")]
    help_text = gettext_lazy(
        "A source has one record for all stories that cite it; change it on its own page. "
        "The mark beside a number is what you type in the body to cite it."
    )

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("source")


class BylineForm(OrderedRowForm):
    adding_only = ("author",)

    class Meta:
        model = Byline
        fields = ["author", "role"]


class PlainSelect(forms.Select):
    """A choice among many, printed without the template that Django asks for each option. `choices` has no groups.

    What it printed of them is kept, and shared by its copies: it is printed in several places of a page.
    """

    options: dict[str, str] | None = None

    def print_options(self):
        """{value: its option}, both as text, none chosen."""
        if self.options is None:
            self.options = self._printed()
        return self.options

    def _printed(self):
        return {
            str(value): format_html('<option value="{}">{}</option>', value, words)
            for value, words in self.choices
        }

    def render(self, name, value, attrs=None, renderer=None):
        options = self.print_options()
        if (chosen := str(value)) in options:
            marked = options[chosen].replace("<option ", "<option selected ", 1)
            options = options | {chosen: marked}
        around = flatatt(self.build_attrs(self.attrs, (attrs or {}) | {"name": name}))
        return mark_safe(f"<select{around}>{''.join(options.values())}</select>")  # noqa: S308 - escaped above


class BylineFormSet(OrderedFormSet):
    def clean(self):
        super().clean()
        listed = {
            form.instance.author_id for form in self.initial_forms if not self._should_delete_form(form)
        }
        for form in self.new_rows():
            author = form.cleaned_data.get("author")
            if author and author.pk in listed:
                form.add_error("author", _("This author is named already."))
            listed.add(author and author.pk)

    @cached_property
    def author_select(self):
        """The field of every row: authors are read, and their names printed, once for all rows."""
        select = PlainSelect(choices=[("", "---------"), *Author.objects.values_list("pk", "name")])
        select.print_options()
        return select

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if author := form.fields.get("author"):
            select = copy.copy(self.author_select)
            select.attrs, select.is_required = author.widget.attrs, author.required
            author.choices, author.widget = select.choices, select


class BylineInline(RowInline):
    model = Byline
    form = BylineForm
    formset = BylineFormSet
    row_template = "admin/articles/article/_byline.html"
    headings = [gettext_lazy("Author"), gettext_lazy("Role")]
    help_text = gettext_lazy("A role such as “translated by”. Leave it empty for who wrote the story.")
    is_in_side = True

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("author")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "author":
            field.widget = field.widget.widget  # without the links to add and change authors
        return field


class RelatedPickForm(OrderedRowForm):
    """A story that stands first among the related ones. Only what is on the site can be picked."""

    adding_only = ("story", "story_id")

    story = forms.CharField(label=gettext_lazy("Headline or address"), max_length=2000)
    story_id = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = RelatedPick
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if story := self.fields.get("story"):
            story.widget = SuggestingInput(reverse("admin:articles_article_suggest"))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("story"):
            cleaned["path"] = unquote(urlsplit(cleaned["story"]).path) if "/" in cleaned["story"] else ""
        return cleaned


class RelatedPickFormSet(OrderedFormSet):
    def clean(self):
        super().clean()
        rows = self.new_rows()
        if rows and not any(form.errors for form in rows):
            self._find_stories(rows)

    def _find_stories(self, rows):
        typed = [form.cleaned_data for form in rows]
        wanted = Q(path__in=[row["path"] for row in typed]) | Q(headline__in=[row["story"] for row in typed])
        live = list(Edition.objects.live().filter(wanted).order_by().only("article_id", "headline", "path"))
        listed = {
            form.instance.related_id for form in self.initial_forms if not self._should_delete_form(form)
        }
        for form in rows:
            _point_at_story(form, live=live, listed=listed, own=self.instance.pk)


def _point_at_story(form, *, live, listed, own):
    """Sets the story of a new row, or says what is wrong with the row."""
    typed = form.cleaned_data
    found = [
        edition for edition in live if edition.path == typed["path"] or edition.headline == typed["story"]
    ]
    taken = [edition for edition in found if edition.article_id == typed["story_id"]]
    found = taken or found
    if not found:
        form.add_error(
            "story", _("No story on the site has this headline or address. Take one that is suggested.")
        )
    elif len(found) > 1:
        form.add_error(
            "story", _("Several stories have this headline. Paste the address of the one you mean.")
        )
    elif found[0].article_id == own:
        form.add_error("story", _("Pick another article than the story itself."))
    elif found[0].article_id in listed:
        form.add_error("story", _("This article is picked already."))
    else:
        form.instance.related_id = found[0].article_id
        listed.add(found[0].article_id)


class RelatedPickInline(RowInline):
    model = RelatedPick
    fk_name = "article"
    form = RelatedPickForm
    formset = RelatedPickFormSet
    row_template = "admin/articles/article/_pick.html"
    headings = [gettext_lazy("Article")]
    help_text = gettext_lazy("These stand first under the story. Type a headline, or paste an address.")
    is_in_side = True

    def get_queryset(self, request):
        """The rows with `headline`, as readers know or knew the story: not everybody may see its working copy."""
        had = Edition.objects.filter(article=OuterRef("related"), live_from__lte=times.now())
        last = had.exclude(headline="").order_by("-number").values("headline")[:1]
        headline = Coalesce(Subquery(last), Value(_("A story that is not on the site")))
        return super().get_queryset(request).annotate(headline=headline)
