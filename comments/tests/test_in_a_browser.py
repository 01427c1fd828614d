"""From the form under a story to the comment in its thread, in a browser without script."""

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from articles.tests.stories import person, published

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser_context_args(browser_context_args):
    return browser_context_args | {"java_script_enabled": False}


def test_a_reply_is_posted_mended_approved_and_read(page, live_server):
    edition = published("Harbour bridge reopens", at=timezone.now())
    moderator = person("moderator", "Moderators")
    moderator.password = make_password("correct-horse")
    moderator.save()

    page.goto(f"{live_server}{edition.get_absolute_url()}")
    page.get_by_label("Name").fill("Reader in Brussels")
    page.get_by_label("Email").fill("reader.example.com")
    page.get_by_label("Your comment").fill("Who pays for it?")
    page.get_by_role("button", name="Post comment").click()
    assert page.title() == "Error: Reply to the article | Newsroom"
    assert page.get_by_label("Your comment").input_value() == "Who pays for it?"
    page.get_by_label("Email").fill("reader@example.com")
    page.get_by_role("button", name="Post comment").click()
    assert page.get_by_text("Waiting for a moderator. Only you can see this comment.").is_visible()
    private = page.url

    page.goto(f"{live_server}/admin/comments/comment/")
    page.get_by_label("Username").fill("moderator")
    page.get_by_label("Password").fill("correct-horse")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("article").get_by_role("button", name="Approve").click()
    assert page.get_by_text("by Reader in Brussels: Approved.").is_visible()

    page.goto(private)
    page.get_by_role("link", name="Read it under the article").click()
    assert page.url.partition("#")[0] == f"{live_server}{edition.get_absolute_url()}"
    assert page.get_by_role("heading", name="1 comment").is_visible()
    assert page.get_by_text("Who pays for it?").is_visible()
