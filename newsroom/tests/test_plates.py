"""Where only the conversation has changed, a page is printed from its plate, and is what would be rendered."""

import datetime as dt

import pytest
import time_machine
from django.db import OperationalError, connection

from articles import publishing
from articles.plates import Late, Plate
from articles.shown import changes, noting, shows, shows_until, story
from articles.tests.stories import NOON, person, published, rewrite
from comments.models import Policy
from comments.tests.replies import approved, posted

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
NOW = NOON + 60 * MINUTE


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def edition(site, clock, done):
    """A story with a conversation, the page of which has a plate: it was read, it changed, and was read again."""
    edition = done(published, "The bridge", slug="bridge", at=NOON)
    for words in ("First", "Second"):
        done(approved, edition, f"{words} words", name="Ana")
        for _ in range(2):
            site.get(edition.path)
    return edition


def is_rendered(site, path):
    """Whether Django is asked for the page now, which is told to be the very page that it would make."""
    asked = site.rendered
    got, fresh = site.get(path), site.fresh(path)
    assert (got.status, got.headers, got.text) == (fresh.status, fresh.headers, fresh.text)
    return site.rendered > asked


def moderator():
    return person("moderator", "Moderators")


def pause(edition, *, minutes):
    Policy.objects.create(article=edition.article, paused_until=NOW + minutes * MINUTE)


# What happens in the conversation: it is given the edition and its first comment.
OF_THE_CONVERSATION = {
    "a comment": lambda edition, first: approved(edition, "Third <b>words</b>", name="</script>"),
    "a reply": lambda edition, first: approved(edition, "An answer", parent=first),
    "spam": lambda edition, first: first.mark_spam(by=moderator()),
    "its author's regret": lambda edition, first: first.withdraw(at=NOW),
    "blanked words": lambda edition, first: first.blank(by=moderator(), ranges=[(0, 5)]),
    "a choice of the desk": lambda edition, first: first.feature(by=moderator()),
    "a pause": lambda edition, first: pause(edition, minutes=5),
}


@pytest.mark.parametrize("happens", OF_THE_CONVERSATION.values(), ids=OF_THE_CONVERSATION)
def test_what_happens_in_the_conversation_is_printed_without_asking_django(site, edition, done, happens):
    first = edition.article.comments.get(text="First words")
    before = site.get(edition.path).text
    done(happens, edition, first)
    assert not is_rendered(site, edition.path)
    assert site.get(edition.path).text != before
    assert site.keeps(edition.path)


def rewritten(edition):
    rewrite(edition.article, headline="The bridge is closed")
    publishing.publish(edition.article, by=person("editor", "Editors"), change="update", now=NOW)


def test_what_happens_to_the_story_is_rendered(site, edition, done):
    done(rewritten, edition)
    done(approved, edition, "Third words")
    assert is_rendered(site, edition.path)
    assert "The bridge is closed" in site.get(edition.path).text
    done(approved, edition, "Fourth words")
    assert not is_rendered(site, edition.path)


def test_what_waits_for_a_moderator_changes_nothing(site, edition, done):
    done(posted, edition, "Third words")
    assert site.keeps(edition.path)


def test_the_end_of_a_pause_is_printed_and_that_of_an_edition_rendered(site, edition, done, clock):
    done(pause, edition, minutes=5)
    rewrite(edition.article, headline="The bridge is closed")
    at = NOW + 9 * MINUTE
    done(
        publishing.schedule, edition.article, by=person("editor", "Editors"), at=at, now=NOW, change="update"
    )
    assert not is_rendered(site, edition.path)
    clock.move_to(NOW + 6 * MINUTE)
    assert not is_rendered(site, edition.path)
    clock.move_to(NOW + 10 * MINUTE)
    done(approved, edition, "Third words")
    assert is_rendered(site, edition.path)
    assert "The bridge is closed" in site.get(edition.path).text


def test_what_changes_while_a_plate_is_printed_is_in_all_of_the_page_or_in_none(site, edition, done):
    done(approved, edition, "Third words")

    def meddle(execute, *query):
        site.board.drop([story(edition.article_id)])
        return execute(*query)

    asked = site.rendered
    with connection.execute_wrapper(meddle):
        assert site.get(edition.path).status == 200
    assert site.rendered == asked + 1


def test_what_goes_wrong_while_a_plate_is_printed_is_told_by_the_page(site, edition, done, caplog):
    done(approved, edition, "Third words")
    failures = iter([OperationalError("gone")])

    def fail(execute, *query):
        for failure in failures:
            raise failure
        return execute(*query)

    with connection.execute_wrapper(fail):
        assert is_rendered(site, edition.path)
    assert "A page could not be printed from its plate." in caplog.text


def test_a_page_that_nothing_happened_to_keeps_no_plate(site, clock, done):
    edition = done(published, "The bridge", at=NOON)
    for _ in range(3):
        site.get(edition.path)
    size = site.cache.pages.size
    done(changes, story(edition.article_id))
    site.get(edition.path)
    assert size < site.cache.pages.size < 2 * size


def test_a_plate_prints_each_thing_where_there_is_room_for_it():
    read = []

    def late():
        read.append("thread")
        return [len(read)]

    thread = Late(late)
    plate = Plate()
    end = ', "commentCount": }</script>\n'
    rooms = [plate.leave_room("comments/_json_ld_end.html", thread=thread) for _ in range(2)]
    with noting():
        shows("before")
        shows_until(NOON)
        plate.cast("ä {} b {} c".format(*rooms))
    assert (plate.names, plate.until) == ({"before"}, NOON)
    assert plate.size == len("ä  b  c".encode())
    with noting() as noted:
        first, second = plate.print(), plate.print()
    assert first == second == f"ä {end} b {end} c".encode()
    assert read == ["thread"] * 2
    assert (noted.names, noted.until) == ({"before"}, NOON)
