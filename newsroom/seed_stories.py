"""Turns the two captured pages into stories, through the same verbs that the desk uses.

The captured texts carry no times, sections, coverage, languages or names of people. What had to be added is
here and nowhere else, and fixtures/README.md lists it. Nothing depends on the day on which it runs.
"""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from articles import publishing
from articles.models import (
    Article,
    Author,
    Byline,
    Citation,
    Coverage,
    Pin,
    RelatedPick,
    Section,
    Source,
    User,
)
from articles.models.edition import Kind
from articles.models.slugs import slug_from
from articles.rich_text import paragraphs_to_html
from comments.models import Comment

# In this namespace a story's own id is made from its headline, a comment's from its text.
NAMESPACE = uuid.UUID("1f0a3c54-7c56-4b0e-9d0f-52a3e5d3b9c1")
ZONE = ZoneInfo("Europe/Brussels")
JOINED_AT = dt.datetime(2025, 6, 2, 8, 0, tzinfo=ZONE)
BRIEFING_AT = dt.datetime(2025, 6, 2, 9, 30, tzinfo=ZONE)
LAST_NEWS_ON = dt.date(2025, 6, 9)
# One clock time for each item, in the order of the page. The related items are older than their briefing; of
# the sidebar's items the first is the newest, and all are newer than anything else.
RELATED_TIMES = ["09:00", "08:45", "08:30", "08:15"]
LAST_NEWS_TIMES = ["14:05", "13:20", "12:40", "11:55", "11:10", "10:30", "09:45", "09:00", "08:20", "07:50"]
COMMENT_TIMES = ["15:12", "15:47", "16:31"]
DECIDED_AFTER = dt.timedelta(minutes=9)

SECTIONS = ["World", "Europe", "Analysis"]
BYLINE = "Newsroom desk"
COVERAGE = "International Organization for Mediation"
COVERED = "IOMed"  # a related item is part of the coverage if its text says this
IN_FRENCH = {"Dissolution : un an après, Macron toujours sûr de son coup (mais pas de la suite)"}


def write_seeds(briefing, analysis):
    """Publishes both seeds in an empty database: the briefing as the lead, the comments approved.

    Returns two lists of articles as they were written: those of the briefing's and the analysis' pages, and
    the other stories of the sidebar.
    """
    desk, moderation = _account("desk", "Newsroom desk"), _account("moderation", "Moderation")
    for position, name in enumerate(SECTIONS):
        Section.objects.create(name=name, slug=slug_from(name, fallback=""), position=position)
    coverage = Coverage.objects.create(name=COVERAGE, slug=slug_from(COVERAGE, fallback=""))
    on_last_news = _moments(LAST_NEWS_ON, LAST_NEWS_TIMES, analysis.last_news)

    related = _publish_related(briefing, coverage=coverage, by=desk)
    lead = _publish_briefing(briefing, related=related, coverage=coverage, by=desk)
    essay = _publish_analysis(analysis, at=on_last_news[analysis.headline], coverage=coverage, by=desk)
    _approve_comments(analysis, article=essay, by=moderation)
    news = [
        _publish_news(item, at=on_last_news[item.headline], by=desk)
        for item in analysis.last_news
        if item.headline != analysis.headline
    ]
    return [*related, lead, essay], news


def _account(username, display_name):
    """An account that acts in the fixtures. Nobody can sign in with it."""
    return User.objects.create(
        username=username,
        display_name=display_name,
        password=UNUSABLE_PASSWORD_PREFIX,
        is_active=False,
        date_joined=JOINED_AT,
    )


def _moment(day, clock):
    return dt.datetime.combine(day, dt.time.fromisoformat(clock), tzinfo=ZONE)


def _moments(day, clock_times, items):
    """{headline: aware moment} of the items, which have one clock time each."""
    return {item.headline: _moment(day, clock) for item, clock in zip(items, clock_times, strict=True)}


def _write(item, *, at, by, section, kind, **fields):
    """A working copy of a record with `headline` and `paragraphs`. Its rows come next, then `_publish`."""
    return Article.objects.create(
        uid=uuid.uuid5(NAMESPACE, item.headline),
        headline=item.headline,
        body=paragraphs_to_html("\n".join(item.paragraphs)),
        section=Section.objects.get(name=section),
        kind=kind,
        language="fr" if item.headline in IN_FRENCH else "en",
        created_by=by,
        created_at=at,
        **fields,
    )


def _publish(article, *, at, by):
    article.stamp(by=by, now=at)
    publishing.publish(article, by=by, now=at)
    return article


def _publish_related(briefing, *, coverage, by):
    moments = _moments(BRIEFING_AT.date(), RELATED_TIMES, briefing.related)
    articles = []
    for item in briefing.related:
        at, is_covered = moments[item.headline], COVERED in " ".join(item.paragraphs)
        filed = {"section": "World", "kind": Kind.BRIEF, "coverage": coverage if is_covered else None}
        article = _write(item, at=at, by=by, **filed)
        article.tags.set(item.tags)
        articles.append(_publish(article, at=at, by=by))
    return articles


def _publish_briefing(briefing, *, related, coverage, by):
    article = _write(briefing, at=BRIEFING_AT, by=by, section="World", kind=Kind.BRIEFING, coverage=coverage)
    article.tags.set(briefing.tags)
    author = Author.objects.create(name=BYLINE, slug=slug_from(BYLINE, fallback=""))
    Byline.objects.create(article=article, author=author)
    for position, row in enumerate(briefing.sources):
        source = Source.objects.create(
            title=row.title, publisher=row.publisher, slug=slug_from(row.title, fallback="source")
        )
        Citation.objects.create(article=article, source=source, position=position)
    for position, other in enumerate(related):
        RelatedPick.objects.create(article=article, related=other, position=position)
    Pin.objects.create(article=article, place=Pin.Place.LEAD, pinned_from=BRIEFING_AT)
    return _publish(article, at=BRIEFING_AT, by=by)


def _publish_analysis(analysis, *, at, coverage, by):
    filed = {"section": "Analysis", "kind": Kind.ANALYSIS, "coverage": coverage}
    article = _write(analysis, at=at, by=by, is_cut=True, **filed)
    return _publish(article, at=at, by=by)


def _publish_news(item, *, at, by):
    article = _write(item, at=at, by=by, section="Europe", kind=Kind.NEWS, is_cut=True)
    return _publish(article, at=at, by=by)


def _approve_comments(analysis, *, article, by):
    for text, clock in zip(analysis.comments, COMMENT_TIMES, strict=True):
        at = _moment(LAST_NEWS_ON, clock)
        uid = uuid.uuid5(NAMESPACE, text)  # in place of one made by chance
        comment, _ = Comment.objects.post(article=article, name="", email="", text=text, at=at, uid=uid)
        comment.approve(by=by, at=at + DECIDED_AFTER)
