"""What readers saw is held against what was true when: see histories.py."""

import json

import pytest

from newsroom.tests.histories import EVER, Claim, History, Truth, contradiction

PATH = "/2025/06/09/story-1/"


def told(**line):
    return {"is_kept": False, "path": PATH, "tag": "TagW0N1", **line}


FIRST = told(story=1, words="S1V2", begun=10, ended=12)
PLAN = told(story=1, words="S1V3", begun=20, ended=21, at=30)


@pytest.fixture
def truth_of(tmp_path):
    def read(*lines):
        log = tmp_path / "log"
        log.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        truth = Truth({1: PATH, 2: "/2025/06/09/story-2/"})
        truth.read(log)
        truth.end()
        return truth

    return read


@pytest.mark.parametrize(
    ("words", "begin", "end", "is_possible"),
    [
        ("S1V1", 1, 2, True), ("S1V1", 11, 11.5, True), ("S1V1", 12.5, 13, False),
        ("S1V2", 9, 9.5, False), ("S1V2", 9, 10.5, True), ("S1V2", 29, 29.5, True), ("S1V2", 30.5, 31, False),
        ("S1V3", 29, 29.5, False), ("S1V3", 29, 30.5, True), ("S1V3", 90, 91, True),
    ],
)  # fmt: skip
def test_a_version_may_be_read_between_its_beginning_and_that_of_the_next(
    truth_of, words, begin, end, is_possible
):
    truth = truth_of(FIRST, PLAN)
    assert (not contradiction([truth.is_live_as(words)], begin, end)) == is_possible


@pytest.mark.parametrize(
    ("ended", "seen"),
    [(29, ["2", "2", "2"]), (31, ["2", "23", "2"])],
    ids=["before its moment", "perhaps after its moment"],
)
def test_a_plan_that_is_cancelled_was_seen_at_most_until_then(truth_of, ended, seen):
    cancelled = told(story=1, words="as before", begun=28, ended=ended)
    truth = truth_of(FIRST, PLAN, cancelled)
    found = [
        "".join(
            words[-1]
            for words in ("S1V2", "S1V3")
            if not contradiction([truth.is_live_as(words)], moment, moment)
        )
        for moment in (25, 30.5, 40)
    ]
    assert found == seen


def test_who_asks_after_somebody_has_seen_the_new_words_may_not_see_the_old_ones():
    history = History("old")
    history.add("new", begun=10, ended=20)
    old, new = (
        Claim(name, [(history, history.where(lambda value, name=name: value == name))])
        for name in ("old", "new")
    )
    assert not contradiction([old], 15, 16)
    new.narrow(12, 14)
    assert contradiction([old], 15, 16)
    assert not contradiction([old], 13, 16)


def test_two_halves_of_a_page_have_to_be_of_one_moment():
    one, two = History("old"), History("old")
    one.add("new", begun=10, ended=11)
    two.add("new", begun=20, ended=21)
    is_new = Claim("two is new", [(two, frozenset([1]))])
    is_old = Claim("one is old", [(one, frozenset([0]))])
    assert not contradiction([is_new], 5, 30)
    assert not contradiction([is_old], 5, 30)
    assert contradiction([is_old, is_new], 5, 30)


def test_a_tag_that_is_merged_leads_to_the_other_from_then_on(truth_of):
    truth = truth_of(FIRST, {"merged": "TagW0N1", "into": "TagW0N2", "begun": 15, "ended": 16})
    own, other = (Claim(tag, [truth.leads_to("TagW0N1", tag)]) for tag in ("TagW0N1", "TagW0N2"))
    assert [own.spans(-EVER, EVER), other.spans(-EVER, EVER)] == [[(-EVER, 16)], [(15, EVER)]]
    assert contradiction([truth.is_not_under(1, "TagW0N2")], 17, 18)
    assert not contradiction([truth.is_not_under(1, "TagW0N1")], 17, 18)
