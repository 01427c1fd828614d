"""The rows of the admin's lists: `{% load listed %}`.

They are those of the stock admin, letter for letter, which looks up for each cell anew what is the same in its whole
column, and resolves the address of each row. Here that is done once a page.
"""

import datetime as dt
import secrets
from operator import attrgetter

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import display_for_field, display_for_value, lookup_field, quote
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

register = template.Library()

_KEY = secrets.token_hex(8)  # stands for a row's key; nobody can have typed it
_ON_ONE_LINE = (models.DateField, models.TimeField, models.ForeignKey)


@register.inclusion_tag("admin/_listed.html")
def listed(cl):
    """The table of a ChangeList none of whose columns can be edited in place."""
    headers = list(result_headers(cl))
    sorted_by = [header for header in headers if header["sortable"] and header["sorted"]]
    return {"headers": headers, "sorted_count": len(sorted_by), "rows": list(_rows(cl))}


def _rows(cl):
    """Yields the cells of each row as safe HTML."""
    columns, has_link = [], False
    for name in cl.list_display if cl.result_list else ():
        is_link = name in (cl.list_display_links or ())
        link = _Link(cl) if is_link else None
        columns.append(_Column(cl, name, link=link, tag="th" if is_link and not has_link else "td"))
        has_link = has_link or is_link
    for row in cl.result_list:
        yield SafeString("".join([column.cell(row) for column in columns]))


class _Link:
    """The way from a row to its own page, which takes the filters of the list along."""

    def __init__(self, cl):
        name = f"admin:{cl.opts.app_label}_{cl.opts.model_name}_change"
        address = reverse(name, args=[_KEY], current_app=cl.model_admin.admin_site.name)
        kept = {"preserved_filters": cl.preserved_filters, "opts": cl.opts}
        self.address = conditional_escape(add_preserved_filters(kept, address))
        self.key_of = attrgetter(cl.pk_attname)
        self.opened_by = (str(cl.to_field) if cl.to_field else cl.pk_attname) if cl.is_popup else ""

    def around(self, row, shown):
        address = self.address.replace(_KEY, str(quote(self.key_of(row))))
        opener = ""
        if self.opened_by:
            opener = format_html(' data-popup-opener="{}"', row.serializable_value(self.opened_by))
        return f'<a href="{address}"{opener}>{shown}</a>'


class _Column:
    """What the cells of a column have in common."""

    def __init__(self, cl, name, *, link, tag):
        self.name, self.model_admin, self.link = name, cl.model_admin, link
        self.field, attr = self._source(cl.result_list[0])
        self.empty = getattr(attr, "empty_value_display", cl.model_admin.get_empty_value_display())
        self.is_boolean = getattr(getattr(attr, "fget", attr), "boolean", False)
        self.value_of = self._way_to_values(attr)
        self.show, self.is_text_shown = self._way_to_show()
        css = "action-checkbox" if name == "action_checkbox" else f"field-{getattr(name, '__name__', name)}"
        self.one_line = f'<{tag} class="{css} nowrap">'
        self.begin = self.one_line if isinstance(self.field, _ON_ONE_LINE) else f'<{tag} class="{css}">'
        self.end = f"</{tag}>"

    def cell(self, row):
        begin = self.begin
        try:
            value = self.value_of(row)
        except ObjectDoesNotExist:
            shown = self.empty
        else:
            if isinstance(value, str) and not value.strip():
                value = ""
            shown = value if value and self.is_text_shown and isinstance(value, str) else self.show(value)
            if self.field is None and isinstance(value, (dt.date, dt.time)):
                begin = self.one_line
        shown = conditional_escape(shown)
        return f"{begin}{self.link.around(row, shown) if self.link else shown}{self.end}"

    def _source(self, row):
        """(the model's field or None, what says how another value is shown), by any row."""
        try:
            field, attr, _value = lookup_field(self.name, row, self.model_admin)
        except ObjectDoesNotExist:
            return None, None
        return (None if field is None or field.auto_created else field), attr

    def _way_to_values(self, attr):
        """A function from a row to its value."""
        if self.field is not None:
            return attrgetter(self.name)
        if callable(self.name) or (attr and attr == getattr(self.model_admin, self.name, None)):
            return attr
        return lambda row: lookup_field(self.name, row, self.model_admin)[2]

    def _way_to_show(self):
        """(a function from a value to what is shown of it, whether a text that is not empty is shown as it is)"""
        field = self.field
        if field is None:
            return lambda value: display_for_value(value, self.empty, self.is_boolean), not self.is_boolean
        if isinstance(field.remote_field, models.ManyToOneRel):
            return lambda value: self.empty if value is None else value, False
        if choices := field.flatchoices:
            labels = dict(choices)
            return lambda value: labels.get(value, self.empty), False
        is_link = self.link is not None
        is_plain = isinstance(field, (models.CharField, models.TextField))
        is_plain = is_plain and (is_link or not isinstance(field, models.URLField))
        return lambda value: display_for_field(value, field, self.empty, avoid_link=is_link), is_plain
