"""Probes learn whether the process answers and whether the database is ready for readers."""

import pytest
from django.db import DatabaseError, InterfaceError
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse

from newsroom import health

OK = {"status": "ok"}
SECRET = "connection to 10.0.0.1 as newsroom:hunter2 refused"


@pytest.mark.parametrize("name", ["healthz", "readyz"])
@pytest.mark.django_db
def test_a_ready_site_says_so(client, name):
    response = client.get(reverse(name))
    assert (response.status_code, response.json()) == (200, OK)


def test_healthz_asks_no_database(client):
    """Without the mark that allows it, a query would fail this test."""
    assert client.get("/healthz").json() == OK


@pytest.mark.django_db
def test_readyz_names_the_migrations_that_are_missing(client, monkeypatch):
    monkeypatch.setattr(health, "_migrations_on_disk", lambda: {("articles", "0999_from_tomorrow")})
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        503,
        {
            "status": "unavailable",
            "reason": "The database lacks migrations: articles.0999_from_tomorrow. Run manage.py migrate.",
        },
    )


@pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
def test_readyz_says_that_the_database_does_not_answer_and_not_why(client, monkeypatch, caplog, error):
    def fail(recorder):
        raise error(SECRET)

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", fail)
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        503,
        {"status": "unavailable", "reason": "The database does not answer."},
    )
    assert SECRET in caplog.text  # whoever runs the site can read it


@pytest.mark.parametrize("name", ["healthz", "readyz"])
@pytest.mark.django_db
def test_probes_are_answered_afresh_each_time_and_to_reading_methods_only(client, name):
    response = client.get(reverse(name))
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Content-Type"] == "application/json"
    assert client.head(reverse(name)).status_code == 200
    assert client.post(reverse(name)).status_code == 405
