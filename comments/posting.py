"""From a valid reply form to a stored comment, and the private link by which its author sees it."""

import datetime as dt
import json
from dataclasses import dataclass
from functools import lru_cache

from django.core import signing
from django.db import transaction
from django.db.models import Count

from articles import times
from articles.models import Edition
from articles.models.prepared import Prepared
from comments.limits import seconds_to_wait
from comments.models import (
    AlreadyDecided,
    Comment,
    Effect,
    ListedWord,
    Mode,
    PersonRule,
    Status,
    email_hash,
    repeat_hash,
)
from comments.policies import policy_of
from comments.spam import HOLD_FROM, Facts, Words, host_of, triage

NEIGHBOURS = 100  # the newest comments of the site, among which near-duplicates are looked for
TEN_MINUTES = dt.timedelta(minutes=10)
MOST_LATELY = 20  # comments of a network that are counted
LINK_LIFE = 30 * 24 * 60 * 60  # seconds that the private link works

# Two kinds of links: whoever knows a comment's words and address can have the second one made.
_authors = signing.TimestampSigner(salt="comments.own.author")
_repeaters = signing.TimestampSigner(salt="comments.own")


@dataclass(frozen=True, kw_only=True)
class Posted:
    """What became of a form: the comment, whether it `is_new`, and whether its author is to prove the address."""

    comment: Comment
    is_new: bool
    wants_proof: bool


class TooMany(Exception):
    """Too much has been posted lately, from this network or at all; `seconds` says how long to wait."""

    def __init__(self, seconds):
        super().__init__(f"Wait {seconds} seconds before you post again")
        self.seconds = seconds


def facts_about(form, edition, *, network, held_by=()):
    """What triage is told of a valid form for the story of this live Edition: four queries.

    `held_by` are the traits by which a rule for people holds the comment.
    """
    before = dict(_by_status.rows(email_hash=email_hash(form.cleaned_data["email"])))
    lately = _lately.rows(network=network, since=form.at - TEN_MINUTES)
    return Facts(
        listed=ListedWord.objects.points(language=edition.language),
        neighbours={pk: _likeness(text) for pk, text in _newest_likenesses.rows() if text != "{}"},
        story=edition.search_text,
        cited=frozenset(host_of(source["url"]) for source in edition.sources if source["url"]),
        seconds_taken=form.seconds_taken,
        approved_before=before.get(Status.APPROVED, 0),
        rejected_before=before.get(Status.REJECTED, 0) + before.get(Status.SPAM, 0),
        lately_from_network=len(lately),
        held_by=tuple(held_by),
    )


@lru_cache(2 * NEIGHBOURS)
def _likeness(text):
    """What is stored of another comment's likeness, as sets; a hundred are asked for again with each post."""
    return {name: frozenset(row) for name, row in json.loads(text).items()}


def _statuses(*, email_hash):
    same = Comment.objects.filter(email_hash=email_hash).order_by()
    return same.values_list("status").annotate(count=Count("pk"))


def _numbers_since(*, network, since):
    lately = Comment.objects.filter(network=network, posted_at__gt=since)
    return lately.order_by("-posted_at").values_list("pk")[:MOST_LATELY]


_by_status, _lately = Prepared(_statuses), Prepared(_numbers_since)
_newest_likenesses = Prepared(
    lambda: Comment.objects.order_by("-pk").values_list("pk", "likeness")[:NEIGHBOURS]
)


def post_reply(form, edition, *, policy, network):
    """Stores what the valid form says, by the PolicyInForce; returns Posted. Raises TooMany.

    Triage looks at it first, with the rules for the person at hand.
    """
    email = form.cleaned_data["email"]
    effects = PersonRule.objects.effects_on(email=email, network=network, at=form.at)
    words = Words(form.cleaned_data["text"], form.cleaned_data["name"])
    facts = facts_about(form, edition, network=network, held_by=effects.get(Effect.HOLD, ()))
    verdict = triage(words, facts)
    spam_by = _spam_rule(form, verdict, effects)
    rules = {"spam_by": spam_by, "published_by": "" if spam_by else _publishing_rule(verdict, policy)}
    comment, is_new = _post(form, verdict, network=network, likeness=words.likeness, **rules)
    is_wanted = policy.needs_proof or Effect.PUBLISH in effects
    waits = is_new and comment.status == Status.PENDING
    return Posted(comment=comment, is_new=is_new, wants_proof=is_wanted and waits)


def _spam_rule(form, verdict, effects):
    """The rule that puts the comment among spam, "" for none.

    Neither a filled trap nor a ban is told to whoever posts: the program learns nothing from the answer, and a
    person whose browser filled the field in, or who was banned by mistake, can still be found by a moderator.
    """
    if form.is_trapped:
        return "trap"
    if Effect.BAN in effects:
        return "ban"
    return "triage" if verdict.is_spam else ""


def _publishing_rule(verdict, policy):
    """The rule that lets the comment onto the site at once, "" where it waits for somebody."""
    return "open" if policy.mode == Mode.OPEN and not policy.asks_proof and not verdict.holds else ""


@transaction.atomic
def _post(form, verdict, *, network, likeness, **rules):
    """Stores what the valid form says; returns (comment, whether it is new). A repeat returns the one that is there.

    Raises TooMany. A repeat is answered even then: whoever pressed the button twice has done nothing new.
    """
    words = {name: form.cleaned_data[name] for name in ("name", "email", "text")}
    words |= {"article": form.article, "parent": form.parent}
    repeat = repeat_hash(**words, network=network)
    wait = seconds_to_wait(network, repeat=repeat, at=form.at)
    # Asked second: what filled the limit a moment ago may be this very post, sent twice.
    if wait and not Comment.objects.filter(repeat_hash=repeat).exists():
        raise TooMany(wait)
    return Comment.objects.post(
        **words,
        network=network,
        likeness=likeness,
        seconds_taken=form.seconds_taken,
        wants_mail=form.cleaned_data.get("wants_mail", False),
        verdict=verdict.as_data(),
        score=verdict.score,
        at=form.at,
        **rules,
    )


def publish_if_trusted(comment, *, at=None):
    """Publishes a comment whose author has just proven the address, where that was all it waited for.

    Returns the Decision, or None where it goes on waiting. Only what nobody, and no rule, has decided about is
    published, on a story that is live and not paused: by the rule “always” where a moderator has said so of the
    address, else by “open” or “trusted” where the policy says so and triage found nothing that holds it.
    """
    at = at or times.now()
    edition = Edition.objects.live(at=at).filter(article=comment.article_id).first()
    if not comment.proven_at or comment.decision_count or edition is None:
        return None
    policy = policy_of(edition, at=at)
    rule = "" if policy.paused_until else _rule_after_proof(comment, policy, at=at)
    try:
        return comment.approve(rule=rule, at=at) if rule else None
    except AlreadyDecided:
        return None


def _rule_after_proof(comment, policy, *, at):
    effects = PersonRule.objects.effects_on(email=comment.email, network=comment.network, at=at)
    if Effect.BAN in effects or Effect.HOLD in effects:
        return ""
    if Effect.PUBLISH in effects:
        return "always"
    if comment.score >= HOLD_FROM:
        return ""
    if policy.mode == Mode.OPEN:
        return "open"
    return "trusted" if policy.mode == Mode.TRUSTED and _is_trusted(comment, policy) else ""


def _is_trusted(comment, policy):
    of_address = Comment.objects.filter(email_hash=comment.email_hash, status=Status.APPROVED)
    proven = of_address.filter(proven_at__isnull=False)[: policy.trusted_after]
    return bool(comment.email_hash) and proven.count() >= policy.trusted_after


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
