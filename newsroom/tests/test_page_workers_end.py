"""How page workers begin and end: on which cores, with which log, and without losing what readers asked for."""

import contextlib
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time

import pytest

from newsroom.tests.posting import HOST
from newsroom.tests.readers import PATIENCE, Reader, answer_of, request, served, state, wait_until
from newsroom.tests.worker_site import LARGE

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
needs_two_cores = pytest.mark.skipif(CORES < 2, reason="one core has nothing to choose from")


class Visitors:
    """Readers who ask for a page each, one after the other, as a context while it runs; `lost` says what failed."""

    def __init__(self, server, path, *, count=3):
        self.server, self.path, self.lost, self.served = server, path, [], 0
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.ask) for _ in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *raised):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def ask(self):
        while not self.is_over.is_set():
            try:
                answer_of(self.server, self.path, "Connection: close")
                self.served += 1
            except OSError as error:
                self.lost.append(error)


def answered_by(server):
    """The ids of the processes that answer new connections now."""
    return {state(server)["pid"] for _ in range(12)}


def test_a_worker_that_has_answered_enough_is_replaced_and_nothing_is_lost():
    with served("SeenWorker", "--max-requests=80") as server:
        first = server.workers()
        with contextlib.ExitStack() as stack:
            paths = ["/kept", "/page/again", "/echo"]
            visitors = [stack.enter_context(Visitors(server, path, count=2)) for path in paths]
            wait_until(
                lambda: server.workers() not in ([], first) and min(each.served for each in visitors) > 80
            )
        assert [each.lost for each in visitors] == [[], [], []]


def test_kept_pages_alone_have_a_worker_replaced():
    with served("SeenWorker", "--max-requests=20") as server:
        first = server.workers()
        with Visitors(server, "/kept", count=1) as visitors:
            wait_until(lambda: server.workers() not in ([], first))
        assert visitors.lost == []


def test_kept_pages_stand_in_the_log_of_access(tmp_path):
    log = tmp_path / "access.log"
    with served("SeenWorker", f"--access-logfile={log}") as server:
        answer_of(server, "/kept?a=b")
        answer_of(server, "/page/rendered")
        answer_of(server, "/echo")
        wait_until(lambda: '"GET /echo HTTP/1.1" 200' in log.read_text())
    lines = [re.sub(r"\[.*?\]", "[]", line) for line in log.read_text().splitlines() if "healthz" not in line]
    assert lines == [
        '127.0.0.1 - - [] "GET /kept?a=b HTTP/1.1" 200 13 "-" "-"',
        '127.0.0.1 - - [] "GET /page/rendered HTTP/1.1" 200 16 "-" "-"',
        '127.0.0.1 - - [] "GET /echo HTTP/1.1" 200 0 "-" "-"',
    ]


def test_who_has_asked_is_answered_by_a_server_that_is_told_to_end():
    with served() as server, contextlib.ExitStack() as stack:
        wanted = {
            b"/page/first 1": "/page/first?0.5", b"/page/second 1": "/page/second", LARGE: "/large", b"": "/sleep?0.5",
        }  # fmt: skip
        readers = [stack.enter_context(Reader(server, room=20_000)).asks(path) for path in wanted.values()]
        half = stack.enter_context(Reader(server)).says(b"GET /kept HTTP/1.1\r\n")
        silent = stack.enter_context(Reader(server))
        wait_until(lambda: state(server)["waited_for"] >= 3)
        os.kill(server.process.pid, signal.SIGTERM)
        time.sleep(0.1)
        assert half.says(b"Host: a.example\r\n\r\n").answer() == b"A kept page.\n"
        bodies = [reader.answer() for reader in readers]
        assert [body == expected for body, expected in zip(bodies, wanted, strict=False)][:3] == [True] * 3
        assert bodies[3].startswith(b"CONTENT_LENGTH")
        assert silent.rest() == b""
        assert server.process.wait(PATIENCE) == 0


def test_a_server_that_is_told_to_begin_anew_loses_no_request():
    with (
        served() as server,
        Visitors(server, "/kept") as kept,
        Visitors(server, "/page/again?0.01") as rendered,
    ):
        for _ in range(2):
            before = server.workers()
            os.kill(server.process.pid, signal.SIGHUP)
            wait_until(lambda before=before: set(server.workers()).isdisjoint(before) and server.workers())
        served_before = kept.served
        wait_until(lambda: kept.served > served_before + 20)
    assert (kept.lost, rendered.lost) == ([], [])


# --- cores


def cores_of(server):
    return {pid: os.sched_getaffinity(pid) for pid in server.workers()}


@needs_two_cores
def test_each_worker_keeps_to_a_core_and_a_new_one_takes_that_which_is_free():
    with served("SeenWorker", "--workers=2") as server:
        wait_until(lambda: len(answered_by(server)) == 2)
        before = cores_of(server)
        assert len(set(map(frozenset, before.values()))) == 2
        assert {len(cores) for cores in before.values()} == {1}
        for pid, cores in before.items():
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda pid=pid: pid not in server.workers() and len(answered_by(server)) == 2)
            assert cores in cores_of(server).values()
            assert len(set(map(frozenset, cores_of(server).values()))) == 2


@needs_two_cores
def test_all_threads_of_a_worker_share_its_core():
    with served() as server:
        answer_of(server, "/page/one")
        answer_of(server, "/echo")
        [pid] = server.workers()
        cores = {frozenset(os.sched_getaffinity(int(thread))) for thread in os.listdir(f"/proc/{pid}/task")}
        assert len(cores) == len(*cores) == 1
        assert state(server)["turn"] < 0.001


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system lets nobody choose a core")
def test_two_workers_share_the_only_core():
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        with served("SeenWorker", "--workers=2") as server:
            wait_until(lambda: len(answered_by(server)) == 2)
            assert list(cores_of(server).values()) == [{min(cores)}] * 2
            assert answer_of(server, "/page/one").startswith(b"/page/one ")
    finally:
        os.sched_setaffinity(0, cores)


# --- as gunicorn's own class


def test_an_application_without_kept_pages_is_served_as_by_gunicorns_own_class():
    with served("PageWorker", application="without_at_once") as server:
        assert answer_of(server, "/kept") == b"A kept page.\n"
        assert answer_of(server, "/page/one") == b"/page/one 1"
        assert answer_of(server, "/page/one") == b"/page/one 2"
        with Reader(server) as reader:
            assert reader.asks("/kept", "Connection: close").answer() == b"A kept page.\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days=1", "-subj=/CN=127.0.0.1"]
    subprocess.run(
        [*command, "-keyout", folder / "key", "-out", folder / "certificate"], check=True, capture_output=True
    )
    return folder


def test_what_is_encrypted_is_served_as_by_gunicorns_own_class(certificate):
    files = [f"--certfile={certificate / 'certificate'}", f"--keyfile={certificate / 'key'}"]
    with served("SeenWorker", *files, is_secure=True) as server:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with (
            contextlib.closing(socket.create_connection((HOST, server.port), timeout=PATIENCE)) as connection,
            context.wrap_socket(connection) as reader,
        ):
            reader.sendall(request("/kept") + request("/large", "Connection: close"))
            came = b""
            while part := reader.recv(1_000_000):
                came += part
        assert came.endswith(LARGE)
        assert came.count(b"HTTP/1.1 200 OK\r\n") == 2
