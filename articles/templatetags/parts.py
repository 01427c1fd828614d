"""Parts of pages, which are rendered once and printed often: `{% load parts %}`."""

from django import template
from django.db import connection
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from articles.kept import kept

register = template.Library()

_PLAIN = (str, SafeString, int, bool, type(None))


@register.simple_tag
def part(template_name, **shown):
    """The template, rendered with what is given and nothing else: no request, no variable of the page around it.

    So the same things give the same words, which are kept as long as they are asked for (see articles/kept.py). What
    may be given: texts, numbers, lists and dicts of them, and whatever says by `read_as` all that it holds, as the
    records of a prepared query do. With anything else, such as the records of another query, or None in `read_as`,
    the part is rendered each time.

    What is kept asks the database nothing (RuntimeError): what it then read would not be in its key.
    """
    try:
        key = template_name, get_language(), timezone.get_current_timezone(), _read_as(shown)
    except LookupError:
        return get_template(template_name).render(shown)
    return kept(key, lambda: _rendered(template_name, shown))


def _rendered(template_name, shown):
    with connection.execute_wrapper(_refuse):
        return get_template(template_name).render(shown)


def _refuse(execute, sql, *args):
    raise RuntimeError(f"A part of a page asks the database nothing. Read this before, and give it: {sql}")


def _read_as(thing):
    """All that a thing holds, hashable; LookupError where nobody knows it."""
    if type(thing) in _PLAIN:
        return type(thing), thing  # a text that is safe prints in another way, and 1 equals True
    if isinstance(thing, (list, tuple)):
        return tuple(map(_read_as, thing))
    if isinstance(thing, dict):
        return tuple((name, _read_as(value)) for name, value in thing.items())
    if read_as := getattr(thing, "read_as", None):
        return type(thing), read_as
    raise LookupError(f"What a {type(thing).__name__} holds is not known.")
