"""Machines that tell each other of changes through a real Valkey or Redis."""

import time

import pytest

from comments.tests import valkey
from newsroom import shared_drops
from newsroom.drops import Board, slots_of
from newsroom.shared_drops import COUNT, EPOCH, LOG, SharedDrops

pytestmark = pytest.mark.django_db
SLOT = slots_of(["story:7"])
OTHER = slots_of(["story:8"])


@pytest.fixture
def server():
    with valkey.running() as running:
        yield running


class Machine:
    """A board, and a process that reads and writes the log of all machines."""

    def __init__(self, folder, url):
        folder.mkdir()
        self.board, self.shared = Board(folder / "page-drops"), SharedDrops(url)

    def catch_up(self):
        return self.shared.catch_up(self.board)

    def announce(self, *names):
        self.board.announce(names)
        self.shared.tell(self.board, {"by": self.board.number, "names": names, "announces": True})

    def drop(self, *names, was_announced=False, moment=1.0):
        self.board.drop(names, is_announced=was_announced, moment=moment)
        told = {"names": names, "was_announced": was_announced, "moment": moment}
        self.shared.tell(self.board, {"by": self.board.number, **told})


@pytest.fixture
def machines(tmp_path, server):
    made = [Machine(tmp_path / name, server.url) for name in ("a", "b")]
    for machine in made:
        assert machine.catch_up()
    yield made
    for machine in made:
        machine.board.close()


def test_what_one_machine_drops_the_other_drops_and_nothing_else(machines):
    here, there = machines
    since = there.board.count
    here.drop("story:7", moment=1_700_000_000.5)
    assert there.catch_up()
    assert there.board.has_changed(SLOT, since=since)
    assert not there.board.has_changed(OTHER, since=since)
    assert there.board.latest == 1_700_000_000.5


def test_nothing_is_read_twice_and_ones_own_word_not_at_all(machines):
    here, there = machines
    here.drop("story:7")
    counts = here.board.count, there.board.count
    for _time in range(3):
        assert here.catch_up()
        assert there.catch_up()
    assert (here.board.count, there.board.count) == (counts[0], counts[1] + 1)


def test_between_announcement_and_drop_the_name_is_open_on_both(machines):
    here, there = machines
    here.announce("story:7")
    there.catch_up()
    since = there.board.count
    assert there.board.has_changed(SLOT, since=since)
    assert not there.board.has_changed(OTHER, since=since)
    here.drop("story:7", was_announced=True)
    there.catch_up()
    assert there.board.has_changed(SLOT, since=since)
    assert not there.board.has_changed(SLOT, since=there.board.count)


def test_while_the_server_is_away_nothing_is_known(machines, server, caplog):
    here, there = machines
    server.kill()
    assert not here.catch_up()
    assert not here.catch_up()
    assert [record.message.partition(" (")[0] for record in caplog.records] == [
        "No pages are kept: the server of NEWSROOM_CACHE_URL does not answer"
    ]
    caplog.clear()
    server.start()
    wait_for(here.catch_up)
    assert [record.message for record in caplog.records] == [
        "The server of NEWSROOM_CACHE_URL answers again, and pages are kept."
    ]
    assert not there.catch_up()  # whose connection was lost meanwhile, without its asking


def test_a_silent_server_is_asked_again_only_after_a_rest(machines, server, monkeypatch):
    monkeypatch.setattr(shared_drops, "REST", 3_600)
    with server.silent():
        assert not machines[0].catch_up()
    assert not machines[0].catch_up()  # which answers by now, and is not asked
    monkeypatch.setattr(machines[0].shared, "_asked_again_at", 0.0)
    assert machines[0].catch_up()


def test_a_change_that_could_not_be_told_drops_everything_of_the_others_later(machines, server):
    here, there = machines
    since = there.board.count
    server.kill()
    here.drop("story:7")
    assert here.board.owes
    server.start()
    wait_for(
        lambda: not here.board.owes
    )  # by a thread of its own, though nobody asks this machine for anything
    wait_for(there.catch_up)
    assert there.board.has_changed(OTHER, since=since)
    assert not there.board.has_changed(OTHER, since=there.board.count)


@pytest.mark.parametrize(
    "lose",
    [
        lambda client: client.flushall(),
        lambda client: client.delete(LOG),
        lambda client: client.set(EPOCH, 5),
        lambda client: client.set(COUNT, 1),
        lambda client: client.xtrim(LOG, maxlen=1, approximate=False),
    ],
    ids=["all gone", "log gone", "another log", "number gone back", "log cut"],
)
def test_a_log_with_a_gap_drops_everything(machines, server, lose):
    here, there = machines
    for _time in range(3):
        here.drop("story:7")
    there.catch_up()
    since = there.board.count
    for _time in range(3):
        here.drop("story:7")
    lose(server.client)
    wait_for(there.catch_up)
    assert there.board.has_changed(OTHER, since=since)
    assert not there.board.has_changed(OTHER, since=there.board.count)


def wait_for(condition):
    gives_up_at = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < gives_up_at
        time.sleep(0.05)
