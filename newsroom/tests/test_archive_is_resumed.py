"""An archive that was stopped half-way is gone on with, and in the end it is what one run would have made."""

import os
import signal
import sqlite3
import subprocess
import sys

import pytest
from django.conf import settings

from newsroom.archive.plan import LONGEST_THREAD, Plan
from newsroom.tests.test_make_archive import ASKED

ARGUMENTS = ["--articles", "2500", "--comments", "12000", "--until", "2025-06-30"]
INDEXES = ("articles_edition_search", "articles_workingwords_search")
UNLIKE = {"date_joined", "password"}  # no two accounts are alike in these


def manage(folder, *arguments):
    """The command as one to start: on an SQLite of its own, with the same secret key in every folder."""
    own = {name: value for name, value in os.environ.items() if name != "NEWSROOM_DATABASE_URL"}
    return {
        "args": [sys.executable, settings.BASE_DIR / "manage.py", *arguments],
        "env": own | {"NEWSROOM_DATA_DIR": str(folder)},
        "text": True,
    }


def rows_of(folder):
    """{table: its rows in order} of all that articles and comments keep; of an index of words, what stands where."""
    with sqlite3.connect(folder / "newsroom.sqlite3") as database:
        database.row_factory = sqlite3.Row
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '[ac]*s_*'"
        )
        tables = [row["name"] for row in names if not row["name"].startswith(("articles_page", *INDEXES))]
        for index in INDEXES:
            words = f"words_of_{index}"
            database.execute(f"CREATE VIRTUAL TABLE temp.{words} USING fts5vocab(main, {index}, instance)")
            tables.append(words)
        return {
            table: [
                {name: row[name] for name in row.keys() if name not in UNLIKE}  # noqa: SIM118 - a Row is no dict
                for row in database.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
            ]
            for table in tables
        }


@pytest.fixture
def folders(tmp_path):
    """Two folders with migrated databases."""
    made = [tmp_path / "once", tmp_path / "stopped"]
    for folder in made:
        folder.mkdir()
        subprocess.run(**manage(folder, "migrate", "--verbosity=0"), check=True)
    return made


def stopped_after(folder, count):
    """Starts the command and kills it as soon as so many of its rows are there."""
    process = subprocess.Popen(**manage(folder, "make_archive", *ARGUMENTS), stderr=subprocess.DEVNULL)
    asking = sqlite3.connect(folder / "newsroom.sqlite3", timeout=20)
    try:
        while process.poll() is None:
            stories, comments = (
                asking.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("articles_article", "comments_comment")
            )
            if stories + comments >= count:
                process.send_signal(signal.SIGKILL)
                break
    finally:
        asking.close()
        process.wait()
    return process.returncode


def test_killed_among_stories_and_again_among_comments_it_ends_as_one_run_does(folders):
    once, stopped = folders
    subprocess.run(**manage(once, "make_archive", *ARGUMENTS), check=True, capture_output=True)
    assert stopped_after(stopped, 1_000) == -signal.SIGKILL
    assert stopped_after(stopped, 6_500) == -signal.SIGKILL
    found = rows_of(stopped)
    assert 0 < len(found["comments_comment"]) < 12_000
    last = subprocess.run(**manage(stopped, "make_archive", *ARGUMENTS), check=True, capture_output=True)
    assert last.stdout.startswith("0 stories and ")
    wanted, found = rows_of(once), rows_of(stopped)
    assert found.keys() == wanted.keys() >= {"articles_edition", "comments_decision", "comments_queuetally"}
    assert [table for table in wanted if found[table] != wanted[table]] == []


def plan(**changes):
    return Plan(**{"seed": 1} | ASKED | changes)


def test_another_seed_makes_other_stories():
    story, [text, *_] = plan().story(7)
    again, [text_again, *_] = plan().story(7)
    other, [other_text, *_] = plan(seed=2).story(7)
    assert (story, text) == (again, text_again)
    assert story.uid != other.uid
    assert text != other_text


@pytest.mark.parametrize("comments", [0, 1, 5_000, 3 * LONGEST_THREAD])
def test_threads_hold_all_the_comments_and_none_is_longer_than_the_longest_may_be(comments):
    sizes = plan(articles=30, comments=comments).thread_sizes
    assert sum(sizes) == comments
    assert max(sizes) <= LONGEST_THREAD


def test_stories_are_published_one_after_the_other_within_the_archives_time():
    archive = plan()
    moments = [archive.published_at(number) for number in range(archive.articles)]
    assert moments == sorted(set(moments))
    assert archive.begin <= moments[0]
    assert moments[-1] < archive.end
