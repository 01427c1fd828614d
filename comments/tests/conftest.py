import pytest
import time_machine

from articles.tests.stories import NOON, published
from comments.tests import valkey
from comments.tests.postbox import open_postbox
from comments.tests.replies import MINUTE


@pytest.fixture
def clock():
    """The time is five minutes past noon until the test moves it."""
    with time_machine.travel(NOON + 5 * MINUTE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def edition(db, clock):
    """A live story that is open to comments."""
    return published("Harbour bridge reopens")


@pytest.fixture
def desk(client, moderator):
    """The client, with a moderator signed in."""
    client.force_login(moderator)
    return client


@pytest.fixture
def postbox(settings):
    """The mail server that the site hands its letters to."""
    with open_postbox() as box:
        settings.EMAIL_SERVER = box.settings
        yield box


@pytest.fixture(scope="session")
def valkey_of_the_session():
    with valkey.running() as server:
        yield server


@pytest.fixture(params=["database", "valkey"])
def store(request, settings):
    """Where posts and reports are counted: the test runs with each."""
    if request.param == "valkey":
        server = request.getfixturevalue("valkey_of_the_session")
        server.client.flushdb()
        settings.CACHE_URL = server.url
    return request.param


@pytest.fixture
def mortal(settings):
    """A Valkey of the test's own, in which posts and reports are counted."""
    with valkey.running() as server:
        settings.CACHE_URL = server.url
        yield server
