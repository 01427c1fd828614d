"""How far a command has come: a bar on a terminal, a line now and then anywhere else."""

import io

import pytest

from newsroom.progress import Progress, duration


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    """Gives the moments it was told, the last one for ever."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def run(stream, steps, **facts):
    """What the stream was told while the steps, pairs of a moment and a count, were done."""
    clock = Clock()
    progress = Progress(stream, "Stories", clock=clock, **facts)
    for moment, count in steps:
        clock.now = moment
        progress.add(count)
    return stream.getvalue()


def test_a_file_gets_a_line_in_fifteen_seconds_and_one_at_the_end():
    told = run(io.StringIO(), [(5, 500), (10, 500), (16, 600), (20, 400)], total=2_000)
    assert told.splitlines() == [
        "Stories: 1,600 of 2,000, 0:16 gone, 100 a second, 0:04 left",
        "Stories: 2,000 of 2,000, 0:20 gone, 100 a second",
    ]


def test_a_terminal_gets_a_bar_that_is_written_over_itself():
    told = run(Terminal(), [(1, 1_000), (2, 1_000)], total=2_000)
    assert told.split("\r")[1:] == [
        f"Stories [{'#' * 15}{'.' * 15}] 1,000 of 2,000, 0:01 gone, 1,000 a second, 0:01 left\x1b[K",
        f"Stories [{'#' * 30}] 2,000 of 2,000, 0:02 gone, 1,000 a second\x1b[K\n",
    ]


def test_what_was_done_before_is_no_part_of_the_rate():
    told = run(io.StringIO(), [(20, 1_000)], total=10_000, begun=8_000)
    assert told == "Stories: 9,000 of 10,000, 0:20 gone, 50 a second, 0:20 left\n"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0:00"), (65.9, "1:05"), (3_599, "59:59"), (3_600, "1:00:00"), (7_265, "2:01:05")],
)
def test_durations_are_told_as_clocks_do(seconds, words):
    assert duration(seconds) == words
