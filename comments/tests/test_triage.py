"""Triage at work: what it knows of a post, what it does with its verdict, and what a moderator reads of it."""

import pytest
from django.urls import reverse
from lxml import html

from articles.tests.reading import texts
from articles.tests.stories import NOON, published, source
from comments.models import Comment, ListedWord, Reason, Status
from comments.tests.replies import MINUTE, approved, posted, typed

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"


def send(client, text, **fields):
    """Posts a reply through the page's form and returns the Comment."""
    assert client.post(f"{STORY}reply/", typed(text=text, **fields)).status_code == 303
    return Comment.objects.get(text=text)


def seen(comment):
    return [signal["name"] for signal in comment.verdict["signals"]]


def card(client, comment):
    tree = html.document_fromstring(
        client.get(reverse("admin:comments_comment_change", args=[comment.pk])).text
    )
    return tree.xpath(f"//article[@id='c{comment.pk}']")[0]


def test_a_plain_comment_waits_and_its_record_says_what_was_seen(client, edition):
    comment = send(client, "A word about the harbour.")
    assert (comment.status, comment.verdict["score"], seen(comment)) == (Status.PENDING, 0, ["first"])
    assert not comment.decisions.exists()


def test_what_looks_like_spam_waits_among_spam_by_a_logged_rule(client, edition):
    ListedWord.objects.create(words="casino", points=4)
    comment = send(client, "Win big: casino.example/a casino.example/b casino.example/c")
    assert comment.status == Status.SPAM
    decision = comment.decisions.get()
    assert (decision.by, decision.rule, decision.verdict) == (None, "triage", comment.verdict)
    assert str(decision) == "Spam by the rule “triage”, 9 June 2025, 14:05"
    assert comment.is_waiting  # no person has looked at it


def test_listed_words_are_those_of_the_storys_language(client, edition):
    ListedWord.objects.create(words="pont", language="fr")
    ListedWord.objects.create(words="Brücke")
    ListedWord.objects.create(words="…")  # no word at all
    comment = send(client, "Le pont, die Brucke")
    assert [signal["named"] for signal in comment.verdict["signals"] if signal["name"] == "listed"] == [
        {"word": "brucke"}
    ]


def test_earlier_decisions_about_the_same_address_count_however_it_is_written(client, edition, moderator):
    approved(edition, "Good", email="Ana@Example.com")
    posted(edition, "Bad", email="ana@example.com").reject(by=moderator, reason=Reason.ABUSE)
    posted(edition, "Other", email="ben@example.com").mark_spam(by=moderator)
    comment = send(client, "Third", email="ANA@example.com")
    assert [signal["named"] for signal in comment.verdict["signals"]] == [{"rejected": 1, "count": 2}]


def test_a_comment_like_another_one_is_seen_whichever_story_that_is_under(client, edition):
    text = "Nobody asked the people of the harbour whether they wanted another police station."
    other = posted(published("Other"), text + " Really.")
    comment = send(client, text)
    assert comment.verdict["signals"][0]["named"] == {"numbers": [other.pk]}


def test_what_was_taken_back_is_like_nothing(client, edition):
    text = "Nobody asked the people of the harbour whether they wanted another police station."
    posted(edition, text + " Really.").withdraw()
    assert seen(send(client, text)) == ["first"]
    gone = Comment.objects.get(status=Status.WITHDRAWN)
    assert (gone.likeness, gone.email_hash) == ({}, "")


def test_a_link_to_a_cited_source_speaks_for_a_comment(client, clock):
    published("Harbour bridge reopens", sources=[source("Report", url="https://www.un.example/report")])
    comment = send(client, "It is on page 3 of https://un.example/report")
    assert (seen(comment), comment.verdict["score"]) == (["cited", "first"], -2)


def test_many_comments_from_one_network_are_seen(client, edition, settings):
    settings.COMMENT_RATE = None
    comments = [
        send(client, f"Word {number} about the harbour and more", name=f"N{number}") for number in range(3)
    ]
    assert [("flood" in seen(comment)) for comment in comments] == [False, False, True]


def test_a_moderator_reads_why_a_comment_is_held_and_sees_the_words(client, edition, moderator):
    ListedWord.objects.create(words="idiots")
    comment = send(client, "Those <b>idiots</b>\nagain, see a.com")
    client.force_login(moderator)
    shown = card(client, comment)
    assert texts(shown, ".//ul[@class='why']/li") == [
        "1 link", "Listed word: “idiots”", "First comment from this address", "Pending",
    ]  # fmt: skip
    plain = texts(shown, ".//ul[@class='why']/li[@class='plain']")
    assert plain == ["First comment from this address", "Pending"]
    assert texts(shown, ".//mark") == ["idiots", "a.com"]
    assert shown.xpath("string(.//div[@class='said']/p)") == "Those <b>idiots</b>\nagain, see a.com"


def test_marks_of_words_that_are_gone_are_passed_over(client, edition, moderator):
    comment = send(client, "Words at a.com and b.com")
    Comment.objects.filter(pk=comment.pk).update(text="Words at a.com")
    client.force_login(moderator)
    assert texts(card(client, comment), ".//mark") == ["a.com"]


def test_a_word_is_listed_once_for_a_language_in_the_admin(client, edition, moderator):
    client.force_login(moderator)
    add = reverse("admin:comments_listedword_add")
    assert client.post(add, {"words": "casino", "language": "", "points": "3"}).status_code == 302
    again = client.post(add, {"words": "casino", "language": "", "points": "2"})
    assert "These words are listed for this language already." in again.text
    assert (
        "Ensure this value is less than or equal to 10."
        in client.post(add, {"words": "bonus", "language": "", "points": "11"}).text
    )
    listed = html.document_fromstring(client.get(reverse("admin:comments_listedword_changelist")).text)
    assert texts(listed, "//td[@class='field-spoken_in']") == ["every language"]
    assert ListedWord.objects.points(language="en") == {("casino",): 3}


def test_a_post_costs_the_same_whatever_there_is(client, edition, django_assert_num_queries):
    for number in range(30):
        posted(edition, f"Comment {number}", at=NOON + number * MINUTE / 60)
    with django_assert_num_queries(16):
        send(client, "One more word about the harbour")
