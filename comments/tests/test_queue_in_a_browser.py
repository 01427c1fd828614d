"""Fifty waiting comments, cleared by keys alone with some second thoughts, and the same by plain form posts."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from playwright.sync_api import expect

from articles.tests.browser import Colleague, barriers
from articles.tests.stories import NOON, person, published
from comments.models import Action, Comment, Decision, QueueTally, Reason, Status
from comments.spam import Facts, Words, triage
from comments.tests.replies import MINUTE, approved, posted

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "/admin/comments/comment/"
COUNT = 50
ADVERT = "Win big today at casino.example/bonus, casino.example/vip and casino.example/win, dear friends"


def waiting():
    """Fifty comments: every fifth is an advertisement like the others of its kind, the rest are fair."""
    edition, seen, comments = published("Harbour bridge reopens"), {}, []
    for number in range(COUNT):
        is_advert = number % 5 == 4
        text = (
            f"{ADVERT} {number}" if is_advert else f"Remark {number}: who pays for part {number * 7} of it?"
        )
        verdict = triage(Words(text), Facts(neighbours=seen))
        comment = posted(
            edition, text, name=f"Reader {number}", email=f"reader{number}@example.com",
            at=NOON + number * MINUTE, verdict=verdict.as_data(), score=verdict.score,
        )  # fmt: skip
        seen[comment.pk] = comment.likeness
        comments.append(comment)
    return comments


@pytest.fixture
def moderating(context, live_server):
    """A moderator at the queue; what the browser complains of is asserted at the end."""
    colleague = Colleague(context, person("moderator", "Moderators"), site=live_server.url)
    yield colleague
    assert colleague.troubles == []


def current(page):
    return page.locator(".card.current").get_attribute("data-number")


def settled(page, count):
    """Waits until the server has made that many decisions: the page does not wait for it."""
    for _ in range(100):
        if Decision.objects.count() >= count:
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{Decision.objects.count()} of {count} decisions were made.")


def statuses():
    return {
        number: Comment.objects.filter(status=number).count()
        for number in ("pending", "approved", "spam", "rejected")
    }


def test_fifty_comments_are_cleared_by_keys_alone_and_some_decisions_undone(moderating):
    comments = waiting()
    page = moderating.visit(LIST)
    page.wait_for_selector(".card.current:focus")
    assert page.locator("[data-count=pending]").inner_text() == str(COUNT)
    press = page.keyboard.press

    # The first is approved, the next rejected for a reason, then that is thought better of.
    press("a")
    press("d")
    page.get_by_text("Reject: press 1 to 6 for the reason").wait_for()
    press("2")
    settled(page, 2)
    second = str(comments[1].pk)
    assert page.locator(f"#c{second}").count() == 0
    page.wait_for_selector("#said button:visible")
    press("z")
    page.wait_for_selector(f"#c{second}.current:focus")
    assert Comment.objects.get(pk=second).status == Status.PENDING
    press("d")
    press("1")

    # Down and up again, the record of whoever is looked at stands beside.
    before = current(page)
    press("j")
    press("k")
    assert current(page) == before
    press("h")
    assert page.evaluate("document.activeElement.id") == "author"

    # The advertisements stand together; one key each. What is like them is selected and goes at once.
    settled(page, 4)
    page.get_by_role("button", name="Select these").focus()
    press("Enter")
    page.get_by_text("10 selected").wait_for()
    press("Shift+S")
    settled(page, 14)
    assert statuses() == {"pending": 38, "approved": 1, "spam": 10, "rejected": 1}

    # Everything left is approved, and taken back, and approved for good.
    press("Shift+X")
    press("Shift+A")
    settled(page, 52)
    page.wait_for_selector("#next-comments:focus")
    press("z")
    settled(page, 90)
    page.wait_for_selector(".card.current:focus")
    assert statuses()["pending"] == 38
    press("Shift+X")
    press("Shift+A")
    settled(page, 128)
    page.wait_for_selector("#next-comments:focus")
    page.get_by_text("Nothing is waiting. The queue is clear.").wait_for()
    assert page.locator("[data-count=pending]").inner_text() == "0"
    assert statuses() == {"pending": 0, "approved": 39, "spam": 10, "rejected": 1}
    assert QueueTally.objects.counts()["pending"] == 0
    assert Comment.objects.get(pk=second).last_decision().reason == Reason.OFF_TOPIC


def test_a_lost_request_brings_the_card_back(context, moderating):
    first, _second = waiting()[:2]
    page = moderating.visit(LIST)
    page.wait_for_selector(".card.current:focus")
    context.route("**/decide/**", lambda route: route.abort())
    page.keyboard.press("a")
    card = page.locator(f"#c{first.pk}")
    card.wait_for()
    card.get_by_text("Could not save. Try again.").wait_for()
    assert not Decision.objects.exists()
    moderating.troubles.clear()  # the console tells of the request that was lost
    context.unroute("**/decide/**")
    page.keyboard.press("a")
    settled(page, 1)
    assert Comment.objects.get(pk=first.pk).status == Status.APPROVED


def test_a_card_decided_elsewhere_says_by_whom(moderating):
    first, second = waiting()[:2]
    ana = person("ana", "Moderators")
    page = moderating.visit(LIST)
    page.wait_for_selector(".card.current:focus")
    first.reject(by=ana, reason=Reason.ABUSE)
    page.keyboard.press("a")
    page.wait_for_selector(f"#c{first.pk}.gone")
    assert "Rejected by Ana" in page.locator(f"#c{first.pk} .elsewhere").inner_text()
    assert Comment.objects.get(pk=first.pk).status == Status.REJECTED
    assert current(page) == str(second.pk)


def test_keys_are_left_alone_while_typing_and_when_switched_off(moderating):
    waiting()
    page = moderating.visit(LIST)
    page.wait_for_selector(".card.current:focus")
    page.keyboard.press("/")
    page.keyboard.type("asdz")
    assert page.locator("#searchbar").input_value() == "asdz"
    page.locator(".keys > summary").click()
    with page.expect_response("**/keys/**"):
        page.get_by_label("Single-key shortcuts on").uncheck()
    page.locator("h1").click()
    page.keyboard.press("a")
    page.reload()
    page.keyboard.press("a")
    assert page.locator(".card.current").count() == 0
    assert not Decision.objects.exists()
    assert not get_user_model().objects.get(username="moderator").has_keyboard_shortcuts


def test_asking_for_a_reason_moves_nothing_and_is_given_up_by_escape_or_by_going_on(moderating):
    waiting()
    page = moderating.visit(LIST)
    page.wait_for_selector(".card.current:focus")
    begun = page.locator("#said").inner_text()
    row = page.locator(".card.current .do").locator("> button, > details > summary, > .act")
    places = [button.bounding_box() for button in row.all()]
    for given_up_by in ("Escape", "j"):
        page.keyboard.press("d")
        assert page.locator(".card.current .reasons").is_visible()
        if given_up_by == "Escape":
            assert [button.bounding_box() for button in row.all()] == places
        page.keyboard.press(given_up_by)
        assert page.locator(".reasons:visible").count() == 0
        assert page.locator("#said").inner_text() == begun
    page.keyboard.press("1")
    page.keyboard.press("Shift+A")
    page.get_by_text("Select the comments first, then say what to do with them.").wait_for()
    assert not Decision.objects.exists()


def test_the_heading_of_a_group_goes_with_the_last_of_its_cards(moderating):
    waiting()
    page = moderating.visit(LIST)
    page.wait_for_selector(".card.current:focus")
    heading = page.get_by_role("heading", name="10 comments that are nearly the same")
    page.get_by_role("button", name="Select these").click()
    assert heading.is_visible()
    page.keyboard.press("Shift+S")
    assert heading.is_hidden()
    settled(page, 10)
    page.keyboard.press("z")
    settled(page, 20)
    heading.wait_for()


def test_what_is_undone_from_another_page_is_a_link_away(moderating):
    comments = waiting()
    page = moderating.visit(LIST)
    page.wait_for_selector(".card.current:focus")
    page.keyboard.press("a")
    settled(page, 1)
    page = moderating.visit(f"{LIST}?queue=pending&after={comments[1].pk}")
    page.wait_for_selector(".card.current:focus")
    page.keyboard.press("z")
    page.wait_for_selector("#next-comments:focus")
    assert barriers(page) == []
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#c{comments[0].pk}.current:focus")


def test_what_is_selected_in_a_comment_is_what_to_blank(moderating):
    comment = posted(published(), "Call me on 555 0123, neighbours.")
    page = moderating.visit(LIST)
    page.evaluate(
        """(id) => { const words = document.querySelector(`#c${id} .said p`).firstChild;
        const at = words.data.indexOf("555"); getSelection().setBaseAndExtent(words, at, words, at + 8); }""",
        comment.pk,
    )
    page.locator("summary", has_text="Blank…").press("Enter")
    expect(page.locator("[data-takes-selection]")).to_have_value("555 0123")
    page.get_by_role("button", name="Blank these words").click()
    page.locator(".messagelist .success").wait_for()
    assert Comment.objects.get().shown_text == "Call me on [personal data removed], neighbours."


def test_nothing_on_the_queues_pages_stands_in_anybodys_way(moderating):
    comments = waiting()
    kept = approved(comments[0].article.editions.get(), "Shown")
    kept.report(network="a", reason=Reason.ABUSE, note="It is about me.")
    posted(kept.article.editions.get(), "One more than a page holds")
    for address in (LIST, f"{LIST}?queue=reported", f"{LIST}?queue=rejected", f"{LIST}{kept.pk}/change/"):
        page = moderating.visit(address)
        for summary in page.locator(".moderate summary").all()[:6]:
            summary.click()
        assert barriers(page) == [], address


def test_the_same_is_done_by_form_posts_without_script(browser, live_server):
    waiting()
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    moderating = Colleague(context, person("moderator", "Moderators"), site=live_server.url)
    page = moderating.visit(LIST)
    for number in range(0, COUNT, 5):  # the advertisements stand together, and one after the other is spam
        if number % 10:
            with page.expect_navigation():
                page.locator(".alike").first.get_by_role("button", name="Spam").click()
    page.goto(LIST)
    while page.locator(".alike input[type=checkbox]").count():
        for box in page.locator(".alike input[type=checkbox]").all():
            box.check()
        with page.expect_navigation():
            page.locator(".bulk").get_by_role("button", name="Spam", exact=True).click()
    page.locator(".card").first.locator("summary", has_text="Reject").click()
    with page.expect_navigation():
        page.locator(".card").first.get_by_role("button", name="Off topic").click()
    page.get_by_text("Rejected.").first.wait_for()
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").click()
    page.get_by_text("back to Pending.").wait_for()
    while page.locator(".card input[type=checkbox]").count():
        for box in page.locator(".card input[type=checkbox]").all():
            box.check()
        with page.expect_navigation():
            page.locator(".bulk").get_by_role("button", name="Approve").click()
    page.get_by_text("Nothing is waiting. The queue is clear.").wait_for()
    assert statuses() == {"pending": 0, "approved": 40, "spam": 10, "rejected": 0}
    undone = Decision.objects.get(action=Action.UNDONE)
    assert re.match("Undone by Moderator", str(undone))
    assert undone.decided_at <= timezone.now()
    assert moderating.troubles == []
    context.close()
