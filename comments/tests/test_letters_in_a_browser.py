"""From the tick in the form to the last press in a letter, in a browser, with no barrier found."""

import re

import pytest
from django.utils import timezone

from articles.tests.browser import barriers
from articles.tests.stories import person, published
from comments.models import Comment, Letter
from comments.notifications import send_due
from comments.proof import ask_for_proof
from comments.tests.postbox import bodies

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def letters(postbox, settings, live_server):
    """Sends all that waits, due or not; gives the links in the plain body of the newest letter."""
    settings.SITE_URL = live_server.url

    def sent():
        Letter.objects.waiting().update(due_at=timezone.now())
        assert send_due() == 1
        return re.findall(rf"{live_server.url}/\S+", bodies(postbox.letters[-1])[0])

    return sent


def test_a_reader_asks_for_mail_proves_the_address_reads_and_mutes(page, letters):
    edition = published("Harbour bridge reopens", at=timezone.now())
    page.goto(f"{edition.get_absolute_url()}reply/")
    page.get_by_label("Name").fill("Reader in Brussels")
    page.get_by_label("Email").fill("reader@example.com")
    page.get_by_label("Your comment").fill("Who pays for it?")
    page.get_by_label("Tell me by e-mail what becomes of this comment").check()
    assert barriers(page) == []
    with page.expect_navigation():
        page.get_by_role("button", name="Post comment").click()
    comment = Comment.objects.get()
    ask_for_proof(comment)
    page.reload()
    page.get_by_text("Confirm your address: we have sent you a letter.").wait_for()
    assert barriers(page) == []

    page.goto(letters()[0])
    page.get_by_text("Who pays for it?").wait_for()
    assert barriers(page) == []
    with page.expect_navigation():
        page.get_by_role("button", name="Yes, I wrote this").click()
    page.get_by_role("heading", name="Your address is confirmed").wait_for()
    assert barriers(page) == []

    comment.refresh_from_db()
    comment.approve(by=person("moderator", "Moderators"))
    read, mute = letters()
    page.goto(read)
    assert page.url.endswith(f"#comment-{comment.pk}")
    page.goto(mute)
    assert barriers(page) == []
    with page.expect_navigation():
        page.get_by_role("button", name="Send me no more mail").click()
    page.get_by_role("heading", name="You get no more mail").wait_for()
    assert barriers(page) == []
    with page.expect_navigation():
        page.get_by_role("button", name="Send me mail again").click()
    page.get_by_role("heading", name="Stop these letters?").wait_for()


def test_the_desks_pages_about_mail_have_no_barrier(page, context, client, live_server, moderator, postbox):
    client.force_login(moderator)
    cookie = client.cookies["desk_session"]
    context.add_cookies([{"name": "desk_session", "value": cookie.value, "url": live_server.url}])
    page.goto("/admin/comments/letter/mail/")
    assert barriers(page) == []
    page.get_by_label("Once a day").check()
    page.get_by_label("Hour of the daily letter").select_option("07:00")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. This holds from now on.").wait_for()
    page.goto("/admin/comments/letter/?state=waiting")
    page.get_by_role("link", name="What waits in the queue").wait_for()
    assert barriers(page) == []
