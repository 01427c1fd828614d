"""What the page cache answers without waiting for anything, and what one rendering answers for many."""

import threading
import time

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.shown import LATEST, PLANS
from articles.tests.stories import NOON, published
from newsroom import page_cache
from newsroom.kept_pages import ASKED_AT
from newsroom.page_cache import PageCache
from newsroom.tests.cached_site import Application, CachedSite, ask

pytestmark = pytest.mark.django_db
NOTHING = object()


def at_once(cache, address, **options):
    """The Got of what is answered at once, NOTHING where nothing is."""

    def application(environ, start_response):
        body = cache.at_once(environ, start_response)
        if body is None:
            start_response("000 Nothing", [])
            return []
        return body

    got = ask(application, address, **options)
    return got if got.status else NOTHING


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def story(clock):
    return published("One").path


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"method": "HEAD"},
        {"accept_encoding": "gzip"},
        {"accept_encoding": "br, gzip", "method": "HEAD"},
        {"if_none_match": "*"},
        {"cookie": "sessionid=a; csrftoken=b"},
        {"cache_control": "no-cache"},
    ],
)
def test_what_is_kept_is_answered_as_ever_and_asks_no_database(story, site, sent):
    asked = {name: value for name, value in sent.items() if name != "method"}
    site.get(story, **asked)
    expected = site.get(story, **sent)
    hits = site.cache.hits
    with CaptureQueriesContext(connection) as queries:
        assert at_once(site.cache, story, **sent) == expected
    assert (len(queries), site.cache.hits) == (0, hits + 1)


def test_what_is_not_kept_is_not_answered_at_once(story, site):
    assert at_once(site.cache, story) is NOTHING
    assert site.cache.misses == 0


def test_nothing_is_packed_at_once(story, site):
    site.get(story)
    assert at_once(site.cache, story, accept_encoding="gzip") is NOTHING
    site.get(story, accept_encoding="gzip")
    assert at_once(site.cache, story, accept_encoding="gzip").headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", None), ("GET", "/admin/"), ("GET", "/healthz"), ("GET", "/static/css/news.css")],
)
def test_what_is_no_page_for_everybody_is_not_answered_at_once(story, site, method, path):
    site.get(story)
    assert at_once(site.cache, path or story, method=method) is NOTHING


@pytest.mark.parametrize("what", [LATEST, PLANS])
def test_a_page_that_changed_or_may_end_otherwise_is_not_answered_at_once(story, site, what):
    site.get(story)
    site.board.drop({what})
    assert at_once(site.cache, story) is NOTHING


def test_a_page_that_a_transaction_is_about_to_change_is_not_answered_at_once(story, site):
    site.get(story)
    site.board.announce({LATEST})
    assert at_once(site.cache, story) is NOTHING


def test_a_change_elsewhere_leaves_it(story, site):
    expected = site.get(story)
    site.board.drop({"story:999999"})
    assert at_once(site.cache, story) == expected


@pytest.fixture
def story_of_later(clock):
    return published("Later", at=NOON.replace(hour=13))


def test_a_page_that_has_ended_is_not_answered_at_once(clock, story_of_later, site):
    site.get("/")
    assert at_once(site.cache, "/") is not NOTHING
    clock.move_to(NOON.replace(hour=13))
    assert at_once(site.cache, "/") is NOTHING


def test_without_a_board_nothing_is_answered_at_once(story, board):
    site = CachedSite(board)
    site.get(story)
    site.board = None
    assert at_once(site.cache, story) is NOTHING


def test_with_other_machines_to_hear_of_nothing_is_answered_at_once(story, site, settings):
    site.get(story)
    settings.CACHE_URL = "redis://127.0.0.1:1/0"
    assert at_once(site.cache, story) is NOTHING


@pytest.fixture
def rendered():
    return Application()


def test_who_asked_before_a_rendering_began_has_it_and_who_asked_later_has_another(board, clock, rendered):
    cache = PageCache(rendered, limit=8_000_000, board=lambda: board)
    ask(cache, "/")
    board.announce({LATEST})  # from now on nothing is kept
    before = time.monotonic()
    assert ask(cache, "/").text[:6] == "Page 2"
    assert ask_since(cache.at_once, before).text[:6] == "Page 2"
    assert ask_since(cache, before).text[:6] == "Page 2"
    assert at_once(cache, "/") is NOTHING
    assert ask_since(cache, time.monotonic()).text[:6] == "Page 3"


def test_a_cache_that_keeps_nothing_renders_for_everybody(board, clock, rendered):
    cache = PageCache(rendered, limit=0, board=lambda: board)
    before = time.monotonic()
    assert [ask_since(cache, before).text[:6] for _ in range(2)] == ["Page 1", "Page 2"]


def test_of_many_who_wait_while_a_page_changes_one_renders_for_all(board, clock, rendered):
    cache = PageCache(rendered, limit=8_000_000, board=lambda: board)
    board.announce({LATEST})
    is_begun, may_end, got = threading.Event(), threading.Event(), []

    def wait():
        is_begun.set()
        may_end.wait(10)

    rendered.meanwhile = wait
    first = threading.Thread(target=lambda: got.append(ask(cache, "/").text[:6]))
    first.start()
    assert is_begun.wait(10)
    others = [threading.Thread(target=lambda: got.append(ask(cache, "/").text[:6])) for _ in range(5)]
    for each in others:
        each.start()
    time.sleep(0.1)  # until they wait, too
    may_end.set()
    for each in [first, *others]:
        each.join(10)
    # What began before they asked might lack what was committed meanwhile.
    assert (got.count("Page 1"), set(got) - {"Page 1"}) == (1, {"Page 2"})
    assert len(rendered.asked) == 2


def ask_since(application, moment):
    return ask(lambda environ, start: application({**environ, ASKED_AT: moment}, start), "/")


@pytest.fixture
def changing(board, clock, rendered):
    """A PageCache whose page `/` is kept, and is about to be changed."""
    cache = PageCache(rendered, limit=8_000_000, board=lambda: board)
    ask(cache, "/"), ask(cache, "/")  # twice, so that it has its place
    board.announce({LATEST})
    return cache


def test_a_commit_under_way_is_waited_for_so_that_the_page_can_be_kept(monkeypatch, board, changing):
    monkeypatch.setattr(page_cache, "COMMITS", 5)
    committing = threading.Timer(0.1, lambda: board.drop({LATEST}, is_announced=True))
    committing.start()
    assert ask(changing, "/").text[:6] == "Page 2"
    committing.join()
    assert ask(changing, "/").text[:6] == "Page 2"


def test_a_commit_that_takes_long_is_not_waited_for(monkeypatch, changing):
    monkeypatch.setattr(page_cache, "COMMITS", 0.01)
    assert [ask(changing, "/").text[:6] for _ in range(2)] == ["Page 2", "Page 3"]
