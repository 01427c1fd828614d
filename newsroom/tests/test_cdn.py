"""What a CDN is told: by the headers of a page, and by a word for each change."""

import http.server
import json
import threading

import pytest
from django_tasks_db.models import DBTaskResult

from articles import publishing, times
from articles.shown import LATEST, changes, story
from articles.signals import changing
from articles.tests.stories import NOON, published, write
from newsroom import cdn
from newsroom.cdn import key_of, purge
from newsroom.drops import slots_of

pytestmark = pytest.mark.django_db


def keys(*names):
    return {key_of(slot) for slot in slots_of(names)}


class Cdn(http.server.BaseHTTPRequestHandler):
    """Keeps what it is told; refuses as often as it is asked to."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(
            (self.headers["Surrogate-Key"], self.headers["Authorization"], json.loads(body))
        )
        self.server.refusals -= 1
        self.send_response(503 if self.server.refusals >= 0 else 200)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def far(settings, monkeypatch):
    """A CDN on a port of this machine, which the site is set to tell."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Cdn) as server:
        server.told, server.refusals = [], 0
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.PURGE_URL = f"http://127.0.0.1:{server.server_port}/purge"
        settings.PURGE_TOKEN = "secret"
        waits = []
        monkeypatch.setattr(cdn.time, "sleep", waits.append)
        server.waits = waits
        cdn.listen()
        yield server
        changing.disconnect(dispatch_uid="newsroom.cdn")
        server.shutdown()


def enqueued():
    """The keys of the words that wait for the worker."""
    return [set(task.args_kwargs["args"][0]) for task in DBTaskResult.objects.order_by("enqueued_at")]


def test_a_page_says_what_it_shows_and_how_long_that_holds(site, far, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        edition = published("A bridge reopens")
    got = site.get(edition.path)
    told = set(got.headers["surrogate-key"].split())
    assert keys(story(edition.article_id), LATEST) <= told
    assert told == set(got.headers["cache-tag"].split(","))
    assert got.headers["cdn-cache-control"] == got.headers["surrogate-control"] == "max-age=86400"
    assert got.headers["cache-control"] == "public, no-cache"


def test_a_page_that_is_going_to_change_holds_until_then(site, far, at_noon, editor):
    with at_noon(execute=True):
        publishing.schedule(write("Later"), at=NOON + times.REACH * 5, by=editor, now=NOON)
    assert site.get("/").headers["cdn-cache-control"] == "max-age=300"


def test_what_is_nobodys_to_keep_says_nothing(site, far, client):
    for address in ("/?at=2025-06-03T10:00", "/healthz", "/admin/login/"):
        assert "surrogate-key" not in site.get(address).headers


def test_a_change_is_told_once_it_is_stored(far, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        changes(story(7))
    assert enqueued() == []
    for callback in callbacks:
        callback()
    assert enqueued() == [keys(story(7))]


def test_a_plan_has_the_pages_asked_for_anew_that_it_will_change(far, at_noon, editor):
    with at_noon(execute=True):
        article = write("Later")
        publishing.schedule(article, at=NOON + times.REACH, by=editor, now=NOON)
    assert any(keys(story(article.pk), LATEST) <= told for told in enqueued())


def test_the_word_is_sent_twice_and_again_where_it_was_not_taken(far):
    far.refusals = 2
    purge.func(["n1", "n2"])
    assert far.told == [("n1 n2", "Bearer secret", {"tags": ["n1", "n2"]})] * 4
    assert far.waits == [1, 2, cdn.AGAIN_AFTER, cdn.AGAIN_AFTER]


def test_a_cdn_that_never_answers_is_told_of_in_the_log(far, caplog):
    far.refusals = 100
    with pytest.raises(OSError, match="HTTP Error 503"):
        purge.func(["n1"])
    assert (
        "The CDN was not told of a change: HTTP Error 503: Service Unavailable. Empty it by hand."
        in caplog.text
    )


@pytest.fixture
def at_noon(time_machine, django_capture_on_commit_callbacks):
    """It is noon; and what was to be done after a commit is done inside its context."""
    time_machine.move_to(NOON, tick=False)
    return django_capture_on_commit_callbacks
