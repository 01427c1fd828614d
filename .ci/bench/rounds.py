"""Rows of a table that are measured in turn, round after round, each against another row of the same round.

The machine is as fast as its neighbours let it be: figures of one moment compare with each other, those of two
moments do not. So every round runs all rows, every other round from the last to the first, and what is told is the
median of the rounds' ratios, with the least and the greatest.
"""

import sys
from dataclasses import asdict, dataclass
from statistics import median

import load

POSTS_A_ROUND = 1_000_000  # numbers kept apart, so that no form is sent twice


@dataclass(frozen=True)
class Row:
    """A line of a table: what is asked, and the key of the row of the same bytes that it is compared with.

    `connections` are fewer than the plan's where a request takes long, since those under way at the end of a run
    are not counted, but what they cost is.
    """

    key: str
    title: str
    target: load.Target
    against: str = ""
    connections: int = 0


@dataclass(frozen=True)
class Plan:
    """How the rows are run."""

    rounds: int
    seconds: int
    connections: int


def measure(rows, plan, *, warm_up=2):
    """{key: [Figures of each round]}; a first round, of so many seconds a row, warms up and is thrown away."""
    for row in rows:
        load.check(row.target)
        load.run(row.target, seconds=warm_up, connections=row.connections or plan.connections)
    found = {row.key: [] for row in rows}
    for number in range(1, plan.rounds + 1):
        for row in rows if number % 2 else reversed(rows):
            say(f"round {number} of {plan.rounds}: {row.title}")
            figures = load.run(
                row.target,
                seconds=plan.seconds,
                connections=row.connections or plan.connections,
                first=number * POSTS_A_ROUND,
            )
            found[row.key].append(figures)
    return found


def say(text):
    print(text, file=sys.stderr, flush=True)


def spread(values):
    """{median, least, greatest} of some numbers."""
    return {"median": median(values), "least": min(values), "greatest": max(values)}


def ratios(figures, of_reference, name):
    """The spread of a figure's ratio to the reference's in the same round; None where one is 0."""
    pairs = [
        (getattr(a, name), getattr(b, name)) for a, b in zip(figures, of_reference, strict=True)
    ]  # fmt: skip
    return spread([one / other for one, other in pairs]) if all(other for _one, other in pairs) else None


def as_data(rows, found):
    """The rows as they are written down: a list of dicts of plain values."""
    told = []
    for row in rows:
        figures = found[row.key]
        line = {
            "key": row.key,
            "title": row.title,
            "against": row.against,
            **{
                name: spread([getattr(each, name) for each in figures])
                for name in ("per_second", "p50_ms", "p99_ms", "cpu_us")
            },
            "rounds": [asdict(each) for each in figures],
        }
        if row.against:
            reference = found[row.against]
            line["throughput_ratio"] = ratios(figures, reference, "per_second")
            line["cpu_ratio"] = ratios(figures, reference, "cpu_us")
        told.append(line)
    return told
