"""Make the fixtures from the captured texts: `manage.py make_fixtures`.

The stories are written by the ordinary verbs in a database of its own, in memory, which is then dumped. The
site's database is neither read nor written, and the files come out the same on every machine.
"""

from contextlib import contextmanager

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections, transaction
from django.db.utils import load_backend

from articles import models
from comments.models import Comment, Decision
from newsroom.seed_stories import write_seeds
from newsroom.seeds import parse_analysis, parse_briefing

# In loading order: what a row names stands before it.
PEOPLE = [models.User, models.Author]
FILING = [models.Section, models.Coverage, models.Tag, models.Source]
# The rows that belong to one story each, with the way from the row to its article.
OF_A_STORY = {
    models.Article: "pk",
    models.ArticleTag: "content_object",
    models.Byline: "article",
    models.Citation: "article",
    models.RelatedPick: "article",
    models.Pin: "article",
    models.Address: "article",
    models.Edition: "article",
    models.EditionTag: "edition__article",
    models.EditionAuthor: "edition__article",
    models.EditionSource: "edition__article",
    models.EditionRelated: "edition__article",
    models.DeskLogLine: "article",
    Comment: "article",
    Decision: "comment__article",
}


@contextmanager
def in_place_of_the_sites(**given):
    """Another database in place of the site's, until the block ends: `given` is how its settings differ."""
    sites = connections["default"]
    settings_of_it = sites.settings_dict | given
    connections["default"] = load_backend(settings_of_it["ENGINE"]).DatabaseWrapper(settings_of_it, "default")
    ContentType.objects.clear_cache()  # each database has numbers of its own
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = sites
        ContentType.objects.clear_cache()


@contextmanager
def scratch_database(name=":memory:", **options):
    """A migrated SQLite database in place of the site's, until the block ends: in memory, or in the file named."""
    with in_place_of_the_sites(ENGINE="django.db.backends.sqlite3", NAME=name, OPTIONS=options):
        call_command("migrate", interactive=False, verbosity=0)
        yield


def build_fixtures():
    """{"people": …, "coverage": …, "last_news": …}: the JSON that follows from the captured texts."""
    with scratch_database(), transaction.atomic():
        coverage, last_news = write_seeds(
            parse_briefing(_seed("briefing.txt")), parse_analysis(_seed("analysis-with-comments.txt"))
        )
        built = {
            "people": _dumped(_all_rows(PEOPLE)),
            "coverage": _dumped([*_all_rows(FILING), *_rows_of(coverage)]),
            "last_news": _dumped(_rows_of(last_news)),
        }
        transaction.set_rollback(True)  # what waits for the commit, such as mail, is never sent
    return built


def _seed(name):
    return (settings.BASE_DIR / "fixtures" / "seeds" / name).read_text(encoding="utf-8")


def _all_rows(tables):
    return [row for model in tables for row in model.objects.order_by("pk")]


def _rows_of(articles):
    return [
        row
        for model, way in OF_A_STORY.items()
        for row in model.objects.filter(**{f"{way}__in": [article.pk for article in articles]}).order_by("pk")
    ]


def _dumped(rows):
    keys = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}
    text = serializers.serialize("json", rows, indent=1, ensure_ascii=False, **keys)
    return text.rstrip("\n") + "\n"


class Command(BaseCommand):
    help = "Make fixtures/*.json anew from the captured texts beside them. The site's database is left alone."
    requires_system_checks = []  # addresses, templates and the site's database play no part

    def handle(self, **options):
        for name, text in build_fixtures().items():
            path = settings.BASE_DIR / "fixtures" / f"{name}.json"
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"Wrote {path.relative_to(settings.BASE_DIR)}.")
