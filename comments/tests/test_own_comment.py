"""The private page of one's own comment, and taking it back."""

import pytest

from comments.models import Comment, ListedWord, Mode, Policy, Reason, Status
from comments.posting import private_token
from comments.tests.replies import approved, posted, typed

pytestmark = pytest.mark.django_db
REPLY = "/2025/06/09/harbour-bridge-reopens/reply/"
STORY = "/2025/06/09/harbour-bridge-reopens/"


def link(comment, *, is_authors=False):
    return f"{REPLY}{private_token(comment, is_authors=is_authors)}/"


def test_its_author_alone_sees_a_waiting_comment(client, edition):
    comment = posted(edition)
    response = client.get(link(comment))
    page = response.content.decode()
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex">' in page
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{STORY}">' in page
    assert (
        '<p class="status" role="status">Waiting for a moderator. Only you can see this comment.</p>' in page
    )
    assert "Who pays for it?" in page
    assert "reader@example.com" not in page
    assert "Who pays for it?" not in client.get(STORY).content.decode()


def test_once_approved_the_link_leads_to_the_comment_in_its_thread(client, edition):
    comment = approved(edition)
    response = client.get(link(comment))
    assert (response.status_code, response.headers["Location"]) == (302, f"{STORY}#comment-{comment.pk}")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert f'id="comment-{comment.pk}"' in client.get(STORY).content.decode()


@pytest.mark.parametrize(
    ("reason", "own", "wording"),
    [
        (Reason.ABUSE, "", "This comment was not published. It attacks or insults somebody."),
        (Reason.OTHER, "It names a <minor>.", "This comment was not published. It names a &lt;minor&gt;."),
    ],
)
def test_once_rejected_its_author_reads_the_public_reason(client, edition, moderator, reason, own, wording):
    comment = posted(edition)
    comment.reject(by=moderator, reason=reason, reason_text=own)
    page = client.get(link(comment)).content.decode()
    assert wording in page
    assert "Moderator" not in page.partition("<main")[2].partition("</main>")[0]
    assert "Withdraw" not in page


def test_spam_that_a_person_saw_was_not_published(client, edition, moderator):
    comment = posted(edition)
    comment.mark_spam(by=moderator)
    assert "This comment was not published." in client.get(link(comment)).content.decode()


@pytest.mark.parametrize("is_authors", [True, False])
def test_after_thirty_days_the_link_says_so(client, edition, clock, is_authors):
    address = link(posted(edition), is_authors=is_authors)
    clock.shift(30 * 24 * 60 * 60 - 1)
    assert client.get(address).status_code == 200
    clock.shift(2)
    response = client.get(address)
    assert response.status_code == 410
    assert "This link has expired" in response.content.decode()
    assert "worked for 30 days." in response.content.decode()
    assert f'href="{STORY}#comments"' in response.content.decode()
    assert "Who pays for it?" not in response.content.decode()


@pytest.mark.parametrize("change", ["x", "1", "forged", "elsewhere", "gone"])
def test_no_other_link_shows_anything(client, edition, change):
    comment = posted(edition)
    token = private_token(comment)
    other = {
        "x": "x",
        "1": str(comment.pk),
        "forged": f"{comment.pk + 1}{token[token.index(':') :]}",
        "elsewhere": private_token(Comment(pk=comment.pk + 1)),
        "gone": f"{token}0",
    }
    assert client.get(f"{REPLY}{other[change]}/").status_code == 404
    assert client.post(f"{REPLY}{other[change]}/").status_code == 404


def test_an_author_withdraws(client, edition):
    comment = posted(edition)
    address = link(comment)
    response = client.post(address)
    assert (response.status_code, response.headers["Location"]) == (303, address)
    comment.refresh_from_db()
    assert (comment.status, comment.text) == (Status.WITHDRAWN, "")
    page = client.get(address).content.decode()
    assert "You have withdrawn this comment. Its words and your name have been deleted." in page
    assert client.post(address).status_code == 409


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        (
            "approve",
            "A moderator has just published this comment. To have it taken down, write to desk@news.example.",
        ),
        ("reject", "This comment was not published. It is not about the article."),
    ],
)
def test_an_author_who_comes_too_late_is_told_the_truth(client, edition, moderator, fate, words):
    comment = posted(edition)
    address = link(comment)
    if fate == "approve":
        comment.approve(by=moderator)
    else:
        comment.reject(by=moderator, reason=Reason.OFF_TOPIC)
    response = client.post(address)
    assert response.status_code == 409
    assert words in response.content.decode()
    assert Comment.objects.get().text == "Who pays for it?"


def test_another_site_cannot_withdraw_it(client, edition):
    comment = posted(edition)
    response = client.post(link(comment), headers={"Origin": "https://evil.example"})
    assert response.status_code == 403
    assert "This was sent from another site, so nothing was changed." in response.content.decode()
    assert Comment.objects.get().status == Status.PENDING


def test_an_erased_comment_has_nothing_to_show(client, edition):
    comment = posted(edition)
    Comment.objects.filter(pk=comment.pk).update(status=Status.ERASED, text="", name="", email="")
    page = client.get(link(comment)).content.decode()
    assert "The words of this comment and your name have been deleted." in page


def test_a_repeat_of_a_rejected_comment_says_what_became_of_it(client, edition, moderator):
    first = client.post(REPLY, typed()).headers["Location"]
    Comment.objects.get().reject(by=moderator, reason=Reason.ADVERTISING)
    again = client.post(REPLY, typed()).headers["Location"]
    assert all("It advertises something." in client.get(address).text for address in (first, again))


# --- the author's link, and that of a repeat


def posted_link(client, **fields):
    return client.post(REPLY, typed(**fields)).headers["Location"]


def test_the_author_of_a_published_comment_reads_so_and_may_ask_to_withdraw_it(client, edition, moderator):
    address = posted_link(client)
    comment = Comment.objects.get()
    comment.approve(by=moderator)
    page = client.get(address)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")
    assert f'Published. <a href="{STORY}comments/{comment.pk}/">Read it under the article</a>' in page.text
    assert '<a href="?withdraw">Withdraw this comment…</a>' in page.text
    assert '<button type="submit">Withdraw' not in page.text


def test_withdrawing_a_published_comment_asks_first_and_says_that_it_is_for_good(client, edition, moderator):
    address = posted_link(client)
    comment = Comment.objects.get()
    comment.approve(by=moderator)
    answer = approved(edition, "The city does.", parent=comment)
    question = client.get(f"{address}?withdraw").text
    assert '<h1 class="title">Withdraw this comment?</h1>' in question
    assert "Its words and your name will be deleted. Answers to it stay. This cannot be undone." in question
    assert Comment.objects.get(pk=comment.pk).status == Status.APPROVED
    response = client.post(f"{address}?withdraw", {"confirmed": "yes"})
    assert (response.status_code, response.headers["Location"]) == (303, address)
    comment.refresh_from_db()
    assert (comment.status, comment.text, comment.name) == (Status.WITHDRAWN, "", "")
    assert "You have withdrawn this comment." in client.get(address).text
    story = client.get(STORY).text
    assert "This comment was withdrawn by its author." in story
    assert f'id="comment-{answer.pk}"' in story
    assert "Who pays for it?" not in story


def test_an_author_who_pressed_withdraw_while_it_was_published_is_asked(client, edition, moderator):
    address = posted_link(client)
    comment = Comment.objects.get()
    comment.approve(by=moderator)
    response = client.post(address)
    assert response.status_code == 409
    assert "A moderator has just published this comment.</p>" in response.text
    assert "Withdraw it for good</button>" in response.text
    assert Comment.objects.get(pk=comment.pk).status == Status.APPROVED


@pytest.mark.parametrize("sent", [{}, {"confirmed": "yes"}])
def test_the_link_of_a_repeat_takes_nothing_down_that_was_published(client, edition, moderator, sent):
    posted_link(client)
    Comment.objects.get().approve(by=moderator)
    repeated = posted_link(client)
    assert client.get(repeated).headers["Location"].startswith(f"{STORY}#comment-")
    assert client.post(repeated, sent).status_code == 409
    assert Comment.objects.get().text == "Who pays for it?"


def test_the_link_of_a_repeat_takes_nothing_back_that_a_person_has_looked_at(client, edition, moderator):
    posted_link(client)
    comment = Comment.objects.get()
    comment.approve(by=moderator)
    comment.hold(rule="reports")
    repeated = posted_link(client)
    page = client.get(repeated)
    assert "Waiting for a moderator." in page.text
    assert "Withdraw" not in page.text
    assert client.post(repeated).status_code == 409
    assert Comment.objects.get().status == Status.PENDING


def test_the_link_of_a_repeat_that_nobody_has_read_is_its_authors(client, edition, moderator):
    """Nobody else knows the words yet; and whoever pressed the button twice only sees the second answer."""
    posted_link(client)
    repeated = posted_link(client)
    Comment.objects.get().approve(by=moderator)
    assert client.post(repeated, {"confirmed": "yes"}).status_code == 303


def test_a_comment_that_was_not_published_is_not_withdrawn(client, edition, moderator):
    address = posted_link(client)
    Comment.objects.get().reject(by=moderator, reason=Reason.OFF_TOPIC)
    response = client.post(address, {"confirmed": "yes"})
    assert response.status_code == 409
    assert "This comment was not published. It is not about the article." in response.text
    assert "Withdraw" not in response.text
    assert Comment.objects.get().text == "Who pays for it?"


# --- why it is held


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Who pays for it?", []),
        ("See https://a.example", ["Held because it has 1 link."]),
        ("https://a.example https://b.example https://c.example", ["Held because it has 3 links."]),
        ("WHO PAYS FOR ALL OF THIS THEN", ["Held because it is written in capitals."]),
        ("Whyyyyyyy?", ["Held because letters or marks are repeated over and over."]),
        ("A раураl link", []),
        ("Casino", []),
    ],
)
def test_the_author_reads_why_it_is_held_as_far_as_that_teaches_no_tricks(client, edition, text, sentences):
    ListedWord.objects.create(words="casino")
    page = client.get(posted_link(client, text=text)).text
    assert [line for line in page.split("\n") if "Held because" in line] == [
        f'<p class="hint">{sentence}</p>' for sentence in sentences
    ]
    assert "casino" not in page.partition("<main")[2].partition('class="comment-text"')[0].lower()


def test_after_a_decision_nothing_is_said_of_links(client, edition, moderator):
    address = posted_link(client, text="See https://a.example")
    Comment.objects.get().reject(by=moderator, reason=Reason.ADVERTISING)
    assert "Held because" not in client.get(address).text


def test_the_link_of_a_repeat_is_not_its_authors_once_it_was_public(client, edition):
    """Its words were on the site until readers' reports held it, so that anybody may send them again."""
    Policy.objects.create(mode=Mode.OPEN, reports_to_hold=1)
    client.post(f"{STORY}reply/", typed())
    comment = Comment.objects.get()
    comment.report(network="n" * 64, reason=Reason.ABUSE, limit=1)
    assert comment.status == Status.PENDING
    repeat = client.post(f"{STORY}reply/", typed()).headers["Location"]
    assert "Withdraw" not in client.get(repeat).text
    assert client.post(repeat, {"confirmed": "yes"}).status_code == 409
    comment.refresh_from_db()
    assert comment.status == Status.PENDING
