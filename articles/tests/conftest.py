"""Stories that several tests of readers' pages read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Coverage
from articles.tests.reading import fetch
from articles.tests.stories import author, published, source


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
