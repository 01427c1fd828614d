"""A story that readers may not see yet, or no longer, is nowhere; at its moment it is everywhere it belongs."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article
from articles.tests import stories
from newsroom.tests.public_addresses import (
    ADDRESSES,
    WITHOUT_A_PAGE,
    comment,
    page,
    plant,
    public_patterns,
    status_for_a_live_story,
)

pytestmark = pytest.mark.django_db

NOW = stories.NOON + dt.timedelta(days=1)
MOMENT = NOW + dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)

# Patterns that never name a story, with the reason. (A 404 names the latest ones.)
SILENT = {
    "articles:corrections": "the planted stories have no correction",
    "articles:corrections_feed": "the planted stories have no correction",
    "articles:page": "the footer's pages tell of the site",
    "articles:robots": "names sitemaps only",
    "articles:sitemap": "names the chunks only",
    "comments:moderation": "counts, and names nothing",
    "comments:moderation_csv": "counts, and names nothing",
    "comments:permalink": "leads on to the page",
    "healthz": "tells of the process",
    "readyz": "tells of the database",
}
# Addresses that are made of a name that only the story uses, or that belong to the story: 404 until it is live.
OF_THE_STORY = {
    "articles:detail", "articles:tag", "articles:author", "articles:source", "articles:publisher", "articles:coverage",
    "articles:tag_feed", "articles:author_feed", "articles:coverage_feed", "articles:preview", "articles:picture",
    "articles:history", "articles:version", "articles:changes", "comments:reply", "comments:own", "comments:proof",
    "comments:thread", "comments:permalink", "comments:report", "comments:report_error", "comments:story_feed",
}  # fmt: skip
# Those of them that say of a withdrawn story that it was withdrawn.
TOLD_OF_AFTERWARDS = {
    "articles:detail", "articles:history", "articles:version", "articles:changes", "comments:thread",
    "comments:permalink", "comments:story_feed",
}  # fmt: skip
NAMED = sorted(OF_THE_STORY)
ALL = sorted(ADDRESSES)


def words_of(response):
    """The body as text, less what the address itself put there (a search box repeats the words asked for)."""
    return re.sub(r'(value="[^"]*"|“[^”]*”|q=[^"&]*|<title>[^<]*</title>)', "", response.content.decode())


@pytest.fixture
def anchor():
    """A story that is live all along, so that lists and sections are not empty."""
    return plant("anchorword", live_from=stories.NOON)


def test_the_table_knows_every_public_pattern():
    assert public_patterns() == set(ADDRESSES)


@pytest.mark.parametrize("name", ALL)
def test_a_live_story_is_found_at_every_address_that_should_show_it(client, anchor, name):
    with time_machine.travel(NOW, tick=False):
        response = page(client, name, anchor)
        shows_it = "anchorword" in words_of(response)
    assert response.status_code == status_for_a_live_story(name)
    assert shows_it == (name not in SILENT)


@pytest.mark.parametrize("name", ALL)
def test_a_scheduled_story_appears_at_its_second_and_not_before(client, anchor, name):
    story = plant("scheduledword", live_from=MOMENT, made_at=NOW)
    with time_machine.travel(MOMENT - SECOND, tick=False):
        before = page(client, name, story)
    assert "scheduledword" not in words_of(before)
    assert before.status_code == (404 if name in OF_THE_STORY | WITHOUT_A_PAGE else 200)

    with time_machine.travel(MOMENT, tick=False):
        after = page(client, name, story)
    assert ("scheduledword" in words_of(after)) == (name not in SILENT)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("kind", ["draft", "withdrawn", "rewritten"])
def test_what_readers_may_not_see_is_nowhere(client, anchor, name, kind):
    if kind == "rewritten":  # the live story's working copy has moved on
        story = anchor
        stories.rewrite(
            story.article, headline="Headline secretword", standfirst="secretword", body="<p>secretword</p>"
        )
        story.article.tags.set(["secretword"])
    else:
        withdrawn_at = NOW - SECOND if kind == "withdrawn" else None
        story = plant(
            "secretword", live_from=stories.NOON, withdrawn_at=withdrawn_at, is_published=bool(withdrawn_at)
        )
    with time_machine.travel(NOW, tick=False):
        response = page(client, name, story)
    assert "secretword" not in words_of(response)
    if kind == "draft" and name in OF_THE_STORY:
        assert response.status_code == 404
    if kind == "withdrawn" and name in OF_THE_STORY:
        assert response.status_code == (410 if name in TOLD_OF_AFTERWARDS else 404)


@pytest.mark.parametrize("name", NAMED)
def test_a_name_nobody_may_know_answers_the_404_of_a_page_that_never_was(client, anchor, name):
    draft = plant("secretword", live_from=stories.NOON, is_published=False)
    scheduled = plant("scheduledword", live_from=MOMENT, made_at=NOW)
    with time_machine.travel(NOW, tick=False):
        never = client.get(ADDRESSES[name](draft).replace("secretword", "neverwas"))
        for story in (draft, scheduled):
            response = page(client, name, story)
            assert response.status_code == never.status_code == 404
            # The words of the address stand in the search box; all else is the same to the byte.
            assert response.content.decode().replace(story.word, "neverwas") == never.content.decode()
            assert dict(response.headers).keys() == dict(never.headers).keys()


def test_comments_that_wait_are_counted_and_shown_nowhere(client, anchor):
    row = comment(anchor.article, "waitingword", at=NOW)
    type(row).objects.filter(pk=row.pk).update(status="pending")
    with time_machine.travel(NOW, tick=False):
        for name in ALL:
            assert "waitingword" not in page(client, name, anchor).content.decode(), name
        assert "1 comment" in page(client, "articles:detail", anchor).content.decode()


@pytest.mark.parametrize("name", ALL)
def test_no_public_query_names_a_column_of_the_working_copy(client, anchor, name):
    identity = {"id", "uid", "is_open_to_comments"}
    columns = "|".join(
        field.column for field in Article._meta.concrete_fields if field.column not in identity
    )
    working_copy = re.compile(rf'"articles_article"\."({columns})"')
    with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as queries:
        page(client, name, anchor)
    assert [query["sql"] for query in queries if working_copy.search(query["sql"])] == []


@pytest.mark.parametrize("name", ALL)
def test_public_pages_set_no_cookie_carry_no_token_and_look_the_same_to_everybody(
    client, anchor, name, editor
):
    with time_machine.travel(NOW, tick=False):
        signed_out = page(client, name, anchor)
        client.force_login(editor)
        signed_in = page(client, name, anchor)
    assert not signed_out.cookies
    assert not signed_in.cookies
    assert "Cookie" not in signed_out.headers.get("Vary", "")
    assert "csrf" not in signed_out.content.decode().lower()
    if name != "comments:reply":  # uncached: it carries the signed time of its making
        assert signed_out.content == signed_in.content
