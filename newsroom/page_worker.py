"""gunicorn's worker with threads, which needs no thread for what the page cache has.

A worker listens to all its connections at once, in a loop, and hands each request to one of a few threads. Here the
loop looks at a request first: a page that is kept is sent from the loop itself. So readers get pages from memory
while every thread is busy, with an upload or with somebody who sends half a request; and a page costs no change of
threads. Nothing in the loop waits: not for a connection that says nothing, not for a reader who takes his page slowly
or closes late.

Pages that have to be rendered go to a thread of their own, one after the other. Several threads that render at once
share one core anyway, and each works on another connection to the database, with other caches. Where that thread is
held up, and for whatever is written, uploaded or done by the desk, there are gunicorn's threads.
"""

import datetime as dt
import fcntl
import gc
import os
import selectors
import socket
import sys
import termios
import time
from collections import Counter, deque
from concurrent import futures
from contextlib import suppress
from functools import partial
from pathlib import Path

from gunicorn.http import wsgi
from gunicorn.http.errors import NoMoreData
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from newsroom.kept_pages import ASKED_AT

LONGEST_REQUEST = 16_384  # bytes of a request that the loop reads; a longer one goes to a thread
# Seconds after which a thread that computes lets another one go on; Python's own 0.005 are as long as ten pages from
# memory take, and the loop would wait for them after every call to the system.
TURN = 0.0005


class PageWorker(ThreadWorker):
    """For `gunicorn --worker-class=newsroom.page_worker.PageWorker`, with an application that has `at_once`.

    `application.at_once(environ, start_response)` answers as the application itself would, or gives None where it
    would have to wait for anything. `application.is_page(environ)` says whether the answer is one of those that are
    rendered one after the other. An application without them is served as by gunicorn's own class.
    """

    # All in seconds.
    silence = 7  # for the first words, as gunicorn gives: five in a thread and two in the loop
    whole_head = 30  # for all that is said before a body, from the first word on
    standstill = 30  # after which nobody waits for a reader who takes nothing more of his page
    often = 0.1  # between two looks for whoever is waited for no longer
    farewell = 2  # for a reader to close, who has all of his answer
    held_up = 0.05  # for a page, ten times what one takes; those behind it then go to the other threads

    def init_process(self):
        sys.setswitchinterval(TURN)
        self.keep_to_a_core()
        self.page_thread = futures.ThreadPoolExecutor(max_workers=1)
        self.pages_waiting, self.page_since, self.threads_taken = deque(), None, 0
        self.looks_again_at = 0.0
        super().init_process()

    def keep_to_a_core(self):
        """Has all threads of this worker run on one core: the one to which the fewest other workers keep.

        Python runs one thread of a process at a time. Where the system moves them from core to core meanwhile, a
        rendered page takes a third more CPU time (docs/performance.md). Linux only; elsewhere nothing is done.
        """
        if not hasattr(os, "sched_setaffinity"):
            return
        cores, taken = os.sched_getaffinity(0), Counter()
        with suppress(OSError):  # a system that does not tell: all choose the first, so nobody chooses
            for worker in _workers_of(self.ppid) - {os.getpid()}:
                with suppress(ProcessLookupError):  # ended just now
                    taken.update(own if len(own := os.sched_getaffinity(worker)) == 1 else ())
            # Of workers that start at the same moment each begins to count at another core.
            _, _, core = min(
                (taken[core], (place - self.age) % len(cores), core)
                for place, core in enumerate(sorted(cores))
            )
            os.sched_setaffinity(0, {core})

    def load_wsgi(self):
        super().load_wsgi()
        gc.collect()
        gc.freeze()  # what was loaded stays: to look through it for what is left over stops all threads for 60 ms
        cfg = self.cfg
        is_plain = (
            cfg.protocol == "http" and cfg.proxy_protocol == cfg.http2_cleartext == "off" and not cfg.is_ssl
        )
        self.at_once = getattr(self.wsgi, "at_once", None) if is_plain else None

    def enqueue_req(self, conn):
        """Answers the request that has come, or hands it to a thread. gunicorn calls this from the loop."""
        if self.at_once is None:
            self._to_a_thread(conn)
            return
        begun, waits_until = vars(conn).pop("begun", (b"", None))
        try:
            told = conn.sock.recv(LONGEST_REQUEST, socket.MSG_DONTWAIT)
        except BlockingIOError:
            conn.begun = begun, waits_until
            self._wait_for_words(conn, waits_until or time.monotonic() + self.silence)
            return
        except OSError:
            told = b""
        if told:
            self._answer(conn, begun + told, waits_until)
        else:
            self._close(conn)

    def _wait_for_words(self, conn, until):
        self._wait(conn, until, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _answer(self, conn, asked, waits_until=None):
        """`waits_until` says how long the rest of a head is waited for, where it began some time ago."""
        if self._is_half_a_head(conn, asked):
            waits_until = waits_until or time.monotonic() + self.whole_head
            conn.begun = asked, waits_until
            self._wait_for_words(conn, waits_until)
            return
        asking = self._asking(conn, asked)
        if asking is None:
            self._hand_over(conn, asked)
        elif not self._answer_at_once(conn, *asking):
            if self._is_page(asking):
                self.pages_waiting.append((conn, asked, asking))
                self._render_next()
            else:
                self._hand_over(conn, asked)

    def _hand_over(self, conn, asked):
        """Has a thread of gunicorn's read what was asked as if it read it from the connection, and answer."""
        conn.init()
        conn.parser.unreader.unread(asked)
        self._to_a_thread(conn)

    def _to_a_thread(self, conn):
        self.threads_taken += 1
        super().enqueue_req(conn)

    def _answer_at_once(self, conn, *asking):
        try:
            answer = self._whole_answer(self.at_once, *asking)
        except Exception:  # nothing was sent: a thread meets it again, and says what there is to say
            self.log.exception("A page could not be looked for.")
            answer = None
        if answer:
            self._send(conn, *answer)
        return bool(answer)

    def _is_page(self, asking):
        try:
            return self.wsgi.is_page(asking[-1])
        except Exception:
            self.log.exception("It could not be said whether a page was asked for.")
            return False

    def _render_next(self):
        """Has the next page rendered that was not rendered for somebody else while it waited."""
        if self.page_since is None and (page := self._next_page()):
            self.page_since = time.monotonic()
            self._render(self.page_thread, self._rendered, *page)

    def _next_page(self):
        while self.pages_waiting:
            conn, asked, asking = self.pages_waiting.popleft()
            if not self._answer_at_once(conn, *asking):
                return conn, asked, asking
        return None

    def _render(self, threads, then, conn, asked, asking):
        page = threads.submit(self._whole_answer, self.wsgi, *asking)
        page.add_done_callback(partial(self.method_queue.defer, then, conn, asked))

    def _rendered(self, conn, asked, page):
        self.page_since = None
        self._send_page(conn, asked, page)
        self._render_next()

    def _rendered_elsewhere(self, conn, asked, page):
        self.threads_taken -= 1
        self._send_page(conn, asked, page)

    def _send_page(self, conn, asked, page):
        """Sends it from the loop, so that no thread waits for a reader who takes it slowly."""
        if error := page.exception():
            self.log.debug("A page was handed to another thread.", exc_info=error)
        if error or not page.result():
            self._hand_over(conn, asked)
        else:
            self._send(conn, *page.result())

    def wait_for_and_dispatch_events(self, timeout):
        """Hands the pages that wait to other threads, where the one before them takes long and threads are free."""
        super().wait_for_and_dispatch_events(min(timeout, self.held_up) if self.pages_waiting else timeout)
        while self.pages_waiting and self._is_held_up() and (page := self._next_page()):
            self.threads_taken += 1
            self._render(self.tpool, self._rendered_elsewhere, *page)

    def _is_held_up(self):
        return self.threads_taken < self.cfg.threads and time.monotonic() - self.page_since > self.held_up

    def _is_half_a_head(self, conn, asked):
        """Whether a request has begun, with nothing wrong so far, and more has to come before it can be read."""
        if b"\r\n\r\n" in asked or len(asked) >= LONGEST_REQUEST:
            return False
        try:
            next(RequestParser(self.cfg, [asked], conn.client))
        except NoMoreData:
            return True
        except Exception:  # a thread says what is wrong
            self.log.debug("A request cannot be read.", exc_info=True)
        return False

    def _asking(self, conn, asked):
        """(request, response, environ) as gunicorn reads a whole request without a body; None for any other."""
        if not asked.startswith((b"GET ", b"HEAD ")) or asked.find(b"\r\n\r\n") != len(asked) - 4:
            return None
        try:
            request = next(RequestParser(self.cfg, [asked], conn.client))
            response, environ = wsgi.create(request, _Written(), conn.client, conn.server, self.cfg)
        except Exception:  # a thread meets it again, and says what there is to say
            self.log.debug("A request was handed to a thread.", exc_info=True)
            return None
        environ |= {"wsgi.multithread": True, ASKED_AT: time.monotonic()}
        has_body = getattr(request.body.reader, "length", None) != 0
        return None if has_body else (request, response, environ)

    def _whole_answer(self, application, request, response, environ):
        """(all bytes of the answer, whether the connection is kept); None where the application gives none."""
        began = dt.datetime.now()  # noqa: DTZ005 - as gunicorn's log reckons
        body = application(environ, response.start_response)
        if body is None:
            return None
        self._count(response)
        try:
            for part in body:
                response.write(part)
            response.close()
        finally:
            if hasattr(body, "close"):
                body.close()
        self.log.access(response, request, environ, dt.datetime.now() - began)  # noqa: DTZ005
        return b"".join(response.sock.parts), not response.should_close()

    def _count(self, response):
        """Ends the connection where gunicorn would, and the worker after as many requests as it was told."""
        self.nr += 1
        if self.alive and self.nr >= self.max_requests:
            self.log.info("Autorestarting worker after current request.")
            self.alive = False
        if not self.alive or not self.cfg.keepalive or len(self.keepalived_conns) >= self.max_keepalived:
            response.force_close()

    def _send(self, conn, left, is_kept):
        """Sends what the connection takes, and the rest when it takes more."""
        try:
            left = memoryview(left)[conn.sock.send(left) :]
        except BlockingIOError:
            pass
        except OSError:
            self._close(conn)
            return
        if left:
            then = partial(self._send_on, conn, left, is_kept)
            self._wait(conn, time.monotonic() + self.standstill, selectors.EVENT_WRITE, then)
        elif is_kept:
            self._keep(conn)
        else:
            self._part(conn)

    def _send_on(self, conn, left, is_kept, _socket):
        self._waited(conn)
        self._send(conn, left, is_kept)

    def _keep(self, conn):
        conn.set_timeout()
        if not self.alive:
            conn.timeout = min(conn.timeout, time.monotonic() + STOP_KEEPALIVE_LINGER)
        self.keepalived_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_client_socket_readable, conn))

    def finish_request(self, conn, fs):
        """What a thread has done with a request. gunicorn itself waits in the loop until the reader closes."""
        self.threads_taken -= 1
        if error := fs.exception():  # one that even gunicorn lets pass, such as the wish to end the process
            self.log.error("A request was not answered.", exc_info=error)
            self._close(conn)
        elif fs.result() is False:
            self._part(conn)
        elif self.at_once and (ahead := conn.parser.unreader.take_buffered()):
            conn.sock.setblocking(False)
            self._answer(conn, ahead)
        else:
            super().finish_request(conn, fs)

    def _part(self, conn):
        """Says that there is no more, and closes when the reader does: who closes first may cut off the answer."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:  # he has gone, or the thread has closed it
            self._close(conn)
            return
        until = time.monotonic() + self.farewell
        self._wait(conn, until, selectors.EVENT_READ, partial(self._hear, conn))

    def _hear(self, conn, _socket):
        """Drops what a reader still sends after the answer, up to his end or that of our patience."""
        try:
            if conn.sock.recv(LONGEST_REQUEST):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._waited(conn)
        self._close(conn)

    def _wait(self, conn, until, event, then):
        """Has the loop call `then` with the socket at that event, or close the connection at that moment."""
        conn.timeout, conn.untaken = until, _untaken(conn.sock)
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, event, then)

    def _waited(self, conn):
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)

    def _close(self, conn):
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self):
        """Closes connections that were waited for too long: some may be waited for longer than others."""
        now = time.monotonic()
        if now < self.looks_again_at:  # the loop comes by after every request
            return
        self.looks_again_at = now + self.often
        for conn in [conn for conn in self.pending_conns if conn.timeout <= now]:
            if self._is_taking(conn):
                conn.timeout = now + self.standstill
            else:
                self._waited(conn)
                self._close(conn)

    def _is_taking(self, conn):
        """Whether a reader has taken some of his answer since the last look, and the system still has more for him.

        A socket says only when a good part of what it holds is gone that it takes more, which may be megabytes.
        """
        before, conn.untaken = getattr(conn, "untaken", 0), _untaken(conn.sock)
        return 0 < conn.untaken < before

    def _cap_keepalive(self, deadline):
        """A worker that is to end waits for nobody's words, begun or not, longer than for those who were answered."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            if self.poller.get_key(conn.sock).events == selectors.EVENT_READ:
                conn.timeout = min(conn.timeout, deadline)


def _untaken(connection):
    """How many bytes the system holds that were sent and have not arrived; 0 where it does not tell."""
    held = bytearray(4)
    with suppress(OSError):
        fcntl.ioctl(connection, termios.TIOCOUTQ, held)
    return int.from_bytes(held, sys.byteorder)


def _workers_of(master):
    """The processes that this one has started. Raises OSError where there is no /proc."""
    return set(map(int, Path(f"/proc/{master}/task/{master}/children").read_text().split()))


class _Written:
    """What gunicorn takes for the socket of an answer."""

    def __init__(self):
        self.parts = []

    def sendall(self, data):
        self.parts.append(data)

    send = sendall  # "100 Continue", for who asks for it
