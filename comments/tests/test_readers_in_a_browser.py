"""Reporting and withdrawing in a browser, by keyboard, and what keeps people from using the pages."""

import pytest
from django.utils import timezone

from articles.tests.browser import barriers, complaints_of, sign_in
from articles.tests.stories import person, published
from comments.models import Comment, ErrorReport, Flag, Status
from comments.posting import private_token
from comments.tests.replies import approved, posted

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def edition(db):
    return published("Harbour bridge reopens", at=timezone.now())


@pytest.fixture
def moderator(db):
    return person("moderator", "Moderators")


def now(edition, text, **fields):
    return approved(edition, text, at=edition.live_from, **fields)


def focused(page):
    return page.evaluate("document.activeElement.className || document.activeElement.id")


def test_a_comment_is_reported_by_keyboard(page, edition):
    troubles = complaints_of(page.context)
    comment = now(edition, "Who pays for it?")
    page.goto(edition.get_absolute_url())
    page.get_by_role("link", name=f"Report comment {comment.pk}").press("Enter")
    assert barriers(page) == []
    page.get_by_role("button", name="Send the report").press("Enter")
    assert page.title() == f"Error: Report comment {comment.pk} | Newsroom"
    assert focused(page) == "error-summary"
    assert barriers(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "reason_0"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("It calls me names.")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_role("heading", name="Thank you for your report").wait_for()
    assert barriers(page) == []
    flag = Flag.objects.get()
    assert (flag.comment, flag.reason, flag.note) == (comment, "abuse", "It calls me names.")
    assert [line for line in troubles if "422" not in line] == []


def test_an_error_is_reported_and_answered(page, edition, live_server):
    page.goto(edition.get_absolute_url())
    with page.expect_navigation():
        page.get_by_role("link", name="Report an error in this article").click()
    assert barriers(page) == []
    page.get_by_label("What is wrong?").fill("It has two lanes.")
    page.get_by_label("Email").fill("ana.example.com")
    with page.expect_navigation():
        page.get_by_role("button", name="Send to the desk").click()
    assert focused(page) == "error-summary"
    assert page.get_by_label("What is wrong?").input_value() == "It has two lanes."
    assert barriers(page) == []
    page.get_by_label("Email").fill("ana@example.com")
    with page.expect_navigation():
        page.get_by_role("button", name="Send to the desk").click()
    assert barriers(page) == []

    sign_in(page.context, person("editor", "Editors"), site=live_server.url)
    page.goto("/admin/")
    with page.expect_navigation():
        page.get_by_role("link", name="Harbour bridge reopens: It has two lanes.").click()
    assert barriers(page) == []
    page.get_by_label("Note, for the desk only").fill("Looked up.")
    with page.expect_navigation():
        page.get_by_role("button", name="Answered: no error").click()
    page.get_by_text("Answered: no error, by Editor").wait_for()
    assert barriers(page) == []
    assert not ErrorReport.objects.open()
    page.goto("/admin/comments/errorreport/?status=all")
    assert barriers(page) == []


def test_a_published_comment_is_withdrawn_after_a_question(page, edition, moderator):
    comment = posted(edition, "https://a.example https://b.example", at=edition.live_from)
    own = f"{edition.get_absolute_url()}reply/{private_token(comment, is_authors=True)}/"
    page.goto(own)
    assert barriers(page) == []
    comment.approve(by=moderator)
    page.reload()
    with page.expect_navigation():
        page.get_by_role("link", name="Withdraw this comment…").click()
    assert barriers(page) == []
    with page.expect_navigation():
        page.get_by_role("link", name="Keep it").click()
    with page.expect_navigation():
        page.get_by_role("link", name="Withdraw this comment…").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Withdraw it for good").click()
    page.get_by_text("You have withdrawn this comment.").wait_for()
    assert Comment.objects.get().status == Status.WITHDRAWN


def test_a_thread_with_marks_has_no_barriers(page, edition, moderator):
    comments = [now(edition, f"Opinion {number}") for number in range(7)]
    now(edition, f"Z{chr(0x0301) * 6}lgo " + "w" * 300, name="n" * 80)
    comments[2].feature(by=moderator)
    Comment.objects.answer(comments[2], by=moderator, text="We looked it up.")
    for path in ("", "comments/", "comments/?order=newest"):
        page.goto(edition.get_absolute_url() + path)
        assert barriers(page) == []
    page.get_by_role("navigation", name="Chosen by the desk").get_by_role("link").click()
    assert page.url.endswith(f"#comment-{comments[2].pk}")
