"""The moderation log: a line for every change of a comment, from which its state follows."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models.appended import AppendedModel
from articles.times import moment_text
from comments.models.states import PUBLIC_WORDING, Action, Reason, Status, word_for

# What a comment is before anything was decided about it. Its words are not part of this: the log holds none.
AT_FIRST = {"status": Status.PENDING, "is_kept": False, "is_featured": False, "blanks": []}


class Decision(AppendedModel):
    """A line of the moderation log: who did what to a comment, when and why.

    `by` is empty where a rule decided, which `rule` then names ("author": its author took it back). `number`
    counts the comment's lines from 1. `changes` maps each field changed besides the status to [before, after].
    `undoes` is the line that this one takes back. `text_hash` is the SHA-256 of the words decided about, in hex.
    """

    natural_key_fields = ["comment", "number"]

    comment = models.ForeignKey(
        "comments.Comment", verbose_name=gettext_lazy("comment"), on_delete=models.PROTECT,
        related_name="decisions",
    )  # fmt: skip
    number = models.PositiveIntegerField()
    action = models.CharField(gettext_lazy("what"), max_length=12, choices=Action)
    decided_at = models.DateTimeField(gettext_lazy("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=gettext_lazy("who"), on_delete=models.PROTECT, null=True,
        related_name="+", db_index=False,
    )  # fmt: skip
    from_status = models.CharField(gettext_lazy("status before"), max_length=12, choices=Status)
    to_status = models.CharField(gettext_lazy("status after"), max_length=12, choices=Status)
    reason = models.CharField(gettext_lazy("reason"), max_length=16, choices=Reason, blank=True)
    reason_text = models.CharField(gettext_lazy("own reason"), max_length=300, blank=True)
    rule = models.CharField(gettext_lazy("rule"), max_length=40, blank=True)
    changes = models.JSONField(default=dict, blank=True)
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by", editable=False
    )
    verdict = models.JSONField(default=dict, blank=True)
    text_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = gettext_lazy("decision")
        verbose_name_plural = gettext_lazy("decisions")
        ordering = ["-decided_at", "-pk"]
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["-decided_at", "-id"], name="decision_by_time"),
            models.Index(fields=["by", "-decided_at", "-id"], name="decision_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["comment", "number"], name="decision_has_its_place_in_the_log"),
            models.CheckConstraint(
                condition=Q(by__isnull=False) | ~Q(rule=""), name="decision_is_somebodys_or_a_rules"
            ),
            models.CheckConstraint(
                condition=Q(undoes__isnull=True) ^ Q(action=Action.UNDONE),
                name="undoing_names_what_it_undoes",
            ),
        ]

    def __str__(self):
        facts = {"what": self.get_action_display(), "who": self.decided_by, "when": self.when}
        return _("%(what)s by %(who)s, %(when)s") % facts

    def get_action_display(self):
        return word_for(Action, self.action)

    def get_from_status_display(self):
        return word_for(Status, self.from_status)

    def get_to_status_display(self):
        return word_for(Status, self.to_status)

    def get_reason_display(self):
        return word_for(Reason, self.reason)

    @property
    def when(self):
        """The day and time of the decision in the site's zone, in words."""
        return moment_text(self.decided_at)

    @property
    def decided_by(self):
        """Who decided, in words: a person's name, the author, or the rule's."""
        if self.by_id:
            return str(self.by)
        return _("its author") if self.rule == "author" else _("the rule “%(rule)s”") % {"rule": self.rule}

    @property
    def public_wording(self):
        """Why a comment was rejected, as its author may read it; "" for spam and where there is no reason."""
        return self.reason_text or str(PUBLIC_WORDING.get(self.reason, ""))


def replay(lines):
    """The state that follows from a comment's log: a dict of AT_FIRST's fields.

    `lines` are its Decisions in the order of their numbers. Raises ValueError where a line does not begin with
    what the lines before it led to.
    """
    state = dict(AT_FIRST)
    for line in lines:
        before = {"status": line.from_status} | {name: pair[0] for name, pair in line.changes.items()}
        if any(state[name] != value for name, value in before.items()):
            raise ValueError(
                f"Line {line.number} of comment {line.comment_id} does not follow from those before it."
            )
        state |= {"status": line.to_status} | {name: pair[1] for name, pair in line.changes.items()}
    return state
