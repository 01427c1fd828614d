"""What the desk says to itself about a story is found on no public address: notes, unsaved words, who is there."""

import datetime as dt

import pytest
import time_machine

from articles.models import Autosave, DeskNote, Presence
from articles.tests import stories
from newsroom.tests.public_addresses import ADDRESSES, plant

pytestmark = pytest.mark.django_db

NOW = stories.NOON + dt.timedelta(days=1)
OF_THE_PAST = {"articles:front", "articles:detail"}  # what can be asked for at a moment


@pytest.fixture
def story():
    """A live story whose desk notes, drafts and people all carry `deskword`."""
    story = plant("anchorword", live_from=stories.NOON)
    writer = stories.person("deskword", "Editors")
    for is_resolved in (False, True):
        resolved = {"resolved_by": writer, "resolved_at": NOW} if is_resolved else {}
        DeskNote.objects.create(article=story.article, by=writer, text="deskword", at=NOW, **resolved)
    fields = {name: ["deskword"] for name in ("headline", "standfirst", "body", "tags", "citations-0-title")}
    for article in (story.article, None):
        Autosave.objects.keep(user=writer, article=article, fields=fields, version=1, at=NOW)
    Presence.objects.mark(article=story.article, user=writer, at=NOW)
    return story


@pytest.mark.parametrize("name", sorted(ADDRESSES))
@pytest.mark.parametrize("is_signed_in", [False, True])
def test_the_desks_own_words_are_nowhere_public(client, story, name, is_signed_in):
    if is_signed_in:
        client.force_login(stories.person("deskword", "Editors"))
    address = ADDRESSES[name](story)
    asked = [address] + [f"{address}?at=2025-06-10T14:00"] * (name in OF_THE_PAST)
    with time_machine.travel(NOW + dt.timedelta(minutes=1), tick=False):
        for where in asked:
            assert "deskword" not in client.get(where).content.decode(), where
