"""Queries whose SQL is worked out once a process: Django takes milliseconds for it, the database a tenth of one."""

import copy
import datetime as dt
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
        with connections[query.using].cursor() as cursor:
            cursor.execute(query.sql, query.parameters(values))
            return cursor.fetchall()

    def records(self, **values):
        """The model instances of the query, as a list, each with what was read of it as `read_as`, hashable.

        A row that was read before gives the instance that was made of it then. So they are for reading only: change
        nothing in one, and follow no key that the query has not read.
        """
        query = self._query(values)
        return [
            kept((self.build, row), lambda row=row: query.record(row, read_as=(self.build, row)))
            for row in self.rows(**values)
        ]

    def _query(self, values):
        shape = tuple((name, value is None) for name, value in values.items())
        if shape not in self._worked_out:
            first, second = (_worked_out(self.build, values, offset) for offset in (0, len(values)))
            first.compare(second, {name for name, is_none in shape if not is_none})
            self._worked_out[shape] = first
        return self._worked_out[shape]


@dataclass(kw_only=True)
class _Query:
    """What was worked out: the SQL, its parameters, and of those that are given each time which value it is."""

    queryset: QuerySet
    compiler: object
    sql: str
    params: list
    given: dict

    @property
    def using(self):
        return self.queryset.db

    def compare(self, other, names):
        """Refuses a query that depends on its values in another way than by having them among its parameters."""
        constant = [param for place, param in enumerate(self.params) if place not in self.given]
        others = [param for place, param in enumerate(other.params) if place not in other.given]
        is_same = (self.sql, self.given, constant) == (other.sql, other.given, others)
        if not is_same or {name for name, _adapt in self.given.values()} != names:
            raise ValueError("A prepared query hands every value on as it is, and depends on nothing else.")

    def parameters(self, values):
        params = self.params.copy()
        for place, (name, adapt) in self.given.items():
            params[place] = adapt(values[name])
        return params

    def record(self, row, *, read_as):
        """The row as Django makes an instance of it: by a compiler that has the answer already."""
        compiler = copy.copy(self.compiler)
        compiler.connection = connections[self.using]  # each thread has its own
        compiler.execute_sql = lambda *args, **options: [[row]]
        query = _twin(self.queryset.query, get_compiler=lambda *args, **options: compiler)
        queryset = _twin(self.queryset, _query=query)
        (record,) = queryset._iterable_class(queryset)
        record.read_as = read_as
        return record


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
    given = {}
    for name, value in stand_ins.items():
        given |= {place: (name, adapt) for place, adapt in _places(value, params, compiler.connection)}
    return _Query(queryset=queryset, compiler=compiler, sql=sql, params=list(params), given=given)


def _places(value, params, connection):
    """Yields (place, how a value becomes a parameter) of each place where the stand-in stands."""
    if value is None:
        return
    is_moment = isinstance(value, dt.datetime)
    adapt = connection.ops.adapt_datetimefield_value if is_moment else None
    sought = adapt(value) if adapt else value
    for place, param in enumerate(params):
        if type(param) is not bool and param == sought:
            yield place, adapt or type(param)
