"""What the server has PostgreSQL do on behalf of somebody who waits for a page."""

# Shorter than gunicorn's --timeout=30. Commands are left alone: a migration may take as long as it takes.
LIMITS = {
    "statement_timeout": "25s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}
# What hurries a report through a large table, and holds up a page that reads twenty rows: compiling a query takes up
# to 0.3 s, starting processes for it some milliseconds, and PostgreSQL does either for what it reckons, not finds.
PLANS = {"jit": "off", "max_parallel_workers_per_gather": "0"}


def make_haste(connection, **kwargs):
    """Has PostgreSQL plan for pages, and end what takes too long, which is a 503: for `connection_created`."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("; ".join(f"SET {name} = '{value}'" for name, value in (LIMITS | PLANS).items()))
