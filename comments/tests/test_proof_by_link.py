"""Who reads the mail of an address shows by a link that a comment is theirs; nobody else learns or gets anything."""

import re

import pytest
from django.core import signing

from articles.tests.stories import NOON
from comments import proof
from comments.models import Comment, Kind, Letter, Mode, Mute, Policy, address_hash
from comments.notifications import send_due
from comments.posting import private_token
from comments.proof import ask_for_proof, proof_token, prove
from comments.tests.postbox import bodies
from comments.tests.replies import MINUTE, approved, posted, typed

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
SUBJECT = "Confirm that you wrote a comment on “Harbour bridge reopens”"
HOUR = 60 * MINUTE


def asked(edition, text="Words that nobody has read", **fields):
    comment = posted(edition, text, **fields)
    ask_for_proof(comment)
    return comment


def link_of(comment):
    return f"{STORY}reply/{proof_token(comment)}/proof/"


def test_a_letter_leads_to_the_comment_and_a_press_proves_it(client, edition, postbox):
    comment = asked(edition)
    assert send_due() == 1
    assert postbox.subjects == [SUBJECT]
    text, html = bodies(postbox.letters[0])
    (link,) = re.findall(rf"http://127.0.0.1:8000({STORY}reply/\S+/proof/)", text)
    assert f'href="http://127.0.0.1:8000{link}"' in html
    page = client.get(link)
    assert "Words that nobody has read" in page.text
    assert "Did you write this comment?" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "reader@example.com" not in page.text + link
    comment.refresh_from_db()
    assert comment.proven_at is None, "a program that follows links proves nothing"
    said = client.post(link, follow=True).text
    assert "Thank you. Your comment is waiting for a moderator." in said
    assert "Yes, I wrote this" not in said
    comment.refresh_from_db()
    assert comment.proven_at == NOON + 5 * MINUTE


def test_the_letter_holds_no_word_of_who_typed_the_address(edition, postbox):
    asked(edition, "BUY PILLS at https://pills.example", name="Pill Seller")
    send_due()
    raw = "".join(bodies(postbox.letters[0])) + postbox.subjects[0]
    assert "pills" not in raw.lower()
    assert "Pill Seller" not in raw


def test_proof_is_written_down_once_and_trust_asked_once(edition, clock, monkeypatch):
    comment = posted(edition)
    seen = []
    monkeypatch.setattr(proof, "publish_if_trusted", seen.append)
    assert prove(comment)
    clock.shift(MINUTE)
    assert not prove(Comment.objects.get())
    assert Comment.objects.get().proven_at == NOON + 5 * MINUTE
    assert seen == [comment]


@pytest.mark.parametrize(("hours", "status"), [(71, 200), (73, 410)])
def test_the_link_works_for_three_days(client, edition, clock, hours, status):
    link = link_of(posted(edition))
    clock.shift(hours * HOUR)
    response = client.get(link)
    assert response.status_code == status
    assert client.post(link).status_code == (303 if status == 200 else 410)
    assert ("The link to confirm your address worked for three days." in response.text) is (status == 410)
    assert (Comment.objects.get().proven_at is None) is (status == 410)


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "1:2:3",
        lambda comment: private_token(comment),
        lambda comment: proof_token(comment)[:-1],
        lambda comment: signing.TimestampSigner(salt="comments.proof").sign("999999"),
    ],
)
def test_other_links_answer_as_a_page_that_never_was(client, edition, token):
    comment = posted(edition)
    made = token if isinstance(token, str) else token(comment)
    assert client.post(f"{STORY}reply/{made}/proof/").status_code == 404
    assert Comment.objects.get().proven_at is None


def test_what_was_withdrawn_is_neither_asked_about_nor_proven(client, edition, postbox):
    comment = asked(edition)
    link = link_of(comment)
    comment.withdraw()
    assert send_due() == 0
    assert "The words of this comment have been deleted" in client.post(link, follow=True).text
    assert Comment.objects.get().proven_at is None


def test_spam_gets_no_letter(edition, postbox):
    asked(edition, spam_by="triage")
    assert send_due() == 0


def test_a_published_comment_is_shown_the_way_to(client, edition):
    comment = approved(edition)
    said = client.post(link_of(comment), follow=True).text
    assert "Thank you. Your comment is on the site." in said
    assert f'href="{STORY}comments/{comment.pk}/"' in said


def test_ones_own_page_says_to_look_for_the_letter_until_it_was_followed(client, edition, postbox):
    sentence = "Confirm your address: we have sent you a letter."
    comment = posted(edition)
    own = f"{STORY}reply/{private_token(comment)}/"
    assert sentence not in client.get(own).text
    ask_for_proof(comment)
    assert sentence in client.get(own).text
    prove(comment)
    assert sentence not in client.get(own).text


def test_one_address_gets_a_letter_in_ten_minutes(edition, postbox, clock):
    for number in range(3):
        asked(edition, f"Number {number}", email="Victim@example.com" if number else "victim@example.com")
    asked(edition, "Another", email="other@example.com")
    sent = []
    for _minute in range(22):
        sent.append(send_due())
        clock.shift(MINUTE)
    assert sent == [2, *[0] * 9, 1, *[0] * 9, 1, 0]


def test_one_address_gets_five_letters_a_day_and_its_comments_going_frees_none(edition, postbox, clock):
    for number in range(12):
        comment = asked(edition, f"Number {number}")
        send_due()
        comment.withdraw()
        clock.shift(HOUR)
    assert postbox.recipients == ["reader@example.com"] * 5
    clock.shift(24 * HOUR)
    asked(edition, "The next day")
    assert send_due() == 1


def test_whether_a_letter_goes_out_shows_nowhere(client, edition, postbox):
    Mute.objects.create(address_hash=address_hash("muted@example.com"))
    pages = []
    for number, address in enumerate(["muted@example.com", *["busy@example.com"] * 7, "fresh@example.com"]):
        comment = asked(edition, "Same words", email=address, network=str(number))
        page = client.get(f"{STORY}reply/{private_token(comment)}/").text
        pages.append(page.replace(f"comment-{comment.pk}", ""))
    assert len(set(pages)) == 1
    assert "Confirm your address" in pages[0]


def test_asking_twice_about_a_comment_sends_one_letter(edition, postbox, clock):
    comment = asked(edition)
    send_due()
    clock.shift(HOUR)
    ask_for_proof(comment)
    assert send_due() == 0


def test_the_hash_of_the_address_is_forgotten(edition, postbox, clock):
    asked(edition)
    send_due()
    assert Letter.objects.get().address_hash
    clock.shift(49 * HOUR)
    send_due()
    assert Letter.objects.get().address_hash == ""


def test_without_a_mail_server_nobody_is_asked(client, edition):
    comment = asked(edition)
    assert not Letter.objects.filter(kind=Kind.PROOF).exists()
    assert "Confirm your address" not in client.get(f"{STORY}reply/{private_token(comment)}/").text


def test_where_proof_is_asked_for_the_link_publishes_and_the_author_is_told(client, edition, postbox, clock):
    Policy.objects.create(mode=Mode.OPEN, asks_proof=True)
    posted_to = client.post(f"{STORY}reply/", typed(wants_mail="on"))
    assert "Confirm your address" in client.get(posted_to.headers["Location"]).text
    assert send_due() == 1
    link = re.search(rf"{STORY}reply/\S+/proof/", bodies(postbox.letters[0])[0])[0]
    assert "Thank you. Your comment is on the site." in client.post(link, follow=True).text
    assert "Who pays for it?" in client.get(STORY).text
    clock.shift(6 * MINUTE)
    assert send_due() == 1
    assert postbox.subjects == [SUBJECT, "Your comment on “Harbour bridge reopens” has been published"]


def test_a_story_that_asks_nobody_for_proof_sends_no_letter(client, edition, postbox):
    client.post(f"{STORY}reply/", typed())
    assert send_due() == 0
    assert not Letter.objects.exists()
