"""Queries whose SQL is worked out once a process: Django takes milliseconds for it, the database a tenth of one."""

import copy
import datetime as dt
import re
from dataclasses import dataclass

from django.db import connections
from django.db.models import QuerySet

from articles.kept import kept

_FAR = dt.datetime(1000, 1, 1, tzinfo=dt.UTC)
# Two values of each type that nobody asks with, to be found again among the parameters.
_STAND_INS = {
    str: lambda number: f"\ufdd0{number}",
    int: lambda number: 2**62 + number,
    dt.datetime: lambda number: _FAR + dt.timedelta(days=397 * number, hours=number, microseconds=number),
}


class Prepared:
    """A query of the same words each time, asked with other values: `stories = Prepared(build)`.

    `build(**values)` makes the queryset. It is called twice for each combination of values that are None, with
    stand-ins for the others, which have to be texts, whole numbers or aware datetimes; so it may neither look at a
    value nor reckon with it, but has to hand it to the queryset as it is (ValueError, where the parameters tell).
    Everything else goes to the database as it was then.
    """

    def __init__(self, build):
        self.build = build
        self._worked_out = {}

    def rows(self, **values):
        """The rows as the database writes them: tuples of texts, numbers and None (PostgreSQL: and datetimes).

        JSON is text. The same rows are equal tuples.
        """
        query = self._query(values)
        connection, parameters = connections[query.using], query.parameters(values)
        if query.plain_sql and _nobody_listens(connection):
            with connection.wrap_database_errors:
                return connection.connection.execute(query.plain_sql, parameters).fetchall()
        with connection.cursor() as cursor:
            cursor.execute(query.sql, parameters)
            return cursor.fetchall()

    def records(self, **values):
        """The model instances of the query, as a list.

        A row that was read before gives the instance that was made of it then. So they are for reading only: change
        nothing in one, and follow no key that the query has not read. `read_as` of each stands for all that was read
        of it: only what was read alike has the same.
        """
        record = self._query(values).record
        return [kept((self.build, row), lambda row=row: record(row)) for row in self.rows(**values)]

    def _query(self, values):
        shape = tuple((name, value is None) for name, value in values.items())
        if shape not in self._worked_out:
            first, second = (_worked_out(self.build, values, offset) for offset in (0, len(values)))
            first.compare(second, {name for name, is_none in shape if not is_none})
            self._worked_out[shape] = first
        return self._worked_out[shape]


@dataclass(kw_only=True)
class _Query:
    """What was worked out: the SQL with named parameters, those that stay the same, and how the others are made.

    `plain_sql` is as SQLite's driver itself takes it, "" for another database.
    """

    queryset: QuerySet
    compiler: object
    sql: str
    plain_sql: str
    constants: dict
    given: dict

    @property
    def using(self):
        return self.queryset.db

    def compare(self, other, names):
        """Refuses a query that depends on its values in another way than by having them among its parameters."""
        mine, others = ((query.sql, query.constants, list(query.given.items())) for query in (self, other))
        if mine != others or set(self.given) != names:
            raise ValueError("A prepared query hands every value on as it is, and depends on nothing else.")

    def parameters(self, values):
        return self.constants | {name: adapt(values[name]) for name, adapt in self.given.items()}

    def record(self, row):
        """The row as Django makes an instance of it: by a compiler that has the answer already."""
        compiler = copy.copy(self.compiler)
        compiler.connection = connections[self.using]  # each thread has its own
        compiler.execute_sql = lambda *args, **options: [[row]]
        query = _twin(self.queryset.query, get_compiler=lambda *args, **options: compiler)
        queryset = _twin(self.queryset, _query=query)
        (record,) = queryset._iterable_class(queryset)
        record.read_as = object()
        return record


def _nobody_listens(connection):
    """Whether Django's cursor would do nothing to a query that its driver does not.

    It does where queries are counted, wrapped or to be refused; and its layers take as long as a small query.
    """
    return not (
        connection.connection is None
        or connection.needs_rollback
        or connection.queries_logged
        or connection.execute_wrappers
    )


def _twin(thing, **changes):
    """A copy that shares everything else. (`copy.copy` would evaluate a queryset.)"""
    twin = object.__new__(type(thing))
    twin.__dict__.update(thing.__dict__, **changes)
    return twin


def _worked_out(build, values, offset):
    stand_ins = {
        name: None if value is None else _STAND_INS[type(value)](number)
        for number, (name, value) in enumerate(values.items(), start=offset)
    }
    queryset = build(**stand_ins)
    compiler = queryset.query.get_compiler(using=queryset.db)
    sql, params = compiler.as_sql()
    if compiler.has_extra_select:
        raise ValueError("A prepared query orders by what it selects.")
    constants, given, places = {}, {}, []
    for param in params:
        name, adapt = _given(param, stand_ins, compiler.connection)
        if adapt:
            given[name] = adapt
        elif literal := _literal(param, compiler.connection):
            places.append(literal)
            continue
        else:
            name = f"constant_{len(constants)}"
            constants[name] = param
        places.append(f"%({name})s")
    sql, plain_sql = _filled(sql, places), ""
    if compiler.connection.vendor == "sqlite":
        plain_sql = sql % {name: f":{name}" for name in constants | given}
    return _Query(
        queryset=queryset, compiler=compiler, sql=sql, plain_sql=plain_sql, constants=constants, given=given
    )


def _given(param, stand_ins, connection):
    """(which value the parameter is, how a value becomes one), or (None, None) for one that stays the same."""
    adapt_moment = connection.ops.adapt_datetimefield_value
    for name, value in stand_ins.items():
        if isinstance(value, dt.datetime) and param == adapt_moment(value):
            return name, adapt_moment
        if value is not None and param == value:
            return name, type(param)
    return None, None


def _literal(param, connection):
    """The constant as SQLite reads it, None where it has to remain a parameter.

    SQLite prepares a statement anew each time it is executed, if a parameter in it decides whether an index of some
    rows only can be used: that took nine tenths of the time of a story's query.
    """
    if connection.vendor != "sqlite" or "\0" in str(param):
        return None
    if isinstance(param, str):
        return "'{}'".format(str(param).replace("'", "''").replace("%", "%%"))
    return str(int(param)) if isinstance(param, int) else None


def _filled(sql, places):
    """The SQL with these in place of its parameters: literals, or names, which a database takes faster."""
    left = iter(places)
    return re.sub("%[s%]", lambda found: next(left) if found[0] == "%s" else "%%", sql)
