"""An address that is spelt in another way is the same address: to rules, to limits and to a wish for no letters."""

import pytest

from articles.tests.stories import NOON
from comments.models import Effect, Mute, PersonRule, Trait, address_hash, email_hash
from comments.notifications import send_due
from comments.proof import ask_for_proof
from comments.spellings import one_address
from comments.tests.replies import MINUTE, posted, typed

pytestmark = pytest.mark.django_db
STORY = "/2025/06/09/harbour-bridge-reopens/"
SPELT = [
    "ana@ｅxample.com",
    "Ana@EXAMPLE.com",
    "ana@exa\u00admple.com",
    "ana@ex\u2060ample.com",
    '"ana"@example.com',
]


@pytest.mark.parametrize("address", SPELT)
def test_the_spellings_of_an_address_are_one(address):
    assert one_address(address) == "ana@example.com"
    assert email_hash(address) == email_hash("ana@example.com")
    assert address_hash(address) == address_hash("ana@example.com")


@pytest.mark.parametrize(
    "address", ["ana+news@example.com", "a.na@example.com", "ana@sub.example.com", "ana@example.com.org"]
)
def test_what_may_be_another_mailbox_is_another_address(address):
    assert one_address(address) == address


@pytest.mark.parametrize("address", ["", "ana", "@", f"ana@{'a' * 70}.example", "ana@"])
def test_what_is_no_address_has_a_spelling_too(address):
    assert one_address(address) == address


def test_the_letters_of_a_domain_are_told_in_one_way():
    assert one_address("ana@BÜCHER.example") == one_address("ana@xn--bcher-kva.example")


@pytest.mark.parametrize("address", SPELT)
def test_a_block_is_for_all_spellings(client, edition, moderator, address):
    comment = posted(edition, email="ana@example.com")
    PersonRule.objects.make(comment, effect=Effect.BAN, trait=Trait.ADDRESS, by=moderator, at=NOON)
    assert client.post(f"{STORY}reply/", typed(text="Again", email=address)).status_code == 303
    assert edition.article.comments.get(text="Again").status == "spam"


def test_spelling_an_address_anew_sends_it_no_more_letters(edition, postbox, clock):
    for number in range(12):
        ask_for_proof(posted(edition, f"Number {number}", email=f"ana@exa{chr(0xAD) * number}mple.com"))
    for _hour in range(24):
        send_due()
        clock.shift(59 * MINUTE)
    assert postbox.recipients == ["ana@example.com"] * 5


@pytest.mark.parametrize("address", SPELT)
def test_who_wants_no_letters_gets_none_by_another_spelling(edition, postbox, address):
    Mute.objects.create(address_hash=address_hash("ana@example.com"))
    ask_for_proof(posted(edition, email=address))
    assert send_due() == 0
    assert postbox.recipients == []
