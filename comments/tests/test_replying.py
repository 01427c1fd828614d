"""The reply page and what posting to it answers."""

import re

import pytest

from articles import publishing
from articles.models import Article
from articles.tests.stories import NOON, published, rewrite, write
from comments.models import Comment, Status
from comments.tests.replies import MINUTE, approved, posted, typed

pytestmark = pytest.mark.django_db
BAD_EMAIL = "Enter an email address in the correct format, like name@example.com"
REPLY = "/2025/06/09/harbour-bridge-reopens/reply/"


def html(response):
    return response.content.decode()


def hidden(response, name):
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html(response))
    return found and found[1]


def keeps_what_was_typed(response, **fields):
    page = html(response)
    return all(
        f">\n{value}</textarea>" in page or f'value="{value}"' in page
        for value in typed(**fields).values()
        if value
    )


def test_a_good_post_is_stored_as_pending_and_answered_with_the_private_page(client, edition):
    response = client.post(REPLY, typed())
    assert response.status_code == 303
    assert re.fullmatch(re.escape(REPLY) + r"[^/]+/", response.headers["Location"])
    comment = Comment.objects.get()
    assert (comment.name, comment.email, comment.text) == (
        "Reader in Brussels",
        "reader@example.com",
        "Who pays for it?",
    )
    assert (comment.article_id, comment.parent, comment.status) == (edition.article_id, None, Status.PENDING)
    assert (comment.posted_at, comment.seconds_taken) == (NOON + 5 * MINUTE, None)
    assert len(comment.network) == 64
    assert "127.0.0" not in comment.network
    assert response.headers["Cache-Control"] == "private, no-store"


def test_the_reply_page_quotes_the_comment(client, edition):
    comment = approved(edition, "First line\nsecond line\n\nNext")
    response = client.get(REPLY, {"to": comment.pk})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"
    assert '<h1 class="title">Reply to <bdi>Reader in Brussels</bdi></h1>' in html(response)
    assert '<p dir="auto">First line<br>second line</p><p dir="auto">Next</p>' in html(response)
    assert '<meta name="robots" content="noindex">' in html(response)
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{edition.path}">' in html(response)
    assert hidden(response, "to") == str(comment.pk)
    assert "reader@example.com" not in html(response)


def test_a_reply_is_stored_under_the_comment_with_the_time_it_took(client, edition, clock):
    parent = approved(edition)
    page = client.get(REPLY, {"to": parent.pk})
    clock.shift(42)
    sent = typed(text="The city does.", to=hidden(page, "to"), opened=hidden(page, "opened"))
    assert client.post(REPLY, sent).status_code == 303
    comment = Comment.objects.get(text="The city does.")
    assert (comment.parent, comment.seconds_taken) == (parent, 42)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("text", "", "Enter your comment"),
        ("text", " \n\t\u3000\u200b ", "Enter your comment"),
        ("text", "x" * 5212, "Your comment is 5,212 characters. Shorten it to 5,000 or fewer"),
        ("text", "caf\ufffd", "Some characters did not arrive and stand as “�”. Replace or remove them"),
        ("name", "", "Enter your name"),
        ("name", "\u200b\u2066", "Enter your name"),
        ("name", "n" * 81, "Your name is 81 characters. Shorten it to 80 or fewer"),
        ("email", "", BAD_EMAIL),
        ("email", "reader.example.com", BAD_EMAIL),
        ("email", f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 30}.org", BAD_EMAIL),
    ],
)
def test_a_failed_post_says_what_is_wrong_and_keeps_everything(client, edition, field, value, message):
    response = client.post(REPLY, typed(**{field: value}))
    page = html(response)
    assert response.status_code == 422
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "<title>Error: Reply to the article | Newsroom</title>" in page
    assert f'<li><a href="#{field}">{message}</a></li>' in page
    assert f'id="{field}_error"><span class="hidden">Error: </span>{message}</p>' in page
    assert f'aria-invalid="true" aria-describedby="{field}_helptext {field}_error"' in page
    assert keeps_what_was_typed(response, **{field: value})
    assert not Comment.objects.exists()


def test_line_breaks_count_once_however_they_are_sent(client, edition):
    assert client.post(REPLY, typed(text="x" * 4997 + "\r\n\r\ny")).status_code == 303
    assert Comment.objects.get().text == "x" * 4997 + "\n\ny"


def test_control_characters_are_taken_out(client, edition):
    sent = typed(
        text="One\x00 two\x07\x85three", name="Re\x00ader\r\nBcc: x\u202e", email="a\x00@example.com"
    )
    assert client.post(REPLY, sent).status_code == 303
    comment = Comment.objects.get()
    assert (comment.text, comment.name, comment.email) == ("One two\nthree", "Reader Bcc: x", "a@example.com")


def test_control_characters_are_not_shown_again_either(client, edition):
    response = client.post(REPLY, typed(name="Re\x00ader", email="wrong"))
    assert response.status_code == 422
    assert 'value="Reader"' in html(response)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"text=\xff\xfe&name=Ana&email=a@example.com", "application/x-www-form-urlencoded", 303),
        (b"text=%FF&name=%C0%80&email=%00", "application/x-www-form-urlencoded", 422),
        (
            b"text=a&text=b&name=Ana&email=a%40example.com&to=&opened=",
            "application/x-www-form-urlencoded",
            303,
        ),
        (b"text=a&name=b", "application/x-www-form-urlencoded; charset=utf-16", 400),
        (b"{}", "application/json", 422),
        (b"--x", "multipart/form-data; boundary=x", 422),
        (b"nothing", "multipart/form-data", 400),
        (b"", "", 422),
        (b"&".join(b"a=1" for _ in range(6000)), "application/x-www-form-urlencoded", 413),
        (b"x" * (128 * 1024 + 1), "application/x-www-form-urlencoded", 413),
    ],
)
def test_a_body_of_any_kind_is_answered(client, edition, body, content_type, status):
    assert client.post(REPLY, body, content_type=content_type).status_code == status


def test_a_body_too_big_is_refused_before_it_is_parsed(client, edition, monkeypatch):
    monkeypatch.setattr("django.http.request.HttpRequest._load_post_and_files", None, raising=False)
    monkeypatch.setattr("django.core.handlers.wsgi.WSGIRequest.POST", property(lambda self: 1 / 0))
    response = client.post(REPLY, typed(text="x" * 200_000))
    assert response.status_code == 413
    assert "Go back with your browser, shorten it" in html(response)


@pytest.mark.parametrize("to", ["abc", "0", "99", "9" * 30, "-1", "1.5", "\u0661", "waiting", "elsewhere"])
def test_a_reply_to_what_is_not_there_is_kept_and_may_go_to_the_article(client, edition, to):
    if to == "waiting":
        to = posted(edition, "Waiting").pk
    if to == "elsewhere":
        to = approved(published("Another story"), "Elsewhere").pk
    response = client.post(REPLY, typed(text="My answer", to=to))
    assert response.status_code == 422
    assert "The comment you reply to is no longer shown. Post again to reply to the article" in html(response)
    assert ">\nMy answer</textarea>" in html(response)
    assert not hidden(response, "to")
    assert client.post(REPLY, typed(text="My answer", to="")).status_code == 303

    page = client.get(REPLY, {"to": to})
    assert page.status_code == 404
    assert "You can still reply to the article." in html(page)


@pytest.mark.parametrize("mark", ["x", "1749470400:forged", "old"])
def test_a_page_that_lay_open_too_long_is_posted_again(client, edition, clock, mark):
    if mark == "old":
        mark = hidden(client.get(REPLY), "opened")
        clock.shift(24 * 60 * 60 + 1)
    response = client.post(REPLY, typed(opened=mark))
    assert response.status_code == 422
    assert "This page was open for too long. Your text is below; post it again" in html(response)
    assert keeps_what_was_typed(response)
    assert not hidden(response, "opened")
    assert client.post(REPLY, typed(opened="")).status_code == 303


def test_a_repeat_is_answered_like_the_first(client, edition, settings, store):
    settings.COMMENT_RATE = (1, 60)
    first, again = (client.post(REPLY, typed()) for _ in range(2))
    assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])
    assert Comment.objects.count() == 1


def test_a_filled_trap_is_answered_like_any_post_and_put_aside(client, edition):
    response = client.post(REPLY, typed(homepage="https://casino.example"))
    assert response.status_code == 303
    comment = Comment.objects.get()
    assert (comment.status, comment.decisions.get().rule) == (Status.SPAM, "trap")
    assert "Waiting for a moderator." in html(client.get(response.headers["Location"]))


def test_too_many_posts_from_a_network_have_to_wait(client, edition, settings, clock, store):
    settings.COMMENT_RATE = (2, 60)
    for number in range(2):
        assert client.post(REPLY, typed(text=f"Number {number}")).status_code == 303
        clock.shift(10)
    response = client.post(REPLY, typed(text="Number 3"))
    assert (response.status_code, response.headers["Retry-After"]) == (429, "40")
    assert '<li><a href="#reply">Wait 40 seconds before you post again</a></li>' in html(response)
    assert keeps_what_was_typed(response, text="Number 3")
    elsewhere = client.post(REPLY, typed(text="Number 3"), REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 303
    clock.shift(41)
    assert client.post(REPLY, typed(text="Number 4")).status_code == 303


def test_the_limit_can_be_off(client, edition, settings):
    settings.COMMENT_RATE = None
    for number in range(10):
        assert client.post(REPLY, typed(text=f"Number {number}")).status_code == 303


def test_when_comments_are_closed_nothing_is_stored_and_the_text_is_there_to_copy(client, edition):
    Article.objects.update(is_open_to_comments=False)
    page = client.get(REPLY)
    assert page.status_code == 200
    assert "Comments are closed." in html(page)
    assert '<form class="reply"' not in html(page)
    response = client.post(REPLY, typed(text="<b>My words</b>"))
    assert response.status_code == 422
    assert "<title>Error: Reply to the article | Newsroom</title>" in html(response)
    assert "Comments closed while you were writing. Copy your text if you want to keep it" in html(response)
    assert ">&lt;b&gt;My words&lt;/b&gt;</textarea>" in html(response)
    assert "Post comment" not in html(response)
    assert not Comment.objects.exists()


def test_a_story_that_is_not_live_answers_the_404_of_a_page_that_never_was(client, edition, editor):
    token = client.post(REPLY, typed()).headers["Location"]
    never = "/2025/06/09/never-was/reply/"
    publishing.withdraw(edition.article, by=editor, reason="It was wrong.")
    for method in (client.get, client.post):
        for path in (REPLY, token):
            response, other = method(path), method(never)
            assert (response.status_code, other.status_code) == (404, 404)
            assert "Harbour" not in html(response)
            assert response.headers.get("Cache-Control") == other.headers.get("Cache-Control")


def test_a_story_that_is_planned_answers_404_until_its_time(client, db, editor, clock):
    publishing.schedule(write("Tomorrow"), at=NOON + 60 * MINUTE, by=editor)
    path = "/2025/06/09/tomorrow/reply/"
    assert client.get(path).status_code == 404
    assert client.post(path, typed()).status_code == 404
    clock.shift(55 * MINUTE)
    assert client.get(path).status_code == 200


def test_a_page_cached_before_the_address_changed_still_posts(client, edition, editor):
    rewrite(edition.article, slug="bridge-is-open")
    publishing.publish(edition.article, by=editor)
    response = client.post(REPLY, typed())
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/2025/06/09/bridge-is-open/reply/")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_allowed(client, edition, method):
    assert getattr(client, method)(REPLY).status_code == 405


def test_replying_sets_no_cookie_and_reads_no_session(client, edition, moderator, django_assert_num_queries):
    client.force_login(moderator)
    with django_assert_num_queries(3):  # the story, whether it is open, the sections
        page = client.get(REPLY)
    assert page.status_code == 200
    assert not page.cookies
    assert "Cookie" not in page.headers.get("Vary", "")
    assert not client.post(REPLY, typed()).cookies


def test_who_tries_addresses_for_a_public_comment_learns_nothing(db):
    words = {
        "article": published().article,
        "name": "W",
        "text": "I saw it.",
        "email": "w@example.com",
        "at": NOON,
    }
    first, _is_new = Comment.objects.post(**words, network="home")
    assert Comment.objects.post(**words, network="home") == (first, False)
    other, is_new = Comment.objects.post(**words, network="elsewhere")
    assert is_new
    assert other != first
