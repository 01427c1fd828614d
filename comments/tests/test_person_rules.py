"""Rules for people without accounts: whom they are for, how long, and how they end."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from articles.tests.stories import NOON, published
from comments.models import AlreadyDecided, Effect, PersonRule, Trait, digests_of
from comments.tests.replies import MINUTE, posted

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def comment(edition):
    return posted(edition, email="Ana@Example.com", network="n" * 64)


def effects(at=NOON, **facts):
    return PersonRule.objects.effects_on(at=at, **({"email": "", "network": ""} | facts))


@pytest.mark.parametrize(
    ("trait", "facts", "is_hit"),
    [
        (Trait.ADDRESS, {"email": "ana@example.com"}, True),
        (Trait.ADDRESS, {"email": "ａna@example.com"}, True),  # compatibility forms
        (Trait.ADDRESS, {"email": "bob@example.com"}, False),
        (Trait.ADDRESS, {"email": "", "network": "n" * 64}, False),
        (Trait.DOMAIN, {"email": "bob@EXAMPLE.com"}, True),
        (Trait.DOMAIN, {"email": "bob@example.com."}, True),
        (Trait.DOMAIN, {"email": "bob@sub.example.com"}, False),
        (Trait.DOMAIN, {"email": "bob@example.com.evil.example"}, False),
        (Trait.NETWORK, {"email": "bob@else.example", "network": "n" * 64}, True),
        (Trait.NETWORK, {"email": "ana@example.com", "network": "m" * 64}, False),
    ],
)
def test_a_rule_is_for_whoever_shares_the_trait(comment, moderator, trait, facts, is_hit):
    PersonRule.objects.make(comment, effect=Effect.BAN, trait=trait, by=moderator, at=NOON)
    assert effects(**facts) == ({Effect.BAN: [trait]} if is_hit else {})


def test_a_domain_of_other_letters_is_one_domain():
    spelt = [
        digests_of(email=f"a@{domain}")[Trait.DOMAIN]
        for domain in ("bücher.example", "xn--bcher-kva.example")
    ]
    assert spelt[0] == spelt[1]


@pytest.mark.parametrize(
    ("at", "holds"),
    [(NOON - MINUTE, False), (NOON, True), (NOON + DAY - MINUTE, True), (NOON + DAY, False)],
)
def test_a_rule_holds_from_when_it_was_made_until_it_expires(comment, moderator, at, holds):
    rule = PersonRule.objects.make(
        comment, effect=Effect.HOLD, trait=Trait.NETWORK, by=moderator, at=NOON, expires_at=NOON + DAY
    )
    assert bool(effects(at=at, network=comment.network)) is holds
    assert rule.is_running(at=at) is holds


def test_only_hashes_with_keys_of_their_own_are_kept(comment, moderator):
    rule = PersonRule.objects.make(
        comment, effect=Effect.BAN, trait=Trait.NETWORK, by=moderator, note=" Why "
    )
    assert len(rule.digest) == 64
    assert rule.digest not in (comment.network, comment.email_hash)
    found = digests_of(email=comment.email, network=comment.network)
    assert len(set(found.values())) == 3
    assert comment.email_hash not in found.values()
    assert rule.note == "Why"


def test_everything_that_is_known_of_a_post_is_asked_in_one_query(
    comment, moderator, django_assert_num_queries
):
    for effect, trait in (
        (Effect.PUBLISH, Trait.ADDRESS),
        (Effect.HOLD, Trait.DOMAIN),
        (Effect.BAN, Trait.NETWORK),
    ):
        PersonRule.objects.make(comment, effect=effect, trait=trait, by=moderator, at=NOON)
    with django_assert_num_queries(1):
        found = effects(email=comment.email, network=comment.network)
    assert found == {
        Effect.PUBLISH: [Trait.ADDRESS], Effect.HOLD: [Trait.DOMAIN], Effect.BAN: [Trait.NETWORK],
    }  # fmt: skip


def test_a_new_rule_takes_the_place_of_the_one_before(comment, moderator, editor):
    first = PersonRule.objects.make(
        comment, effect=Effect.PUBLISH, trait=Trait.ADDRESS, by=moderator, at=NOON
    )
    PersonRule.objects.make(comment, effect=Effect.BAN, trait=Trait.ADDRESS, by=editor, at=NOON + MINUTE)
    first.refresh_from_db()
    assert (first.ended_by, first.ended_at) == (editor, NOON + MINUTE)
    assert effects(at=NOON + MINUTE, email=comment.email) == {Effect.BAN: [Trait.ADDRESS]}


def test_a_rule_is_ended_once(comment, moderator, editor):
    rule = PersonRule.objects.make(comment, effect=Effect.BAN, trait=Trait.ADDRESS, by=moderator, at=NOON)
    late = PersonRule.objects.get()
    rule.end(by=moderator, at=NOON + MINUTE)
    assert not effects(at=NOON + MINUTE, email=comment.email)
    with pytest.raises(AlreadyDecided, match="Ended by Moderator, 9 June 2025, 14:01"):
        late.end(by=editor, at=NOON + 2 * MINUTE)
    assert PersonRule.objects.get().ended_by == moderator


def test_a_rule_that_ended_by_itself_cannot_be_ended(comment, moderator):
    rule = PersonRule.objects.make(
        comment, effect=Effect.BAN, trait=Trait.ADDRESS, by=moderator, at=NOON, expires_at=NOON + MINUTE
    )
    with pytest.raises(AlreadyDecided, match="Ended by itself, 9 June 2025, 14:01"):
        rule.end(by=moderator, at=NOON + MINUTE)


@pytest.mark.parametrize("trait", Trait)
def test_of_an_erased_comment_nothing_is_left_to_go_by(comment, moderator, trait):
    comment.erase(by=moderator)
    with pytest.raises(
        ValueError, match="Nothing is known of this that a rule could go by. Choose something"
    ):
        PersonRule.objects.make(comment, effect=Effect.BAN, trait=trait, by=moderator)


def test_erasing_the_comment_does_not_lift_the_ban(comment, moderator):
    PersonRule.objects.make(comment, effect=Effect.BAN, trait=Trait.ADDRESS, by=moderator, at=NOON)
    comment.erase(by=moderator)
    assert effects(email="ana@example.com") == {Effect.BAN: [Trait.ADDRESS]}


@pytest.mark.parametrize("trait", [Trait.DOMAIN, Trait.NETWORK])
def test_nobody_but_an_address_is_always_published(comment, moderator, trait):
    with pytest.raises(IntegrityError, match="only_an_address_is_always_published"), transaction.atomic():
        PersonRule.objects.make(comment, effect=Effect.PUBLISH, trait=trait, by=moderator)


def test_a_comment_without_address_or_network_gives_no_rule(db, moderator):
    bare = posted(published(), email="", network="")
    with pytest.raises(ValueError, match="Nothing is known of this"):
        PersonRule.objects.make(bare, effect=Effect.BAN, trait=Trait.NETWORK, by=moderator)
