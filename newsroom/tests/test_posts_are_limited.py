"""All processes that serve the site keep to one limit, however hard they are pressed."""

import time

import pytest
from django.db import connection

from articles.tests.stories import published
from comments.models import Comment
from comments.tests import valkey
from comments.tests.replies import typed
from newsroom.tests.posting import PATIENCE, Crowd, Server, database_url, free_port

CLIENTS = 20
REFUSALS = 200


@pytest.mark.django_db(transaction=True)
def test_of_many_who_do_not_give_up_exactly_as_many_pass_as_are_allowed(tmp_path):
    path = f"{published('Harbour bridge reopens').path}reply/"
    (tmp_path / "static").mkdir()  # else every process warns that there is none
    with valkey.running() as counter:
        environment = {
            "NEWSROOM_DATA_DIR": str(tmp_path),
            "NEWSROOM_DATABASE_URL": database_url(connection.settings_dict),
            "NEWSROOM_CACHE_URL": counter.url,
            "NEWSROOM_COMMENT_RATE": "6/d",
        }
        forms = [typed(text=f"Number {number}") for number in range(CLIENTS)]
        with (
            Server(free_port(), **environment) as server,
            Crowd(server.port, path, forms, clients=CLIENTS) as crowd,
        ):
            gives_up_at = time.monotonic() + PATIENCE
            while crowd.answers[429] < REFUSALS and time.monotonic() < gives_up_at:
                time.sleep(0.05)
        assert len(counter.client.keys("*")) == 2
    assert set(crowd.answers) == {303, 429}
    assert crowd.answers[303] == Comment.objects.count() == 6
