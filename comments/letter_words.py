"""What a letter says, read from what is true at the moment of sending.

Words of visitors are sent only once they are public, so that nobody can have their own words delivered to an
address that they typed in. They are plain text: quoted line by line in the one body, escaped in the other.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from articles.models import Edition
from articles.times import moment_text
from comments.hashes import keyed_hash
from comments.models import (
    Action,
    Comment,
    DeskMail,
    Kind,
    Letter,
    QueueTally,
    Status,
    may_moderate,
)
from comments.muting import is_muted, token_for
from comments.plain_text import one_line
from comments.proof import proof_token

HEADLINE_LENGTH = 100
MOST_REPORTED = 5  # reported comments that a letter names


@dataclass(frozen=True, kw_only=True)
class Words:
    """A letter as it is sent: to one `address`, in two bodies. `told` is what a letter about a decision told of."""

    address: str
    subject: str
    text: str
    html: str
    mute_url: str
    mark: str
    told: str = ""


def words_of(letter, *, at):
    """The Words of this letter as of that moment, or None where what it would tell is no longer so."""
    return (_to_the_desk if letter.person_id else _to_a_reader)(letter, at=at)


def _written(letter, name, *, address, token, subject, told="", **context):
    mute_url = settings.SITE_URL + reverse("comments:mute", args=[token])
    context |= {
        "subject": subject,
        "mute_url": mute_url,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "direction": "rtl" if get_language_info(settings.LANGUAGE_CODE)["bidi"] else "ltr",
        "language": settings.LANGUAGE_CODE,
    }
    return Words(
        address=address,
        subject=subject,
        text=render_to_string(f"comments/mail/{name}.txt", context),
        html=render_to_string(f"comments/mail/{name}.html", context),
        mute_url=mute_url,
        mark=keyed_hash("message", str(letter.pk))[:16],
        told=told,
    )


def cleaned(headline):
    """A headline as it can stand in a subject: one line, nothing invisible, not too long."""
    return Truncator(one_line(headline)).chars(HEADLINE_LENGTH)


def quoted(comment):
    """What is shown of a comment as paragraphs of lines, without marks that turn the direction of what follows."""
    return [[one_line(line) for line in paragraph] for paragraph in comment.paragraphs]


# --- to those who comment


def _to_a_reader(letter, *, at):
    comment = Comment.objects.select_related("parent").get(pk=letter.comment_id)
    edition = Edition.objects.live(at=at).filter(article=comment.article_id).first()
    reader = comment.parent if letter.kind == Kind.REPLY else comment
    if edition is None or reader is None or not reader.email or is_muted(reader.email):
        return None
    told = _WRITERS[letter.kind](letter, comment)
    if told is None:
        return None
    story = settings.SITE_URL + edition.get_absolute_url()
    return _written(
        letter,
        address=reader.email,
        token=token_for(address=reader.email),
        headline=one_line(edition.headline),
        link=f"{story}comments/{comment.pk}/",
        story=story,
        **told | {"subject": told["subject"] % {"headline": cleaned(edition.headline)}},
    )


def _about_a_decision(letter, comment):
    """What became of it, unless its author was told the same before."""
    if not comment.wants_mail or comment.status not in (Status.APPROVED, Status.REJECTED):
        return None
    is_public = comment.status == Status.APPROVED
    rejections = comment.decisions.filter(action=Action.REJECTED).order_by("number")
    decision = None if is_public else rejections.last()
    told = f"{comment.status} {decision.number if decision else ''}".strip()
    sent = Letter.objects.filter(kind=Kind.DECISION, comment=comment, sent_at__isnull=False)
    last = sent.order_by("sent_at", "pk").last()
    if last and last.told == told:
        return None
    if is_public:
        return {
            "name": "approved", "told": told, "subject": _("Your comment on “%(headline)s” has been published")
        }  # fmt: skip
    return {
        "name": "rejected", "told": told, "why": decision.public_wording if decision else "",
        "subject": _("Your comment on “%(headline)s” was not published"),
    }  # fmt: skip


def _about_a_reply(_letter, comment):
    """A public answer by somebody else to a comment that is public itself."""
    answered = comment.parent
    is_own = comment.email_hash and comment.email_hash == answered.email_hash
    if is_own or not answered.wants_mail or {comment.status, answered.status} != {Status.APPROVED}:
        return None
    by_desk = bool(comment.written_by_id)
    return {
        "name": "reply", "by": one_line(comment.shown_name), "by_desk": by_desk, "paragraphs": quoted(comment),
        "subject": _("The newsroom has answered your comment on “%(headline)s”") if by_desk
        else _("Somebody has answered your comment on “%(headline)s”"),
    }  # fmt: skip


def _asking_for_proof(_letter, comment):
    """The link, as long as it can be of use. Neither the words nor the name: whose they are is not known yet."""
    if comment.proven_at or comment.status not in (Status.PENDING, Status.APPROVED):
        return None
    return {
        "name": "proof", "proof_path": f"reply/{proof_token(comment)}/proof/",
        "subject": _("Confirm that you wrote a comment on “%(headline)s”"),
    }  # fmt: skip


_WRITERS = {
    Kind.DECISION: _about_a_decision,
    Kind.REPLY: _about_a_reply,
    Kind.PROOF: _asking_for_proof,
}


# --- to the desk


def _to_the_desk(letter, *, at):
    wanted = DeskMail.What.DIGEST if letter.kind == Kind.DIGEST else DeskMail.What.AT_ONCE
    choice = DeskMail.objects.wanting(wanted).filter(person=letter.person_id).select_related("person").first()
    if choice is None or not choice.person.email or not may_moderate(choice.person):
        return None
    told = _digest() if letter.kind == Kind.DIGEST else _reported(at=at)
    if told is None:
        return None
    return _written(
        letter,
        address=choice.person.email,
        token=token_for(person=choice.person),
        queue=settings.SITE_URL + reverse("admin:comments_comment_changelist"),
        choices=settings.SITE_URL + reverse("admin:comments_letter_mail"),
        **told,
    )


def _digest():
    counts = QueueTally.objects.counts()
    if not counts["pending"] and not counts["reported"]:
        return None
    oldest = Comment.objects.filter(status=Status.PENDING).order_by("posted_at", "pk").first()
    return {
        "name": "digest",
        "subject": _waiting_subject(counts["pending"]) if oldest else _reports_subject(counts["reported"]),
        "counts": counts,
        "oldest": moment_text(oldest.posted_at) if oldest else "",
    }


def _waiting_subject(count):
    said = ngettext(
        "%(count)d comment waits for a moderator", "%(count)d comments wait for a moderator", count
    )
    return said % {"count": count}


def _reports_subject(count):
    said = ngettext("%(count)d comment has been reported", "%(count)d comments have been reported", count)
    return said % {"count": count}


def _reported(*, at):
    once = Edition.objects.once_live(at=at).filter(article=OuterRef("article")).order_by("-number")
    rows = Comment.objects.reported().annotate(headline=Subquery(once.values("headline")[:1]))
    shown = list(rows.order_by("-open_flag_count", "-pk")[:MOST_REPORTED])
    if not shown:
        return None
    count = QueueTally.objects.counts()["reported"]
    return {
        "name": "reported", "subject": _reports_subject(count), "count": count, "more": count - len(shown),
        "rows": [_reported_row(comment) for comment in shown],
    }  # fmt: skip


def _reported_row(comment):
    reasons = {flag.get_reason_display() for flag in comment.flags.open()}
    return {
        "headline": one_line(comment.headline or ""),
        "is_held": comment.status == Status.PENDING,
        "reasons": ", ".join(sorted(reasons)),
        "link": settings.SITE_URL + reverse("admin:comments_comment_change", args=[comment.pk]),
    }
