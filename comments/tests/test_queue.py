"""The moderation queue: what stands where, in which order, beside what; and what a page that lies open hears."""

import re

import pytest
from django.urls import reverse

from articles import publishing
from articles.tests.stories import NOON, published, rewrite
from comments import queues
from comments.models import Comment, Reason, Status
from comments.spam import Facts, Words, triage
from comments.tests.replies import MINUTE, approved, posted

pytestmark = pytest.mark.django_db
LIST = reverse("admin:comments_comment_changelist")
NEWS = reverse("admin:comments_comment_news")
# session, person, two of permissions, counts, comments with their stories, their logs, records, the author's others,
# what can be undone; one more for reports, one where the page follows another
QUEUE_QUERIES = 10
# session, person, two of permissions, the comment, its log, the record, the author's others
RECORD_QUERIES = 8


def cards(response):
    """The numbers of the comments on a page of the queue, in order."""
    return [int(number) for number in re.findall(r'<article class="card" id="c(\d+)"', response.text)]


def many(edition, count, **fields):
    return [
        posted(edition, f"Number {number}", at=NOON + number * MINUTE, **fields) for number in range(count)
    ]


def test_the_queue_opens_on_what_waits_oldest_first(desk, edition):
    late, early = posted(edition, "Late", at=NOON + MINUTE), posted(edition, "Early", at=NOON)
    approved(edition, "Approved")
    assert cards(desk.get(LIST)) == [early.pk, late.pk]


@pytest.mark.parametrize("queue", ["pending", "spam", "approved", "rejected"])
def test_each_status_has_its_queue_and_the_tabs_say_how_much_waits(desk, edition, queue):
    chosen = {each: posted(edition, each) for each in ("pending", "spam", "approved", "rejected")}
    for each, comment in chosen.items():
        Comment.objects.filter(pk=comment.pk).update(status=each)
    response = desk.get(LIST, {"queue": queue})
    assert cards(response) == [chosen[queue].pk]
    assert re.findall(r'data-count="(\w+)">(\d+)<', response.text) == [
        ("pending", "1"), ("reported", "0"), ("spam", "1"),
    ]  # fmt: skip
    assert cards(desk.get(LIST, {"queue": "nonsense"})) == [chosen["pending"].pk]


def test_what_is_decided_stands_newest_first(desk, edition):
    old, new = approved(edition, "Old", at=NOON), approved(edition, "New", at=NOON + MINUTE)
    assert cards(desk.get(LIST, {"queue": "approved"})) == [new.pk, old.pk]


def test_what_readers_reported_stands_by_itself_the_most_reported_first(desk, edition, moderator):
    once, twice, kept = (approved(edition, text) for text in ("Once", "Twice", "Kept"))
    for comment, networks in ((once, "a"), (twice, "bc"), (kept, "d")):
        for network in networks:
            comment.report(network=network, reason=Reason.ABUSE, note="It is about my son.")
    kept.keep(by=moderator)
    response = desk.get(LIST, {"queue": "reported"})
    assert cards(response) == [twice.pk, once.pk]
    for words in ("2 reports", "Reported: Abuse", "It is about my son.", "Keep"):
        assert words in response.text


def test_the_most_flagged_come_first_on_demand(desk, edition):
    calm = posted(edition, "Calm", at=NOON)
    worse, bad = (posted(edition, text, at=NOON, score=points) for text, points in (("Worse", 6), ("Bad", 3)))
    assert cards(desk.get(LIST, {"order": "flagged"})) == [worse.pk, bad.pk, calm.pk]


def test_comments_under_one_story_stand_together_on_demand(desk, edition):
    other = published("Another story")
    first, second = posted(edition, "1", at=NOON), posted(other, "2", at=NOON + MINUTE)
    third = posted(edition, "3", at=NOON + 2 * MINUTE)
    response = desk.get(LIST, {"order": "story"})
    assert cards(response) == [first.pk, third.pk, second.pk]
    assert response.text.count("Only this article") == 2
    assert cards(desk.get(LIST, {"article": other.article_id})) == [second.pk]


def test_comments_that_are_nearly_the_same_stand_together(desk, edition):
    texts = ["Nobody asked the people of the old harbour about it", "Something else entirely", None]
    texts[2] = texts[0] + " again"
    seen, comments = {}, []
    for minute, text in enumerate(texts):
        verdict = triage(Words(text), Facts(neighbours=seen))
        comments.append(posted(edition, text, at=NOON + minute * MINUTE, verdict=verdict.as_data()))
        seen[comments[-1].pk] = comments[-1].likeness
    first, other, alike = (comment.pk for comment in comments)
    response = desk.get(LIST)
    assert cards(response) == [first, alike, other]
    assert "2 comments that are nearly the same" in response.text


@pytest.mark.parametrize("order", queues.Order.values)
def test_a_page_begins_after_a_comment_and_nothing_is_shown_twice(desk, edition, order):
    count = queues.PAGE_SIZE + 7
    rows = many(edition, count)
    for number, comment in enumerate(rows):
        Comment.objects.filter(pk=comment.pk).update(score=number % 3, open_flag_count=number % 2)
    seen, address = [], f"{LIST}?order={order}"
    while address:
        response = desk.get(address)
        seen += cards(response)
        following = re.search(r'href="(\?[^"]+)" rel="next"', response.text)
        address = following and LIST + following[1].replace("&amp;", "&")
    assert len(seen) == count
    assert set(seen) == {comment.pk for comment in rows}
    assert "To the first page" in response.text


def test_an_arrival_moves_nothing(desk, edition):
    rows = many(edition, queues.PAGE_SIZE + 3)
    following = re.search(r'href="(\?[^"]+)" rel="next"', desk.get(LIST).text)[1].replace("&amp;", "&")
    rows[0].withdraw()
    posted(edition, "Arrived", at=NOON - MINUTE)
    assert cards(desk.get(LIST + following)) == [comment.pk for comment in rows[queues.PAGE_SIZE :]]


def test_a_card_shows_everything_that_the_decision_needs(desk, edition):
    parent = approved(edition, "Parent", name="Ana", email="ana@example.com")
    approved(edition, "Earlier", at=NOON - MINUTE)
    words = "\n\n".join(f"Paragraph {number} " + "word " * 60 for number in range(10))
    comment = posted(edition, words, parent=parent, seconds_taken=3, at=NOON)
    page = desk.get(LIST).text
    assert page.count("Paragraph ") == 10
    for shown in (
        "Reader in Brussels", "reader@example.com", "9 June 2025, 14:00", "Harbour bridge reopens",
        f'href="{edition.path}#comments"', f"in reply to Ana (comment {parent.pk})", "1 approved",
        "Sent 3 seconds after the page was opened", f'name="seen_{comment.pk}" value="0"',
    ):  # fmt: skip
        assert shown in page


def test_beside_the_cards_stands_the_record_of_the_author(desk, edition, moderator):
    posted(edition, "Typical idiots in charge again.").reject(by=moderator, reason=Reason.ABUSE)
    approved(edition, "The old station deserves a better use.", at=NOON - MINUTE)
    comment = posted(edition, "Nobody asked.", at=NOON + MINUTE)
    for page in (
        desk.get(LIST).text,
        desk.get(reverse("admin:comments_comment_author", args=[comment.pk])).text,
        desk.get(reverse("admin:comments_comment_change", args=[comment.pk])).text,
    ):
        for shown in ("First seen", "Rejected (Abuse)", "Typical idiots", "The old station", "13:59"):
            assert shown in page


def test_the_record_of_whoever_sends_very_much_is_counted_up_to_a_bound(desk, edition, monkeypatch):
    monkeypatch.setattr(queues, "MOST_COUNTED", 2)
    for number in range(3):
        approved(edition, f"Earlier {number}", at=NOON - number * MINUTE)
    for number in range(2):
        posted(edition, f"Advertisement {number}", spam_by="triage")
    comment = posted(edition, "Nobody asked.", at=NOON + MINUTE)
    page = desk.get(LIST).text
    assert "<span>more than 2 approved, 2 spam\n" in page
    assert "<dt>Approved</dt><dd>more than 2</dd>" in page
    assert "<dt>Spam</dt><dd>2</dd>" in page
    assert queues.author_of(comment).record.first_at == NOON - 2 * MINUTE


def test_the_record_of_another_card_is_a_link_away(desk, edition):
    posted(edition, "First", email="first@example.com")
    second = posted(edition, "Second", email="second@example.com", name="Ben", at=NOON + MINUTE)
    page = desk.get(LIST, {"author": second.pk}).text
    assert re.search(r'<aside class="past".*?<h2[^>]*><bdi>Ben</bdi></h2>', page, re.DOTALL)


def test_an_author_without_address_has_no_record(desk, edition):
    comment = posted(edition, "Anonymous", email="")
    page = desk.get(reverse("admin:comments_comment_author", args=[comment.pk])).text
    assert "Nothing is known of the author: there is no address." in page


def test_a_moderator_sees_the_headline_that_readers_saw_not_the_desks_working_copy(desk, edition, editor):
    posted(edition)
    rewrite(edition.article, headline="Secret plan")
    page = desk.get(LIST).text
    assert "Harbour bridge reopens" in page
    assert "Secret plan" not in page
    publishing.withdraw(edition.article, by=editor, reason="It was wrong.")
    page = desk.get(LIST).text
    assert "on Harbour bridge reopens (not on the site)" in page
    assert f'href="{edition.path}' not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("harbour", 1),
        ("ana@", 1),
        ("ANA", 1),
        ("ana@example.com", 1),
        ("nobody", 0),
        ("9" * 30, 0),
    ],
)
def test_comments_are_searched_by_name_address_and_words(desk, edition, query, found):
    posted(edition, "The harbour is shut", name="Ana", email="ana@example.com")
    posted(edition, "Something else", name="Ben", email="ben@example.com")
    response = desk.get(LIST, {"q": query})
    assert len(cards(response)) == found
    assert ("No comment of this queue holds these words." in response.text) is (found == 0)


@pytest.mark.parametrize("typed", ["Ana@Example.com", " ana@example.com "])
def test_an_address_that_is_searched_for_stands_in_no_address(desk, edition, typed):
    mine = posted(edition, "Mine", email="ana@example.com")
    posted(edition, "Not mine", email="ben@example.com")
    sent = {"queue": "pending", "order": "newest", "q": typed, "article": edition.article_id}
    response = desk.post(reverse("admin:comments_comment_find"), sent, follow=True)
    ((address, _status),) = response.redirect_chain
    assert "example.com" not in address
    assert cards(response) == [mine.pk]
    assert "Comments from one e-mail address." in response.text
    again = desk.post(reverse("admin:comments_comment_find"), {"q": "Mine", "queue": "spam"})
    assert again.headers["Location"] == f"{LIST}?queue=spam&order=oldest&q=Mine"


def test_a_comment_is_found_by_its_number(desk, edition):
    comment = many(edition, 3)[1]
    assert cards(desk.get(LIST, {"q": f"#{comment.pk}"})) == [comment.pk]


def test_whoever_searches_a_long_queue_is_told_what_was_searched(desk, edition, monkeypatch):
    monkeypatch.setattr(queues, "SEARCHED", 2)
    many(edition, 3)
    response = desk.get(LIST, {"q": "Number"})
    assert len(cards(response)) == 2
    assert "Only the newest 10,000 comments of this queue were looked through." in response.text


@pytest.mark.parametrize(
    ("queue", "words"),
    [
        ("pending", "Nothing is waiting. The queue is clear."),
        ("rejected", "There is nothing in this queue."),
    ],
)
def test_an_empty_queue_says_so(desk, edition, queue, words):
    assert words in desk.get(LIST, {"queue": queue}).text


def test_a_withdrawn_comment_has_no_buttons(desk, edition):
    comment = posted(edition)
    comment.withdraw()
    page = desk.get(reverse("admin:comments_comment_change", args=[comment.pk])).text
    assert "The words and the name have been deleted." in page
    assert 'name="do"' not in page


@pytest.mark.parametrize("count", [3, 30])
def test_the_queue_needs_the_same_queries_for_any_number(desk, edition, django_assert_num_queries, count):
    for number in range(count):
        parent = approved(published(f"Story {number}"), f"Comment {number}")
        posted(edition, f"Reply {number}", parent=parent, email=f"reader{number}@example.com")
        parent.report(network="a", reason=Reason.ABUSE)
    first = Comment.objects.filter(parent=None).earliest("pk")
    desk.get(LIST)
    with django_assert_num_queries(QUEUE_QUERIES):
        desk.get(LIST)
    with django_assert_num_queries(QUEUE_QUERIES):
        desk.get(LIST, {"q": "Reply"})
    with django_assert_num_queries(QUEUE_QUERIES + 2):
        desk.get(LIST, {"queue": "reported", "after": first.pk})


def test_a_record_needs_the_same_queries_for_any_number(desk, edition, moderator, django_assert_num_queries):
    comment = posted(edition)
    for number in range(10):
        if number % 2:
            comment.mark_spam(by=moderator)
        else:
            comment.approve(by=moderator)
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    desk.get(address)
    with django_assert_num_queries(RECORD_QUERIES):
        desk.get(address)


def test_a_page_that_lies_open_hears_what_came_and_what_others_decided(desk, edition, editor):
    first, second = many(edition, 2)
    since = re.search(r"since=(\d+)", desk.get(LIST).text)[1]
    assert since == str(second.pk)
    posted(edition, "New")
    first.mark_spam(by=editor, at=NOON)
    seen = {"seen": f"{first.pk}.0,{second.pk}.0,x.y,7", "queue": "pending", "since": since}
    assert desk.get(NEWS, seen).json() == {
        "new": 1,
        "said": "1 new comment",
        "moved": {str(first.pk): "Spam by Editor, 9 June 2025, 14:00"},
        "counts": {"pending": 2, "reported": 0, "spam": 1, "approved": 0, "rejected": 0},
    }
    quiet = {"new": 0, "said": "0 new comments", "moved": {}}
    assert desk.get(NEWS, {"since": "9" * 17}).json().items() >= quiet.items()


def test_a_comment_that_a_rule_decided_about_says_so(desk, edition):
    posted(edition, "Buy!", spam_by="trap", at=NOON)
    page = desk.get(LIST, {"queue": "spam"}).text
    assert "Spam by the rule “trap”, 9 June 2025, 14:00" in page
    assert Comment.objects.get().status == Status.SPAM
