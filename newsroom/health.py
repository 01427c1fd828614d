"""What probes ask: `/healthz` (does the process answer?) and `/readyz` (may it be sent readers?).

Both answer in JSON: {"status": "ok"}, or {"status": "unavailable", "reason": a sentence} with 503. A site that is
right but slow is ok with {"notes": [sentences]}. What a
database says of itself in its errors (hosts, names) is for the log, not for whoever asks.
"""

import logging
from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from newsroom.drop_board import the_board
from newsroom.shared_drops import the_shared_drops

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def healthz(request):
    """200 as long as the process answers, whatever its database does: a restart would not mend that."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request):
    """200 when the database answers and has had all migrations of this code, otherwise 503 and why."""
    try:
        missing = _migrations_on_disk() - set(MigrationRecorder(connection).applied_migrations())
    except Error:
        logger.exception("The database does not answer.")
        return _unavailable("The database does not answer.")
    if missing:
        names = ", ".join(sorted(f"{app}.{name}" for app, name in missing))
        return _unavailable(f"The database lacks migrations: {names}. Run manage.py migrate.")
    notes = _notes()
    return JsonResponse({"status": "ok", "notes": notes} if notes else {"status": "ok"})


def _notes():
    """Why every page is made anew for every reader, where that is so."""
    board, shared = the_board(), the_shared_drops()
    if board is None:
        return ["No pages are kept: the file page-drops in the data folder cannot be used."]
    if shared and not shared.catch_up(board):
        return ["No pages are kept: the server of NEWSROOM_CACHE_URL does not answer."]
    return []


def _unavailable(reason):
    return JsonResponse({"status": "unavailable", "reason": reason}, status=503)


@cache  # they change with the code only, and new code means a new process
def _migrations_on_disk():
    return frozenset(MigrationLoader(None).disk_migrations)
