"""A CDN that keeps pages as exactly as this site does: by keys on each page, and a word to it for each change.

Where NEWSROOM_PURGE_URL names an address, every page that is kept says in Surrogate-Key and Cache-Tag what it shows,
and in CDN-Cache-Control and Surrogate-Control how long that holds by itself. When something changes, the worker posts
its keys to that address: in a header Surrogate-Key, and as {"tags": [keys]}. It does so twice, since a page that was
under way to the CDN at the moment of the change arrives there after the first word.
"""

import json
import logging
import time
from functools import partial
from urllib.error import URLError
from urllib.request import Request, urlopen

from django.conf import settings
from django.db import transaction

from articles import times
from articles.filings import plans
from articles.shown import EVERYTHING, PLANS
from articles.signals import changing
from articles.tasks import task
from newsroom.drops import slots_of

logger = logging.getLogger(__name__)

LONGEST = 86_400  # seconds that a CDN may keep a page of which no end is known
AGAIN_AFTER = 3  # seconds
PATIENCE = 10  # seconds for an answer
TRIES = 5
MOST_KEYS = 200  # in one request


def key_of(slot):
    """What stands for the names of a slot outside: a few letters that tell nothing."""
    return f"n{slot:x}"


def headers_for(answer, *, now):
    """The headers that a kept answer has for a CDN, as pairs, at that moment (seconds since 1970)."""
    keys = [key_of(slot) for slot in {*answer.slots, *slots_of([EVERYTHING])}]
    seconds = max(min(LONGEST, int(answer.until - now) if answer.until < now + LONGEST else LONGEST), 0)
    return [
        ("Surrogate-Key", " ".join(keys)),
        ("Cache-Tag", ",".join(keys)),
        ("CDN-Cache-Control", f"max-age={seconds}"),
        ("Surrogate-Control", f"max-age={seconds}"),
    ]


def listen():
    """Has the worker tell the CDN of whatever changes, where there is one."""
    if settings.PURGE_URL:
        changing.connect(_changing, dispatch_uid="newsroom.cdn")


def _changing(names, **kwargs):
    transaction.on_commit(partial(_enqueue, names))


def _enqueue(names):
    if PLANS in names:  # pages that it has end at what was planned before
        planned = plans(at=times.now())
        names = {EVERYTHING} if planned is None else names.union(*(changed for _moment, changed in planned))
    purge.enqueue([key_of(slot) for slot in slots_of(names - {PLANS})])


@task
def purge(keys):
    """Has the CDN drop the pages that bear any of these keys, now and once more a moment later."""
    for _time in range(2):
        for start in range(0, len(keys), MOST_KEYS):
            _post(keys[start : start + MOST_KEYS])
        time.sleep(AGAIN_AFTER)


def _post(keys):
    headers = {"Surrogate-Key": " ".join(keys), "Content-Type": "application/json"}
    if settings.PURGE_TOKEN:
        headers["Authorization"] = f"Bearer {settings.PURGE_TOKEN}"
    request = Request(settings.PURGE_URL, json.dumps({"tags": keys}).encode(), headers, method="POST")  # noqa: S310
    for tried in range(1, TRIES + 1):
        try:
            with urlopen(request, timeout=PATIENCE):  # noqa: S310 - the settings take http and https alone
                return
        except URLError as error:
            if tried == TRIES:
                logger.error("The CDN was not told of a change: %s. Empty it by hand.", error)
                raise
            time.sleep(2 ** (tried - 1))
