"""The outbox: what has to be told by mail, to whom, and how far that has come.

A letter is a row of the transaction that makes it necessary, so that nothing is lost with a mail server, a worker
or a queue. It holds neither an address nor words: both are read at the moment of sending, from what is true
then. So what was erased, blanked or undone meanwhile is in no letter, and there is nothing to delete later.
"""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import times
from comments import signals
from comments.hashes import keyed_hash
from comments.models.states import Status
from comments.spellings import one_address

PATIENCE = dt.timedelta(minutes=5)  # between a decision and the letter about it, in which it can be undone
# Before the desk is told of a report, so that one letter tells of many.
REPORTS_GATHER = dt.timedelta(minutes=1)
REPORTS_REST = dt.timedelta(minutes=10)  # at least, between two such letters to one person
# For which a letter is a worker's own: longer than any talk with a server takes.
LEASE = dt.timedelta(minutes=15)
PROOF_REST = dt.timedelta(minutes=10)  # at least, between two letters that ask one address for proof
PROOFS_A_DAY = 5
# Answers of which a comment's author is told as long as the address is not proven to be theirs.
UNPROVEN_REPLIES = 3
DAY = dt.timedelta(days=1)

# How long after each attempt that failed the next one comes. After the last the letter is given up, in its third day.
PAUSES = [
    dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60, 24 * 60)
]  # fmt: skip


def address_hash(address):
    """What stands for an e-mail address, however it is spelt, among those that letters went to: 64 hex digits."""
    return keyed_hash("letters", one_address(address))


def may_moderate(person):
    """Whether the person may see the queue today, and so be told of it."""
    return person.is_active and person.is_staff and person.has_perm("comments.moderate_comment")


class Kind(models.TextChoices):
    """What a letter is about. The first three go to those who comment, the others to the desk."""

    DECISION = "decision", gettext_lazy("What became of a comment")
    REPLY = "reply", gettext_lazy("An answer to a comment")
    PROOF = "proof", gettext_lazy("Please confirm your address")
    DIGEST = "digest", gettext_lazy("What waits in the queue")
    REPORTED = "reported", gettext_lazy("Comments were reported")


ONCE = (Kind.REPLY, Kind.PROOF)  # written about a comment once, whatever becomes of it


class LetterQuerySet(models.QuerySet):
    def waiting(self):
        """Those that are still to be sent."""
        return self.filter(due_at__isnull=False)

    def given_up(self):
        """Those that could not be sent, and that nobody tries to send any more."""
        return self.filter(given_up_at__isnull=False)

    def unfinished(self):
        """Those that wait, and those that were dropped because what they told of was no longer so."""
        return self.filter(sent_at=None, given_up_at=None)


class LetterManager(models.Manager.from_queryset(LetterQuerySet)):
    """What gives rise to letters. Where no mail is set up, nothing does."""

    def tell_of(self, decision, comment):
        """Letters that follow from a line of the log: to the comment's author, and to the one whom it answers.

        Part of the decision's transaction. What they say is read when they are due, so that a decision that is
        undone soon, or followed by another, tells nobody anything that is not so.
        """
        if settings.EMAIL_SERVER is None or decision.from_status == comment.status:
            return
        due_at = decision.decided_at + PATIENCE
        if comment.wants_mail and comment.status in (Status.APPROVED, Status.REJECTED):
            self.keep(Kind.DECISION, comment=comment, due_at=due_at)
        if comment.parent_id and comment.status == Status.APPROVED and self._wants_replies(comment.parent):
            self.keep(Kind.REPLY, comment=comment, due_at=due_at)

    def _wants_replies(self, answered):
        """Whether to tell of an answer. Somebody's address that another has typed is written to a few times only."""
        if not answered.wants_mail or answered.proven_at:
            return answered.wants_mail
        told = self.filter(kind=Kind.REPLY, comment__parent=answered)
        return told.count() < UNPROVEN_REPLIES

    def tell_of_report(self, *, at):
        """Letters to all who want to know at once that a comment was reported; part of the report's transaction.

        One that waits already, and was not tried yet, tells of this report, too.
        """
        if settings.EMAIL_SERVER is None:
            return
        for choice in DeskMail.objects.wanting(DeskMail.What.AT_ONCE).select_related("person"):
            mine = self.filter(kind=Kind.REPORTED, person=choice.person)
            # One that is under way may not know of it.
            if not mine.waiting().filter(attempt_count=0).exists():
                last = mine.aggregate(at=models.Max("sent_at"))["at"]
                due_at = max(at + REPORTS_GATHER, last + REPORTS_REST if last else at)
                self.keep(Kind.REPORTED, person=choice.person, due_at=due_at)

    @transaction.atomic  # on SQLite posts of the same moment then see each other's letters
    def ask_for_proof(self, comment, *, at):
        """A letter that asks whoever owns the comment's address whether they wrote it.

        To one address goes one in ten minutes and five a day, whoever types it in: more wait, or are written
        down and never sent. Whether one is sent cannot be told from the row's being there.
        """
        asked = self.filter(kind=Kind.PROOF, comment=comment)
        if settings.EMAIL_SERVER is None or not comment.email or asked.exists():
            return
        digest = address_hash(comment.email)
        moment = Coalesce("due_at", "sent_at", "given_up_at")
        lately = self.filter(kind=Kind.PROOF, address_hash=digest).annotate(moment=moment)
        moments = list(
            lately.filter(moment__gt=at - DAY).order_by("-moment").values_list("moment", flat=True)
        )
        due_at = max(at, moments[0] + PROOF_REST) if moments else at
        if len(moments) >= PROOFS_A_DAY:
            due_at = None
        self.keep(Kind.PROOF, comment=comment, due_at=due_at, address_hash=digest)

    def plan_digest(self, choice, *, at):
        """The next digest for this DeskMail, at the hour it names."""
        self.keep(Kind.DIGEST, person=choice.person, due_at=choice.next_at(at))

    def keep(self, kind, *, due_at, address_hash="", **about):
        """Has one letter wait until then: the one that is there and was never sent, or a new one."""
        unfinished = self.unfinished().filter(kind=kind, **about)
        if not unfinished.update(due_at=due_at, attempt_count=0):
            row = Letter(kind=kind, due_at=due_at, made_at=times.now(), address_hash=address_hash, **about)
            self.bulk_create([row], ignore_conflicts=True)  # of a reply nobody is told twice
        if due_at:
            transaction.on_commit(lambda: signals.letter_waits.send_robust(Letter, due_at=due_at))

    def claim_next(self, *, at):
        """The letter that has been due longest, now this worker's own for a while, or None.

        The conditional update decides between workers: the row is the first one's, the others try the next. A
        letter whose worker died is due again when the lease is over.
        """
        for letter in self.filter(due_at__lte=at).order_by("due_at", "pk")[:20]:
            row = self.filter(pk=letter.pk, due_at=letter.due_at)
            if row.update(due_at=at + LEASE, attempt_count=F("attempt_count") + 1, is_held_up=False):
                letter.due_at, letter.attempt_count = at + LEASE, letter.attempt_count + 1
                return letter
        return None

    def go_on(self, *, at):
        """The server takes letters again: those that it held up need not wait for the end of their pauses."""
        return self.filter(is_held_up=True, due_at__gt=at).update(due_at=at, is_held_up=False)

    def forget_addresses(self, *, at):
        """Takes the keyed hashes of addresses away once they no longer count for what is sent in a day."""
        old = self.filter(kind=Kind.PROOF, made_at__lt=at - 2 * DAY, due_at=None)
        return old.exclude(address_hash="").update(address_hash="")


class Letter(models.Model):
    """Something to be told by mail about a `comment`, or to a `person` of the desk.

    `due_at` is when it is to be sent, empty when there is nothing left to do: it was sent, given up, or dropped
    because what it would have told was no longer so. `told` is the status and reason that a letter about a
    decision told of. `is_held_up` says that it waits because the server took no letter at all. `address_hash` is
    whose address a letter asks for proof, for two days.
    """

    kind = models.CharField(gettext_lazy("what"), max_length=12, choices=Kind)
    comment = models.ForeignKey(
        "comments.Comment", verbose_name=gettext_lazy("comment"), on_delete=models.PROTECT, null=True,
        related_name="letters",
    )  # fmt: skip
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=gettext_lazy("person"), on_delete=models.PROTECT, null=True,
        related_name="+",
    )  # fmt: skip
    address_hash = models.CharField(max_length=64, blank=True)
    told = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField(gettext_lazy("made"))
    due_at = models.DateTimeField(gettext_lazy("due"), null=True)
    attempt_count = models.PositiveSmallIntegerField(gettext_lazy("attempts"), default=0)
    sent_at = models.DateTimeField(gettext_lazy("sent"), null=True)
    given_up_at = models.DateTimeField(gettext_lazy("given up"), null=True)
    is_held_up = models.BooleanField(default=False)
    last_error = models.CharField(gettext_lazy("what went wrong"), max_length=200, blank=True)

    objects = LetterManager()

    class Meta:
        verbose_name = gettext_lazy("letter")
        verbose_name_plural = gettext_lazy("letters")
        ordering = ["-made_at", "-pk"]
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["due_at", "id"], name="letter_by_due_time", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["given_up_at", "id"], name="letter_given_up", condition=Q(given_up_at__isnull=False)
            ),
            models.Index(
                fields=["address_hash"], name="letter_by_address", condition=~Q(address_hash="")
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(comment__isnull=True) ^ Q(person__isnull=True),
                name="letter_is_about_a_comment_or_to_a_person",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True, sent_at__isnull=True)
                | Q(due_at__isnull=True, given_up_at__isnull=True)
                | Q(sent_at__isnull=True, given_up_at__isnull=True),
                name="letter_has_one_end",
            ),
            models.UniqueConstraint(
                fields=["kind", "comment"],
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True, comment__isnull=False),
                name="one_letter_at_a_time_about_a_comment",
            ),
            models.UniqueConstraint(
                fields=["kind", "person"],
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True, person__isnull=False),
                name="one_letter_at_a_time_to_a_person",
            ),
            models.UniqueConstraint(
                fields=["kind", "comment"],
                condition=Q(kind__in=ONCE),
                name="reply_is_told_of_and_proof_asked_for_once",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.comment or self.person}"

    # --- what becomes of a letter that was claimed; none of this happens to one that is no longer the worker's own

    def drop(self):
        """Nothing is sent: what it would have told is no longer so."""
        return self._end()

    def mark_sent(self, *, at, told=""):
        """The mail server has taken it. What made it wait anew meanwhile has a letter of its own, where it may."""
        sent = {"sent_at": at, "last_error": "", "told": told}
        if self._end(**sent):
            return
        with transaction.atomic():
            row = Letter.objects.unfinished().filter(pk=self.pk)
            due_at = row.values_list("due_at", flat=True).first()
            if row.update(due_at=None, **sent) and due_at and self.kind not in ONCE:
                Letter.objects.keep(self.kind, comment=self.comment, person=self.person, due_at=due_at)

    def give_up(self, why, *, at):
        """Nothing more is tried; `why` is for the desk."""
        return self._end(given_up_at=at, last_error=why)

    def put_off(self, why, *, at, by_server=False):
        """It is tried again after a pause that grows; given up after the last. `why` is for the desk.

        `by_server` says that the pause ends as soon as the server takes any letter.
        """
        if self.attempt_count > len(PAUSES):
            return self.give_up(why, at=at)
        pause = PAUSES[self.attempt_count - 1]
        return self._end(due_at=at + pause, last_error=why, is_held_up=by_server)

    def _end(self, *, due_at=None, **fields):
        row = Letter.objects.filter(pk=self.pk, due_at=self.due_at)
        is_own = bool(row.update(due_at=due_at, **fields))
        for name, value in (fields | {"due_at": due_at}).items():
            setattr(self, name, value)
        return is_own

    def send_again(self, *, at):
        """Has a letter that was given up wait to be sent. Returns whether it does: a newer one may be waiting."""
        try:
            with transaction.atomic():
                row = Letter.objects.given_up().filter(pk=self.pk)
                done = bool(row.update(given_up_at=None, due_at=at, attempt_count=0))
        except IntegrityError:
            return False
        if done:
            transaction.on_commit(lambda: signals.letter_waits.send_robust(Letter, due_at=at))
        return done


class Mute(models.Model):
    """An address that wants no letters. Only its keyed hash is kept, and it stays when its comments are erased."""

    address_hash = models.CharField(max_length=64, unique=True)
    muted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = []

    def __str__(self):
        return self.address_hash


class DeskMailManager(models.Manager):
    def wanting(self, what):
        """The choices of those who want this, and have not muted it."""
        return self.filter(what=what, muted_at=None).order_by("pk")

    def plan_digests(self, *, at):
        """Has a digest wait for everybody who wants one and may moderate."""
        waiting = Letter.objects.waiting().filter(kind=Kind.DIGEST, person=OuterRef("person"))
        without = self.wanting(DeskMail.What.DIGEST).exclude(Exists(waiting)).select_related("person")
        for choice in without:
            if may_moderate(choice.person):
                Letter.objects.plan_digest(choice, at=at)

    @transaction.atomic
    def choose(self, person, *, what, hour, at):
        """Keeps what the person wants to be told from now on; that ends a mute."""
        wanted = {"what": what, "hour": hour, "muted_at": None}
        choice, _is_new = self.update_or_create(person=person, defaults=wanted)
        choice.begin(at=at)
        return choice


class DeskMail(models.Model):
    """What a person of the desk wants to be told by mail. `hour` is of the site's zone; `muted_at` ends it all."""

    class What(models.TextChoices):
        NOTHING = "nothing", gettext_lazy("Nothing")
        DIGEST = "digest", gettext_lazy("Once a day: how many comments wait, and how many were reported")
        AT_ONCE = "at_once", gettext_lazy("At once, when a reader reports a comment")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mail_about_comments"
    )
    what = models.CharField(
        gettext_lazy("Send me"), max_length=8, choices=What, default=What.NOTHING
    )  # fmt: skip
    hour = models.PositiveSmallIntegerField(
        gettext_lazy("Hour of the daily letter"), default=8, validators=[MaxValueValidator(23)]
    )
    muted_at = models.DateTimeField(null=True, editable=False)

    objects = DeskMailManager()

    class Meta:
        default_permissions = []

    def __str__(self):
        return _("%(person)s: %(what)s") % {"person": self.person, "what": self.get_what_display()}

    def next_at(self, moment):
        """The next time, after this moment, at which it is the hour in the site's zone (in UTC)."""
        zone = timezone.get_default_timezone()
        today = timezone.localtime(moment, zone).date()
        hours = (dt.datetime.combine(today + n * DAY, dt.time(self.hour), tzinfo=zone) for n in range(3))
        return next(hour for hour in (each.astimezone(dt.UTC) for each in hours) if hour > moment)

    def begin(self, *, at):
        """Has the next digest wait, and nothing that was planned before."""
        Letter.objects.waiting().filter(person=self.person).update(due_at=None)
        if self.what == self.What.DIGEST and not self.muted_at and settings.EMAIL_SERVER is not None:
            Letter.objects.plan_digest(self, at=at)

    def mute(self, *, at):
        """No more letters, until they are wanted again."""
        DeskMail.objects.filter(pk=self.pk).update(muted_at=at)
        self.muted_at = at

    def unmute(self, *, at):
        """What was chosen holds again."""
        DeskMail.objects.filter(pk=self.pk).update(muted_at=None)
        self.muted_at = None
        self.begin(at=at)
