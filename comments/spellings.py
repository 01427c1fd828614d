"""E-mail addresses in the one spelling that stands for all of them, and words as they are compared."""

import re
import unicodedata


def folded(words):
    """Words for comparison: case, compatibility forms and the width of white space make no difference."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", words).casefold()).strip()


def plain_domain(domain):
    """The domain as it is looked up: in ASCII, without what has no width; as it is where there is no way to say it."""
    domain = folded(domain).rstrip(".")
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def one_address(address):
    """The address in the one spelling of those that lead to the same mailbox wherever mail is sent.

    What only some servers take for the same, as “ana+news@” and “ana@”, stays different. "" for none.
    """
    name, at, domain = folded(address).rpartition("@")
    if name.startswith('"') and name.endswith('"'):
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return f"{name}{at}{plain_domain(domain)}"
