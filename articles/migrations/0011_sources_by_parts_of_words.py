from django.db import ProgrammingError, migrations, transaction

# As Django asks for parts of words on PostgreSQL, whatever their case. By names of its own, since models know no
# index of one database alone.
MAKE = """
    CREATE INDEX source_by_parts_of_words ON articles_source USING gin (
        (UPPER(title::text)) gin_trgm_ops, (UPPER(publisher::text)) gin_trgm_ops, (UPPER(url::text)) gin_trgm_ops
    )
"""


def index_parts(apps, schema_editor):
    """Indexes three letters at a time, where PostgreSQL has what it takes (pg_trgm) and lets this role use it.

    Elsewhere the desk's search among sources reads them all, as it does on SQLite.
    """
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if not cursor.fetchone():
            return
    try:
        with transaction.atomic(using=connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except ProgrammingError:  # a role that may not
        return
    schema_editor.execute(MAKE)


def drop_index(apps, schema_editor):
    schema_editor.execute("DROP INDEX IF EXISTS source_by_parts_of_words")


class Migration(migrations.Migration):

    dependencies = [
        ("articles", "0010_first_source_of_a_publisher"),
    ]

    operations = [
        migrations.RunPython(index_parts, drop_index),
    ]
