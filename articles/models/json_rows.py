"""Rows of another table as one JSON list in the same query: what lists of stories use for their tags."""

import datetime as dt

from django.db.models import JSONField, Subquery


def moment_of(text):
    """A moment as a database writes it into JSON: PostgreSQL with an offset, SQLite in UTC without one."""
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def union_of(first, *others):
    """All rows of these querysets in one query, in no order.

    Django 6 would otherwise order them as the first one's model says, by a column that the union has not.
    """
    return first.union(*others, all=True).order_by()


class JSONRows(Subquery):
    """A subquery of one JSON column, gathered into a list in the subquery's order; [] where it has no rows.

    Django's ArraySubquery does this on PostgreSQL alone.
    """

    output_field = JSONField()

    def __init__(self, queryset):
        super().__init__(queryset)

    def as_sqlite(self, compiler, connection):
        # json(): a value that went through a subquery is text to SQLite, and would be quoted once more
        template = "(SELECT json_group_array(json(_rows.row)) FROM (%(subquery)s) _rows)"
        return self.as_sql(compiler, connection, template=template)

    def as_postgresql(self, compiler, connection):
        template = "(SELECT coalesce(jsonb_agg(_rows.row), '[]') FROM (%(subquery)s) _rows)"
        return self.as_sql(compiler, connection, template=template)
