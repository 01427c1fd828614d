"""Whatever readers, moderators and rules do in whatever order, the conversation holds.

The count of comments is the same in heading, lists, feed and structured data as on all pages of the thread; nothing
that is not approved is public, nor anything blanked; every change has its line in the log, and the log leads to what
there is; the desk's kept counts are what a count gives, and where all stories are live, what their threads print.
"""

import json
import re
from collections import Counter
from contextlib import suppress
from unittest import mock

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from articles import publishing
from articles.models import Article, Edition
from articles.models.edition import Change
from articles.tests.stories import NOON, person, published, rewrite
from comments import threads
from comments.models import (
    QUEUES,
    AlreadyDecided,
    Comment,
    Effect,
    PersonRule,
    QueueTally,
    Reason,
    Status,
    Trait,
    replay,
)
from comments.tests.replies import MINUTE, typed

pytestmark = pytest.mark.django_db

STORIES = 2
PEOPLE = ["ana", "ben", "cleo"]
NETWORKS = [f"203.0.{n}.7" for n in range(4)]
PAGE_SIZE = 3  # of a thread, so that a few comments already fill some pages
ATOM = {"a": "http://www.w3.org/2005/Atom"}

story, person_name, network = st.integers(0, STORIES - 1), st.sampled_from(PEOPLE), st.sampled_from(NETWORKS)
which = st.integers(0, 11)
moderator = st.sampled_from(["mo", "mia"])
steps = st.one_of(
    *[st.tuples(st.just("post"), story, person_name, network, which)] * 3,
    *[
        st.tuples(st.just(verb), which, moderator)
        for verb in ("approve", "approve", "approve", "spam", "keep")
    ],
    st.tuples(st.just("reject"), which, moderator, st.sampled_from(Reason.values)),
    *[st.tuples(st.just(verb), which, moderator) for verb in ("undo", "undo", "feature", "blank", "erase")],
    *[st.tuples(st.just("report"), which, network)] * 2,
    st.tuples(st.just("withdraw"), which),
    st.tuples(st.just("answer"), which, moderator),
    st.tuples(st.just("ban"), which, moderator, st.sampled_from(Trait.values)),
    st.tuples(st.just("publish_story"), story),
    st.tuples(st.just("withdraw_story"), story),
)


class Conversation:
    """Two stories, three readers on four networks, two moderators, and a clock of a minute a step."""

    def __init__(self, client):
        self.client, self.now, self.words = client, NOON, 0
        self.stories = [published(f"Story {number}", at=NOON).article_id for number in range(STORIES)]
        self.moderators = {name: person(name, "Moderators") for name in ("mo", "mia")}
        self.secrets = {}  # comment's number: words of it that somebody has blanked

    def do(self, step):
        """Carries a step out at the next minute. What is refused changes nothing."""
        name, *rest = step
        self.now += MINUTE
        with suppress(AlreadyDecided), transaction.atomic():
            getattr(self, name)(*rest)

    def comment(self, number):
        """One of the newest comments; AlreadyDecided where there is none at all."""
        found = Comment.objects.order_by("-pk")[:12]
        if not found:
            raise AlreadyDecided("Nobody has said anything yet.")
        return found[number % len(found)]

    def edition(self, number):
        return Edition.objects.live(at=self.now).filter(article=self.stories[number]).first()

    def post(self, number, name, address, parent):
        edition = self.edition(number)
        if edition is None:
            return
        shown = list(Comment.objects.public(at=self.now).filter(article=edition.article_id))
        self.words += 1
        sent = typed(
            name=name.title(), email=f"{name}@example.com", text=f"Remark {self.words:03} says: bar{self.words:03}",
            to=shown[parent % len(shown)].pk if shown and parent % 2 else "",
        )  # fmt: skip
        with time_machine.travel(self.now, tick=False):
            response = self.client.post(f"{edition.path}reply/", sent, REMOTE_ADDR=address)
        assert response.status_code == 303, response.text

    def approve(self, number, by):
        self.comment(number).approve(by=self.moderators[by], at=self.now)

    def spam(self, number, by):
        self.comment(number).mark_spam(by=self.moderators[by], at=self.now)

    def keep(self, number, by):
        self.comment(number).keep(by=self.moderators[by], at=self.now)

    def reject(self, number, by, reason):
        own = "It is not kind." if reason == Reason.OTHER else ""
        self.comment(number).reject(by=self.moderators[by], reason=reason, reason_text=own, at=self.now)

    def undo(self, number, by):
        self.comment(number).undo(by=self.moderators[by], at=self.now)

    def feature(self, number, by):
        self.comment(number).feature(by=self.moderators[by], at=self.now)

    def blank(self, number, by):
        comment = self.comment(number)
        found = re.search(r"bar\d+", comment.text)
        if found:
            comment.blank(by=self.moderators[by], ranges=[found.span()], at=self.now)

    def erase(self, number, by):
        self.comment(number).erase(by=self.moderators[by], at=self.now)

    def report(self, number, address):
        self.comment(number).report(network=address, reason=Reason.ABUSE, limit=2, at=self.now)

    def withdraw(self, number):
        self.comment(number).withdraw(at=self.now)

    def answer(self, number, by):
        self.words += 1
        text = f"Remark {self.words:03}, by the desk"
        Comment.objects.answer(self.comment(number), by=self.moderators[by], text=text, at=self.now)

    def ban(self, number, by, trait):
        with suppress(ValueError):  # of what is gone, or came without an address
            PersonRule.objects.make(
                self.comment(number), effect=Effect.BAN, trait=trait, by=self.moderators[by], at=self.now
            )

    def publish_story(self, number):
        self.words += 1
        article = rewrite(
            Article.objects.get(pk=self.stories[number]), headline=f"Story, version {self.words}"
        )
        publishing.publish(article, by=person("editor", "Editors"), change=Change.UPDATE, now=self.now)

    def withdraw_story(self, number):
        if self.edition(number):
            article = Article.objects.get(pk=self.stories[number])
            publishing.withdraw(article, by=person("editor", "Editors"), reason="A doubt.", now=self.now)

    def get(self, address, *, status=200):
        with time_machine.travel(self.now, tick=False):
            response = self.client.get(address)
        assert response.status_code == status, (address, response.status_code)
        return response


def remarks(page):
    """The numbers of the remarks that a page prints as comments."""
    texts = html.document_fromstring(page.text).xpath(
        "//ol[contains(@class, 'thread')]//*[@class='comment-text']"
    )
    return [int(re.search(r"Remark (\d+)", text.text_content())[1]) for text in texts]


def thread_pages(talk, path):
    """All pages of a thread, in the order in which they are read."""
    address, pages = f"{path}comments/", []
    while address:
        pages.append(talk.get(address))
        following = html.document_fromstring(pages[-1].text).xpath("//a[@rel='next']/@href")
        address = following[0] if following else None
    return pages


def counted_in(page):
    """(the count in the thread's heading, the count in the structured data)."""
    document = html.document_fromstring(page.text)
    heading = re.match(r"\d+", document.xpath("//h2[@id='comments-title']")[0].text_content())
    data = json.loads(document.xpath("//script[@type='application/ld+json']")[0].text)
    return int(heading[0]) if heading else 0, data["commentCount"]


def counted_on_front(page, path):
    links = html.document_fromstring(page.text).xpath(f"//p[@class='meta']/a[@href='{path}#comments']")
    return int(links[0].text.split()[0]) if links else 0


def assert_readers_see_what_is_approved(talk):
    front, feed = talk.get("/"), talk.get("/comments/feed.xml")
    pages, approved, rendered = [front, feed], Counter(), 0
    for number in range(STORIES):
        expected = {
            int(text[7:10]) for text in Comment.objects.filter(
                article=talk.stories[number], status=Status.APPROVED
            ).values_list("text", flat=True)
        }  # fmt: skip
        edition = talk.edition(number)
        if edition is None:
            continue
        page, thread = talk.get(edition.path), thread_pages(talk, edition.path)
        story_feed = talk.get(f"{edition.path}comments/feed.xml")
        pages += [page, *thread, story_feed]
        read = [remark for part in thread for remark in remarks(part)]
        assert sorted(read) == sorted(expected)
        rendered += len(read)
        assert counted_in(page) == (len(read), len(read))
        assert counted_on_front(front, edition.path) == len(read)
        assert len(etree.fromstring(story_feed.content).xpath("//a:entry", namespaces=ATOM)) == len(read)
        approved.update(expected)
    entries = etree.fromstring(feed.content).xpath("//a:entry", namespaces=ATOM)
    assert len(entries) == approved.total()
    if all(talk.edition(number) for number in range(STORIES)):
        assert QueueTally.objects.counts()["approved"] == rendered
    assert_nothing_else_is_public(pages, approved)


def assert_nothing_else_is_public(pages, approved):
    everything = "".join(page.text for page in pages)
    assert {int(number) for number in re.findall(r"Remark (\d+)", everything)} <= set(approved)
    for comment in Comment.objects.exclude(blanks=[]):
        ((start, end),) = comment.blanks
        assert comment.text[start:end] not in everything
    assert "@example.com" not in everything


def assert_the_log_tells_everything():
    counts = Counter()
    for comment in Comment.objects.prefetch_related("decisions", "flags"):
        lines = sorted(comment.decisions.all(), key=lambda line: line.number)
        assert [line.number for line in lines] == list(range(1, comment.decision_count + 1))
        assert replay(lines) == comment.state
        assert bool(comment.text) == (comment.status not in (Status.WITHDRAWN, Status.ERASED))
        open_flags = sum(flag.answered_by_id is None for flag in comment.flags.all())
        assert comment.open_flag_count == open_flags
        assert not (comment.is_kept and open_flags)
        counts[comment.status] += 1
        counts["reported"] += bool(open_flags) and comment.status in (Status.PENDING, Status.APPROVED)
    assert QueueTally.objects.counts() == {queue: counts[queue] for queue in QUEUES}


@given(st.lists(steps, min_size=8, max_size=24))
@settings(
    max_examples=max(settings().max_examples // 5, 1),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_conversation_holds(client, steps_taken):
    with transaction.atomic(), mock.patch.object(threads, "PAGE_SIZE", PAGE_SIZE):
        talk = Conversation(client)
        begin = [("post", 0, "ana", NETWORKS[0], 0), ("approve", 0, "mo"), ("post", 0, "ben", NETWORKS[1], 1)]
        for number, step in enumerate([*begin, *steps_taken]):
            talk.do(step)
            assert_the_log_tells_everything()
            if number % 6 == 5:
                assert_readers_see_what_is_approved(talk)
        assert_readers_see_what_is_approved(talk)
        transaction.set_rollback(True)


def test_a_conversation_in_which_everything_happens_once(client):
    """Every verb, whatever the random sequences happen to hold; each leaves its line."""
    talk = Conversation(client)
    for step in [
        *[("post", 0, name, NETWORKS[0], 0) for name in PEOPLE], *[("approve", n, "mo") for n in range(3)],
        ("feature", 0, "mia"), ("answer", 1, "mo"), ("blank", 3, "mo"), ("report", 1, NETWORKS[1]),
        ("report", 1, NETWORKS[2]), ("keep", 1, "mia"), ("reject", 0, "mia", Reason.ABUSE), ("undo", 0, "mia"),
        ("withdraw", 2), ("ban", 1, "mo", Trait.NETWORK), ("post", 0, "ana", NETWORKS[0], 0), ("erase", 1, "mo"),
        ("withdraw_story", 0), ("post", 1, "cleo", NETWORKS[3], 0), ("spam", 0, "mo"),
        ("publish_story", 0),
    ]:  # fmt: skip
        talk.do(step)
        assert_the_log_tells_everything()
        assert_readers_see_what_is_approved(talk)
    done = {line.action for comment in Comment.objects.all() for line in comment.decisions.all()}
    assert done >= {
        "approved", "featured", "blanked", "held", "kept", "rejected", "undone", "withdrawn", "spam", "erased",
    }  # fmt: skip
