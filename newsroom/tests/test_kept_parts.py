"""What a page keeps of itself is never stale: after each change the page is what it would be without."""

import datetime as dt

import pytest
import time_machine

from articles import publishing, tag_merging, versions
from articles.kept import kept
from articles.models import Author, Coverage, Image, Section, Source, Tag
from articles.publishing import Corrected
from articles.shown import noting
from articles.tests.photographs import stored
from articles.tests.stories import NOON, author, person, published, rewrite, section, source
from comments.models import Comment, Mode, Policy, Reason
from comments.tests.replies import approved

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
NOW = NOON + HOUR


@pytest.fixture
def edition():
    """A story that shows all that a story can show, with others beside it and comments below."""
    coverage = Coverage.objects.create(name="Harbour", slug="harbour")
    image = stored(alt="A bridge", caption="The bridge.", credit="Ana", has_renditions=True)
    filed = {"tags": ["bridges"], "coverage": coverage, "sources": [source("Report", publisher="City")]}
    published("Beside", at=NOON - HOUR, **filed)
    edition = published(
        "Bridge", image=image, standfirst="It opens.", bylines=[author("Ana")], slug="bridge",
        body='<p>It opens<sup data-cite="s1"></sup>.</p>', **filed,
    )  # fmt: skip
    first = approved(edition, "First words", name="Ben", at=NOON)
    approved(edition, "An answer", name="Cleo", parent=first, at=NOON + dt.timedelta(minutes=2))
    for number in range(5):
        approved(edition, f"More {number}", at=NOON + dt.timedelta(minutes=3 + number))
    Comment.objects.get(text="More 3").feature(by=person("moderator"), at=NOON)
    return edition


def comment(text="First words"):
    return Comment.objects.get(text=text)


def save(model, **fields):
    model.objects.update(**fields)


def moderator():
    return person("moderator", "Moderators")


def publish(edition, *, change="update", **fields):
    correction = fields.pop("correction", None)
    rewrite(edition.article, **fields)
    editor = person("editor", "Editors")
    publishing.publish(edition.article, by=editor, change=change, correction=correction, now=NOW)


def redact_the_first(edition):
    publish(
        edition, headline="Bridge closed", change="correction", correction=Corrected(was="open", now="closed")
    )
    versions.redact(edition.article, number=1, by=person("root"), reason="Said so", now=NOW)


# What a change is called: what it does, given the edition.
CHANGES = {
    "headline": lambda edition: publish(edition, headline="Bridge closed"),
    "standfirst": lambda edition: publish(edition, standfirst="It closes."),
    "body": lambda edition: publish(edition, body="<p>It closes.</p>"),
    "language": lambda edition: publish(edition, language="fr"),
    "kind": lambda edition: publish(edition, kind="opinion"),
    "correction": lambda edition: publish(
        edition, body="<p>It closes.</p>", change="correction", correction=Corrected(was="opens", now="closes")
    ),
    "redaction": redact_the_first,
    "section renamed": lambda edition: save(Section, name="Elsewhere"),
    "section added": lambda edition: section("Sport"),
    "section moved": lambda edition: (section("Sport"), Section.objects.filter(slug="world").update(position=9)),
    "tag renamed": lambda edition: save(Tag, name="spans", slug="spans"),
    "tag merged": lambda edition: tag_merging.merge_tags(
        into=Tag.objects.create(name="spans", slug="spans"), others=Tag.objects.filter(name="bridges"),
        by=person("editor", "Editors"), now=NOW,
    ),
    "coverage renamed": lambda edition: save(Coverage, name="Port", slug="port"),
    "rights ended": lambda edition: save(Image, rights_until=NOW),
    "focal point moved": lambda edition: save(Image, focal_x=10),
    "published beside": lambda edition: published("Another", at=NOW, tags=["bridges"]),
    "withdrawn beside": lambda edition: publishing.withdraw(
        edition.article.__class__.objects.get(headline="Beside"), by=person("editor", "Editors"), reason="Wrong.",
        now=NOW,
    ),
    "comment": lambda edition: approved(edition, "New words", at=NOW - HOUR / 2),
    "comment rejected": lambda edition: comment("An answer").reject(by=moderator(), reason=Reason.OFF_TOPIC),
    "answered comment rejected": lambda edition: comment().reject(by=moderator(), reason=Reason.OFF_TOPIC),
    "comment withdrawn": lambda edition: comment().withdraw(),
    "comment erased": lambda edition: comment().erase(by=moderator()),
    "comment featured": lambda edition: comment().feature(by=moderator()),
    "comment unfeatured": lambda edition: comment("More 3").unfeature(by=moderator()),
    "comment blanked": lambda edition: comment().blank(by=moderator(), ranges=[(0, 5)]),
    "answer of the desk": lambda edition: Comment.objects.answer(comment(), by=moderator(), text="So.", at=NOW),
    "comments closed": lambda edition: Policy.objects.create(mode=Mode.CLOSED),
    "comments trusted": lambda edition: Policy.objects.create(mode=Mode.TRUSTED),
    "comments open": lambda edition: Policy.objects.create(mode=Mode.OPEN, section=edition.section),
    "comments paused": lambda edition: Policy.objects.pause(until=NOW + HOUR),
    "comments close": lambda edition: Policy.objects.create(article=edition.article, close_after_days=1),
    "comments switched off": lambda edition: edition.article.__class__.objects.update(is_open_to_comments=False),
}  # fmt: skip


def read(client, path, *, at=NOW):
    with time_machine.travel(at, tick=False):
        return client.get(path).content.decode()


def afresh(client, path, *, at=NOW):
    kept.clear()
    return read(client, path, at=at)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_after_a_change_every_page_is_what_it_is_without_kept_parts(client, edition, change):
    paths = ["/", edition.path, f"{edition.path}comments/", "/tags/bridges/", "/sections/world/"]
    before = [afresh(client, path) for path in paths]
    change(edition)
    warm = [read(client, path) for path in paths]
    assert warm == [afresh(client, path) for path in paths]
    assert warm != before


@pytest.mark.parametrize(
    "moment",
    [NOON + 12 * HOUR, NOON + dt.timedelta(days=2)],
    ids=["a pause ends today", "comments have closed"],
)
def test_as_time_goes_by_the_page_is_what_it_is_without_kept_parts(client, edition, moment):
    Policy.objects.create(close_after_days=2, paused_until=NOON + 13 * HOUR)
    before = afresh(client, edition.path)
    warm = read(client, edition.path, at=moment)
    assert warm == afresh(client, edition.path, at=moment)
    assert warm != before


def test_the_names_of_people_and_sources_stay_as_they_were_printed(client, edition):
    before = afresh(client, edition.path)
    save(Author, name="Another")
    save(Source, title="Another")
    assert read(client, edition.path) == afresh(client, edition.path) == before


def test_other_settings_are_shown_at_once(client, edition, settings):
    afresh(client, edition.path)
    settings.SITE_NAME = "Another desk"
    assert "Another desk" in read(client, edition.path)


@pytest.mark.parametrize(
    "path", ["/", "{path}", "{path}comments/", "/tags/bridges/", "/sections/world/", "/feed.xml"]
)
def test_a_page_of_kept_parts_notes_the_same_names_as_a_page_without(client, edition, path):
    save(Image, rights_until=NOW + HOUR)
    noted = []
    for read_page in (afresh, read, read):
        with noting() as shown:
            read_page(client, path.format(path=edition.path))
        noted.append((shown.names, shown.until))
    assert noted[1:] == noted[:1] * 2
    assert noted[0][0]
