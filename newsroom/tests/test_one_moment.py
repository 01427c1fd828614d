"""A page for readers is of one moment, by the clock too, however long it takes to make."""

import time_machine
from django.test import RequestFactory

from articles import times
from articles.tests.stories import NOON
from newsroom.middleware import SNAPSHOT, SnapshotMiddleware


def test_a_page_has_one_moment_and_the_next_one_another(db):
    with time_machine.travel(NOON, tick=False) as clock:

        def page(request):
            first = times.now()
            clock.shift(1)
            return first, times.now()

        pages = SnapshotMiddleware(page)
        first, second = (pages(RequestFactory().get("/", **{SNAPSHOT: True})) for _ in range(2))
        assert first[0] == first[1] < second[0] == second[1]
        assert times.now() > second[1]


def test_what_is_no_page_for_readers_goes_by_the_clock():
    with time_machine.travel(NOON, tick=False) as clock:

        def page(request):
            first = times.now()
            clock.shift(1)
            return first, times.now()

        first, last = SnapshotMiddleware(page)(RequestFactory().get("/"))
        assert first < last
