"""What a sub-editor's eye catches in a plain text: repeats, open quotations, an end in mid-sentence.

Everything takes `rich_text.plain_text`, whose paragraphs a blank line parts, reads the first `MOST_READ`
characters of it in time proportional to them, and gives words as they stand in the text.
"""

import regex

from articles.rich_text import fold

MOST_READ = 100_000  # characters of a text: some 16,000 words, three times a long story
MOST_FOUND = 5  # of each kind in one text; whoever mends five looks again
LEAST_REPEATED = 8  # words in a row, said twice, that are a claim and no turn of phrase
LEAST_TELLING = 4  # different words among them that are neither names nor short
SHORTEST_PARAGRAPH = 5  # words; what is shorter may stand twice
QUOTED = 60  # characters of a passage that a sentence of advice shows

_WORD = regex.compile(r"[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*")
_SENTENCE_END = regex.compile(r"[\p{STerm}…:;]")
_OPENS = {"“": "”", "„": "“”", "«": "»", "‟": "”", '"': '"', "「": "」", "『": "』"}
_CLOSES = frozenset("”»」』")
_MARKS = regex.compile(r"[“”„«»‟\"「」『』]")
_AFTER_LAST_WORD = regex.compile(r"[^\p{L}\p{N}]*\Z")
_UNPUNCTUATED = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")  # they end a sentence with a space


def shortened(words, *, at_end=False):
    """At most QUOTED characters of a passage on one line, with “…” where words were left out."""
    words = " ".join(words.split())
    if len(words) <= QUOTED:
        return words
    if at_end:
        return f"…{words[-QUOTED:].partition(' ')[2] or words[-QUOTED:]}"
    return f"{words[:QUOTED].rpartition(' ')[0] or words[:QUOTED]}…"


def paragraphs_of(text):
    return [paragraph for paragraph in text[:MOST_READ].split("\n\n") if paragraph.strip()]


def repeated_paragraphs(text):
    """The paragraphs that stand in the text more than once, each once, in the order of their repeats."""
    seen, repeated = set(), {}
    for paragraph in paragraphs_of(text):
        words = fold(paragraph)
        if words in seen and len(words.split()) >= SHORTEST_PARAGRAPH:
            repeated.setdefault(words, paragraph)
        seen.add(words)
    return list(repeated.values())[:MOST_FOUND]


class _Words:
    """The words of a text in a row, each with where it stands and with the number of its sentence."""

    def __init__(self, text):
        self.text, self.spans, self.folded, self.sentences = text, [], [], []
        sentence = end = 0
        for match in _WORD.finditer(text):
            between = text[end : match.start()]
            sentence += "\n" in between or (bool(between) and _SENTENCE_END.search(between) is not None)
            self.spans.append(match.span())
            self.folded.append(fold(match[0]))
            self.sentences.append(sentence)
            end = match.end()

    def is_in_one_sentence(self, first, last):
        return last < len(self.sentences) and self.sentences[first] == self.sentences[last]

    def between(self, first, last):
        return self.text[self.spans[first][0] : self.spans[last][1]]

    def is_telling(self, first, last):
        words = (self.text[start:end] for start, end in self.spans[first : last + 1])
        return len({word for word in words if word[0].islower() and len(word) > 3}) >= LEAST_TELLING


def repeated_claims(text):
    """The runs of words that two sentences of the text share, longest possible, as they stand in the first.

    A run has eight words or more, and says something besides names. Paragraphs that stand twice altogether
    are left to `repeated_paragraphs`.
    """
    words = _Words(_without_repeated_paragraphs(text))
    first_places, found, place = {}, {}, 0
    while place + LEAST_REPEATED <= len(words.folded) and len(found) < MOST_FOUND:
        last = place + LEAST_REPEATED - 1
        run = tuple(words.folded[place : last + 1])
        before = first_places.setdefault(run, place) if words.is_in_one_sentence(place, last) else place
        if before == place or words.sentences[before] == words.sentences[place]:
            place += 1
            continue
        length = _shared_length(words, before, place)
        if words.is_telling(place, place + length - 1):
            claim = words.between(before, before + length - 1)
            found.setdefault(fold(claim), claim)
        place += length
    return list(found.values())


def _shared_length(words, one, other):
    """How many words two places have in common from there on, within their sentences."""
    length = LEAST_REPEATED
    while (
        words.is_in_one_sentence(other, other + length)
        and words.is_in_one_sentence(one, one + length)
        and words.folded[one + length] == words.folded[other + length]
    ):
        length += 1
    return length


def _without_repeated_paragraphs(text):
    kept = {}
    for paragraph in paragraphs_of(text):
        kept.setdefault(fold(paragraph), paragraph)
    return "\n\n".join(kept.values())


def unclosed_quotations(text):
    """The beginnings of the quotations that are opened in a paragraph and not closed in it.

    One that goes on in the next paragraph is closed there, as long as that begins with the same mark. An
    apostrophe is no mark, nor are the inches of 5".
    """
    paragraphs, found = paragraphs_of(text), []
    for number, paragraph in enumerate(paragraphs):
        following = paragraphs[number + 1].lstrip()[:1] if number + 1 < len(paragraphs) else ""
        place = _open_at_end(paragraph)
        if place is not None and paragraph[place] != following:
            found.append(paragraph[place:])
    return found[:MOST_FOUND]


def _open_at_end(paragraph):
    """Where the outermost quotation begins that is still open at the end of the paragraph, or None."""
    opened = []
    for match in _MARKS.finditer(paragraph):
        mark, place = match[0], match.start()
        is_inch = mark == '"' and not opened and paragraph[place - 1 : place].isdigit()
        if opened and mark in _closing(paragraph[opened[-1]]):
            opened.pop()
        elif mark in _OPENS or mark in _CLOSES:
            opened += [] if is_inch else [place]
    return opened[0] if opened else None


def _closing(mark):
    """What closes a quotation: Swedish opens with ” too, German with » as well."""
    return _OPENS.get(mark) or {"»": "«»"}.get(mark, mark)


def end_without_stop(text):
    """The last words of a text that does not end a sentence; "" where it does."""
    last = text.rstrip().rpartition("\n")[2]
    tail = _AFTER_LAST_WORD.search(last)
    words = last[: tail.start()]
    if not words or _SENTENCE_END.search(tail[0].replace(":", "").replace(";", "")):
        return ""
    return "" if _UNPUNCTUATED.match(words[-1]) else last
