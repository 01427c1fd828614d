"""Strict headers stand on every answer: pages, the desk, static files, redirects and errors."""

import re
import runpy

import pytest
from django.conf import settings as current

pytestmark = pytest.mark.django_db

ANSWERS = {
    "/": None,
    "/admin/login/": 200,
    "/admin/": 302,
    "/static/admin/css/base.css": 200,
    "/no-such-page/": 404,
    "/healthz": None,
}


@pytest.fixture(params=ANSWERS)
def answer(request, client):
    client.raise_request_exception = False
    response = client.get(request.param)
    assert ANSWERS[request.param] in (None, response.status_code)
    yield response
    response.close()


def directives(response):
    """{directive: [sources]} of the answer's Content-Security-Policy."""
    policy = response.headers["Content-Security-Policy"]
    return {words[0]: words[1:] for words in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ],
)
def test_every_answer_carries_the_header(answer, header, value):
    assert answer.headers[header] == value


def test_every_answer_turns_browser_features_off(answer):
    policy = answer.headers["Permissions-Policy"]
    assert "camera=()" in policy
    assert "geolocation=()" in policy
    assert re.fullmatch(r"[a-z-]+=\(\)(, [a-z-]+=\(\))*", policy)


def test_every_answer_allows_nothing_that_is_not_listed(answer):
    policy = directives(answer)
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert "object-src" not in policy  # falls back to default-src
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not {"*", "http:", "https:"} & {source for sources in policy.values() for source in sources}


def test_text_says_that_it_is_utf_8(answer):
    if answer.headers["Content-Type"].startswith("text/"):
        assert answer.charset == "utf-8"


def test_only_the_desk_runs_scripts(client):
    assert "script-src" not in directives(client.get("/no-such-page/"))
    assert directives(client.get("/admin/login/"))["script-src"][0] == "'self'"


def test_the_sign_in_page_is_kept_by_nobody(client):
    assert {"no-store", "private"} <= set(client.get("/admin/login/").headers["Cache-Control"].split(", "))


def test_cookies_of_the_desk_stay_with_it(client, editor):
    editor.set_password("a long password")
    editor.save()
    signed_in = client.post("/admin/login/", {"username": editor.username, "password": "a long password"})
    assert set(signed_in.cookies) == {"desk_session", "desk_csrf"}
    for cookie in signed_in.cookies.values():
        assert (cookie["samesite"], cookie["httponly"]) == ("Lax", True)


@pytest.mark.parametrize(
    "path", ["/static/../manage.py", "/static/..%2fmanage.py", "/.env", "/manage.py", "/media/"]
)
def test_files_that_are_not_static_are_not_served(client, path):
    assert client.get(path).status_code == 404


# --- on TLS

ON_TLS = [
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "ALLOWED_HOSTS",
]


@pytest.fixture
def on_tls(monkeypatch, settings):
    """The settings that follow from an address on TLS."""
    monkeypatch.setenv("NEWSROOM_SITE_URL", "https://news.example")
    loaded = runpy.run_path(str(current.BASE_DIR / "newsroom" / "settings.py"))
    for name in ON_TLS:
        setattr(settings, name, loaded[name])


def test_a_site_on_tls_is_kept_there_for_a_year(client, on_tls):
    response = client.get("/admin/login/", secure=True, headers={"host": "news.example"})
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert response.cookies["desk_csrf"]["secure"]


def test_a_site_on_tls_sends_everybody_there_but_probes(client, on_tls):
    response = client.get("/admin/login/", headers={"host": "news.example"})
    assert (response.status_code, response.url) == (301, "https://news.example/admin/login/")
    assert response.headers["X-Frame-Options"] == "DENY"
    assert directives(response)["default-src"] == ["'none'"]
    assert client.get("/healthz", headers={"host": "localhost"}).status_code != 301


def test_a_site_without_tls_says_nothing_of_it(client):
    assert "Strict-Transport-Security" not in client.get("/admin/login/", secure=True).headers


@pytest.mark.parametrize("host", ["evil.example", "news.example@evil.example", "a b", "news.example:80:80"])
def test_an_unknown_host_is_refused(client, on_tls, host):
    assert client.get("/admin/login/", secure=True, headers={"host": host}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/about/", "/no-such-page/", "/healthz", "/feed.xml"])
def test_no_page_for_readers_replaces_a_broken_cookie_of_the_desk(client, path):
    client.cookies["desk_csrf"] = "no token"
    response = client.get(path)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_the_sign_in_page_still_sets_its_cookie(client):
    assert "desk_csrf" in client.get("/admin/login/").cookies
