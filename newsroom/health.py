"""What probes ask: `/healthz` (does the process answer?) and `/readyz` (may it be sent readers?)."""

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PLAIN = "text/plain; charset=utf-8"


@require_safe
@never_cache
def healthz(request):
    """200 as long as the process answers, whatever its database does: a restart would not mend that."""
    return HttpResponse("ok\n", content_type=PLAIN)


@require_safe
@never_cache
def readyz(request):
    """200 when the database answers and has had all migrations of this code, otherwise 503 and why."""
    try:
        missing = _migrations_on_disk() - set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return HttpResponse("the database does not answer\n", content_type=PLAIN, status=503)
    if missing:
        return HttpResponse("the database lacks migrations\n", content_type=PLAIN, status=503)
    return HttpResponse("ok\n", content_type=PLAIN)


@cache  # they change with the code only, and new code means a new process
def _migrations_on_disk():
    return frozenset(MigrationLoader(None).disk_migrations)
