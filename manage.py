#!/usr/bin/env python3
"""Run a management command of the newsroom, for example `python manage.py migrate`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # a wrong NEWSROOM_* variable: its sentence says it all
        sys.exit(f"newsroom: {error}")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "SQLite") is not None:
            raise  # an answer: the database is there
        sys.exit(f"newsroom: The database of NEWSROOM_DATABASE_URL does not answer: {str(error).strip()}")
