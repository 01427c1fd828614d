"""Conditions that a database has to ask of each row by itself."""

from django.db.models import Exists


class AskedOfEach(Exists):
    """As Exists, where PostgreSQL's planner may not turn the question round.

    It takes Exists for a join, and would now and then make a list of all rows that any other has: of three million
    filings, for a page of a hundred tags. Right where each row's question is cheap, and few rows are asked.
    """

    template = "((%(subquery)s) IS NOT NULL)"
