"""Markup in any word of the desk's own people stands raw on no page of the admin."""

from urllib.parse import urlencode

import pytest
import time_machine

from articles import publishing
from articles.models import Coverage, Pin, Tag, TagAlias
from articles.tests import desk
from articles.tests.stories import NOON, author, published, source, write

pytestmark = pytest.mark.django_db

HOSTILE = "<b onmouseover=alert(7)>\"'&</b>"


@pytest.fixture
def pages(editor):
    """Every page on which the hostile words could stand."""
    editor.display_name = HOSTILE
    editor.save()
    coverage = Coverage.objects.create(name=HOSTILE, slug="hostile")
    report = source("hostile")
    report.title = report.publisher = HOSTILE
    report.save()
    name = author("hostile")
    name.name = HOSTILE
    name.save()
    fields = {
        "standfirst": HOSTILE, "tags": [HOSTILE], "bylines": [name], "sources": [report], "coverage": coverage,
    }  # fmt: skip
    live = published(HOSTILE, **fields).article
    live.bylines.update(role=HOSTILE)
    article = write(HOSTILE, related=[live], **fields)
    publishing.schedule(article, at=NOON.replace(hour=15), by=editor, note=HOSTILE, now=NOON)
    tag = Tag.objects.get()
    TagAlias.objects.create(name=f"{HOSTILE}2", tag=tag)
    Pin.objects.create(article=live, pinned_from=NOON)
    address = desk.address
    of_articles = [address(page, article) for page in ("change", "history", "publish", "cancel", "withdraw")]
    lists = (
        "article",
        "tag",
        "tagalias",
        "source",
        "coverage",
        "pin",
        "author",
        "desklogline",
        "section",
        "user",
    )
    records = {"tag": tag, "source": report, "coverage": coverage, "author": name, "user": editor}
    return [
        *of_articles,
        *(address("changelist", model=model) for model in lists),
        *(address("change", record, model=model) for model, record in records.items()),
        f"{address('changelist')}?{urlencode({'q': HOSTILE, 'tag': HOSTILE})}",
        f"{address('merge', model='tag')}?tag={tag.pk}",
        "/admin/",
    ]


def test_no_page_prints_markup_that_somebody_typed(client, superuser, pages):
    client.force_login(superuser)
    with time_machine.travel(NOON.replace(hour=13), tick=False):
        for page in pages:
            response = client.get(page)
            assert response.status_code == 200, page
            assert "<b onmouseover" not in response.text, page


def test_messages_and_errors_print_no_markup(client, editor):
    editor.display_name = HOSTILE
    editor.save()
    client.force_login(editor)
    tag = Tag.objects.create(name=HOSTILE)
    with time_machine.travel(NOON, tick=False):
        article = write(HOSTILE)
        saved = desk.send(client, desk.address("change", article), headline=HOSTILE, _continue="1")
        failed = desk.send(
            client, desk.address("change", article), headline="", standfirst=HOSTILE, slug=HOSTILE
        )
        done = desk.send(client, desk.address("publish", article))
        other = Tag.objects.create(name="other")
        merged = desk.send(client, f"{desk.address('merge', model='tag')}?tag={other.pk}", into=tag.name)
        for response in (client.get(saved.url), failed, client.get(done.url), client.get(merged.url)):
            assert response.status_code == 200
            assert "<b onmouseover" not in response.text
