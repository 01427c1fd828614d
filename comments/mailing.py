"""Handing letters over to the mail server, and what its answers mean."""

import re
import smtplib
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from comments.plain_text import one_line

TIMEOUT = 10  # seconds that one step of the talk with the server may take
# Addresses with quotes or other marks in them are valid, rare, and the way into other people's headers.
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN_ADDRESS = re.compile(rf"{_WORD}(\.{_WORD})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class LetterRefused(Exception):
    """The server will not take this letter, now or later. The message is for the desk and holds no address."""


class LetterPutOff(Exception):
    """The server does not take this letter now. The message is for the desk and holds no address."""


class ServerTrouble(LetterPutOff):
    """The server takes no letter at all now."""


class _Policy(EmailPolicy):
    """Headers as mail is sent, save for the way to unsubscribe: on one line, as it is.

    The standard library takes an address without spaces that is longer than a line for text to encode.
    """

    def fold(self, name, value):
        return self._as_it_is(name, value) or super().fold(name, value)

    def fold_binary(self, name, value):
        return self._as_it_is(name, value).encode("ascii") or super().fold_binary(name, value)

    def _as_it_is(self, name, value):
        return f"{name}: {value}{self.linesep}" if name == "List-Unsubscribe" else ""


_POLICY = _Policy(linesep=SMTP.linesep, cte_type="7bit")


def message_of(words, *, number):
    """The e-mail that says these Words (see letter_words.py). Raises LetterRefused for an address it cannot go to.

    Its Message-ID is the same at each attempt, so that a mailbox can tell that it has it already.
    """
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = words.subject
    message["From"] = Address(one_line(settings.SITE_NAME), addr_spec=settings.EMAIL_FROM)
    message["To"] = Address(addr_spec=plain_address(words.address))
    message["Message-ID"] = f"<letter-{number}-{words.mark}@{own_host()}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{words.mute_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(words.text, cte="quoted-printable")
    message.add_alternative(words.html, subtype="html", cte="quoted-printable")
    return message


def own_host():
    """The site's host, by which it introduces itself."""
    return urlsplit(settings.SITE_URL).hostname


def plain_address(address):
    """The address as mail servers take it, in ASCII. Raises LetterRefused where there is no way to say it."""
    try:
        local, _at, domain = address.rpartition("@")
        plain = f"{local}@{domain.encode('idna').decode()}"
        sound = plain.isascii() and _PLAIN_ADDRESS.fullmatch(plain)
    except UnicodeError:
        sound = None
    if not sound:
        raise LetterRefused(_("Mail cannot be sent to an address of this form."))
    return plain


class MailServer:
    """The mail server of the settings: one connection, opened with the first letter; a context manager."""

    def __init__(self):
        self._smtp = None

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        if self._smtp:
            with suppress(OSError):
                self._smtp.quit()
            self._smtp.close()

    def hand_over(self, message):
        """Returns when the server has taken the message; raises LetterRefused, LetterPutOff or ServerTrouble."""
        to = message["To"].addresses[0].addr_spec
        try:
            self._smtp = self._smtp or _opened(settings.EMAIL_SERVER)
            self._smtp.sendmail(settings.EMAIL_FROM, [to], message.as_bytes())
        except smtplib.SMTPRecipientsRefused as refusal:
            ((code, _words),) = refusal.recipients.values()
            raise _meaning_of(code, _("The mail server refuses this address (%(code)d).")) from None
        except smtplib.SMTPDataError as refusal:
            code = refusal.smtp_code
            raise _meaning_of(code, _("The mail server refuses this letter (%(code)d).")) from None
        except OSError as error:  # what smtplib raises is an OSError, too
            raise ServerTrouble(_trouble(error)) from None


def _opened(server):
    """A connection that letters can be handed over by. Certificates of the server are looked at."""
    kind, options = smtplib.SMTP, {"timeout": TIMEOUT, "local_hostname": own_host()}
    if server["security"] == "tls":
        kind, options["context"] = smtplib.SMTP_SSL, ssl.create_default_context()
    smtp = kind(server["host"], server["port"], **options)
    try:
        if server["security"] == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if server["user"]:
            smtp.login(server["user"], server["password"])
    except OSError:
        smtp.close()
        raise
    return smtp


def _meaning_of(code, sentence):
    said = sentence % {"code": code}
    return LetterRefused(said) if 500 <= code < 600 else LetterPutOff(said)


def _trouble(error):
    """What is wrong with the server, in words that name nobody: what it says itself often repeats the address."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _("The mail server refuses the user name and password of NEWSROOM_EMAIL_URL.")
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _("The mail server refuses the sender’s address, NEWSROOM_EMAIL_FROM (%(code)d).") % {
            "code": error.smtp_code
        }
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _("The mail server does not offer what NEWSROOM_EMAIL_URL asks for.")
    if isinstance(error, ssl.SSLError):
        return _("The mail server could not be spoken to in private. Look at its certificate and port.")
    return _("The mail server could not be reached, or broke off.")
