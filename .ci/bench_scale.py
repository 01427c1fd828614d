"""What pages cost as the archive grows: `make bench-scale`, or with SIZES= other numbers of stories.

    python .ci/bench_scale.py [--sizes 1000,100000,1000000] [--comments N] [--postgres [ADDRESS]] [--in FOLDER]

For each size it makes an archive with as many comments (see newsroom/archive), or with N times as many, and with ten
thousand at least; and asks for every public page, feed and part of the sitemap, every list of the admin, the
dashboard and the queues, in a process of its own. Each page is asked of all archives in turn, again and again, so
that a machine that is slower for a while is so for all of them. It prints the median and the 95th percentile of the
milliseconds that each took in its process, the number of queries, and how many times longer the largest archive took
than the smallest; where that is more than twice, how many times as many bytes the page has besides, for a list that
is full in the larger archive alone is a longer page and not a slower one.

On SQLite, where all the work is done in this process, milliseconds are those of CPU time, so that a busy machine
tells little else than an idle one; with --postgres, where the database works elsewhere, they are those of the clock.
With --in the archives are kept in that folder, and with --postgres and an address on that server, and not made again
the next time.
"""

import argparse
import contextlib
import datetime as dt
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
HERE = Path(__file__).resolve().parent
MOST_TIMES = 2.0  # what the largest archive may take against the smallest
FEWEST_COMMENTS = 10_000  # so that the pages of threads and queues are full in the smallest archive too
RUNS, FEWEST_RUNS, MOST_SECONDS = 15, 3, 2.0  # of a page and an archive, after a round that warms up
STARTED = "started"  # a PostgreSQL that lasts as long as the bench
SLOW_ENOUGH = 5.0  # milliseconds under which a ratio says nothing but how fast the smallest archive was


def asked_for(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--sizes", default="1000,100000,1000000", help="numbers of stories, the smallest first"
    )
    parser.add_argument("--comments", type=int, default=1, help="comments for each story, on the whole")
    parser.add_argument(
        "--postgres", nargs="?", const=STARTED, metavar="postgres://USER@HOST/",
        help="on a PostgreSQL that is started for it, or on the one at that address",
    )  # fmt: skip
    parser.add_argument("--in", dest="folder", help="where the archives are kept")
    parser.add_argument("--json", dest="file", help="where the figures are written")
    parser.add_argument("--until", type=dt.date.fromisoformat, default=dt.datetime.now(tz=dt.UTC).date())
    parser.add_argument("--only", default="", help="pages whose name holds this word")
    return parser.parse_args(arguments)


class Archive:
    """The process that asks one archive for its pages: see bench_scale_pages.py."""

    def __init__(self, size, asked, *, folder, url):
        data = folder / f"{size}"
        data.mkdir(parents=True, exist_ok=True)
        given = os.environ | {"NEWSROOM_DATA_DIR": str(data), "NEWSROOM_COMMENT_RATE": "off"}
        given |= {"NEWSROOM_DATABASE_URL": url} if url else {}
        comments = max(size * asked.comments, FEWEST_COMMENTS)
        facts = [str(size), str(comments), asked.until.isoformat()]
        command = [sys.executable, HERE / "bench_scale_pages.py", *facts]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, env=given, stdin=pipe, stdout=pipe, text=True)
        self.names = self._answer()

    def _answer(self):
        line = self._process.stdout.readline()
        if not line:
            sys.exit("An archive gave up; see above.")
        return json.loads(line)

    def __call__(self, verb, name=""):
        """What the process answers."""
        print(json.dumps([verb, name]), file=self._process.stdin, flush=True)
        return self._answer()

    def close(self):
        """Ends the process, and waits for it."""
        self._process.stdin.close()
        self._process.wait(30)


def measured(archives, name):
    """{size: {"queries", "bytes", "median", "p95", "status", "runs"}} of a page, asked of all archives in turn."""
    asked = {size: archive for size, archive in archives.items() if name in archive.names}
    first = {size: archive("first", name) for size, archive in asked.items()}
    for archive in asked.values():
        archive("again", name)  # warms up
    spent = {size: [] for size in asked}
    stop_at = time.monotonic() + MOST_SECONDS * len(asked)
    while min(map(len, spent.values())) < RUNS:
        for size, archive in asked.items():
            spent[size] += archive("again", name)
        if time.monotonic() > stop_at and min(map(len, spent.values())) >= FEWEST_RUNS:
            break
    return {
        size: first[size] | {"median": statistics.median(values), "p95": p95(values), "runs": len(values)}
        for size, values in spent.items()
    }


def p95(values):
    return sorted(values)[max(0, -(-95 * len(values) // 100) - 1)]


@contextlib.contextmanager
def databases(asked):
    """A function from a size to the address of its database, "" for SQLite in the data folder."""
    if not asked.postgres:
        yield lambda size: ""
        return
    sys.path.insert(0, str(HERE))
    import psycopg  # noqa: PLC0415 - on SQLite nobody needs it
    from with_postgres import server  # noqa: PLC0415

    started = server() if asked.postgres == STARTED else contextlib.nullcontext(asked.postgres)
    with started as address:

        def url(size):
            name = f"archive_{size}"
            with psycopg.connect(
                address.replace("postgres://", "postgresql://"), autocommit=True
            ) as connection:
                known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
                if not known:
                    connection.execute(f"CREATE DATABASE {name}")
            return f"{address.rpartition('/')[0]}/{name}"

        yield url


def table(figures):
    """The lines of the table: a row for each page, with the figures of each size and the ratio of last to first."""
    sizes = list(figures)
    yield "| page | " + " | ".join(f"queries | {int(size):,}: median | p95" for size in sizes) + " | ratio |"
    yield "|---|" + "---:|" * (3 * len(sizes) + 1)
    first, last = figures[sizes[0]]["pages"], figures[sizes[-1]]["pages"]
    for name in last:
        cells = [figures[size]["pages"].get(name) for size in sizes]
        shown = [f"{c['queries']} | {c['median']:.1f} | {c['p95']:.1f}" if c else "– | – | –" for c in cells]
        yield f"| {name} | {' | '.join(shown)} | {_ratio(first.get(name), last[name])} |"


def _ratio(small, large):
    if not small:
        return "–"
    times = large["median"] / small["median"]
    if times <= MOST_TIMES or large["median"] <= SLOW_ENOUGH:
        return f"{times:.1f}"
    return f"**{times:.1f}** (of the bytes {large['bytes'] / small['bytes']:.1f})"


def main(asked):
    sizes = [int(size) for size in asked.sizes.split(",")]
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-scale-"))
        url_of, folder = stack.enter_context(databases(asked)), Path(asked.folder or scratch).absolute()
        archives = {}
        for size in sizes:
            archive = Archive(size, asked, folder=folder, url=url_of(size))
            archives[size] = stack.enter_context(contextlib.closing(archive))
        pages = {}
        for name in (name for name in archive.names if asked.only in name):
            pages[name] = measured(archives, name)
            cells = (f"{cell['median']:9.1f} {cell['p95']:9.1f}" for cell in pages[name].values())
            print(f"{name:<60} {'   '.join(cells)}", file=sys.stderr, flush=True)
        figures = {
            str(size): {"pages": {name: cells[size] for name, cells in pages.items() if size in cells}}
            | archive("facts")
            for size, archive in archives.items()
        }
    print("\n".join(table(figures)))
    for size, found in figures.items():
        print(f"{int(size):,} stories: {found['memory_mb']} MB of memory of its own, {found['database']}")
    if asked.file:
        Path(asked.file).write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit("stopped")
    )  # through the contexts, so that no server stays
    main(asked_for(sys.argv[1:]))
