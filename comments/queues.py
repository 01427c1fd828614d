"""The moderation queues as the desk reads them: which comments, in which order, a page at a time.

A page begins after a comment, not at an offset: what arrives or is decided meanwhile moves nothing. Nothing here
counts a table; the counts of the tabs are kept (see tally.py).
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from functools import cache

from django.db import models
from django.db.models import (
    Exists,
    Max,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    prefetch_related_objects,
)
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import times
from articles.cards import by_name
from articles.forms import number_of
from articles.models.prepared import Prepared
from articles.paging import CountUpTo
from comments.models import (
    QUEUES,
    Action,
    Comment,
    Decision,
    Flag,
    Policy,
    QueueTally,
    Reason,
    Status,
    email_hash,
)
from comments.models.states import GONE
from comments.stories import with_story

PAGE_SIZE = 50  # comments
SEARCHED = 10_000  # of the newest comments of a queue are looked through for words
MOST_COUNTED = 1_000  # comments of an author with one status
RECENT = 10  # comments of an author that are shown
NEWS = 100  # arrivals are counted up to this
UNDO_LIFE = dt.timedelta(hours=12)  # a shift: what was decided before is decided anew, not undone


class Queue(models.TextChoices):
    """What waits, and what was decided."""

    PENDING = "pending", gettext_lazy("Pending")
    REPORTED = "reported", gettext_lazy("Reported")
    SPAM = "spam", gettext_lazy("Spam")
    APPROVED = "approved", gettext_lazy("Approved")
    REJECTED = "rejected", gettext_lazy("Rejected")


class Order(models.TextChoices):
    """In which order a queue is read."""

    OLDEST = "oldest", gettext_lazy("Oldest first")
    FLAGGED = "flagged", gettext_lazy("Most flagged first")
    STORY = "story", gettext_lazy("Group by article")
    NEWEST = "newest", gettext_lazy("Newest first")


_COLUMNS = {
    Order.OLDEST: ("posted_at", "pk"),
    Order.FLAGGED: ("-open_flag_count", "-score", "posted_at", "pk"),
    Order.STORY: ("article_id", "posted_at", "pk"),
    Order.NEWEST: ("-posted_at", "-pk"),
}
_AT_FIRST = {Queue.REPORTED: Order.FLAGGED, Queue.APPROVED: Order.NEWEST, Queue.REJECTED: Order.NEWEST}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What part of the queues somebody wants to see. `article` and `after` are numbers, or None.

    `sender` is the hash of an e-mail address, "" for everybody: addresses of people have no place in those of pages.
    """

    queue: Queue = Queue.PENDING
    order: Order = Order.OLDEST
    words: str = ""
    sender: str = ""
    article: int | None = None
    after: int | None = None

    @classmethod
    def from_query(cls, query):
        """From what an address says: `queue`, `order`, `q`, `sender`, `article`, `after`.

        What cannot be is passed over, and who types an e-mail address in `q` wants what its sender wrote.
        """
        queue = Queue(query["queue"]) if query.get("queue") in Queue.values else Queue.PENDING
        order = (
            Order(query["order"])
            if query.get("order") in Order.values
            else _AT_FIRST.get(queue, Order.OLDEST)
        )
        numbers = {name: number_of(query.get(name, "")) for name in ("article", "after")}
        words = query.get("q", "").replace("\0", "").strip()[:200]
        sender = query.get("sender", "") if re.fullmatch("[0-9a-f]{64}", query.get("sender", "")) else ""
        if re.fullmatch(r"\S+@\S+\.\S+", words):
            words, sender = "", email_hash(words)
        return cls(queue=queue, order=order, words=words, sender=sender, **numbers)


@dataclass(kw_only=True)
class Group:
    """Comments that stand together: nearly the same as each other, or under the same story; or one by itself."""

    comments: list[Comment]
    is_alike: bool = False
    is_story: bool = False


@dataclass(kw_only=True)
class Page:
    """A part of a queue. `last` is the number of the comment that the next page follows, None on the last one."""

    wish: Wish
    groups: list[Group] = field(default_factory=list)
    last: int | None = None
    is_begun: bool = False

    @property
    def comments(self):
        return [comment for group in self.groups for comment in group.comments]


def in_queue(queue):
    """The comments of a Queue."""
    return Comment.objects.reported() if queue == Queue.REPORTED else Comment.objects.filter(status=queue)


def page_of(wish, *, at=None):
    """The Page that somebody wants: at most five queries, whatever the queue holds."""
    rows = in_queue(wish.queue)
    if wish.article:
        rows = rows.filter(article=wish.article)
    if wish.sender:
        rows = rows.filter(email_hash=wish.sender)
    if wish.words:
        rows = _found(rows, wish.words)
    columns = _COLUMNS[wish.order]
    after = Comment.objects.filter(pk=wish.after).first() if wish.after else None
    if after:
        rows = _behind(rows, after, columns)
    found = list(with_context(rows, at=at).order_by(*columns)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    _add_what_is_rare(shown)
    _add_records(shown)
    last = shown[-1].pk if found[PAGE_SIZE:] else None
    groups = _by_story(shown) if wish.order == Order.STORY else _by_likeness(shown)
    return Page(wish=wish, groups=groups, last=last, is_begun=after is not None)


def with_context(rows, *, at=None):
    """These comments with their logs, and with `headline` and `path` of their story (see `with_story`).

    `newest` is the highest number of any comment there is.
    """
    lines = Decision.objects.select_related("by").order_by("number")
    newest = Comment.objects.order_by("-pk").values("pk")[:1]
    found = rows.select_related("parent").prefetch_related(Prefetch("decisions", lines))
    return with_story(found, at=at or times.now()).annotate(newest=Subquery(newest))


def _add_what_is_rare(comments):
    """Gives those that readers have reported their `open_flags`."""
    flagged = [comment for comment in comments if comment.open_flag_count]
    if flagged:
        flags = Flag.objects.open().order_by("flagged_at", "pk")
        prefetch_related_objects(flagged, Prefetch("flags", flags, to_attr="open_flags"))


def _behind(rows, after, columns):
    """Of these rows the next ones that stand behind a comment in the order of these columns, one page and one more.

    Column by column: those that are the same up to it and lie beyond in it. So each part is a short walk along an
    index; one condition for all would pass over every comment between the beginning and that one.
    """
    parts, same = [], {}
    for column in columns:
        name = column.lstrip("-")
        beyond = f"{name}__{'lt' if column[0] == '-' else 'gt'}"
        parts.append(
            rows.filter(**same, **{beyond: getattr(after, name)}).order_by(*columns)[: PAGE_SIZE + 1]
        )
        same[name] = getattr(after, name)
    return _any_of(parts)


def _any_of(parts):
    """The comments of all these sliced querysets."""
    # A union of slices is wrapped, since SQLite refuses it; “or” would make PostgreSQL read the whole table.
    first, *rest = [
        Comment.objects.order_by().filter(pk__in=part.values("pk")).values("pk") for part in parts
    ]
    return Comment.objects.filter(pk__in=first.union(*rest, all=True))


def _found(rows, words):
    """By number, else by words among the newest of the queue."""
    number = number_of(words.removeprefix("#"))
    if number is not None:
        return rows.filter(pk=number)
    newest = rows.order_by("-posted_at", "-pk").values("pk")[:SEARCHED]
    holds = Q(name__icontains=words) | Q(email__icontains=words) | Q(text__icontains=words)
    return Comment.objects.filter(holds, pk__in=newest)


def is_cut(wish, counts):
    """Whether only the newest comments are looked through for these words, by the counts of `overview`."""
    return bool(wish.words) and counts[wish.queue] > SEARCHED


# --- together


def _by_story(comments):
    groups: list[Group] = []
    for comment in comments:
        if not groups or groups[-1].comments[0].article_id != comment.article_id:
            groups.append(Group(comments=[], is_story=True))
        groups[-1].comments.append(comment)
    return groups


def _by_likeness(comments):
    """Each with those of the page that triage found nearly the same, where the first of them stands."""
    leaders: dict[int, int] = {}
    for comment in sorted(comments, key=lambda each: each.pk):
        alike = [number for number in _similar_to(comment) if number in leaders]
        leader = min((leaders[number] for number in alike), default=comment.pk)
        merged = {leaders[number] for number in alike}
        leaders = {pk: leader if of in merged else of for pk, of in leaders.items()} | {comment.pk: leader}
    groups: dict[int, list[Comment]] = {}
    for comment in sorted(comments, key=lambda each: each.pk):
        groups.setdefault(leaders[comment.pk], []).append(comment)
    for comment in comments:
        comment.alike = [other.pk for other in groups[leaders[comment.pk]] if other is not comment]
    seen, ordered = set(), []
    for comment in comments:
        if (leader := leaders[comment.pk]) not in seen:
            seen.add(leader)
            ordered.append(Group(comments=groups[leader], is_alike=len(groups[leader]) > 1))
    return ordered


def _similar_to(comment):
    return [
        number
        for signal in comment.verdict.get("signals", ())
        for number in signal["named"].get("numbers", ())
    ]


# --- people

_COUNTED = tuple(status for status in Status if status not in GONE)


@dataclass(kw_only=True)
class Record:
    """What is known of an e-mail address: how many comments of it have each Status, and when the first came.

    `counts` are in the order of Status, without those that there are none of. They go up to MOST_COUNTED, and one
    more where there are more; `told` is them in words.
    """

    counts: dict[Status, int] = field(default_factory=dict)
    first_at: dt.datetime | None = None

    @property
    def is_new(self):
        """Whether there is nothing of it but one comment."""
        return sum(self.counts.values()) < 2

    @property
    def told(self):
        return {status: count_text(count) for status, count in self.counts.items()}


def count_text(count):
    """A number that was counted up to MOST_COUNTED and one more, in words."""
    if count > MOST_COUNTED:
        return _("more than %(count)s") % {"count": number_format(MOST_COUNTED, force_grouping=True)}
    return str(count)


def records_of(comments):
    """{hash: Record} of the e-mail addresses that these comments came from: one query, over an index.

    Each part of it is bounded: to count all that a spammer has sent would take longer than all the rest of a page.
    """
    numbers = {comment.email_hash: comment.pk for comment in comments if comment.email_hash}
    found = {}
    if numbers:
        rows = _records(MOST_COUNTED).records(**by_name(numbers.values()))
        found = {row.pk: _record(row) for row in rows}
    return {digest: found.get(pk, Record()) for digest, pk in numbers.items()}


@cache
def _records(most):
    """The prepared query of `records_of`, which counts up to `most` and one more: comments by their numbers."""
    theirs = {status: _comments_beside(status) for status in _COUNTED}
    counts = {f"{status}_count": CountUpTo(rows[: most + 1]) for status, rows in theirs.items()}
    firsts = {f"{status}_at": Subquery(rows.values("posted_at")[:1]) for status, rows in theirs.items()}
    # All whose author was erased have one hash, that of nobody.
    known = Comment.objects.exclude(email_hash="").order_by().only("pk").annotate(**counts, **firsts)
    return Prepared(lambda **numbers: known.filter(pk__in=numbers.values()))


def record_of(comment):
    """The Record of the e-mail address that a comment came from, None where it has none."""
    return records_of([comment]).get(comment.email_hash)


def _comments_beside(status):
    """The comments of that status from the same e-mail address, the oldest first."""
    rows = Comment.objects.filter(email_hash=OuterRef("email_hash"), status=status)
    return rows.order_by("posted_at", "pk").values("pk")


def _record(row):
    counts = {status: count for status in _COUNTED if (count := getattr(row, f"{status}_count"))}
    return Record(
        counts=counts, first_at=min((getattr(row, f"{status}_at") for status in counts), default=None)
    )


def _add_records(comments):
    """Gives each comment the `record` of its author's address, None where it has none."""
    records = records_of(comments)
    for comment in comments:
        comment.record = records.get(comment.email_hash)


@dataclass(frozen=True, kw_only=True)
class Author:
    """What is known of whoever sent a comment: the Record of the address, and the newest others from it."""

    comment: Comment
    record: Record
    recent: list[Comment]


def author_of(comment):
    """The Author of a comment; None where no address is known, as of the desk's own and of what was taken back."""
    if not comment.email_hash:
        return None
    record = getattr(comment, "record", None) or record_of(comment)
    theirs = _newest_of(comment.email_hash).exclude(pk=comment.pk)
    reason = Decision.objects.filter(comment=OuterRef("pk")).order_by("-number").values("reason")[:1]
    recent = theirs.annotate(last_reason=Subquery(reason)).order_by("-posted_at", "-pk")[:RECENT]
    for other in recent:
        other.last_reason = Reason(other.last_reason).label if other.last_reason else ""
    return Author(comment=comment, record=record, recent=list(recent))


def _newest_of(digest):
    """The newest comments of an e-mail address of each status, by its hash: some more than RECENT.

    Each status is a short walk along the index. To sort what a spammer has sent, tens of thousands of rows, would
    take a second.
    """
    rows = Comment.objects.filter(email_hash=digest).order_by("-posted_at", "-pk")
    return _any_of([rows.filter(status=status)[: RECENT + 1] for status in Status])


# --- what happens meanwhile


def overview(*, at=None):
    """({queue: how many comments stand in it}, until when comments are paused somewhere, or None): one query."""
    pause = Policy.objects.paused(at=at or times.now()).order_by("-paused_until").values("paused_until")[:1]
    sums = {queue: Sum(queue) for queue in QUEUES}
    found = QueueTally.objects.annotate(pause=Subquery(pause)).aggregate(**sums, paused_until=Max("pause"))
    return {queue: found[queue] or 0 for queue in QUEUES}, found["paused_until"]


def arrived(queue, *, since):
    """How many comments that now stand in the queue are newer than that number, NEWS at most."""
    return in_queue(queue).filter(pk__gt=since)[:NEWS].count()


def moved_on(seen):
    """{number: what was decided last} of the comments that have moved on; `seen` maps numbers to lines seen."""
    found = Comment.objects.filter(pk__in=list(seen)[: 2 * PAGE_SIZE]).values_list("pk", "decision_count")
    moved = [pk for pk, count in found if count != seen[pk]]
    lines = (
        Decision.objects.filter(comment__in=moved).select_related("by").order_by("number") if moved else ()
    )
    return {line.comment_id: str(line) for line in lines}


def last_done(*, by, at=None):
    """The Decisions that this person made at once last and can still undo, [] where there are none."""
    since = (at or times.now()) - UNDO_LIFE
    later = Decision.objects.filter(
        comment=OuterRef("comment"), number__gt=OuterRef("number"), undone_by=None
    )
    standing = Decision.objects.filter(by=by, undone_by=None, decided_at__gt=since).exclude(
        action=Action.UNDONE
    )
    mine = standing.filter(~Exists(later.exclude(action=Action.UNDONE))).order_by("-decided_at", "-pk")
    newest = mine.values("decided_at")[:1]
    return list(mine.filter(decided_at=Subquery(newest)).select_related("comment", "by"))
