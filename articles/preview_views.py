"""The page of a working copy: for the desk, and for whoever has a link that works.

It is no page of the site: nobody keeps it, no search engine lists it, and it tells no other site its address.
A token that was never made here answers the 404 of a page that never was; one that works no more 410, in one
sentence for all reasons and without a word of the story.
"""

from django.core import signing
from django.http import Http404
from django.shortcuts import render

from articles import times
from articles.models import PreviewLink
from articles.previews import link_of, preview_of
from articles.public import public


@public
def shared(request, token):
    """The working copy as it is now, to whoever has the link."""
    now = times.now()
    try:
        link = link_of(token, at=now)
    except signing.BadSignature:
        raise Http404("No preview link was made with this token.") from None
    except PreviewLink.DoesNotExist:
        return _to_nobody_else(render(request, "articles/preview_gone.html", status=410))
    return preview_page(request, link.article, at=now, link=link)


def preview_page(request, article, *, at, link=None):
    """The response with the real page of a working copy; without a `link` it is the desk's own."""
    shown = preview_of(article, at=at)
    context = {
        "edition": shown.edition, "related": shown.related, "rail": shown.rail, "article": article, "link": link,
        "in_section": article.section.slug, "is_apart": True,
        "is_embargoed": bool(article.embargo_until and article.embargo_until > at),
    }  # fmt: skip
    return _to_nobody_else(render(request, "articles/preview.html", context))


def _to_nobody_else(response):
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
