"""What tests of the whole site share."""

from contextlib import contextmanager
from unittest import mock

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction

from articles import times
from newsroom import drop_board, page_cache
from newsroom.drops import Board
from newsroom.tests.cached_site import CachedSite


@contextmanager
def one_connection():
    """The test's own connection is kept through requests, as Django's test client keeps it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with mock.patch.object(page_cache, "close_old_connections"):
        yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def board(tmp_path, monkeypatch):
    """A Board of drops that no other process has, on which this one makes its changes known."""
    made = Board(tmp_path / "page-drops")
    monkeypatch.setattr(drop_board, "the_board", lambda: made)
    with one_connection():
        yield made
    made.close()
    times.not_before(times.moment_at(0))


@pytest.fixture
def site(board):
    return CachedSite(board)


@pytest.fixture
def done(django_capture_on_commit_callbacks):
    """`done(verb, *args)`: does it in a transaction, and what is to be done after that."""

    def do(verb, *args, **options):
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            return verb(*args, **options)

    return do
