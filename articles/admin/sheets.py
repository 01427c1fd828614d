"""The article form as plain data: what it was opened with, what is stored now, what somebody typed.

Whether two people's changes meet is a question of parts. A part is a field of the form, or a list of rows as a
whole. A form carries the hash of each part that it was opened with (`hashes`), so that three ways can be told
apart when it comes back: what its sender changed, what somebody else changed, and both.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BooleanField, DateTimeField
from django.http import QueryDict
from django.utils.translation import gettext as _

from articles.differences import ADDED, REMOVED, SAME, Run, compare
from articles.models import Byline, Citation, RelatedPick
from articles.rich_text import plain_text
from articles.times import moment_text

HASH_LENGTH = 16
LARGEST_NUMBER = 10**6
FEWEST_FOLDED = 2
_ABOUT_ROWS = {"number", "DELETE", "article"}  # what a row sends to say which it is and where it stands
_BESIDE = {"key"}
# How people know what a row points at.
NAMES = {
    Citation: lambda row: str(row.source),
    Byline: lambda row: row.author.name,
    RelatedPick: lambda row: row.headline,
}


@dataclass(frozen=True)
class Row:
    """A row of a list as the form sends it. `key` is its database id, "" for one that is new.

    `values` are its words; `beside` what the form sends of it besides, such as the key that markers name.
    """

    key: str
    place: int
    number: int | None = None
    is_deleted: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def wanted_place(self):
        """Where the number puts it, by the rule of `OrderedFormSet`: moving up it goes before, down after."""
        number = self.number or self.place + 1
        return number, (number > self.place + 1) - (number < self.place + 1), self.place

    @property
    def is_blank(self):
        return not self.key and not any(self.values.values())


@dataclass
class Part:
    """One part of the form in which what is stored and what was typed differ, as people read it."""

    name: str
    label: str
    stored: str
    typed: str
    is_theirs: bool
    is_mine: bool
    is_list: bool = False

    @cached_property
    def _runs(self):
        found = compare(_Words(self.stored), _Words(self.typed)).fields
        return found[0].runs if found else [Run(SAME, self.stored)] if self.stored else []

    @property
    def stored_runs(self):
        """What is stored, as runs of text; those that are not SAME stand on this side only."""
        return [_folded(run) for run in self._runs if run.kind != ADDED]

    @property
    def typed_runs(self):
        return [_folded(run) for run in self._runs if run.kind != REMOVED]

    @property
    def is_contested(self):
        return self.is_theirs and self.is_mine

    @property
    def has_same_words(self):
        """Whether they differ in what cannot be read here: emphasis, links, markers."""
        return self.stored == self.typed


@dataclass(frozen=True)
class _Words:
    """A text as `compare` takes it: a version of a story that has nothing but a standfirst."""

    standfirst: str
    headline = body = language = kind = path = section = coverage = ""
    is_cut = False
    image_id = picture = None
    bylines = sources = tags = ()
    pictures = MappingProxyType({})


def _folded(run):
    """The run, its paragraphs counted instead of printed where they are many and the same on both sides."""
    first, *between, last = run.text.split("\n\n") if "\n\n" in run.text else (run.text, "")
    if run.kind != SAME or len(between) < FEWEST_FOLDED:
        return run
    counted = _("[%(count)s paragraphs that are the same]") % {"count": len(between)}
    return Run(run.kind, f"{first}\n\n{counted}\n\n{last}")


@dataclass(frozen=True)
class Sheet:
    """What a form holds: {name: value} of its fields, {prefix: rows} of its lists, all as a browser sends it."""

    fields: Mapping[str, str]
    rows: Mapping[str, list[Row]]

    @property
    def parts(self):
        return [*self.fields, *self.rows]

    def hash_of(self, part):
        content: Any = self.fields.get(part)
        if part in self.rows:
            content = [(row.key, *sorted(row.values.items())) for row in rows_to_keep(self.rows[part])]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:HASH_LENGTH]

    def hashes(self):
        return {part: self.hash_of(part) for part in self.parts}

    def changed_since(self, hashes):
        """The parts that are not as they were when those hashes were taken; of an unknown form, all."""
        return {part for part in self.parts if self.hash_of(part) != hashes.get(part)}


def rows_to_keep(rows):
    """Those that stay or come, in the order that their numbers ask for."""
    return sorted((row for row in rows if not row.is_deleted and not row.is_blank), key=_wanted_place)


def _wanted_place(row):
    return row.wanted_place


def hashes_from(text):
    """The hashes that a form sent; {} when it sent none that can be read."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):  # the latter of brackets in brackets
        return {}
    return found if isinstance(found, dict) else {}


# From forms to sheets.


def sent_value(form_field, value):
    """What a browser sends of a field that shows this value: a text, empty too for a box that is not ticked."""
    if isinstance(value, bool):
        return "on" if value else ""
    shown = form_field.widget.format_value(form_field.prepare_value(value))
    if isinstance(shown, list):
        shown = ",".join(map(str, shown))
    return _as_text(shown)


def _as_text(value):
    return "" if value is None else str(value).replace("\r\n", "\n")


def stored_sheet(form, formsets):
    """The sheet of a form and its formsets that are not bound: what is stored, or offered for a new story."""
    fields = {
        name: sent_value(form_field, form.get_initial_for_field(form_field, name))
        for name, form_field in form.fields.items()
    }
    rows = {formset.prefix: list(map(_stored_row, enumerate(formset.initial_forms))) for formset in formsets}
    return Sheet(fields, rows)


def _stored_row(numbered):
    place, form = numbered
    sent = {
        name: sent_value(form_field, form.get_initial_for_field(form_field, name))
        for name, form_field in form.fields.items()
    }
    values, beside = _words_and_rest(sent, form)
    return Row(key=str(form.instance.pk), place=place, values=values, beside=beside)


def _words_and_rest(sent, form):
    """A row's fields as two: those that hold words, and those kept for it that nobody reads."""
    keeping = {*_ABOUT_ROWS, form._meta.model._meta.pk.name}
    values = {name: value for name, value in sent.items() if name not in keeping | _BESIDE}
    return values, {name: value for name, value in sent.items() if name in _BESIDE}


def typed_sheet(data, form, formsets):
    """The sheet of what was sent, read without judging it; `form` and `formsets` say what to look for."""
    fields = {name: _sent(data, form_field, name) for name, form_field in form.fields.items()}
    return Sheet(fields, {formset.prefix: _typed_rows(data, formset) for formset in formsets})


def _sent(data, form_field, name):
    value = form_field.widget.value_from_datadict(data, {}, name)
    return sent_value(form_field, value) if isinstance(value, bool) else _as_text(value)


def _typed_rows(data, formset):
    pattern = re.compile(rf"{re.escape(formset.prefix)}-(\d{{1,4}})-(\w+)")
    found: dict[int, dict[str, str]] = {}
    for name in data:
        if match := pattern.fullmatch(name):
            found.setdefault(int(match[1]), {})[match[2]] = _as_text(data[name])
    total = _number(data.get(f"{formset.prefix}-TOTAL_FORMS")) or 0
    blank = formset.empty_form
    return [_typed_row(place, sent, blank) for place, sent in sorted(found.items()) if place < total]


def _typed_row(place, sent, blank):
    values, beside = _words_and_rest(sent, blank)
    return Row(
        key=sent.get(blank._meta.model._meta.pk.name, ""),
        place=place,
        number=_number(sent.get("number")),
        is_deleted=bool(sent.get("DELETE")),
        values=values,
        beside=beside,
    )


def _number(text):
    is_number = bool(text) and text.isdecimal() and len(text) <= len(str(LARGEST_NUMBER))
    return int(text) if is_number else None


def cleaned_sheet(sheet, form):
    """The sheet as it would be stored: what a bound form makes of its fields, where it accepts them.

    The form writes them on its instance.
    """
    names = [name for name in sheet.fields if name not in form.errors]
    return replace(sheet, fields={**sheet.fields, **{name: _cleaned_value(form, name) for name in names}})


def _cleaned_value(form, name):
    kept = {column.name: column for column in form.instance._meta.concrete_fields}
    if name in kept:  # read back from the instance, since its body is cleaned there
        return sent_value(form.fields[name], kept[name].value_from_object(form.instance))
    value = form.cleaned_data.get(name, form.initial.get(name))
    is_of_names = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return ", ".join(value) if is_of_names else sent_value(form.fields[name], value)


# What people read of it.


def differing_parts(*, stored, typed, cleaned, opened, form, formsets):
    """The Parts in which what was typed is not what is stored, in the form's order.

    `cleaned` is `typed` as the form would store it; `opened` the hashes that the form was opened with.
    """
    theirs = stored.changed_since(opened)
    mine = typed.changed_since(opened) & cleaned.changed_since(opened)
    lists = {formset.prefix: formset for formset in formsets}
    found = []
    for name in stored.parts:
        if stored.hash_of(name) in (typed.hash_of(name), cleaned.hash_of(name)):
            continue
        whose = {"is_theirs": name in theirs, "is_mine": name in mine}
        if name in lists:
            formset = lists[name]
            labels, label = _names_of(formset), formset.model._meta.verbose_name_plural
            words = [_list_words(formset, sheet.rows[name], labels) for sheet in (stored, typed)]
            if words[0] == words[1]:
                continue
        else:
            label, form_field = form.fields[name].label, form.fields[name]
            words = [_field_words(name, form_field, sheet.fields[name]) for sheet in (stored, typed)]
        found.append(Part(name, str(label), *words, **whose, is_list=name in lists))
    return found


def _field_words(name, form_field, value):
    if name == "body":
        return plain_text(value)
    if isinstance(form_field, BooleanField):
        return _("Yes") if value else _("No")
    if isinstance(form_field, DateTimeField):
        return _moment_words(form_field, value)
    choices = getattr(form_field, "choices", ())
    return next((str(label) for key, label in choices if str(key) == value), value)


def _moment_words(form_field, value):
    try:
        moment = form_field.to_python(value)
    except ValidationError:
        return value
    return moment_text(moment) if moment else ""


def _names_of(formset):
    """{key: name} of the rows that are stored."""
    return {str(form.instance.pk): NAMES[formset.model](form.instance) for form in formset.initial_forms}


def _list_words(formset, rows, names):
    """The rows as lines, in their order: `1. Report (City)`."""
    blank = formset.empty_form
    lines = []
    for number, row in enumerate(rows_to_keep(rows), start=1):
        said = [
            _field_words(name, blank.fields[name], value) for name, value in _visible(row, blank) if value
        ]
        if row.key:
            said.insert(0, names.get(row.key) or _("a row that somebody removed meanwhile"))
        first, *more = said or [""]
        lines.append(f"{number}. {first}" + (f" ({', '.join(more)})" if more else ""))
    return "\n".join(lines)


def _visible(row, blank):
    """(name, value) of a row's fields that people see, in the order of the form."""
    return [
        (name, row.values[name])
        for name, form_field in blank.fields.items()
        if name in row.values and not form_field.widget.is_hidden
    ]


# Back to what a form is bound to.


def put_rows(data, formset, rows, *, article_id):
    """Writes a list of rows into a mutable QueryDict: those that are stored first, with a blank one at the end."""
    prefix, pk_name = formset.prefix, formset.model._meta.pk.name
    for name in [name for name in data if name.startswith(f"{prefix}-")]:
        del data[name]
    stored = [row for row in rows if row.key]
    new = [row for row in rows if not row.key]
    counts = {"TOTAL_FORMS": len(rows) + 1, "INITIAL_FORMS": len(stored), "MIN_NUM_FORMS": 0}
    for name, count in counts.items():
        data[f"{prefix}-{name}"] = str(count)
    data[f"{prefix}-MAX_NUM_FORMS"] = str(formset.max_num)
    for place, row in enumerate([*stored, *new]):
        sent = {**row.values, **row.beside, pk_name: row.key, "article": str(article_id)}
        sent["number"] = str(row.number or (place + 1 if row.key else ""))
        if row.is_deleted:
            sent["DELETE"] = "on"
        for name, value in sent.items():
            data[f"{prefix}-{place}-{name}"] = value


def rows_over(*, stored, typed):
    """The typed rows over those stored meanwhile: other people's new rows come last, removed ones are gone.

    Each stays the row it is, so that what the form shows is what saving it makes.
    """
    known = {row.key for row in stored}
    sent = {row.key for row in typed}
    mine = sorted(
        (row for row in typed if not row.is_blank and (not row.key or row.key in known)), key=_wanted_place
    )
    order = [*mine, *(row for row in stored if row.key not in sent)]
    numbered = [replace(row, number=number) for number, row in enumerate(order, start=1)]
    places = {row.key: place for place, row in enumerate(stored)}
    return sorted(numbered, key=lambda row: places.get(row.key, len(places)))


def query_dict(fields):
    """A mutable QueryDict of {name: [values]}."""
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(name, values)
    return data
