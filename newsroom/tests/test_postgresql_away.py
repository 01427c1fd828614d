"""A PostgreSQL that goes away and comes back: a page that says so meanwhile, and nothing to restart afterwards."""

import json
import os
import subprocess
import sys
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.db.backends.signals import connection_created
from django.template.loader import render_to_string
from django.test import Client

from articles import views
from articles.tests.stories import published
from comments.models import Comment
from comments.tests.replies import typed
from newsroom import patience, wsgi  # noqa: F401 - the server's own, which limits the waiting
from newsroom.tests.posting import FORM, HOST, Server, database_url
from newsroom.tests.relay import Relay, free_port

on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs a PostgreSQL")
WORDS = "Sorry, the site cannot answer at the moment"


def collect_names(folder):
    """Has pages name our static files without a hash: what collecting them would take seconds for."""
    folder.mkdir()
    names = [path.relative_to(root) for root in settings.STATICFILES_DIRS for path in root.rglob("*.*")]
    paths = {str(name): str(name) for name in names}
    (folder / "staticfiles.json").write_text(json.dumps({"version": "1.1", "paths": paths, "hash": ""}))


def answer(port, path, *, method="GET", body=None):
    """(status, headers, text) of what the server answers."""
    asked = HTTPConnection(HOST, port, timeout=60)
    asked.request(method, path, body, FORM if body else {})
    response = asked.getresponse()
    text = response.read().decode()
    asked.close()
    return response.status, response.headers, text


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_told_on_a_page_that_asks_it_nothing(monkeypatch, error):
    def fail(**kwargs):
        raise error("connection to 10.0.0.1 as newsroom refused")

    monkeypatch.setattr(views, "front_page", fail)
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 503
    assert response.text == render_to_string("503.html")
    assert WORDS in response.text
    assert "go back: what you typed is still there, and can be sent again." in response.text
    assert (response.headers["Retry-After"], response.headers["Cache-Control"]) == ("10", "no-store")


@pytest.mark.django_db
def test_a_query_that_is_wrong_stays_a_failure_of_ours(monkeypatch):
    def fail(**kwargs):
        raise ProgrammingError("no such column")

    monkeypatch.setattr(views, "front_page", fail)
    assert Client(raise_request_exception=False).get("/").status_code == 500


@pytest.fixture
def relay(transactional_db):
    with Relay(connection.settings_dict) as relay:
        yield relay


@pytest.fixture
def site(relay, tmp_path):
    """The site as it is served, on the database of the tests as far as the relay lets it."""
    collect_names(tmp_path / "static")
    parts = urlsplit(database_url(connection.settings_dict))
    user = parts.netloc.rpartition("@")[0] or connection.settings_dict["USER"]
    url = f"postgres://{user}@{HOST}:{relay.port}{parts.path}"
    with Server(free_port(), NEWSROOM_DATA_DIR=str(tmp_path), NEWSROOM_DATABASE_URL=url) as server:
        yield server


@on_postgresql
def test_the_site_says_so_while_the_database_is_away_and_goes_on_by_itself(relay, site):
    edition = published("Harbour bridge reopens")
    reply, form = f"{edition.path}reply/", urlencode(typed(text="A question"))
    assert answer(site.port, "/archive/")[0] == 200  # what is asked below must not be kept
    relay.cut()
    for path in ("/", edition.path, "/search/?q=bridge", "/feed.xml", "/sitemap.xml"):
        status, headers, text = answer(site.port, path)
        assert (path, status, headers["Retry-After"]) == (path, 503, "10")
        assert WORDS in text
    assert answer(site.port, reply, method="POST", body=form)[0] == 503
    assert [answer(site.port, path)[0] for path in ("/readyz", "/healthz")] == [503, 200]
    relay.mend()
    assert [answer(site.port, f"/search/?q={each}")[0] for each in range(16)] == [200] * 16
    assert answer(site.port, "/readyz")[0] == 200
    assert answer(site.port, reply, method="POST", body=form)[0] == 303
    assert Comment.objects.count() == 1


@on_postgresql
def test_nobody_notices_that_the_database_was_started_anew_between_two_requests(relay, site):
    published("Harbour bridge reopens")
    for word in ("harbour", "bridge", "reopens"):  # each a page that is not kept yet
        assert [answer(site.port, f"/search/?q={word}+{each}")[0] for each in range(8)] == [200] * 8
        relay.cut()
        relay.mend()


@on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["jit", "max_parallel_workers_per_gather"])
def test_the_server_has_queries_planned_for_pages_and_not_for_reports(name):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() in [("off",), ("0",)]
    finally:
        other.close()


@on_postgresql
@pytest.mark.django_db
def test_the_server_has_what_takes_too_long_ended(monkeypatch):
    assert connection_created.has_listeners()
    monkeypatch.setattr(patience, "LIMITS", patience.LIMITS | {"statement_timeout": "100ms"})
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("10s",)
            with pytest.raises(OperationalError, match="canceling statement due to statement timeout"):
                cursor.execute("SELECT pg_sleep(10)")
    finally:
        other.close()


def errors_of_a_command(tmp_path, *, url):
    """What a command prints on its error stream with that database."""
    environ = os.environ | {"NEWSROOM_DATABASE_URL": url, "NEWSROOM_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "make_renditions"]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=environ, capture_output=True, text=True, check=False
    ).stderr


def test_a_command_says_in_a_sentence_that_the_database_does_not_answer(tmp_path):
    told = errors_of_a_command(tmp_path, url=f"postgres://me:pw@{HOST}:{free_port()}/news")
    assert told.startswith("newsroom: The database of NEWSROOM_DATABASE_URL does not answer: connection")
    assert "Traceback" not in told
    assert "pw" not in told


def test_what_a_database_answers_is_not_taken_for_silence(tmp_path):
    told = errors_of_a_command(tmp_path, url=f"sqlite:///{tmp_path}/empty.sqlite3")
    assert "does not answer" not in told
    assert "no such table: articles_image" in told
