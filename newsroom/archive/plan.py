"""What a made-up archive holds: which stories, when, filed how, with which comments. Pure, and the same every time.

Everything follows from the arguments and a number, so that making an archive can stop anywhere and go on there.
Moments are whole seconds since 1970, UTC. Records are named by their rank, from 0.
"""

import datetime as dt
import hashlib
import uuid
from array import array
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from math import isqrt
from random import Random

from articles.models.article import Stage
from articles.models.edition import Change, Kind
from comments.models import Reason, Status
from newsroom.archive.text import REMARKS, amended, language_of, story_text, zipf
from newsroom.archive.vocabulary import Vocabulary
from newsroom.archive.words import SECTIONS

DAY, MINUTE = 86_400, 60
A_DAY = 40  # stories of a day, where that makes the archive between three and twenty years long
FEWEST_YEARS, MOST_YEARS = 3, 20
WRITERS, MODERATORS = 12, 4
LONGEST_THREAD = 20_000
_KINDS = [Kind.NEWS] * 12 + [Kind.BRIEF] * 3 + [Kind.BRIEFING] * 2 + [Kind.ANALYSIS] * 2 + [Kind.OPINION]
_UNPUBLISHED = (Stage.DRAFT, Stage.DRAFT, Stage.IN_REVIEW, Stage.APPROVED, Stage.SPIKED)


@dataclass(frozen=True, kw_only=True)
class Version:
    """An edition: [live_from, live_until), and what kind of Change it is."""

    live_from: int
    live_until: int | None
    change: str


@dataclass(kw_only=True)
class Story:
    """One story. `tags`, `authors`, `sources` and `picks` (earlier stories) are ranks, in the story's order."""

    number: int
    uid: uuid.UUID
    vocabulary: Vocabulary
    published_at: int
    kind: str
    section: int
    coverage: int | None
    tags: list[int]
    authors: list[int]
    sources: list[int]
    picks: list[int]
    writer: int
    stage: str = Stage.DRAFT
    versions: list[Version] = field(default_factory=list)
    withdrawn_at: int | None = None
    is_changed: bool = False
    advice_count: int = 0


@dataclass(kw_only=True)
class Said:
    """One comment of a thread. `answers` is the place of its parent in the thread, None of one on the story.

    `remark` is the number of its text, `sender` and `by` are the ranks of who wrote it and who decided about it.
    """

    number: int
    uid: uuid.UUID
    remark: int
    sender: int
    posted_at: int
    answers: int | None
    status: str
    decided_at: int
    by: int
    decision_count: int
    reason: str = ""
    is_featured: bool = False
    flags: int = 0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An archive of so many `articles` and `comments`, the last of them before `until`, a day (exclusive)."""

    articles: int
    comments: int
    seed: int
    until: dt.date

    @cached_property
    def end(self):
        return int(dt.datetime.combine(self.until, dt.time(), tzinfo=dt.UTC).timestamp())

    @cached_property
    def begin(self):
        days = min(max(self.articles // A_DAY, FEWEST_YEARS * 365), MOST_YEARS * 365)
        return self.end - days * DAY

    # How many there are of what files stories: more for a larger archive, as desks have them.

    @cached_property
    def tag_count(self):
        return min(max(60, 9 * isqrt(self.articles)), 9_000)

    @cached_property
    def author_count(self):
        return min(max(24, 2 * isqrt(self.articles)), 2_000)

    @cached_property
    def source_count(self):
        return max(40, self.articles // 4)

    @cached_property
    def publisher_count(self):
        return min(max(20, isqrt(self.articles)), 1_000)

    @cached_property
    def coverage_count(self):
        return max(4, isqrt(self.articles) // 3)

    @cached_property
    def sender_count(self):
        return max(50, self.comments // 8)

    def _digest(self, kind, number):
        return hashlib.sha256(f"{self.seed} {kind} {number}".encode()).digest()

    def _chances(self, kind, number):
        """A function that gives the numbers of [0, 1) from which this record follows."""
        return Random(int.from_bytes(self._digest(kind, number)[:8])).random  # noqa: S311 - nothing is kept secret by it

    def uid(self, kind, number):
        """The uid of that record: `story` or `comment`."""
        return uuid.UUID(bytes=self._digest(kind, number)[:16], version=4)

    def published_at(self, number):
        """When the story of that number is published first: later than all of lower numbers."""
        step = (self.end - DAY - self.begin) / self.articles
        jitter = self._digest("moment", number)[0] / 256
        return self.begin + int((number + jitter) * step)

    def publisher_of(self, source):
        """The rank of the publisher of that source; None of one source in ten."""
        chance = self._digest("publisher", source)
        return None if chance[0] < 26 else zipf(int.from_bytes(chance[1:5]) / 2**32, self.publisher_count)

    def is_published(self, number):
        """Whether that story ever was: one in eighty is still being written, or was spiked."""
        return self._digest("moment", number)[1] > 2

    def vocabulary(self, number):
        """The language of that story."""
        return language_of(self._chances("story", number)())

    def story(self, number):
        """(Story, [Text of each version]) of that number, from 0; of what was never published, one Text."""
        chance = self._chances("story", number)
        vocabulary = language_of(chance())
        story = Story(
            number=number,
            uid=self.uid("story", number),
            vocabulary=vocabulary,
            published_at=self.published_at(number),
            kind=_KINDS[int(chance() * len(_KINDS))],
            section=zipf(chance(), len(SECTIONS)),
            coverage=zipf(chance(), self.coverage_count) if chance() < 0.15 else None,
            tags=_ranks(chance, 1 + int(chance() * 5), self.tag_count),
            authors=_ranks(chance, 1 + (chance() < 0.15), self.author_count),
            sources=_ranks(chance, int(chance() * 5), self.source_count),
            picks=_earlier(chance, number) if chance() < 0.05 else [],
            writer=int(chance() * WRITERS),
            advice_count=int(chance() * 3) + 1 if chance() < 0.03 else 0,
        )
        self._live_through(story, chance)
        texts = [story_text(vocabulary, number, chance)]
        for version in story.versions[1:]:
            texts.append(amended(vocabulary, texts[-1], version.change, chance))
        return story, texts

    def _live_through(self, story, chance):
        """Gives the story its versions: most have one, and some were never published."""
        if not self.is_published(story.number):
            story.stage = _UNPUBLISHED[int(chance() * len(_UNPUBLISHED))]
            return
        story.is_changed = chance() < 0.02
        moments, changes = [story.published_at], [Change.FIRST]
        while chance() < 0.08 and len(moments) < 6:
            moments.append(moments[-1] + MINUTE + int(chance() * self._room(moments[-1], 2 * DAY)))
            changes.append((Change.UPDATE, Change.MINOR, Change.CORRECTION)[int(chance() * 3)])
        later = 5 * DAY + int(chance() * 30 * DAY)
        if chance() < 0.01 and moments[-1] + later < self.end:
            story.withdrawn_at = moments[-1] + later
        ends = [*moments[1:], story.withdrawn_at]
        story.versions = [
            Version(live_from=begun, live_until=ended, change=change)
            for begun, ended, change in zip(moments, ends, changes, strict=True)
        ]

    def _room(self, moment, wanted):
        """So many seconds after the moment, as far as they lie in the archive's time."""
        return max(min(wanted, (self.end - moment) // 2), 0)

    # Comments, by the threads of stories.

    @cached_property
    def thread_sizes(self):
        """How many comments the story of each number has, `comments` in all: most have few, some thousands."""
        sizes, left = self._weights(), self.comments
        total, gone = sum(sizes), 0.0
        found, given = array("I"), 0
        for weight in sizes:
            gone += weight
            up_to = round(self.comments * gone / total) if total else 0
            found.append(min(up_to - given, LONGEST_THREAD))
            given = up_to
        return self._filled_up(found, left - sum(found))

    def _weights(self):
        """A long tail: few stories have most of the comments. Stories that never were public have none."""
        chance = self._chances("threads", 0)
        weights = ((1 - chance()) ** -0.75 for _ in range(self.articles))
        return array("d", (weight * self.is_published(number) for number, weight in enumerate(weights)))

    def _filled_up(self, sizes, missing):
        """What the longest threads may not hold goes to the others, in turn."""
        while missing:
            for number, size in enumerate(sizes):
                if missing and size < LONGEST_THREAD and self.is_published(number):
                    sizes[number] += 1
                    missing -= 1
        return sizes

    @cached_property
    def thread_starts(self):
        """The number of the first comment under each story, from 0; one more than there are stories."""
        return array("Q", accumulate(self.thread_sizes, initial=0))

    def thread(self, story):
        """Yields the Said of the thread under the story of that number, in the order of posting."""
        begun, size = self.published_at(story), self.thread_sizes[story]
        chance, first = self._chances("thread", story), self.thread_starts[story]
        span = self._room(begun, 4 * DAY) or MINUTE
        public = []
        for place in range(size):
            posted_at = begun + MINUTE + span * (place + 1) // (size + 1)
            said = self._said(first + place, posted_at, chance)
            if public and chance() < 0.45:
                said.answers = public[-1 - zipf(chance(), len(public))]
            if said.status == Status.APPROVED:
                public.append(place)
            yield said

    def _said(self, number, posted_at, chance):
        status, fate = _status(chance()), chance()
        is_public = status == Status.APPROVED
        is_featured = is_public and fate < 0.003
        decided_at = posted_at + 1 + int(chance() * 240) * (1 if fate < 0.3 else MINUTE)
        return Said(
            number=number,
            uid=self.uid("comment", number),
            remark=int(chance() * REMARKS),
            sender=zipf(chance(), self.sender_count),
            posted_at=posted_at,
            answers=None,
            status=status,
            decided_at=min(decided_at, self.end),
            by=int(chance() * MODERATORS),
            reason=_REASONS[int(fate * len(_REASONS))] if status == Status.REJECTED else "",
            decision_count=0 if status == Status.PENDING else 1 + (is_featured or status == Status.WITHDRAWN),
            is_featured=is_featured,
            flags=1 + number % 3 if is_public and fate > 0.997 else 0,
        )


_REASONS = (Reason.OFF_TOPIC, Reason.ABUSE, Reason.ADVERTISING, Reason.FALSE_CLAIM, Reason.PERSONAL_DATA)


def _status(chance):
    for status, up_to in (
        (Status.APPROVED, 0.90), (Status.SPAM, 0.95), (Status.REJECTED, 0.985), (Status.PENDING, 0.996),
    ):  # fmt: skip
        if chance < up_to:
            return status
    return Status.WITHDRAWN


def _ranks(chance, count, size):
    """So many ranks, each once, the lower the likelier."""
    found = dict.fromkeys(zipf(chance(), size) for _ in range(count))
    return list(found)


def _earlier(chance, number):
    """One or two earlier stories."""
    count = 1 + int(chance() * 2)
    return list(dict.fromkeys(int(chance() * number) for _ in range(count))) if number else []
