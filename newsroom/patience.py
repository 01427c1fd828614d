"""How long the server waits for PostgreSQL on behalf of somebody who waits for a page."""

# Shorter than gunicorn's --timeout=30. Commands are left alone: a migration may take as long as it takes.
LIMITS = {
    "statement_timeout": "25s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}


def end_long_waits(connection, **kwargs):
    """Has PostgreSQL end what takes too long, which is a 503: a receiver of `connection_created`."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("; ".join(f"SET {name} = '{limit}'" for name, limit in LIMITS.items()))
