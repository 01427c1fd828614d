"""A public page costs at most six queries, and the same number whether the site is small or large."""

import copy
import datetime as dt
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Edition, EditionAuthor, EditionSource, EditionTag
from articles.tests import stories
from comments.models import Comment
from newsroom.tests.public_addresses import ADDRESSES, page, plant, status_for_a_live_story

pytestmark = pytest.mark.django_db

NOW = stories.NOON + dt.timedelta(days=1)
MOST = 6
# What the pages that are asked for most cost: a story with its comments, the front page, lists, feeds.
PINNED = {
    "articles:detail": 4, "articles:front": 5, "articles:tag": 5, "articles:author": 4, "articles:source": 4,
    "articles:coverage": 4, "articles:section": 4, "articles:site_feed": 1, "articles:tag_feed": 2,
    "articles:section_feed": 2, "articles:page": 2, "comments:thread": 3,
}  # fmt: skip
FEW, MANY = 10, 1_000


def copies(row, count, **changes):
    """That many unsaved copies of a row; `changes` maps a field to a function of the copy's number."""
    made = []
    for number in range(count):
        twin = copy.copy(row)
        twin._state = copy.copy(row._state)
        twin.pk, twin._state.adding = None, True
        for field, value in changes.items():
            setattr(twin, field, value(number))
        made.append(twin)
    return made


def multiply(story, count):
    """Gives the site `count` more live stories filed like this one, and the story as many more comments."""
    edition = story.article.editions.get()
    articles = Article.objects.bulk_create(copies(story.article, count, uid=lambda n: uuid.uuid4()))
    editions = Edition.objects.bulk_create(
        copies(
            edition, count,
            article=articles.__getitem__,
            path=lambda n: f"/2025/06/09/copy-{n}-{uuid.uuid4().hex}/",
            headline=lambda n: f"{edition.headline} {n}",
            live_from=lambda n: edition.live_from - dt.timedelta(minutes=n),
            published_at=lambda n: edition.live_from - dt.timedelta(minutes=n),
        )
    )  # fmt: skip
    for model in (EditionTag, EditionAuthor, EditionSource):
        row = model.objects.get(edition=edition)
        when = [twin.published_at for twin in editions]
        model.objects.bulk_create(
            copies(row, count, edition=editions.__getitem__, published_at=when.__getitem__)
        )
    said = Comment.objects.filter(article=story.article).first()
    Comment.objects.bulk_create(
        copies(
            said,
            count,
            uid=lambda n: uuid.uuid4(),
            repeat_hash=lambda n: uuid.uuid4().hex,
            text=lambda n: f"Said {n}",
            place=lambda n: f"{uuid.uuid4().int % 10**22:022}",
        )
    )


def queries_of(client, name, story):
    with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as queries:
        response = page(client, name, story)
    assert response.status_code == status_for_a_live_story(name)
    return [query["sql"] for query in queries]


@pytest.fixture
def story():
    return plant("anchorword", live_from=stories.NOON)


def test_every_public_page_costs_at_most_six_queries_however_large_the_site_is(client, story):
    multiply(story, FEW)
    few = {name: len(queries_of(client, name, story)) for name in ADDRESSES}
    multiply(story, MANY - FEW)
    many = {name: len(queries_of(client, name, story)) for name in ADDRESSES}
    few["articles:search"] += 1  # of more hits than are counted, it is asked how best to read them off
    assert few == many
    assert {name: count for name, count in many.items() if count > MOST} == {}
    assert {name: many[name] for name in PINNED} == PINNED
