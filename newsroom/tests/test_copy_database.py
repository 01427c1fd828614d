"""`manage.py copy_database` moves a site from SQLite to another database, with all its numbers and relations."""

import re
import shutil

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection

from articles.models import Article, Page, User
from articles.tests.photographs import stored
from articles.tests.reading import fetch
from articles.tests.stories import person, published
from comments.models import QueueTally
from comments.tests.replies import approved, posted
from newsroom.management.commands.copy_database import LEFT_OUT
from newsroom.management.commands.make_fixtures import scratch_database

pytestmark = pytest.mark.django_db(transaction=True)
OF_EVERY_DATABASE = {"contenttypes.ContentType", "auth.Permission", "auth.Group"}


def in_a_file(path):
    """A migrated SQLite database in that file in place of the site's, until the block ends."""
    return scratch_database(str(path), transaction_mode="IMMEDIATE")


def everything():
    """What the site keeps, by names in place of the numbers that each database has for itself: {label: rows}."""
    return {
        model._meta.label: serializers.serialize(
            "python", model._base_manager.order_by("pk"), use_natural_foreign_keys=True
        )
        for model in apps.get_models()
        if model._meta.label not in LEFT_OUT | OF_EVERY_DATABASE
    }


def groups():
    return {
        group.name: set(group.permissions.values_list("content_type__app_label", "codename"))
        for group in Group.objects.all()
    }


def write_a_site():
    """Stories with all that belongs to them, people with rights of their own, comments in each state."""
    call_command("loaddata", "people", "coverage", "last_news", verbosity=0)
    interns = Group.objects.create(name="Interns")
    interns.permissions.set(Permission.objects.filter(codename__in=["add_article", "view_tag"]))
    editor = person("editor", "Editors")
    editor.groups.add(interns)
    editor.user_permissions.add(Permission.objects.get(codename="view_listedword"))
    edition = published("Harbour bridge reopens", image=stored(has_renditions=True))
    approved(edition, "A first question")
    posted(edition, "A second question", email="b@x.example")
    article = edition.article
    LogEntry.objects.log_actions(editor.pk, [article], 2, change_message="Changed.", single_object=True)
    Page.objects.filter(slug="about").update(body="<p>Who we are.</p>")


@pytest.fixture(scope="module")
def made(tmp_path_factory, django_db_setup, django_db_blocker):
    """The SQLite database of a site, with what the site said of itself: (path, everything, groups)."""
    path = tmp_path_factory.mktemp("site") / "site.sqlite3"
    with django_db_blocker.unblock(), in_a_file(path):
        write_a_site()
        return path, everything(), groups()


@pytest.fixture
def file(made, tmp_path):
    """The path of a copy of it, for a test that changes it."""
    return shutil.copy(made[0], tmp_path)


def test_everything_is_copied_with_its_numbers(made, client, capsys):
    path, site, roles = made
    call_command("copy_database", str(path))
    copied = everything()
    assert {label: rows for label, rows in copied.items() if rows != site[label]} == {}
    assert sum(map(len, copied.values())) > 150
    assert groups() == roles
    assert QueueTally.objects.counts()["pending"] == 1
    told = capsys.readouterr().out
    assert re.search(rf"^articles\.Article: {Article.objects.count()}$", told, re.MULTILINE)
    assert re.search(r"^\d+ rows were copied\.$", told, re.MULTILINE)
    # The copy works: it is read, found by its words, and written to with new numbers.
    assert "bridge reopens" in fetch(client, "/search/?q=harbour").text
    newest = max(Article.objects.values_list("pk", flat=True))
    assert published("Another").article.pk > newest
    editor = User.objects.get(username="editor")
    assert editor.has_perm("comments.view_listedword")


def test_a_database_with_people_is_left_alone(file):
    person("somebody")
    with pytest.raises(CommandError, match="has stories or people already. Name an empty one"):
        call_command("copy_database", file)
    assert not Article.objects.exists()


def test_a_file_of_another_release_is_refused(file):
    with in_a_file(file), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = '0008_report_and_privacy'")
    with pytest.raises(CommandError, match="have not had the same migrations. Run manage.py migrate on both"):
        call_command("copy_database", file)


def test_what_breaks_off_leaves_nothing(file):
    with in_a_file(file), connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("UPDATE comments_comment SET article_id = 999999")
    with pytest.raises(IntegrityError, match="(?i)foreign key"):
        call_command("copy_database", file)
    assert not Article.objects.exists()
    assert not User.objects.exists()


def test_a_file_that_is_none_is_told(tmp_path):
    with pytest.raises(CommandError, match="nowhere is no file. Name the SQLite database of the site."):
        call_command("copy_database", str(tmp_path / "nowhere"))
    assert settings.DATABASES.keys() == {"default"}
