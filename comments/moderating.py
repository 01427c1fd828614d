"""What a moderator's buttons and keys ask for: one thing done to one comment, or to many, and the way back.

Each comment is decided about in a transaction of its own, so that one that somebody else has just decided
keeps none of the others waiting.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles import times
from comments.models import TEXT_LENGTH, Action, AlreadyDecided, Comment, Decision, Reason, Status
from comments.plain_text import is_blank, tidy

APPROVE, SPAM, FEATURE, UNFEATURE = "approve", "spam", "feature", "unfeature"
BLANK, UNBLANK, ANSWER = "blank", "unblank", "answer"
REASON_LENGTH = Decision._meta.get_field("reason_text").max_length
AT_ONCE = 200  # comments in one go

# What can be done to many at once: the value that a button sends, and its words.
DECISIONS: dict[str, object] = {
    APPROVE: gettext_lazy("Approve"),
    **{reason: format_lazy("{}: {}", gettext_lazy("Reject"), reason.label) for reason in Reason},
    SPAM: gettext_lazy("Spam"),
}


class Refused(ValueError):
    """What was asked for cannot be done as it stands; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of the comment `about`: `said` in words; `is_late` where somebody else had decided already.

    `action` is what the new line of its log says, `lines` how many the log has by now.
    """

    number: int
    about: str
    said: str
    is_done: bool = True
    is_late: bool = False
    action: str = ""
    lines: int = 0


def decide(comment, verb, *, by, seen=None, at=None, own_reason="", words=""):
    """Does one thing to a comment for somebody who saw `seen` lines of its log (a number as text); the Decision.

    `own_reason` goes with the reason “other”, `words` are the answer, or what is blanked. Raises Refused, and
    AlreadyDecided when the comment has moved on since.
    """
    if seen is not None and seen != str(comment.decision_count):
        raise AlreadyDecided(comment.last_word())
    if verb == ANSWER:
        return _answer(comment, by=by, text=words, at=at)
    if verb in (BLANK, UNBLANK):
        ranges = [*comment.blanks, *_places_of(words, comment)] if verb == BLANK else []
        return comment.blank(by=by, ranges=ranges, at=at)
    if verb in Reason.values:
        return _reject(comment, verb, by=by, own=own_reason, at=at)
    verbs = {
        APPROVE: comment.approve, SPAM: comment.mark_spam, FEATURE: comment.feature, UNFEATURE: comment.unfeature,
    }  # fmt: skip
    if verb not in verbs:
        raise Refused(_("Choose what to do with the comment."))
    return verbs[verb](by=by, at=at)


def decide_many(verb, *, by, seen, own_reason="", words="", at=None):
    """The Outcomes of doing the same to many comments; `seen` maps their numbers to the lines seen, as text.

    All lines carry the same moment, so that they are undone together. Raises Refused, with nothing done, for
    what can be done to none of them.
    """
    if len(seen) > AT_ONCE:
        raise Refused(_("Decide about at most %(limit)d comments at once.") % {"limit": AT_ONCE})
    options = {"by": by, "at": at or times.now(), "own_reason": own_reason, "words": words}

    def step(comment):
        line = decide(comment, verb, seen=seen[comment.pk], **options)
        done = _("your answer is published") if verb == ANSWER else line.get_action_display()
        return line, f"{comment}: {done}."

    comments = Comment.objects.in_bulk(list(seen))
    return [_outcome(comments[pk], step) for pk in seen if pk in comments]


def undo_many(lines, *, by, at=None):
    """The Outcomes of taking back these Decisions, which that person took at once."""
    at = at or times.now()

    def step(comment):
        line, said = comment.undo(by=by, at=at), _("%(comment)s: back to %(status)s.")
        return line, said % {"comment": comment, "status": comment.get_status_display()}

    return [_outcome(line.comment, step) for line in lines]


def _outcome(comment, step):
    """What became of a comment by this step, which gives the new line of its log and what is said of it."""
    subject = {"number": comment.pk, "about": str(comment)}
    try:
        line, said = step(comment)
    except AlreadyDecided as loss:
        return Outcome(**subject, said=str(loss), is_done=False, is_late=True)
    return Outcome(**subject, said=said, action=line.action, lines=comment.decision_count)


def summary(outcomes):
    """One sentence about what was done, as the desk reads it; "" where nothing was."""
    done = [outcome for outcome in outcomes if outcome.is_done]
    if len(done) < 2:
        return done[0].said if done else ""
    sentence = ngettext("%(count)d comment: %(what)s.", "%(count)d comments: %(what)s.", len(done))
    return sentence % {"count": len(done), "what": Action(done[0].action).label}


def _reject(comment, reason, *, by, own, at):
    if reason != Reason.OTHER:
        return comment.reject(by=by, reason=reason, at=at)
    own = tidy(own).strip()[:REASON_LENGTH]
    if is_blank(own):
        raise Refused(_("Write your own reason first. The author of the comment can read it."))
    return comment.reject(by=by, reason=reason, reason_text=own, at=at)


@transaction.atomic
def _answer(comment, *, by, text, at):
    """Publishes the answer, and first the comment where it still waits."""
    text = tidy(text)
    if is_blank(text):
        raise Refused(_("Write the answer first."))
    if len(text) > TEXT_LENGTH:
        raise Refused(_("Shorten the answer to %(limit)d characters or fewer.") % {"limit": TEXT_LENGTH})
    if comment.status != Status.APPROVED:
        comment.approve(by=by, at=at)
    return Comment.objects.answer(comment, by=by, text=text, at=at).last_decision()


def _places_of(words, comment):
    """[(start, end)] of every place where exactly these words stand in the comment."""
    words = tidy(words).strip()
    if not words:
        raise Refused(_("Select or type the words to blank first."))
    text, found, start = comment.text, [], 0
    while (place := text.find(words, start)) >= 0:
        start = place + len(words)
        found.append((place, start))
    if not found:
        raise Refused(_("The comment does not hold “%(words)s”. Copy the words from it.") % {"words": words})
    return found
