"""Two people on one story in chromium: drafts, a crash, a lost connection, a lost session, and both at once."""

import re

import pytest
from django.contrib.sessions.models import Session

from articles.models import Article, Autosave, DeskNote, Presence
from articles.tests import desk
from articles.tests.browser import EDITOR, Colleague, barriers
from articles.tests.stories import author, person, rewrite, section, source, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOT_A_TROUBLE = ["net::ERR_INTERNET_DISCONNECTED", "409 (Conflict)", "422 (Unprocessable"]


class Writer(Colleague):
    """A colleague on a story's page."""

    def crash(self):
        """The page is gone without a word, and so is what its browser had in memory."""
        self.page.close(run_before_unload=False)
        self.page = self.context.new_page()

    def type_body(self, words):
        self.page.evaluate(
            "selector => document.querySelector(selector).editor.commands.focus('end')", EDITOR
        )
        self.page.wait_for_selector(f"{EDITOR}:focus")
        self.page.keyboard.type(words)

    def wait_until_kept(self):
        self.page.locator("#desk-kept", has_text=re.compile("^Kept ")).wait_for()

    def save(self):
        with self.page.expect_navigation():
            self.page.keyboard.press("Control+s")

    def copies(self):
        return self.page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('desk:'))")


@pytest.fixture
def arrive(new_context, live_server):
    """A function that brings a colleague with a browser of their own."""
    there = []

    def bring(name):
        user = person(name, "Editors")
        there.append(Writer(new_context(), user, site=live_server.url, but=NOT_A_TROUBLE))
        return there[-1]

    yield bring
    assert {writer.user.username: writer.troubles for writer in there if writer.troubles} == {}


@pytest.fixture
def story(db):
    return write(
        "A bridge reopens", body="<p>It holds.</p>", sources=[source("One")], bylines=[author("Ana")]
    )


def test_words_survive_a_crash_with_the_body_and_an_added_source(arrive, story):
    ana = arrive("ana")
    page = ana.visit(desk.address("change", story))
    page.fill("#id_headline", "Typed before the crash")
    ana.type_body(" Ships pass.")
    page.locator(".rows-of-citations .addlink").click()
    page.fill("#id_citations-1-title", "Another source")
    ana.wait_until_kept()
    ana.crash()
    assert Article.objects.get().version == 1

    page = ana.visit(desk.address("change", story))
    assert page.input_value("#id_headline") == "A bridge reopens"
    with page.expect_navigation():
        page.get_by_role("button", name="Bring them back").click()
    page.wait_for_selector(EDITOR)
    assert page.input_value("#id_headline") == "Typed before the crash"
    assert page.locator(EDITOR).inner_text().strip() == "It holds. Ships pass."
    assert page.input_value("#id_citations-1-title") == "Another source"
    ana.save()
    saved = Article.objects.get()
    assert (saved.headline, saved.body) == ("Typed before the crash", "<p>It holds. Ships pass.</p>")
    assert saved.citations.count() == 2
    assert not Autosave.objects.exists()
    assert ana.copies() == []


def test_a_new_story_survives_a_crash(arrive, db):
    section()
    ana = arrive("ana")
    page = ana.visit(desk.address("add"))
    page.fill("#id_headline", "A new story")
    ana.type_body("First words.")
    ana.wait_until_kept()
    ana.crash()
    page = ana.visit(desk.address("add"))
    with page.expect_navigation():
        page.get_by_role("button", name="Bring them back").click()
    page.wait_for_selector(EDITOR)
    ana.save()
    saved = Article.objects.get()
    assert (saved.headline, saved.body) == ("A new story", "<p>First words.</p>")


def test_thrown_away_words_ask_once_and_are_gone(arrive, story):
    ana = arrive("ana")
    Autosave.objects.keep(
        user=ana.user, article=story, fields={"headline": ["Old"]}, version=1, at=story.updated_at
    )
    page = ana.visit(desk.address("change", story))
    page.fill("#id_headline", "Typed meanwhile")
    page.locator("#desk-kept", has_text="Not kept: decide first about the older words, above.").wait_for()
    page.locator("#desk-offer summary").click()
    page.locator("#desk-offer").get_by_role("button", name="Yes, throw them away").click()
    page.locator("#desk-offer").wait_for(state="detached")
    ana.wait_until_kept()
    assert page.input_value("#id_headline") == "Typed meanwhile"
    assert Autosave.objects.get().fields["headline"] == ["Typed meanwhile"]


def test_two_people_see_each_other_and_both_texts(arrive, story):
    ana, ben = arrive("ana"), arrive("ben")
    ana.visit(desk.address("change", story))
    page = ben.visit(desk.address("change", story))
    assert page.locator("#desk-others").inner_text() == "Ana is editing this (just now)"

    ana.page.fill("#id_headline", "Ana’s headline")
    ana.save()
    page.fill("#id_standfirst", "Ben’s standfirst")
    page.locator("#desk-news", has_text="Ana saved a newer version at ").wait_for()
    ben.save()
    assert page.title().startswith("Not saved: ")
    assert page.locator(".side-by-side .words").all_inner_texts() == [
        "Ana’s headline", "A bridge reopens", "—", "Ben’s standfirst",
    ]  # fmt: skip
    page.keyboard.press("Control+s")  # is no second save
    with page.expect_navigation():
        page.get_by_role("button", name="Keep both").click()
    saved = Article.objects.get()
    assert (saved.headline, saved.standfirst, saved.version) == ("Ana’s headline", "Ben’s standfirst", 3)


def test_my_words_go_over_it_by_a_deliberate_second_save(arrive, story):
    ana, ben = arrive("ana"), arrive("ben")
    page = ben.visit(desk.address("change", story))
    ana.visit(desk.address("change", story)).fill("#id_headline", "Ana’s headline")
    ana.save()
    page.fill("#id_headline", "Ben’s headline")
    ben.type_body(" Ben was here.")
    ben.save()
    page.wait_for_selector(EDITOR)
    with ben.context.expect_page() as opened:
        page.get_by_role("link", name="Open the stored version in a new tab").click()
    assert opened.value.input_value("#id_headline") == "Ana’s headline"
    opened.value.close()
    page.fill("#id_headline", "Ben’s better headline")
    with page.expect_navigation():
        page.get_by_role("button", name="Save my words over it").click()
    saved = Article.objects.get()
    assert (saved.headline, saved.body) == ("Ben’s better headline", "<p>It holds. Ben was here.</p>")


def test_who_closes_the_page_is_gone(arrive, story):
    ana = arrive("ana")
    with ana.page.expect_response("**/presence/") as beat:  # the first heartbeat, a second after opening
        page = ana.visit(desk.address("change", story))
        assert Presence.objects.count() == 1
    assert beat.value.ok
    page.goto("/admin/")
    for _attempt in range(50):
        if not Presence.objects.exists():
            break
        page.wait_for_timeout(100)
    assert not Presence.objects.exists()


def test_a_lost_connection_during_save_loses_nothing(arrive, story):
    ana = arrive("ana")
    page = ana.visit(desk.address("change", story))
    ana.context.set_offline(True)
    page.fill("#id_headline", "Typed in the train")
    page.keyboard.press("Control+s")
    page.locator(
        "#desk-kept.bad", has_text="Not saved: no connection. Your words stay in this browser."
    ).wait_for()
    assert page.input_value("#id_headline") == "Typed in the train"
    assert len(ana.copies()) == 1
    page.locator(
        "#desk-kept.bad", has_text="Not kept: no connection. Your words stay in this browser."
    ).wait_for()

    ana.crash()  # the machine goes off in the tunnel
    ana.context.set_offline(False)
    page = ana.visit(desk.address("change", story))
    strip = page.locator(".strip.offer", has_text="Words from this browser that never reached the desk.")
    with page.expect_navigation():
        strip.get_by_role("button", name="Bring them back").click()
    page.wait_for_selector(EDITOR)
    assert page.input_value("#id_headline") == "Typed in the train"
    ana.save()
    assert Article.objects.get().headline == "Typed in the train"
    page.wait_for_selector(EDITOR)
    assert ana.copies() == []
    assert not page.locator(".strip.offer").is_visible()


def test_a_connection_that_comes_back_saves_as_usual(arrive, story):
    ana = arrive("ana")
    page = ana.visit(desk.address("change", story))
    ana.context.set_offline(True)
    page.fill("#id_headline", "Typed in the train")
    page.keyboard.press("Control+s")
    page.locator("#desk-kept.bad").wait_for()
    ana.context.set_offline(False)
    ana.save()
    assert Article.objects.get().headline == "Typed in the train"


def test_words_typed_while_the_desk_takes_its_time_to_save_are_offered_afterwards(arrive, story):
    ana = arrive("ana")
    page = ana.visit(desk.address("change", story))
    ana.type_body(" Ships pass.")
    held = []

    def hold_the_first_save(route):
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/change/", hold_the_first_save)
    with page.expect_request(lambda request: request.method == "POST" and request.url.endswith("/change/")):
        page.keyboard.press("Control+s")
    page.keyboard.type(" Trains too.")
    with page.expect_navigation():
        held[0].continue_()
    page.wait_for_selector(EDITOR)
    assert Article.objects.get().body == "<p>It holds. Ships pass.</p>"
    with page.expect_navigation():
        page.get_by_role("button", name="Bring them back").click()
    page.wait_for_selector(EDITOR)
    assert page.locator(EDITOR).inner_text().strip() == "It holds. Ships pass. Trains too."


def test_a_save_without_more_typing_leaves_nothing_in_the_browser(arrive, story):
    ana = arrive("ana")
    page = ana.visit(desk.address("change", story))
    page.fill("#id_headline", "A bridge holds")
    page.get_by_role("button", name="Save").click()
    page.locator(".messagelist .success").wait_for()
    assert ana.copies() == []


def test_who_is_signed_out_signs_in_elsewhere_and_goes_on(arrive, story):
    ana = arrive("ana")
    with ana.page.expect_response("**/presence/"):  # a heartbeat between two tokens would be refused
        page = ana.visit(desk.address("change", story))
    Session.objects.all().delete()
    page.fill("#id_headline", "Typed while signed out")
    page.keyboard.press("Control+s")
    said = "You are signed out. Open the desk in another tab, sign in, and go on here."
    page.locator("#desk-news", has_text=said).wait_for()
    assert page.input_value("#id_headline") == "Typed while signed out"
    ana.sign_in()
    ana.context.clear_cookies(name="desk_csrf")  # signing in makes another token
    ana.save()
    assert Article.objects.get().headline == "Typed while signed out"


def test_a_copy_that_the_sign_in_page_swallowed_is_offered_and_can_be_thrown_away(arrive, story):
    ana = arrive("ana")
    page = ana.visit(desk.address("change", story))
    page.fill("#id_headline", "Swallowed")
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    ana.crash()
    page = ana.visit(desk.address("change", story))
    strip = page.locator(".strip.offer", has_text="Words from this browser")
    strip.locator("summary").click()
    strip.get_by_role("button", name="Yes, throw them away").click()
    assert ana.copies() == []
    assert not strip.is_visible()


def test_signing_out_leaves_no_words_in_the_browser(arrive, story):
    ana = arrive("ana")
    page = ana.visit(desk.address("change", story))
    page.evaluate("localStorage.setItem('desk:1:/x/', '[]')")
    page.locator("#logout-form button").click()
    page.wait_for_url("**/logout/")
    assert ana.copies() == []


def test_notes_are_written_beside_unsaved_words(arrive, story):
    ana = arrive("ana")
    page = ana.visit(desk.address("change", story))
    page.fill("#id_headline", "Unsaved")
    page.get_by_role("button", name="Add the note").click()
    page.get_by_text("Write the note first.").wait_for()
    page.fill("#id_note_text", "Ask the port.")
    page.get_by_role("button", name="Add the note").click()
    page.locator(".notes .text", has_text="Ask the port.").wait_for()
    page.fill("#id_note_text", "Half a no")
    page.get_by_role("button", name="Resolve").click()
    page.get_by_text("1 resolved note").wait_for()
    assert page.input_value("#id_note_text") == "Half a no"
    assert page.input_value("#id_headline") == "Unsaved"
    assert DeskNote.objects.get().resolved_by == ana.user
    assert len(ana.context.pages) == 1


def test_these_pages_have_no_barrier(arrive, story):
    ana, ben = arrive("ana"), arrive("ben")
    DeskNote.objects.create(article=story, by=ben.user, text="Open", at=story.updated_at)
    DeskNote.objects.create(
        article=story,
        by=ben.user,
        text="Done",
        at=story.updated_at,
        resolved_by=ben.user,
        resolved_at=story.updated_at,
    )
    Autosave.objects.keep(
        user=ana.user, article=story, fields={"headline": ["Old"]}, version=0, at=story.updated_at
    )
    ben.visit(desk.address("change", story))
    page = ana.visit(desk.address("change", story))
    for summary in page.locator("#desk-offer summary, #desk-notes summary").all():
        summary.click()
    assert barriers(page) == [], "an offer, others, notes"
    assert barriers(ana.visit(desk.address("notes", story))) == [], "the notes’ own page"
    ana.visit(desk.address("change", story))
    rewrite(story, by=ben.user, headline="Ben’s", standfirst="Ben’s")
    page.fill("#id_headline", "Ana’s headline")
    ana.save()
    page.wait_for_selector("#desk-conflict")
    assert barriers(page) == [], "both texts"
