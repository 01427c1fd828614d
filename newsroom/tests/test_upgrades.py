"""A site that is as old as the first migration, and was written to with every release since: what it has become.

The rows are those that today's verbs write, less what the tables of the time had no place for. So what the migrations
fill in has to be what the verbs would have written.
"""

import datetime as dt
from dataclasses import dataclass
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from articles import publishing
from articles.models import Article, Edition, Image, WorkingWords
from articles.models.article import State
from articles.search import find, newest_holding, phrases_of
from articles.tests.reading import NOW, fetch
from articles.tests.stories import NOON, author, person, published, rewrite, source, write
from comments.models import Comment, QueueTally, Reason, Status
from comments.month_counts import count_months
from comments.tests.replies import MINUTE, approved, posted
from newsroom.management.commands.make_fixtures import in_place_of_the_sites

pytestmark = pytest.mark.django_db
FAR = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)  # a plan that has not come true when the site is upgraded

# The newest migrations of the releases with which the site was written to.
RELEASES = {
    "stories": {"articles": "0001_newsroom_core"},
    "comments": {"articles": "0002_search_index", "comments": "0001_comments_decisions_flags"},
    "previews": {"articles": "0003_desk_at_work", "comments": "0002_place_in_the_thread"},
    "triage": {"articles": "0004_words_set_aside", "comments": "0003_triage"},
    "moderation": {"articles": "0004_words_set_aside", "comments": "0004_moderation"},
    "lists": {"articles": "0005_flat_lists", "comments": "0008_report_and_privacy"},
    "indexes": {"articles": "0006_desk_lists_by_index", "comments": "0008_report_and_privacy"},
    "filing": {"articles": "0007_filing_in_the_search_index", "comments": "0008_report_and_privacy"},
}
# What is filled in by batches of many rows is filled in by twos, so that there are several, and the last one is full.
BATCHES = {
    "articles.migrations.0006_desk_lists_by_index": "BATCH",
    "comments.migrations.0002_place_in_the_thread": "AT_ONCE",
    "comments.migrations.0003_triage": "AT_ONCE",
    "comments.migrations.0004_moderation": "AT_ONCE",
}
# What no migration can know.
LOST = {
    "articles.Article": {"version"},
    "articles.DeskLogLine": {"before", "after"},
    "articles.Image": {"uid", "uploaded_at"},
}
OF_EVERY_SITE = {"articles.Page", "comments.QueueTally"}  # these make themselves

STATES = {
    "draft": State.DRAFT,
    "live": State.LIVE,
    "rewritten": State.LIVE_CHANGED,
    "planned": State.SCHEDULED,
    "replanned": State.LIVE_CHANGED,
    "withdrawn": State.WITHDRAWN,
    "republished": State.LIVE,
    "returning": State.SCHEDULED,
}
QUEUES = {"pending": 4, "reported": 1, "spam": 1, "approved": 3, "rejected": 1}


# --- what is written


def write_stories(release):
    """A story in each of STATES, whose headline begins with the release; returns the live one's Edition."""
    editor = person("editor", "Editors")
    written = {name: write(f"{release} {name}") for name in ("draft", "planned")}
    for name in ("rewritten", "replanned", "withdrawn", "republished", "returning"):
        written[name] = published(f"{release} {name}").article
    for name in ("withdrawn", "republished", "returning"):
        publishing.withdraw(written[name], by=editor, reason="A doubt.", now=NOON + MINUTE)
    for name in ("rewritten", "withdrawn", "republished"):
        story = rewrite(written[name], standfirst="As it was read again.")
        publishing.publish(story, by=editor, now=NOON + 2 * MINUTE)
    publishing.withdraw(written["withdrawn"], by=editor, reason="Another doubt.", now=NOON + 3 * MINUTE)
    for name in ("rewritten", "replanned"):
        rewrite(Article.objects.get(pk=written[name].pk), standfirst="As nobody has read it.")
    for name in ("planned", "replanned", "returning"):
        publishing.schedule(written[name], at=FAR, by=editor, now=NOON + 4 * MINUTE)
    Image.objects.create(file=f"images/{release}.jpg", width=120, height=80, alt="A bridge")
    report = source(f"{release} report", publisher="Wire & Sons")
    return published(f"{release} live", tags=["Harbour"], bylines=[author()], sources=[report])


def write_comments(edition):
    """Comments of every kind under that story: the QUEUES are what they come to."""
    moderator, verdict = person("moderator", "Moderators"), {"score": 3, "signals": []}
    posted(edition, "This waits.", verdict=verdict, score=3)
    posted(edition, "This has no address.", email="")
    first = approved(edition, "This is public, and triage had a doubt.", verdict=verdict, score=3)
    answer = approved(edition, "This answers it.", parent=first, at=NOON + 2 * MINUTE)
    posted(edition, "This answers the answer.", parent=answer, at=NOON + 3 * MINUTE)
    reported = approved(edition, "This is reported.")
    reported.report(network="a", reason=Reason.ABUSE, at=NOON + 2 * MINUTE)
    posted(edition, "This is rejected.").reject(by=moderator, reason=Reason.OFF_TOPIC, at=NOON + MINUTE)
    posted(edition, "This is spam.", verdict={"score": 9, "signals": []}, score=9, spam_by="triage")
    approved(edition, "This is held.").hold(rule="reports", at=NOON + 2 * MINUTE)
    approved(edition, "This is taken back.").withdraw(at=NOON + 2 * MINUTE)


def everything():
    """What the site keeps: {label: {key: {column: value}}}."""
    models = [model for app in ("articles", "comments") for model in apps.get_app_config(app).get_models()]
    return {
        model._meta.label: {row[model._meta.pk.attname]: row for row in model._base_manager.values()}
        for model in models
        if model._meta.label not in OF_EVERY_SITE
    }


def written_today():
    """{release: what was written with it, as `everything` gives it}."""
    before, written = everything(), {}
    for release in RELEASES:
        write_comments(write_stories(release))
        after = everything()
        written[release] = {
            label: {key: row for key, row in rows.items() if key not in before[label]}
            for label, rows in after.items()
        }
        before = after
    return written


# --- the site of old


@dataclass(frozen=True)
class OldSite:
    """Its database, as the fixture gives it; what was written to it, by release; and the columns of the time."""

    database: dict
    written: dict
    columns: dict


def migrate(targets):
    """Brings the database to these migrations, {app: name}; returns the apps of the time."""
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets.items()))
    return executor.loader.project_state(list(targets.items())).apps


@transaction.atomic
def insert(tables, of_the_time):
    """Writes the rows that there were tables for, with the columns there were; returns {label: columns}."""
    models = {model._meta.label: model for model in of_the_time.get_models() if model._meta.label in tables}
    columns = {
        label: [field.attname for field in model._meta.concrete_fields] for label, model in models.items()
    }
    for label, model in models.items():
        rows = [{name: row[name] for name in columns[label]} for row in tables[label].values()]
        model._base_manager.bulk_create(model(**row) for row in rows)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models.values()):
            cursor.execute(statement)
    return columns


@pytest.fixture(scope="module")
def database(tmp_path_factory, django_db_setup, django_db_blocker):
    """How the settings of an empty database differ from those of the site's, beside which it stands."""
    if connection.vendor == "sqlite":  # nothing has to outlast a power cut
        options = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA synchronous=OFF"}
        yield {"NAME": tmp_path_factory.mktemp("old") / "site.sqlite3", "OPTIONS": options}
        return
    name = f"{connection.settings_dict['NAME']}_of_old"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield {"NAME": name}
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


@pytest.fixture(scope="module")
def upgraded(database, django_db_blocker):
    """The OldSite, brought to the newest migrations."""
    columns = {}
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        for module, name in BATCHES.items():
            patch.setattr(import_module(module), name, 2)
        with transaction.atomic():
            written = written_today()
            transaction.set_rollback(True)
        with in_place_of_the_sites(**database):
            for release, targets in RELEASES.items():
                columns[release] = insert(written[release], migrate(targets))
            call_command("migrate", interactive=False, verbosity=0)
    return OldSite(database=database, written=written, columns=columns)


@pytest.fixture
def site(upgraded, db):
    """The OldSite, whose database is in place of the site's; what a test does there is taken back."""
    with in_place_of_the_sites(**upgraded.database), transaction.atomic():
        yield upgraded
        transaction.set_rollback(True)


# --- what has become of it


def known(rows, label, columns):
    """The rows without what no migration can know, of a table that had those columns."""
    unknown = {name for name in LOST.get(label, ()) if name not in columns}
    return {
        key: {name: value for name, value in row.items() if name not in unknown} for key, row in rows.items()
    }


@pytest.mark.parametrize("release", RELEASES)
def test_rows_of_every_release_are_as_the_verbs_of_today_write_them(site, release):
    found, columns = everything(), site.columns[release]
    assert columns.keys() >= {"articles.Edition"} | ({"comments.Flag"} if release != "stories" else set())
    for label in columns:
        rows = site.written[release][label]
        now = {key: row for key, row in found[label].items() if key in rows}
        assert known(now, label, columns[label]) == known(rows, label, columns[label]), label


def test_words_are_kept_of_those_working_copies_that_no_lasting_edition_is_like(site):
    written = [row for tables in site.written.values() for row in tables["articles.WorkingWords"].values()]
    assert len(written) == 3 * len(RELEASES)
    assert everything()["articles.WorkingWords"] == {row["article_id"]: row for row in written}
    for release in RELEASES:
        found = newest_holding(WorkingWords.objects.all(), phrases_of(f"{release} draft"), most=2)
        assert [row.article.headline for row in found] == [f"{release} draft"]


@pytest.mark.parametrize("release", RELEASES)
def test_each_story_is_in_its_state(site, release):
    stories = Article.objects.filter(headline__startswith=f"{release} ")
    for state in set(STATES.values()):
        names = {f"{release} {name}" for name, each in STATES.items() if each == state}
        assert set(stories.in_state(state, at=NOW).values_list("headline", flat=True)) == names
        assert {story.headline for story in stories.with_state(at=NOW) if story.state == state} == names


@pytest.mark.parametrize("release", RELEASES)
def test_readers_find_and_read_what_is_live_and_nothing_else(site, release, client):
    live = {"live", "rewritten", "replanned", "republished"}
    found = find(phrases_of(release), at=NOW).newest()
    assert {edition.headline for edition in found} == {f"{release} {name}" for name in live}
    assert [edition.headline for edition in find(phrases_of("again rewritten"), at=NOW).newest()] == [
        f"{name} rewritten" for name in reversed(RELEASES)
    ]
    for edition in found:
        fetch(client, edition.path)
    withdrawn = Edition.objects.get(article__headline=f"{release} withdrawn", number=1)
    fetch(client, withdrawn.path, status=410)


def test_the_desk_goes_on_publishing_and_what_it_publishes_is_found(site):
    for release in RELEASES:
        story = rewrite(Article.objects.get(headline=f"{release} withdrawn"), standfirst="Without a doubt.")
        edition = publishing.publish(story, by=person("editor"), now=NOW)
        assert edition.number == 3
        assert edition in find(phrases_of(f"{release} doubt"), at=NOW).newest()
    newest = max(Article.objects.values_list("pk", flat=True))
    assert published("New", at=NOW).article.pk > newest


def test_moderators_go_on_and_their_queues_are_counted(site):
    written_to = len(RELEASES) - 1  # the first release had no comments
    counts = {queue: count * written_to for queue, count in QUEUES.items()}
    assert QueueTally.objects.counts() == counts
    for comment in Comment.objects.filter(text="This waits."):
        comment.approve(by=person("moderator"), at=NOW)
    counts |= {"pending": counts["pending"] - written_to, "approved": counts["approved"] + written_to}
    assert QueueTally.objects.counts() == counts
    live = Edition.objects.get(headline="stories live")
    assert posted(live, "New", at=NOW).status == Status.PENDING
    assert QueueTally.objects.counts() == counts | {"pending": counts["pending"] + 1}


def test_months_are_counted_from_the_log(site):
    [month] = count_months([NOON.date().replace(day=1)])
    written_to = len(RELEASES) - 1
    told = (month.received, month.published, month.spam, month.held, month.waited_count)
    assert told == (10 * written_to, 5 * written_to, written_to, written_to, 6 * written_to)
