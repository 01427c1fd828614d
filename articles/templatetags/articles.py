"""How templates print times and foreign words: `{% load articles %}`."""

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles import pictures
from articles.models.language import InALanguage
from articles.rich_text import clean_html, print_markers, print_pictures
from articles.times import text_of

register = template.Library()


class _Words(InALanguage):
    def __init__(self, language):
        self.language = language


def _time_element(moment, text):
    machine = timezone.localtime(moment).isoformat(timespec="minutes")
    return format_html('<time datetime="{}">{}</time>', machine, text)


def local_text(moment):
    """An aware moment as its day and time in the site's zone: `9 June 2025, 14:05`."""
    return text_of(timezone.localtime(moment))


@register.filter
def local_time(moment):
    """An aware moment as a `<time>` element with day and time in the site's zone."""
    return _time_element(moment, local_text(moment))


@register.filter
def local_date(moment):
    """An aware moment as a `<time>` element with its day in the site's zone."""
    return _time_element(moment, date_format(timezone.localtime(moment), "j F Y"))


@register.filter
def machine_time(moment):
    """An aware moment as machines read it, in the site's zone: `2025-06-09T14:05:00+02:00`."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


@register.filter
def lang_attributes(language):
    """` lang="fr"`, and ` dir="rtl"` where needed, for an element with words in a foreign language; or ""."""
    words = _Words(language or "")
    lang = format_html(' lang="{}"', words.lang) if words.lang else SafeString()
    return lang + (format_html(' dir="{}"', words.dir) if words.dir else SafeString())


@register.filter
def in_language(record):
    """What readers are told of a foreign story: `In French`."""
    return _("In %(language)s") % {"language": record.language_name}


@register.filter
def page_body(html):
    """The body of one of the footer's pages, cleaned once more, since no edition is made of it. Safe HTML."""
    return print_pictures(print_markers(clean_html(html), {}), {})


@register.simple_tag
def wide_picture(picture, *, alt=None):
    """A Picture as wide as the column of a story's head; `alt` in place of its description. Safe HTML."""
    return pictures.picture_element(picture, sizes=pictures.WIDE_SIZES, is_lazy=False, alt=alt)


@register.filter
def figcaption(picture):
    """Caption and credit of a Picture in one line; "" without either. Safe HTML."""
    return pictures.figcaption(picture)
