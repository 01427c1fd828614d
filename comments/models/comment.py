"""Comments, and the verbs that change them.

A comment is public when it is approved and its article is live: `Comment.objects.public(at=...)` says so
once, for pages, counts, feeds and permalinks. Every change is a verb that also appends a Decision: what a comment
is now follows from its log (`replay`).
"""

import hashlib
import re
import uuid

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import shown, times
from articles.models import Article, Edition
from articles.models.natural import NaturalManager, NaturalModel
from comments import signals
from comments.hashes import keyed_hash
from comments.models.decisions import AT_FIRST, Decision
from comments.models.flags import Flag
from comments.models.letters import Letter
from comments.models.states import GONE, Action, AlreadyDecided, Reason, Status, word_for
from comments.places import LENGTH, place_below
from comments.spam import likeness_of
from comments.spellings import folded, one_address

NAME_LENGTH = 80
TEXT_LENGTH = 5000  # characters, with a line break counted as one


def repeat_hash(*, article, parent, name, email, text, network=""):
    """What posts of the same words by the same person to the same place have in common: 64 hex digits.

    The network is part of it. Else whoever copies a public comment and tries e-mail addresses would learn the
    author's: the right one would be answered as a repeat.
    """
    place = [str(article.uid), str(parent.uid) if parent else "", network]
    return hashlib.sha256("\0".join([*place, *map(folded, (name, email, text))]).encode()).hexdigest()


def email_hash(address):
    """What comments sent with that e-mail address have in common, however it is spelt: 64 hex digits; "" for none."""
    return keyed_hash("email", one_address(address)) if address else ""


def _is_live(at):
    return Exists(Edition.objects.live(at=at).filter(article=OuterRef("article")))


class CommentQuerySet(models.QuerySet):
    def public(self, *, at=None):
        """The comments on the site at that moment (now): approved, and their article is live."""
        return self.approved().filter(_is_live(at or times.now()))

    def approved(self):
        """Those that are public as far as their article is live.

        For who asks by himself, and once, whether it is: `public` asks for each of them.
        """
        return self.filter(status=Status.APPROVED)

    def reported(self):
        """Those that readers have reported and nobody has answered for, as long as they wait or are public."""
        return self.filter(open_flag_count__gt=0, status__in=[Status.PENDING, Status.APPROVED])

    def in_reading_order(self, *, after=None):
        """Each after the one it answers, and siblings by time; those that stand after that Comment."""
        rows = self.order_by("place")
        return rows.filter(place__gt=after.place) if after else rows

    def newest_first(self, *, after=None):
        """By the time of posting, the newest first; those that were posted before that Comment."""
        rows = self.order_by("-posted_at", "-pk")
        if after is None:
            return rows
        older = Q(posted_at__lt=after.posted_at) | Q(pk__lt=after.pk)
        return rows.filter(older, posted_at__lte=after.posted_at)

    def find_public(self, number, *, article, at=None):
        """The public comment of this article with that number (text, as it came in), or None."""
        return self.public(at=at).numbered(number, article=article)

    def numbered(self, number, *, article):
        """The comment of this article with that number (text, as it came in), or None."""
        if not re.fullmatch("[0-9]{1,18}", number):
            return None
        return self.filter(article=article, pk=int(number)).first()


class CommentManager(NaturalManager.from_queryset(CommentQuerySet)):
    def post(self, *, article, name, email, text, parent=None, spam_by="", published_by="", at=None, **facts):
        """Stores a visitor's words as pending; returns (comment, whether it is new).

        A repeat (see `repeat_hash`), even one sent at the same moment, returns the comment that is there.
        `spam_by` and `published_by` name the rule that knows it for spam, or lets it onto the site, at once; the
        log then says so. `facts`: `network`, `seconds_taken`, `verdict`, `likeness`, `wants_mail` and `uid`, where
        known.
        """
        at = at or times.now()
        given = {"article": article, "parent": parent, "name": name, "email": email, "text": text}
        digest = repeat_hash(**given, network=facts.get("network", ""))
        given |= {"posted_at": at, "email_hash": email_hash(email), **facts}
        given["likeness"] = facts.get("likeness") or likeness_of(text)
        try:
            with transaction.atomic():
                comment = self.create(repeat_hash=digest, **given)
                if spam_by:
                    comment.mark_spam(rule=spam_by, at=at)
                elif published_by:
                    comment.approve(rule=published_by, at=at)
        except IntegrityError:
            first = self.filter(repeat_hash=digest).first()
            if first is None:
                raise
            return first, False
        transaction.on_commit(lambda: signals.posted.send_robust(Comment, comment=comment))
        return comment, True

    def answer(self, comment, *, by, text, at=None):
        """Stores a person's answer to a public comment, in the name of the desk; it is public at once.

        Raises AlreadyDecided where the comment is no longer public, and ValueError for no words.
        """
        if not text.strip():
            raise ValueError(_("Write the answer first."))
        at = at or times.now()
        if comment.status != Status.APPROVED:
            raise AlreadyDecided(comment.last_word())
        with transaction.atomic():
            answer = self.create(
                article_id=comment.article_id, parent=comment, name=str(by)[:NAME_LENGTH], text=text.strip(),
                posted_at=at, written_by=by, repeat_hash=hashlib.sha256(uuid.uuid4().bytes).hexdigest(),
            )  # fmt: skip
            answer.approve(by=by, at=at)
        return answer


class Comment(NaturalModel):
    """A visitor's words under an article, or in reply to another comment of it: plain text.

    `name` may be empty ("Anonymous"). `email` is never shown outside the admin. `network` is a keyed hash of
    the truncated address it came from (see network.py), `place` where it stands in its thread (see places.py,
    made when it is saved first), `seconds_taken` the time between opening the reply page and posting, where it
    is known, `verdict` what triage thought, {} where there was none, and `score` its points, `email_hash` what
    it has in common with others of the same address, `likeness` what others are compared with (see spam.py).
    `proven_at` is when its author showed that the address is theirs, `written_by` the person of the desk whose
    answer it is. `blanks` are the [start, end] of what nobody is shown of its text. `decision_count` is the number of
    the last line of its log, `open_flag_count` how many readers' reports nobody has answered.
    """

    natural_key_fields = ["uid"]

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    article = models.ForeignKey(
        Article, verbose_name=gettext_lazy("article"), on_delete=models.PROTECT, related_name="comments",
        db_index=False,
    )  # fmt: skip
    parent = models.ForeignKey(
        "self", verbose_name=gettext_lazy("in reply to"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="replies",
    )  # fmt: skip
    name = models.CharField(gettext_lazy("name"), max_length=NAME_LENGTH, blank=True)
    email = models.EmailField(gettext_lazy("e-mail"), blank=True)
    text = models.TextField(gettext_lazy("text"), blank=True)
    status = models.CharField(
        gettext_lazy("status"), max_length=12, choices=Status, default=Status.PENDING, editable=False
    )
    posted_at = models.DateTimeField(gettext_lazy("posted"), default=timezone.now)
    place = models.CharField(max_length=LENGTH, editable=False)
    network = models.CharField(max_length=64, blank=True, editable=False)
    repeat_hash = models.CharField(max_length=64, unique=True, editable=False)
    seconds_taken = models.PositiveIntegerField(gettext_lazy("seconds taken"), null=True, editable=False)
    verdict = models.JSONField(default=dict, blank=True, editable=False)
    email_hash = models.CharField(max_length=64, blank=True, editable=False)
    likeness = models.JSONField(default=dict, blank=True, editable=False)
    score = models.SmallIntegerField(default=0, editable=False)
    decision_count = models.PositiveIntegerField(default=0, editable=False)
    open_flag_count = models.PositiveIntegerField(default=0, editable=False)
    is_kept = models.BooleanField(gettext_lazy("kept"), default=False, editable=False)
    is_featured = models.BooleanField(gettext_lazy("featured"), default=False, editable=False)
    blanks = models.JSONField(default=list, blank=True, editable=False)
    wants_mail = models.BooleanField(gettext_lazy("wants mail"), default=False, editable=False)
    proven_at = models.DateTimeField(gettext_lazy("address proven"), null=True, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=gettext_lazy("written for the desk by"), on_delete=models.PROTECT,
        null=True, related_name="+", editable=False, db_index=False,
    )  # fmt: skip

    objects = CommentManager()

    class Meta:
        verbose_name = gettext_lazy("comment")
        verbose_name_plural = gettext_lazy("comments")
        ordering = ["posted_at", "pk"]
        default_permissions = ["view"]
        permissions = [("moderate_comment", "Can approve and reject comments")]
        indexes = [
            models.Index(fields=["article", "status", "posted_at"], name="comment_by_article"),
            models.Index(fields=["article", "status", "place"], name="comment_by_place"),
            models.Index(fields=["status", "posted_at", "id"], name="comment_by_status"),
            models.Index(fields=["network", "posted_at"], name="comment_by_network"),
            models.Index(fields=["email_hash", "status", "-posted_at", "-id"], name="comment_by_email"),
            models.Index(fields=["status", "article", "posted_at", "id"], name="comment_by_status_and_story"),
            models.Index(
                fields=["status", "-open_flag_count", "-score", "posted_at", "id"], name="comment_by_concern"
            ),
            models.Index(
                fields=["-open_flag_count", "-score", "posted_at", "id"],
                name="comment_by_reports",
                condition=Q(open_flag_count__gt=0),
            ),
            models.Index(
                fields=["posted_at", "id"],
                name="comment_reported_by_time",
                condition=Q(open_flag_count__gt=0),
            ),
            models.Index(
                fields=["article", "status", "-posted_at", "-id"],
                name="comment_by_choice",
                condition=Q(is_featured=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[Status.WITHDRAWN, Status.ERASED]) ^ ~Q(text=""),
                name="comment_has_words_until_they_are_taken_back",
            ),
            models.UniqueConstraint(fields=["article", "place"], name="comment_has_its_place_in_the_thread"),
        ]

    def __str__(self):
        return _("Comment %(number)s by %(name)s") % {"number": self.pk, "name": self.shown_name}

    def save(self, *args, **kwargs):
        if not self.place:
            above = self.parent.place if self.parent else ""
            self.place = place_below(above, posted_at=self.posted_at, uid=self.uid)
        super().save(*args, **kwargs)

    @property
    def shown_as(self):
        number = self.__dict__.get(
            "article_id"
        )  # asking for a column that was not read would ask the database
        return shown.thread(number) if number else shown.ANYTHING

    def get_status_display(self):
        return word_for(Status, self.status)

    @property
    def shown_name(self):
        """The name as printed; “Anonymous” where none was given."""
        return self.name or _("Anonymous")

    @property
    def shown_text(self):
        """The text with a visible mark in place of what was blanked: what anybody but the desk is shown."""
        shown, position = [], 0
        for start, end in self.blanks:
            shown += [self.text[position:start], _("[personal data removed]")]
            position = end
        return "".join([*shown, self.text[position:]])

    @property
    def paragraphs(self):
        """The text shown as a list of paragraphs, each a list of lines. Plain text: the template escapes it."""
        blocks = re.split(r"\n\s*\n", self.shown_text.strip())
        return [block.split("\n") for block in blocks if block.strip()]

    # --- what people and rules do; every verb raises AlreadyDecided where the comment is no longer what they saw

    def approve(self, *, by=None, rule="", at=None):
        """Makes the comment public, as far as its article is live. Of a reported one it is kept (see `keep`)."""
        if self.open_flag_count and by:
            return self.keep(by=by, at=at)
        self._expect(self.status != Status.APPROVED)
        return self._decide(Action.APPROVED, Status.APPROVED, by=by, rule=rule, at=at)

    def keep(self, *, by, at=None):
        """Makes the comment public and immune: reports no longer take it down."""
        self._expect(self.status != Status.APPROVED or not self.is_kept)
        return self._decide(Action.KEPT, Status.APPROVED, by=by, at=at, is_kept=True)

    def reject(self, *, by, reason, reason_text="", at=None):
        """Keeps the comment off the site for a Reason. OTHER needs `reason_text`; its author may read it."""
        if reason not in Reason.values or (reason == Reason.OTHER) != bool(reason_text.strip()):
            raise ValueError("Give one of the reasons; the reason “other”, and no other, takes a text.")
        self._expect(self.status != Status.REJECTED)
        why = {"reason": reason, "reason_text": reason_text.strip()}
        return self._decide(Action.REJECTED, Status.REJECTED, by=by, at=at, why=why)

    def mark_spam(self, *, by=None, rule="", at=None):
        """Keeps the comment off the site as spam: a person's word, or that of a rule with this name."""
        self._expect(self.status != Status.SPAM)
        return self._decide(Action.SPAM, Status.SPAM, by=by, rule=rule, at=at)

    def hold(self, *, rule, at=None):
        """Takes a public comment off the site until a person has looked: what the rule of that name does."""
        self._expect(self.status == Status.APPROVED)
        return self._decide(Action.HELD, Status.PENDING, rule=rule, at=at)

    def feature(self, *, by, at=None):
        """Marks a public comment as one to read."""
        self._expect(self.status == Status.APPROVED and not self.is_featured)
        return self._decide(Action.FEATURED, self.status, by=by, at=at, is_featured=True)

    def unfeature(self, *, by, at=None):
        """Takes that mark away."""
        self._expect(self.is_featured)
        return self._decide(Action.UNFEATURED, self.status, by=by, at=at, is_featured=False)

    def blank(self, *, by, ranges, at=None):
        """Shows a mark in place of these parts of the text, [(start, end)] in characters, and of no others.

        The words themselves stay as they were sent. Raises ValueError for what is no part of the text.
        """
        blanks = _joined(ranges)
        if any(not 0 <= start < end <= len(self.text) for start, end in blanks):
            raise ValueError("Blank parts of the text: a start before an end, both inside it.")
        self._expect(self.status not in GONE and blanks != self.blanks)
        return self._decide(Action.BLANKED, self.status, by=by, at=at, blanks=blanks)

    def withdraw(self, *, at=None):
        """Takes the comment back for its author: words, name and address go, the place stays."""
        return self._decide(
            Action.WITHDRAWN, Status.WITHDRAWN, rule="author", at=at, also=self._nothing_said()
        )

    def withdraw_unread(self, *, at=None):
        """Like `withdraw`, as long as nobody has decided about the comment; then raises AlreadyDecided."""
        self._expect(self.is_unread)
        return self.withdraw(at=at)

    def erase(self, *, by=None, rule="", at=None):
        """Deletes words, name, address and network for the person's sake; the place stays."""
        gone = self._nothing_said() | {"network": ""}
        return self._decide(Action.ERASED, Status.ERASED, by=by, rule=rule, at=at, also=gone)

    def undo(self, *, by, at=None):
        """Takes back the last thing that was done, if that was done by this person; another line in the log.

        What was undone before is passed over, so that a second undo takes back what was done before that.
        """
        standing = Decision.objects.filter(comment=self, undone_by=None)
        line = standing.exclude(action=Action.UNDONE).order_by("number").last()
        self._expect(line is not None and line.by_id == by.pk)
        before = {name: pair[0] for name, pair in line.changes.items()}
        return self._decide(Action.UNDONE, line.from_status, by=by, at=at, why={"undoes": line}, **before)

    def report(self, *, network, reason, note="", limit=None, at=None):
        """Keeps a reader's report of this public comment; returns (flag, whether it is new).

        A network reports a comment once: its next report is the first one. With the `limit`th open report the
        comment is held by the rule “reports”, unless a person has kept it. Raises AlreadyDecided where the
        comment is not public.
        """
        at = at or times.now()
        with transaction.atomic():
            # The row is taken first: a decision made meanwhile either sees this report or is seen by it.
            Comment.objects.select_for_update().get(pk=self.pk)
            self.refresh_from_db()
            self._expect(self.status == Status.APPROVED)
            kept_by = (
                self.decisions.filter(action=Action.KEPT).order_by("number").last() if self.is_kept else None
            )
            flag, is_new = Flag.objects.get_or_create(
                comment=self, network=network,
                defaults={"reason": reason, "note": note, "flagged_at": at, "answered_by": kept_by},
            )  # fmt: skip
            if is_new and not kept_by:
                self._count_flags()
                if self.open_flag_count == 1:
                    Letter.objects.tell_of_report(at=at)
                if limit and self.open_flag_count >= limit:
                    self.hold(rule="reports", at=at)
        return flag, is_new

    def _expect(self, is_so):
        if not is_so:
            raise AlreadyDecided(self.last_word())

    def _nothing_said(self):
        # The repeat's hash goes too, so that the same words can be posted anew.
        freed = hashlib.sha256(self.uid.bytes).hexdigest()
        return {
            "name": "", "email": "", "text": "", "email_hash": "", "likeness": {}, "repeat_hash": freed,
            "wants_mail": False, "verdict": {},
        }  # fmt: skip

    @transaction.atomic
    def _decide(self, action, status, *, by=None, rule="", at=None, why=None, also=None, **state):
        """Moves the comment on from the line of its log that the actor saw, and appends the Decision it returns.

        The conditional update decides between people who act at once: the row is the first one's, the others
        get AlreadyDecided. What is withdrawn or erased stays so. `state` are fields that the log holds, `also`
        those that it must not hold.
        """
        seen, wanted = self.decision_count, _left_behind(action, status) | state
        changes = {
            name: [getattr(self, name), value]
            for name, value in wanted.items()
            if getattr(self, name) != value
        }
        new = {name: pair[1] for name, pair in changes.items()} | {"status": status, **(also or {})}
        self._expect(self.status not in GONE)
        row = Comment.objects.filter(pk=self.pk, decision_count=seen)
        self._expect(bool(row.update(**new, decision_count=seen + 1)))
        decision = Decision.objects.create(
            comment=self,
            number=seen + 1,
            action=action,
            decided_at=at or times.now(),
            by=by,
            rule=rule,
            from_status=self.status,
            to_status=status,
            changes=changes,
            verdict={} if status in GONE else self.verdict,
            text_hash=hashlib.sha256(self.text.encode()).hexdigest(),
            **(why or {}),
        )
        for name, value in (new | {"decision_count": seen + 1}).items():
            setattr(self, name, value)
        self._answer_flags(decision)
        Letter.objects.tell_of(decision, self)
        if Status.APPROVED in (decision.from_status, decision.to_status):
            shown.changes(shown.thread(self.article_id), shown.COMMENTS)
        transaction.on_commit(lambda: signals.decided.send_robust(Comment, comment=self, decision=decision))
        return decision

    def _answer_flags(self, decision):
        """A person's word about the comment answers the reports of it; undoing that opens them again."""
        if decision.undoes_id:
            reopened = self.flags.filter(answered_by=decision.undoes_id).update(answered_by=None)
            if reopened:
                self._count_flags()
        elif (decision.action in _ANSWERS and decision.by_id) or self.status in GONE:
            answered = self.flags.open().update(answered_by=decision)
            if answered:  # asked of the table: a report may have come since the comment was read
                self._count_flags()

    def _count_flags(self):
        self.open_flag_count = 0 if self.status in GONE else self.flags.open().count()
        Comment.objects.filter(pk=self.pk).update(open_flag_count=self.open_flag_count)

    @property
    def is_waiting(self):
        """Whether a person has yet to decide: it is pending, or was put aside as spam by a rule alone."""
        if self.status == Status.SPAM:
            return not self.last_decision().by_id
        return self.status == Status.PENDING

    @property
    def is_unread(self):
        """Whether nobody but its author can know its words: it waits, was never public, and no person has decided.

        Not even to take that back.
        """
        known = Q(by__isnull=False) | Q(to_status=Status.APPROVED)
        return self.is_waiting and not self.decisions.filter(known).exists()

    @property
    def state(self):
        """What the log says of it, as `replay` gives it."""
        return {name: getattr(self, name) for name in AT_FIRST}

    def last_decision(self):
        """The newest line of this comment's log, or None."""
        return Decision.objects.filter(comment=self).select_related("by").order_by("number").last()

    def last_word(self):
        """For the desk: what was decided about this comment last, by whom and when."""
        return str(self.last_decision() or _("Nothing has been decided about this comment yet."))


_ANSWERS = (Action.APPROVED, Action.KEPT, Action.REJECTED, Action.SPAM, Action.ERASED)


def _left_behind(action, status):
    """What a comment loses with its status: off the site it is neither kept nor featured, gone it has no blanks."""
    if status == Status.APPROVED or action == Action.UNDONE:
        return {}
    return {"is_kept": False, "is_featured": False} | ({"blanks": []} if status in GONE else {})


def _joined(ranges):
    """The ranges as sorted lists that neither touch nor overlap."""
    joined: list[list[int]] = []
    for start, end in sorted(map(tuple, ranges)):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(end, joined[-1][1])
        else:
            joined.append([start, end])
    return joined
