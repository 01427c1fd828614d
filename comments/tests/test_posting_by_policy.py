"""What becomes of a new comment: by the policy in force, by rules for people, and once its address is proven."""

import datetime as dt

import pytest

from articles import publishing
from articles.models import Article
from articles.tests.stories import NOON, person
from comments.models import Comment, Effect, Mode, PersonRule, Policy, Reason, Status, Trait
from comments.network import network_of
from comments.posting import publish_if_trusted
from comments.spam import Facts, Words, sentences, triage
from comments.tests.replies import MINUTE, approved, posted, typed

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
REPLY = f"{STORY}reply/"
HOUR = dt.timedelta(hours=1)
PLAIN, HELD, SPAM = "Who pays for it?", "See a.com", "Win at a.com b.com c.com d.com !!!!!! а.com pаy"


def send(client, text=PLAIN, **fields):
    response = client.post(REPLY, typed(text=text, **fields))
    assert response.status_code == 303
    return Comment.objects.order_by("pk").last(), response


def rules_of(comment):
    return [line.rule for line in comment.decisions.order_by("number")]


@pytest.mark.parametrize(
    ("policy", "text", "status", "rules"),
    [
        ({}, PLAIN, Status.PENDING, []),
        ({"mode": Mode.PRE_MODERATED}, PLAIN, Status.PENDING, []),
        ({"mode": Mode.TRUSTED}, PLAIN, Status.PENDING, []),
        ({"mode": Mode.OPEN}, PLAIN, Status.APPROVED, ["open"]),
        ({"mode": Mode.OPEN}, HELD, Status.PENDING, []),
        ({"mode": Mode.OPEN, "asks_proof": True}, PLAIN, Status.PENDING, []),
        ({"mode": Mode.OPEN}, SPAM, Status.SPAM, ["triage"]),
        ({"mode": Mode.PRE_MODERATED}, SPAM, Status.SPAM, ["triage"]),
    ],
)
def test_the_policy_decides_after_triage(client, edition, policy, text, status, rules):
    Policy.objects.create(**policy)
    comment, _response = send(client, text, homepage="")
    assert (comment.status, rules_of(comment)) == (status, rules)


def test_a_comment_that_is_open_to_all_is_on_the_site_at_once(client, edition):
    Policy.objects.create(mode=Mode.OPEN)
    comment, response = send(client)
    private = client.get(response.headers["Location"])
    assert private.status_code == 200
    assert "Waiting for a moderator" not in private.text
    assert f'id="comment-{comment.pk}"' in client.get(STORY).text


def test_a_filled_trap_stays_spam_where_everything_is_open(client, edition):
    Policy.objects.create(mode=Mode.OPEN)
    comment, _response = send(client, homepage="https://casino.example")
    assert (comment.status, rules_of(comment)) == (Status.SPAM, ["trap"])


# --- rules for people


@pytest.fixture
def make(moderator, edition):
    """Makes a rule from an earlier comment: of the same address and another network, if not told otherwise."""

    def made(effect, trait, *, email="reader@example.com", network=None, **options):
        before = posted(
            edition, f"Before {effect} {trait}", email=email, network=network or "elsewhere", at=NOON
        )
        options.setdefault("at", NOON)
        return PersonRule.objects.make(before, effect=effect, trait=trait, by=moderator, **options)

    return made


@pytest.fixture
def home(rf):
    return network_of(rf.get("/"))


@pytest.mark.parametrize(
    ("trait", "facts"),
    [
        (Trait.ADDRESS, {"email": "READER@example.com"}),
        (Trait.DOMAIN, {"email": "other@EXAMPLE.com"}),
        (Trait.NETWORK, {"network": True, "email": "somebody@else.example"}),
    ],
)
def test_somebody_banned_is_answered_like_anybody_and_stored_as_spam(
    client, edition, make, home, trait, facts
):
    Policy.objects.create(mode=Mode.OPEN)
    make(Effect.BAN, trait, **(facts | {"network": home if "network" in facts else None}))
    comment, response = send(client)
    assert (comment.status, rules_of(comment), comment.text) == (Status.SPAM, ["ban"], PLAIN)
    assert (
        "Waiting for a moderator. Only you can see this comment."
        in client.get(response.headers["Location"]).text
    )
    assert PLAIN not in client.get(STORY).text


@pytest.mark.parametrize("mode", [Mode.OPEN, Mode.PRE_MODERATED])
@pytest.mark.parametrize(
    ("trait", "sentence"),
    [
        (Trait.ADDRESS, "Held because of a rule for this address"),
        (Trait.DOMAIN, "Held because of a rule for this domain"),
    ],
)
def test_somebody_held_waits_whatever_the_policy_says(client, edition, make, mode, trait, sentence):
    Policy.objects.create(mode=mode)
    make(Effect.HOLD, trait)
    comment, _response = send(client)
    assert comment.status == Status.PENDING
    assert sentence in [words for words, _points in sentences(comment.verdict)]


def test_what_speaks_for_a_comment_does_not_lift_the_rule_that_holds_it():
    facts = Facts(cited=frozenset({"a.com"}), approved_before=1, held_by=("network",))
    verdict = triage(Words("As a.com/report says."), facts)
    assert verdict.score < 1
    assert verdict.holds
    assert ("Held because of a rule for this network", 1) in sentences(verdict.as_data())


@pytest.mark.parametrize(
    ("options", "elsewhere"),
    [
        ({"expires_at": NOON + MINUTE}, {}),
        ({}, {"email": "ana@elsewhere.example"}),
    ],
)
def test_a_rule_that_has_expired_or_is_for_others_does_nothing(client, edition, make, options, elsewhere):
    Policy.objects.create(mode=Mode.OPEN)
    make(Effect.BAN, Trait.DOMAIN, **options)
    make(Effect.HOLD, Trait.ADDRESS, **options)
    comment, _response = send(client, **elsewhere)
    assert comment.status == Status.APPROVED


def test_a_rule_that_was_ended_does_nothing(client, edition, make, moderator):
    Policy.objects.create(mode=Mode.OPEN)
    make(Effect.BAN, Trait.ADDRESS).end(by=moderator, at=NOON + MINUTE)
    assert send(client)[0].status == Status.APPROVED


# --- once the address is proven


def prove(comment, *, at=NOON + 4 * MINUTE):
    Comment.objects.filter(pk=comment.pk).update(proven_at=at)
    comment.refresh_from_db()
    return publish_if_trusted(comment, at=at)


def earlier(edition, count, *, is_proven=True, **fields):
    for number in range(count):
        before = approved(edition, f"Earlier {number}", at=NOON + number * MINUTE / 60, **fields)
        Comment.objects.filter(pk=before.pk).update(proven_at=NOON if is_proven else None)


@pytest.mark.parametrize(
    ("policy", "before", "is_proven", "rule"),
    [
        ({"mode": Mode.TRUSTED, "trusted_after": 2}, 2, True, "trusted"),
        ({"mode": Mode.TRUSTED, "trusted_after": 2}, 3, True, "trusted"),
        ({"mode": Mode.TRUSTED, "trusted_after": 2}, 1, True, None),
        ({"mode": Mode.TRUSTED, "trusted_after": 2}, 3, False, None),  # anybody can type an address
        ({"mode": Mode.TRUSTED}, 1, True, "trusted"),
        ({"mode": Mode.TRUSTED}, 0, True, None),
        ({"mode": Mode.PRE_MODERATED}, 5, True, None),
        ({"mode": Mode.OPEN, "asks_proof": True}, 0, True, "open"),
        ({"mode": Mode.CLOSED}, 5, True, None),
        ({"mode": Mode.TRUSTED, "close_after_days": 0}, 1, True, "trusted"),
        ({"mode": Mode.TRUSTED, "paused_until": NOON + HOUR}, 1, True, None),
        ({"mode": Mode.TRUSTED, "paused_until": NOON + MINUTE}, 1, True, "trusted"),
    ],
)
def test_trust_comes_with_approved_comments_of_the_same_proven_address(
    edition, policy, before, is_proven, rule
):
    Policy.objects.create(**policy)
    earlier(edition, before, is_proven=is_proven)
    comment = posted(edition, at=NOON + 3 * MINUTE)
    decision = prove(comment)
    assert (decision and decision.rule) == rule
    assert comment.status == (Status.APPROVED if rule else Status.PENDING)


@pytest.mark.parametrize(
    "why", ["unproven", "score", "rejected", "held after reports", "withdrawn story", "banned", "held"]
)
def test_something_may_hold_a_trusted_persons_comment(edition, moderator, editor, why):
    Policy.objects.create(mode=Mode.TRUSTED)
    earlier(edition, 1)
    comment = posted(edition, at=NOON + 3 * MINUTE, score=1 if why == "score" else 0)
    if why == "rejected":
        comment.reject(by=moderator, reason=Reason.ABUSE)
    if why == "held after reports":
        comment.approve(by=moderator)
        comment.hold(rule="reports")
    if why == "withdrawn story":
        publishing.withdraw(edition.article, by=editor, reason="It was wrong.", now=NOON + 3 * MINUTE)
    if why in ("banned", "held"):
        effect = Effect.BAN if why == "banned" else Effect.HOLD
        PersonRule.objects.make(comment, effect=effect, trait=Trait.DOMAIN, by=moderator, at=NOON)
    before = comment.status
    if why == "unproven":
        assert publish_if_trusted(comment, at=NOON + 4 * MINUTE) is None
    else:
        assert prove(comment) is None
    comment.refresh_from_db()
    assert comment.status == before


@pytest.mark.parametrize(
    ("mode", "score", "is_paused", "rule"),
    [
        (Mode.PRE_MODERATED, 0, False, "always"),
        (Mode.PRE_MODERATED, 3, False, "always"),
        (Mode.TRUSTED, 0, False, "always"),
        (Mode.PRE_MODERATED, 0, True, None),
    ],
)
def test_always_publish_counts_once_the_address_is_proven(
    client, edition, make, mode, score, is_paused, rule
):
    Policy.objects.create(mode=mode, paused_until=NOON + HOUR if is_paused else None)
    make(Effect.PUBLISH, Trait.ADDRESS)
    comment = posted(edition, at=NOON + 3 * MINUTE, score=score)
    assert comment.status == Status.PENDING
    decision = prove(comment)
    assert (decision and decision.rule) == rule


def test_always_publish_says_nothing_of_an_address_that_is_only_typed(client, edition, make):
    make(Effect.PUBLISH, Trait.ADDRESS)
    assert send(client)[0].status == Status.PENDING


def test_a_second_proof_finds_the_comment_decided(edition):
    Policy.objects.create(mode=Mode.TRUSTED)
    earlier(edition, 1)
    comment = posted(edition, at=NOON + 3 * MINUTE)
    stale = Comment.objects.get(pk=comment.pk)
    stale.proven_at = NOON
    assert prove(comment).rule == "trusted"
    assert publish_if_trusted(stale, at=NOON + 5 * MINUTE) is None
    assert rules_of(comment) == ["trusted"]


def test_closing_the_story_does_not_keep_back_what_was_posted_before(edition):
    Policy.objects.create(mode=Mode.TRUSTED)
    earlier(edition, 1)
    comment = posted(edition, at=NOON + 3 * MINUTE)
    Article.objects.update(is_open_to_comments=False)
    assert prove(comment).rule == "trusted"
    assert person("moderator") != comment.last_decision().by
