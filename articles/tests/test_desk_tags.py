"""Tags in the admin: one spelling each, addresses that stay, and merging that leaves nothing behind."""

import datetime as dt

import pytest
import time_machine
import zeal
from django.contrib.admin.models import LogEntry
from django.db.models import ProtectedError

from articles import publishing
from articles.models import Article, ArticleTag, Edition, EditionTag, Tag, TagAlias
from articles.models.article import State
from articles.tag_merging import merge_tags
from articles.tests import desk
from articles.tests.stories import NOON, published, rewrite, write

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON + 5 * MINUTE, tick=False) as traveller:
        yield traveller


def tag(name):
    return Tag.objects.get(name=name)


def state(article):
    return Article.objects.with_state().get(pk=article.pk).state


def tags_read(article):
    return [row["name"] for row in Edition.objects.live().with_tags().get(article=article).tags]


def test_merging_repoints_stories_and_what_readers_see(editor):
    one = published("One", tags=["mediation", "china"]).article
    both = published("Both", tags=["peace", "mediation", "arbitration"]).article
    draft = write("Draft", tags=["mediation"])
    write("None", tags=["china"])
    old = tag("mediation")

    assert merge_tags(into=tag("arbitration"), others=[old], by=editor) == 3
    assert tags_read(one) == ["arbitration", "china"]
    assert sorted(tags_read(both)) == ["arbitration", "peace"]
    assert [row.name for row in draft.tag_list()] == ["arbitration"]
    assert not Tag.objects.filter(name="mediation").exists()
    assert not ArticleTag.objects.filter(tag_id=old.pk).exists()
    assert not EditionTag.objects.filter(tag_id=old.pk).exists()


def test_merging_leaves_no_unpublished_changes(editor):
    live = published("Live", tags=["mediation"]).article
    changed = published("Changed", tags=["mediation"]).article
    rewrite(changed, headline="Changed since")
    planned = write("Planned", tags=["mediation"])
    publishing.schedule(planned, at=NOON + 60 * MINUTE, by=editor, now=NOON)
    Tag.objects.create(name="arbitration")
    before = {article.pk: article.updated_at for article in Article.objects.all()}
    merge_tags(into=tag("arbitration"), others=[tag("mediation")], by=editor)

    assert [state(live), state(changed), state(planned)] == [State.LIVE, State.LIVE_CHANGED, State.SCHEDULED]
    plan = planned.editions.get()
    assert plan.fingerprint == Article.objects.get(pk=planned.pk).fingerprint
    assert {article.pk: article.updated_at for article in Article.objects.all()} == before


def test_a_redacted_version_is_like_no_working_copy_after_a_merge(editor):
    """Neither has a fingerprint: a story of which something was changed elsewhere, and a redacted edition."""
    first = published("One", tags=["mediation"])
    rewrite(first.article, headline="One, later")
    publishing.publish(first.article, by=editor, now=NOON + MINUTE)
    Edition.objects.filter(pk=first.pk).redact(by=editor, at=NOON + 2 * MINUTE)
    Article.objects.mark_changed()
    Tag.objects.create(name="arbitration")
    merge_tags(into=tag("arbitration"), others=[tag("mediation")], by=editor)
    assert Edition.objects.get(pk=first.pk).fingerprint == ""
    assert state(first.article) == State.LIVE_CHANGED


def test_the_old_name_and_address_become_an_alias(editor, client):
    published("One", tags=["mediation"])
    Tag.objects.create(name="arbitration")
    TagAlias.objects.create(name="settlement", tag=tag("mediation"))
    merge_tags(into=tag("arbitration"), others=[tag("mediation")], by=editor)
    assert dict(TagAlias.objects.values_list("name", "tag__name")) == {
        "mediation": "arbitration", "settlement": "arbitration",
    }  # fmt: skip
    assert [found.name for found in Tag.objects.named(["Mediation", "settlement"])] == ["arbitration"]
    for slug in ("mediation", "settlement"):
        answer = client.get(f"/tags/{slug}/")
        assert (answer.status_code, answer.url) == (301, "/tags/arbitration/")


def test_several_tags_are_merged_at_once_and_the_one_that_stays_is_left_out(editor):
    write("One", tags=["a", "b", "c"])
    merge_tags(into=tag("b"), others=list(Tag.objects.all()), by=editor)
    assert [found.name for found in Tag.objects.all()] == ["b"]
    assert sorted(TagAlias.objects.values_list("name", flat=True)) == ["a", "c"]


def test_merging_is_logged(editor):
    write("One", tags=["a", "b"])
    merge_tags(into=tag("b"), others=[tag("a")], by=editor, now=NOON)
    line = LogEntry.objects.get()
    assert (line.user, line.action_time, line.object_repr) == (editor, NOON, "b")
    assert line.get_change_message() == "Merged the tag “a” into this one."


def test_a_tag_that_has_gone_meanwhile_stops_the_merge(editor):
    write("One", tags=["a", "b", "c"])
    gone = Tag.objects.create(name="gone")
    Tag.objects.filter(pk=gone.pk).delete()
    gone.pk = 4_000_000
    with pytest.raises(Tag.DoesNotExist, match="Tag matching query does not exist"):
        merge_tags(into=tag("b"), others=[tag("a"), gone], by=editor)
    assert Tag.objects.count() == 3
    assert not TagAlias.objects.exists()


def test_a_tag_in_use_cannot_be_deleted_round_the_merge():
    write("One", tags=["a"])
    with pytest.raises(ProtectedError, match="protected foreign keys: 'ArticleTag.tag'"):
        tag("a").delete()


def test_the_action_leads_to_a_page_that_asks_first(desk_client):
    write("One", tags=["mediation"])
    Tag.objects.create(name="arbitration")
    old = tag("mediation")
    response = desk_client.post(
        desk.address("changelist", model="tag"), {"action": "merge", "_selected_action": [old.pk]}
    )
    assert response.url == f"{desk.address('merge', model='tag')}?tag={old.pk}"
    text = desk_client.get(response.url).text
    assert "<b>mediation</b>: 1 story carries it." in text
    assert "This cannot be undone." in text
    assert Tag.objects.count() == 2

    done = desk.send(desk_client, response.url, into="#Arbitration")
    assert desk.said(desk_client, done) == [
        "Merged into “arbitration”. 1 story carries it instead, and the old address leads there."
    ]
    assert [found.name for found in Tag.objects.all()] == ["arbitration"]


def test_many_stories_are_merged_by_the_page(desk_client):
    for number in range(3):
        published(f"Story {number}", tags=["mediation"])
    Tag.objects.create(name="arbitration")
    with zeal.zeal_ignore():  # each story's fingerprint is read by itself
        desk.send(
            desk_client, f"{desk.address('merge', model='tag')}?tag={tag('mediation').pk}", into="arbitration"
        )
    assert {state(article) for article in Article.objects.all()} == {State.LIVE}


@pytest.mark.parametrize(
    ("into", "sentence"),
    [
        ("", "Enter the tag that stays."),
        ("unknown", "There is no tag of this name. Enter one that exists, or add it first."),
        ("mediation", "A tag cannot be merged into itself. Enter another one."),
    ],
)
def test_a_merge_into_nothing_is_refused(desk_client, into, sentence):
    found = Tag.objects.create(name="mediation")
    response = desk.send(desk_client, f"{desk.address('merge', model='tag')}?tag={found.pk}", into=into)
    assert sentence in response.text
    assert desk.filled_in(response)["into"] == into
    assert Tag.objects.exists()


@pytest.mark.parametrize("query", ["", "?tag=x", "?tag=99999999999999999999", "?tag=4000000"])
def test_a_merge_of_nothing_leads_back_to_the_tags(desk_client, query):
    response = desk_client.get(desk.address("merge", model="tag") + query)
    assert response.url == desk.address("changelist", model="tag")
    assert desk.said(desk_client, response) == ["Tick the tags to merge first."]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("China", "There is such a tag already: “china”. Merge the two instead."),
        (" #china ", "There is such a tag already"),
        ("prc", "“prc” was merged into “china”. Use that tag."),
        ("#", "Enter a name with at least one character besides “#”."),
    ],
)
def test_a_name_that_is_taken_is_refused(desk_client, name, sentence):
    TagAlias.objects.create(name="prc", tag=Tag.objects.create(name="china"))
    response = desk.send(desk_client, desk.address("add", model="tag"), name=name)
    assert sentence in response.text
    assert Tag.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "slug"), [("Hong Kong", "hong-kong"), ("香港", "香港"), ("☕️", "tag"), ("prc", "prc-2")]
)
def test_a_slug_left_empty_is_made_from_the_name(desk_client, name, slug):
    TagAlias.objects.create(name="other", slug="prc", tag=Tag.objects.create(name="china"))
    desk.send(desk_client, desk.address("add", model="tag"), name=name)
    assert tag(name).slug == slug


def test_an_address_that_was_merged_away_is_not_given_again(desk_client):
    TagAlias.objects.create(name="prc", tag=Tag.objects.create(name="china"))
    response = desk.send(desk_client, desk.address("add", model="tag"), name="Other", slug="prc")
    assert "This address belongs to a tag that was merged away. Choose another one." in response.text


def test_a_tag_is_renamed_and_keeps_its_address(desk_client):
    article = published("Story", tags=["hongkong"]).article
    desk.send(
        desk_client, desk.address("change", tag("hongkong"), model="tag"), name="Hong Kong", slug="forged"
    )
    renamed = tag("Hong Kong")
    assert renamed.slug == "hongkong"
    assert tags_read(article) == ["Hong Kong"]
    assert state(article) == State.LIVE


@pytest.mark.parametrize(("is_used", "status"), [(True, 403), (False, 302)])
def test_only_a_tag_that_nothing_carries_can_be_deleted(desk_client, is_used, status):
    found = Tag.objects.create(name="china")
    if is_used:
        write("One", tags=["china"])
    response = desk_client.post(desk.address("delete", found, model="tag"), {"post": "yes"})
    assert response.status_code == status
    assert Tag.objects.exists() == is_used


def test_the_list_of_tags_counts_their_stories(desk_client):
    write("One", tags=["china"])
    write("Two", tags=["china", "peace"])
    text = desk_client.get(desk.address("changelist", model="tag")).text
    assert "2 stories" in text
    assert "1 story" in text
