"""What crawlers are told: sitemaps of the pages that readers can reach, and robots.txt.

`/sitemap.xml` names the chunks. Chunk 0 lists the site's own pages and its sections; chunk n lists the live
stories, tags, authors, sources and coverages whose number lies in the n-th two hundred; a publisher stands
with the first of its sources. So a page stays in its chunk, a chunk holds 1,200 addresses at most, and is found
without counting rows off.
"""

import datetime as dt

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape as xml_escaped
from django.utils.safestring import mark_safe

from articles import filings, times
from articles.feeds import site_address, xml_text
from articles.models import Article, Author, Coverage, Edition, Section, Source, Tag
from articles.models.asked import AskedOfEach
from articles.pages import PAGES
from articles.public import public
from articles.shown import LATEST, PUBLISHERS, SECTIONS, SITEMAP, listed, shows, shows_until

NEWS_FOR = dt.timedelta(hours=48)  # what Google News takes, and no more than 1,000 of them
MOST_NEWS = 1_000
# What files a story: the model, and what leads from Edition to it.
FILED_BY = {
    Tag: "tag_rows__tag",
    Author: "author_rows__author",
    Source: "source_rows__source",
    Coverage: "coverage",
}


@public
def sitemap(request):
    return _xml(request, "articles/sitemap_index.xml", {"chunks": _lines_up_to(_last_chunk())})


def _lines_up_to(last):
    """The lines of the index as safe XML: a million stories have five thousand, too many to ask for one by one."""
    address = xml_escaped(site_address(reverse("articles:sitemap_chunk", args=[0])))
    begin, _number, end = address.rpartition("0")
    lines = (f"<sitemap><loc>{begin}{number}{end}</loc></sitemap>\n" for number in range(last + 1))
    return mark_safe("".join(lines))  # noqa: S308 - an escaped address and numbers


def _last_chunk():
    """The number of the last chunk that lists anything live. One query."""
    now = times.now()
    shows(SITEMAP)
    last = {
        f"last_{model._meta.model_name}": Subquery(_live(model, at=now).order_by("-pk").values("pk")[:1])
        for model in FILED_BY
    }
    # Asked of articles, whose numbers can be read from the last one down; editions would all be sorted first.
    is_live = Exists(Edition.objects.live(at=now).filter(article=OuterRef("pk")))
    articles = Article.objects.filter(is_live).order_by("-pk").annotate(**last)
    return filings.chunk_of(max(number or 0 for number in articles.values_list("pk", *last).first() or [0]))


def _live(model, *, at):
    """The records of that model that a live story uses."""
    stories = Edition.objects.live(at=at).filter(**{FILED_BY[model]: OuterRef("pk")})
    return model.objects.filter(AskedOfEach(stories))


@public
def sitemap_chunk(request, number):
    """The addresses of one chunk, none where its numbers belong to nothing live; 404 past the last one."""
    if number > _last_chunk():
        raise Http404("There are fewer chunks.")
    return _xml(request, "articles/sitemap.xml", {"rows": _numbered(number) if number else _own_pages()})


def _own_pages():
    shows(SECTIONS)
    names = [reverse(f"articles:{name}") for name in ("front", "archive", "corrections")]
    pages = [reverse("articles:page", args=[slug]) for slug in PAGES]
    sections = Section.objects.values_list("slug", flat=True)[: filings.RANGE * 4]
    return [
        {"address": site_address(path)}
        for path in names + pages + [_page(Section, slug) for slug in sections]
    ]


def _page(model, slug):
    return reverse(f"articles:{model._meta.model_name}", args=[slug])


def _numbered(number):
    now = times.now()
    shows(listed("chunk", number))
    numbers = ((number - 1) * filings.RANGE + 1, number * filings.RANGE)
    stories = Edition.objects.live(at=now).filter(article__pk__range=numbers).order_by("article_id")
    rows = [
        {"address": site_address(story.get_absolute_url()), "changed_at": story.live_from}
        for story in stories.only("article", "path", "live_from")
    ]
    for model in FILED_BY:
        records = _live(model, at=now).filter(pk__range=numbers).order_by("pk")
        rows += [{"address": site_address(path)} for path in _paths(model, records, at=now)]
    return rows


def _paths(model, records, *, at):
    """The paths of the records' pages; after a source that of its publisher, unless an earlier source has it."""
    if model is not Source:
        return [_page(model, slug) for slug in records.values_list("slug", flat=True)]
    earlier = _live(Source, at=at).filter(publisher_slug=OuterRef("publisher_slug"), pk__lt=OuterRef("pk"))
    records = records.annotate(is_first=~AskedOfEach(earlier)).values_list(
        "slug", "publisher_slug", "is_first"
    )
    paths = []
    shows(PUBLISHERS)
    for slug, publisher, is_first in records:
        shows(listed("publisher", publisher))
        paths.append(_page(Source, slug))
        if publisher and is_first:
            paths.append(reverse("articles:publisher", args=[publisher]))
    return paths


@public
def news_sitemap(request):
    """The stories of the last two days, for news search engines; a valid sitemap when there are none."""
    now = times.now()
    shows(LATEST)
    stories = Edition.objects.live(at=now).filter(published_at__gt=now - NEWS_FOR).newest_first()
    stories = list(stories.only("article", "path", "headline", "language", "published_at")[:MOST_NEWS])
    shows_until(stories and stories[-1].published_at + NEWS_FOR)
    rows = [
        {
            "address": site_address(story.get_absolute_url()),
            "headline": xml_text(story.headline),
            "language": story.language,
            "published_at": story.published_at,
        }
        for story in stories
    ]
    return _xml(
        request, "articles/news_sitemap.xml", {"rows": rows, "publication": xml_text(settings.SITE_NAME)}
    )


def _xml(request, template, context):
    return render(request, template, context, content_type="application/xml; charset=utf-8")


@public
def robots(request):
    """Everything may be read but the desk, and searches and the past: each of their links leads to more of them."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        f"Disallow: {reverse('articles:search')}",
        "Disallow: /*?at=",
        "",
    ]
    lines += [f"Sitemap: {site_address(reverse(f'articles:{name}'))}" for name in ("sitemap", "news_sitemap")]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
