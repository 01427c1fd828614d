"""Whatever the desk, readers and time do in whatever order, a page from memory is the page as it would be made now."""

from contextlib import suppress
from difflib import unified_diff
from urllib.parse import quote

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import (
    Article,
    Author,
    Coverage,
    Edition,
    Image,
    Page,
    Pin,
    Rendition,
    Section,
    Source,
    Tag,
)
from articles.models.edition import Change
from articles.shown import changes, thread
from articles.tag_merging import merge_tags
from articles.tests.stories import NOON, author
from comments.models import AlreadyDecided, Comment, Mode, Policy
from newsroom.tests.cached_site import CachedSite
from newsroom.tests.test_the_record_holds import MINUTE, STORIES, TAGS, Desk
from newsroom.tests.test_the_record_holds import steps as steps_of_the_record

pytestmark = pytest.mark.django_db

story = st.integers(0, STORIES - 1)
minutes = st.integers(1, 12)
steps = st.one_of(
    *[steps_of_the_record] * 4,
    st.tuples(st.just("retag"), story, st.lists(st.sampled_from([*TAGS, "new"]), max_size=3, unique=True)),
    st.tuples(st.just("refile"), story, st.integers(0, 1)),
    st.tuples(
        st.just("rename"), st.sampled_from([Tag, Section, Author, Source, Coverage]), st.integers(0, 2)
    ),
    st.tuples(
        st.just("readdress"), st.sampled_from([Tag, Section, Author, Source, Coverage]), st.integers(0, 2)
    ),
    st.tuples(st.just("merge"), st.permutations(range(3))),
    st.tuples(st.just("rewrite_page")),
    st.tuples(st.just("end_rights"), minutes),
    st.tuples(st.just("say"), story),
    st.tuples(st.just("say"), story),
    st.tuples(
        st.just("decide"), st.sampled_from(["approve", "mark_spam", "keep", "feature", "erase", "undo"])
    ),
    st.tuples(st.just("pause"), st.sampled_from(["site", "section", "story"]), minutes),
    st.tuples(st.just("close"), story),
    st.tuples(st.just("pick"), story, story),
    st.tuples(st.just("shrink"), st.integers(1, 9)),
    st.tuples(st.just("say_alt")),
    st.tuples(st.just("open_section")),
    st.tuples(st.just("answer")),
    st.tuples(st.just("blank")),
    st.tuples(st.just("unpin")),
    st.tuples(st.just("resume")),
)


class BusyDesk(Desk):
    """A desk that also files anew, renames, merges, and has readers who comment."""

    def __init__(self, client, capture):
        super().__init__(client)
        self.capture = capture
        coverage = Coverage.objects.create(name="The bridge", slug="bridge")
        image = Image.objects.create(file=f"images/{'0' * 32}.jpg", width=800, height=600, alt="A bridge.")
        for number, article in enumerate(self.stories):
            article.coverage, article.image = (coverage, image) if number % 2 else (None, None)
            article.save()
            article.bylines.create(author=author("Ana"))

    def do(self, step):
        name, *rest = step
        self.now += MINUTE
        refused = (ValidationError, AlreadyDecided, ValueError, IntegrityError)
        moment, capture = time_machine.travel(self.now, tick=False), self.capture(execute=True)
        with moment, capture, suppress(*refused), transaction.atomic():
            getattr(self, name)(*rest)

    def retag(self, number, tags):
        article = self.article(number)
        article.tags.set(tags)
        article.stamp(by=self.editor, now=self.now)

    def refile(self, number, section):
        article = self.article(number)
        article.section = Section.objects.order_by("pk")[section]
        article.coverage = Coverage.objects.first() if section else None
        article.save()
        article.stamp(by=self.editor, now=self.now)

    def _record(self, model, number):
        rows = model.objects.order_by("pk")
        return rows[number % len(rows)]

    def rename(self, model, number):
        row = self._record(model, number)
        setattr(row, "title" if model is Source else "name", self.new_words())
        if model is Source:
            row.publisher = self.new_words()
        row.save()

    def readdress(self, model, number):
        row = self._record(model, number)
        row.slug = self.new_words().lower().replace(" ", "-")
        row.save()

    def merge(self, numbers):
        into, other = (self._record(Tag, number) for number in numbers[:2])
        merge_tags(into=into, others=[other], by=self.editor, now=self.now)

    def rewrite_page(self):
        page = Page.objects.get(slug="about")
        page.title = self.new_words()
        page.save()

    def end_rights(self, later):
        image = Image.objects.get()
        image.rights_until = self.now + later * MINUTE
        image.save()

    def say(self, number):
        words = self.new_words()
        Comment.objects.post(
            article=self.article(number),
            name=words,
            email=f"{self.words}@reader.example",
            text=words,
            at=self.now,
        )

    def decide(self, verb):
        comment = Comment.objects.order_by("-pk").first()
        if comment:
            getattr(comment, verb)(by=self.editor, at=self.now)

    def pause(self, place, later):
        edition = Edition.objects.live(at=self.now).first()
        if edition:
            scope = {"section": {"section": edition.section}, "story": {"article": edition.article}}.get(
                place, {}
            )
            policy, _ = Policy.objects.get_or_create(
                **({"section": None, "article": None, "coverage": None} | scope)
            )
            policy.paused_until, policy.mode = self.now + later * MINUTE, Mode.OPEN
            policy.close_after_days = later
            policy.save()

    def close(self, number):
        article = self.article(number)
        article.is_open_to_comments = not article.is_open_to_comments
        article.save()
        changes(thread(article.pk))  # as the story's form does

    def pick(self, number, other):
        article = self.article(number)
        article.related_picks.create(related=self.article(other))
        article.stamp(by=self.editor, now=self.now)

    def shrink(self, hundreds):
        image = Image.objects.get()
        Rendition.objects.create(
            image=image, format=Rendition.Format.JPEG, width=100 * hundreds, height=75 * hundreds,
            file=f"images/{hundreds:032}.jpg",
        )  # fmt: skip

    def say_alt(self):
        image = Image.objects.get()
        image.alt = image.credit = self.new_words()
        image.save()

    def open_section(self):
        words = self.new_words()
        Section.objects.create(name=words, slug=words.lower().replace(" ", "-"))

    def answer(self):
        comment = Comment.objects.public(at=self.now).order_by("-pk").first()
        if comment:
            Comment.objects.answer(comment, by=self.editor, text=self.new_words(), at=self.now)

    def blank(self):
        comment = Comment.objects.exclude(text="").order_by("-pk").first()
        if comment:
            comment.blank(by=self.editor, ranges=[(0, 5)], at=self.now)

    def unpin(self):
        pin = Pin.objects.order_by("pk").first()
        if pin:
            pin.delete()

    def resume(self):
        for policy in Policy.objects.all():
            policy.resume()

    def addresses(self):
        """Every address of the site that shows any of it, or may come to show it."""
        paths = set(Edition.objects.values_list("path", flat=True))
        below = ("", "history/", "history/1/", "history/1..2/", "comments/", "comments/feed.xml")
        filed = [
            f"/{kind}/{slug}/{feed}"
            for kind, model in (
                ("tags", Tag),
                ("sections", Section),
                ("authors", Author),
                ("coverage", Coverage),
            )
            for slug in {
                *model.objects.values_list("slug", flat=True),
                *(["mediation", "new"] if model is Tag else []),
            }
            for feed in ("", "feed.xml")
        ]
        sources = [f"/sources/{slug}/" for slug in Source.objects.values_list("slug", flat=True)]
        publishers = [
            f"/publishers/{slug}/" for slug in Source.objects.values_list("publisher_slug", flat=True) if slug
        ]
        return [
            "/", "/archive/", "/archive/2025/06/", "/archive/2025/07/", "/corrections/", "/corrections/2025/06/",
            "/feed.xml", "/corrections/feed.xml", "/comments/feed.xml", "/sitemap.xml", "/sitemap-0.xml",
            "/sitemap-1.xml", "/news-sitemap.xml", "/robots.txt", "/search/", "/search/?q=words",
            "/search/?tag=mediation", "/about/", "/moderation/", "/nothing/",
            *filed, *sources, *publishers, *(quote(path) + part for path in paths for part in below),
        ]  # fmt: skip


def difference(address, kept, fresh):
    return "\n".join([address, *unified_diff(kept.splitlines(), fresh.splitlines(), "kept", "fresh", n=0)])


def assert_memory_is_right(desk, site, *, one_in=1, step=0):
    """Asks for the pages, one in so many with each step, and once more without the cache for those it answered itself.

    The others were made just now. A page that should have been dropped with an earlier step is still found out.
    """
    with time_machine.travel(desk.now, tick=False):
        for address in sorted(desk.addresses())[step % one_in :: one_in]:
            before = site.rendered
            got = site.get(address)
            if site.rendered > before:
                continue
            fresh = site.fresh(address)
            assert got.status == fresh.status, address
            assert got.text == fresh.text, difference(address, got.text, fresh.text)
            assert got.headers == fresh.headers, address


@given(st.lists(steps, min_size=6, max_size=16))
@settings(
    max_examples=max(settings().max_examples // 25, 1),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_page_from_memory_is_the_page_as_it_would_be_made_now(
    client, board, django_capture_on_commit_callbacks, steps_taken
):
    site = CachedSite(board)
    with transaction.atomic():
        desk = BusyDesk(client, django_capture_on_commit_callbacks)
        begin = [("publish", number, Change.UPDATE) for number in range(3)]
        for number, step in enumerate([*begin, *steps_taken]):
            desk.do(step)
            assert_memory_is_right(desk, site, one_in=3, step=number)
        assert site.cache.hits > site.cache.misses / 8
        transaction.set_rollback(True)


def test_everything_that_happens_once_is_seen_at_once(client, site, django_capture_on_commit_callbacks):
    """Every step, whatever the random sequences happen to hold, and each moment at which something comes by itself."""
    desk, taken = BusyDesk(client, django_capture_on_commit_callbacks), []
    for step in [
        ("publish", 0, Change.UPDATE), ("publish", 1, Change.UPDATE), ("say", 1), ("decide", "approve"),
        ("edit", 1), ("publish", 1, Change.CORRECTION), ("schedule", 2, 5), ("wait", 3), ("wait", 3),
        ("rename", Tag, 0), ("rename", Section, 0), ("rename", Source, 0), ("rename", Author, 0),
        ("rename", Coverage, 0), ("readdress", Tag, 1), ("merge", [0, 1]),
        ("pin", 1, "lead", 5), ("wait", 6), ("end_rights", 5), ("wait", 6), ("pause", "site", 5), ("wait", 6),
        ("close", 1), ("rewrite_page",), ("decide", "feature"), ("decide", "erase"), ("move", 1),
        ("publish", 1, Change.UPDATE), ("redact", 1, 1), ("schedule", 3, 20), ("wait", 2), ("cancel", 3),
        ("retag", 0, ["new"]), ("publish", 0, Change.UPDATE), ("refile", 1, 0), ("publish", 1, Change.UPDATE),
        ("pick", 0, 3), ("publish", 0, Change.UPDATE), ("publish", 3, Change.UPDATE), ("shrink", 3), ("say_alt",),
        ("open_section",), ("say", 0), ("decide", "approve"), ("answer",), ("blank",), ("pin", 0, "pinned", 9),
        ("unpin",), ("pause", "story", 9), ("resume",),
        ("withdraw", 1), ("publish", 1, Change.UPDATE), ("wait", 60 * 48 + 1), ("wait", 1),
    ]:  # fmt: skip
        taken.append(step)
        desk.do(step)
        assert_memory_is_right(desk, site, one_in=2, step=len(taken))
    assert Article.objects.filter(editions__live_until=None).count() >= 3
    assert desk.now > NOON
