"""Copy a site from SQLite into the database of NEWSROOM_DATABASE_URL: `manage.py copy_database FILE`."""

from itertools import islice
from pathlib import Path

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand, CommandError
from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import load_backend

from articles.models import Article

SOURCE = "source"
BATCH = 1_000
# Rows that every database makes for itself: they are found by their names, and have other numbers there.
BY_NAME = [ContentType, Permission, Group]
# What a site can do without: who is signed in and looks at what, what the worker has to do or has done, and the
# counts that triggers keep.
LEFT_OUT = {
    "sessions.Session", "articles.Presence", "django_tasks_database.DBTaskResult", "comments.QueueTally",
}  # fmt: skip


class Command(BaseCommand):
    help = (
        "Copy all that a site keeps in an SQLite file into the database of NEWSROOM_DATABASE_URL, which has been "
        "migrated and has neither stories nor people yet. Numbers and so all addresses stay. Either everything is "
        "copied or nothing. Stop the site before."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="The SQLite database, such as data/newsroom.sqlite3.")

    def handle(self, *, file, **options):
        if not file.is_file():
            raise CommandError(f"{file} is no file. Name the SQLite database of the site.")
        connections[SOURCE] = _opened(file)
        try:
            self._refuse_what_cannot_be_copied()
            with transaction.atomic(using=SOURCE), transaction.atomic():
                total = self._copy_all()
        finally:
            connections[SOURCE].close()
            del connections[SOURCE]
        self.stdout.write(f"{total:,} rows were copied.")

    def _refuse_what_cannot_be_copied(self):
        if Article.objects.exists() or get_user_model().objects.exists():
            raise CommandError(
                "The database of NEWSROOM_DATABASE_URL has stories or people already. Name an empty one, and run "
                "manage.py migrate on it first."
            )
        there, here = (
            set(MigrationRecorder(each).applied_migrations()) for each in (connections[SOURCE], connection)
        )
        if there != here:
            raise CommandError(
                "The two databases have not had the same migrations. Run manage.py migrate on both, with this code."
            )

    def _copy_all(self):
        maps, models = _maps(), _models()
        for model in models:
            model._base_manager.all().delete()  # what migrations have written, which the site may have changed
        return sum(self._copy(model, maps=maps) for model in models)

    def _copy(self, model, *, maps):
        """Copies all rows of a table; returns how many."""
        rows = model._base_manager.using(SOURCE).order_by("pk").iterator(chunk_size=BATCH)
        count = 0
        while batch := list(islice(rows, BATCH)):
            _write(model, batch, maps=maps)
            count += len(batch)
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            with connection.cursor() as cursor:
                cursor.execute(statement)
        if count:
            self.stdout.write(f"{model._meta.label}: {count:,}")
        return count


def _opened(file):
    """A connection that reads the file and writes nothing."""
    given = {
        "ENGINE": "django.db.backends.sqlite3", "NAME": f"{file.absolute().as_uri()}?mode=ro", "OPTIONS": {},
        "TIME_ZONE": None, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True,
        "ATOMIC_REQUESTS": False, "USER": "", "PASSWORD": "", "HOST": "", "PORT": "", "TEST": {},
    }  # fmt: skip
    return load_backend(given["ENGINE"]).DatabaseWrapper(given, SOURCE)


def _models():
    """All tables that are copied, those between two others included. Which is first matters to nobody."""
    found = apps.get_models(include_auto_created=True)
    return [each for each in found if each not in BY_NAME and each._meta.label not in LEFT_OUT]


def _maps():
    """{model: {number in the file: number here}} of the rows that are found by name; groups are made where missing."""
    maps = {model: {} for model in BY_NAME}
    for model in BY_NAME:
        here = {row.natural_key(): row.pk for row in model._base_manager.all()}
        for row in model._base_manager.using(SOURCE).order_by("pk"):
            if model is Group and row.natural_key() not in here:
                here[row.natural_key()] = Group.objects.create(name=row.name).pk
            # A permission of a model that is no more leads nowhere.
            maps[model][row.pk] = here.get(row.natural_key())
    return maps


def _write(model, rows, *, maps):
    mapped = [field for field in model._meta.concrete_fields if field.related_model in maps]
    stamps = [field.attname for field in model._meta.concrete_fields if getattr(field, "auto_now", False)]
    kept = [(row.pk, {name: getattr(row, name) for name in stamps}) for row in rows if stamps]
    for row in rows:
        for field in mapped:
            setattr(row, field.attname, maps[field.related_model].get(getattr(row, field.attname)))
    model._base_manager.bulk_create(rows)
    for number, moments in kept:  # which are those of the writing by now
        model._base_manager.filter(pk=number).update(**moments)
