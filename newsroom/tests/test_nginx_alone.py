"""What deploy/nginx.conf keeps, for how long and of whom, shown on a site that answers whatever the test says."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import pytest

from newsroom.tests.nginx import HOST, NO_NGINX, PROGRAM, Nginx, ask

pytestmark = pytest.mark.skipif(not PROGRAM, reason=NO_NGINX)
PUBLIC = {"Cache-Control": "public, no-cache"}
numbers = count(1)


class StandIn:
    """A site whose every answer is `status`, `headers` and the number of the request.

    `asked` are the headers of the requests, in small letters, with their `path`.
    """

    def __init__(self):
        self.say()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                stand_in.answer(self)

            do_POST = do_HEAD = do_GET

            def log_message(self, *_words):
                """Says nothing: the tests print enough."""

        self.server = ThreadingHTTPServer((HOST, 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def say(self, status=200, headers=PUBLIC, *, text=None, after=0):
        """What is answered from here on: `text`, or the number of the request, after so many seconds."""
        self.asked, self.status, self.headers, self.text, self.after = [], status, headers, text, after

    def answer(self, request):
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append({**headers, "path": request.path})
        request.rfile.read(int(request.headers.get("content-length") or 0))
        time.sleep(self.after)
        text = (self.text or f"answer {next(numbers)}").encode()
        request.send_response(self.status)
        for name, value in {**self.headers, "Content-Length": str(len(text))}.items():
            request.send_header(name, value)
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(text)


@pytest.fixture(scope="module")
def stand_in():
    stand_in = StandIn()
    yield stand_in
    stand_in.server.shutdown()
    stand_in.server.server_close()


@pytest.fixture(scope="module")
def nginx(stand_in, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nginx")
    with Nginx(folder, upstream=stand_in.port, data_folder=folder) as nginx:
        yield nginx


@pytest.fixture(autouse=True)
def _says_nothing_new(stand_in):
    stand_in.say()


def new_path():
    return f"/page-{next(numbers)}/"


def in_the_middle_of_a_second():
    """Returns with half a second left at least, so that several requests fall into one."""
    time.sleep((1.05 - time.time() % 1) % 1 if time.time() % 1 > 0.5 else 0)


def test_within_a_second_the_site_is_asked_once_and_then_again(nginx, stand_in):
    path = new_path()
    in_the_middle_of_a_second()
    first = ask(nginx.port, path).body
    assert [ask(nginx.port, path).body for _ in range(5)] == [first] * 5
    time.sleep(1)
    assert ask(nginx.port, path).body != first
    assert len(stand_in.asked) == 2


@pytest.mark.parametrize("status", [200, 301, 404, 410])
def test_what_is_public_is_kept_whatever_its_status(nginx, stand_in, status):
    stand_in.say(status, {**PUBLIC, "Location": "/elsewhere/", "Vary": "Accept-Encoding"})
    path = new_path()
    assert ask(nginx.port, path).status == status
    assert nginx.keeps(path)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {}),
        (200, {"Cache-Control": "private, no-store"}),
        (200, {"Cache-Control": "no-store"}),
        (200, {"Cache-Control": "no-cache"}),
        (200, {"Cache-Control": "public, no-cache, private"}),
        (200, {"Cache-Control": "public, max-age=600"}),
        (200, {"Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private"}),
        (200, {**PUBLIC, "Set-Cookie": "desk_session=secret"}),
        (200, {**PUBLIC, "Vary": "Cookie"}),
        (200, {**PUBLIC, "Vary": "Accept-Encoding, Cookie"}),
        (200, {**PUBLIC, "Vary": "*"}),
        (500, PUBLIC),
        (503, PUBLIC),
        (422, PUBLIC),
    ],
)
def test_everything_else_is_passed_on_and_not_kept(nginx, stand_in, status, headers):
    stand_in.say(status, headers)
    path = new_path()
    answers = [ask(nginx.port, path) for _ in range(2)]
    assert answers[0].body != answers[1].body
    assert [answer.status for answer in answers] == [status] * 2
    assert answers[0].headers.get("set-cookie") == headers.get("Set-Cookie")
    assert not nginx.keeps(path)


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/articles/article/",
        "/preview/token/",
        "/mail/token/",
        "/2025/06/09/bridge/reply/",
        "/2025/06/09/bridge/reply/token/",
        "/2025/06/09/bridge/reply/token/proof/",
        "/2025/06/09/bridge/report-an-error/",
        "/2025/06/09/bridge/comments/7/report/",
        "/media/images/photo.jpg",
        "/healthz",
        "/readyz",
        "/?at=2025-06-09T18:00",
    ],
)
def test_nothing_is_kept_of_private_addresses_whatever_they_say(nginx, path):
    assert ask(nginx.port, path).body != ask(nginx.port, path).body
    assert not nginx.keeps(path)


def test_a_post_is_passed_on_and_never_kept(nginx, stand_in):
    path = new_path()
    kept = ask(nginx.port, path).body
    assert ask(nginx.port, path, method="POST", body="a=b").body != kept
    assert len(stand_in.asked) == 2


def test_cookies_reach_the_desk_and_nothing_else(nginx, stand_in):
    paths = [
        "/admin/",
        "/admin/x/",
        new_path(),
        "/preview/token/",
        "/2025/06/09/bridge/reply/",
        "/media/images/x",
    ]
    for path in paths:
        ask(nginx.port, path, Cookie="desk_session=secret")
    assert [asked.get("cookie") for asked in stand_in.asked] == ["desk_session=secret"] * 2 + [None] * 4


def test_a_query_is_part_of_the_page(nginx):
    path = new_path()
    assert ask(nginx.port, f"{path}?page=2").body != ask(nginx.port, path).body


@pytest.mark.parametrize(
    ("taken", "asked_for"),
    [
        (None, None),
        ("", None),
        ("gzip, deflate, br, zstd", "br, gzip"),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", "br, gzip"),
        ("GZIP", "gzip"),
        ("br", "br"),
        ("deflate, zstd, identity", None),
        ("gzip;q=0", None),
        ("gzip; q=0.000, br", "br"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("brotli, xgzip, gzipped", None),
    ],
)
def test_the_site_is_asked_in_one_of_four_ways_for_compression(nginx, stand_in, taken, asked_for):
    headers = {} if taken is None else {"Accept_Encoding": taken}
    ask(nginx.port, new_path(), **{"Accept_Encoding": "identity;q=0.1", **headers})
    assert stand_in.asked[0].get("accept-encoding") == asked_for


def test_each_compression_is_a_page_of_its_own(nginx):
    path = new_path()
    in_the_middle_of_a_second()
    compressed = ask(nginx.port, path, Accept_Encoding="gzip, br").body
    assert ask(nginx.port, path, Accept_Encoding="br, deflate, gzip;q=0.5").body == compressed
    assert ask(nginx.port, path, Accept_Encoding="gzip").body != compressed


def test_the_site_learns_who_asks_and_how(nginx, stand_in):
    ask(nginx.port, new_path(), X_Forwarded_For="203.0.113.7", X_Forwarded_Proto="https", X_Request_ID="mine")
    asked = stand_in.asked[0]
    assert asked["x-forwarded-for"] == "203.0.113.7, 127.0.0.1"
    assert asked["x-forwarded-proto"] == "http"
    assert asked["host"] == f"{HOST}:{nginx.port}"
    assert len(asked["x-request-id"]) == 32


def test_a_page_that_is_out_of_date_is_asked_for_by_its_etag(nginx, stand_in):
    path = new_path()
    stand_in.say(headers={**PUBLIC, "ETag": '"one"'}, text="the first")
    ask(nginx.port, path)
    time.sleep(10 - 0.3)  # the same last digit of the second, or the one before
    for _ in range(8):  # to the second after
        assert ask(nginx.port, path).body == b"the first"
        time.sleep(0.1)
    assert '"one"' in [asked.get("if-none-match") for asked in stand_in.asked]


def ask_at_once(port, path, *, readers):
    """The bodies that so many readers get who ask together."""
    bodies = []
    threads = [
        threading.Thread(target=lambda: bodies.append(ask(port, path).body)) for _reader in range(readers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return bodies


def test_many_who_want_a_new_page_make_one_request(stand_in, tmp_path):
    stand_in.say(after=0.1)
    # A machine that is busy with other tests may take longer than the 50 ms that ship.
    options = {"upstream": stand_in.port, "data_folder": tmp_path, "patience": "5s"}
    with Nginx(tmp_path / "nginx", **options) as nginx:
        in_the_middle_of_a_second()
        bodies = ask_at_once(nginx.port, "/new/", readers=30)
    assert len(bodies) == 30
    assert len(set(bodies)) == 1
    assert [asked["path"] for asked in stand_in.asked].count("/new/") == 1


def test_nobody_waits_for_the_private_answer_of_another(nginx, stand_in):
    stand_in.say(headers={"Cache-Control": "private, no-store"}, after=0.2)
    began_at = time.monotonic()
    bodies = ask_at_once(nginx.port, "/2025/06/09/bridge/reply/", readers=10)
    assert len(set(bodies)) == 10
    assert time.monotonic() - began_at < 10 * 0.2


def test_a_foreign_host_is_refused_before_the_site_is_asked(nginx, stand_in):
    assert ask(nginx.port, "/", Host="evil.example").status == 400
    assert stand_in.asked == []


def test_too_much_is_refused_in_a_sentence(nginx, stand_in):
    answer = ask(nginx.port, "/2025/06/09/bridge/reply/", method="POST", body=b"x" * 1_100_000)
    assert answer.status == 413
    assert answer.body == b"This is more than can be sent here. Send less, or a smaller file.\n"
    assert stand_in.asked == []


def test_the_desk_takes_pictures(nginx):
    assert ask(nginx.port, "/admin/x/", method="POST", body=b"x" * 1_100_000).status == 200


def test_without_the_site_readers_are_told_when_to_come_back(tmp_path):
    with socket.create_server((HOST, 0)) as nobody:
        upstream = nobody.getsockname()[1]
    with Nginx(tmp_path / "nginx", upstream=upstream, data_folder=tmp_path) as nginx:
        answer = ask(nginx.port, "/")
    assert answer.status == 503
    assert answer.headers["retry-after"] == "10"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.body == b"The site does not answer at the moment. Please try again in a few seconds.\n"


def logged_of(nginx, agent):
    """The line of the log, which is written after the answer."""
    while True:
        for line in nginx.log.read_text().splitlines():
            if f'"{agent}"' in line:
                return line
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/preview/secret-token/", "/preview/*"),
        ("/mail/secret-token/", "/mail/*"),
        ("/2025/06/09/bridge/reply/secret-token/", "/2025/06/09/bridge/reply/*"),
        ("/2025/06/09/bridge/reply/secret-token/proof/", "/2025/06/09/bridge/reply/*"),
        ("/2025/06/09/bridge/reply/", "/2025/06/09/bridge/reply/"),
        ("/media/images/photo.jpg?seal=secret-token", "/media/images/photo.jpg"),
        ("/search/?q=secret-token", "/search/"),
    ],
)
def test_tokens_and_queries_are_not_logged(nginx, path, logged):
    agent = f"agent-{next(numbers)}"
    ask(nginx.port, path, User_Agent=agent, Referer="http://127.0.0.1/preview/secret-token/")
    line = logged_of(nginx, agent)
    assert f" {logged} 200 " in line
    assert "secret" not in line
