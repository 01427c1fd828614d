"""The way out of every letter: a link that mutes an address, or a person of the desk, and takes that back.

What stands in the link is the keyed hash of the address, or the person's number, and a signature. It is all that
is needed, so that mail programs can use it by themselves (RFC 8058), and it works for as long as the letter is kept.
"""

import re

from django.core import signing

from articles import times
from comments.models import DeskMail, Mute, address_hash

_signer = signing.Signer(salt="comments.mute")


def token_for(*, address="", person=None):
    """What stands in the link of a letter to that address, or to that person of the desk."""
    return _signer.sign(f"p{person.pk}" if person else f"a{address_hash(address)}")


def is_muted(address):
    """Whether nothing is sent to that address."""
    return Mute.objects.filter(address_hash=address_hash(address)).exists()


class Reader:
    """Somebody whom letters go to, as the link of one names them."""

    is_of_the_desk = False

    def __init__(self, digest):
        self.digest = digest

    @property
    def is_muted(self):
        return Mute.objects.filter(address_hash=self.digest).exists()

    def mute(self):
        Mute.objects.bulk_create([Mute(address_hash=self.digest)], ignore_conflicts=True)

    def unmute(self):
        Mute.objects.filter(address_hash=self.digest).delete()


class Member:
    """Somebody of the desk, as the link of a letter names them."""

    is_of_the_desk = True

    def __init__(self, choice):
        self.choice = choice

    @property
    def is_muted(self):
        return self.choice.muted_at is not None

    def mute(self):
        self.choice.mute(at=times.now())

    def unmute(self):
        self.choice.unmute(at=times.now())


def recipient_of(token):
    """The Reader or Member whom a link names, or None where nobody made that link."""
    try:
        named = _signer.unsign(token)
    except signing.BadSignature:
        return None
    if found := re.fullmatch("a([0-9a-f]{64})", named):
        return Reader(found[1])
    choice = DeskMail.objects.filter(person=named.removeprefix("p")).first()
    return Member(choice) if choice else None
