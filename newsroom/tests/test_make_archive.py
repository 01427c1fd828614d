"""`make_archive` makes what the verbs of the desk could have made: its rows agree, and readers find them."""

import datetime as dt

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from articles import signals
from articles.models import Article, Correction, Edition, EditionTag, Source, Tag, Withdrawal
from articles.models.article import State
from articles.rich_text import clean_html, markers, plain_text, search_text
from articles.shown import EVERYTHING
from articles.tests import stories
from comments.models import Comment, Decision, Flag, QueueTally, Status, email_hash
from comments.models.comment import repeat_hash
from comments.models.decisions import replay
from comments.places import place_below
from comments.spam import likeness_of

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2025, 7, 1, 12, 0, tzinfo=dt.UTC)
ASKED = {"articles": 240, "comments": 900, "until": dt.date(2025, 6, 30)}


@pytest.fixture(autouse=True)
def _after_all_of_it():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def made(capsys):
    """What the command said about the archive that it made."""
    call_command("make_archive", **ASKED)
    return capsys.readouterr()


def test_it_says_how_far_it_is_and_what_it_wrote(made):
    assert made.out == "240 stories and 900 comments were written.\n"
    assert [line.partition(",")[0] for line in made.err.splitlines()] == [
        "Stories: 240 of 240",
        "Comments: 900 of 900",
    ]
    assert (Article.objects.count(), Comment.objects.count()) == (240, 900)


def test_whoever_keeps_pages_is_told_that_all_of_them_may_have_changed(capsys):
    heard = []

    def hear(sender, names, **kwargs):
        heard.append(names)

    signals.changing.connect(hear)
    try:
        call_command("make_archive", **ASKED)
    finally:
        signals.changing.disconnect(hear)
    assert (
        heard.count(frozenset({EVERYTHING})) == 3
    )  # what files them, a batch of stories, and one of threads


def test_working_copies_are_what_the_desk_would_have_saved(made):
    for article in Article.objects.all():
        assert article.fingerprint == article.working_fingerprint()
        assert article.body == clean_html(article.body)
        assert set(markers(article.body)) == set(article.citations.values_list("key", flat=True))


def test_the_desk_finds_each_story_by_an_index_in_its_state_and_by_its_words(made):
    for state in State:
        kept = Article.objects.with_state(at=NOW).filter(state=state).values_list("pk", flat=True)
        assert set(Article.objects.in_state(state, at=NOW).values_list("pk", flat=True)) == set(kept)
    for article in Article.objects.all():
        last = article.editions.filter(live_until=None).first()
        if last is None or last.fingerprint != article.fingerprint:
            words = f"{article.headline} {article.standfirst} {plain_text(article.body)}"
            assert article.working_words.search_text == search_text(words)


def test_editions_are_what_publishing_would_have_made(made):
    for edition in Edition.objects.select_related("article"):
        text = plain_text(edition.body)
        names = [row["name"] for row in edition.bylines]
        words = " ".join([edition.headline, edition.standfirst, text, *names])
        assert edition.search_text == search_text(words)
        assert edition.opening == " ".join(text.split())[:600]
        assert edition.path.endswith(f"/{edition.article.slug}/")
        assert edition.article.addresses.get().path == edition.path
        rows = edition.source_rows.order_by("position").select_related("source")
        assert [(row["key"], row["title"]) for row in edition.sources] == [
            (row.key, row.source.title) for row in rows
        ]


def test_every_copy_of_the_first_publication_agrees(made):
    for edition in Edition.objects.all():
        for rows in (edition.tag_rows, edition.author_rows, edition.source_rows):
            assert set(rows.values_list("published_at", flat=True)) <= {edition.published_at}
        assert edition.article.editions.order_by("number").first().live_from == edition.published_at


def test_the_sources_follow_their_publishers_names(made):
    for source in Source.objects.all():
        kept = source.publisher_slug
        source.save()
        assert source.publisher_slug == kept


def test_the_tags_have_the_keys_and_slugs_that_saving_gives(made):
    for tag in Tag.objects.all():
        kept = (tag.key, tag.slug)
        tag.save()
        assert (tag.key, tag.slug) == kept


def test_stories_are_in_all_the_states_that_a_desk_knows(made):
    states = set(Article.objects.with_state(at=NOW).values_list("state", flat=True))
    assert {State.LIVE, State.LIVE_CHANGED, State.WITHDRAWN} <= states
    assert states & {State.DRAFT, State.IN_REVIEW, State.APPROVED, State.SPIKED}
    assert Edition.objects.filter(number__gt=1).exists()
    assert Correction.objects.public(at=NOW).exists()
    withdrawn = Withdrawal.objects.get(pk=Withdrawal.objects.order_by("pk").values("pk")[:1])
    last = withdrawn.article.editions.order_by("number").last()
    assert last.live_until == withdrawn.withdrawn_at


def test_stories_are_in_several_languages_and_the_most_common_tag_is_on_many(made):
    languages = set(Article.objects.values_list("language", flat=True))
    assert languages == {"en", "fr", "de", "es", "ru", "zh-hans", "ar"}
    counts = sorted((tag.edition_rows.count() for tag in Tag.objects.all()), reverse=True)
    assert counts[0] > 5 * counts[len(counts) // 2] > 0


def test_comments_are_what_posting_would_have_kept(made):
    for comment in Comment.objects.select_related("article", "parent"):
        above = comment.parent.place if comment.parent else ""
        assert comment.place == place_below(above, posted_at=comment.posted_at, uid=comment.uid)
        assert comment.posted_at > comment.article.editions.order_by("number").first().live_from
        if comment.status == Status.WITHDRAWN:
            assert (comment.text, comment.name, comment.email, comment.likeness) == ("", "", "", {})
            continue
        words = {
            "name": comment.name,
            "email": comment.email,
            "text": comment.text,
            "network": comment.network,
        }
        assert comment.repeat_hash == repeat_hash(article=comment.article, parent=comment.parent, **words)
        assert comment.email_hash == email_hash(comment.email)
        assert comment.likeness == likeness_of(comment.text)


def test_the_log_of_every_comment_leads_to_what_it_is(made):
    for comment in Comment.objects.all():
        lines = list(comment.decisions.order_by("number"))
        assert replay(lines) == comment.state
        assert comment.decision_count == len(lines)
        assert comment.open_flag_count == Flag.objects.open().filter(comment=comment).count()
    assert Decision.objects.filter(action="featured").exists()


def test_the_counts_of_the_queues_are_those_of_the_comments(made):
    statuses = ("pending", "spam", "approved", "rejected")
    counted = {status: Comment.objects.filter(status=status).count() for status in statuses}
    reported = Comment.objects.filter(open_flag_count__gt=0).count()
    assert QueueTally.objects.counts() == counted | {"reported": reported}
    assert min(counted.values()) > 0 < reported


def test_readers_find_a_story_on_its_page_in_its_lists_and_by_its_words(made, client):
    edition = Edition.objects.live(at=NOW).filter(language="en").order_by("pk").last()
    tag = edition.tag_rows.first().tag
    name = edition.author_rows.first().author
    page = client.get(edition.get_absolute_url())
    assert page.status_code == 200
    assert edition.headline in page.content.decode()
    for address in (
        reverse("articles:tag", args=[tag.slug]),
        reverse("articles:author", args=[name.slug]),
        reverse("articles:section", args=[edition.section.slug]),
    ):
        assert edition.get_absolute_url() in client.get(address).content.decode()
    found = client.get(reverse("articles:search"), {"q": f'"{edition.headline}" "{edition.standfirst}"'})
    assert edition.get_absolute_url() in found.content.decode()


def test_the_same_arguments_again_write_nothing(made, capsys):
    call_command("make_archive", **ASKED)
    assert capsys.readouterr().out == "The archive is all there. Nothing was written.\n"


def test_other_arguments_are_refused_with_those_to_go_on_by(made):
    with pytest.raises(CommandError) as refusal:
        call_command("make_archive", **ASKED | {"seed": 2})
    assert str(refusal.value) == (
        "Another archive was begun here. Go on with it by the same arguments: "
        "--articles 240 --comments 900 --seed 1 --until 2025-06-30. Or make one in an empty database."
    )


def test_a_newsroom_with_stories_is_left_alone_unless_told(capsys):
    own = stories.published("A story of the desk", tags=["harbour"])
    with pytest.raises(CommandError, match="This site has stories already") as refusal:
        call_command("make_archive", **ASKED)
    assert "--beside-others" in str(refusal.value)
    assert Article.objects.count() == 1
    call_command("make_archive", beside_others=True, **ASKED)
    assert Article.objects.count() == 241
    assert EditionTag.objects.filter(tag__name="harbour").exclude(edition=own).exists()
    capsys.readouterr()
    call_command("make_archive", **ASKED)
    assert capsys.readouterr().out == "The archive is all there. Nothing was written.\n"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"articles": 0}, "Give --articles a number from 1 to 100,000,000."),
        ({"comments": -1}, "Give --comments a number from 0 to 100,000,000."),
        ({"seed": -1}, "Give --seed a number from 0 to 100,000,000."),
        (
            {"until": dt.date(2025, 7, 2)},
            "Give --until a day that has come: what is in the archive has happened.",
        ),
    ],
)
def test_what_cannot_be_is_refused(asked, said):
    with pytest.raises(CommandError) as refusal:
        call_command("make_archive", **ASKED | asked)
    assert str(refusal.value) == said
    assert not Article.objects.exists()
