"""Writes a made-up archive into the database, from where it was left.

Stories and then threads are written in batches, each in a transaction of its own; the uid of a batch's first record
says whether it is there. So a run that was stopped is gone on with by the same arguments, and what comes out is the
same.
"""

import contextlib
from bisect import bisect_left

from django.db import connection, transaction

from articles.models import Article
from articles.shown import EVERYTHING, changes
from comments.models import Comment
from newsroom.archive.filing import desk_of
from newsroom.archive.stories import StoryBatch
from newsroom.archive.threads import ThreadBatch

STORIES_AT_ONCE, COMMENTS_AT_ONCE = 1_000, 5_000
CACHE_MB = 256  # of SQLite's pages, while an archive is written


def make_archive(plan, *, is_beside_others, tell):
    """Writes what of the Plan is not there yet; returns (stories, comments) written.

    `tell(name, total, done)` is called for each of these two parts, and gives a function that is called with the
    size of each batch. Raises ArchiveRefused where another archive was begun, or where the site has stories that
    are no archive's, unless `is_beside_others`.
    """
    with _quickly():
        desk = desk_of(plan, is_beside_others=is_beside_others)
        stories = _write_stories(plan, desk, tell)
        return stories, _write_threads(plan, desk, tell)


@contextlib.contextmanager
def _quickly():
    """Lets SQLite keep more of its indexes in memory while many rows are written."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        kept = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size=-{CACHE_MB * 1024}")
        yield
        cursor.execute(f"PRAGMA cache_size={kept}")


def _write_stories(plan, desk, tell):
    batches = [
        range(start, min(start + STORIES_AT_ONCE, plan.articles))
        for start in range(0, plan.articles, STORIES_AT_ONCE)
    ]
    done = _there(batches, Article, lambda batch: plan.uid("story", batch[0]))
    begun = sum(map(len, batches[:done]))
    told = tell("Stories", plan.articles, begun)
    for batch in batches[done:]:
        _written(StoryBatch(plan, desk), batch)
        told(len(batch))
    return plan.articles - begun


def _write_threads(plan, desk, tell):
    batches = _thread_batches(plan.thread_sizes)
    starts = plan.thread_starts
    done = _there(batches, Comment, lambda batch: plan.uid("comment", starts[batch[0]]))
    begun = starts[batches[done - 1][-1] + 1] if done else 0
    told = tell("Comments", plan.comments, begun)
    for batch in batches[done:]:
        _written(ThreadBatch(plan, desk), batch)
        told(starts[batch[-1] + 1] - starts[batch[0]])
    return plan.comments - begun


def _thread_batches(sizes):
    """Ranges of stories, each with so many comments that a transaction is worth it; the first of each has some."""
    batches, first, held = [], None, 0
    for story, size in enumerate(sizes):
        if first is None and size:
            first = story
        held += size
        if held >= COMMENTS_AT_ONCE:
            batches.append(range(first, story + 1))
            first, held = None, 0
    return [*batches, range(first, len(sizes))] if held else batches


def _there(batches, model, uid_of):
    """How many of the batches are there: they were written in their order."""

    def is_missing(batch):
        return not model.objects.filter(uid=uid_of(batch)).exists()

    return bisect_left(batches, True, key=is_missing)


@transaction.atomic
def _written(batch, numbers):
    for number in numbers:
        batch.add(number)
    batch.write()
    changes(EVERYTHING)  # the rows tell nobody by themselves
