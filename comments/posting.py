"""From a valid reply form to a stored comment, and the private link by which its author sees it."""

import datetime as dt

from django.core import signing
from django.db import transaction
from django.db.models import Count, Q

from comments.models import Comment, ListedWord, Status, email_hash, repeat_hash
from comments.network import seconds_to_wait
from comments.spam import Facts, Words, host_of, triage

NEIGHBOURS = 100  # the newest comments of the site, among which near-duplicates are looked for
TEN_MINUTES = dt.timedelta(minutes=10)
MOST_LATELY = 20  # comments of a network that are counted
LINK_LIFE = 30 * 24 * 60 * 60  # seconds that the private link works

# Two kinds of links: whoever knows a comment's words and address can have the second one made.
_authors = signing.TimestampSigner(salt="comments.own.author")
_repeaters = signing.TimestampSigner(salt="comments.own")


class TooMany(Exception):
    """This network has posted too much lately; `seconds` says how long it has to wait."""

    def __init__(self, seconds):
        super().__init__(f"Wait {seconds} seconds before you post again")
        self.seconds = seconds


def facts_about(form, edition, *, network):
    """What triage is told of a valid form for the story of this live Edition: three queries."""
    of_address = Comment.objects.filter(email_hash=email_hash(form.cleaned_data["email"]))
    refused = Q(status__in=[Status.REJECTED, Status.SPAM])
    lately = Comment.objects.filter(network=network, posted_at__gt=form.at - TEN_MINUTES)
    before = of_address.aggregate(
        approved=Count("pk", filter=Q(status=Status.APPROVED)),
        rejected=Count("pk", filter=refused),
    )
    return Facts(
        listed=ListedWord.objects.points(language=edition.language),
        neighbours={pk: likeness for pk, likeness in _newest_likenesses() if likeness},
        story=edition.search_text,
        cited=frozenset(host_of(source["url"]) for source in edition.sources if source["url"]),
        seconds_taken=form.seconds_taken,
        approved_before=before["approved"],
        rejected_before=before["rejected"],
        lately_from_network=lately[:MOST_LATELY].count(),
    )


def _newest_likenesses():
    return Comment.objects.order_by("-pk").values_list("pk", "likeness")[:NEIGHBOURS]


def post_reply(form, edition, *, network):
    """Stores what the valid form says; returns (comment, whether it is new). See `_post`; triage looks at it first."""
    words = Words(form.cleaned_data["text"], form.cleaned_data["name"])
    verdict = triage(words, facts_about(form, edition, network=network))
    return _post(form, verdict, network=network)


@transaction.atomic
def _post(form, verdict, *, network):
    """Stores what the valid form says; returns (comment, whether it is new). A repeat returns the one that is there.

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
    rule = "trap" if form.cleaned_data["homepage"] else "triage" if verdict.is_spam else ""
    return Comment.objects.post(
        **words,
        network=network,
        seconds_taken=form.seconds_taken,
        wants_mail=form.cleaned_data.get("wants_mail", False),
        verdict=verdict.as_data(),
        score=verdict.score,
        spam_by=rule,
        at=form.at,
    )


def publish_if_trusted(comment):
    """Publishes a waiting comment whose author has shown that the address is theirs, where a policy says so.

    Returns whether it did. No policy trusts anybody yet.
    """
    return False


def private_token(comment, *, is_authors=False):
    """What stands in the private link's address: the permission to see this comment, for LINK_LIFE from now.

    `is_authors` says that whoever gets it wrote the comment, and may take it back even after it was published.
    """
    return (_authors if is_authors else _repeaters).sign(str(comment.pk))


def comment_of(token, *, article):
    """(the comment of a private link, whether it is its author's).

    After LINK_LIFE raises SignatureExpired, else BadSignature or DoesNotExist.
    """
    try:
        number, is_authors = _authors.unsign(token, max_age=LINK_LIFE), True
    except signing.SignatureExpired:
        raise
    except signing.BadSignature:
        number, is_authors = _repeaters.unsign(token, max_age=LINK_LIFE), False
    return Comment.objects.get(pk=number, article=article), is_authors
