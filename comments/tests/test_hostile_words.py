"""Markup in a visitor's name, e-mail address and words is shown as text wherever they stand."""

import pytest
from django.template import Context, Template
from django.urls import reverse

from comments.models import Comment, Reason, Status
from comments.posting import private_token
from comments.tests.replies import approved, typed

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
REPLY = f"{STORY}reply/"

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<!--x=1-->",
    "]]><x>",
    "{{ 7|add:35 }}{% now 'Y' %}",
    "<b>&lt;&amp;</b>",
    "https://casino.example/<i>",
]
EMAIL = '"<b>x</b>"@example.com'  # a quoted local part is a valid address


def shown_as_text(response, payload, *, times=1):
    """The page holds the payload escaped, and its raw form nowhere."""
    page = response.content.decode()
    escaped = Template("{{ payload }}").render(Context({"payload": payload}))
    assert page.count(escaped) >= times
    if escaped != payload:
        assert payload not in page
    assert "<b>x</b>" not in page
    return True


@pytest.fixture(params=PAYLOADS)
def payload(request):
    return request.param


@pytest.fixture
def comment(client, edition, payload, settings):
    """A pending comment with the payload in every field that took it from the public form."""
    settings.COMMENT_RATE = None
    response = client.post(REPLY, typed(text=payload, name=payload, email=EMAIL))
    assert response.status_code == 303
    return Comment.objects.get()


def test_on_the_public_page(client, comment, payload, moderator):
    comment.approve(by=moderator)
    assert shown_as_text(client.get(STORY), payload, times=2)


def test_on_a_deep_reply_that_names_it(client, edition, payload):
    parent = None
    for number in range(4):
        parent = approved(edition, f"{payload} {number}", name=payload, parent=parent)
    response = client.get(STORY)
    assert b"in reply to <bdi>" in response.content
    assert shown_as_text(response, payload, times=9)


def test_on_ones_own_page(client, comment, payload):
    assert shown_as_text(client.get(f"{REPLY}{private_token(comment)}/"), payload, times=2)


def test_on_ones_own_page_with_the_moderators_own_reason(client, comment, payload, moderator):
    comment.reject(by=moderator, reason=Reason.OTHER, reason_text=payload)
    assert shown_as_text(client.get(f"{REPLY}{private_token(comment)}/"), payload, times=3)


def test_on_the_reply_page_that_quotes_it(client, comment, payload, moderator):
    comment.approve(by=moderator)
    assert shown_as_text(client.get(REPLY, {"to": comment.pk}), payload, times=3)


def test_on_the_error_page_that_keeps_it(client, edition, payload):
    sent = dict.fromkeys(["text", "name", "email", "homepage", "to", "opened"], payload)
    response = client.post(REPLY, sent)
    assert response.status_code == 422
    assert shown_as_text(response, payload, times=4)


def test_on_the_pages_of_a_refusal(client, edition, payload, settings):
    sent = typed(text=payload, name=payload)
    assert shown_as_text(client.post(REPLY, sent, headers={"Origin": "null"}), payload, times=2)
    settings.COMMENT_RATE = (1, 60)
    assert client.post(REPLY, sent).status_code == 303
    assert shown_as_text(client.post(REPLY, {**sent, "email": "b@example.com"}), payload, times=2)
    edition.article.is_open_to_comments = False
    edition.article.save()
    assert shown_as_text(client.post(REPLY, sent), payload)


def test_in_the_list_of_the_admin(client, comment, payload, moderator):
    client.force_login(moderator)
    response = client.get(reverse("admin:comments_comment_changelist"))
    assert shown_as_text(response, payload, times=2)
    assert shown_as_text(response, EMAIL)


@pytest.mark.parametrize("where", ["change", "history"])
def test_on_its_own_page_and_history_in_the_admin(client, comment, payload, moderator, where):
    comment.reject(by=moderator, reason=Reason.OTHER, reason_text=payload)
    client.force_login(moderator)
    assert shown_as_text(client.get(reverse(f"admin:comments_comment_{where}", args=[comment.pk])), payload)


@pytest.mark.parametrize("where", ["changelist", "change"])
def test_in_the_log(client, comment, payload, moderator, where):
    decision = comment.reject(by=moderator, reason=Reason.OTHER, reason_text=payload)
    client.force_login(moderator)
    args = [decision.pk] if where == "change" else []
    assert shown_as_text(client.get(reverse(f"admin:comments_decision_{where}", args=args)), payload)


@pytest.mark.parametrize("status", [Status.PENDING, Status.REJECTED])
def test_in_the_messages_after_a_decision(client, comment, payload, moderator, editor, status):
    if status != Status.PENDING:
        comment.reject(by=editor, reason=Reason.OTHER, reason_text=payload)
    client.force_login(moderator)
    response = client.post(
        reverse("admin:comments_comment_decide"),
        {"do": f"approve:{comment.pk}", f"seen_{comment.pk}": 0},
        follow=True,
    )
    messages = response.content.decode().partition('class="messagelist"')[2].partition("</ul>")[0]
    assert "Comment" in messages
    assert shown_as_text(response, payload)
