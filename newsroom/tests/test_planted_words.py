"""Words that readers may not see are planted everywhere the desk keeps some, and looked for at every address.

Each kind of place gets a word of its own; no public address, and no moment of the past, gives it away.
"""

import datetime as dt
import re

import pytest
import time_machine

from articles import publishing, versions, workflow
from articles.models import Article, Autosave, DeskNote, Edition, PreviewLink, WavedAdvice
from articles.models.article import Stage
from articles.tests import stories
from articles.tests.stories import NOON, rewrite
from articles.workflow import Verb
from newsroom.tests.public_addresses import ADDRESSES, plant

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
NOW = NOON + dt.timedelta(days=1)
WORD = "plantedword"
MOMENTS = [NOON + MINUTE, NOON + 2 * MINUTE, NOON + 12 * MINUTE, NOW - MINUTE]


def _at_stage(stage):
    def plant_it(editor):
        story = plant(WORD, live_from=NOON, is_published=False)
        Article.objects.filter(pk=story.article.pk).update(stage=stage)
        return story

    return plant_it


def _scheduled(editor):
    return plant(WORD, live_from=NOW + MINUTE)


def _embargoed(editor):
    story = plant(WORD, live_from=NOON, is_published=False)
    Article.objects.filter(pk=story.article.pk).update(embargo_until=NOW + MINUTE)
    return story


def _withdrawn(editor):
    return plant(WORD, live_from=NOON, withdrawn_at=NOON + 10 * MINUTE)


def _rewritten(editor):
    """A live story whose working copy has moved on, and has been sent to review."""
    story = _live(editor)
    article = rewrite(story.article, headline=WORD, standfirst=WORD, body=f"<p>{WORD}</p>")
    article.tags.set([WORD])
    workflow.move(article, Verb.SUBMIT, by=editor, note=WORD, now=NOON + 5 * MINUTE)
    return story


def _redacted(editor):
    """A live story whose first version had the words, which were then taken out of the record."""
    story = _live(editor)
    first = rewrite(story.article, headline=f"Headline {WORD}", standfirst=WORD, body=f"<p>{WORD}</p>")
    publishing.publish(first, by=editor, now=NOON + 2 * MINUTE, note=WORD)
    second = rewrite(Article.objects.get(pk=first.pk), headline="Clean", standfirst="", body="<p>Clean.</p>")
    publishing.publish(second, by=editor, now=NOON + 10 * MINUTE)
    versions.redact(second, number=2, by=editor, reason=WORD, now=NOON + 20 * MINUTE)
    return story


def _set_aside(editor):
    """Words that made way for an earlier version which was brought back."""
    story = _live(editor)
    article = rewrite(Article.objects.get(pk=story.article.pk), headline=WORD, body=f"<p>{WORD}</p>")
    versions.bring_back(article, number=1, by=editor, now=NOON + 5 * MINUTE)
    return story


def _of_the_desk(editor):
    """What the desk says among itself about a live story: notes, autosaves, advice, a preview link's story."""
    story = _live(editor)
    article = story.article
    DeskNote.objects.create(article=article, text=WORD, by=editor, at=NOON)
    Autosave.objects.create(article=article, user=editor, fields={"headline": [WORD]}, saved_at=NOON)
    WavedAdvice.objects.create(article=article, key="k" * 64, sentence=WORD, note=WORD, by=editor, at=NOON)
    PreviewLink.objects.create(
        article=article, made_by=editor, made_at=NOW, expires_at=NOW + 72 * 60 * MINUTE
    )
    return story


def _live(editor):
    return plant("anchorword", live_from=NOON)


PLACES = {
    **{stage.value: _at_stage(stage) for stage in Stage},
    "scheduled": _scheduled,
    "embargoed": _embargoed,
    "withdrawn": _withdrawn,
    "rewritten": _rewritten,
    "redacted": _redacted,
    "set aside": _set_aside,
    "of the desk": _of_the_desk,
}


def addresses_of(story):
    """Every public address for the story, its history, and front page and story at moments of the past."""
    yield from (make(story) for make in ADDRESSES.values())
    paths = {story.path, *Edition.objects.filter(article=story.article).values_list("path", flat=True)}
    for path in paths:
        yield from (f"{path}history/{rest}" for rest in ("", "1/", "2/", "3/", "1..2/", "2..3/", "1..3/"))
        yield from (f"{path}?at={moment:%Y-%m-%dT%H:%M}Z" for moment in MOMENTS)
    yield from (f"/?at={moment:%Y-%m-%dT%H:%M}Z" for moment in MOMENTS)


def words_of(response):
    """The body, less the words of the address itself, which search boxes and canonical links repeat."""
    return re.sub(r'(value="[^"]*"|“[^”]*”|q=[^"&]*|<title>[^<]*</title>)', "", response.content.decode())


@pytest.mark.parametrize("place", PLACES)
def test_planted_words_are_found_on_no_public_address(client, editor, place):
    stories.published("Another story", at=NOON - MINUTE)
    story = PLACES[place](editor)
    with time_machine.travel(NOW, tick=False):
        for address in addresses_of(story):
            response = client.get(address)
            words = words_of(response).replace(f"/slug-{WORD}/", "")
            assert WORD not in words.lower(), (address, response.status_code)
            assert WORD not in str(response.headers.get("Link", "")), address


def test_the_words_are_looked_for_where_they_can_be_found(client, editor):
    """The same search finds the words of a story that is live, at now and at the moments of its past."""
    story = plant(WORD, live_from=NOON)
    with time_machine.travel(NOW, tick=False):
        found = [address for address in addresses_of(story) if WORD in words_of(client.get(address)).lower()]
    assert len([address for address in found if "?at=" in address]) == 2 * len(MOMENTS)
    assert f"{story.path}history/1/" in found
