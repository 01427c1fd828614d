"""The texts of a made-up archive. Pure: the same numbers give the same words, on every machine.

A `Passage` is a piece of plain text together with its words as search indexes them, so that the words of a story
are put together from those of its sentences, which are folded once each.
"""

from functools import lru_cache
from typing import NamedTuple

from articles.models.edition import Change
from articles.rich_text import search_text
from newsroom.archive.words import DOCUMENTS, GIVEN_NAMES, PUBLISHERS, TOPICS, VOCABULARIES

PLACES = 4_000  # names of places that headlines of one language choose from
REMARKS = 1_500  # texts that comments of one language choose from
_LATIN = ("en", "fr", "de", "es")


class Passage(NamedTuple):
    """A plain text, and its words as `rich_text.search_text` gives them."""

    plain: str
    words: str


class Text(NamedTuple):
    """A story's texts. `paragraphs` are lists of Passages."""

    headline: Passage
    standfirst: Passage
    paragraphs: list[list[Passage]]


def zipf(chance, size):
    """A rank from 0 to size - 1, the lower the likelier: the k-th about 1/k as often as the first.

    `chance` lies in [0, 1).
    """
    return min(int((size + 1) ** chance), size) - 1


def language_of(chance):
    """The vocabulary of a story, each as often as its weight says."""
    left = chance * sum(vocabulary.weight for vocabulary in VOCABULARIES)
    for vocabulary in VOCABULARIES:
        left -= vocabulary.weight
        if left < 0:
            return vocabulary
    return VOCABULARIES[-1]


def coined(vocabulary, number):
    """A made-up name: of at least two syllables, another one for nearly every number."""
    syllables, found = vocabulary.syllables, []
    while number or len(found) < 2:
        number, rest = divmod(number, len(syllables))
        found.append(syllables[rest])
    return "".join(found).capitalize()


def person(vocabulary, number):
    """A made-up person's name."""
    if vocabulary.code not in _LATIN:
        return coined(vocabulary, number)
    return f"{GIVEN_NAMES[number % len(GIVEN_NAMES)]} {coined(vocabulary, number)}"


def passage(plain):
    return Passage(plain, search_text(plain))


@lru_cache(maxsize=5_000)
def _known(plain):
    return passage(plain)


def _begun(text):
    return text[0].upper() + text[1:]


@lru_cache(maxsize=100_000)
def _sentence(vocabulary, subject, predicate, adverbial, is_turned):
    who, what = _known(vocabulary.subjects[subject]), _known(vocabulary.predicates[predicate])
    when, join = _known(vocabulary.adverbials[adverbial]), vocabulary.joiner
    first, *others = [when, who, what] if is_turned else [who, what, when] if join else [who, when, what]
    between = vocabulary.comma if is_turned else join
    plain = f"{_begun(first.plain)}{between}{join.join(each.plain for each in others)}{vocabulary.stop}"
    return Passage(plain, " ".join(each.words for each in [first, *others]))


def sentence(vocabulary, chance):
    """One sentence; `chance()` gives the next number of [0, 1)."""
    adverbial = int(chance() * len(vocabulary.adverbials))
    return _sentence(
        vocabulary,
        zipf(chance(), len(vocabulary.subjects)),
        zipf(chance(), len(vocabulary.predicates)),
        adverbial,
        vocabulary.is_turned and adverbial % 3 == 0,
    )


def _headline(vocabulary, place, subject, predicate):
    parts = [coined(vocabulary, place), vocabulary.subjects[subject], vocabulary.predicates[predicate]]
    begun, who, what = map(_known, parts)
    plain = f"{begun.plain}{vocabulary.colon}{who.plain}{vocabulary.joiner}{what.plain}"
    return Passage(plain, f"{begun.words} {who.words} {what.words}")


def _quoting(vocabulary, chance, name):
    before, _name, after = vocabulary.quoting[int(chance() * len(vocabulary.quoting))].partition("{name}")
    words = [_known(before).words, search_text(name), _known(after).words]
    return Passage(f"{before}{name}{after}", " ".join(filter(None, words)))


def story_text(vocabulary, number, chance):
    """The Text of the story of that number. It names a person whom hardly another story names."""
    place = zipf(chance(), PLACES)
    headline = _headline(
        vocabulary,
        place,
        zipf(chance(), len(vocabulary.subjects)),
        zipf(chance(), len(vocabulary.predicates)),
    )
    paragraphs = [paragraph(vocabulary, chance) for _ in range(4 + int(chance() * 3))]
    paragraphs[1].append(_quoting(vocabulary, chance, person(vocabulary, number)))
    return Text(headline, sentence(vocabulary, chance), paragraphs)


def amended(vocabulary, text, change, chance):
    """The Text of the next version: an update has a paragraph more, a correction another sentence."""
    last = text.paragraphs[-1]
    if change == Change.UPDATE:
        return text._replace(paragraphs=[*text.paragraphs, paragraph(vocabulary, chance)])
    if change == Change.CORRECTION:
        right = passage(last[0].plain[:-1] + vocabulary.comma + last[1].plain)
        return text._replace(paragraphs=[*text.paragraphs[:-1], [right, *last[1:]]])
    return text._replace(paragraphs=[*text.paragraphs[:-1], [*last[1:], last[0]]])


def paragraph(vocabulary, chance):
    """Three or four sentences, as a list of Passages."""
    return [sentence(vocabulary, chance) for _ in range(3 + int(chance() * 2))]


def body_of(vocabulary, paragraphs, keys):
    """The body as HTML; each key is cited once, after the first sentence of a paragraph, from the first one on."""
    written = []
    for place, passages in enumerate(paragraphs):
        first, *rest = (each.plain for each in passages)
        markers = "".join(f'<sup data-cite="{key}"></sup>' for key in keys[place :: len(paragraphs)])
        written.append(f"<p>{vocabulary.joiner.join([first + markers, *rest])}</p>")
    return "".join(written)


def plain_of(vocabulary, paragraphs):
    """The body as one line of plain text."""
    return " ".join(vocabulary.joiner.join(each.plain for each in passages) for passages in paragraphs)


def words_of(paragraphs):
    return " ".join(each.words for passages in paragraphs for each in passages)


def tag_name(number):
    """The name of the tag of that rank: a topic, or one of a made-up place."""
    if number < len(TOPICS):
        return TOPICS[number]
    vocabulary = VOCABULARIES[number % len(_LATIN)]
    return f"{TOPICS[number % len(TOPICS)]} {coined(vocabulary, number)}"


def publisher_name(number):
    vocabulary = VOCABULARIES[number % len(_LATIN)]
    return f"{coined(vocabulary, number + 40)} {PUBLISHERS[number % len(PUBLISHERS)]}"


def document_title(number):
    title = DOCUMENTS[number % len(DOCUMENTS)].format(topic=TOPICS[number // 3 % len(TOPICS)])
    return f"{title}, no. {number + 1}"


@lru_cache(maxsize=REMARKS * len(VOCABULARIES))
def remark(vocabulary, number):
    """What a reader writes: plain text of one to four sentences, the same for the same number."""
    said, subjects = vocabulary.remarks, vocabulary.subjects
    chosen = [
        said[(number * (3 + 2 * n) + n) % len(said)].format(
            subject=subjects[(number // 7 + n) % len(subjects)]
        )
        for n in range(1 + number % 4)
    ]
    parts = [_begun(each) for each in dict.fromkeys(chosen)]
    cut = 2 if number % 5 == 0 else len(parts)
    blocks = [vocabulary.joiner.join(parts[:cut]), vocabulary.joiner.join(parts[cut:])]
    return "\n\n".join(filter(None, blocks))
