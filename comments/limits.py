"""How long a network has to wait before it may post or report again.

Two stores can answer. The database counts what is stored, and is there anyway. A Valkey or Redis, where
NEWSROOM_CACHE_URL names one, hands out places: one script looks and takes in one step, so that exactly as many
pass as are allowed, however many processes and machines ask in the same moment. While it is away the database
counts, and nobody is refused for it.
"""

import contextlib
import datetime as dt
import functools
import logging
import math
import threading
import time
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from comments.hashes import keyed_hash
from comments.models import Comment, ErrorReport, Flag

# It comes with requirements/production.txt, and settings refuse the address of a server where it is missing.
with contextlib.suppress(ImportError):
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

logger = logging.getLogger(__name__)

REPORTS = (20, 60 * 60)  # of either kind, that a network may send in so many seconds
REST = 10  # seconds for which a server that did not answer is left alone
_making = threading.Lock()

# A sorted set for each limit holds, by their moments in milliseconds, those who have a place in its span. Whoever
# is in one of them already is let through without a second place.
TAKE_A_PLACE = """
local who, at, wait = ARGV[1], tonumber(ARGV[2]), 0
for i, key in ipairs(KEYS) do
    local most, span = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
    redis.call('ZREMRANGEBYSCORE', key, '-inf', at - span)
    if redis.call('ZSCORE', key, who) then
        return 0
    end
    local oldest = redis.call('ZREVRANGE', key, most - 1, most - 1, 'WITHSCORES')
    if oldest[2] then
        wait = math.max(wait, tonumber(oldest[2]) + span - at)
    end
end
if wait == 0 then
    for i, key in ipairs(KEYS) do
        redis.call('ZADD', key, at, who)
        redis.call('PEXPIRE', key, ARGV[2 * i + 2])
    end
end
return wait
"""


@dataclass(frozen=True)
class Limit:
    """So many in so many seconds (`rate`, None for no limit) of what the name says.

    `moments` are those of all that are stored, the newest first.
    """

    name: str
    rate: tuple[int, int] | None
    moments: QuerySet


def seconds_to_wait(network, *, repeat, at):
    """How long this network has to wait at that moment before it may post a comment; 0 when it may.

    It may as long as neither its own limit nor that of the whole site, which is off with the network's, is
    reached. 0 is the permission: `repeat`, the comment's `repeat_hash`, has its place from then on and keeps it when
    it is sent again. Of the database alone, posts of the very same moment may not see each other on PostgreSQL, so
    that a few more than the limit can slip through.
    """
    if settings.COMMENT_RATE is None:
        return 0
    own = Comment.objects.filter(network=network).order_by("-posted_at")
    everybodys = Comment.objects.order_by("-pk")  # one index, and nothing to sort
    return _wait(
        Limit(f"comments {network}", settings.COMMENT_RATE, own.values_list("posted_at", flat=True)),
        Limit("comments", settings.COMMENT_RATE_SITE, everybodys.values_list("posted_at", flat=True)),
        who=repeat,
        at=at,
    )


def seconds_to_flag(network, *, at):
    """How long this network has to wait at that moment before it may report a comment; 0 is a place taken."""
    moments = (
        Flag.objects.filter(network=network).order_by("-flagged_at").values_list("flagged_at", flat=True)
    )
    return _wait(Limit(f"flags {network}", REPORTS, moments), who=uuid.uuid4().hex, at=at)


def seconds_to_report_error(network, *, at):
    """How long this network has to wait at that moment before it may report an error; 0 is a place taken."""
    rows = ErrorReport.objects.filter(network=network).order_by("-reported_at")
    limit = Limit(f"errors {network}", REPORTS, rows.values_list("reported_at", flat=True))
    return _wait(limit, who=uuid.uuid4().hex, at=at)


def _wait(*limits, who, at):
    """The whole seconds until all of these limits allow one more; 0 gives `who` a place in each."""
    limits = [limit for limit in limits if limit.rate]
    wait = _server(settings.CACHE_URL).wait(limits, who=who, at=at) if settings.CACHE_URL and limits else None
    return max((_wait_by_rows(limit, at=at) for limit in limits), default=0) if wait is None else wait


def _wait_by_rows(limit, *, at):
    """The seconds until the rows stored allow one more: one query."""
    count, seconds = limit.rate
    ends = (moment + dt.timedelta(seconds=seconds) for moment in limit.moments[count - 1 : count])
    return max((math.ceil((end - at).total_seconds()) for end in ends if end > at), default=0)


class Server:
    """A Valkey or Redis at an address, which hands out places as long as it answers."""

    def __init__(self, url):
        # Once more at once: a server that was started anew has closed all connections. Silence is not asked twice.
        retry = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        client = redis.Redis.from_url(url, retry=retry, **settings.CACHE_TIMEOUTS)
        self._take_a_place = client.register_script(TAKE_A_PLACE)
        self._lock, self._is_away, self._asked_again_at = threading.Lock(), False, 0.0

    def wait(self, limits, *, who, at):
        """The seconds until the limits have a place, 0 when `who` has it now; None while nobody answers."""
        if not self._may_be_asked():
            return None
        keys = [f"newsroom:limit:{keyed_hash('limit', limit.name)}" for limit in limits]
        numbers = [number for limit in limits for number in (limit.rate[0], limit.rate[1] * 1000)]
        given = [keyed_hash("limit", who), int(at.timestamp() * 1000), *numbers]
        try:
            milliseconds = self._take_a_place(keys=keys, args=given)
        except redis.RedisError as error:
            self._note_absence(error)
            return None
        self._note_presence()
        return math.ceil(milliseconds / 1000)

    def _may_be_asked(self):
        """While it is away one thread asks after every REST; all others would wait for nothing."""
        with self._lock:
            if not self._is_away:
                return True
            now = time.monotonic()
            is_time = now >= self._asked_again_at
            if is_time:
                self._asked_again_at = now + REST
            return is_time

    def _note_absence(self, error):
        with self._lock:
            if not self._is_away:
                logger.warning(
                    "The server of NEWSROOM_CACHE_URL does not answer, the database counts posts and reports: %s",
                    error,
                )
                self._is_away, self._asked_again_at = True, time.monotonic() + REST

    def _note_presence(self):
        with self._lock:
            if self._is_away:
                logger.warning("The server of NEWSROOM_CACHE_URL answers again and counts posts and reports.")
                self._is_away = False


@functools.cache
def _made(url):
    return Server(url)


def _server(url):
    """The one Server of this process at that address: what it knows of an absence, all threads have to know."""
    with _making:
        return _made(url)
