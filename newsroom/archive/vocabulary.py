"""What the words of one language are for made-up stories and comments.

A sentence is a subject, a predicate and an adverbial, which may also come first. `{name}` stands for a made-up
person. All subjects are in the singular, so that every one of them goes with every predicate.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, eq=False)  # told apart by identity, which is quick to hash
class Vocabulary:
    """What sentences of one language are made of. `joiner` stands between words and sentences.

    `weight` is how many stories in a hundred are in the language. `quoting` are sentences that name a person,
    `remarks` what readers write, with a place for a subject; `syllables` make names. `is_turned` says that an
    adverbial may come first without moving the verb.
    """

    code: str
    weight: int
    subjects: tuple[str, ...]
    predicates: tuple[str, ...]
    adverbials: tuple[str, ...]
    quoting: tuple[str, ...]
    remarks: tuple[str, ...]
    syllables: tuple[str, ...]
    joiner: str = " "
    comma: str = ", "
    stop: str = "."
    colon: str = ": "
    is_turned: bool = True


def lines(text):
    """The lines of a text, without what stands around them."""
    return tuple(line.strip() for line in text.strip().splitlines())
