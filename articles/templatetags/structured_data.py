"""How the page of a story prints what search engines read: `{% load structured_data %}`."""

import json

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from articles.structured_data import news_article

register = template.Library()

# The characters that could end the element, or begin a comment in it, as JSON writes them too.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


@register.simple_tag
def news_article_json(edition):
    """A `<script type="application/ld+json">` with the story as a NewsArticle, all but the end of both.

    Its `commentCount`, `}` and `</script>` are for the page to add.
    """
    data = news_article(edition, site_url=settings.SITE_URL, site_name=settings.SITE_NAME)
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES).removesuffix("}")
    # Inside a script element entities mean nothing, so HTML's escaping would spoil the JSON; nothing is left
    # in it that HTML could read.
    return format_html('<script type="application/ld+json">{}', mark_safe(text))  # noqa: S308
