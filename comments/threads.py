"""The comments under a story as readers see them: a tree that is flat from the third level on."""

from dataclasses import dataclass, field

from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article
from articles.models.json_rows import JSONRows, moment_of
from comments.forms import ReplyForm
from comments.models import Comment, Status

LEVELS = 3  # replies deeper than this stand on the last level, each after the one it answers


@dataclass(eq=False)
class Row:
    """One place in a thread: a public comment, or the place of one that is gone while replies to it stay.

    `answers` is the Row replied to where the nesting does not show it, else None.
    """

    comment: Comment
    is_public: bool
    replies: list["Row"] = field(default_factory=list)
    answers: "Row | None" = None

    @property
    def name(self):
        """Whose comment it is, for those that answer it; nothing but “a comment” where it is gone."""
        return self.comment.shown_name if self.is_public else _("a comment")

    @property
    def place(self):
        """What stands in the place of a comment that is gone."""
        if self.comment.status == Status.WITHDRAWN:
            return _("This comment was withdrawn by its author.")
        return _("This comment is no longer shown.")


@dataclass(frozen=True, kw_only=True)
class Thread:
    """The comments of one story: `rows` of the first level, oldest first; `count` is of the public ones."""

    rows: list[Row]
    count: int
    is_open: bool
    reply_url: str

    @property
    def form(self):
        """An empty reply form. Nothing in it is made for one reader: the page around it is cached whole."""
        return ReplyForm()


def thread_of(edition, *, at=None):
    """The Thread under a live edition's story at that moment (now), in one query."""
    at = at or timezone.now()
    rows = Comment.objects.in_threads(at=at).filter(article=edition.article_id).order_by("posted_at", "pk")
    # One row of the article carries them all as JSON: an empty thread still has to say whether it is open.
    is_open, found = (
        Article.objects.order_by()
        .values_list("is_open_to_comments", JSONRows(rows.values(row=JSONObject(**_COLUMNS))))
        .get(pk=edition.article_id)
    )
    public = sum(row["status"] == Status.APPROVED for row in found)
    return Thread(
        rows=arranged(found), count=public, is_open=is_open, reply_url=f"{edition.get_absolute_url()}reply/"
    )


# The e-mail address and the network are not even read.
_COLUMNS = {
    "id": "pk",
    "parent": "parent_id",
    "name": "name",
    "text": "text",
    "status": "status",
    "at": "posted_at",
}


def arranged(found):
    """The Rows of the first level, from dicts of `_COLUMNS` in the order of time; each row with its replies.

    Places are kept only where a public comment stands below them, and hold no words.
    """
    below = {}
    for each in found:
        below.setdefault(each["parent"], []).append(each)
    in_order = _preorder(below)
    kept = set()
    for each in reversed(in_order):
        if each["status"] == Status.APPROVED or each["id"] in kept:
            kept.update((each["id"], each["parent"]))
    return _nested(each for each in in_order if each["id"] in kept)


def _preorder(below):
    """Every comment after the one it answers, siblings by time. No recursion: threads may be deep."""
    in_order, waiting = [], list(reversed(below.get(None, [])))
    while waiting:
        each = waiting.pop()
        in_order.append(each)
        waiting.extend(reversed(below.get(each["id"], [])))
    return in_order


def _nested(in_order):
    top, placed = [], {}
    for each in in_order:
        row = _row(each)
        parent, level, siblings = placed.get(each["parent"], (None, 0, top))
        if level == LEVELS:
            row.answers = parent
            level -= 1
        else:
            siblings = parent.replies if parent else top
        siblings.append(row)
        placed[each["id"]] = (row, level + 1, siblings)
    return top


def _row(each):
    is_public = each["status"] == Status.APPROVED
    words = {"name": each["name"], "text": each["text"]} if is_public else {}
    comment = Comment(pk=each["id"], status=each["status"], posted_at=moment_of(each["at"]), **words)
    return Row(comment=comment, is_public=is_public)
