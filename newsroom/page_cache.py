"""Whole pages for readers, kept in each process in front of Django, exact to the second.

What is kept is a finished answer to a GET without cookies of an address that is the same for everybody. It is given
out as long as nothing that it shows has changed (drops.py tells), and not from the moment on at which it would be
another one by itself. Whatever is doubtful is rendered: where the file of drops cannot be had, nothing is kept.
"""

import logging
import re
import threading
import time
from contextlib import suppress
from io import BytesIO
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db import Error, close_old_connections
from django.http.request import split_domain_port, validate_host

from articles import times
from articles.filings import last_change, plans
from articles.plates import PLATE
from articles.shown import PLANS, noting
from newsroom.cdn import headers_for
from newsroom.drop_board import the_board
from newsroom.drops import BYTES, DROPPED, GIVEN_UP, HITS, MISSES, PAGES, UNKEPT, slots_of
from newsroom.kept_pages import ASKED_AT, NEVER, Answer, KeptPlate, Pages
from newsroom.middleware import SNAPSHOT, snapshot
from newsroom.shared_drops import the_shared_drops

logger = logging.getLogger(__name__)

STATUSES = frozenset({"200", "301", "404", "410"})
# Addresses that are no pages, or somebody's own. All others are asked for as by nobody in particular.
_NO_PAGES = re.compile(
    r"/(admin|static|media|preview|mail)(/|$)|/(healthz|readyz)$|.*/(reply|report|report-an-error)(/|$)"
)
_QUERY_OF_SEARCH = frozenset({"before", "kind", "language", "q", "section", "since", "tag", "until"})
_QUERY_OF_COMMENTS = frozenset({"after", "order"})
_QUERY_OF_LISTS = frozenset({"at", "before"})
LONGEST_QUERY = 2_000  # characters; a page with more is rendered and not kept
MOST_PARAMETERS = 100
MOST_REMEMBERED = 500  # hosts, and ways to ask for an encoding
SLACK = 60  # seconds: how much older than the first list of plans a page may be
WAITS = 10  # seconds for another thread that renders the same page
COMMITS = 0.005  # seconds; a commit takes one to three milliseconds
MOST_SHARED = 8  # pages rendered last that may answer those who waited for them
# All that a page for everybody is made of, of what a reader sends besides the address.
_READ = frozenset({"HTTP_HOST", "HTTP_X_FORWARDED_PROTO"})
# Seconds since a plan came true; pages that are older still are made anew when plans change.
FORGOTTEN_AFTER = 3_600
_PLANS = slots_of([PLANS])[0]


class PageCache:
    """A WSGI application that answers for `application`, Django's, what it has kept.

    `limit` is in bytes, 0 for keeping nothing; `board` gives the Board of drops or None while there is none.
    """

    def __init__(self, application, *, limit, board=the_board):
        self.application = application
        self.pages = Pages(limit)
        self._counts = [0] * 8  # of nobody, until there is a board to count on
        self._find_board, self._board = board, None
        self._hosts, self._encodings = {}, {}
        self._rendering, self._rendering_lock = {}, threading.Lock()
        self._made_last = {}  # by key: from which moment (monotonic) on it was rendered, and the Answer
        self._latest = 0.0
        self._forget_plans()

    @property
    def hits(self):
        """How many requests were answered from memory, by all processes that counted where this one does."""
        return self._counts[HITS]

    @property
    def misses(self):
        """How many pages were rendered, kept or not."""
        return self._counts[MISSES]

    def __call__(self, environ, start_response):
        board = self._find_board()
        if board and (shared := the_shared_drops()) and not shared.catch_up(board):
            board = None
            self._ask_the_moment()
        if board is not self._board:
            self._begin_with(board)
        self._keep_up_with(board)
        key = self._key(environ)
        if key is None:
            return self.application(environ, start_response)
        answer = (board and self._kept(key, board)) or self._made(key, environ, board)
        return self._send(answer, key, environ, start_response)

    def at_once(self, environ, start_response):
        """The same as calling it, where the answer is kept and known to be good; else None, and nothing was done.

        For whoever may not wait: it asks no database and no other machine, renders nothing and packs nothing.
        """
        board = self._find_board()
        if board is None or board is not self._board or the_shared_drops():
            return None
        self._keep_up_with(board)
        key = self._key(environ)
        if not key:
            return None
        answer = self.pages.get(key)
        if not (answer and self._is_unchanged(answer, board, board.count) and self._lasts(answer)):
            answer = self._shared(key, environ.get(ASKED_AT, NEVER))
        if not answer or not answer.is_written(self._encoding(environ)):
            return None
        self._counts[HITS] += 1
        return self._send(answer, key, environ, start_response)

    def is_page(self, environ):
        """Whether it is asked for a page for everybody, which is made of the address alone, and soon."""
        return self._key(environ) is not None

    def _keep_up_with(self, board):
        """No moment is earlier than that of the last change, whoever made it."""
        if board and board.latest != self._latest:
            self._latest = board.latest
            times.not_before(times.moment_at(self._latest))

    def _ask_the_moment(self):
        """What other machines cannot tell: when they published last, by clocks that may be ahead of this one."""
        close_old_connections()
        with suppress(Error):  # the page says by itself that the database does not answer
            if moment := last_change():
                times.not_before(moment)
        close_old_connections()

    def _begin_with(self, board):
        """Another file of drops knows nothing of what was kept under the one before."""
        self.pages.clear()
        self._counts = board.row() if board else [0] * 8
        self._board = board
        self._forget_plans()

    def _forget_plans(self):
        """`_plans`: [(moment, slots)] of all that comes true after `_plans_from`, as of one drop and one moment."""
        self._plans, self._plans_as_of, self._plans_read_at, self._plans_from = [], -1, 0.0, NEVER

    # --- what is asked for

    def _key(self, environ):
        """(scheme, host, path, query) of a page that all readers get alike; None for anything else."""
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or _NO_PAGES.match(path):
            return None
        if environ.get("CONTENT_LENGTH", "0") not in ("0", "") or environ.get("HTTP_TRANSFER_ENCODING"):
            return None
        host = environ.get("HTTP_HOST", "")
        if not self._is_ours(host):
            return None
        query = environ.get("QUERY_STRING", "")
        if query:
            query = _known(path, query)
            if query is None:
                return None
        return (_scheme(environ), host, environ.get("SCRIPT_NAME", "") + path, query)

    def _is_ours(self, host):
        known = self._hosts.get(host)
        if known is None:
            if len(self._hosts) >= MOST_REMEMBERED:
                self._hosts.clear()
            domain, _port = split_domain_port(host)
            known = self._hosts[host] = bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
        return known

    # --- what is kept

    def _kept(self, key, board):
        """The Answer kept for that key if it is still good, else None."""
        answer = self.pages.get(key)
        if answer is None:
            return None
        if not self._holds(answer, board):
            self._forget(key, answer)
            return None
        self._counts[HITS] += 1
        return answer

    def _holds(self, made, board):
        """Whether an Answer, or a plate, is still what would be made now."""
        count = board.count
        is_good = self._is_unchanged(made, board, count) or self._is_still_good(made, board, count)
        return is_good and self._lasts(made)

    def _forget(self, key, answer):
        self._counts[DROPPED] += 1
        self.pages.drop(key, answer)

    def _is_unchanged(self, answer, board, count):
        """Whether nothing that it shows and no plan has changed up to that count. Asks nobody."""
        if answer.found_good != count:
            is_changed = board.has_changed(answer.slots, since=answer.began)
            if is_changed or board.has_changed((_PLANS,), since=answer.planned_at):
                return False
            answer.found_good = count
        return True

    def _is_still_good(self, answer, board, count):
        """What `_is_unchanged` does not say: whether it was plans alone that changed, and none that ends it now."""
        if board.has_changed(answer.slots, since=answer.began):
            board.settle(answer.slots)
            return False
        board.settle((_PLANS,))
        if board.is_announced(_PLANS):
            return True  # what is being planned lies ahead: good for now, and asked for again
        close_old_connections()
        is_good = self._plan(answer, board)
        close_old_connections()
        if is_good:
            answer.found_good = count
        return is_good

    def _lasts(self, answer):
        return answer.until == NEVER or answer.until > self._now()

    def _now(self):
        now = time.time()
        return self._latest if now < self._latest <= now + times.REACH.total_seconds() else now

    def _plan(self, answer, board):
        """Has the answer end when the first plan that touches what it shows comes true; False where none can tell."""
        if board.has_changed((_PLANS,), since=self._plans_as_of):
            self._read_plans(board)
        if answer.made_at < self._plans_from:
            return False
        for moment, slots in self._plans:
            if moment >= answer.until:
                break
            if moment > answer.made_at and not slots.isdisjoint(answer.slots):
                answer.until = moment
                break
        answer.planned_at = self._plans_as_of
        return True

    def _read_plans(self, board):
        """Asks the database what is planned, and what came true since it was asked last: pages may be older."""
        as_of, now = board.count, self._now()
        since = self._plans_read_at or now - SLACK
        found = plans(at=times.moment_at(since))
        if found is None:  # an import: it is quicker to make all pages anew
            self._begin_with(board)
            return
        passed = [plan for plan in self._plans if now - FORGOTTEN_AFTER < plan[0] <= since]
        self._plans = passed + [(moment.timestamp(), frozenset(slots_of(names))) for moment, names in found]
        self._plans_from = max(
            since if self._plans_from == NEVER else self._plans_from, now - FORGOTTEN_AFTER
        )
        self._plans_as_of, self._plans_read_at = as_of, now

    # --- what is made

    def _made(self, key, environ, board):
        """The Answer as Django gives it now. Of threads that want the same page one renders it, the others wait."""
        asked_at = environ.get(ASKED_AT) or time.monotonic()
        while True:
            if answer := self._shared(key, asked_at):
                return answer
            other = self._claim(key)
            if other is None:
                try:
                    return self._made_alone(key, environ, board)
                finally:
                    self._give_back(key)
            if not other.wait(WAITS):
                return self._made_alone(key, environ, board)
            if board and (answer := self._kept(key, board)):
                return answer

    def _made_alone(self, key, environ, board):
        self._counts[MISSES] += 1
        before = self.pages.get(key) if board else None
        if before:
            self._await_commit(before, board)
        began_at, began, made_at = time.monotonic(), board.count if board else 0, self._now()
        with noting() as noted:
            answer = before and self._printed_again(before, board)
            # A plate is worth its room where a page is read, and changes.
            answer = answer or self._rendered(key, environ, keeps_plate=bool(before))
        if self.pages.limit and len(key[3]) <= LONGEST_QUERY and _may_be_kept(answer):
            self._share(key, answer, began_at)
            if board:
                self._keep(key, answer, noted, board, began=began, made_at=made_at)
                return answer
        self._counts[UNKEPT] += 1
        return answer

    def _await_commit(self, before, board):
        """What is being committed is waited for, for moments: a page rendered meanwhile could not be kept."""
        until = time.monotonic() + COMMITS
        while board.is_announced(*before.slots) and time.monotonic() < until:
            time.sleep(COMMITS / 10)

    def _printed_again(self, before, board):
        """The Answer as the plate of the one before prints it now; None where more has changed than comes late."""
        if not (before.plate and self._holds(before.plate, board)):
            return None
        close_old_connections()
        try:
            with times.standing_still(), snapshot():
                answer = before.printed_again()
        except Exception as error:  # the page says by itself what there is to say
            logger.warning("A page could not be printed from its plate.", exc_info=error)
            return None
        finally:
            close_old_connections()
        # What had changed in between would be in one half of the page.
        return answer if self._holds(before.plate, board) else None

    def _share(self, key, answer, began_at):
        self._made_last[key] = began_at, answer
        while len(self._made_last) > MOST_SHARED:
            with suppress(KeyError):  # another thread was quicker
                del self._made_last[next(iter(self._made_last))]

    def _shared(self, key, asked_at):
        """The Answer of a rendering that began after it was asked for: as good as one's own, kept or not.

        While a transaction runs that changes a page, none is kept; and all who want it then get one in turn.
        """
        began_at, answer = self._made_last.get(key, (0.0, None))
        return answer if began_at >= asked_at else None

    def _keep(self, key, answer, noted, board, *, began, made_at):
        answer.date(slots_of(noted.names), began=began, made_at=made_at, until=noted.until)
        board.settle((_PLANS, *answer.slots))
        count = board.count
        is_planned = self._plan(answer, board) and self._plan_plate(answer, board)
        if is_planned and not board.has_changed(answer.slots, since=began):
            answer.found_good = -1 if board.is_announced(_PLANS) else count
            self._counts[GIVEN_UP] += self.pages.put(key, answer)
            self._counts[PAGES], self._counts[BYTES] = len(self.pages), self.pages.size

    def _plan_plate(self, answer, board):
        """As `_plan`, for the plate that the answer was printed from, if it is a new one."""
        kept = answer.plate
        if kept is None or kept.slots:
            return True
        plate = kept.plate
        kept.date(slots_of(plate.names), began=answer.began, made_at=answer.made_at, until=plate.until)
        return self._plan(kept, board)

    def _claim(self, key):
        """The Event at whose end another thread has rendered that page; None where this thread is to."""
        with self._rendering_lock:
            if other := self._rendering.get(key):
                return other
            self._rendering[key] = threading.Event()
            return None

    def _give_back(self, key):
        with self._rendering_lock:
            self._rendering.pop(key).set()

    def _rendered(self, key, environ, *, keeps_plate):
        asked = {
            name: value for name, value in environ.items() if not name.startswith("HTTP_") or name in _READ
        }
        asked |= {
            "REQUEST_METHOD": "GET",
            "QUERY_STRING": key[3],
            "CONTENT_LENGTH": "",
            "CONTENT_TYPE": "",
            "wsgi.input": BytesIO(),
            SNAPSHOT: True,
        }
        told = {}

        def start(status, headers, exc_info=None):
            told.update(status=status, headers=headers)

        result = self.application(asked, start)
        try:
            body = b"".join(result)
        finally:
            if hasattr(result, "close"):
                result.close()
        plate = asked.get(PLATE) if keeps_plate else None
        return Answer(told["status"], told["headers"], body, plate=plate and KeptPlate(plate))

    # --- what is sent

    def _send(self, answer, key, environ, start_response):
        size = answer.size
        headers, short, body = answer.written(self._encoding(environ))
        if settings.PURGE_URL and answer.found_good:
            told = headers_for(answer, now=self._now())
            headers, short = headers + told, short + told
        if answer.size != size and self.pages.limit:
            self.pages.resize(key, answer)
        match = environ.get("HTTP_IF_NONE_MATCH")
        if match and answer.etag and answer.status.startswith("200") and _names(match, answer.etag):
            start_response("304 Not Modified", short)
            return []
        start_response(answer.status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _encoding(self, environ):
        wanted = environ.get("HTTP_ACCEPT_ENCODING")
        if not wanted:
            return ""
        found = self._encodings.get(wanted)
        if found is None:
            if len(self._encodings) >= MOST_REMEMBERED:
                self._encodings.clear()
            found = self._encodings[wanted] = encoding_for(wanted)
        return found


def _known(path, query):
    """The parameters of the query that a page at that path may read, in one order; None where it cannot be said."""
    if path == "/search/":
        names = _QUERY_OF_SEARCH
    elif path.endswith("/comments/"):
        names = _QUERY_OF_COMMENTS
    else:
        names = _QUERY_OF_LISTS
    with suppress(UnicodeError):  # as Django reads what no browser sends: letters that are not encoded
        query = query.encode("latin-1").decode()
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS, encoding="utf-8")
    except ValueError:
        return None
    return urlencode(sorted((pair for pair in pairs if pair[0] in names), key=lambda pair: pair[0]))


def _scheme(environ):
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        if name in environ:
            return "https" if environ[name].split(",", 1)[0].strip() == secure else "http"
    return environ["wsgi.url_scheme"]


def _may_be_kept(answer):
    """Whether the answer says that it is for everybody, and bears nothing of one reader."""
    told = {name.lower(): value for name, value in answer.headers}
    return (
        answer.status[:3] in STATUSES
        and "public" in told.get("cache-control", "")
        and "no-store" not in told["cache-control"]
        and "set-cookie" not in told
        and told.get("vary", "Accept-Encoding") == "Accept-Encoding"
    )


def _names(match, etag):
    """Whether an If-None-Match names that ETag; a weak one is as good, since the words are the same (RFC 9110)."""
    if match == etag:
        return True
    tags = re.findall(r'\*|(?:W/)?("[^"]*")', match)
    return etag in tags or match.strip() == "*"


def encoding_for(accept):
    """ "br", "gzip" or "": the best of what an Accept-Encoding takes. Brotli where both are as welcome."""
    weights = {}
    for part in accept.lower().split(","):
        name, _, parameter = part.partition(";")
        weight = 1.0
        if "=" in parameter:
            try:
                weight = float(parameter.partition("=")[2])
            except ValueError:
                weight = 0.0
        weights[name.strip()] = weight
    others = weights.get("*", 0.0)
    found = [(weights.get(name, others), rank, name) for rank, name in ((2, "br"), (1, "gzip"))]
    weight, _rank, name = max(found)
    return name if weight > 0 and weight >= weights.get("identity", 0.0) else ""
