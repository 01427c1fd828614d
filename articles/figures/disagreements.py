"""Figures that disagree: between a story's own words, the titles of its sources and related stories.

`disagreements(story, others)` finds figures of the same thing that cannot both be right. Its rules:

- Only like is compared with like: money of one currency, percentages, things counted under one noun (nations
  are countries). HK$466.6 million says nothing against its US$58.8 million.
- Figures disagree when no value is left open by both. Figures without an approximating word are exact, so that
  HK$466.6 million and HK$467 million disagree, rounded or not: one of the two is not what the other says.
  “About 467 million” agrees with 466.6.
- “Over 30” agrees with 33, but not with 30: whoever counted 30 would not say “over”. Where 30 stands beside
  them, all three are named, since the desk has to settle one number for them.
- They are about the same thing when what is said of them allows it and their sentences share words. Different
  acts (signed, attended), measures (inflation, unemployment), directions, weekdays, months, years, countries or
  “of whom” make different things of them. The less is shared, the closer two figures must be.
- A figure that finds its like in another text is compared with no other there. Of the rest each is compared
  with the one nearest to it.
- Inside one text much more has to be shared, and one sentence never contradicts itself.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations, product

from articles.figures.reading import Figure, figures_of
from articles.figures.words import DURATIONS

CLOSE = 1.6  # how many times the smaller one the larger may be where little is shared
MOST_OF_OTHERS = 30  # figures of each other text that are compared
MOST_OF_A_KIND = 100  # figures of one kind in one text that are compared


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A text to compare. `where` is the caller's name for its place.

    `is_same_story`: it tells of the very same events, as the titles of a story's own sources do.
    """

    where: object
    text: str
    is_same_story: bool = False


@dataclass(frozen=True)
class Said:
    """A figure and the passage that says it."""

    passage: Passage
    figure: Figure


@dataclass
class Disagreement:
    """Figures of one thing that cannot all be right: the story's own, what others say, and what agrees with it.

    Where two figures of the story disagree, the later one stands among the others.
    """

    own: list  # of Said, as the others
    others: list
    agreeing: list = field(default_factory=list)

    def own_words(self):
        return {said.figure.key for said in self.own}

    def words(self):
        """The words of the figures that disagree, folded: what names this disagreement."""
        return {said.figure.key for said in [*self.own, *self.others]}

    def is_about(self, own, other):
        is_shared = own.figure.key in self.words() or other.figure.key in self.words()
        return is_shared and self.own[0].figure.kind == own.figure.kind

    def add(self, own, other):
        self.own.append(own)
        self.others.append(other)


def is_same_thing(one, other, *, is_same_story=False):
    """Whether two figures of one kind are about the same thing, as far as their words tell."""
    if _differ(one, other):
        return False
    agreeing = sum(
        one.said[question] == group for question, group in other.said.items() if question in one.said
    )
    shared = len(one.about & other.about)
    share = shared / (min(len(one.about), len(other.about)) or 1)
    is_near = _distance(one, other) <= CLOSE
    if one.kind[0] == "count" and one.kind[1] in DURATIONS:
        return shared >= 3 and share >= 0.4
    if agreeing:
        return shared >= (0 if is_same_story else 1) if is_near else shared >= 2 or share >= 0.5
    if is_near and is_same_story and shared and share >= 0.5:
        return True
    return shared >= 2 and share >= 0.25 if is_near else shared >= 3 and share >= 0.5


def _differ(one, other):
    """Whether something said of two figures makes them different things."""
    said = [one.said[question] == other.said[question] for question in one.said.keys() & other.said.keys()]
    if not all(said):
        return True
    if one.is_from != other.is_from and not said:
        return True  # delegates from 85 countries, and 30 countries
    if any(
        _are_apart(getattr(one, name), getattr(other, name))
        for name in ("modifiers", "complement", "months", "years", "periods", "countries")
    ):
        return True
    is_other_named = bool(one.names & other.around or other.names & one.around)
    return bool(one.names and other.names) and not is_other_named


def _are_apart(some, others):
    return bool(some and others) and some.isdisjoint(others)


def _distance(one, other):
    low, high = sorted((one.value, other.value))
    return float(high / low) if low else float("inf")


def _is_like(one, other):
    """Whether two figures say the same, or at least do not speak against each other."""
    return one.reach.meets(other.reach) and not _differ(one, other)


def _pairs(own, others, *, is_same_story):
    """(disagreeing, agreeing) pairs of a story's figures of one kind and those of one other text."""
    agreeing = [(a, b) for a, b in product(own, others) if _is_like(a.figure, b.figure)]
    settled = {id(said) for pair in agreeing for said in pair}
    found = [
        (_distance(a.figure, b.figure), a, b)
        for a, b in product(own, others)
        if not settled & {id(a), id(b)}
        and not a.figure.reach.meets(b.figure.reach)
        and is_same_thing(a.figure, b.figure, is_same_story=is_same_story)
    ]
    disagreeing, taken = [], set()
    for _far, a, b in sorted(found, key=lambda row: row[0]):
        if not taken & {id(a), id(b)}:
            taken |= {id(a), id(b)}
            disagreeing.append((a, b))
    kin = [pair for pair in agreeing if is_same_thing(pair[0].figure, pair[1].figure)]
    return disagreeing, kin


def _by_kind(passage, *, most=None):
    kinds = defaultdict(list)
    for figure in figures_of(passage.text)[:most]:
        if len(kinds[figure.kind]) < MOST_OF_A_KIND:
            kinds[figure.kind].append(Said(passage, figure))
    return kinds


def _is_same_inside(one, other):
    """Whether two figures of one text are about the same thing beyond much doubt."""
    shared = one.about & other.about
    is_much = len(shared) >= 3 and len(shared) >= 0.4 * min(len(one.about), len(other.about))
    is_said = any(one.said.get(question) == group for question, group in other.said.items())
    return is_much and is_said and one.sentence != other.sentence and is_same_thing(one, other)


def _inside(said):
    """The disagreeing pairs of figures of one kind inside one text."""
    return [
        (a, b)
        for a, b in combinations(said, 2)
        if not a.figure.reach.meets(b.figure.reach)
        and _is_same_inside(a.figure, b.figure)
        and _distance(a.figure, b.figure) <= CLOSE
    ]


class _Gathering:
    """Puts pairs that share a figure into one disagreement."""

    def __init__(self):
        self.found = []

    def add(self, own, other):
        for disagreement in self.found:
            if disagreement.is_about(own, other):
                return disagreement.add(own, other)
        self.found.append(Disagreement([own], [other]))
        return None

    def add_kin(self, own, other):
        for disagreement in self.found:
            if own.figure.key in disagreement.own_words() and other.figure.key not in disagreement.words():
                disagreement.agreeing.append(other)


def disagreements(story, others=()):
    """The disagreements between a story's passages, and with other passages, as a list in the story's order."""
    own = [_by_kind(passage) for passage in story]
    gathering, kin = _Gathering(), []
    for kinds in own:
        for said in kinds.values():
            for pair in _inside(said):
                gathering.add(*pair)
    for one, two in combinations(own, 2):
        for kind in one.keys() & two.keys():
            for pair in _pairs(one[kind], two[kind], is_same_story=True)[0]:
                gathering.add(*pair)
    for passage in others:
        for kind, figures in _by_kind(passage, most=MOST_OF_OTHERS).items():
            ours = [said for kinds in own for said in kinds.get(kind, ())]
            disagreeing, agreeing = _pairs(ours, figures, is_same_story=passage.is_same_story)
            kin += agreeing
            for pair in disagreeing:
                gathering.add(*pair)
    for pair in kin:
        gathering.add_kin(*pair)
    return gathering.found
