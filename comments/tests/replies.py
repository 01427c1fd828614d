"""Comments for tests: posted and decided about through the ordinary verbs, at moments the test gives."""

import datetime as dt

from articles.tests.stories import NOON, person
from comments.models import Comment

MINUTE = dt.timedelta(minutes=1)


def posted(edition, text="Who pays for it?", *, name="Reader in Brussels", parent=None, at=NOON, **fields):
    """A comment that waits for a moderator."""
    fields.setdefault("email", "reader@example.com")
    return Comment.objects.post(
        article=edition.article, parent=parent, name=name, text=text, at=at, **fields
    )[0]  # fmt: skip


def approved(edition, text="Who pays for it?", **fields):
    """A comment that readers see."""
    comment = posted(edition, text, **fields)
    comment.approve(by=person("moderator", "Moderators"), at=comment.posted_at + MINUTE)
    return comment


def typed(**fields):
    """What a reader sends with the form, complete and right save for the fields given."""
    return {"text": "Who pays for it?", "name": "Reader in Brussels", "email": "reader@example.com", **fields}
