"""gunicorn with the page worker, spoken to as by readers who are slow, silent, gone or up to something."""

import contextlib
import re
import socket
import time

import pytest

from newsroom.tests.readers import (
    THREADS,
    Reader,
    answer_of,
    half_sent,
    is_at_rest,
    request,
    served,
    state,
    wait_until,
)  # fmt: skip
from newsroom.tests.worker_site import LARGE


@pytest.fixture(scope="module")
def site():
    with served() as server:
        yield server


@pytest.fixture(scope="module")
def hasty():
    """A worker that loses its patience in about a second."""
    with served("HastyWorker") as server:
        yield server


@pytest.fixture(scope="module")
def plain():
    """The same application served by gunicorn's own class."""
    with served("gthread") as server:
        yield server


# --- nobody is waited for


def test_a_kept_page_comes_while_every_thread_waits_for_half_a_post(site):
    with half_sent(site) as posts:
        assert answer_of(site, "/kept") == b"A kept page.\n"
        assert state(site)["busy"] == THREADS
        for post in posts:
            assert post.says(b"def").answer() == b"abcdef"


def test_silent_connections_hold_no_thread_and_are_closed(hasty):
    with contextlib.ExitStack() as stack:
        silent = [stack.enter_context(Reader(hasty)) for _ in range(60)]
        wait_until(lambda: state(hasty)["waited_for"] >= 60)
        assert answer_of(hasty, "/kept") == b"A kept page.\n"
        assert answer_of(hasty, "/echo") == b""
        assert {reader.rest() for reader in silent} == {b""}
    wait_until(lambda: is_at_rest(hasty))


def test_a_page_is_rendered_while_every_thread_waits_for_half_a_post(site):
    with half_sent(site):
        assert answer_of(site, "/page/meanwhile").startswith(b"/page/meanwhile ")


@pytest.mark.parametrize(
    "beginning",
    [
        b"G",
        b"GET /kept HT",
        b"POST /echo HTTP/1.1\r\n",
        b"GET /kept HTTP/1.1\r\nHost",
        request("/kept") + b"GET",
    ],
)
def test_half_a_head_holds_no_thread(site, beginning):
    with contextlib.ExitStack() as stack:
        for _ in range(THREADS + 1):
            stack.enter_context(Reader(site)).says(beginning)
        wait_until(lambda: state(site)["waited_for"] > THREADS)
        assert answer_of(site, "/echo") == b""


def test_half_a_head_is_not_waited_for_without_end_however_slowly_it_goes_on(hasty):
    def dawdle(reader):
        for letter in request("/kept", f"X-Long: {'x' * 3_000}"):
            reader.says(bytes([letter]))
            time.sleep(0.05)

    with Reader(hasty) as reader, pytest.raises(OSError, match="reset|pipe"):
        dawdle(reader)
    wait_until(lambda: is_at_rest(hasty))


def test_who_takes_a_large_page_slowly_gets_all_of_it_and_holds_up_nobody(hasty):
    with Reader(hasty, room=20_000) as reader:
        reader.asks("/large", "Connection: close")
        taken = []
        for _ in range(
            40
        ):  # longer than he would be waited for if he took nothing, less than his socket holds
            taken.append(reader.socket.recv(20_000))
            assert answer_of(hasty, "/kept") == b"A kept page.\n"
            time.sleep(0.05)
        page = b"".join(taken) + reader.rest()
    assert page.partition(b"\r\n\r\n")[2] == LARGE


@pytest.mark.parametrize("path", ["/large", "/page/large"])
def test_who_takes_nothing_more_is_cut_off_and_held_no_thread(hasty, path):
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(Reader(hasty, room=20_000)) for _ in range(THREADS + 2)]
        for reader in readers:
            reader.asks(path)
        wait_until(lambda: state(hasty)["waited_for"] >= len(readers))
        assert answer_of(hasty, "/echo") == b""
        assert answer_of(hasty, "/page/meanwhile").startswith(b"/page/meanwhile ")
        wait_until(lambda: is_at_rest(hasty))
        for reader in readers:
            with contextlib.suppress(ConnectionResetError):
                assert len(reader.rest()) < len(LARGE)


@pytest.mark.parametrize("path", ["/kept", "/page/last", "/echo"])
def test_who_never_closes_holds_up_nobody_and_is_cut_off(hasty, path):
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(Reader(hasty)) for _ in range(20)]
        for reader in readers:
            reader.asks(path, "Connection: close")
            assert reader.rest().startswith(b"HTTP/1.1 200 OK\r\n")
        assert answer_of(hasty, "/kept") == b"A kept page.\n"
        wait_until(lambda: is_at_rest(hasty))


def test_the_answer_of_who_closes_late_is_not_cut_off(hasty):
    with Reader(hasty, room=20_000) as reader:
        reader.asks("/large", "Connection: close")
        head = reader.socket.recv(1_000)
        for _ in range(60):  # slower than anybody's patience at the end
            head += reader.socket.recv(len(LARGE) // 50)
            time.sleep(0.02)
        time.sleep(0.7)
        page = head + reader.rest()
    assert page.partition(b"\r\n\r\n")[2] == LARGE


# --- the same answers as gunicorn's own

HOSTED = b"Host: a.example\r\n"
RAW = {
    "a page": b"GET /kept HTTP/1.1\r\n" + HOSTED + b"\r\n",
    "what the application is told": request("/kept/environ?a=%20b&c", "X-A: 1", "X-A: 2", "Cookie: a=b; c"),
    "letters that are escaped": request("/kept%2Fenviron"),
    "two slashes": request("//kept"),
    "a whole address": request("http://b.example/kept/environ"),
    "HEAD": request("/kept", method="HEAD"),
    "HEAD of what a thread answers": request("/echo", method="HEAD"),
    "who has it already": request("/kept", 'If-None-Match: "kept"'),
    "HTTP/1.0": b"GET /kept HTTP/1.0\r\n\r\n",
    "HTTP/1.0 kept alive": b"GET /kept HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "HTTP/1.2": b"GET /kept HTTP/1.2\r\n" + HOSTED + b"\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/0.9": b"GET /kept\r\n\r\n",
    "the last one": request("/kept", "Connection: close"),
    "an upgrade": request("/kept", "Connection: Upgrade", "Upgrade: h2c"),
    "no host": b"GET /kept HTTP/1.1\r\n\r\n",
    "an empty line first": b"\r\n" + request("/kept"),
    "two empty lines first": b"\r\n\r\n" + request("/kept"),
    "a body": request("/echo", "Content-Length: 3", method="POST") + b"abc",
    "a body of a page": request("/kept/environ", "Content-Length: 3") + b"abc",
    "a body that is a request": request("/kept", f"Content-Length: {len(request('/x'))}") + request("/x"),
    "a body in chunks": request("/echo", "Transfer-Encoding: chunked", method="POST") + b"3\r\nabc\r\n0\r\n\r\n",
    "chunks of a page": request("/kept/environ", "Transfer-Encoding: chunked") + b"3\r\nabc\r\n0\r\n\r\n",
    "broken chunks": request("/echo", "Transfer-Encoding: chunked", method="POST") + b"x\r\nabc\r\n0\r\n\r\n",
    "100-continue": request("/echo", "Content-Length: 3", "Expect: 100-continue", method="POST") + b"abc",
    "100-continue of a page": request("/kept", "Expect: 100-continue"),
    "another expectation": request("/kept", "Expect: miracles"),
    "nonsense": b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
    "a line without an end": b"GET /kept HTTP/1.1",
    "no more than a method": b"GET ",
    "lines that end with LF": b"GET /kept HTTP/1.1\nHost: a.example\n\n",
    "one line that ends with LF": b"GET /kept HTTP/1.1\r\nHost: a.example\nX: y\r\n\r\n",
    "CR alone": b"GET /kept HTTP/1.1\r\nHost: a.example\rX: y\r\n\r\n",
    "NUL in a header": request("/kept", "X: a\0b"),
    "NUL in the path": request("/ke\0pt"),
    "a space in the path": request("/ke pt"),
    "letters of another alphabet": "GET /käse HTTP/1.1\r\nHost: ä\r\n\r\n".encode(),
    "a folded header": request("/kept", "X: a\r\n b"),
    "a space before the colon": request("/kept", "X : a"),
    "no colon": request("/kept", "nothing"),
    "two hosts": request("/kept", "Host: b.example"),
    "an underscore": request("/kept/environ", "X_Forwarded_For: 10.0.0.1", "Content_Length: 5"),
    "small letters": b"get /kept HTTP/1.1\r\n" + HOSTED + b"\r\n",
    "another method": request("/kept", method="DELETE"),
    "a length and chunks": request("/kept", "Transfer-Encoding: chunked", "Content-Length: 3") + b"0\r\n\r\n",
    "two lengths": request("/kept", "Content-Length: 0", "Content-Length: 3") + b"abc",
    "a length below nothing": request("/kept", "Content-Length: -1"),
    "a length of nothing": request("/kept/environ", "Content-Length: 0"),
    "a coding nobody knows": request("/kept", "Transfer-Encoding: secret"),
    "a long line": request("/kept?" + "x" * 5_000),
    "a long header": request("/kept", "X: " + "x" * 9_000),
    "many headers": request("/kept", *[f"X-{number}: x" for number in range(120)]),
    "more than is looked at": request("/kept/environ", *[f"X-{number}: {'x' * 4_000}" for number in range(6)]),
    "a secure scheme": request("/kept/environ", "X-Forwarded-Proto: https"),
    "two schemes": request("/kept", "X-Forwarded-Proto: https", "X-Forwarded-Protocol: http"),
    "two in one go": request("/kept?1") + request("/kept/environ?2"),
    "three, one of which is sent": request("/kept") + request("/echo", "Content-Length: 2", method="POST") + b"ab"
    + request("/kept/environ?3", "Connection: close"),
    "a page behind a post": request("/echo", "Content-Length: 2", method="POST") + b"ab" + request("/kept"),
    "nothing behind the last": request("/kept", "Connection: close") + request("/kept/environ"),
    "nonsense behind a page": request("/kept") + b"nonsense\r\n\r\n",
    "a hundred": request("/kept") * 100 + request("/echo") * 20,
    "a page that fails": request("/page/fails"),
    "a page that is none": request("/page/none"),
    "a body that does not end": request("/echo", "Content-Length: 6", method="POST") + b"abc",
    "half a head behind a page": request("/kept") + b"GET /kept HTT",
}  # fmt: skip
WELL_SAID = ["a page", "what the application is told", "HEAD", "HTTP/1.0", "a body", "a body in chunks",
             "two in one go", "an empty line first", "who has it already", "a body of a page"]  # fmt: skip


def exchanged(server, *parts):
    """All that comes back, without the time of day, for these parts and the end of what the reader has to say."""
    with Reader(server) as reader:
        for part in parts:
            with contextlib.suppress(ConnectionError):  # refused already
                reader.says(part)
            if len(parts) > 1:
                time.sleep(0.002)
        with contextlib.suppress(OSError):
            reader.socket.shutdown(socket.SHUT_WR)
        return re.sub(rb"\r\nDate: [^\r]*", b"", reader.rest())


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW)
def test_the_answer_is_that_of_gunicorns_own_class(site, plain, raw):
    expected = exchanged(plain, raw)
    assert exchanged(site, raw) == expected
    wait_until(lambda: is_at_rest(site))


@pytest.mark.parametrize("raw", [RAW[name] for name in WELL_SAID], ids=WELL_SAID)
def test_a_request_may_come_byte_by_byte(site, plain, raw):
    expected = exchanged(plain, raw)
    assert expected.startswith(b"HTTP/1.")
    assert exchanged(site, *[bytes([letter]) for letter in raw]) == expected


def test_what_is_sent_while_a_page_is_sent_is_the_next_request(site):
    with Reader(site, room=20_000) as reader:
        reader.asks("/large")
        time.sleep(0.05)
        reader.says(request("/echo", "Content-Length: 2", method="POST") + b"ab")
        assert reader.answer() == LARGE
        assert reader.answer() == b"ab"
        assert reader.asks("/kept").answer() == b"A kept page.\n"
        assert reader.asks("/page/kept-open").answer().startswith(b"/page/kept-open ")
        assert reader.asks("/echo").answer() == b""


# --- pages that have to be rendered


@pytest.fixture(scope="module")
def patient():
    """A worker that hands no page to other threads."""
    with served("PatientWorker") as server:
        yield server


def gated(server, stack, paths):
    """Readers who wait for these pages while one before them is rendered, up to `/open`; and that who waits for it."""
    first = stack.enter_context(Reader(server)).asks("/page/gate")
    wait_until(lambda: "/page/gate" in state(server)["rendered"][-1:])
    readers = [stack.enter_context(Reader(server)).asks(path) for path in paths]
    return first, readers


def test_pages_are_rendered_one_after_the_other(patient):
    with contextlib.ExitStack() as stack:
        first, readers = gated(patient, stack, [f"/page/turn-{number}?0.01" for number in range(8)])
        wait_until(lambda: state(patient)["pages_waiting"] == 8)
        answer_of(patient, "/open")
        assert first.answer().startswith(b"/page/gate ")
        assert [reader.answer() for reader in readers] == [b"/page/turn-%d 1" % number for number in range(8)]
    assert state(patient)["most_at_once"] == 1


def test_one_rendering_answers_all_who_waited_for_it(patient):
    with contextlib.ExitStack() as stack:
        first, readers = gated(patient, stack, ["/page/wanted"] * 30)
        wait_until(lambda: state(patient)["pages_waiting"] == 30)
        answer_of(patient, "/open")
        assert first.answer().startswith(b"/page/gate ")
        assert {reader.answer() for reader in readers} == {b"/page/wanted 1"}


def test_other_threads_render_where_a_page_takes_long(site):
    with contextlib.ExitStack() as stack:
        first, readers = gated(site, stack, ["/page/one", "/page/two", "/page/three"])
        for reader, name in zip(readers, ["one", "two", "three"], strict=True):
            assert reader.answer().startswith(b"/page/%s " % name.encode())
        answer_of(site, "/open")
        assert first.answer().startswith(b"/page/gate ")
    wait_until(lambda: is_at_rest(site))


def test_a_page_waits_for_no_post_where_the_one_before_it_takes_long(site):
    with half_sent(site), contextlib.ExitStack() as stack:
        first, [reader] = gated(site, stack, ["/page/behind"])
        time.sleep(0.2)  # it is held up, and no other thread is free
        answer_of(site, "/open")
        assert first.answer().startswith(b"/page/gate ")
        assert reader.answer().startswith(b"/page/behind ")


@pytest.mark.parametrize("path", ["/page/broken-at-once", "/page/broken-is-page"])
def test_what_breaks_in_the_loop_is_answered_by_a_thread(site, path):
    pid = state(site)["pid"]
    assert answer_of(site, path).startswith(path.encode())
    assert state(site)["pid"] == pid


@pytest.mark.parametrize("path", ["/exit", "/page/exit"])
def test_an_application_that_wants_to_end_the_worker_does_not(site, path):
    pid = state(site)["pid"]
    with Reader(site) as reader:
        assert reader.asks(path).rest() == b""
    assert state(site)["pid"] == pid
    wait_until(lambda: is_at_rest(site))


# --- readers who leave

STAGES = {
    "nothing said": b"",
    "half a head": b"GET /kept HTTP/1.1\r\nHo",
    "half a post": request("/echo", "Content-Length: 6", method="POST") + b"abc",
    "a kept page": request("/kept"),
    "a large page": request("/large"),
    "the last page": request("/kept", "Connection: close"),
    "a page to render": request("/page/for-nobody?0.02"),
    "a large page to render": request("/page/large"),
    "an answer of a thread": request("/sleep?0.05"),
    "two pages": request("/kept") + request("/large"),
}


@pytest.mark.parametrize("said", STAGES.values(), ids=STAGES)
@pytest.mark.parametrize("pause", [0, 0.03])
def test_readers_may_leave_at_any_stage(site, said, pause):
    pid = state(site)["pid"]
    for leave in (Reader.resets, Reader.__exit__):
        readers = [Reader(site, room=20_000).says(said) for _ in range(20)]
        time.sleep(pause)
        for reader in readers:
            leave(reader)
    assert answer_of(site, "/kept") == b"A kept page.\n"
    wait_until(lambda: is_at_rest(site))
    assert state(site)["pid"] == pid


def test_a_page_that_nobody_waits_for_any_more_is_followed_by_the_next(site):
    before, gone, after = Reader(site), Reader(site), Reader(site)
    with before, gone, after:
        before.asks("/page/before?0.04")
        gone.asks("/page/gone").resets()
        assert after.asks("/page/after").answer().startswith(b"/page/after ")
        assert before.answer().startswith(b"/page/before ")
    wait_until(lambda: is_at_rest(site))


def test_more_readers_come_than_are_taken_at_once(hasty):
    with contextlib.ExitStack() as stack:
        for _ in range(230):
            stack.enter_context(Reader(hasty))
        assert answer_of(hasty, "/kept") == b"A kept page.\n"
    wait_until(lambda: is_at_rest(hasty))
