"""The rows of made-up threads: comments, the lines of their logs, and readers' reports that nobody has answered."""

import datetime as dt
import hashlib
import json
from functools import lru_cache
from types import SimpleNamespace
from typing import NamedTuple

from articles.models import Article
from comments.models import Action, Comment, Decision, Flag, Reason, Status, email_hash
from comments.models.comment import repeat_hash
from comments.places import place_below
from comments.spam import likeness_of
from newsroom.archive.text import person, remark
from newsroom.archive.words import VOCABULARIES
from newsroom.bulk_rows import Table, as_moment, as_uid, tables_of, write

NETWORKS = 50_000
FEATURED = json.dumps({"is_featured": [False, True]})
# What the first line of its log says of a comment, by what it is now.
_FIRST_LINE = {
    Status.APPROVED: (Action.APPROVED, Status.APPROVED),
    Status.WITHDRAWN: (Action.APPROVED, Status.APPROVED),
    Status.REJECTED: (Action.REJECTED, Status.REJECTED),
    Status.SPAM: (Action.SPAM, Status.SPAM),
}


class Sender(NamedTuple):
    """Somebody who comments. No mail can reach the address."""

    name: str
    email: str
    email_hash: str
    network: str


@lru_cache(maxsize=50_000)
def sender_of(rank):
    email = f"reader{rank + 1}@readers.example"
    name = person(VOCABULARIES[rank % len(VOCABULARIES)], rank + 1_000)
    return Sender(name, email, email_hash(email), network_of(rank))


def network_of(rank):
    return hashlib.sha256(f"network {rank % NETWORKS}".encode()).hexdigest()


@lru_cache(maxsize=12_000)
def _known_of(text):
    """(its likeness as JSON, the SHA-256 of its words)."""
    return json.dumps(likeness_of(text)), hashlib.sha256(text.encode()).hexdigest()


class Placed(NamedTuple):
    """What replies have to know of a comment."""

    pk: int
    uid: object
    place: str


class ThreadBatch:
    """The rows of the threads of some stories, as posts and decisions would have written them."""

    def __init__(self, plan, desk):
        self.plan, self.desk = plan, desk
        self.comments = Table(
            Comment, "uid", "article_id", "parent_id", "name", "email", "text", "status", "posted_at", "place",
            "network", "repeat_hash", "email_hash", "likeness", "decision_count", "open_flag_count", "is_featured",
        )  # fmt: skip
        self.decisions = Table(
            Decision, "comment_id", "number", "action", "decided_at", "by_id", "from_status", "to_status", "reason",
            "rule", "changes", "text_hash",
        )  # fmt: skip
        self.flags = Table(Flag, "comment_id", "network", "reason", "flagged_at")
        self.first_article = Article.objects.values_list("pk", flat=True).get(uid=plan.uid("story", 0))

    def write(self):
        write(tables_of(self))

    def add(self, number):
        """Adds the thread under the story of that number."""
        vocabulary, story_uid = self.plan.vocabulary(number), self.plan.uid("story", number)
        thread, seen = [], set()
        for said in self.plan.thread(number):
            parent = None if said.answers is None else thread[said.answers]
            text = remark(vocabulary, said.remark)
            words = " ".join(text.split())
            while (said.sender, said.answers, words) in seen:  # the same words again would be no new comment
                said.sender += 1
            seen.add((said.sender, said.answers, words))
            thread.append(self._add_comment(said, text, parent, story_uid, self.first_article + number))

    def _add_comment(self, said, text, parent, story_uid, article):
        sender, (likeness, text_hash) = sender_of(said.sender), _known_of(text)
        posted_at = dt.datetime.fromtimestamp(said.posted_at, dt.UTC)
        place = place_below(parent.place if parent else "", posted_at=posted_at, uid=said.uid)
        if said.status == Status.WITHDRAWN:
            words = ("", "", "")
            known = (hashlib.sha256(said.uid.bytes).hexdigest(), "", "{}")
        else:
            words = (sender.name, sender.email, text)
            repeat = repeat_hash(
                article=SimpleNamespace(uid=story_uid), parent=parent, name=sender.name, email=sender.email,
                text=text, network=sender.network,
            )  # fmt: skip
            known = (repeat, sender.email_hash, likeness)
        pk = self.comments.add(
            as_uid(said.uid), article, parent and parent.pk, *words, said.status, as_moment(said.posted_at), place,
            sender.network, *known, said.decision_count, said.flags, said.is_featured,
        )  # fmt: skip
        self._add_log(pk, said, text_hash)
        return Placed(pk, said.uid, place)

    def _add_log(self, comment, said, text_hash):
        """Adds the lines of its log that lead to what it is, and the reports of it."""
        if said.status == Status.PENDING:
            return
        at, by = said.decided_at, self.desk.moderators[said.by]
        action, status = _FIRST_LINE[said.status]
        pending, line = Status.PENDING, self.decisions.add
        line(comment, 1, action, as_moment(at), by, pending, status, said.reason, "", "{}", text_hash)
        if said.is_featured:
            at = as_moment(at + 60)
            line(comment, 2, Action.FEATURED, at, by, status, status, "", "", FEATURED, text_hash)
        if said.status == Status.WITHDRAWN:
            at = as_moment(at + 60)
            line(comment, 2, Action.WITHDRAWN, at, None, status, said.status, "", "author", "{}", text_hash)
        for rank in range(said.flags):
            network = network_of(said.number * 7 + rank)
            self.flags.add(comment, network, Reason.ABUSE, as_moment(said.decided_at + 120 + rank))
