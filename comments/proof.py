"""Proof that a comment is its author's: a link sent to the address that was typed with it."""

from django.core import signing

from articles import times
from comments.models import Comment, Kind, Letter
from comments.models.states import GONE
from comments.posting import publish_if_trusted

LINK_LIFE = 3 * 24 * 60 * 60  # seconds that the link works

_signer = signing.TimestampSigner(salt="comments.proof")


def ask_for_proof(comment, *, at=None):
    """Has a letter sent that asks for proof, as far as mail is set up. Done twice for a comment, it changes nothing.

    What happens does not show whether the address is known, muted, or asked too often lately.
    """
    Letter.objects.ask_for_proof(comment, at=at or times.now())


def is_asked_for_proof(comment):
    """Whether its author was told to look for a letter and has not followed its link yet."""
    return not comment.proven_at and Letter.objects.filter(kind=Kind.PROOF, comment=comment).exists()


def proof_token(comment):
    """What stands in the link's address: whoever has it reads the mail of the address, for three days from now."""
    return _signer.sign(str(comment.pk))


def comment_to_prove(token, *, article):
    """The comment of such a link. After three days SignatureExpired, else BadSignature or DoesNotExist."""
    number = _signer.unsign(token, max_age=LINK_LIFE)
    return Comment.objects.get(pk=number, article=article)


def prove(comment, *, at=None):
    """Writes down that the comment is its author's; returns whether that is new. What is gone stays as it is."""
    at = at or times.now()
    row = Comment.objects.filter(pk=comment.pk, proven_at=None).exclude(status__in=GONE)
    if not row.update(proven_at=at):
        return False
    comment.proven_at = at
    publish_if_trusted(comment)
    return True
