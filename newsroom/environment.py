"""Reading `NEWSROOM_*` variables: each function returns a checked value or stops with a sentence.

Every function takes the variable's name without the prefix. A wrong value raises `ImproperlyConfigured`
with the variable's full name and the values allowed, so that whoever started the site knows what to type.
A variable that is set to nothing counts as not set.
"""

import importlib.util
import os
import re
import secrets
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

import dj_database_url
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

PREFIX = "NEWSROOM_"
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
# What the scheme of a mail server's address says: how it is spoken to, and its usual port.
MAIL_SCHEMES = {"smtp+tls": ("starttls", 587), "smtps": ("tls", 465), "smtp": ("", 25)}
CACHE_SCHEMES = {"redis": "redis", "rediss": "rediss", "unix": "unix", "valkey": "redis"}
BUCKETS = (
    "s3://bucket/folder?endpoint=https://host&region=name, with key:secret@ before the bucket or without"
)
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]

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

# A PostgreSQL that has vanished is noticed within seconds, not after the hours that TCP waits. Whatever the address
# says after its question mark comes on top of these.
POSTGRESQL_OPTIONS = {
    "connect_timeout": 3,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}

names_read = set()
"""The full names of all variables that the settings have asked for: any other one is a slip of the pen."""


def _raw(name):
    names_read.add(PREFIX + name)
    return os.environ.get(PREFIX + name, "").strip()


def _refuse(name, value, allowed):
    raise ImproperlyConfigured(f"{PREFIX}{name} is {value!r}. Allowed: {allowed}.")


def text(name, *, default):
    """The variable's text, or the default."""
    return _raw(name) or default


def choice(name, *, default, allowed):
    """One of the texts in `allowed`."""
    value = text(name, default=default)
    return value if value in allowed else _refuse(name, value, ", ".join(allowed))


def switch(name, *, default):
    """True or False."""
    value = _raw(name).lower()
    if not value:
        return default
    return value in TRUE if value in TRUE | FALSE else _refuse(name, value, "on or off")


def proxies(name):
    """How many proxies stand in front: 0 when nothing is set, 1 for yes, or their number."""
    value = _raw(name).lower()
    if re.fullmatch(r"[1-9]", value):
        return int(value)
    return (
        int(value in TRUE)
        if not value or value in TRUE | FALSE
        else _refuse(name, value, "off, on, or 1 to 9")
    )


def folder(name, *, default):
    """The absolute path of a folder that can be written to, made (for its owner only) when it is missing."""
    path = Path(text(name, default=default)).expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        _refuse(name, str(path), f"a folder that this user may write to ({error.strerror})")
    if not os.access(path, os.W_OK | os.X_OK):
        _refuse(name, str(path), "a folder that this user may write to")
    return path


def secret_key(name, *, keep_in):
    """The key given, or one made on the first start and kept in the file `keep_in` for its owner only."""
    value = _raw(name)
    if not value:
        value = _kept_key(name, keep_in)
    return value if len(value) >= 50 else _refuse(name, "too short", "50 characters or more")


def _kept_key(name, path):
    try:
        if not path.exists():
            _make_key(path)
        return path.read_text().strip()
    except OSError as error:
        return _refuse(name, "not set", f"50 characters or more, or a file {path} to read ({error.strerror})")


def _make_key(path):
    # Of two processes that start together one makes the key and both read it: the file appears with its
    # text in it, and the second to come finds it there.
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix="secret-key-") as file:
        file.write(secrets.token_urlsafe(64))
        file.flush()
        try:
            os.link(file.name, path)
        except FileExistsError:
            return


def site_url(name, *, default):
    """The site's public address, `http(s)://host[:port]` in small letters, without a slash at the end."""
    value = text(name, default=default)
    try:
        parts = urlsplit(value.rstrip("/").lower())
        is_sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        is_sound = False
    if not is_sound or not parts.netloc.isascii() or parts.geturl() != f"{parts.scheme}://{parts.netloc}":
        _refuse(name, value, "an address such as https://news.example, in ASCII and without a path")
    if "@" in parts.netloc:
        _refuse(name, "with a user's name", "an address without one")
    return parts.geturl()


def web_address(name):
    """An address of http or https, "" for none. It is told by its scheme only, for it may hold a password."""
    value = _raw(name)
    try:
        parts = urlsplit(value)
        is_sound = not value or (parts.scheme in ("http", "https") and parts.hostname and parts.port != 0)
    except ValueError:  # a port that is no number, a bracket that is not closed
        is_sound = False
    if not is_sound:
        _refuse(name, f"{value.partition(':')[0]}:…", "an address such as https://cdn.example/purge")
    return value


def hosts(name, *, site_host):
    """The host names answered: the site's own, those listed with commas between, and this machine's own.

    Loopback is always answered, for the probes that run beside the server. Nothing is built from the Host
    header, so it gives nothing away.
    """
    listed = [host.strip().lower() for host in _raw(name).split(",") if host.strip()]
    if any(not re.fullmatch(r"\.?[a-z0-9.-]+|\[[0-9a-f:.]+\]", host) for host in listed):
        _refuse(name, ",".join(listed), "host names with commas between, without ports and wildcards")
    site_host = f"[{site_host}]" if ":" in site_host else site_host
    return list(dict.fromkeys([site_host, *listed, *LOOPBACK]))


def email(name, *, default):
    """An e-mail address."""
    value = text(name, default=default)
    try:
        validate_email(value)
    except ValidationError:
        _refuse(name, value, "an e-mail address such as desk@news.example")
    return value


def mail_server(name):
    """{`host`, `port`, `user`, `password`, `security`} of the server that takes mail, or None where none is given.

    `security` is "" for none, `starttls`, or `tls` from the first byte on.
    """
    value = _raw(name)
    if not value:
        return None
    try:
        parts = urlsplit(value)
        is_sound = parts.scheme in MAIL_SCHEMES and parts.hostname and parts.port != 0
        is_sound = is_sound and parts.path in ("", "/") and not (parts.query or parts.fragment)
    except ValueError:  # a port that is no number, a bracket that is not closed
        is_sound = False
    if not is_sound:  # told by its scheme only, for it may hold a password
        _refuse(
            name, f"{value.partition(':')[0]}:…", f"{' or '.join(MAIL_SCHEMES)}://user:password@host:port"
        )
    security, usual_port = MAIL_SCHEMES[parts.scheme]
    return {
        "host": parts.hostname,
        "port": parts.port or usual_port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "security": security,
    }


def time_zone(name, *, default):
    """The name of a time zone of the IANA database."""
    value = text(name, default=default)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # not found, not a name, a folder of names
        _refuse(name, value, "a time zone's name such as Europe/Brussels")
    return value


def rate(name, *, default):
    """A limit as (how many, in how many seconds), or None for `off`."""
    value = text(name, default=default).lower()
    found = re.fullmatch(r"([1-9][0-9]*)/([smhd])", value)
    if value != "off" and not found:
        _refuse(name, value, "a number a second, minute, hour or day, such as 6/m, or off")
    return (int(found[1]), SECONDS[found[2]]) if found else None


def size(name, *, default):
    """A number of bytes, written with K, M or G or without; 0 for none."""
    value = text(name, default=default).upper()
    found = re.fullmatch(r"([0-9]{1,9})([KMG]?)", value)
    if not found:
        _refuse(name, value, "a number of bytes such as 48M, or 0 for none")
    return int(found[1]) * 1024 ** " KMG".index(found[2] or " ")


def database(name, *, sqlite_file):
    """Django's settings of one database: SQLite in `sqlite_file`, or what the address says."""
    value = _raw(name)
    in_a_file = {"ENGINE": "django.db.backends.sqlite3", "NAME": sqlite_file}
    config = _parse_database(name, value) if value else in_a_file
    config |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    if config["ENGINE"].endswith("sqlite3"):
        # A file for the tests too: several processes on one file is what the options are for.
        test_file = Path(config["NAME"]).with_name("test.sqlite3")
        config |= {"OPTIONS": SQLITE_OPTIONS, "TEST": {"NAME": test_file}}
    else:
        config["OPTIONS"] = POSTGRESQL_OPTIONS | config.get("OPTIONS", {})
    return config


def _parse_database(name, value):
    """What the address says, told in messages by its scheme only, for it may hold a password."""
    scheme = f"{value.partition(':')[0]}:…"
    allowed = "postgres://user:password@host/name or sqlite:////path/to/file"
    if not re.match(r"(postgres(ql)?|sqlite)://", value):
        _refuse(name, scheme, allowed)
    try:
        config = dj_database_url.parse(value)
    except ValueError:
        _refuse(name, scheme, allowed)
    if config["NAME"] in ("", ":memory:"):
        _refuse(name, scheme, f"{allowed} (a database's name is missing)")
    if not scheme.startswith("sqlite") and not importlib.util.find_spec("psycopg"):
        _refuse(name, scheme, "sqlite:////path/to/file, until requirements/production.txt is installed")
    return config


def cache_url(name):
    """The address of a Valkey or Redis as its client wants it (`redis:`, `rediss:` or `unix:`), "" for none."""
    value = _raw(name)
    if not value:
        return ""
    scheme, _colon, rest = value.partition(":")
    shown = f"{scheme}:…"  # for the rest may hold a password
    if scheme not in CACHE_SCHEMES or not _is_sound_cache(value):
        allowed = "redis, rediss or valkey://user:password@host:port/number, or unix:///path/to/socket"
        _refuse(name, shown, allowed)
    if not importlib.util.find_spec("redis"):
        _refuse(name, shown, "nothing, until requirements/production.txt is installed")
    return f"{CACHE_SCHEMES[scheme]}:{rest}"


def _is_sound_cache(value):
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:  # a port that is no number, a bracket that is not closed
        return False
    if parts.scheme == "unix":
        return len(parts.path) > 1 and bool(re.fullmatch(r"(db=\d+)?", parts.query)) and not parts.fragment
    is_plain = re.fullmatch(r"(/\d*)?", parts.path) and not (parts.query or parts.fragment)
    return bool(parts.hostname and port != 0 and is_plain)


def bucket(name):
    """What `articles.bucket.Bucket` takes, of the bucket that keeps the pictures; None where none is named.

    Without a key the client looks for one where it always does: in its own variables (`AWS_ACCESS_KEY_ID`,
    `AWS_SECRET_ACCESS_KEY`) and in what the machine is allowed.
    """
    value = _raw(name)
    if not value:
        return None
    shown = f"{value.partition(':')[0]}:…"  # for the rest may hold a secret
    options = _parse_bucket(value)
    if not options:
        _refuse(name, shown, BUCKETS)
    if not (options["endpoint_url"] or options["region_name"]):
        _refuse(name, shown, f"{BUCKETS} (the region is missing, or another server's address)")
    if not importlib.util.find_spec("storages") or not importlib.util.find_spec("boto3"):
        _refuse(name, shown, "nothing, until requirements/production.txt is installed")
    return options


def _parse_bucket(value):
    """The options of an address, None where it is not sound."""
    try:
        parts = urlsplit(value)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        has_port = parts.port is not None
    except ValueError:  # a port that is no number, a bracket that is not closed, a query that is none
        return None
    endpoint, region = asked.pop("endpoint", "").rstrip("/"), asked.pop("region", "")
    key, secret = unquote(parts.username or ""), unquote(parts.password or "")
    patterns = [
        (parts.scheme, r"s3"),
        (parts.hostname or "", r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]"),
        (parts.path, r"/?|(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+/?"),
        (endpoint, r"(https?://[a-z0-9.-]+(:[0-9]+)?)?"),
        (region, r"[a-z0-9-]*"),
    ]
    is_sound = all(re.fullmatch(pattern, text) for text, pattern in patterns)
    if not is_sound or has_port or asked or parts.fragment or bool(key) != bool(secret):
        return None
    options = {
        "bucket_name": parts.hostname,
        "location": parts.path.strip("/"),
        "endpoint_url": endpoint or None,
        "region_name": region or ("us-east-1" if endpoint else None),
    }
    return options | ({"access_key": key, "secret_key": secret, "security_token": None} if key else {})
