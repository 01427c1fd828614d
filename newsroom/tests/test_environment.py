"""What differs between machines comes from `NEWSROOM_*` variables; a wrong value gets a sentence."""

import os
import re
import runpy
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from newsroom import environment


@pytest.fixture(autouse=True)
def names_read(monkeypatch):
    """The names asked for from here on; those that the settings asked for stay as they were."""
    monkeypatch.setattr(environment, "names_read", set())


@pytest.fixture
def give(monkeypatch):
    """Sets the variable NEWSROOM_X to a value."""
    return lambda value: monkeypatch.setenv("NEWSROOM_X", value)


def server(host, port, *, user="", password="", security=""):
    return {"host": host, "port": port, "user": user, "password": password, "security": security}


SOUND = [
    (environment.text, {"default": "Newsroom"}, "The Morning Post", "The Morning Post"),
    (environment.text, {"default": "Newsroom"}, "   ", "Newsroom"),
    (environment.choice, {"default": "en-gb", "allowed": ["en-gb", "fr"]}, "fr", "fr"),
    (environment.choice, {"default": "en-gb", "allowed": ["en-gb", "fr"]}, "", "en-gb"),
    (environment.switch, {"default": False}, "on", True),
    (environment.switch, {"default": False}, "TRUE", True),
    (environment.switch, {"default": True}, "0", False),
    (environment.switch, {"default": True}, "", True),
    (environment.site_url, {"default": ""}, "https://News.Example/", "https://news.example"),
    (environment.site_url, {"default": ""}, "http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    (environment.site_url, {"default": ""}, "http://[::1]:8000", "http://[::1]:8000"),
    (environment.email, {"default": "desk@news.example"}, "post@paper.example", "post@paper.example"),
    (environment.email, {"default": "desk@news.example"}, "", "desk@news.example"),
    (environment.time_zone, {"default": "Europe/Brussels"}, "Asia/Hong_Kong", "Asia/Hong_Kong"),
    (environment.time_zone, {"default": "Europe/Brussels"}, "", "Europe/Brussels"),
    (environment.size, {"default": "48M"}, "", 48 * 1024 * 1024),
    (environment.size, {"default": "48M"}, "0", 0),
    (environment.size, {"default": "48M"}, "1g", 1024**3),
    (environment.size, {"default": "48M"}, "4K", 4096),
    (environment.size, {"default": "48M"}, "77", 77),
    (environment.web_address, {}, "", ""),
    (environment.web_address, {}, "https://cdn.example/purge", "https://cdn.example/purge"),
    (environment.rate, {"default": "6/m"}, "", (6, 60)),
    (environment.rate, {"default": "6/m"}, "10/s", (10, 1)),
    (environment.rate, {"default": "6/m"}, "100/H", (100, 3600)),
    (environment.rate, {"default": "6/m"}, "1/d", (1, 86_400)),
    (environment.rate, {"default": "6/m"}, "off", None),
    (environment.proxies, {}, "", 0),
    (environment.proxies, {}, "off", 0),
    (environment.proxies, {}, "0", 0),
    (environment.proxies, {}, "yes", 1),
    (environment.proxies, {}, "ON", 1),
    (environment.proxies, {}, "1", 1),
    (environment.proxies, {}, "2", 2),
    (environment.cache_url, {}, "", ""),
    (environment.cache_url, {}, "redis://127.0.0.1", "redis://127.0.0.1"),
    (environment.cache_url, {}, "rediss://me:p%2Fw@cache.example:6380/2", "rediss://me:p%2Fw@cache.example:6380/2"),
    (environment.cache_url, {}, "valkey://:pw@[::1]:6379/", "redis://:pw@[::1]:6379/"),
    (environment.cache_url, {}, "unix:///run/valkey/socket", "unix:///run/valkey/socket"),
    (environment.cache_url, {}, "unix:///run/valkey/socket?db=3", "unix:///run/valkey/socket?db=3"),
    (environment.bucket, {}, "", None),
    (
        environment.bucket, {}, "s3://pictures?region=eu-west-1",
        {"bucket_name": "pictures", "location": "", "endpoint_url": None, "region_name": "eu-west-1"},
    ),
    (
        environment.bucket, {}, "s3://me:p%2F+w@my.pictures/desk/2026/?endpoint=https://s3.example:9000/",
        {
            "bucket_name": "my.pictures", "location": "desk/2026", "endpoint_url": "https://s3.example:9000",
            "region_name": "us-east-1", "access_key": "me", "secret_key": "p/+w", "security_token": None,
        },
    ),
    (environment.mail_server, {}, "", None),
    (environment.mail_server, {}, "smtp://mail.example", server("mail.example", 25)),
    (environment.mail_server, {}, "smtp://127.0.0.1:2525/", server("127.0.0.1", 2525)),
    (environment.mail_server, {}, "smtps://[::1]", server("::1", 465, security="tls")),
    (
        environment.mail_server, {}, "smtp+tls://me%40news.example:p%3Aw%2F@mail.example",
        server("mail.example", 587, user="me@news.example", password="p:w/", security="starttls"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("read", "options", "value", "expected"), SOUND)
def test_a_sound_value_is_read(give, read, options, value, expected):
    give(value)
    assert read("X", **options) == expected


ZONE = "a time zone's name such as Europe/Brussels"
SIZE = "a number of bytes such as 48M, or 0 for none"
CDN = "an address such as https://cdn.example/purge"
RATE = "a number a second, minute, hour or day, such as 6/m, or off"
ADDRESS = "an address such as https://news.example, in ASCII and without a path"
HOSTS = "host names with commas between, without ports and wildcards"
DATABASES = "postgres://user:password@host/name or sqlite:////path/to/file"
MAIL = "smtp+tls or smtps or smtp://user:password@host:port"
CACHES = "redis, rediss or valkey://user:password@host:port/number, or unix:///path/to/socket"
BUCKETS = (
    "s3://bucket/folder?endpoint=https://host&region=name, with key:secret@ before the bucket or without"
)
WRONG = [
    *[
        (environment.bucket, {}, value, f"'{value.partition(':')[0]}:…'", BUCKETS)
        for value in (
            "pictures",
            "https://me:pw@s3.example/pictures",
            "s3://",
            "s3://a",
            "s3://pictures",
            "s3://pictures:80?region=x",
            "s3://me@pictures?region=x",
            "s3://:pw@pictures?region=x",
            "s3://me:pw/x@pictures?region=x",
            "s3://pictures/../x?region=x",
            "s3://pictures?region=x#y",
            "s3://pictures?region=x y",
            "s3://pictures?region=x&acl=public-read",
            "s3://pictures?region",
            "s3://pictures?endpoint=s3.example",
            "s3://pictures?endpoint=https://me:pw@s3.example",
            "s3://pictures?endpoint=https://s3.example/path",
            "s3://[::1?region=x",
            "s3://pictures:x?region=x",
        )
    ],
    (environment.cache_url, {}, "cache.example", "'cache.example:…'", CACHES),
    (environment.cache_url, {}, "memcached://me:pw@cache.example", "'memcached:…'", CACHES),
    (environment.cache_url, {}, "redis:cache.example", "'redis:…'", CACHES),
    (environment.cache_url, {}, "redis://", "'redis:…'", CACHES),
    (environment.cache_url, {}, "redis://me:pw@cache.example:x", "'redis:…'", CACHES),
    (environment.cache_url, {}, "redis://cache.example:0", "'redis:…'", CACHES),
    (environment.cache_url, {}, "redis://cache.example/first", "'redis:…'", CACHES),
    (environment.cache_url, {}, "valkey://cache.example?socket_timeout=9", "'valkey:…'", CACHES),
    (environment.cache_url, {}, "rediss://me:p#w@cache.example", "'rediss:…'", CACHES),
    (environment.cache_url, {}, "redis://[::1", "'redis:…'", CACHES),
    (environment.cache_url, {}, "unix://", "'unix:…'", CACHES),
    (environment.cache_url, {}, "unix:///run/socket?password=pw", "'unix:…'", CACHES),
    (environment.mail_server, {}, "mail.example", "'mail.example:…'", MAIL),
    (environment.mail_server, {}, "https://me:secret@mail.example", "'https:…'", MAIL),
    (environment.mail_server, {}, "smtp://", "'smtp:…'", MAIL),
    (environment.mail_server, {}, "smtp://mail.example:x", "'smtp:…'", MAIL),
    (environment.mail_server, {}, "smtp://mail.example:0", "'smtp:…'", MAIL),
    (environment.mail_server, {}, "smtp://mail.example/inbox", "'smtp:…'", MAIL),
    (environment.mail_server, {}, "smtp://[::1", "'smtp:…'", MAIL),
    (environment.choice, {"default": "fr", "allowed": ["en-gb", "fr"]}, "tlh", "'tlh'", "en-gb, fr"),
    (environment.switch, {"default": False}, "perhaps", "'perhaps'", "on or off"),
    (environment.secret_key, {"keep_in": None}, "short", "'too short'", "50 characters or more"),
    (environment.site_url, {"default": ""}, "news.example", "'news.example'", ADDRESS),
    (environment.site_url, {"default": ""}, "ftp://news.example", "'ftp://news.example'", ADDRESS),
    (environment.site_url, {"default": ""}, "https://news.example/x", "'https://news.example/x'", ADDRESS),
    (environment.site_url, {"default": ""}, "https://news.example?x", "'https://news.example?x'", ADDRESS),
    (environment.site_url, {"default": ""}, "https://news.example:x", "'https://news.example:x'", ADDRESS),
    (environment.site_url, {"default": ""}, "https://[::1", "'https://[::1'", ADDRESS),
    (environment.site_url, {"default": ""}, "https://métro.example", "'https://métro.example'", ADDRESS),
    (environment.site_url, {"default": ""}, "https://me:pw@h.example", '"with a user\'s name"', "an address"),
    (environment.hosts, {"site_host": "news.example"}, "*", "'*'", HOSTS),
    (environment.hosts, {"site_host": "news.example"}, "a.example:80", "'a.example:80'", HOSTS),
    (environment.email, {"default": "a@b.example"}, "the desk", "'the desk'", "an e-mail address such as"),
    (environment.time_zone, {"default": "UTC"}, "Brussels", "'Brussels'", ZONE),
    (environment.time_zone, {"default": "UTC"}, "Europe", "'Europe'", ZONE),
    (environment.time_zone, {"default": "UTC"}, "../etc/passwd", "'../etc/passwd'", ZONE),
    (environment.size, {"default": "48M"}, "48 M", "'48 M'", SIZE),
    (environment.size, {"default": "48M"}, "-1", "'-1'", SIZE),
    (environment.size, {"default": "48M"}, "much", "'MUCH'", SIZE),
    (environment.web_address, {}, "ftp://cdn.example/", "'ftp:…'", CDN),
    (environment.web_address, {}, "https://", "'https:…'", CDN),
    (environment.web_address, {}, "http://[", "'http:…'", CDN),
    (environment.rate, {"default": "6/m"}, "0/m", "'0/m'", RATE),
    (environment.rate, {"default": "6/m"}, "six", "'six'", RATE),
    (environment.rate, {"default": "6/m"}, "6/w", "'6/w'", RATE),
    (environment.database, {"sqlite_file": "x"}, "mysql://me:pw@host/x", "'mysql:…'", DATABASES),
    (environment.database, {"sqlite_file": "x"}, "postgres://me:pw@host:x/x", "'postgres:…'", DATABASES),
    (environment.database, {"sqlite_file": "x"}, "postgres://me:pw@host", "'postgres:…'", DATABASES),
    (environment.database, {"sqlite_file": "x"}, "sqlite://:memory:", "'sqlite:…'", DATABASES),
    (environment.database, {"sqlite_file": "x"}, "newsroom.sqlite3", "'newsroom.sqlite3:…'", DATABASES),
]


@pytest.mark.parametrize(("read", "options", "value", "shown", "allowed"), WRONG)
def test_a_wrong_value_is_named_with_the_values_allowed(give, read, options, value, shown, allowed):
    give(value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read("X", **options)
    assert str(caught.value).startswith(f"NEWSROOM_X is {shown}. Allowed: {allowed}")
    assert "pw" not in str(caught.value)


def test_a_variable_that_was_asked_for_is_remembered():
    environment.text("X", default="")
    assert environment.names_read == {"NEWSROOM_X"}


# --- folders


def test_a_folder_is_made_for_its_owner_only(give, tmp_path):
    give(str(tmp_path / "a" / "b"))
    made = environment.folder("X", default="unused")
    assert made == tmp_path / "a" / "b"
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_a_folder_is_absolute_wherever_the_process_is_started(give, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    give("here")
    assert environment.folder("X", default="unused") == tmp_path / "here"


def test_a_folder_that_cannot_be_made_is_named_with_the_reason(give, tmp_path):
    (tmp_path / "file").touch()
    give(str(tmp_path / "file" / "folder"))
    expected = rf"NEWSROOM_X is '{tmp_path}/file/folder'\. Allowed: a folder .* \(Not a directory\)\."
    with pytest.raises(ImproperlyConfigured, match=expected):
        environment.folder("X", default="unused")


def test_a_folder_that_cannot_be_written_to_is_refused(give, tmp_path, monkeypatch):
    monkeypatch.setattr(environment.os, "access", lambda path, mode: False)  # root may write anywhere
    give(str(tmp_path))
    with pytest.raises(ImproperlyConfigured, match="Allowed: a folder that this user may write to"):
        environment.folder("X", default="unused")


# --- the secret key


def test_a_key_given_is_taken_and_none_is_made(give, tmp_path):
    give("k" * 50)
    assert environment.secret_key("X", keep_in=tmp_path / "key") == "k" * 50
    assert not list(tmp_path.iterdir())


def test_a_key_is_made_once_and_kept_for_its_owner_only(tmp_path):
    kept = tmp_path / "key"
    made = environment.secret_key("X", keep_in=kept)
    assert len(made) >= 50
    assert environment.secret_key("X", keep_in=kept) == made
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [kept]


def test_of_two_processes_that_make_a_key_at_once_the_second_takes_the_first_ones(tmp_path, monkeypatch):
    kept = tmp_path / "key"
    monkeypatch.setattr(
        environment.secrets, "token_urlsafe", lambda size: kept.write_text("f" * 60) and "mine"
    )
    assert environment.secret_key("X", keep_in=kept) == "f" * 60


def test_a_key_file_that_was_emptied_is_refused(tmp_path):
    (tmp_path / "key").touch()
    with pytest.raises(ImproperlyConfigured, match="NEWSROOM_X is 'too short'. Allowed: 50 characters"):
        environment.secret_key("X", keep_in=tmp_path / "key")


def test_a_key_that_cannot_be_kept_has_to_be_given(tmp_path):
    with pytest.raises(
        ImproperlyConfigured, match="NEWSROOM_X is 'not set'. Allowed: 50 characters .*No such"
    ):
        environment.secret_key("X", keep_in=tmp_path / "missing" / "key")


# --- hosts


@pytest.mark.parametrize(
    ("site_host", "value", "expected"),
    [
        ("news.example", "", ["news.example"]),
        (
            "news.example",
            "www.News.example, .paper.example",
            ["news.example", "www.news.example", ".paper.example"],
        ),
        ("news.example", "[::2], 10.0.0.1", ["news.example", "[::2]", "10.0.0.1"]),
        ("::2", "", ["[::2]"]),
    ],
)
def test_the_sites_host_those_listed_and_loopback_are_answered(give, site_host, value, expected):
    give(value)
    assert environment.hosts("X", site_host=site_host) == [*expected, "127.0.0.1", "localhost", "[::1]"]


def test_no_host_is_listed_twice(give):
    give("localhost,127.0.0.1")
    assert environment.hosts("X", site_host="127.0.0.1") == ["127.0.0.1", "localhost", "[::1]"]


# --- the database


def test_without_an_address_the_database_is_sqlite_in_the_data_folder():
    config = environment.database("X", sqlite_file=Path("/data/newsroom.sqlite3"))
    assert config["ENGINE"] == "django.db.backends.sqlite3"
    assert config["NAME"] == Path("/data/newsroom.sqlite3")
    assert config["TEST"] == {"NAME": Path("/data/test.sqlite3")}


def test_every_sqlite_database_takes_the_write_lock_at_the_start_and_keeps_a_log_ahead(give):
    give("sqlite:////srv/news.sqlite3")
    config = environment.database("X", sqlite_file="unused")
    assert config["NAME"] == "/srv/news.sqlite3"
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in config["OPTIONS"]["init_command"]
    assert (config["CONN_MAX_AGE"], config["CONN_HEALTH_CHECKS"]) == (None, True)


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("postgres://me:pw@db.example:5433/news", "db.example"),
        ("postgresql://me:pw@db.example:5433/news", "db.example"),
        ("postgres://me:pw@%2Frun%2Fpostgresql:5433/news", "/run/postgresql"),
    ],
)
def test_an_address_of_a_postgresql_is_taken_apart(give, value, host):
    give(value)
    config = environment.database("X", sqlite_file="unused")
    assert config["ENGINE"] == "django.db.backends.postgresql"
    assert (config["NAME"], config["USER"], config["PASSWORD"]) == ("news", "me", "pw")
    assert (config["HOST"], config["PORT"]) == (host, 5433)
    assert (config["CONN_MAX_AGE"], config["CONN_HEALTH_CHECKS"]) == (None, True)
    assert config["OPTIONS"] == environment.POSTGRESQL_OPTIONS


def test_what_an_address_of_a_postgresql_asks_for_counts_more(give):
    give("postgres://me:pw@db.example/news?sslmode=verify-full&connect_timeout=9")
    options = environment.database("X", sqlite_file="unused")["OPTIONS"]
    assert options == environment.POSTGRESQL_OPTIONS | {"sslmode": "verify-full", "connect_timeout": 9}


def test_a_postgresql_without_its_driver_says_what_to_install(give, monkeypatch):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    give("postgres://me:pw@db.example/news")
    with pytest.raises(ImproperlyConfigured, match=r"until requirements/production\.txt is installed"):
        environment.database("X", sqlite_file="unused")


def test_a_valkey_without_its_client_says_what_to_install(give, monkeypatch):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    give("valkey://:pw@cache.example")
    expected = (
        r"^NEWSROOM_X is 'valkey:…'. Allowed: nothing, until requirements/production\.txt is installed.$"
    )
    with pytest.raises(ImproperlyConfigured, match=expected):
        environment.cache_url("X")


def test_a_bucket_without_its_client_says_what_to_install(give, monkeypatch):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    give("s3://me:pw@pictures?region=eu-west-1")
    expected = r"^NEWSROOM_X is 's3:…'. Allowed: nothing, until requirements/production\.txt is installed.$"
    with pytest.raises(ImproperlyConfigured, match=expected):
        environment.bucket("X")


# --- the whole


def test_the_readme_lists_every_variable_there_is():
    runpy.run_path(str(settings.BASE_DIR / "newsroom" / "settings.py"))
    listed = re.findall(
        r"^\| `(NEWSROOM_\w+)` \|", (settings.BASE_DIR / "README.md").read_text(), re.MULTILINE
    )
    assert sorted(listed) == sorted(environment.names_read)


def test_a_valkey_becomes_the_cache_of_the_site(monkeypatch):
    monkeypatch.setenv("NEWSROOM_CACHE_URL", "valkey://cache.example/1")
    made = runpy.run_path(str(settings.BASE_DIR / "newsroom" / "settings.py"))
    cache = made["CACHES"]["default"]
    assert cache["BACKEND"] == "django.core.cache.backends.redis.RedisCache"
    assert cache["LOCATION"] == made["CACHE_URL"] == "redis://cache.example/1"
    assert max(cache["OPTIONS"].values()) <= 1


def test_a_bucket_becomes_the_place_of_pictures(monkeypatch):
    monkeypatch.setenv("NEWSROOM_MEDIA_URL", "s3://pictures/desk?region=eu-west-1")
    made = runpy.run_path(str(settings.BASE_DIR / "newsroom" / "settings.py"))
    assert made["STORAGES"]["default"] == {
        "BACKEND": "articles.bucket.Bucket",
        "OPTIONS": made["MEDIA_BUCKET"],
    }
    assert made["MEDIA_BUCKET"]["bucket_name"] == "pictures"


def manage(*arguments, **variables):
    """What `manage.py` prints on its error stream, with these variables set."""
    command = [sys.executable, "manage.py", *arguments]
    environ = os.environ | variables
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environ, capture_output=True, text=True).stderr


def test_a_wrong_variable_stops_the_start_with_a_sentence_and_no_traceback():
    expected = "NEWSROOM_TIME_ZONE is 'Brussels'. Allowed: a time zone's name such as Europe/Brussels."
    assert manage("check", NEWSROOM_TIME_ZONE="Brussels") == f"newsroom: {expected}\n"


def test_a_misspelt_variable_is_warned_of_at_the_start():
    printed = manage("check", NEWSROOM_TIMEZONE="Europe/Brussels")
    assert "NEWSROOM_TIMEZONE is set, but no setting has that name." in printed
    assert "HINT: Did you mean NEWSROOM_TIME_ZONE?" in printed
