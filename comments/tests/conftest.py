import pytest
import time_machine

from articles.tests.stories import NOON, published
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
