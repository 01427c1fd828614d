"""The comments of the captured page: two of them are near-duplicates, and nothing else is wrong with them."""

from django.conf import settings

from comments.spam import Facts, Words, likeness_of, triage
from newsroom.seeds import parse_analysis


def test_the_second_and_the_third_are_a_pair_and_nothing_else_speaks_against_them():
    text = (settings.BASE_DIR / "fixtures/seeds/analysis-with-comments.txt").read_text(encoding="utf-8")
    comments = parse_analysis(text).comments
    for number, comment in enumerate(comments):
        others = {other: likeness_of(words) for other, words in enumerate(comments) if other != number}
        verdict = triage(Words(comment), Facts(neighbours=others, approved_before=1))
        assert verdict.similar_to == {0: [], 1: [2], 2: [1]}[number]
        assert [signal.name for signal in verdict.signals] == (["near_duplicate"] if number else [])
