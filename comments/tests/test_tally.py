"""The counts of the desk's queues are true whoever writes comments."""

import random
from contextlib import suppress

import pytest
from django.core.management import call_command
from django.db import transaction

from articles.tests.stories import published
from comments.models import QUEUES, AlreadyDecided, Comment, QueueTally, Reason, Status
from comments.tests.replies import posted

pytestmark = pytest.mark.django_db


def counted():
    """What there is, counted one by one."""
    rows = list(Comment.objects.values_list("status", "open_flag_count"))
    counts = {queue: sum(status == queue for status, _ in rows) for queue in QUEUES}
    return counts | {
        "reported": sum(flags > 0 and status in ("pending", "approved") for status, flags in rows)
    }


def test_an_empty_site_has_empty_queues():
    assert QueueTally.objects.counts() == dict.fromkeys(QUEUES, 0)


def test_the_counts_never_drift_whatever_is_done(moderator, editor):
    edition, chance = published(), random.Random(4)
    comments = [posted(edition, f"Number {number}") for number in range(8)]
    acts = {
        "approve": lambda comment: comment.approve(by=moderator),
        "reject": lambda comment: comment.reject(by=moderator, reason=Reason.ABUSE),
        "spam": lambda comment: comment.mark_spam(by=moderator),
        "keep": lambda comment: comment.keep(by=editor),
        "undo": lambda comment: comment.undo(by=moderator),
        "withdraw": lambda comment: comment.withdraw(),
        "report": lambda comment: comment.report(network=chance.choice("abc"), reason=Reason.ABUSE, limit=3),
    }
    for _ in range(150):
        comment = Comment.objects.get(pk=chance.choice(comments).pk)
        name = chance.choice([*acts, *["report", "approve"] * 9])
        with suppress(AlreadyDecided), transaction.atomic():
            acts[name](comment)
        assert QueueTally.objects.counts() == counted()
    assert {row.status for row in Comment.objects.all()} > {Status.APPROVED, Status.WITHDRAWN}


def test_rows_written_by_hand_are_counted_too():
    edition = published()
    for number in range(3):
        posted(edition, f"Number {number}")
    Comment.objects.update(status=Status.APPROVED)
    Comment.objects.filter(text="Number 1").update(open_flag_count=2)
    assert QueueTally.objects.counts() == counted() == {
        "pending": 0, "reported": 1, "spam": 0, "approved": 3, "rejected": 0,
    }  # fmt: skip
    first, *_ = Comment.objects.order_by("pk")
    statuses = {"x": Status.SPAM, "y": Status.SPAM, "z": Status.REJECTED}
    Comment.objects.bulk_create(
        Comment(article=edition.article, text=name, status=status, repeat_hash=name, place=name)
        for name, status in statuses.items()
    )
    Comment.objects.filter(pk=first.pk).delete()
    assert QueueTally.objects.counts() == counted()


def test_what_is_rolled_back_is_not_counted():
    edition = published()
    with transaction.atomic():
        posted(edition)
        transaction.set_rollback(True)
    assert QueueTally.objects.counts()["pending"] == 0


@pytest.mark.django_db(transaction=True)
def test_a_database_that_was_emptied_or_migrated_counts_anew():
    posted(published())
    QueueTally.objects.update(pending=40, spam=-3)
    call_command("migrate", verbosity=0)
    assert QueueTally.objects.counts() == counted()
