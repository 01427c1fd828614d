"""The site as it was: what it shows is what was served, less what was since withdrawn or redacted."""

import datetime as dt
import random
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from articles import publishing, workflow
from articles.models import Article, Autosave, Coverage, DeskNote, Edition, Pin
from articles.models.article import State
from articles.models.edition import Change
from articles.publishing import Corrected
from articles.tests import stories
from articles.workflow import Verb
from newsroom.tests.public_addresses import ADDRESSES, comment, plant

pytestmark = pytest.mark.django_db

NOON, MINUTE = stories.NOON, dt.timedelta(minutes=1)
WORD = "secretword"
# Where stories stand on a page, in its order: their headlines, in the words that were served.
HEADLINES = "//main//*[self::h2 or self::h3 or self::li]/a[contains(@href, '/2025/')]"


def local(moment):
    return moment.astimezone(dt.timezone(dt.timedelta(hours=2))).strftime("%Y-%m-%dT%H:%M:%S")


def get(client, address, *, at):
    with time_machine.travel(at, tick=False):
        return client.get(address)


# --- as it was served


class Desk:
    """A desk that does one thing a minute, picked by chance, and a reader who keeps what is served after it."""

    def __init__(self, client, seed):
        self.client, self.chance = client, random.Random(seed)
        self.editor = stories.person("editor", "Editors")
        self.coverage = Coverage.objects.create(name="Bridges", slug="bridges")
        self.sections = [stories.section(name, position=n) for n, name in enumerate(["World", "Europe"])]
        self.articles, self.served, self.now = [], {}, NOON

    def work(self, steps):
        moves = {
            self.publish: 3, self.update: 2, self.correct: 1, self.withdraw: 1, self.pin: 1, self.redact: 1
        }  # fmt: skip
        for move in self.chance.choices(list(moves), weights=moves.values(), k=steps):
            self.now += MINUTE
            move()
            self.served[self.now] = self.read(self.now)

    def some(self, *states):
        found = Article.objects.with_state(at=self.now).filter(state__in=states).order_by("pk")
        return self.chance.choice(found) if found else None

    def publish(self):
        number = len(self.articles)
        article = stories.write(
            f"Story {number} v1", slug=f"story-{number}", by=self.editor, section=self.chance.choice(self.sections),
            body=f"<p>Words of story {number}, version 1, which go on for more than forty characters.</p>",
            tags=self.chance.sample(["arch", "beam", "cable"], k=self.chance.randint(0, 2)),
            coverage=self.chance.choice([None, None, self.coverage]),
            sources=[stories.source("Report")] if self.chance.random() < 0.3 else [],
            related=self.chance.sample(self.articles, k=min(len(self.articles), self.chance.randint(0, 2))),
        )  # fmt: skip
        self.articles.append(article)
        publishing.publish(article, by=self.editor, now=self.now)

    def update(self, change=Change.UPDATE, correction=None):
        article = self.some(State.LIVE, State.WITHDRAWN)
        if article:
            version = article.editions.count() + 1
            number = article.editions.get(number=1).path.split("-")[-1].strip("/")
            stories.rewrite(
                article, headline=f"Story {number} v{version}", by=self.editor,
                body=f"<p>Words of story {number}, version {version}, which go on for more than forty characters.</p>",
            )  # fmt: skip
            change = change if article.state == State.LIVE else Change.UPDATE
            correction = correction if change == Change.CORRECTION else None
            publishing.publish(article, by=self.editor, change=change, correction=correction, now=self.now)

    def correct(self):
        words = f"{len(self.served)}"
        self.update(Change.CORRECTION, Corrected(was=f"Was {words}", now=f"Is {words}"))

    def withdraw(self):
        if article := self.some(State.LIVE):
            publishing.withdraw(article, by=self.editor, reason="A doubt.", now=self.now)

    def pin(self):
        if article := self.some(State.LIVE, State.WITHDRAWN):
            until = self.now + self.chance.choice([3, 9]) * MINUTE
            place = self.chance.choice(Pin.Place.values)
            Pin.objects.create(article=article, place=place, pinned_from=self.now, pinned_until=until)

    def redact(self):
        past = Edition.objects.filter(live_until__lte=self.now, redacted_at=None).order_by("pk")
        if past:
            edition = self.chance.choice(past)
            Edition.objects.filter(pk=edition.pk).redact(by=self.editor, at=self.now)

    def read(self, at):
        """{path: (headlines in order, words)} of the front page and a live story, as served at that moment."""
        paths = list(Edition.objects.live(at=at).order_by("pk").values_list("path", flat=True))
        shown = self.chance.sample(paths, k=min(len(paths), 1))
        return {path: told(get(self.client, path, at=at)) for path in ["/", *shown]}

    def gone(self):
        """The headlines that readers may see no more."""
        kept = (
            Edition.objects.once_live(at=self.now).filter(redacted_at=None).values_list("headline", flat=True)
        )
        known = {h for pages in self.served.values() for headlines, _ in pages.values() for h in headlines}
        return known - set(kept)


def told(response):
    """(headlines, words) of a page: those of the stories on it in their order, and what it says of the one read."""
    tree = html.document_fromstring(response.content.decode())
    own = tree.xpath("//h1[not(@class)]")
    headlines = [node.text_content() for node in [*own, *tree.xpath(HEADLINES)]]
    words = [
        node.text_content() for node in tree.xpath("//div[@class='prose'] | //section[@id='corrections']//dd")
    ]
    return headlines, words


@pytest.mark.parametrize("seed", range(3))
def test_a_past_page_shows_what_was_served_less_what_is_gone(client, seed):
    desk = Desk(client, seed)
    desk.work(18)
    later, gone = desk.now + MINUTE, desk.gone()
    for moment, pages in desk.served.items():
        for path, (headlines, words) in pages.items():
            response = get(client, f"{path}?at={local(moment)}", at=later)
            kept = [headline for headline in headlines if headline not in gone]
            if path == "/":
                assert response.status_code == (200 if kept else 404)
            else:
                assert response.status_code == (410 if headlines[0] in gone else 200)
            if response.status_code == 200:
                assert told(response) == (kept, words), (path, local(moment))


# --- what is found at no moment


MOMENTS = [NOON - MINUTE, NOON, NOON + 5 * MINUTE, NOON + 20 * MINUTE, NOON + 60 * MINUTE]
NOW = NOON + 60 * MINUTE


def hide(kind, editor):
    """Plants the word so that readers may not see it, or no longer; returns the story's path."""
    if kind == "withdrawn":
        return plant(WORD, live_from=NOON, withdrawn_at=NOON + 10 * MINUTE).path
    if kind == "scheduled":
        return plant(WORD, live_from=NOW + MINUTE, made_at=NOON).path
    story = plant(WORD, live_from=NOON, is_published=kind == "redacted")
    article = story.article
    if kind == "review":
        workflow.move(article, Verb.SUBMIT, by=editor, now=NOON)
    elif kind == "embargoed":
        Article.objects.filter(pk=article.pk).update(embargo_until=NOW + MINUTE)
    elif kind == "redacted":
        article.tags.clear()
        article.bylines.all().delete()
        article.citations.all().delete()
        stories.rewrite(article, headline="Other", standfirst="", body="<p>Other.</p>", coverage=None)
        publishing.publish(article, by=editor, now=NOON + 10 * MINUTE)
        Edition.objects.filter(article=article, number=1).redact(by=editor, at=NOON + 10 * MINUTE)
    return story.path


@pytest.mark.parametrize("kind", ["draft", "review", "embargoed", "scheduled", "withdrawn", "redacted"])
def test_words_that_readers_may_not_see_are_found_at_no_moment(client, editor, kind):
    plant("anchorword", live_from=NOON)
    path = hide(kind, editor)
    for at in MOMENTS:
        for address in ("/", "/2025/06/09/slug-anchorword/", path):
            response = get(client, f"{address}?at={local(at)}", at=NOW)
            assert response.status_code in (200, 404, 410)
            # A page may name its own address, and the search box of the one 404 repeats its words.
            page = re.sub(r'value="[^"]*"', "", response.content.decode()).replace(path, "")
            assert WORD not in page, (address, local(at))


@pytest.mark.parametrize("where", ["note", "autosave", "rewritten"])
def test_what_the_desk_keeps_beside_a_story_is_found_at_no_moment(client, editor, where):
    story = plant("anchorword", live_from=NOON)
    if where == "note":
        DeskNote.objects.create(article=story.article, text=WORD, by=editor)
    elif where == "autosave":
        fields = {"headline": [WORD]}
        Autosave.objects.create(article=story.article, user=editor, fields=fields, saved_at=NOON)
    else:
        stories.rewrite(story.article, headline=WORD, standfirst=WORD, body=f"<p>{WORD}</p>")
        story.article.tags.set([WORD])
    for at in MOMENTS:
        for address in ("/", story.path):
            assert WORD not in get(client, f"{address}?at={local(at)}", at=NOW).content.decode()


@pytest.mark.parametrize("name", ["articles:front", "articles:detail"])
def test_comments_are_left_out_of_the_past(client, name):
    story = plant("anchorword", live_from=NOON)
    comment(story.article, "saidword", at=NOON)
    address = ADDRESSES[name](story)
    assert "comment" in get(client, address, at=NOW).content.decode()
    with CaptureQueriesContext(connection) as queries:
        page = get(client, f"{address}?at={local(NOON)}", at=NOW).content.decode()
    main = html.document_fromstring(page).xpath("//main")[0].text_content().lower()
    assert "comment" not in main.replace("comment anchorword", "")
    assert "saidword" not in page
    assert not any("comments_comment" in query["sql"] for query in queries)
    assert len(queries) <= 6


@pytest.mark.parametrize("name", ["articles:front", "articles:detail"])
def test_the_past_is_the_same_for_everybody(client, editor, name):
    story = plant("anchorword", live_from=NOON)
    address = f"{ADDRESSES[name](story)}?at={local(NOON)}"
    signed_out = get(client, address, at=NOW)
    client.force_login(editor)
    assert get(client, address, at=NOW).content == signed_out.content
    assert not signed_out.cookies
    assert "csrf" not in signed_out.content.decode().lower()


@pytest.mark.parametrize("name", ["articles:section", "articles:tag", "articles:archive", "articles:search"])
def test_a_page_without_a_past_is_the_same_with_a_moment_and_without(client, name):
    address = ADDRESSES[name](plant("anchorword", live_from=NOON))
    joint = "&" if "?" in address else "?"
    with_moment = get(client, f"{address}{joint}at={local(NOON)}", at=NOW)
    assert with_moment.content == get(client, address, at=NOW).content
