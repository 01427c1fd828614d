"""What is asked of the page cache, in whatever way: the page that it is, and nobody's but everybody's."""

import threading
from time import sleep

import pytest
import time_machine

from articles.shown import LATEST
from articles.tests.stories import NOON, published
from newsroom.page_cache import LONGEST_QUERY, MOST_REMEMBERED, PageCache, encoding_for
from newsroom.tests.cached_site import HTML, Application, CachedSite, ask

pytestmark = pytest.mark.django_db
MUCH = "x" * 8000


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cache_of(board, clock):
    return lambda application, **options: PageCache(
        application, limit=8_000_000, board=lambda: board, **options
    )


@pytest.mark.parametrize(
    ("status", "headers", "is_kept"),
    [
        ("200 OK", {}, True),
        ("301 Moved Permanently", {}, True),
        ("404 Not Found", {}, True),
        ("410 Gone", {}, True),
        ("302 Found", {}, False),
        ("400 Bad Request", {}, False),
        ("500 Internal Server Error", {}, False),
        ("503 Service Unavailable", {}, False),
        ("200 OK", {"Set-Cookie": "a=b"}, False),
        ("200 OK", {"Cache-Control": "private, no-store"}, False),
        ("200 OK", {"Cache-Control": "public, no-store"}, False),
        ("200 OK", {"Cache-Control": "no-cache"}, False),
        ("200 OK", {"Vary": "Cookie"}, False),
        ("200 OK", {"Vary": "Accept-Encoding"}, True),
    ],
)
def test_only_what_is_for_everybody_is_kept(cache_of, status, headers, is_kept):
    application = Application(status=status, headers=list((dict(HTML) | headers).items()))
    cache = cache_of(application)
    assert [ask(cache, "/").text[:6] for _ in range(2)] == ["Page 1", "Page 1" if is_kept else "Page 2"]


def test_a_page_that_something_changed_under_is_given_out_and_not_kept(cache_of, board):
    application = Application(meanwhile=lambda: board.drop([LATEST]))
    cache = cache_of(application)
    assert [ask(cache, "/").text[:6] for _ in range(2)] == ["Page 1", "Page 2"]


def test_nothing_is_kept_while_there_is_no_board(cache_of):
    application = Application()
    cache = PageCache(application, limit=8_000_000, board=lambda: None)
    assert [ask(cache, "/").text[:6] for _ in range(2)] == ["Page 1", "Page 2"]
    assert len(cache.pages) == 0


def test_of_threads_that_want_one_page_one_renders_it(cache_of):
    application = Application(meanwhile=lambda: sleep(0.3))
    cache, got = cache_of(application), []
    ask(cache, "/another/")  # what is planned is read here, on the test's own connection
    threads = [threading.Thread(target=lambda: got.append(ask(cache, "/").text[:6])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["Page 2"] * 8


# --- what a reader sends besides the address


ODD = [
    {"cookie": "desk_session=x; desk_csrf=y; _ga=z"}, {"cookie": "=;;=\x7f"}, {"cache_control": "no-cache"},
    {"cache_control": "no-store, max-age=0"}, {"pragma": "no-cache"}, {"x_forwarded_host": "evil.example"},
    {"x_forwarded_proto": "https"}, {"x_original_url": "/admin/"}, {"x_rewrite_url": "/admin/"},
    {"x_http_method_override": "DELETE"}, {"x_forwarded_for": "10.0.0.1"}, {"accept_language": "de, fr;q=0.9"},
    {"range": "bytes=0-10"}, {"accept": "application/json"}, {"user_agent": MUCH}, {"referer": "https://evil.example/"},
    {"authorization": "Basic eDp5"},
    {"origin": "https://evil.example"},
    {"if_modified_since": "Mon, 01 Jan 2035 00:00:00 GMT"},
    {"forwarded": "host=evil.example;proto=https"}, {"x_requested_with": "XMLHttpRequest"}, {"dnt": "1"},
]  # fmt: skip


@pytest.mark.parametrize("headers", ODD, ids=lambda headers: next(iter(headers)))
@pytest.mark.parametrize("is_first", [True, False], ids=["first", "later"])
def test_what_else_a_reader_sends_changes_nothing(site, clock, headers, is_first):
    path = published(at=NOON).path
    plain = ask(site.cache.application, path)
    got = [site.get(path, **(headers if is_first == (number == 0) else {})) for number in range(3)]
    for each in got:
        assert (each.status, each.text) == (200, plain.text)
        assert each.headers == plain.headers
    assert "evil" not in plain.text


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("gzip, deflate, br", "br"), ("gzip", "gzip"), ("", ""), ("identity", ""), ("*", "br"), ("*;q=0", ""),
        ("br;q=x, *;q=0", ""), ("br;q=0.1, gzip;q=0.9", "gzip"), ("gzip;q=0, *;q=1", "br"), ("BR", "br"),
        ("br;q=0, gzip;q=0", ""), (",;,=;q", ""), ("gzip;q=nan", ""), ("gzip;q=1;x=y", ""),
        ("identity;q=1, gzip;q=0.5", ""),
        ("br" * 4000, ""), ("gzip," * 1600, "gzip"), ("\xff\x00", ""),
    ],
)  # fmt: skip
def test_the_encoding_is_one_that_the_reader_takes(site, clock, accept, encoding):
    assert encoding_for(accept) == encoding
    got = site.get("/", accept_encoding=accept)
    assert got.headers.get("content-encoding", "") == encoding
    assert got.status == 200


@pytest.mark.parametrize(
    ("match", "status"),
    [
        ("{etag}", 304), ("W/{etag}", 304), ('"x", {etag}', 304), ('W/"x",W/{etag},"y"', 304), ("*", 304),
        ('"x"', 200), ("", 200), ("{etag}x", 304), ("x" * 8000, 200), ('"' * 99, 200), ("W/", 200),
    ],
)  # fmt: skip
def test_who_has_the_page_gets_no_other(site, clock, match, status):
    etag = site.get("/").headers["etag"]
    got = site.get("/", if_none_match=match.format(etag=etag))
    assert got.status == status
    assert bool(got.body) == (status == 200)
    assert got.headers["etag"] == etag


def test_head_says_what_get_says_without_a_body(site, clock):
    for _ in range(2):
        got, head = site.get("/"), site.get("/", method="HEAD")
        assert (head.status, head.headers, head.body) == (200, got.headers, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_not_answered_from_memory(site, clock, method):
    site.get("/")
    assert site.get("/", method=method).status == 405
    assert site.keeps("/")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1@evil.example", "", "127.0.0.1:80:80", "[::", MUCH]
)
def test_a_foreign_host_is_refused_and_nothing_of_it_is_kept(site, clock, host):
    assert site.get("/", host=host).status == 400
    assert len(site.cache.pages) == 0
    assert "evil" not in site.get("/").text


# --- addresses


@pytest.mark.parametrize(
    ("query", "same_as"),
    [
        ("utm_source=x", ""), ("a=b&a=c", ""), ("=", ""), ("&&&", ""), ("at", None), (f"x={MUCH}", ""),
        ("before=", None), ("%00=%00", ""), ("utm%5Fsource=x&fbclid=%ff", ""),
    ],
)  # fmt: skip
def test_unknown_parameters_make_no_other_page(site, clock, query, same_as):
    got, fresh = site.get(f"/?{query}"), site.fresh(f"/?{query}")
    assert (got.status, got.text) == (fresh.status, fresh.text)
    if same_as is not None:
        assert site.keeps("/")


@pytest.mark.parametrize(
    "query",
    [
        "q=bridge", "q=%C3%A9t%C3%A9", "q=\xc3\xa9t\xc3\xa9", "q=\xe9", "q=%ff",
        "q=a&q=bridge", "q=bridge&q=a", "q=a+b", "q=a;b",
        "q=&tag=", "q=%00", "q=%F0%9F%8C%89", "tag=a&tag=b", "q=bridge&since=2025-06-01", "until=x", f"q={MUCH}",
        "&".join(f"q={number}" for number in range(150)), "Q=bridge", "q%20=bridge",
    ],
)  # fmt: skip
def test_a_search_is_read_as_without_the_cache(site, clock, query):
    published("A bridge \xe9t\xe9", at=NOON)
    for _ in range(2):
        got, fresh = site.get(f"/search/?{query}"), site.fresh(f"/search/?{query}")
        assert (got.status, got.text) == (fresh.status, fresh.text)


@pytest.mark.parametrize(
    "path",
    [
        "/%2e%2e/", "//", "/./", "/tags/%2F/", "/tags/\xe9/", "/nothing", "/%00/", "/tags/%E9%A6%99/", "/TAGS/a/",
        f"/{MUCH}/", "/\n/",
    ],
)  # fmt: skip
def test_odd_addresses_are_answered_as_without_the_cache(site, clock, path):
    for _ in range(2):
        got, fresh = site.get(path), site.fresh(path)
        assert (got.status, got.text) == (fresh.status, fresh.text)
        assert got.status in (301, 404)


def test_a_path_that_is_no_utf_8_is_answered_as_without_the_cache(site, clock):
    def of_bytes(application):
        return lambda environ, start: application(environ | {"PATH_INFO": "/tags/\xff\xfe/"}, start)

    for _ in range(2):
        got, fresh = ask(of_bytes(site.cache), "/"), ask(of_bytes(site.cache.application), "/")
        assert (got.status, got.text) == (fresh.status, fresh.text)
        assert got.status == 404


def test_ten_thousand_queries_are_bounded(cache_of):
    application = Application()
    cache = cache_of(application)
    ask(cache, "/")
    ask(cache, "/")
    for number in range(10_000):
        ask(cache, f"/search/?q={number}", accept_encoding=f"gzip;q=0.{number}")
        ask(cache, f"/?x={number}")
    assert cache.pages.size <= 8_000_000
    assert len(cache._encodings) <= MOST_REMEMBERED
    assert len(application.asked) == 10_001
    assert ask(cache, "/").text.startswith("Page 1 ")


def test_a_very_long_query_is_answered_and_not_kept(cache_of):
    application = Application()
    cache = cache_of(application)
    address = f"/search/?q={'x' * LONGEST_QUERY}"
    assert [ask(cache, address).text[:6] for _ in range(2)] == ["Page 1", "Page 2"]


@pytest.mark.parametrize(
    "path",
    [
        "/admin/", "/admin", "/healthz", "/preview/x/", "/media/x.jpg", "/static/x.css", "/mail/mute/x/",
        "{story}reply/", "{story}reply/token/", "{story}reply/token/proof/", "{story}report-an-error/",
        "{story}comments/1/report/",
    ],
)  # fmt: skip
def test_what_is_somebodys_own_never_comes_from_memory(site, clock, path):
    path = path.format(story=published(at=NOON).path)
    for _ in range(2):
        assert not site.keeps(path)
    assert len(site.cache.pages) == 0


def test_a_page_of_the_past_is_asked_for_by_its_moment(site, clock):
    published("The first words", at=NOON)
    clock.shift(600)
    for address in ("/?at=2025-06-09T12:01Z", "/?at=2025-06-09T11:59Z", "/?at=x", "/?at="):
        got, fresh = site.get(address), site.fresh(address)
        assert (got.status, got.text) == (fresh.status, fresh.text), address


@pytest.mark.parametrize("seconds", [3600, -3600, 86_400, -30, 30])
def test_a_clock_that_jumps_makes_no_page_wrong(site, clock, seconds):
    path = published("A bridge", at=NOON).path
    for jump in (0, seconds, -seconds, seconds):
        clock.shift(jump)
        got, fresh = site.get(path), site.fresh(path)
        assert (got.status, got.text) == (fresh.status, fresh.text)


def test_who_gets_no_room_gets_pages_all_the_same(board, clock):
    site = CachedSite(board, limit=0)
    assert [site.get("/").status for _ in range(2)] == [200, 200]
    assert len(site.cache.pages) == 0
