"""Probes learn whether the process answers and whether the database is ready for readers."""

import pytest
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder

from newsroom import health


def test_healthz_answers_without_asking_the_database(rf):
    response = health.healthz(rf.get("/healthz"))
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_answers_when_every_migration_has_run(rf):
    response = health.readyz(rf.get("/readyz"))
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_refuses_while_a_migration_is_missing(rf, monkeypatch):
    monkeypatch.setattr(health, "_migrations_on_disk", lambda: {("articles", "0999_from_tomorrow")})
    response = health.readyz(rf.get("/readyz"))
    assert (response.status_code, response.content) == (503, b"the database lacks migrations\n")


def test_readyz_refuses_while_the_database_does_not_answer(rf, monkeypatch):
    def fail(recorder):
        raise DatabaseError("connection refused at 10.0.0.1")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", fail)
    response = health.readyz(rf.get("/readyz"))
    assert (response.status_code, response.content) == (503, b"the database does not answer\n")


@pytest.mark.parametrize("view", [health.healthz, health.readyz])
@pytest.mark.django_db
def test_probes_are_answered_afresh_each_time_and_to_reading_methods_only(rf, view):
    response = view(rf.get("/"))
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert view(rf.post("/")).status_code == 405
