"""A change drops the pages that show it, and no others; what nobody dropped ends when it would be another page."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command

from articles import filings, publishing, times
from articles.models import Article, Coverage, Edition, Section, Tag
from articles.shown import EVERYTHING, changes, story
from articles.tag_merging import merge_tags
from articles.tests.stories import NOON, author, person, published, rewrite, section, source, write
from comments.models import Comment, Mode, Policy, Reason
from newsroom.drops import LEASE

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
NOW = NOON + HOUR

ALL = [
    "/", "/archive/", "/archive/2025/06/", "/archive/2025/05/", "/feed.xml", "/comments/feed.xml", "/search/?q=story",
    "/corrections/", "/tags/a/", "/tags/a/feed.xml", "/tags/b/", "/sections/world/", "/sections/europe/",
    "/authors/ana/", "/authors/ben/", "/about/", "/moderation/", "/nothing/", "/2025/06/09/one/",
    "/2025/06/09/one/comments/", "/2025/06/09/one/comments/feed.xml", "/2025/06/09/one/history/",
    "/2025/06/09/two/", "/2025/06/09/two/comments/", "/2025/06/09/draft/", "/news-sitemap.xml", "/sitemap.xml",
]  # fmt: skip
LISTS = {"/", "/archive/", "/archive/2025/06/", "/feed.xml", "/search/?q=story", "/news-sitemap.xml"}


@pytest.fixture
def clock(done):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(site, clock, done):
    """Two stories with tags, sections, authors and comments of their own, ten others from May, and a draft."""

    def prepared():
        for number in range(10):
            published(f"Old {number}", section=section("Asia"), at=NOON - 20 * DAY + number * HOUR)
        published("Story one", slug="one", tags=["a"], bylines=[author("Ana")], at=NOON)
        published(
            "Story two", slug="two", tags=["b"], section=section("Europe"), bylines=[author("Ben")],
            at=NOON + MINUTE,
        )  # fmt: skip
        write("Story of nobody", slug="draft", tags=["a"])
        for slug in ("one", "two"):
            Comment.objects.post(
                article=of(slug).article, name="Eve", email="", text=f"About {slug}", at=NOON
            )

    done(prepared)


def of(slug):
    return Edition.objects.live(at=NOW).get(path=f"/2025/06/09/{slug}/")


def dropped_by(site, done, verb, *args, **options):
    """Which of ALL are no longer answered from memory after that."""
    for address in ALL:
        site.get(address)
    kept = {address for address in ALL if site.keeps(address)}
    assert kept == set(ALL)
    done(verb, *args, **options)
    return {address for address in ALL if not site.keeps(address)}


def one():
    return of("one").article


def editor():
    return person("editor", "Editors")


def publish(**fields):
    publishing.publish(rewrite(one(), **fields), by=editor(), now=NOW)


def publish_draft():
    publishing.publish(Article.objects.get(slug="draft"), by=editor(), now=NOW)


def comment_of_two():
    return Comment.objects.get(text="About two")


OF_ONE = {path for path in ALL if path.startswith("/2025/06/09/one/")}
WITH_RAIL = {
    "/tags/a/", "/tags/b/", "/sections/world/", "/sections/europe/", "/authors/ana/", "/authors/ben/",
    "/nothing/", "/2025/06/09/two/",
}  # fmt: skip


def test_new_words_of_a_story_drop_the_pages_that_print_it(site, desk, done):
    dropped = dropped_by(site, done, publish, headline="Story one anew")
    assert dropped == {*OF_ONE, *LISTS, *WITH_RAIL, "/tags/a/feed.xml", "/2025/06/09/draft/"}


def test_a_draft_that_is_saved_drops_nothing(site, desk, done):
    assert not dropped_by(site, done, rewrite, one(), headline="Not to be read yet")


def test_a_plan_drops_nothing_and_ends_what_it_touches(site, desk, done, clock):
    article = rewrite(one(), headline="Story one tomorrow")
    planned = {"at": NOW + HOUR, "by": editor(), "now": NOW}
    assert not dropped_by(site, done, publishing.schedule, article, **planned)
    clock.move_to(NOW + HOUR - dt.timedelta(seconds=1))
    assert all(site.keeps(address) for address in ALL)
    clock.move_to(NOW + HOUR)
    ended = {address for address in ALL if not site.keeps(address)}
    assert ended >= {*OF_ONE, "/", "/tags/a/", "/feed.xml"}
    assert not ended & {"/archive/2025/05/", "/about/", "/comments/feed.xml", "/moderation/", "/corrections/"}


def test_a_comment_that_is_approved_drops_its_story_its_thread_and_the_counts(site, desk, done):
    dropped = dropped_by(site, done, lambda: comment_of_two().approve(by=person("moderator"), at=NOW))
    assert dropped == {"/", "/comments/feed.xml", "/2025/06/09/two/", "/2025/06/09/two/comments/"}


@pytest.mark.parametrize("verb", ["reject", "mark_spam", "erase"])
def test_a_comment_that_nobody_was_shown_drops_nothing(site, desk, done, verb):
    options = {"reason": Reason.OFF_TOPIC} if verb == "reject" else {}
    dropped = dropped_by(
        site, done, lambda: getattr(comment_of_two(), verb)(by=person("moderator"), at=NOW, **options)
    )
    assert not dropped


def test_a_story_that_goes_live_drops_the_404_of_its_address(site, desk, done):
    assert site.get("/2025/06/09/draft/").status == 404
    dropped = dropped_by(site, done, publish_draft)
    assert {"/2025/06/09/draft/", *LISTS, "/tags/a/"} <= dropped
    assert site.get("/2025/06/09/draft/").status == 200
    assert not dropped & {"/about/", "/archive/2025/05/", "/2025/06/09/two/comments/", "/moderation/"}


def test_a_merge_drops_the_pages_of_both_tags_and_the_stories_that_carry_them(site, desk, done):
    from_tag, into = (of(slug).tag_rows.get().tag for slug in ("one", "two"))
    dropped = dropped_by(site, done, merge_tags, into=into, others=[from_tag], by=editor(), now=NOW)
    assert {"/tags/a/", "/tags/b/", "/tags/a/feed.xml", "/2025/06/09/one/", "/2025/06/09/two/"} <= dropped
    assert not dropped & {"/about/", "/moderation/", "/2025/06/09/one/comments/", "/comments/feed.xml"}


def test_a_change_of_everything_drops_everything(site, desk, done):
    assert dropped_by(site, done, changes, EVERYTHING) == set(ALL)


def test_a_new_section_is_named_on_every_page(site, desk, done):
    dropped = dropped_by(site, done, Section.objects.create, name="Africa", slug="africa")
    assert "/about/" in dropped
    assert all("Africa" in site.get(address).text for address in ("/", "/about/", "/2025/06/09/one/"))


def test_an_old_story_that_comes_into_a_section_stands_on_the_front_page(site, clock, done):
    """It is none of the newest of the site, nor of the section that it leaves: no page has shown it before."""

    def prepared():
        published("Moving", slug="moving", section=section("World"), at=NOON - 90 * DAY)
        for number in range(60):
            published(f"Story {number}", section=section("World"), at=NOON - DAY + number * MINUTE)
        published("Quiet", section=section("Europe"), at=NOON - 100 * DAY)

    done(prepared)
    site.get("/")
    assert site.keeps("/")
    assert "Moving" not in site.get("/").text
    moving = Edition.objects.get(headline="Moving").article
    moving.section = section("Europe")
    done(lambda: publishing.publish(rewrite(moving), by=editor(), now=NOW))
    assert "Moving" in site.get("/").text
    assert site.get("/").text == site.fresh("/").text


def test_a_pause_that_ends_on_the_next_day_is_told_otherwise_from_midnight_on(site, desk, done, clock):
    until = dt.datetime(2025, 6, 10, 8, tzinfo=dt.UTC)
    done(lambda: Policy.objects.create(mode=Mode.OPEN, paused_until=until))
    path = "/2025/06/09/one/"
    assert "10 June" in site.get(path).text
    assert site.keeps(path)
    midnight = dt.datetime(2025, 6, 9, 22, tzinfo=dt.UTC)  # in Brussels
    clock.move_to(midnight - dt.timedelta(seconds=1))
    assert site.keeps(path)
    clock.move_to(midnight)
    assert site.get(path).text == site.fresh(path).text
    clock.move_to(until)
    assert site.get(path).text == site.fresh(path).text


def test_what_was_announced_and_rolled_back_is_kept_again_when_the_announcement_has_ended(
    site, board, desk, clock
):
    path = "/2025/06/09/one/"
    board.announce([story(one().pk)])
    assert not site.keeps(path)
    assert not site.keeps(path)
    clock.shift(LEASE + 1)
    site.get(path)
    site.get(path)
    assert site.keeps(path)


def test_a_coverage_that_is_renamed_drops_the_stories_that_it_holds(site, desk, done):
    coverage = done(Coverage.objects.create, name="The bridge", slug="bridge")
    article = one()
    article.coverage = coverage
    done(lambda: publishing.publish(rewrite(article), by=editor(), now=NOW))
    coverage.name = "The new bridge"
    dropped = dropped_by(site, done, coverage.save)
    assert "/2025/06/09/one/" in dropped
    assert "/about/" not in dropped
    assert "The new bridge" in site.get("/2025/06/09/one/").text


def test_an_archive_that_is_made_beside_stories_drops_every_page(site, desk, done):
    asked = {"articles": 20, "comments": 20, "until": dt.date(2025, 6, 8), "beside_others": True}
    assert dropped_by(site, done, call_command, "make_archive", **asked) == set(ALL)


def test_a_page_of_comments_that_was_asked_for_before_its_time_is_there_in_time(site, desk, done):
    """Else whoever asks for the numbers to come keeps readers from the pages that begin with them."""
    first = Comment.objects.get(text="About one")
    address = f"/2025/06/09/one/comments/?after={first.pk + 10}"
    assert site.get(address).status == 404

    def post():
        article = one()
        for number in range(12):
            options = {"name": "Eve", "email": "", "text": f"More {number}", "at": NOW + number * MINUTE}
            Comment.objects.post(article=article, **options)[0].approve(by=person("moderator"), at=NOW)

    done(post)
    assert Comment.objects.filter(pk=first.pk + 10).exists()
    assert site.get(address).text == site.fresh(address).text
    assert site.get(address).status == 200


def test_a_publisher_stands_in_the_sitemap_once(site, clock, done, monkeypatch):
    """With the first of its sources that a live story cites, however far from the others that is."""
    monkeypatch.setattr(filings, "RANGE", 1)
    first, second = (done(source, title, publisher="The city") for title in ("Report", "Letter"))
    article, other = done(write, "One"), done(lambda: write("Two", sources=[second]))
    sitemaps = [f"/sitemap-{number}.xml" for number in range(1, second.pk + 1)]
    done(publishing.publish, other, by=editor(), now=NOW)
    for cited in ([], [first], []):
        article.citations.all().delete()
        for row in cited:
            article.citations.create(source=row)
        clock.shift(60)
        done(lambda: publishing.publish(rewrite(article), by=editor(), now=times.now()))
        told = [site.get(address).text for address in sitemaps]
        assert told == [site.fresh(address).text for address in sitemaps]
        assert sum(text.count("/publishers/the-city/") for text in told) == 1


@pytest.mark.parametrize("query", ["tag=zebra", "section=africa", "language=de", "q=zebra"])
def test_a_search_by_what_is_unknown_is_right_once_it_is_known(site, desk, done, query):
    address = f"/search/?{query}"
    site.get(address)
    assert site.keeps(address)
    done(Tag.objects.create, name="zebra")
    assert site.get(address).text == site.fresh(address).text
    done(Section.objects.create, name="Africa", slug="africa")
    assert site.get(address).text == site.fresh(address).text
    done(lambda: publishing.publish(write("Zebra", tags=["zebra"], language="de"), by=editor(), now=NOW))
    assert site.get(address).text == site.fresh(address).text
