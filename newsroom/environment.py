"""Reading `NEWSROOM_*` variables: each function returns a checked value or stops with a sentence.

Every function takes the variable's name without the prefix. A wrong value raises `ImproperlyConfigured`
with the variable's full name and the values allowed, so that whoever started the site knows what to type.
"""

import os
import re
import secrets
import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

PREFIX = "NEWSROOM_"
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}

# Measured with 200 clients posting at once: with Django's defaults 70 to 80 % of posts failed, WAL alone
# and a longer timeout alone did not help, taking the write lock at the start of a transaction did.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-4000; "
        "PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;"
    ),
}


def _raw(name):
    return os.environ.get(PREFIX + name, "").strip()


def _refuse(name, value, allowed):
    raise ImproperlyConfigured(f"{PREFIX}{name} is {value!r}. Allowed: {allowed}.")


def text(name, *, default):
    """The variable's text, or the default when it is empty or not set."""
    return _raw(name) or default


def switch(name, *, default):
    """True or False."""
    value = _raw(name).lower()
    if PREFIX + name not in os.environ:
        return default
    if value in TRUE:
        return True
    return False if value in FALSE else _refuse(name, value, "on or off")


def folder(name, *, default):
    """An absolute path of a folder, made (for its owner only) when it is missing."""
    path = Path(_raw(name) or default).expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        _refuse(name, str(path), f"a folder this user may write to ({error.strerror})")
    return path


def secret_key(name, *, keep_in):
    """The key given, or one made on the first start and kept in the file `keep_in`."""
    value = _raw(name)
    if value:
        return value if len(value) >= 50 else _refuse(name, "too short", "50 characters or more")
    try:
        # O_EXCL: of two processes that start together one makes the key and both read it.
        with os.fdopen(os.open(keep_in, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    except OSError as error:
        _refuse(name, "not set", f"50 characters or more, or a data folder to keep it in ({error.strerror})")
    return keep_in.read_text().strip()


def site_url(name, *, default):
    """The site's public address, `http(s)://host[:port]` without a path and without a slash at the end."""
    value = text(name, default=default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        _refuse(name, value, "an address such as https://news.example, without a path")
    return value


def hosts(name, *, site_host):
    """The host names answered: the site's own, those listed (comma between), and loopback for a local site."""
    listed = [host.strip() for host in _raw(name).split(",") if host.strip()]
    if any(not re.fullmatch(r"\.?[A-Za-z0-9.\-]+|\[[0-9a-fA-F:]+\]", host) for host in listed):
        _refuse(name, ",".join(listed), "host names with a comma between them, no wildcard")
    local = ["127.0.0.1", "localhost", "[::1]"]
    return [site_host, *listed, *(local if site_host in (*local, "::1", "0.0.0.0") else [])]


def email(name, *, default):
    """An e-mail address."""
    value = text(name, default=default)
    try:
        validate_email(value)
    except ValidationError:
        _refuse(name, value, "an e-mail address such as desk@news.example")
    return value


def time_zone(name, *, default):
    """The name of a time zone of the IANA database."""
    value = text(name, default=default)
    if value not in zoneinfo.available_timezones():
        _refuse(name, value, "a time zone's name such as Europe/Brussels")
    return value


def rate(name, *, default):
    """A limit as (how many, in how many seconds), or None for `off`."""
    value = text(name, default=default).lower()
    found = re.fullmatch(r"([1-9]\d*)/([smhd])", value)
    if value != "off" and not found:
        _refuse(name, value, "a number a second, minute, hour or day, such as 6/m, or off")
    return (int(found[1]), {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]) if found else None


def database(name, *, sqlite_file):
    """Django's settings of one database: SQLite in `sqlite_file`, or what the address says."""
    value = _raw(name)
    if value and not re.match(r"(postgres(ql)?|sqlite)://", value):
        _refuse(name, value.split(":")[0] + "://…", "postgres://user:password@host/name or sqlite:////path")
    config = dj_database_url.parse(value) if value else {"ENGINE": "django.db.backends.sqlite3", "NAME": sqlite_file}
    config |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    if config["ENGINE"].endswith("sqlite3"):
        config |= {"OPTIONS": SQLITE_OPTIONS, "TEST": {"NAME": Path(config["NAME"]).with_name("test.sqlite3")}}
    return config
