"""Bring a site up to date before it is served: `manage.py prepare_site`, a part of `make serve`."""

import hashlib

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from articles.renditions import queue_missing


def has_migrations_to_run():
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def fixture_files():
    """The fixtures in loading order: people first, since the others name them."""
    found = settings.BASE_DIR.glob("fixtures/*.json")
    return sorted(found, key=lambda file: (file.stem != "people", file.stem))


def static_fingerprint():
    """A hash that changes when any static file of ours or of a package is added, changed or gone."""
    found = [
        (path, storage.size(path), storage.get_modified_time(path).isoformat())
        for finder in get_finders()
        for path, storage in finder.list(None)
    ]
    return hashlib.sha256(repr(sorted(found)).encode()).hexdigest()


class Command(BaseCommand):
    help = (
        "Migrate the database, fill an empty one with the fixtures and demo people, and collect the static "
        "files. What is up to date already is left alone."
    )

    def handle(self, **options):
        try:
            self.migrate()
            self.fill()
            queue_missing()  # what a worker that was killed has left undone
        except Error as error:
            raise CommandError(
                f"The database does not do its part ({str(error).strip()}). Check that it runs, and check "
                "NEWSROOM_DATABASE_URL and NEWSROOM_DATA_DIR."
            ) from error
        self.collect_static()

    def migrate(self):
        if has_migrations_to_run():
            self.stdout.write("Migrating the database ...")
            call_command("migrate", interactive=False, verbosity=0)

    @transaction.atomic  # a stop half-way leaves an empty database, to be filled the next time
    def fill(self):
        if get_user_model().objects.exists():
            return
        if files := fixture_files():
            self.stdout.write("Loading the fixtures ...")
            call_command("loaddata", *files, verbosity=0)
        call_command("make_demo_people", stdout=self.stdout)

    def collect_static(self):
        stamp, found = settings.DATA_DIR / "static-collected", static_fingerprint()
        if stamp.exists() and stamp.read_text() == found and settings.STATIC_ROOT.exists():
            return
        self.stdout.write("Collecting static files ...")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(found)
