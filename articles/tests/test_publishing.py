"""What the verbs do to editions, addresses and states. Times are passed, never read."""

import datetime as dt
from functools import partial

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from articles import publishing
from articles.models import Address, Article, Correction, DeskLogLine, Edition
from articles.models.article import Stage, State
from articles.models.edition import Change
from articles.publishing import Corrected, PublishingRefused
from articles.tests.stories import NOON, author, published, rewrite, source, write

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
SECOND = dt.timedelta(seconds=1)


def state(article, *, at):
    return Article.objects.with_state(at=at).get(pk=article.pk).state


def headlines(at):
    return [edition.headline for edition in Edition.objects.live(at=at).newest_first()]


def test_publishing_makes_an_edition_from_the_working_copy(editor):
    article = write(
        "Bridge reopens", tags=["china", "peace"], bylines=[author()], sources=[source("Report", publisher="City")],
        body='<p>It holds.<sup data-cite="s1"></sup></p>', standfirst="After a year.",
    )  # fmt: skip
    edition = publishing.publish(article, by=editor, now=NOON)

    assert (edition.number, edition.path, edition.change) == (1, "/2025/06/09/bridge-reopens/", Change.FIRST)
    assert (edition.published_at, edition.live_from, edition.live_until) == (NOON, NOON, None)
    assert edition.updated_at is None
    assert edition.bylines == [{"name": "Newsroom desk", "role": "", "slug": "newsroom-desk"}]
    assert [row["title"] for row in edition.sources] == ["Report"]
    assert edition.body == '<p>It holds.<sup data-cite="s1"></sup></p>'
    assert 'href="#source-1"' in edition.printed_body
    assert [row["name"] for row in Edition.objects.with_tags().get().tags] == ["china", "peace"]
    assert edition.author_rows.get().published_at == NOON


def test_markup_that_came_in_round_the_editor_is_cleaned_when_the_edition_is_made(editor):
    article = write("Bridge", body="<p>Fine</p>")
    Article.objects.filter(pk=article.pk).update(body="<p onclick=x>Fine<script>alert(1)</script></p>")
    assert publishing.publish(article, by=editor, now=NOON).body == "<p>Fine</p>"


def test_readers_keep_the_old_text_until_the_next_publication(editor):
    edition = published("Old words")
    rewrite(edition.article, headline="New words")
    assert headlines(NOON + MINUTE) == ["Old words"]
    assert state(edition.article, at=NOON + MINUTE) == State.LIVE_CHANGED

    publishing.publish(edition.article, by=editor, now=NOON + MINUTE)
    assert headlines(NOON + MINUTE) == ["New words"]
    assert headlines(NOON + MINUTE - SECOND) == ["Old words"]
    assert state(edition.article, at=NOON + MINUTE) == State.LIVE


def test_the_time_range_of_an_edition_is_half_open():
    edition = published("Story")
    assert not Edition.objects.live(at=NOON - SECOND).exists()
    assert Edition.objects.live(at=NOON).get() == edition


def test_a_scheduled_story_goes_live_by_the_clock_alone(editor):
    article = write("Tomorrow")
    publishing.schedule(article, at=NOON + MINUTE, by=editor, now=NOON)
    assert state(article, at=NOON) == State.SCHEDULED
    assert headlines(NOON + MINUTE - SECOND) == []
    assert headlines(NOON + MINUTE) == ["Tomorrow"]
    assert state(article, at=NOON + MINUTE) == State.LIVE


def test_scheduling_an_update_ends_the_live_edition_at_that_moment(editor):
    first = published("Old words")
    rewrite(first.article, headline="New words")
    plan = publishing.schedule(first.article, at=NOON + MINUTE, by=editor, now=NOON + SECOND)
    first.refresh_from_db()
    assert first.live_until == plan.live_from
    assert headlines(NOON + 2 * SECOND) == ["Old words"]
    assert state(first.article, at=NOON + 2 * SECOND) == State.LIVE_CHANGED
    assert state(first.article, at=NOON + MINUTE) == State.LIVE


def test_cancelling_gives_the_live_edition_its_open_end_back(editor):
    first = published("Old words")
    rewrite(first.article, headline="New words")
    publishing.schedule(first.article, at=NOON + MINUTE, by=editor, now=NOON + SECOND)
    publishing.cancel_schedule(first.article, by=editor, now=NOON + 2 * SECOND)
    first.refresh_from_db()
    assert first.live_until is None
    assert headlines(NOON + MINUTE) == ["Old words"]
    actions = DeskLogLine.objects.order_by("at").values_list("action", flat=True)
    assert list(actions) == ["published", "scheduled", "plan_cancelled"]


def test_cancelling_a_first_plan_frees_its_address_and_rescheduling_makes_it_anew(editor):
    article = write("Soon")
    publishing.schedule(article, at=NOON + MINUTE, by=editor, now=NOON)
    later = publishing.schedule(article, at=NOON + dt.timedelta(days=3), by=editor, now=NOON + SECOND)
    assert later.path == "/2025/06/12/soon/"
    assert list(Address.objects.values_list("path", flat=True)) == ["/2025/06/12/soon/"]
    publishing.cancel_schedule(article, by=editor, now=NOON + 2 * SECOND)
    assert not Address.objects.exists()
    assert state(article, at=NOON + MINUTE) == State.DRAFT


def test_publishing_meanwhile_cancels_the_plan_and_a_correction_outlives_the_planned_moment(editor):
    first = published("HK$467 million")
    rewrite(first.article, standfirst="More to come.")
    publishing.schedule(first.article, at=NOON + 10 * MINUTE, by=editor, now=NOON + MINUTE)
    rewrite(first.article, headline="HK$466.6 million")
    edition = publishing.publish(
        first.article, by=editor, change=Change.CORRECTION, now=NOON + 2 * MINUTE,
        correction=Corrected(was="HK$467 million", now="HK$466.6 million"),
    )  # fmt: skip
    assert headlines(NOON + 11 * MINUTE) == ["HK$466.6 million"]
    assert Correction.objects.public(at=NOON + 2 * MINUTE).get().wrong_edition == first
    assert not Correction.objects.public(at=NOON + 2 * MINUTE - SECOND).exists()
    assert edition.number == 2


def test_a_withdrawn_story_is_gone_and_leaves_its_reason(editor):
    edition = published("Mistake")
    withdrawal = publishing.withdraw(edition.article, by=editor, reason=" It was wrong. ", now=NOON + MINUTE)
    assert withdrawal.reason == "It was wrong."
    assert headlines(NOON + MINUTE) == []
    assert headlines(NOON + MINUTE - SECOND) == ["Mistake"]
    assert state(edition.article, at=NOON + MINUTE) == State.WITHDRAWN


def test_a_story_published_again_keeps_its_number_line_address_and_first_publication(editor):
    edition = published("Story")
    publishing.withdraw(edition.article, by=editor, reason="A doubt.", now=NOON + MINUTE)
    again = publishing.publish(edition.article, by=editor, now=NOON + 2 * MINUTE)
    assert (again.number, again.path, again.published_at) == (2, edition.path, NOON)


@pytest.mark.parametrize(("change", "updated_at"), [(Change.MINOR, None), (Change.UPDATE, NOON + MINUTE)])
def test_only_a_change_of_substance_moves_the_updated_time(editor, change, updated_at):
    edition = published("Story")
    rewrite(edition.article, standfirst="A line more.")
    new = publishing.publish(edition.article, by=editor, change=change, now=NOON + MINUTE)
    assert new.updated_at == updated_at


def test_a_changed_slug_makes_a_new_address_and_keeps_the_old_one_reserved(editor):
    edition = published("Story")
    rewrite(edition.article, slug="better words")
    new = publishing.publish(edition.article, by=editor, now=NOON + MINUTE)
    assert new.path == "/2025/06/09/better-words/"
    assert set(Address.objects.values_list("path", flat=True)) == {edition.path, new.path}


@pytest.mark.parametrize(
    ("headline", "path"),
    [
        ("Dissolution : un an après", "/2025/06/09/dissolution-un-an-après/"),
        ("香港國際調解院", "/2025/06/09/香港國際調解院/"),
        ("हिन्दी समाचार", "/2025/06/09/हिन्दी-समाचार/"),
        ("word " * 40, f"/2025/06/09/{'-'.join(['word'] * 16)}/"),
    ],
)
def test_addresses_keep_unicode_letters_and_stop_at_a_word(headline, path):
    assert published(headline).path == path


def test_a_headline_without_letters_falls_back_to_the_story_number():
    edition = published("☕️ ?!")
    assert edition.path == f"/2025/06/09/story-{edition.article_id}/"


def test_two_stories_of_one_headline_get_two_addresses():
    assert [published("Same").path, published("Same").path] == ["/2025/06/09/same/", "/2025/06/09/same-2/"]


def test_the_date_of_an_address_is_the_desks(editor):
    late = dt.datetime(2025, 6, 9, 22, 30, tzinfo=dt.UTC)  # 00:30 in Brussels
    assert published("Late", at=late).path == "/2025/06/10/late/"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"headline": " "}, "Enter a headline."),
        ({"body": "<p> </p>"}, "Write the story before it goes live."),
        (
            {"body": '<p>It is so.<sup data-cite="s4"></sup></p>'},
            "A marker in the body names the source “s4”, which is not in the list of sources. "
            "Add the source, or remove the marker.",
        ),
        (
            {"embargo_until": NOON + MINUTE},
            "The story is under embargo until 9 June 2025, 14:01. Choose a later time, or lift the embargo.",
        ),
        ({"stage": Stage.SPIKED}, "The story is spiked. Take it back before it is published."),
    ],
)
def test_what_keeps_a_story_from_going_live_is_said_in_a_sentence(editor, fields, sentence):
    article = write(**fields)
    with pytest.raises(PublishingRefused) as refusal:
        publishing.publish(article, by=editor, now=NOON)
    assert refusal.value.messages == [sentence]
    assert not Edition.objects.exists()
    assert not Address.objects.exists()


def test_a_captured_headline_without_text_may_go_live():
    assert published("Only a headline", body="", is_cut=True).opening == ""


def test_an_embargo_lapses_by_itself(editor):
    article = write(embargo_until=NOON + MINUTE)
    assert publishing.publish(article, by=editor, now=NOON + MINUTE).number == 1


@pytest.mark.parametrize(
    ("verb", "sentence"),
    [
        (
            lambda a, e: publishing.schedule(a, at=NOON, by=e, now=NOON),
            "Choose a time in the future, or publish now.",
        ),
        (
            lambda a, e: publishing.cancel_schedule(a, by=e, now=NOON),
            "Nothing is scheduled. The plan may have gone live or been cancelled.",
        ),
        (
            lambda a, e: publishing.withdraw(a, by=e, reason="Why", now=NOON),
            "The story is not on the site, so it cannot be withdrawn.",
        ),
        (lambda a, e: publishing.withdraw(a, by=e, reason=" ", now=NOON), "Enter a reason for readers."),
    ],
)
def test_verbs_out_of_turn_say_so(editor, verb, sentence):
    with pytest.raises(PublishingRefused) as refusal:
        verb(write(), editor)
    assert refusal.value.messages == [sentence]


def test_a_second_press_on_publish_makes_no_second_edition(editor):
    edition = published("Story")
    with pytest.raises(PublishingRefused) as refusal:
        publishing.publish(edition.article, by=editor, now=NOON + SECOND)
    assert refusal.value.messages == ["Nothing has changed since this story was published."]


@pytest.mark.parametrize(
    "verb",
    [
        publishing.publish,
        partial(publishing.schedule, at=NOON + 2 * MINUTE),
        partial(publishing.withdraw, reason="Why"),
        publishing.cancel_schedule,
    ],
)
@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_who_had_to_wait_while_others_published_undoes_nothing(editor, verb, is_withdrawn):
    article = published("First").article
    rewrite(article, headline="Second")
    publishing.publish(article, by=editor, now=NOON + MINUTE)
    rewrite(Article.objects.get(pk=article.pk), headline="Third")
    if is_withdrawn:
        publishing.withdraw(article, by=editor, reason="A doubt.", now=NOON + MINUTE + SECOND)
    before = list(article.editions.values("number", "live_from", "live_until").order_by("number"))
    with pytest.raises(PublishingRefused) as refusal:
        verb(article, by=editor, now=NOON + MINUTE - SECOND)
    assert refusal.value.messages == [
        "Somebody published or withdrew this story a moment ago. Look at it again."
    ]
    assert list(article.editions.values("number", "live_from", "live_until").order_by("number")) == before


@pytest.mark.parametrize("verb", [publishing.publish, partial(publishing.schedule, at=NOON + MINUTE)])
def test_words_that_were_saved_since_somebody_looked_are_refused(editor, verb):
    article = write("Seen")
    seen = article.fingerprint
    rewrite(Article.objects.get(pk=article.pk), headline="Unseen")
    with pytest.raises(PublishingRefused) as refusal:
        verb(article, by=editor, seen=seen, now=NOON)
    assert refusal.value.messages == [
        "The story was changed since you opened this page. Look at it again before you publish it."
    ]
    article.refresh_from_db()
    assert verb(article, by=editor, seen=article.fingerprint, now=NOON).headline == "Unseen"


def test_a_correction_needs_its_words(editor):
    edition = published("Story")
    with pytest.raises(PublishingRefused) as refusal:
        publishing.publish(edition.article, by=editor, change=Change.CORRECTION, now=NOON + MINUTE)
    assert refusal.value.messages == ["Enter what was wrong and what is right."]
    assert Edition.objects.live(at=NOON + MINUTE).get() == edition


@pytest.mark.parametrize(
    ("attempt", "sentence"),
    [
        (lambda edition: edition.save(), "An edition keeps its words once it is made."),
        (
            lambda edition: edition.save(update_fields=["headline"]),
            "An edition keeps its words once it is made.",
        ),
        (
            lambda edition: Edition.objects.update(headline="Other"),
            "An edition keeps its words once it is made.",
        ),
        (
            lambda edition: Edition.objects.bulk_create(
                [edition], update_conflicts=True, unique_fields=["id"], update_fields=["headline"]
            ),
            "An edition keeps its words once it is made.",
        ),
        (lambda edition: edition.delete(), "An edition stays on record."),
        (lambda edition: Edition.objects.all().delete(), "An edition stays on record."),
    ],
)
def test_an_edition_keeps_its_words_and_stays_on_record(attempt, sentence):
    edition = published("Story")
    edition.headline = "Other"
    with pytest.raises(ValueError, match=sentence):
        attempt(edition)
    assert Edition.objects.get().headline == "Story"


def test_the_database_holds_one_open_ended_edition_for_an_article():
    edition = published("Story")
    edition.pk, edition.number, edition._state.adding = None, 2, True
    with pytest.raises(IntegrityError):
        edition.save()


def test_once_live_knows_the_past_of_live_stories_only(editor):
    first = published("Old words")
    rewrite(first.article, headline="New words")
    second = publishing.publish(first.article, by=editor, now=NOON + MINUTE)
    assert set(Edition.objects.once_live(at=NOON + MINUTE)) == {first, second}
    publishing.withdraw(first.article, by=editor, reason="A doubt.", now=NOON + 2 * MINUTE)
    assert not Edition.objects.once_live(at=NOON + 2 * MINUTE).exists()


def test_publishing_takes_a_bounded_number_of_queries(editor, django_assert_max_num_queries):
    sources = [source(f"Source {n}") for n in range(20)]
    article = write("Long", tags=[f"tag {n}" for n in range(8)], bylines=[author()], sources=sources)
    with django_assert_max_num_queries(40):
        publishing.publish(article, by=editor, now=NOON)


def test_an_embargo_set_after_the_schedule_is_refused(editor):
    article = write()
    publishing.schedule(article, at=NOON + MINUTE, by=editor, now=NOON)
    article.embargo_until = NOON + 2 * MINUTE
    with (
        time_machine.travel(NOON + SECOND, tick=False),
        pytest.raises(
            ValidationError, match="The story is scheduled to go live before that. Cancel the schedule"
        ),
    ):
        article.clean()


def test_a_cancelled_plan_leaves_no_word_of_its_headline_in_the_address(editor):
    article = write("Minister to resign")
    publishing.schedule(article, at=NOON + MINUTE, by=editor, now=NOON)
    publishing.cancel_schedule(article, by=editor, now=NOON + SECOND)
    rewrite(Article.objects.get(pk=article.pk), headline="Minister stays")
    edition = publishing.publish(article, by=editor, now=NOON + 2 * MINUTE)
    assert edition.path == "/2025/06/09/minister-stays/"


def test_a_name_put_right_can_be_published(editor):
    name = author("Jon Smth")
    edition = published(bylines=[name])
    name.name = "Jon Smith"
    name.save()
    again = publishing.publish(edition.article, by=editor, now=NOON + MINUTE)
    assert again.bylines[0]["name"] == "Jon Smith"


def test_an_unchanged_story_is_not_scheduled_again(editor):
    edition = published()
    with pytest.raises(PublishingRefused) as refusal:
        publishing.schedule(edition.article, at=NOON + MINUTE, by=editor, now=NOON + SECOND)
    assert refusal.value.messages == ["Nothing has changed since this story was published."]


def test_a_reason_too_long_for_its_page_is_refused(editor):
    edition = published()
    with pytest.raises(PublishingRefused) as refusal:
        publishing.withdraw(edition.article, by=editor, reason="r" * 501, now=NOON + MINUTE)
    assert refusal.value.messages == ["Shorten the reason to 500 characters or fewer."]


@pytest.mark.parametrize("change", [Change.UPDATE, Change.MINOR])
def test_the_words_of_a_correction_are_not_dropped_in_silence(editor, change):
    edition = published()
    with pytest.raises(PublishingRefused) as refusal:
        publishing.publish(
            rewrite(edition.article, headline="Other"), by=editor, change=change, now=NOON + MINUTE,
            correction=Corrected(was="This", now="That"),
        )  # fmt: skip
    assert refusal.value.messages == ["Enter what was wrong and what is right."]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda line: line.save(),
        lambda line: line.delete(),
        lambda line: DeskLogLine.objects.update(note="Other"),
        lambda line: DeskLogLine.objects.all().delete(),
    ],
)
def test_a_line_of_the_desks_log_is_never_changed_or_deleted(attempt):
    published()
    with pytest.raises(ValueError, match="Lines of a log are appended, never changed or deleted"):
        attempt(DeskLogLine.objects.get())
