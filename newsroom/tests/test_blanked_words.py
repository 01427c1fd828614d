"""What a moderator blanked of a comment is found on no public address, nor on the private ones of its author."""

import datetime as dt

import pytest
import time_machine

from articles.tests.stories import NOON
from comments.models import Comment, Reason
from comments.posting import private_token
from comments.tests.replies import approved
from newsroom.tests.public_addresses import ADDRESSES, plant

pytestmark = pytest.mark.django_db

NOW = NOON + dt.timedelta(days=1)
SECRET = "secretstreet"
TEXT = f"I live in {SECRET} 7 and saw it."


@pytest.fixture
def story(db):
    """A live story with six more comments, so that what the desk chose is listed above them."""
    planted = plant("anchorword", live_from=NOON)
    Comment.objects.filter(article=planted.article).update(text="Another")
    edition = planted.article.editions.get()
    for number in range(6):
        approved(edition, f"Opinion {number}", at=NOON + dt.timedelta(minutes=5 + number))
    return planted


@pytest.fixture
def comment(story, moderator):
    """The comment with the secret; it is featured, and somebody has answered it."""
    edition = story.article.editions.get()
    comment = approved(edition, TEXT, name="Ana", at=NOON)
    comment.feature(by=moderator)
    approved(edition, "To Ana", parent=comment, at=NOON + dt.timedelta(minutes=1))
    return comment


def addresses_of(story, comment):
    """All public addresses of the story, and those that tell of this comment."""
    yield from (make(story) for make in ADDRESSES.values())
    base = story.path
    yield from (f"{base}comments/", f"{base}comments/?order=newest", f"{base}reply/?to={comment.pk}")
    yield f"{base}comments/{comment.pk}/report/"
    for is_authors in (True, False):
        yield f"{base}reply/{private_token(comment, is_authors=is_authors)}/"
    yield f"{base}reply/{private_token(comment, is_authors=True)}/?withdraw"


def found_at(client, story, comment, word):
    """How many of the addresses print the word."""
    with time_machine.travel(NOW, tick=False):
        pages = [client.get(address).content.decode() for address in addresses_of(story, comment)]
    return sum(word in page for page in pages)


def blank(comment, moderator):
    start = TEXT.index(SECRET)
    comment.blank(by=moderator, ranges=[(start, start + len(SECRET) + 2)])


def test_what_was_blanked_is_printed_nowhere(client, story, comment, moderator):
    before = found_at(client, story, comment, SECRET)
    blank(comment, moderator)
    assert found_at(client, story, comment, SECRET) == 0
    assert found_at(client, story, comment, "[personal data removed]") == before >= 7


@pytest.mark.parametrize("fate", ["held", "rejected", "spam"])
def test_nor_on_the_private_page_of_what_left_the_site(client, story, comment, moderator, fate):
    blank(comment, moderator)
    if fate == "held":
        comment.hold(rule="reports")
    elif fate == "spam":
        comment.mark_spam(by=moderator)
    else:
        comment.reject(by=moderator, reason=Reason.PERSONAL_DATA)
    assert found_at(client, story, comment, SECRET) == 0
    assert found_at(client, story, comment, "[personal data removed]") == 3  # its author's pages


def test_a_report_that_is_refused_quotes_no_blanked_words(client, story, comment, moderator):
    blank(comment, moderator)
    with time_machine.travel(NOW, tick=False):
        page = client.post(f"{story.path}comments/{comment.pk}/report/", {"reason": ""})
        reply = client.post(f"{story.path}reply/", {"text": "", "to": comment.pk})
    assert (page.status_code, reply.status_code) == (422, 422)
    assert SECRET not in page.text + reply.text
    assert "[personal data removed]" in page.text
    assert "[personal data removed]" in reply.text
