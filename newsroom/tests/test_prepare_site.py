"""`prepare_site` brings a site up to date, and does nothing where nothing has changed."""

import os

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import OperationalError

from newsroom.management.commands import prepare_site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings, tmp_path):
    """A site in a folder of its own: no fixtures yet, and one static file."""
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "news.css").write_text("body {}")
    settings.DATA_DIR, settings.BASE_DIR, settings.STATIC_ROOT = tmp_path, tmp_path, tmp_path / "static"
    settings.STATICFILES_DIRS = [sources]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    return tmp_path


@pytest.fixture
def calls(monkeypatch):
    """The names of the commands called from here on; none of them is carried out."""
    made = []
    monkeypatch.setattr(prepare_site, "call_command", lambda *args, **options: made.append(args))
    return made


def test_an_empty_database_gets_demo_people_and_the_static_files_are_collected(site):
    call_command("prepare_site")
    assert get_user_model().objects.count() == 4
    assert (site / "demo-passwords.txt").exists()
    assert (site / "static" / "news.css").read_text() == "body {}"


def test_a_second_time_nothing_is_done(capsys, monkeypatch):
    call_command("prepare_site")
    capsys.readouterr()
    monkeypatch.setattr(prepare_site, "call_command", lambda *args, **options: pytest.fail(str(args)))
    call_command("prepare_site")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "change", ["a new file", "a changed file", "a file gone", "the collected files gone"]
)
def test_static_files_are_collected_again_after_a_change(site, calls, change):
    get_user_model().objects.create_user("chief")
    (site / "static").mkdir()
    call_command("prepare_site")
    calls.clear()
    css = site / "sources" / "news.css"
    match change:
        case "a new file":
            (site / "sources" / "desk.css").touch()
        case "a changed file":
            os.utime(css, (1, 1))
        case "a file gone":
            css.unlink()
        case _:
            (site / "static").rmdir()
    call_command("prepare_site")
    assert calls == [("collectstatic",)]


def test_fixtures_are_loaded_in_one_go_people_first(site, calls):
    (site / "fixtures").mkdir()
    for name in ("coverage.json", "people.json", "last_news.json", "README.md"):
        (site / "fixtures" / name).write_text("[]")
    call_command("prepare_site")
    paths = [site / "fixtures" / f"{name}.json" for name in ("people", "coverage", "last_news")]
    assert calls == [("loaddata", *paths), ("make_demo_people",), ("collectstatic",)]


def test_a_database_with_people_is_left_as_it_is(site, calls):
    get_user_model().objects.create_user("chief")
    (site / "fixtures").mkdir()
    (site / "fixtures" / "people.json").write_text("[]")
    call_command("prepare_site")
    assert calls == [("collectstatic",)]


def test_what_fails_half_way_leaves_the_database_empty(site, monkeypatch):
    def fail(command, name, password):
        if name == "moderator":
            raise OperationalError("disk full")
        get_user_model().objects.create_user(name)

    monkeypatch.setattr("newsroom.management.commands.make_demo_people.Command.make_person", fail)
    with pytest.raises(CommandError, match="does not do its part .disk full.. Check that it runs"):
        call_command("prepare_site")
    assert not get_user_model().objects.exists()


def test_migrations_run_only_where_some_are_missing(calls, monkeypatch):
    monkeypatch.setattr(prepare_site, "has_migrations_to_run", lambda: True)
    get_user_model().objects.create_user("chief")
    call_command("prepare_site")
    assert calls == [("migrate",), ("collectstatic",)]


def test_a_database_that_has_had_all_migrations_has_none_to_run():
    assert prepare_site.has_migrations_to_run() is False
