"""Comments that were there before they had a place, and before triage: what migrating makes of them."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from articles.tests.stories import NOON, published
from comments.models import Comment, email_hash
from comments.spam import likeness_of
from comments.tests.replies import MINUTE, posted

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("comments", name)])
    return executor.loader.project_state([("comments", name)]).apps


@pytest.fixture
def latest():
    """The name of the newest migration, to which the database comes back."""
    name = MigrationExecutor(connection).loader.graph.leaf_nodes("comments")[0][1]
    yield name
    migrate(name)


def test_comments_that_are_there_get_their_places_and_what_they_are_compared_with(latest):
    edition = published()
    first = posted(edition, "Nobody asked the people of the harbour.", email="Ana@example.com")
    second = posted(edition, "Second", at=NOON + MINUTE)
    answer = posted(edition, "Answer", parent=first, at=NOON + 2 * MINUTE)
    deeper = posted(edition, "Deeper", parent=answer, at=NOON + 3 * MINUTE)
    second.withdraw(at=NOON + 4 * MINUTE)
    before = {row["pk"]: row for row in Comment.objects.values("pk", "place", "likeness", "email_hash")}
    migrate("0001_comments_decisions_flags")
    migrate(latest)
    assert {
        row["pk"]: row for row in Comment.objects.values("pk", "place", "likeness", "email_hash")
    } == before
    reading_order = list(Comment.objects.order_by("place").values_list("pk", flat=True))
    assert reading_order == [first.pk, answer.pk, deeper.pk, second.pk]
    first.refresh_from_db()
    assert (first.email_hash, first.likeness) == (email_hash("ana@EXAMPLE.com"), likeness_of(first.text))
