"""The comments under a story as readers see them, a page at a time: a tree that is flat from the third level on.

A page begins after a comment and holds a bounded number of public ones, whatever the thread holds, in one query.
Oldest first it is a tree; newest first every comment stands by itself and names what it answers.
"""

import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from urllib.parse import urlencode

from django.db.models import Count, Exists, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from articles import shown, times
from articles.models import Article, Edition
from articles.models.json_rows import JSONRows, moment_of
from articles.models.prepared import Prepared
from articles.rich_text import excerpt
from articles.shown import shows
from comments.forms import ReplyForm
from comments.models import Comment, Status
from comments.places import ancestors_of
from comments.policies import PolicyInForce, filing_of, from_rows, policy_rows

PAGE_SIZE = 50  # public comments of a page
NEWEST = "newest"  # what `order` says in the address of a page that begins with the newest
MOST_CHOSEN = 3  # comments that are named above the thread
FEW = 5  # comments that need no such list
BEGINNING = 90  # characters of each that it shows


@dataclass(eq=False)
class Row:
    """One place in a thread: a public comment, or the place of one that is gone while replies to it stay.

    `answers` is the Row replied to where the nesting does not show it, else None. `is_here` says that the row
    stands on this page, and not only above one that does. `read` is what was read of it.
    """

    comment: Comment
    is_public: bool
    read: dict
    replies: list["Row"] = field(default_factory=list)
    answers: "Row | None" = None
    is_here: bool = True

    @property
    def read_as(self):
        """All that is shown of the row itself, hashable: what was read of it and of the comment it answers."""
        answered = self.answers and (json.dumps(self.answers.read), self.answers.is_here)
        return json.dumps(self.read), self.is_here, answered

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

    @property
    def beginning(self):
        """The first words of the comment, as plain text on one line."""
        return excerpt(self.comment.shown_text, limit=BEGINNING)


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A page of the comments of one story; `count` is of all public ones.

    `shown`, `above` and `featured` are what was read of its comments, of those they stand below or answer, and of
    those to be named above it; `begins` is the place after which the page begins, "" for the first one. `last` is
    the number of the comment after which the next page begins, None where this page is the last; `is_begun` says
    that this page is not the first. `read` is what was read, hashable.
    """

    read: tuple
    shown: list[dict]
    above: list[dict]
    count: int
    policy: PolicyInForce
    path: str
    featured: list[dict] = field(default_factory=list)
    begins: str = ""
    is_newest_first: bool = False
    is_begun: bool = False
    last: int | None = None

    @property
    def read_as(self):
        """All that a page shows of it, hashable: what was read, and what follows from the moment besides."""
        return self.read, self.path, self.begins, self.is_newest_first, self.is_begun, self.policy.read_as

    @cached_property
    def listing(self):
        """The comments of this page themselves (see Listing)."""
        return Listing(self)

    @cached_property
    def chosen(self):
        """Rows of comments that the desk features, the newest first, on this page (`is_here`) or a later one.

        Only the first page of a thread of more than a FEW names them.
        """
        return _chosen(self.featured, self.shown)

    @property
    def is_open(self):
        """Whether readers can post."""
        return self.policy.is_open

    @property
    def reply_url(self):
        return f"{self.path}reply/"

    @property
    def url(self):
        """Where all of them are read page by page."""
        return f"{self.path}comments/"

    @property
    def first_page(self):
        """The address of its first page, in the order of this one."""
        return self.url + self._query()

    @property
    def next_page(self):
        """The address of the page after this one, "" where this is the last."""
        return self.url + self._query(after=self.last) if self.last else ""

    def _query(self, **more):
        query = urlencode(({"order": NEWEST} if self.is_newest_first else {}) | more)
        return f"?{query}" if query else ""

    @property
    def reply(self):
        """The form below the comments, or why there is none (see Reply)."""
        return Reply(self.policy, self.reply_url)


@dataclass(frozen=True)
class Listing:
    """The comments of one page of a Thread, without what is said about all of them.

    So it stays the same while comments are added behind it.
    """

    thread: Thread

    @property
    def read_as(self):
        """All that is shown of it, hashable."""
        thread = self.thread
        (*_, found, _featured), above = thread.read
        return found, above, thread.path, thread.begins, thread.is_newest_first, thread.is_open

    @cached_property
    def rows(self):
        """The Rows of the first level, or all where the newest come first."""
        thread = self.thread
        if thread.is_newest_first:
            return _flat(thread.shown, thread.above)
        return _nested(thread.shown, thread.above, begins=thread.begins)

    @property
    def is_open(self):
        """Whether readers can post."""
        return self.thread.is_open

    @property
    def url(self):
        """Where all comments are read page by page."""
        return self.thread.url

    @property
    def reply_url(self):
        """Where one is answered."""
        return self.thread.reply_url


@dataclass(frozen=True)
class Reply:
    """The form below a thread, or why there is none: the same for all threads with that policy, but for its `url`."""

    policy: PolicyInForce
    url: str

    @property
    def read_as(self):
        """All that is shown of it, hashable."""
        return self.policy.read_as, self.url

    @property
    def form(self):
        """An empty reply form. Nothing in it is made for one reader: the page around it is cached whole."""
        return ReplyForm()


def thread_of(edition, *, at=None, after=None, is_newest_first=False):
    """The page of the Thread under a live edition's story at that moment (now) that begins after a comment.

    `after` is that Comment, public or not, or None for the first page. One query, and another one where
    comments on the page answer some that are not on it.
    """
    at = at or times.now()
    shows(shown.thread(edition.article_id))
    row = _read(edition, at=at, after=after, is_newest_first=is_newest_first)
    is_live, is_switched_on, count, *lists = row
    policies, found, featured = map(json.loads, lists)
    if not is_live:
        count, found, featured = 0, [], []
    here = found[:PAGE_SIZE]
    is_listed = after is None and (count or 0) > FEW
    above = _above(here, article=edition.article_id)
    return Thread(
        read=(row, json.dumps(above)),
        shown=here,
        above=above,
        count=count or 0,
        policy=from_rows(policies, edition, is_switched_on=bool(is_switched_on), at=at),
        path=edition.get_absolute_url(),
        featured=featured if is_listed else [],
        begins=after.place if after else "",
        is_newest_first=is_newest_first,
        is_begun=after is not None,
        last=here[-1]["id"] if found[PAGE_SIZE:] else None,
    )


def _read(edition, *, at, after, is_newest_first):
    """The one row of the article that carries all that is read of a page of its thread."""
    filed = filing_of(edition)
    place = {"after_place": after.place} if after else {}
    if is_newest_first:
        place = {"after_pk": after.pk, "after_posted_at": after.posted_at} if after else {}
    (row,) = _pages(PAGE_SIZE, is_newest_first).rows(at=at, **filed, **place)
    return row


def _thread_row(*, at, is_newest_first=False, after_place=None, after_pk=None, after_posted_at=None, **filed):
    """(is it live, does its form say open, how many, policies, comments, featured): the last three lists as JSON.

    One row of the article carries them all, since an empty thread still has to say whether it is open. Of an
    article that is not live nobody may see the comments.
    """
    approved = Comment.objects.approved().filter(article=filed["article_id"])
    is_begun = after_place or after_pk
    after = Comment(pk=after_pk, place=after_place, posted_at=after_posted_at) if is_begun else None
    page = (approved.newest_first if is_newest_first else approved.in_reading_order)(after=after)
    counted = approved.order_by().values("article").annotate(count=Count("pk")).values("count")
    featured = approved.filter(is_featured=True).newest_first()[:MOST_CHOSEN]
    articles = Article.objects.order_by().filter(pk=filed["article_id"])
    is_live = Exists(Edition.objects.live(at=at).filter(article=filed["article_id"]))
    lists = policy_rows(Edition(**filed)), _as_json(page[: PAGE_SIZE + 1]), _as_json(featured)
    return articles.values_list(is_live, "is_open_to_comments", Subquery(counted), *lists)


@cache
def _pages(_page_size, is_newest_first):
    """The prepared query of a page of that size, in that order."""
    return Prepared(lambda **values: _thread_row(**values, is_newest_first=is_newest_first))


# The e-mail address and the network are not even read.
_NAMED = {
    "id": "pk",
    "parent": "parent_id",
    "name": "name",
    "status": "status",
    "at": "posted_at",
    "place": "place",
}
_COLUMNS = {
    **_NAMED, "text": "text", "blanks": "blanks", "is_featured": "is_featured", "desk": "written_by_id"
}  # fmt: skip


def _as_json(comments):
    return JSONRows(comments.values(row=JSONObject(**_COLUMNS)))


def page_with(comment, edition, *, at=None):
    """The address of the page that shows this public comment, oldest first: the story's own or one of the thread."""
    path, at = edition.get_absolute_url(), at or times.now()
    before = Comment.objects.public(at=at).filter(article=edition.article_id, place__lt=comment.place)
    numbers = list(before.order_by("-place").values_list("pk", flat=True)[:PAGE_SIZE])
    query = f"comments/?after={numbers[0]}" if numbers[PAGE_SIZE - 1 :] else ""
    return f"{path}{query}#comment-{comment.pk}"


def _above(shown, *, article):
    """The comments that those of a page stand below or answer, and that are not on it; without their words."""
    known = {each["place"] for each in shown}
    places = {place for each in shown for place in ancestors_of(each["place"])} - known
    parents = {each["parent"] for each in shown} - {each["id"] for each in shown} - {None}
    if not places and not parents:
        return []
    wanted = Comment.objects.filter(Q(place__in=places) | Q(pk__in=parents), article=article)
    return list(wanted.order_by("place").values(row=JSONObject(**_NAMED)).values_list("row", flat=True))


def _chosen(featured, shown):
    here = {each["id"] for each in shown}
    rows = [_row(each) for each in featured]
    for row in rows:
        row.is_here = row.comment.pk in here
    return rows


def _flat(shown, above):
    """Rows beside each other, in the order given, each with what it answers."""
    rows = {each["id"]: _row(each) for each in [*above, *shown]}
    for each in shown:
        rows[each["id"]].answers = rows.get(each["parent"])
    return [rows[each["id"]] for each in shown]


def _nested(shown, above, *, begins):
    """The Rows of the first level, each with its replies.

    Of those above, what is gone keeps its place unless it stands before the place where the page `begins`.
    What stands below a comment of an earlier page comes first, and names what it answers.
    """
    rows = {each["id"]: _row(each) for each in [*above, *shown]}
    kept = [each for each in above if each["place"] > begins and not rows[each["id"]].is_public]
    top, by_place = [], {}
    for each in sorted([*kept, *shown], key=lambda each: each["place"]):
        row, answered = rows[each["id"]], rows.get(each["parent"])
        nearest = next(
            (by_place[place] for place in reversed(ancestors_of(each["place"])) if place in by_place), None
        )
        (nearest.replies if nearest else top).append(row)
        row.answers = answered if answered is not nearest else None
        by_place[each["place"]] = row
    return top


def _row(each):
    is_public = each["status"] == Status.APPROVED
    told = _told(each) if is_public else {}
    comment = Comment(pk=each["id"], status=each["status"], posted_at=moment_of(each["at"]), **told)
    return Row(comment=comment, is_public=is_public, read=each, is_here="text" in each)


def _told(each):
    """The fields of a public comment. Of those that only stand above a page the words were not read."""
    blanks = each.get("blanks", [])
    return {
        "name": each["name"],
        "text": each.get("text", ""),
        "blanks": json.loads(blanks) if isinstance(blanks, str) else blanks,  # SQLite keeps JSON as text
        "is_featured": bool(each.get("is_featured")),
        "written_by_id": each.get("desk"),
    }
