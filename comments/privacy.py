"""What people who comment can ask for: all that is kept of them, or that it be erased. And what goes with time.

People are known by an e-mail address, in whatever case. What is done for them is logged by its keyed hash. An
erasure takes words, names, addresses and networks out of the comments; places and replies stay, and so does the
log of decisions, which holds no words of theirs save what a moderator quoted in a reason. Of an error that they
reported in a story it stays that there was one. Letters hold neither addresses nor words.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Prefetch, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from articles import times
from comments.hashes import keyed_hash
from comments.models import (
    Action,
    AlreadyDecided,
    Comment,
    Decision,
    ErrorReport,
    Flag,
    Kind,
    Letter,
    PrivacyLine,
    Status,
    address_hash,
    email_hash,
)
from comments.models.states import GONE
from comments.muting import is_muted
from comments.spellings import one_address
from comments.stories import with_story

ERASED_AT_ONCE = 100  # comments of one transaction
FORGOTTEN_AT_ONCE = 500
NETWORK_DAYS = 30  # how long the hash of a network is kept
FORGOTTEN = "forgotten "  # what the network of a report begins with then
RULE = "erasure"
# What a network and the hash by which a repeat is known become: nothing, and something that says nothing.
_FORGET = {"network": "", "repeat_hash": Concat(Value(FORGOTTEN), Cast("uid", CharField()))}


def address_of(text):
    """The e-mail address that somebody gave, without white space around it. Raises ValueError where it is none."""
    address = text.strip()
    name, _at, host = address.rpartition("@")
    if not name or not host or not address.isprintable():
        raise ValueError(_("Give an e-mail address, such as name@example.com."))
    return address


def comments_of(address):
    """The comments sent with this address, in whatever case, oldest first.

    The address itself is compared, too, which reads the whole table: comments that were loaded from elsewhere, or
    under an earlier secret key, have another hash.
    """
    same = Q(email_hash=email_hash(address)) | Q(email__iexact=address)
    return Comment.objects.filter(same).order_by("posted_at", "pk")


def errors_of(address):
    """The errors in stories that this address reported, oldest first."""
    return ErrorReport.objects.filter(email__iexact=address).order_by("reported_at", "pk")


# --- handing over


@transaction.atomic
def export_person(address, *, by=None, at=None):
    """All that is kept of the person with this address, as JSON can hold it; a line of the privacy log says so.

    {"address", "exported_at", "takes_no_mail", "comments": [...], "errors": [...], "letters": [...]}; moments are
    ISO 8601.
    """
    at = at or times.now()
    log = Decision.objects.order_by("number")
    found = with_story(comments_of(address), at=at).select_related("parent")
    found = list(found.prefetch_related(Prefetch("decisions", log)))
    _log(PrivacyLine.Action.EXPORTED, address, len(found), by=by, at=at)
    return {
        "address": address,
        "exported_at": at.isoformat(),
        "takes_no_mail": is_muted(address),
        "comments": [_told(comment) for comment in found],
        "errors": [_error_told(report) for report in with_story(errors_of(address), at=at)],
        "letters": _letters_told([comment.pk for comment in found]),
    }


def _told(comment):
    """A comment as its author may read it: not what triage or the desk thought of it."""
    is_shown = comment.path and comment.status == Status.APPROVED
    return {
        "id": str(comment.uid),
        "article": comment.headline,
        "page": f"{settings.SITE_URL}{comment.path}comments/{comment.pk}/" if is_shown else None,
        "in_reply_to": str(comment.parent.uid) if comment.parent else None,
        "posted_at": comment.posted_at.isoformat(),
        "name": comment.name,
        "email": comment.email,
        "email_proven_at": comment.proven_at.isoformat() if comment.proven_at else None,
        "wants_mail": comment.wants_mail,
        "text": comment.text,
        "network_hash": comment.network or None,
        "seconds_taken": comment.seconds_taken,
        "status": comment.status,
        "decisions": [_decision(line) for line in comment.decisions.all() if _is_told(line)],
    }


def _error_told(report):
    """An error that was reported, without what the desk noted of it."""
    return {
        "id": str(report.uid),
        "article": report.headline,
        "reported_at": report.reported_at.isoformat(),
        "name": report.name,
        "email": report.email,
        "wrong": report.wrong,
        "right": report.right,
        "network_hash": report.network or None,
        "status": report.status,
    }


def _letters_told(numbers):
    """What was sent about these comments to whoever wrote them, and of answers to them. A letter holds no words."""
    own = Q(comment__in=numbers) & ~Q(kind=Kind.REPLY) | Q(comment__parent__in=numbers, kind=Kind.REPLY)
    sent = Letter.objects.filter(own, sent_at__isnull=False).order_by("sent_at", "pk")
    return [{"what": letter.kind, "sent_at": letter.sent_at.isoformat()} for letter in sent]


def _is_told(line):
    return line.from_status != line.to_status or line.action == Action.BLANKED


def _decision(line):
    by = "desk" if line.by_id else "author" if line.rule == "author" else "rule"
    told = {"at": line.decided_at.isoformat(), "what": line.action, "status": line.to_status, "by": by}
    return told | ({"why": line.public_wording} if line.public_wording else {})


# --- erasing


def erase_person(address, *, by=None, at=None, most=None):
    """Erases the comments sent with this address, `most` of them at most; returns (erased, left).

    The errors it reported are erased first, all of them.

    Every hundred are a transaction with their own line of the privacy log: what was stopped half-way is gone on
    with by asking again, and asking once more changes nothing.
    """
    numbers = list(comments_of(address).values_list("pk", flat=True))
    at = at or times.now()
    _erase_errors(address, by=by, at=at)
    wanted = numbers[:most]
    for start in range(0, len(wanted), ERASED_AT_ONCE):
        _erase(wanted[start : start + ERASED_AT_ONCE], address, by=by, at=at)
    # That the address wants no letters is kept, so that it gets none.
    Letter.objects.filter(address_hash=address_hash(address)).update(address_hash="")
    return len(wanted), len(numbers) - len(wanted)


@transaction.atomic
def _erase_errors(address, *, by, at):
    freed = {**_FORGET, "wrong": _("Erased for whoever reported it."), "right": "", "name": "", "email": ""}
    if errors_of(address).order_by().update(**freed):
        _log(PrivacyLine.Action.ERASED, address, 0, by=by, at=at)


@transaction.atomic
def _erase(numbers, address, *, by, at):
    for comment in Comment.objects.filter(pk__in=numbers).order_by("pk"):
        _erase_one(comment, by=by, at=at)
    _log(PrivacyLine.Action.ERASED, address, len(numbers), by=by, at=at)


def _erase_one(comment, *, by, at):
    """Erases the comment whatever was decided about it meanwhile; one that is gone has nothing left."""
    while comment.status not in GONE:
        try:
            comment.erase(by=by, rule=RULE, at=at)
        except AlreadyDecided:
            comment.refresh_from_db()


def log_of(address):
    """The lines of the privacy log that are about this address, newest first."""
    return PrivacyLine.objects.filter(address_hash=_hash(address)).select_related("by")


def _log(action, address, count, *, by, at):
    hashed = _hash(address)
    PrivacyLine.objects.create(action=action, address_hash=hashed, comment_count=count, by=by, done_at=at)


def _hash(address):
    return keyed_hash("privacy", one_address(address))


# --- what goes with time


def forget_networks(*, before):
    """Drops the networks of what was sent before that moment; returns how many (comments, reports, errors).

    With a comment's network goes the hash by which a repeat of it is known: it was made of the network among
    others, and whoever has the secret key could try all networks there are. The network of a report of a comment
    is replaced by words that no other report has, and that say nothing.
    """
    comments = Comment.objects.filter(network__gt="", posted_at__lt=before)
    reports = Flag.objects.filter(flagged_at__lt=before).exclude(network__startswith=FORGOTTEN)
    errors = ErrorReport.objects.filter(network__gt="", reported_at__lt=before)
    return (
        _drop(comments.order_by("network", "posted_at", "pk"), **_FORGET),
        _drop(reports.order_by("pk"), network=Concat(Value(FORGOTTEN), Cast("pk", CharField()))),
        _drop(errors.order_by("network", "reported_at", "pk"), **_FORGET),
    )


def _drop(rows, **values):
    """Updates the rows until there are none, a bounded number in each transaction; returns how many."""
    count = 0
    while numbers := list(rows.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        count += rows.model.objects.filter(pk__in=numbers).update(**values)
    return count


def days_ago(days):
    """The moment that many days ago. Raises ValueError for fewer than one, or for more than there are."""
    try:
        if days >= 1:
            return times.now() - dt.timedelta(days=days)
    except OverflowError:
        pass
    raise ValueError(_("Give a number of days from 1 on."))
