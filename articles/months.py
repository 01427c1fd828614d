"""Months as lists are divided into them, in the desk's zone."""

import datetime as dt

from django.utils import timezone


def bounds(year, month):
    """The moments at which a month begins and ends in the desk's zone."""
    begin = dt.datetime(year, month, 1, tzinfo=timezone.get_default_timezone())
    return begin, (begin + dt.timedelta(days=31)).replace(day=1)


def month_of(moment):
    """The first day of the month in which an aware moment lies, a date."""
    return timezone.localtime(moment).date().replace(day=1)


def months_between(first, last):
    """The first days of the months of two moments and of those between, newest first."""
    first, last = month_of(first), month_of(last)
    months = range(last.year * 12 + last.month - 1, first.year * 12 + first.month - 2, -1)
    return [dt.date(number // 12, number % 12 + 1, 1) for number in months]
