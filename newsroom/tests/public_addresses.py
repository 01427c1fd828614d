"""Every public URL pattern, with an address of it that shows a given story: one table for many tests.

`ADDRESSES` maps a pattern's name to a function of a `Story` that returns the address a reader would use to
find that story there. A pattern missing from the table fails `test_the_table_knows_every_public_pattern`.
"""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote

from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from articles import publishing
from articles.filings import chunk_of
from articles.models import Article, Coverage
from articles.tests import stories
from comments.models import Comment


@dataclass(frozen=True)
class Story:
    """A story planted for a test. `word` stands in every text of it and in every name that only it uses."""

    article: Article
    word: str
    path: str
    section: str
    published_at: dt.datetime

    @property
    def month(self):
        return timezone.localtime(self.published_at)


def _named(pattern, name="slug", prefix=""):
    return lambda story: reverse(pattern, kwargs={name: f"{prefix}{story.word}"})


def _fixed(pattern, query=""):
    return lambda story: reverse(pattern) + query.format(word=story.word)


def _in_section(pattern):
    return lambda story: reverse(pattern, kwargs={"slug": story.section})


ADDRESSES = {
    "articles:front": _fixed("articles:front"),
    "articles:detail": lambda story: quote(story.path),
    "articles:archive": _fixed("articles:archive"),
    "articles:month": lambda story: reverse("articles:month", args=[story.month.year, story.month.month]),
    "articles:section": _in_section("articles:section"),
    "articles:tag": _named("articles:tag"),
    "articles:author": _named("articles:author"),
    "articles:source": _named("articles:source"),
    "articles:publisher": _named("articles:publisher", prefix="publisher-"),
    "articles:coverage": _named("articles:coverage"),
    "articles:history": lambda story: quote(story.path) + "history/",
    "articles:version": lambda story: quote(story.path) + "history/1/",
    "articles:changes": lambda story: quote(story.path) + "history/1..2/",
    "articles:corrections": _fixed("articles:corrections"),
    "articles:corrections_month": lambda story: reverse(
        "articles:corrections_month", args=[story.month.year, story.month.month]
    ),
    "articles:corrections_feed": _fixed("articles:corrections_feed"),
    "articles:picture": lambda story: reverse("articles:picture", kwargs={"name": f"{'0' * 32}.jpg"}),
    "articles:page": lambda story: reverse("articles:page", kwargs={"slug": "about"}),
    "articles:preview": lambda story: reverse("articles:preview", kwargs={"token": "not-a-token"}),
    "articles:search": _fixed("articles:search", "?q={word}"),
    "articles:site_feed": _fixed("articles:site_feed"),
    "articles:section_feed": _in_section("articles:section_feed"),
    "articles:tag_feed": _named("articles:tag_feed"),
    "articles:author_feed": _named("articles:author_feed"),
    "articles:coverage_feed": _named("articles:coverage_feed"),
    "articles:sitemap": _fixed("articles:sitemap"),
    "articles:sitemap_chunk": lambda story: reverse(
        "articles:sitemap_chunk", kwargs={"number": chunk_of(story.article.pk)}
    ),
    "articles:news_sitemap": _fixed("articles:news_sitemap"),
    "articles:robots": _fixed("articles:robots"),
    "comments:site_feed": _fixed("comments:site_feed"),
    "comments:moderation": _fixed("comments:moderation"),
    "comments:moderation_csv": _fixed("comments:moderation_csv"),
    "comments:moderation_year": lambda story: reverse("comments:moderation_year", args=[story.month.year]),
    "comments:story_feed": lambda story: quote(story.path) + "comments/feed.xml",
    "comments:thread": lambda story: quote(story.path) + "comments/",
    "comments:permalink": lambda story: f"{quote(story.path)}comments/{story.article.comments.first().pk}/",
    "comments:report": lambda story: (
        f"{quote(story.path)}comments/{story.article.comments.first().pk}/report/"
    ),
    "comments:report_error": lambda story: quote(story.path) + "report-an-error/",
    "comments:reply": lambda story: quote(story.path) + "reply/",
    "comments:own": lambda story: quote(story.path) + "reply/not-a-token/",
    "comments:proof": lambda story: quote(story.path) + "reply/not-a-token/proof/",
    "comments:mute": lambda story: reverse("comments:mute", kwargs={"token": "not-a-token"}),
    "healthz": _fixed("healthz"),
    "readyz": _fixed("readyz"),
}

# Patterns that have no page for a planted story: those with a signed token, of which the table has none, files of
# pictures, of which it has none (see articles/tests/test_picture_files.py), those of a second version and of
# corrections, of which the story has none, and of a year of which no month is over. They answer the 404 of a page
# that never was.
WITHOUT_A_PAGE = {
    "articles:preview", "articles:picture", "comments:own", "articles:changes", "articles:corrections_month",
    "comments:moderation_year",
    "comments:proof", "comments:mute",
}  # fmt: skip


# Patterns that lead to another page, and say nothing themselves.
LEADING_ON = {"comments:permalink"}


def status_for_a_live_story(name):
    """What a pattern's address answers for a story that is live."""
    return 404 if name in WITHOUT_A_PAGE else 302 if name in LEADING_ON else 200


def public_patterns():
    """The names, with namespaces, of all URL patterns outside the admin."""

    def walk(patterns, namespace=""):
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                yield f"{namespace}{pattern.name}"
            elif pattern.namespace != "admin":
                yield from walk(
                    pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace
                )

    return set(walk(get_resolver().url_patterns))


def plant(word, *, live_from, section="World", withdrawn_at=None, is_published=True, made_at=stories.NOON):
    """A story whose texts, tag, author, source and coverage all carry `word`, with an approved comment."""
    editor = stories.person("editor", "Editors")
    coverage, _ = Coverage.objects.get_or_create(name=word, slug=word)
    article = stories.write(
        f"Headline {word}", standfirst=f"Standfirst {word}.", body=f"<p>Body {word}.</p>", tags=[word],
        bylines=[stories.author(word)], sources=[stories.source(word, publisher=f"Publisher {word}")],
        coverage=coverage, section=stories.section(section), slug=f"slug-{word}",
    )  # fmt: skip
    path, published_at = f"/2025/06/09/slug-{word}/", live_from
    if is_published and live_from > made_at:
        path = publishing.schedule(article, at=live_from, by=editor, now=made_at).path
    elif is_published:
        path = publishing.publish(article, by=editor, now=live_from).path
    if withdrawn_at:
        publishing.withdraw(article, by=editor, reason="Taken back.", now=withdrawn_at)
    comment(article, word, at=made_at)
    return Story(article=article, word=word, path=path, section=section.lower(), published_at=published_at)


def comment(article, word, *, at):
    """An approved comment that carries `word`."""
    row, _ = Comment.objects.post(
        article=article, name=f"Name {word}", email=f"{word}@reader.example", text=f"Comment {word}", at=at
    )
    row.approve(by=stories.person("moderator", "Moderators"), at=at)
    return row


def page(client, name, story):
    """The response of a public pattern's address for a story."""
    return client.get(ADDRESSES[name](story))
