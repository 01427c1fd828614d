"""Earlier versions: brought back into the working copy without loss, or redacted for good."""

import datetime as dt

import pytest

from articles import publishing, versions, workflow
from articles.models import Article, Coverage, DeskLogLine, Edition, SetAside, Source, Tag
from articles.models.article import Stage
from articles.models.edition import Change
from articles.tag_merging import merge_tags
from articles.tests.stories import NOON, author, published, rewrite, section, source, write
from articles.workflow import Verb

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
LATER = NOON + dt.timedelta(hours=1)


@pytest.fixture
def story(editor):
    """A story with two versions that differ in everything, whose working copy differs from both."""
    other = published("Other").article
    article = published(
        "First", tags=["one", "two"], bylines=[author("Ana"), author("Ben")], sources=[source("Report")],
        related=[other], coverage=Coverage.objects.create(name="Bridges", slug="bridges"),
        standfirst="Standfirst of the first.",
        body='<p>Words<sup data-cite="s1"></sup> of the first.</p>', kind="analysis",
    ).article  # fmt: skip
    article.bylines.filter(author__slug="ana").update(role="translated by")
    article.bylines.filter(author__slug="ben").delete()
    article.citations.all().delete()
    article.citations.create(source=source("Study"))
    article.tags.set(["three"])
    article.related_picks.all().delete()
    rewrite(article, headline="Second", standfirst="", body="<p>Second.</p>", kind="news", coverage=None,
            section=section("Europe"))  # fmt: skip
    publishing.publish(article, by=editor, now=NOON + MINUTE)
    return rewrite(Article.objects.get(pk=article.pk), headline="Working copy")


def test_a_version_comes_back_whole(story, editor):
    versions.bring_back(story, number=1, by=editor, now=LATER)
    back = publishing.working_edition(Article.objects.get(pk=story.pk), at=LATER)
    first = Edition.objects.with_tags().get(article=story, number=1)
    for name in (
        "headline",
        "standfirst",
        "body",
        "kind",
        "bylines",
        "sources",
        "tags",
        "section",
        "coverage",
    ):
        assert getattr(back, name) == getattr(first, name), name
    assert Article.objects.get(pk=story.pk).related_picks.count() == 1


def test_a_version_that_is_brought_back_is_no_change_to_it(story, editor):
    versions.bring_back(story, number=2, by=editor, now=LATER)
    assert Article.objects.with_state(at=LATER).get(pk=story.pk).state == "live"


def test_readers_see_nothing_of_it(story, editor):
    versions.bring_back(story, number=1, by=editor, now=LATER)
    assert story.editions.live(at=LATER).get().headline == "Second"


def test_what_was_there_is_set_aside_and_comes_back_too(story, editor):
    before = versions.content_of(story)
    set_aside = versions.bring_back(story, number=1, by=editor, now=LATER)
    versions.bring_back_words(story, set_aside=set_aside, by=editor, now=LATER + MINUTE)
    assert versions.content_of(Article.objects.get(pk=story.pk)) == before
    assert SetAside.objects.filter(article=story).count() == 2


def test_bringing_back_is_logged_and_makes_a_new_version_of_the_working_copy(story, editor):
    set_aside = versions.bring_back(story, number=1, by=editor, now=LATER)
    versions.bring_back_words(story, set_aside=set_aside, by=editor, now=LATER + MINUTE)
    lines = DeskLogLine.objects.filter(action="brought_back").order_by("at")
    assert [(line.by, line.note) for line in lines] == [
        (editor, "Version 1"),
        (editor, "2025-06-09T13:00:00+00:00"),
    ]
    assert Article.objects.get(pk=story.pk).version == story.version + 2


def test_an_approval_of_other_words_lapses(story, editor):
    workflow.move(story, Verb.SUBMIT, by=editor, now=LATER)
    workflow.move(story, Verb.APPROVE, by=editor, now=LATER)
    versions.bring_back(story, number=1, by=editor, now=LATER + MINUTE)
    assert Article.objects.get(pk=story.pk).stage == Stage.IN_REVIEW


def test_a_tag_that_was_merged_comes_back_as_what_it_is_now(story, editor):
    set_aside = versions.bring_back(story, number=1, by=editor, now=LATER)
    three, four = Tag.objects.get(name="three"), Tag.objects.create(name="four")
    merge_tags(into=four, others=[three], by=editor)
    versions.bring_back_words(story, set_aside=set_aside, by=editor, now=LATER + MINUTE)
    assert Article.objects.get(pk=story.pk).tag_list() == [four]


def test_words_set_aside_come_back_without_what_was_deleted_since(editor):
    coverage = Coverage.objects.create(name="Bridges", slug="bridges")
    fields = {"bylines": [author("Ann"), author("Ben")], "sources": [source("Report"), source("Plan")]}
    article = write("Draft", coverage=coverage, related=[write("Other")], section=section("Old"), **fields)
    set_aside = SetAside.objects.create(
        article=article, content=versions.content_of(article), by=editor, at=LATER
    )
    rewrite(article, headline="Now", section=section("New"), coverage=None)
    for rows in (article.bylines, article.citations, article.related_picks):
        rows.all().delete()
    for record in (author("Ann"), source("Report"), coverage, section("Old")):
        record.delete()
    Article.objects.get(headline="Other").delete()

    versions.bring_back_words(article, set_aside=set_aside, by=editor, now=LATER + MINUTE)
    article = Article.objects.get(pk=article.pk)
    assert (article.headline, article.coverage, article.section) == ("Draft", None, section("New"))
    assert list(article.bylines.values_list("author__name", flat=True)) == ["Ben"]
    assert list(article.citations.values_list("source__title", "key")) == [("Plan", "s2")]
    assert not article.related_picks.exists()


def test_keys_of_citations_are_not_given_to_other_sources(story, editor):
    versions.bring_back(story, number=1, by=editor, now=LATER)
    new = Article.objects.get(pk=story.pk).citations.create(
        source=Source.objects.create(title="New", slug="new")
    )
    assert new.key == "s3"


@pytest.mark.parametrize("number", [0, 3, 99])
def test_a_version_that_is_none_or_not_yet_live_is_refused(story, editor, number):
    publishing.schedule(story, at=LATER + MINUTE, by=editor, now=LATER)
    for verb in (
        versions.bring_back,
        lambda *args, **kwargs: versions.redact(*args, reason="Name", **kwargs),
    ):
        with pytest.raises(
            versions.VersionRefused, match=r"There is no such version. Choose one from the list."
        ):
            verb(story, number=number, by=editor, now=LATER)


def test_a_redacted_version_holds_no_word_and_stays_in_its_place(story, editor):
    versions.redact(story, number=1, by=editor, reason=" It named a child. ", now=LATER)
    edition = Edition.objects.get(article=story, number=1)
    assert (edition.redacted_at, edition.redacted_by, edition.live_from) == (LATER, editor, NOON)
    assert [edition.headline, edition.standfirst, edition.body, edition.opening, edition.search_text] == [
        ""
    ] * 5
    assert [edition.bylines, edition.sources, edition.pictures] == [[], [], {}]
    assert edition.tag_rows.count() == 2, "its filing stays, by which pages of the past find their places"
    assert not edition.image_rows.exists()
    line = DeskLogLine.objects.get(action="redacted")
    assert (line.by, line.note) == (editor, "Version 1: It named a child.")


def test_a_redacted_version_cannot_come_back(story, editor):
    versions.redact(story, number=1, by=editor, reason="It named a child.", now=LATER)
    with pytest.raises(
        versions.VersionRefused, match="Version 1 was redacted, so none of its words are left."
    ):
        versions.bring_back(story, number=1, by=editor, now=LATER)
    with pytest.raises(versions.VersionRefused, match="Version 1 was redacted already."):
        versions.redact(story, number=1, by=editor, reason="Again.", now=LATER)


def test_what_readers_are_served_cannot_be_redacted(story, editor):
    sentence = "Readers are served this version. Publish another one or withdraw the story first."
    with pytest.raises(versions.VersionRefused, match=sentence):
        versions.redact(story, number=2, by=editor, reason="A name", now=LATER)
    with pytest.raises(ValueError, match="Readers are served this edition."):
        Edition.objects.filter(article=story).redact(by=editor, at=LATER)
    assert Edition.objects.get(article=story, number=2).headline == "Second"


def test_what_readers_see_until_a_planned_update_cannot_be_redacted(story, editor):
    publishing.schedule(story, at=LATER + MINUTE, by=editor, now=LATER)
    with pytest.raises(versions.VersionRefused, match="Readers are served this version."):
        versions.redact(story, number=2, by=editor, reason="A name", now=LATER)


def test_the_last_version_of_a_withdrawn_story_can_be_redacted(story, editor):
    publishing.withdraw(story, by=editor, reason="Taken back.", now=LATER)
    versions.redact(story, number=2, by=editor, reason="A name", now=LATER + MINUTE)
    assert Edition.objects.get(article=story, number=2).headline == ""


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_redaction_needs_a_reason(story, editor, reason):
    with pytest.raises(versions.VersionRefused, match="Enter a reason. It stays in the desk’s log."):
        versions.redact(story, number=1, by=editor, reason=reason, now=LATER)
    assert Edition.objects.get(article=story, number=1).headline == "First"


def test_a_correction_of_a_redacted_version_stays(story, editor):
    corrected = publishing.Corrected(was="Wrong", now="Right")
    publishing.publish(story, by=editor, change=Change.CORRECTION, correction=corrected, now=LATER)
    versions.redact(story, number=2, by=editor, reason="A name", now=LATER + MINUTE)
    assert Edition.objects.get(article=story, number=3).corrections.get().was == "Wrong"


def test_a_story_without_versions_has_none_to_bring_back(editor):
    with pytest.raises(versions.VersionRefused):
        versions.bring_back(write(), number=1, by=editor, now=LATER)
