"""Whatever the desk does in whatever order, the record holds.

Live editions of a story never overlap, the public page is the edition of its moment, and the site as it was
shows what was served then: the same stories in the same order with the same words, less what has been
withdrawn or redacted since.
"""

import datetime as dt
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import unquote, urlsplit

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from articles import publishing, versions
from articles.models import Article, Edition, Pin
from articles.models.edition import Change
from articles.tests.reading import texts
from articles.tests.stories import NOON, person, section, source, write

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
STORIES = 4
TAGS = ["china", "mediation", "trade"]

story = st.integers(0, STORIES - 1)
minutes = st.integers(1, 12)
steps = st.one_of(
    st.tuples(st.just("edit"), story),
    st.tuples(st.just("publish"), story, st.sampled_from([Change.MINOR, Change.UPDATE, Change.CORRECTION])),
    st.tuples(st.just("publish"), story, st.just(Change.UPDATE)),
    st.tuples(st.just("schedule"), story, minutes),
    st.tuples(st.just("cancel"), story),
    st.tuples(st.just("withdraw"), story),
    st.tuples(st.just("redact"), story, st.integers(1, 3)),
    st.tuples(st.just("bring_back"), story, st.integers(1, 3)),
    st.tuples(st.just("move"), story),
    st.tuples(st.just("pin"), story, st.sampled_from(Pin.Place.values), minutes),
    st.tuples(st.just("wait"), minutes),
)


@dataclass
class Served:
    """What readers were served at a moment: the front page's stories, and the words of each story's page."""

    at: dt.datetime
    front: list
    stories: dict = field(default_factory=dict)


class Desk:
    """A desk of one editor with a few stories and a clock that goes on by a minute with every step."""

    def __init__(self, client):
        self.client, self.now, self.words = client, NOON, 0
        self.editor = person("editor", "Editors")
        record = source("Report")
        self.stories = [
            write(
                self.new_words(), body=f"<p>{self.new_words()}<sup data-cite=\"s1\"></sup></p>",
                tags=TAGS[n % 2 :][:2], sources=[record], section=section(["World", "Europe"][n % 2]),
            )
            for n in range(STORIES)
        ]  # fmt: skip
        self.stories[0].related_picks.create(related=self.stories[1])

    def new_words(self):
        """Words that no other edition has, so that each can be found by them."""
        self.words += 1
        return f"Words {self.words:03}"

    def do(self, step):
        """Carries a step out at the next minute. What the desk is refused changes nothing."""
        name, *rest = step
        self.now += MINUTE
        try:
            with transaction.atomic():
                getattr(self, name)(*rest)
        except ValidationError:
            pass

    def article(self, number):
        return Article.objects.get(pk=self.stories[number].pk)

    def edit(self, number):
        article = self.article(number)
        article.headline, article.standfirst = self.new_words(), self.new_words()
        article.save()
        article.stamp(by=self.editor, now=self.now)

    def publish(self, number, change):
        correction = publishing.Corrected(was=self.new_words(), now=self.new_words())
        publishing.publish(
            self.article(number), by=self.editor, change=change, now=self.now,
            correction=correction if change == Change.CORRECTION else None,
        )  # fmt: skip

    def schedule(self, number, later):
        publishing.schedule(self.article(number), at=self.now + later * MINUTE, by=self.editor, now=self.now)

    def cancel(self, number):
        publishing.cancel_schedule(self.article(number), by=self.editor, now=self.now)

    def withdraw(self, number):
        publishing.withdraw(self.article(number), by=self.editor, reason="Taken back.", now=self.now)

    def redact(self, number, version):
        versions.redact(self.article(number), number=version, by=self.editor, reason="A name.", now=self.now)

    def bring_back(self, number, version):
        versions.bring_back(self.article(number), number=version, by=self.editor, now=self.now)

    def move(self, number):
        """The story goes to another address with its next edition."""
        article = self.article(number)
        article.slug = self.new_words().lower().replace(" ", "-")
        article.save()
        article.stamp(by=self.editor, now=self.now)

    def pin(self, number, place, length):
        article, until = self.article(number), self.now + length * MINUTE
        Pin.objects.create(article=article, place=place, pinned_from=self.now, pinned_until=until)

    def wait(self, length):
        self.now += length * MINUTE

    def page(self, address, *, status=200):
        with time_machine.travel(self.now, tick=False):
            response = self.client.get(address)
        assert response.status_code == status, (address, response.status_code)
        return html.document_fromstring(response.content.decode())

    def served(self):
        """What readers are served now."""
        found = Served(self.now, stories_of(self.page("/")))
        for edition in Edition.objects.live(at=self.now):
            found.stories[edition.article_id] = (edition.path, words_of(self.page(edition.path)))
        return found


def stories_of(page):
    """[(path, headline)] of all links to stories on a page, in its order."""
    links = page.xpath("//main//a[starts-with(@href, '/2')]")
    paths = [unquote(urlsplit(link.get("href")).path) for link in links]
    return [
        (path, text)
        for path, text in zip(paths, texts(page, "//main//a[starts-with(@href, '/2')]"), strict=True)
        if text.startswith("Words")
    ]


def words_of(page):
    """The words of a story's page: headline, standfirst, body, sources, corrections, and the stories beside it."""
    head = texts(
        page, "//header[@class='article-head']/h1 | //p[@class='standfirst'] | //div[@class='prose']"
    )
    sources = texts(page, "//section[contains(@class, 'sources')]//cite")
    corrections = texts(page, "//section[@id='corrections']//dd")
    return head, sources, corrections, stories_of(page)


def readable_words(at):
    """The headlines of all editions that may still be read at that moment."""
    editions = Edition.objects.once_live(at=at).filter(redacted_at=None)
    return set(editions.values_list("headline", flat=True))


def assert_editions_do_not_overlap(now):
    for article in Article.objects.all():
        spans = list(article.editions.order_by("live_from").values_list("live_from", "live_until"))
        assert all(until and until <= begin for (_, until), (begin, _) in pairwise(spans)), spans
        assert article.editions.live(at=now).count() <= 1
        assert article.editions.filter(live_from__gt=now).count() <= 1


def assert_pages_are_the_editions_of_now(desk, served):
    for edition in Edition.objects.live(at=desk.now):
        _path, (head, *_) = served.stories[edition.article_id]
        assert head[0] == edition.headline


def assert_the_past_is_as_it_was(desk, served):
    """The pages of that moment, asked for now, less what may no longer be read."""
    at, readable = f"?at={served.at:%Y-%m-%dT%H:%MZ}", readable_words(desk.now)
    expected = [link for link in served.front if link[1] in readable]
    page = desk.page(f"/{at}", status=200 if expected else 404)
    assert not expected or stories_of(page) == expected
    live_now = set(Edition.objects.live(at=desk.now).values_list("article_id", flat=True))
    for article_id, (path, (head, sources, corrections, beside)) in served.stories.items():
        if article_id in live_now and head[0] in readable:
            expected = (head, sources, corrections, [link for link in beside if link[1] in readable])
            assert words_of(desk.page(f"{path}{at}")) == expected
        elif article_id in live_now:
            desk.page(f"{path}{at}", status=410)


@given(st.lists(steps, min_size=4, max_size=12))
@settings(
    max_examples=max(settings().max_examples // 8, 1),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_record_holds(client, steps_taken):
    with transaction.atomic():
        desk = Desk(client)
        moments = []
        for step in [("publish", 0, Change.UPDATE), ("publish", 1, Change.UPDATE), *steps_taken]:
            desk.do(step)
            assert_editions_do_not_overlap(desk.now)
            served = desk.served()
            assert_pages_are_the_editions_of_now(desk, served)
            moments.append(served)
        desk.wait(1)
        for served in moments:
            assert_the_past_is_as_it_was(desk, served)
        transaction.set_rollback(True)


def test_a_correction_published_before_a_planned_update_still_stands_when_the_update_was_due(client):
    """At 06:50 an error is corrected; an update had been planned for 07:00. At 07:00 the correction stands."""
    desk = Desk(client)
    desk.do(("publish", 2, Change.UPDATE))
    desk.do(("edit", 2))
    desk.do(("schedule", 2, 11))
    due_at = desk.now + 11 * MINUTE
    desk.do(("edit", 2))
    desk.do(("publish", 2, Change.CORRECTION))
    corrected = desk.article(2).editions.live(at=desk.now).get()
    desk.now = due_at
    page = desk.page(corrected.path)
    assert texts(page, "//h1") == [corrected.headline]
    assert texts(page, "//section[@id='corrections']//dd") == [
        corrected.corrections.get().was,
        corrected.corrections.get().now,
    ]
    assert not desk.article(2).editions.filter(live_from__gte=due_at).exists()
