"""The private page of one's own comment, and taking it back."""

import pytest

from comments.models import Comment, Reason, Status
from comments.posting import private_token
from comments.tests.replies import approved, posted, typed

pytestmark = pytest.mark.django_db
REPLY = "/2025/06/09/harbour-bridge-reopens/reply/"
STORY = "/2025/06/09/harbour-bridge-reopens/"


def link(comment):
    return f"{REPLY}{private_token(comment)}/"


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


def test_after_a_day_the_link_says_so(client, edition, clock):
    address = link(posted(edition))
    clock.shift(24 * 60 * 60 - 1)
    assert client.get(address).status_code == 200
    clock.shift(2)
    response = client.get(address)
    assert response.status_code == 410
    assert "This link has expired" in response.content.decode()
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
    address = client.post(REPLY, typed()).headers["Location"]
    Comment.objects.get().reject(by=moderator, reason=Reason.ADVERTISING)
    assert client.post(REPLY, typed()).headers["Location"] == address
    assert "It advertises something." in client.get(address).content.decode()
