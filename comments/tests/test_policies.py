"""Which policy holds for a story at a moment, and why."""

import datetime as dt
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from articles.models import Coverage, Section
from articles.tests.stories import NOON, published, section, write
from comments.models import Mode, Policy
from comments.policies import DEFAULTS, in_force, policy_of, policy_of_working_copy
from comments.tests.replies import MINUTE

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
WORLD, BRIDGE = Section(pk=1, name="World"), Coverage(pk=2, name="The bridge")
PLACES = {
    "site": {},
    "section": {"section": WORLD},
    "coverage": {"coverage": BRIDGE},
    "article": {"article_id": 3},
}
WIDEST_FIRST = list(PLACES)


def policy(place, **fields):
    return Policy(**PLACES[place], **fields)


def found(*policies, at=NOON, published_at=NOON, **options):
    return in_force(list(policies), published_at=published_at, at=at, **options)


VALUES = {
    "mode": Mode.values,
    "trusted_after": [2, 3, 4, 5],
    "close_after_days": [0, 1, 14, 3650],
    "asks_proof": [True, False, True, False],
    "reports_to_hold": [1, 2, 4, 5],
}


@pytest.mark.parametrize("field", VALUES)
def test_of_each_field_the_nearest_policy_that_says_anything_wins(field):
    said = dict(zip(WIDEST_FIRST, VALUES[field], strict=True))
    for present in product([False, True], repeat=len(WIDEST_FIRST)):
        places = [place for place, is_there in zip(WIDEST_FIRST, present, strict=True) if is_there]
        # Whatever else is laid down there, and in whatever order the rows come.
        rows = [policy(place, **({field: said[place]} if place in places else {})) for place in WIDEST_FIRST]
        for order in (rows, rows[::-1]):
            result = found(*order)
            assert getattr(result, field) == (said[places[-1]] if places else DEFAULTS[field])
            assert result.sources[field] is (rows[WIDEST_FIRST.index(places[-1])] if places else None)


def test_without_any_policy_comments_are_open_and_wait_for_a_moderator():
    result = found()
    assert (result.is_open, result.is_paused, result.mode) == (True, False, Mode.PRE_MODERATED)
    assert (result.closes_at, result.paused_until, result.needs_proof) == (None, None, False)
    assert result.reports_to_hold == 3
    assert result.sentences == [
        "Every comment waits for a moderator, by default.",
        "Reports from 3 networks hold a comment, by default.",
    ]


@pytest.mark.parametrize(
    ("days", "later", "is_open"),
    [
        (14, 14 * DAY - MINUTE, True),
        (14, 14 * DAY, False),  # half open, as editions are
        (14, 15 * DAY, False),
        (1, DAY - MINUTE, True),
        (1, DAY, False),
        (0, 3000 * DAY, True),
        (None, 3000 * DAY, True),
    ],
)
def test_comments_close_so_many_days_after_publication(days, later, is_open):
    result = found(policy("site", close_after_days=days), at=NOON + later)
    assert result.is_open is is_open
    assert result.is_closed is not is_open


def test_the_clocks_of_the_desk_may_change_meanwhile():
    published_at = dt.datetime(2025, 10, 20, 12, 0, tzinfo=dt.UTC)  # 14:00 in Brussels
    result = found(policy("site", close_after_days=14), published_at=published_at)
    assert result.closes_at == dt.datetime(2025, 11, 3, 13, 0, tzinfo=dt.UTC)  # 14:00 there again


def test_a_story_that_was_never_published_has_no_day_of_closing():
    result = found(policy("site", close_after_days=14), published_at=None, at=NOON + 100 * DAY)
    assert (result.is_open, result.closes_at) == (True, None)


@pytest.mark.parametrize(
    ("pauses", "at", "paused_until"),
    [
        ({"site": NOON + HOUR}, NOON, NOON + HOUR),
        ({"site": NOON + HOUR}, NOON + HOUR - MINUTE, NOON + HOUR),
        ({"site": NOON + HOUR}, NOON + HOUR, None),
        ({"section": NOON + HOUR}, NOON, NOON + HOUR),
        ({"site": NOON + 2 * HOUR, "article": NOON + HOUR}, NOON, NOON + 2 * HOUR),
        ({"site": NOON + HOUR, "article": NOON + 2 * HOUR}, NOON, NOON + 2 * HOUR),
        # a pause of the story that is over is no exception from one of the site
        ({"site": NOON + 2 * HOUR, "article": NOON - HOUR}, NOON, NOON + 2 * HOUR),
        ({"site": NOON - HOUR, "article": NOON - HOUR}, NOON, None),
    ],
)
def test_every_pause_holds_until_the_last_one_ends(pauses, at, paused_until):
    result = found(*(policy(place, paused_until=until) for place, until in pauses.items()), at=at)
    assert result.paused_until == paused_until
    assert result.is_open is (paused_until is None)
    assert result.is_paused is (paused_until is not None)


@pytest.mark.parametrize(
    ("policies", "is_switched_on", "is_open"),
    [
        ([], True, True),
        ([], False, False),
        ([policy("article", mode=Mode.OPEN)], False, False),  # the story's own form can only close
        ([policy("site", mode=Mode.CLOSED)], True, False),
        ([policy("site", mode=Mode.CLOSED), policy("article", mode=Mode.OPEN)], True, True),
        ([policy("site", mode=Mode.OPEN), policy("coverage", mode=Mode.CLOSED)], True, False),
    ],
)
def test_comments_are_closed_by_policy_or_by_the_story(policies, is_switched_on, is_open):
    assert found(*policies, is_switched_on=is_switched_on).is_open is is_open


def test_what_is_closed_is_not_paused_besides():
    result = found(policy("site", mode=Mode.CLOSED, paused_until=NOON + HOUR))
    assert (result.is_closed, result.is_paused, result.is_open) == (True, False, False)


@pytest.mark.parametrize(
    ("policies", "at", "sentence"),
    [
        (
            [policy("section", close_after_days=14)], NOON + 20 * DAY,
            "Closed 14 days after publication, by the policy of the section World.",
        ),
        (
            [policy("site", close_after_days=1)], NOON,
            "Open until 10 June 2025, 14:00: closed 1 day after publication, by the policy of the whole site.",
        ),
        (
            [policy("article", close_after_days=0), policy("site", close_after_days=1)], NOON,
            "Comments never close by themselves, by the story’s own policy.",
        ),
        ([policy("coverage", mode=Mode.CLOSED)], NOON, "Closed, by the policy of the coverage The bridge."),
        (
            [policy("site", mode=Mode.OPEN)], NOON,
            "Comments appear at once unless something holds them, by the policy of the whole site.",
        ),
        (
            [policy("site", mode=Mode.TRUSTED, trusted_after=2)], NOON,
            "Trusted after 2 approved comments from a proven address; others wait for a moderator, "
            "by the policy of the whole site.",
        ),
        (
            [policy("site", paused_until=NOON + HOUR)], NOON,
            "Paused until 9 June 2025, 15:00, by the policy of the whole site.",
        ),
        (
            [policy("section", asks_proof=True)], NOON,
            "Authors are asked to prove their address, by the policy of the section World.",
        ),
        (
            [policy("article", asks_proof=False), policy("site", asks_proof=True)], NOON,
            "Nobody is asked to prove an address, by the story’s own policy.",
        ),
        (
            [policy("site", reports_to_hold=1)], NOON,
            "Reports from 1 network hold a comment, by the policy of the whole site.",
        ),
    ],
)  # fmt: skip
def test_the_desk_is_told_what_holds_and_why(policies, at, sentence):
    assert sentence in found(*policies, at=at).sentences


def test_a_story_that_is_switched_off_says_so_first():
    assert found(is_switched_on=False).sentences[0] == "Comments are switched off in the story’s own form."


@pytest.mark.parametrize(
    ("fields", "needs_proof"),
    [({}, False), ({"mode": Mode.TRUSTED}, True), ({"asks_proof": True}, True), ({"mode": Mode.OPEN}, False)],
)
def test_trust_depends_on_proof(fields, needs_proof):
    assert found(policy("site", **fields)).needs_proof is needs_proof


# --- rows


@pytest.mark.django_db
def test_the_rows_that_reach_a_story_are_found_in_one_query(django_assert_num_queries):
    coverage = Coverage.objects.create(name="The bridge", slug="the-bridge")
    edition = published(coverage=coverage)
    Policy.objects.create(mode=Mode.OPEN, asks_proof=True)
    Policy.objects.create(section=section(), trusted_after=4, asks_proof=False)
    Policy.objects.create(coverage=coverage, close_after_days=9, paused_until=NOON + HOUR)
    Policy.objects.create(article=edition.article, reports_to_hold=7)
    Policy.objects.create(section=section("Sport"), mode=Mode.CLOSED)
    Policy.objects.create(article=write("Another"), mode=Mode.CLOSED)
    with django_assert_num_queries(1):
        result = policy_of(edition, at=NOON)
        assert (result.mode, result.trusted_after, result.asks_proof) == (Mode.OPEN, 4, False)
        assert (result.reports_to_hold, result.paused_until) == (7, NOON + HOUR)
        assert result.closes_at == NOON + 9 * DAY
        assert "Nobody is asked to prove an address, by the policy of the section World." in result.sentences


@pytest.mark.django_db
def test_the_section_is_the_one_that_readers_see():
    edition = published()
    Policy.objects.create(section=section("Sport"), mode=Mode.CLOSED)
    edition.article.section = section("Sport")
    edition.article.save()
    assert policy_of(edition, at=NOON).is_open
    assert policy_of_working_copy(edition.article, live=edition, at=NOON).is_open
    draft = write("Draft", section=section("Sport"))
    assert not policy_of_working_copy(draft, live=None, at=NOON).is_open


@pytest.mark.django_db
@pytest.mark.parametrize("place", WIDEST_FIRST)
def test_a_place_has_one_policy(place):
    story = write()
    key = {
        "site": {}, "section": {"section": section()},
        "coverage": {"coverage": Coverage.objects.create(name="B", slug="b")}, "article": {"article": story},
    }[place]  # fmt: skip
    Policy.objects.create(mode=Mode.OPEN, **key)
    twin = Policy(mode=Mode.CLOSED, **key)
    with pytest.raises(ValidationError, match="There is a policy for this already. Change that one instead."):
        twin.full_clean()
    with pytest.raises(IntegrityError, match="place_has_one_policy"), transaction.atomic():
        twin.save()


@pytest.mark.django_db
def test_a_policy_is_of_one_place():
    twice = Policy(section=section(), article=write())
    with pytest.raises(ValidationError, match="A policy is of one place."):
        twice.full_clean()
    with pytest.raises(IntegrityError, match="policy_is_of_one_place"), transaction.atomic():
        twice.save()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [("trusted_after", 0), ("close_after_days", 3651), ("close_after_days", -1), ("reports_to_hold", 0)],
)
def test_numbers_out_of_range_are_refused(field, value):
    with pytest.raises(ValidationError, match="Ensure this value is"):
        Policy(**{field: value}).full_clean()
