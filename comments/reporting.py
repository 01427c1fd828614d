"""From a valid form to a report that the desk can read: of a comment, or of an error in a story."""

import datetime as dt
import math

from comments.models import ErrorReport, Flag
from comments.policies import policy_of
from comments.posting import TooMany

MOST = 20  # reports of either kind that a network may send
SPAN = dt.timedelta(hours=1)


def report_comment(form, comment, edition, *, network, at):
    """Keeps what the valid form says of a public comment, and says whether this network had not reported it.

    As many open reports as the policy of the live Edition's story says take it off the site until a person looks.
    Raises TooMany, and AlreadyDecided where the comment is no longer public. Of a filled trap nothing is kept: a
    report can take a comment off the site. The desk's own answers stay, however often they are reported.
    """
    if form.is_trapped:
        return True
    if has_reported(comment, network=network):
        return False
    _keep_to_the_limit(Flag.objects.filter(network=network), "flagged_at", at=at)
    _flag, is_new = comment.report(
        network=network,
        reason=form.cleaned_data["reason"],
        note=form.cleaned_data["note"],
        limit=None if comment.written_by_id else policy_of(edition, at=at).reports_to_hold,
        at=at,
    )
    return is_new


def has_reported(comment, *, network):
    """Whether a report of this comment has come from that network."""
    return comment.flags.filter(network=network).exists()


def report_error(form, edition, *, network, at):
    """Keeps what the valid form says is wrong in a live Edition. Raises TooMany."""
    _keep_to_the_limit(ErrorReport.objects.filter(network=network), "reported_at", at=at)
    words = {name: form.cleaned_data[name] for name in ("wrong", "right", "name", "email")}
    ErrorReport.objects.post(edition=edition, network=network, is_trapped=form.is_trapped, at=at, **words)


def _keep_to_the_limit(rows, moment, *, at):
    """Raises TooMany where MOST of these rows have a moment in the SPAN before `at`. One index, MOST rows of it."""
    lately = rows.filter(**{f"{moment}__gt": at - SPAN}).order_by(f"-{moment}")
    for oldest in lately.values_list(moment, flat=True)[MOST - 1 : MOST]:
        raise TooMany(max(1, math.ceil((oldest + SPAN - at).total_seconds())))
