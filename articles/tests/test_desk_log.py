"""The desk's log as people read it."""

import pytest

from articles.admin.log import readable_note
from articles.models import DeskLogLine

NOON = "2025-06-09T12:00:00+00:00"
Action = DeskLogLine.Action


@pytest.mark.parametrize(
    ("action", "note", "words"),
    [
        (Action.SCHEDULED, NOON, "For 9 June 2025, 14:00."),
        (Action.SCHEDULED, f"{NOON} The price", "For 9 June 2025, 14:00. The price"),
        (Action.PLAN_CANCELLED, NOON, "It was planned for 9 June 2025, 14:00."),
        (Action.SHARED, NOON, "It works until 9 June 2025, 14:00."),
        (Action.UNSHARED, NOON, "It was made on 9 June 2025, 14:00."),
        (Action.SENT_BACK, "Who pays?", "Who pays?"),
        (Action.SENT_BACK, "2025-06-09 is a holiday", "2025-06-09 is a holiday"),
        (Action.PUBLISHED, "", ""),
    ],
)
def test_a_moment_in_the_log_says_what_it_is(action, note, words):
    assert readable_note(DeskLogLine(action=action, note=note)) == words
