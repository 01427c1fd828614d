"""`manage.py check` tells of slips in the environment, and `check --deploy` of an old SQLite."""

import pytest
from django.core.checks import Info, Warning

from newsroom import checks, environment


@pytest.fixture(autouse=True)
def names(monkeypatch):
    monkeypatch.setattr(
        environment, "names_read", {"NEWSROOM_SITE_NAME", "NEWSROOM_SITE_URL", "NEWSROOM_DEBUG"}
    )
    for name in [name for name in checks.os.environ if name.startswith("NEWSROOM_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("NEWSROOM_SITENAME", "Did you mean NEWSROOM_SITE_NAME?"),
        ("NEWSROOM_DEBUGGING", "Did you mean NEWSROOM_DEBUG?"),
        ("NEWSROOM_QQ", "README.md lists the variables there are."),
    ],
)
def test_a_variable_that_no_setting_reads_is_warned_of(monkeypatch, name, hint):
    monkeypatch.setenv(name, "x")
    expected = Warning(f"{name} is set, but no setting has that name.", hint=hint, id="newsroom.W001")
    assert checks.check_names_of_variables(None) == [expected]


def test_variables_that_settings_read_and_other_peoples_are_not_warned_of(monkeypatch):
    monkeypatch.setenv("NEWSROOM_DEBUG", "on")
    monkeypatch.setenv("NEWS", "x")
    assert checks.check_names_of_variables(None) == []


@pytest.mark.parametrize(
    ("vendor", "version", "told"),
    [
        ("sqlite", (3, 51, 2), ["newsroom.I001"]),
        ("sqlite", (3, 51, 3), []),
        ("sqlite", (3, 52, 0), []),
        ("postgresql", (3, 40, 1), []),
    ],
)
def test_an_old_sqlite_is_told_of_and_no_more_than_told(monkeypatch, vendor, version, told):
    monkeypatch.setattr(checks.connection, "vendor", vendor)
    monkeypatch.setattr(checks, "sqlite_version_info", version)
    found = checks.check_sqlite_version(None)
    assert [message.id for message in found] == told
    assert all(isinstance(message, Info) for message in found)
