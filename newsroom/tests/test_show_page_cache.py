"""`manage.py show_page_cache`: what is kept, how often that helped, and what was dropped."""

import re

import pytest
from django.core.management import CommandError, call_command

from articles.shown import LATEST, changes
from articles.tests.stories import published
from newsroom.management.commands import show_page_cache

pytestmark = pytest.mark.django_db


@pytest.fixture
def counting(board, monkeypatch):
    monkeypatch.setattr(show_page_cache, "the_board", lambda: board)


def told(capsys, *options):
    call_command("show_page_cache", *options)
    return capsys.readouterr().out


def test_the_figures_of_all_processes_are_told(site, counting, capsys, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        published("A bridge reopens")
    for _time in range(4):
        site.get("/")
    with django_capture_on_commit_callbacks(execute=True):
        changes(LATEST)
    site.get("/")
    rows = {said: count for count, said in re.findall(r"(?m)^ *([\d.,]+%?)  (.*)$", told(capsys))}
    assert rows["answered from memory"] == "3"
    assert rows["of all that was asked for"] == "60.0%"
    figures = dict(line.split() for line in told(capsys, "--prometheus").splitlines() if line[0] != "#")
    assert figures["newsroom_page_cache_hits_total"] == "3"
    assert figures["newsroom_page_cache_misses_total"] == "2"
    assert figures["newsroom_page_cache_dropped_total"] == "1"
    assert figures["newsroom_page_cache_pages"] == "1"
    assert int(figures["newsroom_page_cache_bytes"]) > 4_000


def test_without_the_file_there_is_nothing_to_tell(counting, monkeypatch):
    monkeypatch.setattr(show_page_cache, "the_board", lambda: None)
    sentence = "No pages are kept: the file page-drops in the data folder cannot be used."
    with pytest.raises(CommandError, match=sentence):
        call_command("show_page_cache")


def test_counts_go_on_when_a_process_ends(board):
    row = board.row()
    row[1] = 7
    row[0] = 2**22 + 1  # no process has such a number
    assert board.counted() == [(0, 7, 0, 0, 0, 0, 0, 0)]
    assert board.row()[1] == 7
