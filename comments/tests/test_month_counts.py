"""The counts of a month are those that follow from its log, and stay what they are."""

import datetime as dt
import random
from contextlib import suppress

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from articles.tests.stories import NOON, published
from comments import month_counts
from comments.models import AlreadyDecided, Comment, Decision, ModerationMonth, Reason
from comments.month_counts import count_months, keep_months, last_month, months_told
from comments.tests.replies import approved, posted

pytestmark = pytest.mark.django_db
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
JUNE, MAY = dt.date(2025, 6, 1), dt.date(2025, 5, 1)
IN_JULY = dt.datetime(2025, 7, 10, tzinfo=dt.UTC)


@pytest.fixture
def story(db):
    return published("Harbour bridge reopens", at=NOON - 200 * DAY)


def june():
    [month] = count_months([JUNE])
    return month


# --- what is counted


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (dt.datetime(2025, 6, 30, 21, 59, 59, tzinfo=dt.UTC), MAY),
        (dt.datetime(2025, 6, 30, 22, 59, 59, tzinfo=dt.UTC), MAY),
        (dt.datetime(2025, 6, 30, 23, 0, 0, tzinfo=dt.UTC), JUNE),
        (dt.datetime(2025, 1, 10, tzinfo=dt.UTC), dt.date(2024, 12, 1)),
    ],
)
def test_a_month_is_over_an_hour_after_its_end_in_the_desks_zone(moment, day):
    assert last_month(at=moment) == day


def test_a_comment_belongs_to_the_month_of_the_desks_zone(story):
    posted(story, "Still May in London", at=dt.datetime(2025, 5, 31, 22, 30, tzinfo=dt.UTC))
    posted(story, "July in Brussels", at=dt.datetime(2025, 6, 30, 22, 30, tzinfo=dt.UTC))
    assert june().received == 1


def test_a_comment_is_published_once_at_its_first_approval(story, moderator):
    comment = posted(story, at=NOON - 20 * DAY)
    comment.approve(by=moderator, at=NOON)
    comment.undo(by=moderator, at=NOON + HOUR)
    comment.approve(by=moderator, at=NOON + 2 * HOUR)
    comment.hold(rule="reports", at=NOON + 3 * HOUR)
    comment.keep(by=moderator, at=NOON + 4 * HOUR)
    assert (june().received, june().published, june().held, june().reversed) == (0, 1, 1, 1)


@pytest.mark.parametrize("rule", ["trusted", ""])
def test_what_a_rule_published_had_no_wait(story, moderator, rule):
    comment = posted(story, at=NOON, published_by=rule)
    comment.reject(by=moderator, reason=Reason.ABUSE, at=NOON + HOUR)
    assert june().waited_count == (0 if rule else 1)
    assert june().published == (1 if rule else 0)
    assert june().rejected["abuse"] == 1


def test_waits_are_told_by_their_middle_and_by_nine_of_ten(story, moderator):
    for minutes in (10, 20, 30, 40, 50, 60, 70, 80, 90, 600):
        posted(story, f"{minutes}", at=NOON).approve(by=moderator, at=NOON + dt.timedelta(minutes=minutes))
    assert (june().waited_count, june().median_wait, june().long_wait) == (10, 55 * 60, 90 * 60)


def test_a_rule_that_decides_first_ends_no_wait(story, moderator):
    comment = posted(story, at=NOON, spam_by="triage")
    comment.approve(by=moderator, at=NOON + HOUR)
    assert (june().spam, june().waited_count, june().median_wait) == (1, 1, 3600)
    assert june().reversed == 0  # a person went against a rule, not against a person


@pytest.mark.parametrize(
    ("acts", "reversals"),
    [
        (["approve", "reject"], 1),
        (["approve", "hold", "reject"], 1),
        (["approve", "hold", "keep"], 0),
        (["approve", "feature", "undo"], 0),
        (["approve", "undo", "reject"], 1),  # the undoing alone: what was undone no longer stands
        (["reject", "spam", "approve"], 2),
        (["approve", "withdraw"], 0),
    ],
)
def test_a_reversal_undoes_or_contradicts_a_decision_of_a_person(story, moderator, acts, reversals):
    comment = posted(story, at=NOON)
    for number, act in enumerate(acts, start=1):
        do(act, comment, by=moderator, at=NOON + number * HOUR)
    assert june().reversed == reversals


def test_answers_of_the_desk_are_not_counted(story, moderator):
    comment = approved(story, at=NOON)
    before = june().counts
    Comment.objects.answer(comment, by=moderator, text="We do.", at=NOON + HOUR)
    assert june().counts == before


# --- equal to a recount from the log


def do(act, comment, *, by, at):
    acts = {
        "approve": lambda: comment.approve(by=by, at=at),
        "reject": lambda: comment.reject(by=by, reason=Reason.values[at.hour % 5], at=at),
        "spam": lambda: comment.mark_spam(by=by, at=at),
        "triage": lambda: comment.mark_spam(rule="triage", at=at),
        "trust": lambda: comment.approve(rule="trusted", at=at),
        "keep": lambda: comment.keep(by=by, at=at),
        "hold": lambda: comment.hold(rule="reports", at=at),
        "pause": lambda: comment.hold(rule="paused", at=at),
        "feature": lambda: comment.feature(by=by, at=at),
        "undo": lambda: comment.undo(by=by, at=at),
        "withdraw": lambda: comment.withdraw(at=at),
        "erase": lambda: comment.erase(rule="erasure", at=at),
    }
    with suppress(AlreadyDecided), transaction.atomic():
        acts[act]()


OFTEN = ["approve", "reject", "spam", "undo", "hold", "keep"] * 3
SELDOM = ["triage", "trust", "pause", "feature", "withdraw", "erase"]


def history(edition, people, *, chance, comments=12, acts=60):
    """Random decisions about some comments, in the order of time, over some months."""
    made = [
        posted(edition, f"{number}", at=NOON - chance.uniform(0, 90) * DAY, name=str(chance.random()))
        for number in range(comments)
    ]
    for moment in sorted(NOON + chance.uniform(0, 60) * DAY for _ in range(acts)):
        comment = Comment.objects.get(pk=chance.choice(made).pk)
        do(chance.choice([*OFTEN, *SELDOM]), comment, by=chance.choice(people), at=moment)


def month_name(moment):
    return moment.astimezone(dt.timezone(dt.timedelta(hours=2))).strftime("%Y-%m")  # Brussels, in summer


def recount(name):
    """The counts of the month of that name, by reading the log of each comment from its beginning."""
    counts = {"received": 0, "published": 0, "spam": 0, "held": 0, "reversed": 0}
    rejected, waits = dict.fromkeys(Reason.values, 0), []
    for comment in Comment.objects.all():
        counts["received"] += month_name(comment.posted_at) == name
        was_public, was_decided, standing = False, False, []
        for line in Decision.objects.filter(comment=comment).order_by("number"):
            is_here = month_name(line.decided_at) == name
            decides = line.action in ("approved", "kept", "rejected", "spam")
            if decides and line.by_id:
                if is_here and not was_decided and not was_public:
                    waits.append(int((line.decided_at - comment.posted_at).total_seconds()))
                if is_here and standing and standing[-1].to_status != line.to_status:
                    counts["reversed"] += 1
                was_decided = True
                standing.append(line)
            if line.action == "undone":
                undone = Decision.objects.get(pk=line.undoes_id)
                counts["reversed"] += is_here and undone.action in ("approved", "kept", "rejected", "spam")
                standing = [each for each in standing if each.pk != undone.pk]
            if line.to_status == "approved":
                counts["published"] += is_here and not was_public
                was_public = True
            if is_here and line.action == "rejected":
                rejected[line.reason] += 1
            counts["spam"] += is_here and line.action == "spam"
            counts["held"] += is_here and line.action == "held" and line.rule == "reports"
    return counts | {"rejected": rejected} | waits_told(waits)


def waits_told(waits):
    if not waits:
        return {"waited_count": 0, "median_wait": None, "long_wait": None}
    waits, count = sorted(waits), len(waits)
    middle = (waits[(count - 1) // 2] + waits[count // 2]) // 2
    long_wait = min(wait for wait in waits if sum(each <= wait for each in waits) >= 0.9 * count - 1e-9)
    return {"waited_count": count, "median_wait": middle, "long_wait": long_wait}


@pytest.mark.parametrize("seed", range(6))
def test_the_counts_equal_a_recount_from_the_log(moderator, editor, seed):
    edition = published(at=NOON - 200 * DAY)
    history(edition, [moderator, editor], chance=random.Random(seed))
    months = months_told(at=NOON + 120 * DAY)
    assert months[0].first_day == dt.date(2025, 9, 1)
    assert {str(month): month.counts for month in months} == {
        str(month): recount(str(month)) for month in months
    }
    assert sum(month.received for month in months) == 12
    assert any(month.reversed for month in months)
    assert keep_months(at=NOON + 120 * DAY) == list(reversed(months_told(at=NOON + 120 * DAY)))
    kept = ModerationMonth.objects.all()
    assert [month.counts for month in kept] == [month.counts for month in months]


# --- kept once


@pytest.fixture
def spring(story):
    """A comment of May that was decided about in June."""
    comment = posted(story, at=dt.datetime(2025, 5, 20, tzinfo=dt.UTC))
    comment.approve(rule="trusted", at=NOON)
    return comment


def test_a_month_is_told_before_it_is_kept_and_telling_it_stores_nothing(spring):
    assert [month.first_day for month in months_told(at=IN_JULY)] == [JUNE, MAY]
    assert not ModerationMonth.objects.exists()


def test_a_month_that_is_not_over_is_not_told(spring):
    assert [month.first_day for month in months_told(at=NOON)] == [MAY]


def test_without_comments_there_is_nothing_to_tell(story, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert months_told(at=IN_JULY) == []


def test_counting_at_night_keeps_each_month_once(spring, capsys):
    with time_machine.travel(IN_JULY, tick=False):
        call_command("count_moderation")
        assert capsys.readouterr().out == "2025-05 was counted.\n2025-06 was counted.\n"
        call_command("count_moderation")
    assert capsys.readouterr().out == "Every month that is over is counted already.\n"
    assert ModerationMonth.objects.count() == 2


def test_what_is_undone_or_erased_later_changes_no_month_that_is_over(spring, moderator):
    spring.reject(by=moderator, reason=Reason.ABUSE, at=NOON + HOUR)
    keep_months(at=IN_JULY)
    before = [month.counts for month in months_told(at=IN_JULY)]
    spring.undo(by=moderator, at=IN_JULY)
    spring.erase(rule="erasure", at=IN_JULY)
    assert [month.counts for month in count_months([JUNE, MAY])] == before
    assert keep_months(at=IN_JULY, is_anew=True) == []
    in_august = months_told(at=IN_JULY + 31 * DAY)
    assert in_august[0].reversed == 1
    assert [month.counts for month in in_august[1:]] == before


def test_comments_that_were_imported_later_are_counted_when_asked_anew(spring, story, capsys):
    keep_months(at=IN_JULY)
    posted(story, "From the old site", at=dt.datetime(2025, 5, 2, tzinfo=dt.UTC))
    with time_machine.travel(IN_JULY, tick=False):
        call_command("count_moderation")
        assert ModerationMonth.objects.get(first_day=MAY).received == 1
        capsys.readouterr()
        call_command("count_moderation", anew=True)
    assert capsys.readouterr().out == "2025-05 was counted.\n"
    assert ModerationMonth.objects.get(first_day=MAY).received == 2


def test_where_too_much_is_uncounted_only_what_is_kept_is_told(spring, story, monkeypatch):
    keep_months(at=NOON)
    monkeypatch.setattr(month_counts, "MOST_LINES", 0)
    assert [month.first_day for month in months_told(at=IN_JULY)] == [MAY]
    monkeypatch.setattr(month_counts, "MOST_LINES", 1)
    monkeypatch.setattr(month_counts, "MOST_MONTHS", 0)
    assert [month.first_day for month in months_told(at=IN_JULY)] == [MAY]
    monkeypatch.setattr(month_counts, "MOST_MONTHS", 1)
    assert [month.first_day for month in months_told(at=IN_JULY)] == [JUNE, MAY]
