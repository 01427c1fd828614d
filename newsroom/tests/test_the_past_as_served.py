"""The site as it was is the same for everybody, and nothing of today's conversation stands in it.

That its stories are those served then is shown in test_the_record_holds.py, and that no hidden word is found at
any moment in test_planted_words.py.
"""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from articles.tests.stories import NOON
from newsroom.tests.public_addresses import ADDRESSES, comment, plant

pytestmark = pytest.mark.django_db

NOW = NOON + dt.timedelta(hours=1)


def local(moment):
    return moment.astimezone(dt.timezone(dt.timedelta(hours=2))).strftime("%Y-%m-%dT%H:%M:%S")


def get(client, address, *, at):
    with time_machine.travel(at, tick=False):
        return client.get(address)


@pytest.mark.parametrize("name", ["articles:front", "articles:detail"])
def test_comments_are_left_out_of_the_past(client, name):
    story = plant("anchorword", live_from=NOON)
    comment(story.article, "saidword", at=NOON)
    address = ADDRESSES[name](story)
    assert "comment" in get(client, address, at=NOW).content.decode()
    with CaptureQueriesContext(connection) as queries:
        page = get(client, f"{address}?at={local(NOON)}", at=NOW).content.decode()
    main = html.document_fromstring(page).xpath("//main")[0].text_content().lower()
    assert "comment" not in main.replace("comment anchorword", "")
    assert "saidword" not in page
    assert not any("comments_comment" in query["sql"] for query in queries)
    assert len(queries) <= 6


@pytest.mark.parametrize("name", ["articles:front", "articles:detail"])
def test_the_past_is_the_same_for_everybody(client, editor, name):
    story = plant("anchorword", live_from=NOON)
    address = f"{ADDRESSES[name](story)}?at={local(NOON)}"
    signed_out = get(client, address, at=NOW)
    client.force_login(editor)
    assert get(client, address, at=NOW).content == signed_out.content
    assert not signed_out.cookies
    assert "csrf" not in signed_out.content.decode().lower()


@pytest.mark.parametrize("name", ["articles:section", "articles:tag", "articles:archive", "articles:search"])
def test_a_page_without_a_past_is_the_same_with_a_moment_and_without(client, name):
    address = ADDRESSES[name](plant("anchorword", live_from=NOON))
    joint = "&" if "?" in address else "?"
    with_moment = get(client, f"{address}{joint}at={local(NOON)}", at=NOW)
    assert with_moment.content == get(client, address, at=NOW).content
