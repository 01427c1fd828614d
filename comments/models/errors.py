"""Errors in stories that readers report to the desk."""

import uuid

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import times
from articles.models import Article
from articles.models.natural import NaturalManager, NaturalModel
from articles.times import moment_text
from comments.hashes import keyed_hash
from comments.models.states import AlreadyDecided

WORDS_LENGTH = 2_000  # characters


class Answer(models.TextChoices):
    """What became of a report."""

    OPEN = "open", gettext_lazy("Open")
    CORRECTED = "corrected", gettext_lazy("Answered: corrected")
    NO_ERROR = "no_error", gettext_lazy("Answered: no error")
    ASIDE = "aside", gettext_lazy("Put aside: sent by a program")


ANSWERS = (Answer.CORRECTED, Answer.NO_ERROR)


class ErrorReportQuerySet(models.QuerySet):
    def open(self):
        """Those that wait for an answer, the oldest first."""
        return self.filter(status=Answer.OPEN).order_by("reported_at", "pk")


class ErrorReportManager(NaturalManager.from_queryset(ErrorReportQuerySet)):
    def post(self, *, edition, network, wrong, right="", name="", email="", is_trapped=False, at=None):
        """Keeps a reader's report of an error in this Edition; returns (report, whether it is new).

        The same words from the same network, sent twice, are one report.
        """
        said = {"wrong": wrong, "right": right, "name": name, "email": email}
        digest = keyed_hash("error", "\0".join([str(edition.article_id), network, *said.values()]))
        given = said | {
            "article_id": edition.article_id,
            "edition_number": edition.number,
            "network": network,
        }
        given |= {"status": Answer.ASIDE if is_trapped else Answer.OPEN, "reported_at": at or times.now()}
        try:
            with transaction.atomic():
                return self.create(repeat_hash=digest, **given), True
        except IntegrityError:
            first = self.filter(repeat_hash=digest).first()
            if first is None:
                raise
            return first, False


class ErrorReport(NaturalModel):
    """What a reader says is wrong in a story: plain text, for the desk alone.

    `edition_number` is the version that was on the site then, `network` the keyed hash of network.py, `email` for
    the desk's answer and never shown outside the admin, `answer` a note of who answered, for the desk.
    """

    natural_key_fields = ["uid"]

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    article = models.ForeignKey(
        Article, verbose_name=gettext_lazy("story"), on_delete=models.PROTECT, related_name="error_reports"
    )
    edition_number = models.PositiveIntegerField(gettext_lazy("version on the site"))
    wrong = models.TextField(gettext_lazy("what is wrong"), max_length=WORDS_LENGTH)
    right = models.TextField(gettext_lazy("what is right"), max_length=WORDS_LENGTH, blank=True)
    name = models.CharField(gettext_lazy("name"), max_length=100, blank=True)
    email = models.EmailField(gettext_lazy("e-mail"), blank=True)
    network = models.CharField(max_length=64, editable=False)
    repeat_hash = models.CharField(max_length=64, unique=True, editable=False)
    reported_at = models.DateTimeField(gettext_lazy("reported"), default=timezone.now)
    status = models.CharField(gettext_lazy("status"), max_length=12, choices=Answer, default=Answer.OPEN)
    answered_at = models.DateTimeField(gettext_lazy("answered"), null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=gettext_lazy("answered by"), on_delete=models.PROTECT,
        null=True, related_name="+", editable=False, db_index=False,
    )  # fmt: skip
    answer = models.CharField(gettext_lazy("note"), max_length=500, blank=True)

    objects = ErrorReportManager()

    class Meta:
        verbose_name = gettext_lazy("reported error")
        verbose_name_plural = gettext_lazy("reported errors")
        ordering = ["-reported_at", "-pk"]
        default_permissions = ["view"]
        permissions = [("answer_errorreport", "Can answer readers’ reports of errors")]
        indexes = [
            models.Index(fields=["status", "reported_at", "id"], name="error_by_status"),
            models.Index(fields=["network", "reported_at"], name="error_by_network"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(wrong=""), name="error_says_what_is_wrong"),
            models.CheckConstraint(
                condition=Q(status__in=ANSWERS) ^ Q(answered_by=None), name="error_is_answered_by_somebody"
            ),
        ]

    def __str__(self):
        return _("Error %(number)s in “%(story)s”") % {"number": self.pk, "story": self.article}

    @property
    def is_answered(self):
        return self.status in ANSWERS

    def give_answer(self, status, *, by, note="", at=None):
        """Answers the report by one of ANSWERS. Raises AlreadyDecided where somebody has answered it before."""
        if status not in ANSWERS:
            raise ValueError("A report is answered by one of ANSWERS.")
        is_unanswered = ErrorReport.objects.filter(pk=self.pk).exclude(status__in=ANSWERS)
        self._move(
            is_unanswered,
            status=status,
            answered_by=by,
            answered_at=at or times.now(),
            answer=note.strip(),
        )

    def reopen(self):
        """Makes an answered report, or one that was put aside, wait again. Else raises AlreadyDecided."""
        is_closed = ErrorReport.objects.filter(pk=self.pk).exclude(status=Answer.OPEN)
        self._move(is_closed, status=Answer.OPEN, answered_by=None, answered_at=None, answer="")

    def last_word(self):
        """What became of the report, by whom and when, as a sentence for the desk."""
        if not self.answered_by_id:
            return str(self.get_status_display())
        when = moment_text(self.answered_at)
        facts = {"what": self.get_status_display(), "who": self.answered_by, "when": when}
        return _("%(what)s, by %(who)s, %(when)s") % facts

    def _move(self, rows, **wanted):
        """Changes the row if it is among `rows`. The conditional update decides between two who answer at once."""
        if not rows.update(**wanted):
            self.refresh_from_db()
            raise AlreadyDecided(self.last_word())
        for name, value in wanted.items():
            setattr(self, name, value)
