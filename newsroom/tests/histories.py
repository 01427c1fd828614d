"""What was true on a site when, as far as it is known, and whether what readers saw can have been true at once.

Of each thing the states are known in their order, and of each change two moments between which it came about. What
readers saw narrows that: who has seen the new state was answered after the change, who saw the old one asked
before it. So an answer that shows what another reader has seen replaced before is found out, and one of two halves.
"""

import json
from collections import defaultdict

EVER = float("inf")


class History:
    """The states of one thing in their order: `values`, and between which moments each of them began.

    `doubtful` are the indexes of those that perhaps never were.
    """

    def __init__(self, first):
        self.values, self.not_before, self.not_after, self.doubtful = [first], [-EVER], [-EVER], set()

    def add(self, value, *, begun, ended):
        self.values.append(value)
        self.not_before.append(begun)
        self.not_after.append(ended)

    def where(self, is_wanted):
        """The indexes of the states whose value `is_wanted`."""
        return frozenset(index for index, value in enumerate(self.values) if is_wanted(value))

    def spans(self, indexes):
        """[(begin, end)] in which one of these states may have been the one."""
        return [(self.not_before[index], self._end(index)) for index in sorted(indexes)]

    def _end(self, index):
        return self.not_after[index + 1] if index + 1 < len(self.values) else EVER

    def saw(self, indexes, *, begin, end):
        """Somebody who asked at `begin` and was answered at `end` saw one of these states."""
        possible = [index for index in indexes if self.not_before[index] <= end and self._end(index) >= begin]
        if len(possible) != 1:
            return
        [index] = possible
        for earlier in range(1, index + 1):
            self.not_after[earlier] = min(self.not_after[earlier], end)
        for later in range(index + 1, len(self.values)):
            self.not_before[later] = max(self.not_before[later], begin)


def overlap(spans, others):
    """[(begin, end)] of what lies in one of the spans and in one of the others."""
    found = [(max(one[0], two[0]), min(one[1], two[1])) for one in spans for two in others]
    return [(begin, end) for begin, end in found if begin <= end]


class Claim:
    """What an answer says: that one of `alternatives` was so, each [(History, indexes)] that were so at once."""

    def __init__(self, what, *alternatives):
        self.what, self.alternatives = what, alternatives

    def spans(self, begin, end):
        """When, between those two moments, it may have been so."""
        found = []
        for parts in self.alternatives:
            spans = [(begin, end)]
            for history, indexes in parts:
                spans = overlap(spans, history.spans(indexes))
            found += spans
        return found

    def narrow(self, begin, end):
        """What it tells of the moments of changes."""
        if len(self.alternatives) == 1:
            for history, indexes in self.alternatives[0]:
                history.saw(indexes, begin=begin, end=end)


def contradiction(claims, begin, end):
    """The claims of one answer as far as they cannot have been so at one moment between the two, in words; or ""."""
    spans = [(begin, end)]
    for claim in claims:
        before, spans = spans, overlap(spans, claim.spans(begin, end))
        if not spans:
            return f"{claim.what}, which was not so in {before}, but {claim.spans(-EVER, EVER)[-5:]}"
    return ""


GONE = "gone"  # what stands in the place of words while a story is withdrawn


class Truth:
    """What desks did, by their logs: Histories of `stories`, `comments` and `tags`.

    The values are the words of a story's version, or GONE; whether a comment is public; which tag a tag leads to.
    `paths` and `tag_of` are of the words of a version, `comments_of` of a story's number.
    """

    def __init__(self, first_paths):
        """`first_paths`: {number of a story: path of its first version}, which is live from the beginning."""
        self.stories = {number: History(f"S{number}V1") for number in first_paths}
        self.paths = {f"S{number}V1": path for number, path in first_paths.items()}
        self.comments, self.comments_of = defaultdict(lambda: History(False)), defaultdict(set)
        self.tags, self.tag_of = {}, {}
        self._plans = {}

    def read(self, log):
        for line in map(json.loads, log.read_text().splitlines()):
            moments = {name: line[name] for name in ("begun", "ended")}
            if "merged" in line:
                self._merge(line["merged"], line["into"], moments)
            elif "comment" in line:
                self.comments[line["comment"]].add(line["is_public"], **moments)
                self.comments_of[line["story"]].add(line["comment"])
            else:
                self._change(line, moments)

    def end(self):
        """All plans that are left come true."""
        for number in list(self._plans):
            self._come_true(number)

    def _merge(self, merged, into, moments):
        self.tags.setdefault(into, History(into))
        self.tags.setdefault(merged, History(merged))
        for history in self.tags.values():
            if history.values[-1] == merged:
                history.add(into, **moments)

    def _change(self, line, moments):
        number, words = line["story"], line["words"]
        if tag := line.get("tag"):
            self.paths[words], self.tag_of[words] = line["path"], tag
            self.tags.setdefault(tag, History(tag))
        history = self.stories[number]
        before = history.values[-1]
        if line["is_kept"]:
            self._come_true(number)
        elif self._perhaps_seen(number, **moments):
            history.add(before, **moments)
        if "at" in line:
            self._plans[number] = words, *(max(line["at"], moment) for moment in moments.values())
        elif words != "as before":
            history.add(words, **moments)

    def _come_true(self, number):
        words, soonest, latest = self._plans.pop(number)
        self.stories[number].add(words, begun=soonest, ended=latest)

    def _perhaps_seen(self, number, *, begun, ended):
        """Whether the plan that a verb dropped may have come true before that was done."""
        words, soonest, _latest = self._plans.pop(number, ("", EVER, EVER))
        if ended < soonest:
            return False
        history = self.stories[number]
        history.doubtful.add(len(history.values))
        history.add(words, begun=soonest, ended=ended)
        return True

    # --- what an answer may say

    def has_been_at(self, number, path):
        """(index of the state from which on the story surely has stood at that path, that of perhaps)."""
        history = self.stories[number]
        there = [index for index, words in enumerate(history.values) if self.paths.get(words) == path]
        surely = [index for index in there if index not in history.doubtful]
        return min(surely, default=EVER), min(there, default=EVER)

    def leads_to(self, tag, target):
        """The part of a claim that a tag leads to another, or to itself."""
        history = self.tags.setdefault(tag, History(tag))
        return history, history.where(lambda name: name == target)

    def leads_elsewhere(self, tag, target):
        history = self.tags.setdefault(tag, History(tag))
        return history, history.where(lambda name: name != target)

    def is_live_as(self, words):
        number = int(words[1:].partition("V")[0])
        return Claim(
            words, [(self.stories[number], self.stories[number].where(lambda value: value == words))]
        )

    def is_not_live(self, number):
        history = self.stories[number]
        return Claim(f"no story {number}", [(history, history.where(lambda value: value == GONE))])

    def is_not_under(self, number, tag):
        """That the story is not live, or under another tag."""
        history = self.stories[number]
        untagged = history.where(lambda words: words not in self.tag_of)
        tagged = [
            [(history, frozenset([index])), self.leads_elsewhere(self.tag_of[words], tag)]
            for index, words in enumerate(history.values)
            if words in self.tag_of
        ]
        return Claim(f"no story {number} under {tag}", [(history, untagged)], *tagged)

    def is_public(self, comment, is_so):
        history = self.comments[comment]
        what = f"comment {comment}" if is_so else f"no comment {comment}"
        return Claim(what, [(history, history.where(lambda value: value == is_so))])
