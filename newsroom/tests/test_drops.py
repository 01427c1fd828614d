"""The board of drops, which tells all processes of a machine what has changed."""

import logging
import os
import resource
import subprocess
import sys
from contextlib import contextmanager

import pytest
import time_machine

from articles.shown import ANYTHING, EVERYTHING
from articles.tests.stories import NOON
from newsroom import drop_board, launcher
from newsroom.drops import LEASE, SIZE, Board, slots_of

ONE, OTHER = slots_of(["story:1"]), slots_of(["story:2"])
_WRITES = """
import sys
from newsroom.drops import Board
board = Board(sys.argv[1])
for number in range(200):
    board.announce([f"story:{number % 7}"])
    board.drop([f"story:{number % 7}"], is_announced=True)
"""


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def path(tmp_path):
    return tmp_path / "page-drops"


@pytest.fixture
def board(path, clock):
    made = Board(path)
    yield made
    made.close()


@contextmanager
def a_full_disk():
    """Files cannot grow beyond a megabyte inside."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024 * 1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("dropped", "slots", "has_changed"),
    [
        ("story:1", ONE, True),
        ("story:1", OTHER, False),
        (EVERYTHING, OTHER, True),
        ("story:1", slots_of([ANYTHING]), True),
        ("story:1", (), False),
        (EVERYTHING, (), True),
    ],
)
def test_a_drop_changes_what_shows_it(board, dropped, slots, has_changed):
    before = board.count
    board.drop([dropped])
    assert board.has_changed(slots, since=before) == has_changed
    assert not board.has_changed(slots, since=board.count)


def test_what_is_announced_may_have_changed_until_it_is_dropped(board):
    board.announce(["story:1"])
    assert board.has_changed(ONE, since=board.count)
    assert not board.has_changed(OTHER, since=0)
    board.drop(["story:1"], is_announced=True)
    assert not board.has_changed(ONE, since=board.count)


def test_of_two_who_announce_the_same_both_have_to_drop_it(board):
    board.announce(["story:1"])
    board.announce(["story:1", "story:2"])
    board.drop(["story:1"], is_announced=True)
    assert board.is_announced(*ONE)
    board.drop(["story:1", "story:2"], is_announced=True)
    assert not board.is_announced(*ONE)
    assert not board.is_announced(*OTHER)


def test_an_announcement_that_nobody_drops_ends_and_counts_as_a_change(board, clock):
    """Its transaction was rolled back, or its process was killed."""
    board.announce(["story:1"])
    clock.shift(LEASE - 1)
    board.settle(ONE)
    assert board.is_announced(*ONE)
    clock.shift(2)
    before = board.count
    board.settle(ONE)
    assert not board.is_announced(*ONE)
    assert board.has_changed(ONE, since=before)
    assert not board.has_changed(OTHER, since=before)


def test_an_announcement_by_a_clock_that_was_set_back_since_has_ended(board, clock):
    board.announce(["story:1"])
    clock.shift(-3600)
    board.settle(ONE)
    assert not board.is_announced(*ONE)


def test_the_moment_of_the_latest_change_does_not_go_back(board):
    board.drop(["story:1"], moment=50.0)
    board.drop(["story:1"], moment=40.0)
    assert board.latest == 50.0


def test_another_process_sees_the_same(board, path):
    other = Board(path)
    board.drop(["story:1"])
    assert other.has_changed(ONE, since=board.count - 1)
    assert other.count == board.count
    other.close()


@pytest.mark.parametrize("content", [b"", b"x" * 100, b"newsdrp1", b"\0" * SIZE])
def test_a_file_that_is_none_of_ours_is_made_anew(path, content):
    path.write_bytes(content)
    board = Board(path)
    board.drop(["story:1"])
    assert board.has_changed(ONE, since=board.count - 1)
    assert path.stat().st_size == SIZE
    board.close()


def test_several_processes_lose_nothing(path):
    board = Board(path)
    before = board.count
    command = [sys.executable, "-c", _WRITES, str(path)]
    processes = [subprocess.Popen(command, cwd=launcher.ROOT) for _ in range(3)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    assert board.count == before + 3 * 200 * 2
    assert not any(board.is_announced(slot) for number in range(7) for slot in slots_of([f"story:{number}"]))
    board.close()


# --- the board of this process


@pytest.fixture
def data_dir(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(drop_board, "_board", None)
    monkeypatch.setattr(drop_board, "_owner", 0)
    return tmp_path


def test_a_full_disk_is_told_once_and_no_board_is_there_until_there_is_room(data_dir, caplog):
    with a_full_disk(), caplog.at_level(logging.ERROR):
        assert drop_board.the_board() is None
        assert drop_board.the_board() is None
    [line] = caplog.messages
    assert line.startswith(f"No pages are kept: {data_dir / 'page-drops'} cannot be used (")
    drop_board._tried_at -= drop_board.RETRY
    assert drop_board.the_board().has_changed(ONE, since=0) is False


def test_a_file_that_somebody_deletes_is_replaced_by_another(data_dir):
    first = drop_board.the_board()
    assert drop_board.the_board() is first
    os.unlink(data_dir / "page-drops")
    second = drop_board.the_board()
    assert second is not first
    assert second.is_there


def test_a_folder_that_cannot_be_written_to_keeps_no_pages(data_dir, settings, caplog):
    settings.DATA_DIR = data_dir / "nowhere"
    assert drop_board.the_board() is None
    assert "cannot be used" in caplog.text
