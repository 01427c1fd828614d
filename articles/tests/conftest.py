"""Stories, people at their work and pages in a browser, for several tests."""

import functools

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Coverage
from articles.tests import browser, buckets, desk
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


@pytest.fixture(scope="session")
def bucket_server():
    """A server of S3's protocol, for all tests: each makes a bucket of its own."""
    with buckets.running() as server:
        yield server


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


@pytest.fixture
def troubles(page):
    """What the browser complains of: in the end, nothing. A test that expects something takes it out of the list."""
    found = browser.complaints_of(page.context)
    yield found
    assert found == []


@pytest.fixture
def visit(page, live_server, editor, troubles):
    """A function that opens an address as an editor and returns the page."""
    browser.sign_in(page.context, editor, site=live_server.url)
    return functools.partial(browser.open_page, page)


@pytest.fixture
def edit(visit):
    """A function that opens the form of a story, or an empty one, as an editor and returns the page."""
    return lambda story=None: visit(desk.address("change", story) if story else desk.address("add"))
