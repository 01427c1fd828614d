"""The whole site behind deploy/nginx.conf: the same answers as without it, and new ones 1.1 s after a change."""

import datetime as dt
import gzip
import os
import re
import shutil
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from articles import publishing
from articles.models import Edition
from articles.pictures import file_address
from articles.previews import share, token_of
from articles.tests.photographs import encoded, raster, stored
from articles.tests.stories import person, published, rewrite, write
from comments.posting import private_token
from comments.tests.replies import posted
from newsroom import launcher
from newsroom.tests.nginx import HAS_BROTLI, NO_NGINX, PROGRAM, Nginx, ask, free_port
from newsroom.tests.posting import Server, database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.skipif(not PROGRAM, reason=NO_NGINX)]
BROWSER = "gzip, deflate, br, zstd"
# What differs from one answer to the next, or speaks of the connection.
PASSING = {"server", "date", "connection", "keep-alive", "transfer-encoding"}


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """The real site on its own, with its static files collected, told that nginx stands in front."""
    environment = {
        "NEWSROOM_DATA_DIR": str(settings.DATA_DIR),
        "NEWSROOM_BEHIND_PROXY": "on",
        "NEWSROOM_X_ACCEL": "on",
    }
    with django_db_blocker.unblock():
        environment["NEWSROOM_DATABASE_URL"] = database_url(connection.settings_dict)
    # Without what is large and stands on the desk's pages only.
    ignored = ["--ignore=django_prose_editor", "--ignore=vendor"]
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0", *ignored]
    subprocess.run(command, cwd=launcher.ROOT, env={**os.environ, **environment}, check=True)
    with Server(free_port(), **environment) as server:
        yield server
    shutil.rmtree(settings.STATIC_ROOT)


@pytest.fixture(scope="module")
def nginx(site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nginx")
    with Nginx(folder, upstream=site.port, data_folder=settings.DATA_DIR) as nginx:
        yield nginx


def text_of(answer):
    """The bytes as they were before they were compressed: Django puts a random name into each file of gzip."""
    return gzip.decompress(answer.body) if answer.headers.get("content-encoding") == "gzip" else answer.body


def comparable(answer):
    """The headers that say something of the page, those that are lists without order put in order."""
    headers = {name: value for name, value in answer.headers.items() if name not in PASSING}
    if headers.get("content-encoding") == "gzip":
        del headers["content-length"]
    if "content-security-policy" in headers:
        headers["content-security-policy"] = sorted(re.split("; *", headers["content-security-policy"]))
    headers["content-type"] = headers.get("content-type", "").replace('"', "")
    return headers


def static_path(pattern):
    """The address of a static file whose name in the folder matches."""
    [found] = [file for file in settings.STATIC_ROOT.rglob("*") if re.search(pattern, str(file))]
    return f"/static/{found.relative_to(settings.STATIC_ROOT)}"


# --- the same as without it


@pytest.mark.parametrize("encodings", ["", "gzip", BROWSER])
@pytest.mark.parametrize(
    "path", ["/", "STORY", "/search/?q=bridge", "/feed.xml", "/robots.txt", "/never/", "/about/"]
)
def test_a_page_is_the_same_as_the_sites_own(site, nginx, path, encodings):
    path = path.replace("STORY", published("Harbour bridge reopens").path)
    own = ask(site.port, path, Accept_Encoding=encodings)
    for _time in range(2):  # asked of the site, then kept
        answer = ask(nginx.port, path, Accept_Encoding=encodings)
        assert (answer.status, text_of(answer)) == (own.status, text_of(own))
        assert comparable(answer) == comparable(own)
    assert nginx.keeps(path)


def test_who_has_the_page_already_is_told_so(nginx):
    path = published("Ferry sails again").path
    for encodings in ("", "gzip"):
        page = ask(nginx.port, path, Accept_Encoding=encodings)
        etag = page.headers["etag"]
        again = ask(nginx.port, path, Accept_Encoding=encodings, If_None_Match=etag)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == etag
        other = ask(nginx.port, path, Accept_Encoding=encodings, If_None_Match='"another"')
        assert (other.status, text_of(other)) == (200, text_of(page))


def test_a_head_tells_what_a_get_would(nginx):
    path = published("Market moves").path
    for number in range(2):
        head, page = ask(nginx.port, f"{path}?{number}", method="HEAD"), ask(nginx.port, f"{path}?{number}")
        assert (head.status, head.body) == (200, b"")
        assert comparable(head) == comparable(page)


def test_cookies_and_wishes_of_the_reader_change_nothing(nginx):
    path = published("Tram stops").path
    page = ask(nginx.port, path)
    for headers in (
        {"Cookie": "csrftoken=x; _ga=y; desk_session=z"},
        {"Cache_Control": "no-cache", "Pragma": "no-cache"},
        {"Range": "bytes=0-9"},
        {"Accept_Language": "fr"},
    ):
        answer = ask(nginx.port, path, **headers)
        assert (answer.status, answer.body) == (200, page.body)
        assert "set-cookie" not in answer.headers


def test_nothing_private_is_kept(nginx):
    edition = published("School opens")
    comment = posted(edition, "Only I may read this")
    editor = person("editor", "Editors")
    link = share(write("A secret draft"), by=editor)
    paths = [
        f"{edition.path}reply/",
        f"{edition.path}reply/{private_token(comment, is_authors=True)}/",
        f"{edition.path}?at={timezone.now():%Y-%m-%dT%H:%M}",
        f"/preview/{token_of(link)}/",
        "/admin/login/",
        "/healthz",
    ]
    for path in paths:
        answer = ask(nginx.port, path)
        assert answer.status == 200, path
        assert "no-store" in answer.headers["cache-control"]
        assert not nginx.keeps(path)
    assert "Only I may read this" in ask(nginx.port, paths[1]).body.decode()


def test_the_desk_can_be_signed_in_to(nginx, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    ]  # as the real site has it
    page = ask(nginx.port, "/admin/login/")
    cookie = page.headers["set-cookie"].partition(";")[0]
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.body)[1].decode()
    editor = person("editor", "Editors")
    editor.set_password("a long password")
    editor.save()
    answer = ask(
        nginx.port, "/admin/login/", method="POST", Cookie=cookie, Origin=f"http://127.0.0.1:{nginx.port}",
        body=f"csrfmiddlewaretoken={token}&username=editor&password=a+long+password&next=/admin/",
        Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert (answer.status, answer.headers["location"]) == (302, "/admin/")


# --- static files and pictures


@pytest.mark.parametrize("pattern", [r"css/news\..*css$", r"fonts/source-serif-4-latin-wght-normal\..*woff2$",
                                     r"img/icon\..*svg$", r"desk/editor\..*js$", r"LICENSE-OFL\..*txt$"])  # fmt: skip
def test_a_static_file_has_the_headers_that_the_site_gives_it(site, nginx, pattern):
    path = static_path(pattern)
    answer, own = ask(nginx.port, path), ask(site.port, path)
    assert answer.body == own.body
    expected = comparable(own)
    assert expected.pop("cache-control") == "max-age=315360000, public, immutable"
    found = comparable(answer)
    assert found.pop("cache-control") == "max-age=315360000, public, immutable"
    found.pop("accept-ranges")
    # Both are made of the file's time and length, WhiteNoise's in the desk's time zone.
    assert found.pop("etag").partition("-")[2] == expected.pop("etag").partition("-")[2]
    assert found == expected


def test_static_files_are_sent_as_they_were_compressed(nginx):
    path = static_path(r"css/news\..*css$")
    compressed = {"gzip": ".gz"} | ({BROWSER: ".br"} if HAS_BROTLI else {})
    for encodings, suffix in compressed.items():
        answer = ask(nginx.port, path, Accept_Encoding=encodings)
        assert answer.body == (settings.DATA_DIR / f"{path[1:]}{suffix}").read_bytes()
        assert answer.headers["content-encoding"] == suffix.replace("gz", "gzip")[1:]
        assert answer.headers["vary"] == "Accept-Encoding"


def test_only_what_has_a_hash_in_its_name_is_kept_for_ever(nginx):
    assert ask(nginx.port, "/static/staticfiles.json").headers["cache-control"] == "max-age=60, public"


@pytest.mark.parametrize(
    "path",
    ["/static/never.css", "/static/", "/static/../secret-key", "/static../secret-key", "/internal/media/",
     "/internal/media/images/", "/secret-key", "/media/../secret-key"],
)  # fmt: skip
def test_nothing_else_of_the_data_folder_is_served(nginx, path):
    assert ask(nginx.port, path).status in (400, 403, 404)


def test_a_static_file_that_never_was_answers_the_sites_own_404(site, nginx):
    answer, own = (ask(port, "/static/never.css") for port in (nginx.port, site.port))
    assert (answer.status, answer.body, comparable(answer)) == (404, own.body, comparable(own))


def test_a_picture_comes_from_nginx_with_the_headers_of_the_site(site, nginx):
    image = stored()
    path = file_address(image.file.name)
    assert ask(nginx.port, path).status == 404
    published("Bridge in the evening", image=image)
    answer, own = ask(nginx.port, path), ask(site.port, path)
    assert own.headers["x-accel-redirect"].endswith(image.file.name)
    assert answer.body == encoded(raster())
    assert "x-accel-redirect" not in answer.headers
    expected, found = comparable(own), comparable(answer)
    for name in ("x-accel-redirect", "content-length"):
        expected.pop(name)
    assert expected.items() <= found.items()
    assert found.keys() - expected.keys() == {"content-length", "last-modified", "accept-ranges"}
    assert ask(nginx.port, path, If_None_Match=answer.headers["etag"]).status == 304
    part = ask(nginx.port, path, Range="bytes=2-5")
    assert (part.status, part.body) == (206, answer.body[2:6])
    assert ask(nginx.port, path, method="HEAD").headers["content-length"] == str(len(answer.body))


# --- never out of date by more than a second


def wait_for_tenth(tenth):
    """Returns in that tenth of a second of the clock."""
    time.sleep((tenth / 10 - time.time()) % 1)


@pytest.mark.parametrize("tenth", [0, 2, 4, 6, 8, 9.7])
def test_what_is_published_is_read_after_a_second_whenever_the_page_was_kept(nginx, tenth):
    editor, edition = person("editor", "Editors"), published("Council decides")
    wait_for_tenth(tenth)
    assert "Council decides" in ask(nginx.port, edition.path).body.decode()
    rewrite(edition.article, headline="Council has decided otherwise")
    publishing.publish(edition.article, by=editor)
    ask(nginx.port, edition.path)
    time.sleep(1.1)
    assert "Council has decided otherwise" in ask(nginx.port, edition.path).body.decode()


def test_a_page_that_was_kept_long_ago_is_not_shown_again(nginx):
    editor, edition = person("editor", "Editors"), published("Winter comes")
    for _second in range(11):  # one of each last digit of the second
        assert "Winter comes" in ask(nginx.port, edition.path).body.decode()
        time.sleep(0.95)
    rewrite(edition.article, headline="Spring is here")
    publishing.publish(edition.article, by=editor)
    time.sleep(1.1)
    assert "Spring is here" in ask(nginx.port, edition.path).body.decode()


def test_a_scheduled_story_is_there_a_second_after_its_moment(nginx):
    editor, article = person("editor", "Editors"), write("Budget passes")
    now = timezone.now()
    edition = publishing.schedule(article, by=editor, at=now + dt.timedelta(seconds=3), now=now)
    assert ask(nginx.port, edition.path).status == 404
    time.sleep((edition.live_from + dt.timedelta(seconds=1.1) - timezone.now()).total_seconds())
    assert ask(nginx.port, edition.path).status == 200


def test_a_withdrawn_story_is_gone_after_a_second(nginx):
    editor, edition = person("editor", "Editors"), published("Station closes")
    assert ask(nginx.port, edition.path).status == 200
    publishing.withdraw(edition.article, by=editor, reason="It does not close.")
    time.sleep(1.1)
    answer = ask(nginx.port, edition.path)
    assert answer.status == 410
    assert b"It does not close." in answer.body
    assert not Edition.objects.live(at=timezone.now()).filter(path=edition.path).exists()
