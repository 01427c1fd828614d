"""The newsroom's own messages of `manage.py check`."""

import difflib
import os
from sqlite3 import sqlite_version_info

from django.core.checks import Info, Warning, register
from django.db import connection

from newsroom import environment

SOUND_SQLITE = (3, 51, 3)


@register
def check_names_of_variables(app_configs, **options):
    """A warning for every `NEWSROOM_*` variable that no setting reads, with the name perhaps meant."""
    unknown = {name for name in os.environ if name.startswith(environment.PREFIX)} - environment.names_read
    return [_warn_of(name) for name in sorted(unknown)]


def _warn_of(name):
    known = [known.removeprefix(environment.PREFIX) for known in sorted(environment.names_read)]
    near = difflib.get_close_matches(name.removeprefix(environment.PREFIX), known, n=1)
    hint = (
        f"Did you mean {environment.PREFIX}{near[0]}?" if near else "README.md lists the variables there are."
    )
    return Warning(f"{name} is set, but no setting has that name.", hint=hint, id="newsroom.W001")


@register(deploy=True)
def check_sqlite_version(app_configs, **options):
    """A note on a rare race in SQLite before 3.51.3, seen by those who run `check --deploy` only."""
    if connection.vendor != "sqlite" or sqlite_version_info >= SOUND_SQLITE:
        return []
    return [
        Info(
            "This SQLite is older than 3.51.3, in which a rare race of its write-ahead log was mended.",
            hint="Verify your backups, or take the cautious PRAGMA journal_mode=DELETE.",
            id="newsroom.I001",
        )
    ]
