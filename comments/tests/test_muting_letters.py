"""One press ends all letters to an address or a person, one more begins them again; following a link does nothing."""

import re

import pytest
from django.urls import reverse

from comments.models import DeskMail, Letter, Mute
from comments.muting import recipient_of, token_for
from comments.notifications import send_due
from comments.proof import ask_for_proof
from comments.tests.postbox import bodies
from comments.tests.replies import MINUTE, posted

pytestmark = pytest.mark.django_db
ONE_CLICK = {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"}


def link_in(letter):
    return re.fullmatch("<http://127.0.0.1:8000(/mail/.+/)>", letter["List-Unsubscribe"])[1]


@pytest.fixture
def decide(edition, moderator, clock):
    """Approves a comment of that address and sends what is due; how many letters that was."""
    texts = iter("abcdefghij")

    def decided(email="reader@example.com"):
        posted(edition, next(texts) * 30, wants_mail=True, email=email).approve(by=moderator)
        clock.shift(6 * MINUTE)
        return send_due()

    return decided


def test_programs_mute_by_one_post_without_cookie_or_token(client, decide, postbox):
    client.handler.enforce_csrf_checks = True
    assert decide() == 1
    response = client.post(link_in(postbox.letters[0]), **ONE_CLICK)
    assert response.status_code == 200
    assert not response.cookies
    assert response.headers["Cache-Control"] == "private, no-store"
    assert decide() == 0
    assert decide("READER@example.com") == 0
    assert decide("other@example.com") == 1


def test_a_page_asks_first_and_offers_the_way_back(client, decide, postbox):
    decide()
    link = link_in(postbox.letters[0])
    asked = client.get(link).text
    assert "Stop these letters?" in asked
    assert "Send me no more mail" in asked
    assert not Mute.objects.exists()
    stopped = client.post(link, {"stop": "1"}).text
    assert "You get no more mail" in stopped
    assert "Send me mail again" in stopped
    assert client.post(link, {"stop": "1"}).status_code == 200
    assert Mute.objects.count() == 1
    assert "Stop these letters?" in client.post(link, {"again": "1"}).text
    assert decide() == 1


def test_the_link_stands_in_both_bodies_and_names_nobody(decide, postbox):
    decide()
    link = link_in(postbox.letters[0])
    assert all(link in body for body in bodies(postbox.letters[0]))
    assert "reader" not in link
    assert "example.com" not in link


def test_a_muted_address_is_not_asked_for_proof_either(edition, postbox, client):
    client.post(reverse("comments:mute", args=[token_for(address="reader@example.com")]))
    ask_for_proof(posted(edition))
    assert send_due() == 0


def test_a_letter_that_was_under_way_is_stopped_too(edition, moderator, postbox, client, clock):
    posted(edition, wants_mail=True).approve(by=moderator)
    client.post(reverse("comments:mute", args=[token_for(address="reader@example.com")]))
    clock.shift(6 * MINUTE)
    assert send_due() == 0
    assert not Letter.objects.waiting().exists()


@pytest.mark.parametrize("token", ["x", "a" + "0" * 64, "p1", "p1:xyz", "a:b:c"])
def test_a_link_that_nobody_made_leads_nowhere(client, db, token):
    address = reverse("comments:mute", args=[token])
    assert [client.get(address).status_code, client.post(address).status_code] == [404, 404]
    assert not Mute.objects.exists()


def test_a_person_of_the_desk_is_muted_as_a_person(client, postbox, moderator, clock, edition):
    choice = DeskMail.objects.create(person=moderator, what=DeskMail.What.DIGEST, hour=9)
    link = reverse("comments:mute", args=[token_for(person=moderator)])
    assert "You get letters about comments as you chose in the admin." in client.get(link).text
    assert "No more letters about comments are sent to you." in client.post(link, **ONE_CLICK).text
    posted(edition)
    send_due()
    assert not Letter.objects.exists()
    client.post(link, {"again": "1"})
    choice.refresh_from_db()
    assert (choice.what, choice.hour, choice.muted_at) == ("digest", 9, None)
    assert Letter.objects.waiting().count() == 1


def test_a_link_of_somebody_who_never_chose_leads_nowhere(moderator):
    assert recipient_of(token_for(person=moderator)) is None
