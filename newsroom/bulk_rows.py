"""Many rows of a table at once, for what is made in bulk: with COPY on PostgreSQL, else with one INSERT for all.

No model is made and no field asked for each row. Constraints and triggers of the database hold as ever.
"""

import datetime as dt

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max


class Table:
    """Collects rows of a model and writes them.

    `names` are the columns (a field's `attname`) that each row gives, after its number; `same` are the values of
    others for all rows, and what is in neither has its field's default. Rows are numbered from the highest
    number in the table on: `next_number`.
    """

    def __init__(self, model, *names, **same):
        self.model, self.rows = model, []
        fields = {field.attname: field for field in model._meta.concrete_fields}
        blank = model(**same)
        rest = {
            name: field.get_db_prep_save(getattr(blank, name), connection)
            for name, field in fields.items()
            if name not in names and not field.primary_key
        }
        rest = {name: value for name, value in rest.items() if value is not None}
        quote = connection.ops.quote_name
        self.columns = ", ".join(
            quote(fields[name].column) for name in (model._meta.pk.attname, *names, *rest)
        )
        self.table, self.width = quote(model._meta.db_table), 1 + len(names) + len(rest)
        self.rest = tuple(rest.values())
        self.next_number = 1 + (model._base_manager.aggregate(last=Max("pk"))["last"] or 0)

    def add(self, *values):
        """Adds a row, and returns its number. The values are those of `names`, as the database takes them."""
        return self.add_as(self.next_number, *values)

    def add_as(self, number, *values):
        """As `add`, under a number of its own, which is that of a row of another table."""
        self.rows.append((number, *values, *self.rest))
        self.next_number = number + 1
        return number

    def write(self):
        """Writes the rows that were added since the last time."""
        rows, self.rows = self.rows, []
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {self.table} ({self.columns}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * self.width)
                insert = f"INSERT INTO {self.table} ({self.columns}) VALUES ({marks})"  # noqa: S608 - names of models
                cursor.executemany(insert, rows)


def tables_of(batch):
    """The Tables among an object's attributes, in the order in which they were made."""
    return [each for each in vars(batch).values() if isinstance(each, Table)]


def write(tables):
    """Writes the rows of these tables, those of the first one first, and lets the database number on after them."""
    for table in tables:
        table.write()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in tables]):
            cursor.execute(statement)


def as_moment(seconds):
    """A moment, in seconds since 1970, as the database takes it."""
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return str(moment.replace(tzinfo=None)) if connection.vendor == "sqlite" else moment


def as_uid(uid):
    return uid if connection.features.has_native_uuid_field else uid.hex
