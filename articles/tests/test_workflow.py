"""The table of who may do what in which state, written out, and the verbs that move a story through review."""

import datetime as dt

import pytest

from articles import publishing, workflow
from articles.models import Article, DeskLogLine
from articles.models.article import Stage, State
from articles.tests.stories import NOON, author, person, published, rewrite, write
from articles.workflow import Verb

pytestmark = pytest.mark.django_db

LATER = NOON + dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)

# What each state allows to a reporter on a story of their own, beyond looking at it and writing notes.
WRITING = {"edit", "share", "bring_back"}
REPORTER = {
    "draft": WRITING | {"submit"},
    "in_review": WRITING | {"recall"},
    "approved": WRITING,
    "scheduled": WRITING | {"submit"},
    "live": WRITING,
    "live_changed": WRITING | {"submit"},
    "live_changed, in review": WRITING | {"recall"},
    "live_changed, approved": WRITING,
    "withdrawn": WRITING | {"submit"},
    "spiked": set(),
}
# What it allows to an editor with any story, beyond that.
EDITOR = {
    "draft": {"publish", "cancel", "redact", "spike", "delete"},
    "in_review": {"publish", "cancel", "redact", "spike", "delete", "approve", "send_back"},
    "approved": {"publish", "cancel", "redact", "spike", "delete", "send_back"},
    "scheduled": {"publish", "cancel", "redact"},
    "live": {"publish", "cancel", "redact", "withdraw"},
    "live_changed": {"publish", "cancel", "redact", "withdraw"},
    "live_changed, in review": {"publish", "cancel", "redact", "withdraw", "approve", "send_back"},
    "live_changed, approved": {"publish", "cancel", "redact", "withdraw", "send_back"},
    "withdrawn": {"publish", "cancel", "redact", "spike"},
    "spiked": {"publish", "cancel", "redact", "unspike", "delete"},
}


def story_in(state):
    """The reporter's story in that state at LATER."""
    reporter, editor = person("reporter", "Reporters"), person("editor", "Editors")
    kind, _comma, stage = state.partition(", ")
    article = write(by=reporter)
    if kind in ("live", "live_changed", "withdrawn"):
        publishing.publish(article, by=editor, now=NOON)
    if kind == "live_changed":
        rewrite(Article.objects.get(pk=article.pk), headline="Rewritten", by=reporter)
    if kind == "withdrawn":
        publishing.withdraw(article, by=editor, reason="Taken back.", now=NOON + dt.timedelta(minutes=1))
    if kind == "scheduled":
        publishing.schedule(article, at=LATER + DAY, by=editor, now=NOON)
    stage = {"in review": "in_review"}.get(stage, stage) or (kind if kind in Stage.values else "")
    Article.objects.filter(pk=article.pk).update(stage=stage or Stage.DRAFT)
    found = Article.objects.with_state(at=LATER).get(pk=article.pk)
    assert found.state == kind
    return found


def allowed(user, article):
    return {verb.value for verb in Verb if workflow.may(user, verb, article)}


@pytest.mark.parametrize("state", REPORTER)
def test_a_reporter_works_on_own_stories(state):
    article = story_in(state)
    assert allowed(person("reporter"), article) == set(), "rights come from the group"
    assert allowed(person("reporter", "Reporters"), article) == REPORTER[state] | {"view", "note"}


@pytest.mark.parametrize("state", EDITOR)
def test_an_editor_works_on_every_story(state):
    expected = REPORTER[state] | EDITOR[state] | {"view", "note"}
    assert allowed(person("editor", "Editors"), story_in(state)) == expected


@pytest.mark.parametrize("state", REPORTER)
@pytest.mark.parametrize(
    ("group", "expected"),
    [("Reporters", set()), ("Moderators", set()), ("Administrators", {"view"})],
)
def test_others_look_at_most(state, group, expected):
    assert allowed(person("other", group), story_in(state)) == expected


def test_a_byline_makes_a_story_ones_own():
    named = person("named", "Reporters")
    article = write(bylines=[author("Named", user=named)])
    assert "edit" in allowed(named, Article.objects.with_state().get(pk=article.pk))


@pytest.mark.parametrize(
    ("before", "verb", "after", "action"),
    [
        ("draft", Verb.SUBMIT, "in_review", "submitted"),
        ("in_review", Verb.RECALL, "draft", "recalled"),
        ("in_review", Verb.SEND_BACK, "draft", "sent_back"),
        ("approved", Verb.SEND_BACK, "draft", "sent_back"),
        ("in_review", Verb.APPROVE, "approved", "approved"),
        ("approved", Verb.SPIKE, "spiked", "spiked"),
        ("withdrawn", Verb.SPIKE, "spiked", "spiked"),
        ("spiked", Verb.UNSPIKE, "draft", "unspiked"),
        ("live_changed", Verb.SUBMIT, "live_changed", "submitted"),
    ],
)
def test_every_move_is_a_line_in_the_log(before, verb, after, action):
    actor = person("editor", "Editors")
    article = workflow.move(story_in(before), verb, by=actor, note=" Well done. ", now=LATER)
    assert article.state == after
    line = article.log_lines.get(at=LATER)
    assert (line.action, line.by, line.before, line.after, line.note) == (
        action, actor, before, after, "Well done."
    )  # fmt: skip


@pytest.mark.parametrize("note", ["", "  \n"])
def test_sending_back_needs_a_note(note):
    article = story_in("in_review")
    with pytest.raises(workflow.WorkflowRefused) as refusal:
        workflow.move(article, Verb.SEND_BACK, by=person("editor", "Editors"), note=note, now=LATER)
    assert refusal.value.messages == ["Say in a note what has to be done before it comes back."]
    assert not DeskLogLine.objects.filter(at=LATER).exists()


@pytest.mark.parametrize(
    ("state", "words"),
    [("approved", "Approved"), ("live_changed, approved", "Live, with unpublished changes: Approved")],
)
def test_a_verb_that_comes_too_late_is_refused(state, words):
    article = story_in(state)
    with pytest.raises(workflow.WorkflowRefused) as refusal:
        workflow.move(article, Verb.APPROVE, by=person("editor", "Editors"), now=LATER)
    assert refusal.value.messages == [
        f"The story is “{words}” by now, so nothing was done. Look at it again."
    ]
    assert not DeskLogLine.objects.filter(at=LATER).exists()


def test_an_approval_lapses():
    reporter = person("reporter", "Reporters")
    article = workflow.reopen(story_in("approved"), by=reporter, now=LATER)
    assert article.stage == Stage.IN_REVIEW
    line = article.log_lines.get(at=LATER)
    assert (line.action, line.before, line.after) == ("reopened", "approved", "in_review")


def test_what_was_not_approved_stays_where_it_is():
    article = workflow.reopen(story_in("in_review"), by=person("reporter", "Reporters"), now=LATER)
    assert article.stage == Stage.IN_REVIEW
    assert not DeskLogLine.objects.filter(at=LATER).exists()


@pytest.mark.parametrize("verb", [publishing.publish, publishing.schedule])
def test_the_way_through_review_begins_again_after_publication(verb):
    article = story_in("approved")
    options = {"at": LATER + DAY} if verb is publishing.schedule else {}
    verb(article, by=person("editor", "Editors"), now=LATER, **options)
    assert Article.objects.get(pk=article.pk).stage == Stage.DRAFT


def test_publishing_tells_the_states_it_led_from_and_to():
    editor = person("editor", "Editors")
    article = story_in("approved")
    publishing.schedule(article, at=LATER + DAY, by=editor, now=LATER)
    publishing.publish(article, by=editor, now=LATER + dt.timedelta(minutes=1))
    rewrite(Article.objects.get(pk=article.pk), headline="Rewritten")
    publishing.schedule(article, at=LATER + DAY, by=editor, now=LATER + dt.timedelta(minutes=2))
    publishing.withdraw(article, by=editor, reason="Wrong.", now=LATER + dt.timedelta(minutes=3))
    lines = article.log_lines.order_by("at", "pk").values_list("action", "before", "after")
    assert list(lines) == [
        ("scheduled", State.APPROVED, State.SCHEDULED),
        ("plan_cancelled", State.SCHEDULED, State.DRAFT),
        ("published", State.DRAFT, State.LIVE),
        ("scheduled", State.LIVE_CHANGED, State.LIVE_CHANGED),
        ("plan_cancelled", State.LIVE_CHANGED, State.LIVE_CHANGED),
        ("withdrawn", State.LIVE_CHANGED, State.WITHDRAWN),
    ]


def test_a_live_story_tells_how_far_its_rework_has_come():
    assert (
        workflow.state_words(story_in("live_changed, in review"))
        == "Live, with unpublished changes: In review"
    )
    assert workflow.state_words(story_in("live_changed")) == "Live, with unpublished changes"


def test_readers_keep_what_they_read_whatever_the_stage():
    edition = published("Bridge")
    article = Article.objects.with_state(at=LATER).get(pk=edition.article_id)
    rewrite(article, headline="Rewritten")
    workflow.move(article, Verb.SUBMIT, by=person("writer", "Reporters"), now=LATER)
    assert article.editions.live(at=LATER).get().headline == "Bridge"


def test_words_that_were_saved_since_somebody_looked_are_not_approved(editor):
    article = write(stage=Stage.IN_REVIEW)
    rewrite(Article.objects.get(pk=article.pk), headline="Unseen")
    with pytest.raises(workflow.WorkflowRefused) as refusal:
        workflow.move(article, Verb.APPROVE, by=editor, seen=article.version, now=LATER)
    assert refusal.value.messages == [
        "The story was changed since you opened this page. Look at it again before you decide."
    ]
    assert Article.objects.get().stage == Stage.IN_REVIEW
    assert workflow.move(article, Verb.APPROVE, by=editor, seen=article.version + 1).stage == Stage.APPROVED
