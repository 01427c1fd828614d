"""One story through everything, in chromium and by keyboard alone, with the readers' page looked at after each step.

A reporter writes it and sends it to review; an editor sends it back, is refused a publication, schedules it; it
goes live by itself; an error is corrected; it is withdrawn.
"""

import datetime as dt

import pytest
import time_machine

from articles.models import Article, Edition
from articles.tests import desk
from articles.tests.browser import EDITOR, Colleague, complaints_of
from articles.tests.stories import person, section

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MORNING = dt.datetime(2025, 6, 9, 8, 0, tzinfo=dt.UTC)  # 10:00 in Brussels
PATH = "/2025/06/09/a-bridge-reopens/"
MOST_TABS = 150


class Somebody(Colleague):
    """A member of the desk without a mouse."""

    def reach(self, found):
        """Goes on by the tabulator until the focus is on what was found, as everything has to let it."""
        found = found.element_handle()
        for _step in range(MOST_TABS):
            if found.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Not reached by keyboard: {found.evaluate('element => element.outerHTML')}")

    def follow(self, found):
        """Presses Enter on a link or a button and waits for the next page."""
        self.reach(found)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def press(self, name):
        """Presses the button, or follows the link, of that name in the page's bar."""
        self.follow(self.page.locator(".bar").get_by_text(name, exact=True).locator("visible=true"))

    def choose(self, label):
        """Chooses one of several: the tabulator reaches the group, arrows the choice."""
        wanted = self.page.get_by_label(label)
        name = wanted.get_attribute("name")
        self.reach(self.page.locator(f"[name='{name}']:checked"))
        for _step in range(5):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"Not chosen by keyboard: {label}")

    def fill(self, selector, words):
        self.reach(self.page.locator(selector))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def fill_moment(self, selector, value, *ways):
        """Types day and time as this browser's language wants them: one of the ways gives the value."""
        field = self.page.locator(selector)
        self.reach(field)
        for day, time in ways:
            for _part in range(6):
                self.page.keyboard.press("ArrowLeft")
            self.page.keyboard.type(day)
            self.page.keyboard.press("ArrowRight")
            self.page.keyboard.type(time)
            if field.input_value() == value:
                return
        raise AssertionError(f"Not typed by keyboard: {value}, but {field.input_value()!r}")

    def write(self, words):
        self.fill(EDITOR, words)

    def messages(self):
        return self.page.locator(".messagelist li").all_inner_texts()


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=True) as traveller:
        yield traveller


@pytest.fixture
def people(clock, new_context, live_server, transactional_db):
    """(reporter, editor): two people with browsers of their own."""
    section("World")
    return [
        Somebody(new_context(locale="en-GB"), user, site=live_server.url)
        for user in (person("ana", "Reporters"), person("ben", "Editors"))
    ]


@pytest.fixture
def reader(clock, new_context):
    """A function that gives the status of an address and the words on its page, as a reader gets it."""
    context = new_context()
    page, troubles = context.new_page(), complaints_of(context, but=["404 (Not Found)", "410 (Gone)"])

    def read(address):
        answer = page.goto(address)
        assert troubles == []
        return answer.status, page.locator("main").inner_text()

    return read


FIRST_WORDS = "The bridge of 1926 has reopened, at a price of 20 milion euro."
PAID = f"{FIRST_WORDS} The city paid."
RIGHT_WORDS = "The bridge of 1926 has reopened, at a price of 2 million euro. The city paid."
AT_ITS_FIRST_MINUTE = f"{PATH}?at=2025-06-09T10:30:30"


def test_a_story_from_an_empty_draft_to_its_withdrawal(people, reader, clock):
    ana, ben = people
    article = a_reporter_sends_a_story_to_review(ana, reader)
    an_editor_sends_it_back(ben)
    the_reporter_follows_the_note(ana, article)
    assert reader(PATH)[0] == 404
    the_editor_is_refused_its_publication(ben, article)
    it_is_scheduled(ben, article)
    assert reader(PATH)[0] == 404
    assert "A bridge reopens" not in reader("/")[1]
    clock.move_to(MORNING + dt.timedelta(minutes=31))
    it_went_live_by_itself(reader)
    the_reporter_finds_an_error(ana, article)
    assert "20 milion euro" in reader(PATH)[1], "readers keep what was published"
    the_editor_publishes_the_correction(ben, article)
    readers_see_the_correction(reader)
    it_is_withdrawn(ben, article)
    nothing_of_it_is_left(reader)
    assert Edition.objects.count() == 2
    assert ana.troubles == []
    assert ben.troubles == []


def a_reporter_sends_a_story_to_review(ana, reader):
    ana.visit(desk.address("add"))
    ana.page.keyboard.type("A bridge reopens")
    ana.press("Save Ctrl S")
    assert ana.page.locator(".checks").get_by_text("Fix:").count() == 1, "it has no words yet"
    ana.write(FIRST_WORDS)
    ana.press("Send to review")
    assert ana.messages() == ["The story is in review. These people can publish it: Ben."]
    assert reader(PATH)[0] == 404
    return Article.objects.get()


def an_editor_sends_it_back(ben):
    ben.visit("/admin/")
    ben.follow(ben.page.get_by_role("link", name="A bridge reopens").first)
    assert FIRST_WORDS in ben.page.locator("main").inner_text()
    ben.fill("#id_note", "Who paid for it?")
    ben.press("Send back")
    assert ben.messages() == ["The story is back with its reporter, with your note."]


def the_reporter_follows_the_note(ana, article):
    ana.visit(desk.address("change", article))
    assert "Who paid for it?" in ana.page.locator("main").inner_text()
    ana.write(f"{PAID} [s9]")
    ana.press("Send to review")


def the_editor_is_refused_its_publication(ben, article):
    """A marker in the body names a source that is not in the list."""
    ben.visit(desk.address("review", article))
    ben.press("Approve")
    ben.press("Publish…")
    assert "“s9”" in ben.page.locator("main").inner_text()
    assert ben.page.get_by_role("button", name="Publish now").is_disabled()


def it_is_scheduled(ben, article):
    ben.visit(desk.address("change", article))
    ben.write(PAID)
    ben.press("Publish…")
    ben.choose("At a time")
    ben.fill_moment("#id_at", "2025-06-09T10:30", ["09062025", "1030"], ["06092025", "1030A"])
    ben.press("Schedule for 9 June, 10:30 Brussels time")
    assert ben.messages() == ["Scheduled for 9 June 2025, 10:30, Brussels time."]


def it_went_live_by_itself(reader):
    status, words = reader(PATH)
    assert status == 200
    assert PAID in words
    assert "Updated" not in words
    assert "A bridge reopens" in reader("/")[1]


def the_reporter_finds_an_error(ana, article):
    ana.visit(desk.address("change", article))
    ana.write(RIGHT_WORDS)
    ana.press("Send to review")


def the_editor_publishes_the_correction(ben, article):
    ben.visit(desk.address("review", article))
    assert ben.page.locator("del").all_inner_texts() != [], "the review opens with what would change"
    ben.press("Publish…")
    ben.choose("Correction: something was wrong.")
    ben.press("Publish now")
    assert "Enter what was wrong and what is right." in ben.page.locator("main").inner_text()
    ben.fill("#id_was", "The bridge cost 20 million euro.")
    ben.fill("#id_right", "The bridge cost 2 million euro.")
    ben.press("Publish now")


def readers_see_the_correction(reader):
    words = reader(PATH)[1]
    assert RIGHT_WORDS in words
    assert "milion" not in words
    assert "Updated" in words
    assert "The bridge cost 20 million euro." in words
    assert "The bridge cost 2 million euro." in reader("/corrections/")[1]
    assert "20 milion" in reader(f"{PATH}history/1..2/")[1]
    assert PAID in reader(AT_ITS_FIRST_MINUTE)[1]


def it_is_withdrawn(ben, article):
    ben.visit(desk.address("withdraw", article))
    ben.fill("#id_reason", "The bridge has not reopened.")
    ben.press("Withdraw now")
    assert ben.messages() == ["The story is withdrawn. Its address now gives your reason."]


def nothing_of_it_is_left(reader):
    status, words = reader(PATH)
    assert status == 410
    assert "The bridge has not reopened." in words
    for address in ("/", "/corrections/", "/search/?q=bridge", f"{PATH}history/", AT_ITS_FIRST_MINUTE):
        assert "20 mil" not in reader(address)[1], address
