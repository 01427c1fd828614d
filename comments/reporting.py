"""From a valid form to a report that the desk can read: of a comment, or of an error in a story."""

from comments.limits import seconds_to_flag, seconds_to_report_error
from comments.models import ErrorReport
from comments.policies import policy_of
from comments.posting import TooMany


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
    _stop_for(seconds_to_flag(network, at=at))
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
    _stop_for(seconds_to_report_error(network, at=at))
    words = {name: form.cleaned_data[name] for name in ("wrong", "right", "name", "email")}
    ErrorReport.objects.post(edition=edition, network=network, is_trapped=form.is_trapped, at=at, **words)


def _stop_for(seconds):
    """Raises TooMany where there is anything to wait for."""
    if seconds:
        raise TooMany(seconds)
