"""While desks publish, plan, withdraw, merge and approve, every answer is the page of a moment meanwhile.

A server as it is shipped, desks and readers, each in processes or threads of their own and with nothing but the
clock and the database in common. What is asked for is in histories.py.
"""

import datetime as dt
import gzip
import json
import os
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import brotli
import pytest
from django.db import connection
from django.utils import timezone

from articles import publishing
from articles.tests.stories import person, rewrite, write
from newsroom import launcher
from newsroom.tests.busy_desk import desks_at_work
from newsroom.tests.histories import GONE, Claim, Truth, contradiction
from newsroom.tests.posting import HOST, Server, database_url
from newsroom.tests.test_posts_survive import free_port

pytestmark = pytest.mark.django_db(transaction=True)

READS = int(os.environ.get("READS", "2000"))  # asked for in all, at least; more take minutes
# Of the desks meanwhile, at least: a quick server would have answered before much has changed.
CHANGES = READS / 50
STORIES, DESKS, READERS = 10, 2, 4  # stories: as many as the last news hold
LONGEST = 25 if READS <= 2000 else READS / 8  # seconds after which readers ask for no more

_BEGINNING = re.compile(r"<(?=(?:article|entry|section|header|aside|main)[ >])")
_STORY, _COMMENT, _TAG = re.compile(r"S\d+V\d+"), re.compile(r"K\d+x\d+"), re.compile(r"(?i)TagW\d+N\d+")
_OF_ALL = re.compile(r"/$|/archive/$|/feed\.xml$|/search/\?q=story$")
_COUNT = re.compile(r'(?:"comments-title"|"title")>(\d+) comment')
_UNDER_TAG = re.compile(r"(\d+) articles?\.")


@dataclass(frozen=True)
class Page:
    """What a page said: its status, where it leads to, and its body."""

    status: int
    location: str
    body: str

    @cached_property
    def parts(self):
        """[(words of stories, of comments, of tags)] of the parts of the page."""
        return [
            (set(_STORY.findall(part)), set(_COMMENT.findall(part)), set(_TAG.findall(part)))
            for part in _BEGINNING.split(self.body)
        ]

    @cached_property
    def stories(self):
        return set(_STORY.findall(self.body))

    @cached_property
    def comments(self):
        return set(_COMMENT.findall(self.body))


@dataclass
class Reader:
    """Asks for pages at random over one connection, and keeps (begin, end, address, Page) of each answer."""

    number: int
    port: int
    addresses: list
    pages: dict
    reads: list = field(default_factory=list)
    is_over: bool = False

    def __post_init__(self):
        self.random, self.tags, self.known = random.Random(100 + self.number), ["TagW0N1"], {}
        self.thread = Thread(target=self._read_all)

    def _read_all(self):
        connection = HTTPConnection(HOST, self.port, timeout=30)
        while not self.is_over:
            for address in [self._address()] * self.random.choice([1, 4, 16]):
                self._read(connection, address)
        connection.close()

    def _address(self):
        if self.random.random() < 0.2:
            rest = self.random.choice(["", "", "feed.xml"])
            return f"/tags/{self.random.choice(self.tags[-12:]).lower()}/{rest}"
        return self.random.choice(self.addresses)

    def _read(self, connection, address):
        coding = self.random.choice(["", "gzip", "br"])
        headers = {"Host": HOST, "Accept-Encoding": coding}
        etag, known = self.known.get((address, coding), ("", None))
        if etag and self.random.random() < 0.5:
            headers["If-None-Match"] = etag
        begin = time.time()
        connection.request("GET", address, headers=headers)
        response = connection.getresponse()
        body = response.read()
        end = time.time()
        page = known if response.status == 304 else self._page(response, body)
        self.known[address, coding] = response.headers.get("ETag", ""), page
        self.reads.append((begin, end, address, page))

    def _page(self, response, body):
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(
            response.headers["Content-Encoding"], bytes
        )
        found = Page(response.status, response.headers.get("Location", ""), unpack(body).decode())
        if found not in self.pages:
            self.tags += sorted({tag for *_rest, tags in found.parts for tag in tags} - set(self.tags))
        return self.pages.setdefault(found, found)


def claims_of(address, page, truth, addresses):
    """The Claims of an answer, an assertion of those that contradict each other by themselves."""
    numbers = Counter(words[1:].partition("V")[0] for words in page.stories)
    assert set(numbers.values()) <= {1}, f"{address} shows two versions of a story: {sorted(page.stories)}"
    yield from (truth.is_live_as(words) for words in page.stories)
    yield from _claims_of_parts(page, truth)
    path = urlsplit(address).path
    if path.startswith("/tags/"):
        yield from _claims_of_tag(path, page, truth)
    elif path in addresses:
        yield from _claims_of_story(path, page, truth, *addresses[path])
    else:
        assert page.status == 200, (address, page.status)
        yield from (truth.is_public(comment, True) for comment in page.comments)
    is_story = path in addresses and addresses[path][1] == ""
    if page.status == 200 and (_OF_ALL.fullmatch(address) or is_story or _is_page_of_tag(path)):
        shown = {int(number) for number in numbers}
        yield from (truth.is_not_live(number) for number in truth.stories if number not in shown)


def _is_page_of_tag(path):
    return path.startswith("/tags/") and path.endswith("/")


def _claims_of_parts(page, truth):
    """That each story has the tag that stands beside it."""
    for stories, _comments, tags in page.parts:
        tags = {tag for tag in tags if tag.startswith("Tag")}
        if len(stories) == 1 and tags and (words := next(iter(stories))) in truth.tag_of:
            assert len(tags) == 1, f"{words} has several tags: {tags}"
            [tag] = tags
            yield Claim(f"{words} tagged {tag}", [truth.leads_to(truth.tag_of[words], tag)])


def _claims_of_story(path, page, truth, number, rest):
    """The story's own page, its thread and its feed."""
    history, base = truth.stories[number], path.removesuffix(rest)
    surely, perhaps = truth.has_been_at(number, base)
    states = range(len(history.values))
    if page.status == 200:
        indexes = history.where(lambda words: truth.paths.get(words) == base)
        for comment in truth.comments_of[number]:
            yield truth.is_public(comment, comment in page.comments)
        count = int((_COUNT.search(page.body) or [0, 0])[1])
        assert rest == "comments/feed.xml" or count == len(page.comments), (
            f"{path} counts {count}: {page.comments}"
        )
    elif page.status == 301:
        indexes = history.where(lambda words: f"{truth.paths.get(words)}{rest}" == page.location != path)
        indexes = [index for index in indexes if index >= perhaps]
    elif page.status == 410:
        indexes = [index for index in states if history.values[index] == GONE and index >= perhaps]
    else:
        assert page.status == 404, (path, page.status)
        indexes = [
            index for index in states if truth.paths.get(history.values[index]) != base and index < surely
        ]
    yield Claim(f"{page.status} of story {number}", [(history, frozenset(indexes))])


def _claims_of_tag(path, page, truth):
    name = path.split("/")[2]
    tag = next((known for known in truth.tags if known.lower() == name), name)
    if page.status == 200:
        listed = page.body.partition('<aside class="rail"')[0]
        shown = set(_STORY.findall(listed))
        assert shown, f"{path} lists nothing"
        count = _UNDER_TAG.search(listed)
        assert not count or int(count[1]) == len(shown), f"{path} counts {count[1]}: {shown}"
        yield Claim(f"{tag} itself", [truth.leads_to(tag, tag)])
        yield from (_is_under(words, tag, truth) for words in shown)
        numbers = {int(words[1:].partition("V")[0]) for words in shown}
        yield from (truth.is_not_under(number, tag) for number in truth.stories if number not in numbers)
    elif page.status == 301:
        target = page.location.split("/")[2]
        into = next(known for known in truth.tags if known.lower() == target)
        yield Claim(f"{tag} leads to {into}", [truth.leads_to(tag, into)])
        yield Claim(f"{into} is used", *(
            _is_under(words, into, truth).alternatives[0] for words in truth.tag_of
        ))  # fmt: skip
    else:
        assert page.status == 404, (path, page.status)
        target = truth.tags[tag].values[-1] if tag in truth.tags else tag
        if (
            target == tag or tag not in truth.tags
        ):  # else it is unknown of which tag the stories would have to be
            yield from (truth.is_not_under(number, tag) for number in truth.stories)


def _is_under(words, tag, truth):
    part = truth.leads_to(truth.tag_of[words], tag) if words in truth.tag_of else None
    [live] = truth.is_live_as(words).alternatives
    return Claim(f"{words} under {tag}", [*live, part] if part else [])


@pytest.fixture
def environment(tmp_path):
    """The variables of a site on the test's database, whose static files are served under their own names."""
    (tmp_path / "static").mkdir()
    source = Path(launcher.ROOT) / "static"
    names = {str(path.relative_to(source)): str(path.relative_to(source)) for path in source.rglob("*.*")}
    manifest = {"version": "1.1", "hash": "", "paths": names}
    (tmp_path / "static" / "staticfiles.json").write_text(json.dumps(manifest))
    return {
        "NEWSROOM_DATA_DIR": str(tmp_path),
        "NEWSROOM_DATABASE_URL": database_url(connection.settings_dict),
    }


def addresses_of(editions):
    """{address: (number of the story, what of it stands below the story's own)} of all that readers ask for of it."""
    found = {}
    for edition in editions:
        for path in (edition.path, f"{edition.path.rstrip('/')}-moved/"):
            for rest in ("", "comments/", "comments/feed.xml"):
                found[path + rest] = edition.article_id, rest
    return found


def changes_in(logs):
    return sum(log.read_bytes().count(b"\n") for log in logs)


def is_enough(readers, logs):
    return sum(len(reader.reads) for reader in readers) >= READS and changes_in(logs) >= CHANGES


def read_while_desks_work(editions, tmp_path, environment):
    """(the reads of all readers in the order of their ends, the logs of the desks)."""
    stories = list(addresses_of(editions))
    lists = ["/", "/archive/", "/feed.xml", "/comments/feed.xml", "/search/?q=story"] * 4
    pages = {}
    with (
        Server(free_port(), **environment) as server,
        desks_at_work(tmp_path, desks=DESKS, **environment) as logs,
    ):
        readers = [Reader(number, server.port, stories + lists, pages) for number in range(READERS)]
        for reader in readers:
            reader.thread.start()
        ends_at = time.monotonic() + LONGEST
        while not is_enough(readers, logs) and time.monotonic() < ends_at:
            time.sleep(0.05)
        for reader in readers:
            reader.is_over = True
        for reader in readers:
            reader.thread.join()
    return sorted((read for reader in readers for read in reader.reads), key=lambda read: read[1]), logs


def differences(reads, truth, addresses):
    """What of each read cannot have been so at any one moment between its begin and its end, in words."""
    claims, found = {}, []
    for begin, end, address, page in reads:
        if (address, page) not in claims:
            try:
                claims[address, page] = list(claims_of(address, page, truth, addresses))
            except AssertionError as error:
                claims[address, page] = []
                found.append(str(error))
        for claim in claims[address, page]:
            claim.narrow(begin, end)
    for begin, end, address, page in reads:
        if why := contradiction(claims[address, page], begin, end):
            found.append(f"{address}, asked for at {begin}, answered at {end}: {why}")
    return found


def first_versions():
    """The Editions that are live before anything happens: the first of each story, without tags."""
    person("moderator", "Moderators")
    made_at = timezone.now() - dt.timedelta(minutes=1)
    editions = []
    for _ in range(STORIES):
        article = write("Story", slug="story")
        article = rewrite(article, headline=f"Story S{article.pk}V1", slug=f"story-{article.pk}")
        editions.append(publishing.publish(article, by=person("editor", "Editors"), now=made_at))
    return editions


def test_every_answer_is_the_page_of_a_moment_while_it_was_asked_for(tmp_path, environment):
    editions = first_versions()
    reads, logs = read_while_desks_work(editions, tmp_path, environment)
    truth = Truth({edition.article_id: edition.path for edition in editions})
    for log in logs:
        truth.read(log)
    truth.end()
    found = differences(reads, truth, addresses_of(editions))
    assert not found, "\n".join([f"{len(found)} of {len(reads)} answers:", *found[:10]])
    assert len(reads) > READS / 10
    assert changes_in(logs) > CHANGES / 10
