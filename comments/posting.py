"""From a valid reply form to a stored comment, and the private link by which its author sees it."""

from django.core import signing
from django.db import transaction

from comments.models import Comment, repeat_hash
from comments.network import seconds_to_wait

LINK_LIFE = 24 * 60 * 60  # seconds that the private link works

_signer = signing.TimestampSigner(salt="comments.own")


class TooMany(Exception):
    """This network has posted too much lately; `seconds` says how long it has to wait."""

    def __init__(self, seconds):
        super().__init__(f"Wait {seconds} seconds before you post again")
        self.seconds = seconds


@transaction.atomic
def post_reply(form, *, network):
    """Stores what the valid form says and returns the Comment; a repeat returns the one that is there.

    Raises TooMany. A repeat is answered even then: whoever pressed the button twice has done nothing new.
    A filled trap is stored as spam by rule and answered like any post: the program learns nothing from it,
    and a person whose browser filled the field in can still be found by a moderator.
    """
    words = {name: form.cleaned_data[name] for name in ("name", "email", "text")}
    words |= {"article": form.article, "parent": form.parent}
    wait = seconds_to_wait(network, at=form.at)
    # Asked second: what filled the limit a moment ago may be this very post, sent twice.
    if wait and not Comment.objects.filter(repeat_hash=repeat_hash(**words, network=network)).exists():
        raise TooMany(wait)
    rule = "trap" if form.cleaned_data["homepage"] else ""
    comment, _ = Comment.objects.post(
        **words, network=network, seconds_taken=form.seconds_taken, rule=rule, at=form.at
    )
    return comment


def private_token(comment):
    """What stands in the private link's address: the permission to see this comment, for a day from now."""
    return _signer.sign(str(comment.pk))


def comment_of(token, *, article):
    """The comment of a private link. After a day SignatureExpired, else BadSignature or DoesNotExist."""
    number = _signer.unsign(token, max_age=LINK_LIFE)
    return Comment.objects.get(pk=number, article=article)
