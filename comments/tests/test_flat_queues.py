"""Queues can be read off an index in their order, whatever they hold."""

import pytest
from django.db import connection

from comments.queues import Queue, in_queue

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite may sort what its statistics call few")
@pytest.mark.parametrize("order", [("posted_at", "pk"), ("-posted_at", "-pk")], ids=["oldest", "newest"])
def test_what_was_reported_is_read_in_the_order_of_time(order):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
    plan = in_queue(Queue.REPORTED).order_by(*order)[:51].explain()
    assert "comment_reported_by_time" in plan
    assert "Sort" not in plan
