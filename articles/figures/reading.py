"""The figures of a plain text: how much of what, how exactly, and what is said of it.

`figures_of(text)` reads amounts of money, percentages and things counted, in digits and in words, in English
and in part in French. Dates, years, times, ordinals, ages and numbers that name something (page 4, Article 5,
flight 370) are no figures. It reads what stands there and knows no grammar, takes time in proportion to the
text, and gives at most `MOST_FIGURES` of its first `MOST_READ` characters.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice, pairwise
from typing import NamedTuple

import regex

from articles.figures import words as known
from articles.figures.tokens import NO_TOKEN, said_by, stem, tokens_of
from articles.rich_text import fold

MOST_FIGURES = 400
LONGEST_NUMBER = 24  # characters of a figure; more is a code
MOST_NUMBER_WORDS = 12
AROUND = 25  # words on either side that tell what a figure is about
SAID_WITHIN = 10  # words on either side in which something is said of it
NOUN_WITHIN = 4  # words after a number in which its noun stands

_ELISIONS = ("d'", "l'", "d’", "l’")
_HYPHENS = frozenset("-‐‑")
_RANGES = {"-", "–", "‐", "‑", "to", "a"}
_BETWEEN = {"between": "and", "entre": "et", "from": "to", "de": "a"}


class Reach(NamedTuple):
    """The values that a figure leaves open: from low to high, both included unless they are open."""

    low: Decimal
    high: Decimal
    is_low_open: bool = False
    is_high_open: bool = False

    def meets(self, other):
        """Whether there is a value that both leave open."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        if low != high:
            return low < high
        return not any(
            (reach.low == low and reach.is_low_open) or (reach.high == low and reach.is_high_open)
            for reach in (self, other)
        )


def reach_of(low, high, *, step, bound):
    """What an amount leaves open that is given with a word such as “over”; `step` is what its last digit counts.

    A word that approximates covers half a step, and five per cent at least. “Over 30” begins above 30 itself and
    ends at twice that, since nobody says it of 85.
    """
    if bound == "about":
        half = max(min(step / 2, high / 5), high / 20)
        return Reach(low - half, high + half)
    if bound == "nearly":
        return Reach(max(low - step, low * Decimal("0.85")), high)
    if bound in ("over", "at_least"):
        return Reach(low, high * 2, is_low_open=bound == "over")
    if bound in ("under", "up_to"):
        return Reach(low / 2, high, is_high_open=bound == "under")
    return Reach(low, high)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure as it stands in a text, with what it counts and what is said of it."""

    words: str  # to the letter
    key: str  # the same words folded, by which figures are called the same
    kind: tuple  # ("money", "HKD"), ("per cent", ""), ("count", "country")
    reach: Reach
    sentence: int
    modifiers: frozenset = frozenset()  # of the noun: `african` of 12 African countries
    complement: frozenset = frozenset()  # `women` of 45 per cent of women
    said: Mapping = field(default_factory=dict)  # {question: group} of figure_words.SAID_OF_IT
    about: frozenset = frozenset()  # stems of the words around it
    around: frozenset = frozenset()  # these words themselves, folded
    names: frozenset = frozenset()  # those of them that are names
    countries: frozenset = frozenset()
    months: frozenset = frozenset()
    years: frozenset = frozenset()
    periods: frozenset = frozenset()  # “first quarter”
    is_from: bool = False  # “delegates from 85 countries”: where those come from who are counted

    @property
    def value(self):
        """One number for it, for telling how far two figures are apart."""
        return self.reach.high if self.reach.is_high_open else self.reach.low


class _Amount(NamedTuple):
    low: Decimal
    high: Decimal
    scale: int
    step: Decimal
    end: int  # the place of the token after it
    is_year: bool = False
    bound: str = ""  # “30-odd”


def _value_of(digits):
    """What digits mean: a comma before three of them parts thousands, else decimals. None for “1.2.3”."""
    digits = regex.sub(r"[\s'’]", "", digits)
    if regex.fullmatch(r"[0-9]+(?:,[0-9]{3})+(?:\.[0-9]+)?", digits):
        digits = digits.replace(",", "")
    elif regex.fullmatch(r"[0-9]+(?:\.[0-9]{3}){2,}(?:,[0-9]+)?", digits):
        digits = digits.replace(".", "")
    digits = digits.replace(",", ".")
    return Decimal(digits) if digits.count(".") < 2 and len(digits) <= LONGEST_NUMBER else None


class _Reading:
    """One text being read for its figures. A place is the index of a token."""

    def __init__(self, text):
        self.text, self.tokens = text, tokens_of(text)

    def at(self, place):
        return self.tokens[place] if 0 <= place < len(self.tokens) else NO_TOKEN

    def word(self, place):
        return self.at(place).word

    def is_tight(self, place):
        """Whether a token follows the one before it without a space."""
        return self.at(place).start == self.at(place - 1).end

    def figures(self):
        place = 0
        while place < len(self.tokens):
            figure, place = self._figure_at(place)
            if figure:
                yield figure

    def _figure_at(self, place):
        """(the figure that begins here or None, where to read on)."""
        if not self._may_begin(self.tokens[place]):
            return None, place + 1
        currency, begin = self._currency_before(place)
        amount = self._amount(begin)
        if not amount:
            return None, place + 1
        if not currency and (amount.is_year or self._is_a_name(begin, amount)):
            return None, amount.end
        bound, first = self._bound_before(place)
        unit = self._unit(currency, amount, first=first)
        if not unit:
            return None, amount.end
        if self._is_partial(self.word(first - 1), unit):
            return None, unit.end
        return self._figure(first, amount, unit, bound=bound), unit.end

    @staticmethod
    def _may_begin(token):
        if token.kind == "word":
            return token.word in known.BEGIN_A_NUMBER or token.text in known.CURRENCY_CODES
        return token.kind != "mark"

    # How much

    def _currency_before(self, place):
        """(code, place of the number) of `HK$`, `€`, `EUR`; ("", place) where no currency begins here."""
        token, code = self.at(place), ""
        if token.kind == "money":
            code = known.CURRENCY_SIGNS.get(token.text) or known.CURRENCY_SIGNS[token.text[-1]]
        elif token.text in known.CURRENCY_CODES:
            code = known.CURRENCY_CODES[token.text]
        return code, place + bool(code)

    def _amount(self, place):
        first = self._single(place)
        if not first or self._is_glued(place):
            return None
        joint = self.word(first.end)
        wanted = _BETWEEN.get(self.word(place - 1))
        second = self._single(first.end + 1) if joint in _RANGES or (wanted and joint == wanted) else None
        if not second:
            return self._bounded_after(first)
        low = first.low * second.scale if first.scale == 1 else first.low  # 5-6 million
        if low >= second.high:
            low = first.low
        if first.is_year or low >= second.high:
            return first._replace(is_year=True, end=second.end)  # 2024-25, or a score: no amount
        return second._replace(low=low)

    def _bounded_after(self, amount):
        """The amount with the bound that follows it: “30 or so”, “30-odd”, “30+”."""
        place = amount.end + (self.word(amount.end) in _HYPHENS)
        for count in (2, 1):
            words = tuple(self.word(place + n) for n in range(count))
            if words in known.BOUNDS_AFTER:
                return amount._replace(bound=known.BOUNDS_AFTER[words], end=place + count)
        return amount

    def _single(self, place):
        return self._in_digits(place) or self._in_words(place)

    def _is_glued(self, place):
        """Whether a number is part of a name or a date: A320, Covid-19, 24/7, 14:05, #4."""
        before, two_before = self.at(place - 1), self.at(place - 2)
        if before.end != self.at(place).start or before.kind in ("", "money"):
            return False
        is_open = before.text in "([“\"'‘«—–~≈+<>" or (before.text == "-" and two_before.end != before.start)
        return not is_open and before.text not in known.CURRENCY_CODES

    def _in_digits(self, place):
        token = self.at(place)
        value = _value_of(token.text) if token.kind == "number" else None
        if value is None:
            return None
        scale, end = self._scale(place + 1, is_money=self._is_currency(place - 1))
        is_year = scale == 1 and regex.fullmatch(r"(?:1[0-9]|20|21)[0-9]{2}", token.text) is not None
        step = Decimal(10) ** value.normalize().as_tuple().exponent * scale if value else Decimal(1)
        return _Amount(value * scale, value * scale, scale, step, end, is_year)

    def _is_currency(self, place):
        return self.at(place).kind == "money" or self.at(place).text in known.CURRENCY_CODES

    def _scale(self, place, *, is_money):
        """(what the words after a number multiply it by, the place after them)."""
        scale = 1
        while self.word(place) in known.SCALES and scale < 10**12:
            scale *= known.SCALES[self.word(place)]
            place += 1
        short = known.SHORT_SCALES.get(self.word(place)) if scale == 1 else None
        if short and self.is_tight(place):
            after = self.word(place + 1)
            is_thousands_or_more = is_money or len(self.word(place)) > 1
            if is_thousands_or_more or after in known.CURRENCY_NAMES or after in known.NOUNS:
                return short, place + 1
        return scale, place

    def _in_words(self, place):
        if self.word(place) in known.BEGIN_A_ROUND_NUMBER:
            return self._round(place)
        total = current = 0
        begin, step = place, 1
        while place < begin + MOST_NUMBER_WORDS and (number := self._number_word(place, begin)) is not None:
            if number < 100:
                current += number
            elif number < 1000:
                current = (current or 1) * number
            else:
                total, current = total + (current or 1) * number, 0
            step = number if number > 99 else 10 if number % 10 == 0 else 1
            place += 1
        value = total + current
        is_meant = value > 1 or self.word(place) in known.PEOPLE_ONE
        if not value or not is_meant or self.word(begin) in known.SCALES:
            return None
        return _Amount(Decimal(value), Decimal(value), 1, Decimal(step), place)

    def _number_word(self, place, begin):
        """The number that a word adds to those before it; of joints such as “-” and “and” it is 0."""
        word = self.word(place)
        if self.at(place).kind == "word" and word in known.SMALL_NUMBERS:
            return known.SMALL_NUMBERS[word]
        if place == begin:
            return None
        if word in known.SCALES:
            return known.SCALES[word]
        follows = self.word(place + 1) in known.SMALL_NUMBERS
        is_joint = word in _HYPHENS or (
            word in ("and", "et") and self.word(place - 1) in {*known.SCALES, "vingt"}
        )
        return 0 if is_joint and follows else None

    def _round(self, place):
        """“a million”, “half a million”, “a dozen”, “une trentaine”."""
        half = self.word(place) == "half"
        place += 1 + (half and self.word(place + 1) in ("a", "an"))
        word = self.word(place)
        if word in known.ROUND_NUMBERS and not half:
            value = Decimal(known.ROUND_NUMBERS[word])
            return _Amount(value, value, 1, Decimal(10), place + 1, bound="about")
        if word not in known.SCALES:
            return None
        scale, end = self._scale(place, is_money=False)
        value = Decimal(scale) / (2 if half else 1)
        return _Amount(value, value, scale, Decimal(scale), end)

    def _is_a_name(self, place, amount):
        """Whether a number without currency is a date, a time, an ordinal or names something."""
        before, after = self.at(place - 1), self.at(amount.end)
        if after.start == self.at(amount.end - 1).end and (
            after.word in known.ORDINAL_ENDINGS or after.text in ("/", "°", ":", "º")
        ):
            return True
        if self._is_month(before) or self._is_month(after):
            return True
        if after.word == "of" and self._is_month(self.at(amount.end + 1)):
            return True
        is_clock = after.word in known.CLOCK or (
            after.word in ("a", "p") and self.word(amount.end + 1) == "." and self.word(amount.end + 2) == "m"
        )
        return is_clock or before.word in known.REFERENCES

    @staticmethod
    def _is_month(token):
        is_word_too = token.word in known.ALSO_A_WORD and not token.text[:1].isupper()
        return token.word in known.MONTHS and not is_word_too

    # Of what

    def _unit(self, currency, amount, *, first):
        if currency:
            return _Unit(("money", currency), amount.end)
        return (
            self._per_cent(amount.end) or self._money_named(amount.end) or self._counted(amount, first=first)
        )

    def _per_cent(self, place):
        words = self.word(place), self.word(place + 1)
        if words[0] in known.PER_CENT:
            end = place + 1
        elif words[0] in ("per", "pour") and words[1] in ("cent", "100"):
            end = place + 2
        else:
            return None if words != ("percentage", "points") else _Unit(("count", "point"), place + 2)
        if self.word(end) in ("point", "points"):
            return _Unit(("count", "point"), end + 1)
        return _Unit(("per cent", ""), end, complement=self._complement(end))

    def _money_named(self, place):
        place += self.word(place) in ("de", "d'") or self.word(place) in _HYPHENS
        if self.at(place).text in known.CURRENCY_CODES:
            return _Unit(("money", known.CURRENCY_CODES[self.at(place).text]), place + 1)
        for count in (0, 1, 2):
            name = known.CURRENCY_NAMES.get(self._plain(place + count))
            if name:
                whose = tuple(self.word(place + n) for n in range(count))
                code = known.DOLLARS_OF.get(whose, name) if name == "USD" else name
                return (
                    _Unit(("money", code), place + count + 1)
                    if not count or whose in known.DOLLARS_OF
                    else None
                )
        return None

    def _plain(self, place):
        """A word without the French elision before it: `euros` of “d’euros”."""
        word = self.word(place)
        return word[2:] if word.startswith(_ELISIONS) else word

    def _counted(self, amount, *, first):
        place = amount.end
        if self.word(place) in _HYPHENS and self.is_tight(place) and self.is_tight(place + 1):
            return self._hyphenated(place + 1)
        place += self.word(place) in ("de", "d'") and (amount.scale > 1 or amount.bound != "")
        return self._noun(place) or self._people_without_noun(place, first=first)

    def _hyphenated(self, place):
        """“a 33-nation body”, “a three-hour delay”; an age is no figure."""
        if self.word(place + 1) in _HYPHENS or self.word(place) not in known.NOUNS:
            return None
        return _Unit(("count", known.NOUNS[self.word(place)]), place + 1)

    def _noun(self, place):
        modifiers = []
        for at in range(place, place + NOUN_WITHIN):
            token, word = self.at(at), self._plain(at)
            if token.kind == "mark" and word in _HYPHENS and self.is_tight(at):
                continue
            if token.kind != "word" or word in known.ENDS_A_NOUN or token.aside != self.at(place - 1).aside:
                return None
            is_said_of_it = word in known.PARTICIPLES and not self._is_plural(at + 1)
            if is_said_of_it or self._is_plural(at):
                noun = "person" if is_said_of_it else known.NOUNS.get(word, stem(word))
                return _Unit(("count", noun), at + 1, frozenset(modifiers), self._complement(at + 1))
            modifiers.append(word)
        return None

    def _is_plural(self, place):
        word = self._plain(place)
        if word in known.IRREGULAR_PLURALS | known.SHORT_UNITS | known.PEOPLE_ONE:
            return True
        is_one_too = word in known.NOT_THE_HEAD or word in known.ENDS_A_NOUN or word in known.CASUALTY_VERBS
        return (
            len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and not is_one_too
        )

    def _people_without_noun(self, place, *, first):
        """“killed 12”, “14 die”, “30 were injured” and “the toll rose to 40”."""
        if self.word(place) in known.DYING:
            return _Unit(("count", "person"), place + 1)
        verb = place
        while self.word(verb) in known.AUXILIARIES:
            verb += 1
        if verb > place and self.word(verb) in known.PARTICIPLES:
            return _Unit(("count", "person"), verb + 1)
        is_toll = any(self.word(first - count) == "toll" for count in range(1, NOUN_WITHIN + 1))
        is_of_people = is_toll or self.word(first - 1) in known.CASUALTY_VERBS
        return _Unit(("count", "person"), place) if is_of_people else None

    def _complement(self, place):
        """What follows “of”: `women` of “45 per cent of all women”."""
        if self.word(place) not in ("of", "de", "des"):
            return frozenset()
        words = (self.at(at) for at in range(place + 1, place + 1 + NOUN_WITHIN))
        first = next((word for word in words if word.word not in known.EMPTY_WORDS), NO_TOKEN)
        return frozenset([stem(first.word)] if first.kind == "word" else [])

    def _is_partial(self, before, unit):
        """Whether it is “another 12”, “12 more”, “the last three”, “three years ago”, “in five days”."""
        after = self.word(unit.end)
        if (
            before in known.PARTIAL_BEFORE
            or unit.modifiers & known.PARTIAL_AFTER
            or after in known.PARTIAL_AFTER
        ):
            return True
        is_time = unit.kind[0] == "count" and unit.kind[1] in known.DURATIONS
        return is_time and (after in known.TIME_AFTER or before in ("in", "within"))

    # How exactly, and what is said of it

    def _bound_before(self, place):
        """(the name of the bound before a figure or "", the place where its words begin)."""
        for count in (4, 3, 2, 1):
            words = tuple(self.word(place - count + n) for n in range(count))
            if words in known.BOUNDS_BEFORE:
                return known.BOUNDS_BEFORE[words], place - count
        return "", place

    def _figure(self, first, amount, unit, *, bound):
        bound = bound or amount.bound
        sentence = self.at(unit.end - 1).sentence
        around = [
            place
            for place in range(max(first - AROUND, 0), min(unit.end + AROUND, len(self.tokens)))
            if not first <= place < unit.end and self.at(place).sentence == sentence
        ]
        words = self.text[self.at(first).start : self.at(unit.end - 1).end]
        return Figure(
            words=words,
            key=fold(words),
            kind=unit.kind,
            reach=reach_of(amount.low, amount.high, step=amount.step, bound=bound),
            sentence=sentence,
            modifiers=frozenset(map(stem, unit.modifiers)),
            complement=unit.complement,
            said=self._said(first, unit.end),
            is_from=unit.kind[0] == "count" and self.word(first - 1) in ("from", "venus"),
            **self._context([self.at(place) for place in around]),
        )

    def _said(self, first, end):
        """{question: group}: for each question the nearest word that answers it, in the same sentence and aside.

        A joint between (“and”, a comma) makes a word two steps further off.
        """
        nearest = {}
        for place in range(first, end):
            nearest |= {question: (0, group) for question, group in said_by(self.word(place))}
        for places in (range(first - 1, -1, -1), range(end, len(self.tokens))):
            for distance, word in self._words_along(places, self.at(end - 1)):
                for question, group in said_by(word):
                    if distance < nearest.get(question, (SAID_WITHIN,))[0]:
                        nearest[question] = (distance, group)
        return {question: group for question, (_distance, group) in nearest.items()}

    def _words_along(self, places, figure):
        """(distance, word) of the tokens on one side of a figure, as far as something said there is of it."""
        distance = 0
        for place in places:
            token = self.at(place)
            if token.sentence != figure.sentence or distance > SAID_WITHIN:
                return
            if token.aside == figure.aside:
                distance += 3 if token.word in known.JOINTS else 1
                yield distance, token.word

    def _context(self, tokens):
        """What the words around a figure tell, as keyword arguments of Figure."""
        words = [token for token in tokens if token.kind == "word"]
        full = [token for token in words if token.word not in known.EMPTY_WORDS and len(token.word) > 1]
        is_title = len(full) > 2 and sum(token.text[0].isupper() for token in full) > 0.6 * len(full)
        sentence_start = {token.start for token in words[:1]}
        names = [] if is_title else [
            token.word for token in full
            if token.text[0].isupper() and not self._is_month(token) and not said_by(token.word)
            and (token.start not in sentence_start or token.text.endswith(("'s", "’s")))
        ]  # fmt: skip
        return {
            "about": frozenset(stem(token.word) for token in full if not said_by(token.word)),
            "around": frozenset(token.word for token in words),
            "names": frozenset(names),
            "countries": frozenset(
                known.COUNTRIES[token.word]
                for token in full
                if token.word in known.COUNTRIES and token.text[0].isupper()
            ),
            "months": frozenset(known.MONTHS[token.word] for token in words if self._is_month(token)),
            "years": frozenset(
                token.text
                for token in tokens
                if token.kind == "number" and regex.fullmatch(r"(?:19|20)[0-9]{2}", token.text)
            ),
            "periods": frozenset(
                (known.ORDINALS[first.word], then.word)
                for first, then in pairwise(words)
                if first.word in known.ORDINALS and then.word in known.PARTS_OF_TIME
            ),
        }


class _Unit(NamedTuple):
    kind: tuple
    end: int  # the place of the token after it
    modifiers: frozenset = frozenset()
    complement: frozenset = frozenset()


def figures_of(text):
    """The figures of a plain text in its order, as a list of Figure."""
    return list(islice(_Reading(text).figures(), MOST_FIGURES))
