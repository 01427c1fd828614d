"""Stories and people at their work, for several tests."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Coverage
from articles.tests.reading import fetch
from articles.tests.stories import author, person, published, source


@pytest.fixture
def bridge(db):
    """A story live at NOON that is filed in every way: section, tag, author, source, coverage."""
    coverage = Coverage.objects.create(name="Bridges", slug="bridges")
    return published(
        "Bridge", tags=["span"], bylines=[author()], sources=[source("Report")], coverage=coverage
    )


@pytest.fixture
def count_queries(client):
    """A function from an address to how many queries its page costs."""

    def count(address, status=200):
        fetch(client, address, status=status)  # what is asked once in the life of a process
        with CaptureQueriesContext(connection) as queries:
            fetch(client, address, status=status)
        return len(queries)

    return count


@pytest.fixture
def desk_client(client, editor):
    """A client that an editor is signed in with."""
    client.force_login(editor)
    return client


def _client_of(name):
    client = Client()
    client.force_login(person(name, "Editors"))
    return client


@pytest.fixture
def ana(db):
    """The client of Ana, an editor who works beside Ben."""
    return _client_of("ana")


@pytest.fixture
def ben(db):
    """The client of Ben, an editor who works beside Ana."""
    return _client_of("ben")
