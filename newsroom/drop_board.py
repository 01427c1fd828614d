"""The board of drops that this process uses, and what makes changes known on it."""

import logging
import os
import threading
import time

from django.conf import settings
from django.db import transaction

from articles import times
from articles.signals import changing
from newsroom.drops import Board
from newsroom.shared_drops import the_shared_drops

logger = logging.getLogger(__name__)

RETRY = 1.0  # seconds between attempts to open a file that cannot be opened

_lock = threading.Lock()
_board, _owner, _tried_at = None, 0, 0.0


def the_board():
    """The Board in the data folder; None while it cannot be had, which the log tells once a second at most."""
    return _board if _is_ours() else _opened()


def _is_ours():
    """Whether this very process has opened the file, and it is still the one that others open."""
    return _board is not None and _owner == os.getpid() and _board.is_there


def _opened():
    global _board, _owner, _tried_at
    with _lock:
        if _is_ours():
            return _board
        if _board is None and _owner == os.getpid() and 0 <= time.monotonic() - _tried_at < RETRY:
            return None
        _board, _owner, _tried_at = None, os.getpid(), time.monotonic()
        try:
            _board = Board(settings.DATA_DIR / "page-drops")
        except OSError as error:
            logger.error(
                "No pages are kept: %s cannot be used (%s).", settings.DATA_DIR / "page-drops", error
            )
        return _board


def listen():
    """Makes known whatever is told to change, before it is committed and after."""
    changing.connect(_changing, dispatch_uid="newsroom.drops")


def _changing(names, **kwargs):
    board = the_board()
    if board is None:
        return
    moment = times.now().timestamp()
    if not transaction.get_connection().in_atomic_block:
        _drop(board, names, moment=moment)
        return
    board.announce(names)
    _tell(board, names, announces=True)
    transaction.on_commit(lambda: _drop(board, names, was_announced=True, moment=max(moment, time.time())))


def _drop(board, names, *, moment, was_announced=False):
    board.drop(names, is_announced=was_announced, moment=moment)
    _tell(board, names, was_announced=was_announced, moment=moment)


def _tell(board, names, **what):
    """Other machines hear of it, where there are any."""
    if shared := the_shared_drops():
        shared.tell(board, {"by": board.number, "names": sorted(names), **what})
