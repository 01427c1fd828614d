"""Conditions that are asked for each row that is looked at, and of no other."""

from django.db.models import Exists


class ExistsForEach(Exists):
    """An Exists for lists that are read in their order until a page is full.

    PostgreSQL would rather gather beforehand all rows for which it holds, which may be a tenth of all there are. It
    never does so with an OFFSET, be it 0 (simplify_EXISTS_query in its subselect.c).
    """

    def as_postgresql(self, compiler, connection, **context):
        sql, parameters = super().as_sql(compiler, connection, **context)
        return f"{sql.removesuffix(')')} OFFSET 0)", parameters
