"""Two machines on one database and one Valkey, the clock of the second one a second behind, answer as one."""

import os
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from lxml import html

from articles.models import Article
from articles.tests.stories import published, rewrite
from comments.models import Comment
from comments.tests import valkey
from newsroom.launcher import ROOT
from newsroom.tests.posting import HOST, Server, database_url
from newsroom.tests.test_posts_survive import free_port

pytestmark = pytest.mark.django_db(transaction=True)
SLOW_CLOCK = Path(__file__).parent / "slow_clock"


class Node(Server):
    """A machine with a data folder of its own, and somebody who is signed in there."""

    def __init__(self, folder, cookie, **environment):
        super().__init__(
            free_port(),
            NEWSROOM_DATA_DIR=str(folder),
            NEWSROOM_SECRET_KEY=settings.SECRET_KEY,
            NEWSROOM_DATABASE_URL=database_url(connection.settings_dict),
            **environment,
        )
        self.cookie = cookie

    def ask(self, path, form=None):
        """(status, text) as the editor gets it."""
        client = HTTPConnection(HOST, self.port, timeout=30)
        here = f"http://{HOST}:{self.port}"
        headers = {"Cookie": self.cookie, "Origin": here, "Content-Type": "application/x-www-form-urlencoded"}
        client.request("POST" if form else "GET", path, form and urlencode(form), headers)
        response = client.getresponse()
        answer = response.status, response.read().decode()
        if cookie := response.headers.get("Set-Cookie"):
            self.cookie = f"{self.cookie}; {cookie.partition(';')[0]}"
        client.close()
        return answer

    def read(self, path):
        status, text = self.ask(path)
        assert status == 200, text
        return text

    def send(self, path, **fields):
        """Fills in the page's form that posts, and sends it."""
        page = html.document_fromstring(self.read(path))
        form = next(
            form for form in page.forms if form.method == "POST" and "logout" not in (form.action or "")
        )
        status, text = self.ask(path, dict(form.form_values()) | fields)
        assert status == 302, text

    def publish(self, article):
        self.send(f"/admin/articles/article/{article.pk}/publish/")


@pytest.fixture
def server():
    with valkey.running() as running:
        yield running


def collect_static(folder):
    """What the pages name: the files of the stylesheets, by their names with a hash."""
    folder.mkdir()
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "NEWSROOM_DATA_DIR": str(folder)}, check=True)


@pytest.fixture
def nodes(tmp_path, superuser, server):
    for name in ("first", "second"):
        collect_static(tmp_path / name)
    browser = Client()
    browser.force_login(superuser)
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    first = Node(tmp_path / "first", cookie, NEWSROOM_CACHE_URL=server.url)
    second = Node(tmp_path / "second", cookie, NEWSROOM_CACHE_URL=server.url, PYTHONPATH=str(SLOW_CLOCK))
    with first, second:
        yield first, second


def kept_by_all(nodes, path):
    """Asks until every worker of both machines has kept the page."""
    for node in nodes:
        for _time in range(6):
            node.read(path)


def assert_what_one_publishes_both_show(nodes, article, path, *, words):
    for number, (here, there) in enumerate([nodes, nodes[::-1]]):
        kept_by_all(nodes, path)
        headline = f"{words}, {number}"
        rewrite(Article.objects.get(pk=article.pk), headline=headline)
        here.publish(article)
        assert headline in there.read(path)
        assert headline in there.read("/")
        assert headline in here.read(path)


def test_what_one_machine_publishes_or_approves_the_other_shows_at_the_very_next_request(nodes, server):
    edition = published("A bridge reopens")
    article, path = edition.article, edition.path
    assert_what_one_publishes_both_show(nodes, article, path, words="A bridge is closed")
    comment, _is_new = Comment.objects.post(
        article=article, name="Ana", email="ana@example.com", text="A word by a reader"
    )
    kept_by_all(nodes, path)
    approve(nodes[0], comment)
    assert "A word by a reader" in nodes[1].read(path)
    server.kill()
    assert_what_one_publishes_both_show(nodes, article, path, words="The server is away")
    notes = "No pages are kept: the server of NEWSROOM_CACHE_URL does not answer."
    assert all(notes in node.read("/readyz") for node in nodes)
    server.start()
    for node in nodes:
        wait_until_kept(node)
    assert_what_one_publishes_both_show(nodes, article, path, words="The server is back")


def approve(node, comment):
    """As the queue's button does."""
    page = html.document_fromstring(node.read("/admin/comments/comment/"))
    [token] = set(page.xpath("//input[@name='csrfmiddlewaretoken']/@value"))
    form = {"csrfmiddlewaretoken": token, "do": f"approve:{comment.pk}"}
    status, text = node.ask("/admin/comments/comment/decide/", form)
    assert status == 302, text


def wait_until_kept(node):
    gives_up_at = time.monotonic() + 20
    while "notes" in node.read("/readyz"):
        assert time.monotonic() < gives_up_at
        time.sleep(0.1)
