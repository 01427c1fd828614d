"""Keeps the counts of the desk's queues true: triggers count in the transaction that changes a comment.

So whoever writes comments, a verb, `loaddata` or SQL by hand, the tabs of the moderation queue say what is there
without counting a million rows. SQLite has one writer and therefore one row of counts. On PostgreSQL there are
SHARDS of them, chosen by the connection, so that posts of the same moment do not wait for each other; each
transaction writes one row only, and so none can wait in a circle.

Django changes a table of SQLite by making it anew, and triggers are lost with the old one. So a migration that
changes `Comment` ends with `migrations.RunPython(make_tally, make_tally)`; without it, comments/tests/test_tally.py
fails.
"""

from django.db import connections, transaction

# ruff: noqa: S608 - all parts of these statements are constants of this file

SHARDS = 16
_TABLE = "comments_comment"
_QUEUES = {
    "pending": "{row}status = 'pending'",
    "reported": "{row}open_flag_count > 0 AND {row}status IN ('pending', 'approved')",
    "spam": "{row}status = 'spam'",
    "approved": "{row}status = 'approved'",
    "rejected": "{row}status = 'rejected'",
}
_NAMES = ", ".join(_QUEUES)


def _sqlite_trigger(event, parts):
    """What counts on the event: `parts` are the sign and the row ("new" or "old") of what is added and taken away."""
    sums = ", ".join(
        f"{queue} = {queue}" + "".join(f" {sign} ({rule.format(row=row + '.')})" for sign, row in parts)
        for queue, rule in _QUEUES.items()
    )
    changed = "OF status, open_flag_count" if event == "UPDATE" else ""
    return [
        f"""CREATE TRIGGER comment_tally_{event.lower()} AFTER {event} {changed} ON {_TABLE} BEGIN
        INSERT INTO comments_queuetally (shard, {_NAMES}) SELECT 0, 0, 0, 0, 0, 0
            WHERE NOT EXISTS (SELECT 1 FROM comments_queuetally WHERE shard = 0);
        UPDATE comments_queuetally SET {sums} WHERE shard = 0;
    END"""
    ]


def _postgresql_trigger(event, parts):
    """The same for all rows of a statement at once: thousands are written by one, and count as one change."""
    rows = " UNION ALL ".join(
        f"SELECT {sign}1 AS one, status, open_flag_count FROM {table}" for sign, table in parts
    )
    sums = ", ".join(
        f"coalesce(sum(one) FILTER (WHERE {rule.format(row='')}), 0)" for rule in _QUEUES.values()
    )
    added = ", ".join(f"{queue} = kept.{queue} + EXCLUDED.{queue}" for queue in _QUEUES)
    anything = " OR ".join(f"found.{queue} <> 0" for queue in _QUEUES)
    names = {"+": "NEW TABLE AS fresh", "-": "OLD TABLE AS gone"}
    tables = " ".join(names[sign] for sign, _table in parts)
    return [
        f"""CREATE FUNCTION comment_tally_{event.lower()}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO comments_queuetally AS kept (shard, {_NAMES})
            SELECT pg_backend_pid() % {SHARDS}, found.* FROM (SELECT {sums} FROM ({rows}) AS each) AS found ({_NAMES})
            WHERE {anything}
            ON CONFLICT (shard) DO UPDATE SET {added};
            RETURN NULL;
        END $$""",
        f"""CREATE TRIGGER comment_tally_{event.lower()} AFTER {event} ON {_TABLE}
        REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION comment_tally_{event.lower()}()""",
    ]


_EVENTS = {"INSERT": "+", "UPDATE": "+-", "DELETE": "-"}
_ROWS = {"sqlite": {"+": "new", "-": "old"}, "postgresql": {"+": "fresh", "-": "gone"}}
_RECOUNT = [
    "DELETE FROM comments_queuetally",
    f"INSERT INTO comments_queuetally (shard, {_NAMES}) SELECT 0, "
    + ", ".join(f"count(CASE WHEN {rule.format(row='')} THEN 1 END)" for rule in _QUEUES.values())
    + f" FROM {_TABLE}",
]


_TRIGGERS = {"sqlite": _sqlite_trigger, "postgresql": _postgresql_trigger}


def make_tally(apps, schema_editor):
    """Makes the triggers anew and counts everything; for `migrations.RunPython`. Done twice it changes nothing."""
    drop_tally(apps, schema_editor)
    vendor = schema_editor.connection.vendor
    for event, signs in _EVENTS.items():
        parts = [(sign, _ROWS[vendor][sign]) for sign in signs]
        for statement in _TRIGGERS[vendor](event, parts):
            schema_editor.execute(statement, params=None)
    _recount(schema_editor.connection)


def drop_tally(apps, schema_editor):
    """Takes the triggers away; for `migrations.RunPython`, backwards."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for event in map(str.lower, _EVENTS):
        on_table = "" if is_sqlite else f" ON {_TABLE}"
        schema_editor.execute(f"DROP TRIGGER IF EXISTS comment_tally_{event}{on_table}", params=None)
        if not is_sqlite:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS comment_tally_{event}()", params=None)


def recount(*, using="default", **kwargs):
    """Counts everything anew; the receiver of `post_migrate`, which is also sent after the tables were emptied."""
    with transaction.atomic(using=using):
        _recount(connections[using])


def _recount(connection):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # SQLite's transaction has the only write lock already
            cursor.execute("LOCK TABLE comments_queuetally IN SHARE ROW EXCLUSIVE MODE")
        for statement in _RECOUNT:
            cursor.execute(statement)
