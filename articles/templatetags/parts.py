"""Parts of pages, which are rendered once and printed often: `{% load parts %}`."""

import datetime as dt

from django import template
from django.db import connection
from django.template.base import token_kwargs
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from articles.kept import kept

register = template.Library()

_PLAIN = {str, SafeString, int, bool, dt.date, type(None)}
_SETTING = object()  # where a page keeps what all its parts depend on


class Part(template.Node):
    """`{% part "a.html" edition=edition %}`: the template, rendered with what is given and nothing else.

    It sees no request and no variable of the page around it. So the same things give the same words, which are kept
    as long as they are asked for (see articles/kept.py). What may be given: texts, numbers, days, lists and dicts of
    them, and whatever says by `read_as` all that it holds, as the records of a prepared query do. With anything else,
    such as the records of another query, or None in `read_as`, the part is rendered each time.

    What is kept asks the database nothing (RuntimeError): what it then read would not be in its key.
    """

    def __init__(self, template_name, given):
        self.template_name, self.given = template_name, given

    def render(self, context):
        return printed(self.template_name, self._resolved(context), _setting(context))

    def _resolved(self, context):
        return {name: value.resolve(context) for name, value in self.given.items()}


class StopPress(Part):
    """`{% stop_press "a.html" thread=thread %}`: the place of a part that is printed last.

    What is given is each a Late, and the page is one of `print_page` (see articles/plates.py).
    """

    def render(self, context):
        return context["plate"].leave_room(self.template_name, **self._resolved(context))


@register.tag
def part(parser, token):
    """See Part."""
    return Part(*_asked_for(parser, token))


@register.tag
def stop_press(parser, token):
    """See StopPress."""
    return StopPress(*_asked_for(parser, token))


def _asked_for(parser, token):
    tag, name, *words = token.split_contents()
    given = token_kwargs(words, parser)
    if words or name[0] not in "\"'":
        raise template.TemplateSyntaxError(f'Write {{% {tag} "articles/_part.html" edition=edition %}}.')
    return name[1:-1], given


def printed(template_name, given, setting):
    """The text of a part with what is given by name, in that setting: rendered, or as it was kept."""
    try:
        key = template_name, setting, tuple(map(_read_as, given.values()))
    except LookupError:
        return _rendered(template_name, given)
    return kept(key, lambda: _asking_nothing(template_name, given))


def _asking_nothing(template_name, given):
    with connection.execute_wrapper(_refuse):
        return _rendered(template_name, given)


def _rendered(template_name, given):
    return get_template(template_name).render(given)


def _setting(context):
    """The same as setting_now, looked up once a page."""
    page = context.render_context.dicts[0]
    if _SETTING not in page:
        page[_SETTING] = setting_now()
    return page[_SETTING]


def setting_now():
    """The language and the time zone that parts are printed in."""
    return get_language(), timezone.get_current_timezone()


def _refuse(execute, sql, *args):
    raise RuntimeError(f"A part of a page asks the database nothing. Read this before, and give it: {sql}")


def _read_as(thing):
    """All that a thing holds, hashable; LookupError where nobody knows it."""
    kind = type(thing)
    if kind in _PLAIN:
        return kind, thing  # a text that is safe prints in another way, and 1 equals True
    if read_as := getattr(thing, "read_as", None):
        return read_as
    if isinstance(thing, (list, tuple)):
        return tuple(map(_read_as, thing))
    if isinstance(thing, dict):
        return tuple((name, _read_as(value)) for name, value in thing.items())
    raise LookupError(f"What a {kind.__name__} holds is not known.")
