"""A real mail server on this machine, for tests: what it took, and what it is told to refuse."""

import email
import socket
from contextlib import contextmanager
from email import policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Postbox:
    """What the server was given: `letters` as email messages, `recipients` of each. It can be stopped and started."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.raw, self.recipients = [], []
        self.refusals, self.data_refusal = {}, ""
        self.controller = None

    @property
    def letters(self):
        return [email.message_from_bytes(raw, policy=policy.default) for raw in self.raw]

    @property
    def subjects(self):
        return [letter["Subject"] for letter in self.letters]

    @property
    def settings(self):
        return {"host": "127.0.0.1", "port": self.port, "user": "", "password": "", "security": ""}

    def start(self):
        options = {"auth_require_tls": False, "authenticator": self.authenticate}
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        self.controller.start()

    def stop(self):
        if self.controller:
            self.controller.stop()
            self.controller = None

    @staticmethod
    def authenticate(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"me", b"right"), handled=False)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if answer := self.refusals.get(address):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.refusals.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data_refusal:
            return self.data_refusal
        self.raw.append(envelope.original_content)
        self.recipients += envelope.rcpt_tos
        return "250 OK"


@contextmanager
def open_postbox():
    postbox = Postbox()
    postbox.start()
    try:
        yield postbox
    finally:
        postbox.stop()


def bodies(letter):
    """(plain text, HTML) of a letter."""
    found = (letter.get_body([kind]).get_content() for kind in ("plain", "html"))
    return tuple(body.replace("\r\n", "\n") for body in found)
