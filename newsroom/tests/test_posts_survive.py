"""What was acknowledged is kept, once, whatever happens to the server in the middle of it."""

import socket

import pytest
from django.db import connection

from articles.tests.stories import published
from comments.models import AT_FIRST, Comment, Decision, QueueTally, Status, replay
from comments.posting import comment_of
from comments.tests.replies import typed
from newsroom.tests.posting import LOST, Crowd, Server, database_url

pytestmark = pytest.mark.django_db(transaction=True)
POSTS, CLIENTS = 300, 30
SPAM = "Win now: http://a.example/ http://b.example/ http://c.example/"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def form(number):
    """Every fifth one has the look of spam, every seventh fills in the field that people do not see."""
    words = SPAM if number % 5 == 0 else "A question about the harbour"
    return typed(text=f"{words} {number}", homepage="http://x.example/" if number % 7 == 0 else "")


def recounted():
    return {
        "pending": Comment.objects.filter(status=Status.PENDING).count(),
        "reported": 0,
        "spam": Comment.objects.filter(status=Status.SPAM).count(),
        "approved": 0,
        "rejected": 0,
    }


def assert_nothing_is_half_written():
    for comment in Comment.objects.prefetch_related("decisions"):
        lines = sorted(comment.decisions.all(), key=lambda line: line.number)
        assert len(lines) == comment.decision_count
        assert replay(lines) == comment.state
        assert comment.status == Status.SPAM or comment.state == AT_FIRST
    assert Decision.objects.count() == Comment.objects.filter(status=Status.SPAM).count()
    assert QueueTally.objects.counts() == recounted()


def test_posts_survive_the_death_of_a_worker_and_of_the_server(tmp_path):
    edition = published("Harbour bridge reopens")
    forms = [form(number) for number in range(POSTS)]
    (tmp_path / "static").mkdir()  # else every process warns that there is none
    environment = {
        "NEWSROOM_DATA_DIR": str(tmp_path),
        "NEWSROOM_DATABASE_URL": database_url(connection.settings_dict),
    }
    with (
        Server(free_port(), **environment) as server,
        Crowd(server.port, f"{edition.path}reply/", forms, clients=CLIENTS) as crowd,
    ):
        crowd.wait(acknowledged=POSTS // 4)
        server.kill_a_worker()
        crowd.wait(acknowledged=POSTS // 2)
        server.kill()
        assert len(crowd.links) < POSTS
        server.start()
        crowd.wait()
    assert set(crowd.answers) == {303, LOST}
    assert sorted(crowd.links) == list(range(POSTS))
    for number, link in crowd.links.items():
        token = link.rstrip("/").rpartition("/")[2]
        comment, _is_authors = comment_of(token, article=edition.article)
        assert comment.text == forms[number]["text"]
    assert Comment.objects.count() == POSTS
    assert_nothing_is_half_written()
