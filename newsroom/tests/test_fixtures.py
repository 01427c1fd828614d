"""The fixtures: `loaddata` alone is enough, it may run again, and all follows from the captured texts."""

import datetime as dt
import json

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import serializers
from django.core.management import call_command
from django.db import connection

from articles.models import Article, Correction, Edition, Image, Pin, Section, Source, Tag
from articles.models.article import State
from comments.models import Comment, Decision, QueueTally
from newsroom.management.commands.make_fixtures import build_fixtures
from newsroom.seeds import parse_analysis, parse_briefing

pytestmark = pytest.mark.django_db
FIXTURES = ["people", "coverage", "last_news"]
LATER = dt.datetime(2025, 6, 10, 12, 0, tzinfo=dt.UTC)
# Counts are kept by the database itself, on PostgreSQL in a row for each connection that wrote.
OURS = {model for app in ("articles", "comments") for model in apps.get_app_config(app).get_models()} - {
    QueueTally
}


@pytest.fixture
def loaded(db):
    call_command("loaddata", *FIXTURES, verbosity=0)


def text_of(name):
    return (settings.BASE_DIR / "fixtures" / f"{name}.json").read_text(encoding="utf-8")


def seed(name):
    return (settings.BASE_DIR / "fixtures" / "seeds" / f"{name}.txt").read_text(encoding="utf-8")


def rows_of(name):
    return json.loads(text_of(name))


def row_counts():
    return {model._meta.label_lower: model._base_manager.count() for model in OURS}


def whole_database():
    """Every row of ours with its id, so that a row made anew counts as a change."""
    models = sorted(OURS, key=lambda model: model._meta.label)
    rows = [row for model in models for row in model._base_manager.order_by("pk")]
    return serializers.serialize("json", rows)


def test_the_files_are_what_the_captured_texts_give():
    built = build_fixtures()
    assert list(built) == FIXTURES
    for name in FIXTURES:
        assert built[name] == text_of(name)


def test_building_leaves_the_sites_database_alone(loaded):
    before, connected = whole_database(), connection.connection
    build_fixtures()
    assert whole_database() == before
    assert connection.connection is connected


def test_the_command_writes_what_was_built(settings, tmp_path, capsys):
    seeds = tmp_path / "fixtures" / "seeds"
    seeds.mkdir(parents=True)
    for name in ("briefing", "analysis-with-comments"):
        (seeds / f"{name}.txt").write_text(seed(name), encoding="utf-8")
    originals = {name: text_of(name) for name in FIXTURES}
    settings.BASE_DIR = tmp_path
    call_command("make_fixtures")
    assert {name: text_of(name) for name in FIXTURES} == originals
    assert capsys.readouterr().out == "".join(f"Wrote fixtures/{name}.json.\n" for name in FIXTURES)


def test_every_row_of_the_files_is_loaded_and_none_besides():
    listed = [row["model"] for name in FIXTURES for row in rows_of(name)]
    before = row_counts()
    call_command("loaddata", *FIXTURES, verbosity=0)
    assert row_counts() == {label: count + listed.count(label) for label, count in before.items()}


def test_loading_twice_changes_nothing(loaded):
    before = whole_database()
    call_command("loaddata", *FIXTURES, verbosity=0)
    assert whole_database() == before


def test_each_file_ends_with_one_newline_and_names_no_row_by_its_id():
    for name in FIXTURES:
        assert text_of(name).endswith("}\n]\n")
        assert not any("pk" in row for row in rows_of(name))


def test_every_loaded_story_is_live_with_nothing_left_to_publish(loaded):
    states = Article.objects.with_state(at=LATER).values_list("state", flat=True)
    assert list(states) == [State.LIVE] * 15


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_saving_a_loaded_story_as_it_is_leaves_it_live_without_changes():
    call_command("loaddata", *FIXTURES, verbosity=0)
    by = get_user_model().objects.get(username="desk")
    for article in Article.objects.all():
        article.stamp(by=by, now=LATER)
    assert set(Article.objects.with_state(at=LATER).values_list("state", flat=True)) == {State.LIVE}


def test_nobody_can_sign_in_with_an_account_of_the_fixtures(loaded):
    people = get_user_model().objects.all()
    assert {person.username for person in people} == {"desk", "moderation"}
    for person in people:
        assert not person.has_usable_password()
        assert (person.is_staff, person.is_superuser, person.is_active) == (False, False, False)
        assert not person.groups.exists()


def test_the_ten_newest_stories_are_those_of_the_sidebar_in_its_order(loaded):
    analysis = parse_analysis(seed("analysis-with-comments"))
    newest = Edition.objects.live(at=LATER).newest_first().values_list("headline", flat=True)[:10]
    assert list(newest) == [item.headline for item in analysis.last_news]


def test_the_analysis_is_one_story_though_the_captured_page_names_it_twice(loaded):
    analysis = parse_analysis(seed("analysis-with-comments"))
    edition = Edition.objects.live(at=LATER).get(headline=analysis.headline)
    assert edition.body.count("<p>") == len(analysis.paragraphs) == 9
    assert (edition.is_cut, edition.kind, edition.section.name) == (True, "analysis", "Analysis")


def test_the_briefing_has_its_nine_paragraphs_five_tags_six_sources_and_four_related_items(loaded):
    briefing = parse_briefing(seed("briefing"))
    edition = Edition.objects.live(at=LATER).with_tags().get(headline=briefing.headline)
    assert (edition.kind, edition.section.name, edition.standfirst, edition.is_cut) == (
        "briefing",
        "World",
        "",
        False,
    )
    assert edition.body.count("<p>") == len(briefing.paragraphs) == 9
    assert "<sup" not in edition.body
    assert [tag["name"] for tag in edition.tags] == list(briefing.tags)
    assert [(row["title"], row["publisher"], row["url"]) for row in edition.sources] == [
        (source.title, source.publisher, "") for source in briefing.sources
    ]
    picked = edition.related_rows.order_by("position").values_list("related__headline", flat=True)
    assert list(picked) == [item.headline for item in briefing.related]


def test_the_briefing_alone_is_pinned_and_it_leads(loaded):
    pin = Pin.objects.in_force(at=LATER).get()
    assert (pin.place, pin.article.headline) == (Pin.Place.LEAD, parse_briefing(seed("briefing")).headline)


def test_the_coverage_holds_the_stories_whose_captured_text_is_about_it(loaded):
    covered = Edition.objects.live(at=LATER).filter(coverage__name="International Organization for Mediation")
    assert [edition.headline for edition in covered.newest_first()] == [
        "China’s Soft Power Shift: IOMed and the Future of Dispute Resolution",
        "China and Allies Establish the International Organization for Mediation in Hong Kong",
        "China Establishes International Organization for Mediation in Hong Kong",
        "China Leads 30 Nations in Setting Up International Mediation Organization",
    ]
    unfiled = Edition.objects.live(at=LATER).filter(coverage=None)
    assert not unfiled.filter(body__contains="IOMed").exists()


def test_the_three_comments_are_public_without_names_and_a_log_line_each_says_who_approved_them(loaded):
    analysis = parse_analysis(seed("analysis-with-comments"))
    public = Comment.objects.public(at=LATER)
    assert [comment.text for comment in public] == list(analysis.comments)
    assert {(comment.name, comment.email, comment.network, comment.parent) for comment in public} == {
        ("", "", "", None)
    }
    assert {comment.article.headline for comment in public} == {analysis.headline}
    for comment in public:
        decision = Decision.objects.get(comment=comment)
        assert (decision.from_status, decision.to_status, decision.by.username) == (
            "pending",
            "approved",
            "moderation",
        )
        assert decision.decided_at > comment.posted_at > comment.article.editions.get().live_from


def test_captured_fragments_are_marked_cut_and_whole_texts_are_not(loaded):
    cut = set(Edition.objects.filter(is_cut=True).values_list("headline", flat=True))
    assert cut == {item.headline for item in parse_analysis(seed("analysis-with-comments")).last_news}
    assert set(Edition.objects.filter(body="").values_list("headline", flat=True)) == {
        item.headline
        for item in parse_analysis(seed("analysis-with-comments")).last_news
        if not item.paragraphs
    }


def test_one_story_is_in_french_and_the_others_in_english(loaded):
    french = Edition.objects.get(language="fr")
    assert french.headline.startswith("Dissolution : un an après")
    assert Edition.objects.filter(language="en").count() == 14


def test_nothing_was_invented_that_a_record_does_not_need(loaded):
    """No picture, standfirst, correction, note, or words about a section, tag or source."""
    assert not Image.objects.exists()
    assert not Correction.objects.exists()
    assert not Edition.objects.exclude(standfirst="", note="").exists()
    assert not Section.objects.exclude(about="").exists()
    assert not Source.objects.exclude(url="", language="").exists()
    assert Edition.objects.exclude(bylines=[]).count() == 1
    briefing = parse_briefing(seed("briefing"))
    assert set(Tag.objects.values_list("name", flat=True)) == {
        *briefing.tags, *(tag for item in briefing.related for tag in item.tags)
    }  # fmt: skip


def test_all_moments_lie_in_june_2025_and_follow_each_other():
    moments = [
        value
        for name in FIXTURES
        for row in rows_of(name)
        for field, value in row["fields"].items()
        if field.endswith(("_at", "_from", "_until")) and value
    ]
    assert moments
    assert all("2025-06-02T" <= moment < "2025-06-10T" for moment in moments)
