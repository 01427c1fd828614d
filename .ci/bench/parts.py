"""The parts of `make bench`: what each measures, and the tables it tells."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import demo
import load
import report
import rounds
import servers
import stand_ins
import workers as worker_classes
from django.conf import settings
from load import Target
from posting import Posting
from processes import HOST, Tree, tree_on_port
from rounds import Plan, Row, say

from newsroom.drop_board import the_board
from newsroom.drops import BYTES
from newsroom.tests.nginx import PROGRAM, Nginx

BROWSER = "gzip, deflate, br, zstd"
COOKIES = {"Cookie": "csrftoken=x; _ga=y"}
HOW = (
    "{rounds} rounds of {seconds} s a row, {connections} connections, in turn; the median, and in brackets the least "
    "and the greatest of the rounds. The servers, wrk and whatever else ran shared the cores."
)
BARE_NAME = "bare WSGI"
EVERY_DIGIT = 11  # seconds, in which nginx has kept a page under every last digit of the second
FEW = 4  # connections to what takes long
A_SECOND = 50  # comments posted
CONVERSATION = 60  # comments that stand already under the story that is posted to
READERS = {"as fast as can be": 0, "at a reader's pace": 50}  # the milliseconds that a connection rests
AGAIN, PASS, PASSES = 6, 10, 50  # requests for a story one after the other; seconds and number of walks
FULL = 0.95  # of what a page cache may take


class Bench:
    """What all parts share: the site and its pages, how long to measure, and where the tables go."""

    def __init__(self, asked, folder):
        self.plan = Plan(asked.rounds, asked.seconds, asked.connections)
        self.urls, self.folder = asked.url, folder
        self.docs = None if asked.to == "-" else Path(asked.to)
        self.pages = folder / "pages"
        self.pages.mkdir()
        demo.prepare()
        self.addresses = demo.addresses()
        self.stories = demo.many_stories(3_000)

    def tell(self, part, tables, *, rows=None, how=None, **data):
        """Prints the tables and writes them down."""
        for table in tables:
            print(f"\n{report.as_text(table)}", flush=True)
        how = how or HOW.format(**vars(self.plan))
        if self.docs:
            report.write(part, {"tables": tables, "rows": rows or [], "how": how, **data}, self.docs)

    def keep(self, name, url, headers=None):
        """Keeps the bytes of one of our pages for the bare application; returns its path there."""
        _status, found, body = load.fetch(url, headers)
        more = {"Content_Encoding": found["Content-Encoding"]} if found["Content-Encoding"] else {}
        stand_ins.keep(self.pages, name, found["Content-Type"], body, **more)
        return f"/{name}"

    def form(self):
        """The file with a form to be posted, its number to be filled in."""
        fields = {
            "name": "Reader {n}",
            "email": "reader{n}@example.com",
            "text": f"{demo.sentence(7)} {{n}}",
        }
        file = self.folder / "form"
        file.write_text(urlencode(fields, safe="{}"))
        return str(file)


def run(asked, folder, names):
    """Runs the parts named, in the order of this module."""
    load.require_wrk()
    bench = Bench(asked, folder)
    for part in (pages, nginx, posting, memory, workers):
        if part.__name__ in names:
            say(f"--- {part.__name__}")
            part(bench)


# --- what each kind of page costs


def pages(bench):
    with ExitStack() as stack:
        ours, cold = (stack.enter_context(servers.ours(**more)) for more in ({}, servers.COLD))
        for name, path in bench.addresses.items():
            bench.keep(name, ours.url(path))
        compressed = {"Accept-Encoding": BROWSER}
        bench.keep("compressed", ours.url(bench.addresses["article"]), compressed)
        bare = stack.enter_context(servers.bare(bench.pages))
        django = stack.enter_context(servers.django(bench.pages))
        rows = [
            *_rows_of_article(bench, ours, cold, bare),
            *_rows_of_django(django),
            *_rows_of_peers(bench.urls),
        ]
        rows += _rows_of_lists(bench, ours, cold, bare)
        before = demo.comment_count()
        found = rounds.measure(rows, bench.plan)
        _check_posts(before, found)
    told = rounds.as_data(rows, found)
    table = report.table_of_rows(told, first="what is asked for", against=BARE_NAME)
    bench.tell("pages", [table], rows=told)


def _rows_of_article(bench, ours, cold, bare):
    path, other = bench.addresses["article"], demo.path_of(bench.stories[0])
    url, all_of = ours.url(path), {"Accept-Encoding": BROWSER}
    etag = load.fetch(url)[1]["ETag"]
    against = "bare/article"

    def warm(key, title, against=against, **more):
        return Row(f"ours/{key}", title, Target(url, ours.tree, **more), against)

    return [
        Row(against, "bare WSGI: the article's bytes", Target(bare.url("/article"), bare.tree)),
        warm("article", "article with comment form"),
        warm("cookies", "the same with foreign cookies", headers=COOKIES),
        warm("close", "the same, a connection for each request", headers={"Connection": "close"}),
        warm("304", "the same by If-None-Match: 304", headers={"If-None-Match": etag}, expected=304),
        Row("bare/compressed", "bare WSGI: the compressed bytes", Target(bare.url("/compressed"), bare.tree)),
        warm("compressed", "article, compressed", against="bare/compressed", headers=all_of),
        warm("gzip", "article, gzip only", against="bare/compressed", headers={"Accept-Encoding": "gzip"}),
        Row("cold/article", "article, cold", Target(cold.url(path), cold.tree), against, FEW),
        Row(
            "ours/post", "a comment posted",
            Target(ours.url(f"{other}reply/"), ours.tree, scene="post", file=bench.form(), expected=303), against, FEW,
        ),
    ]  # fmt: skip


def _rows_of_lists(bench, ours, cold, bare):
    rows = []
    for name in ("front", "tag", "search", "feed"):
        path, key = bench.addresses[name], f"bare/{name}"
        rows += [
            Row(key, f"bare WSGI: the bytes of {name}", Target(bare.url(f"/{name}"), bare.tree)),
            Row(f"ours/{name}", name, Target(ours.url(path), ours.tree), key),
            Row(f"cold/{name}", f"{name}, cold", Target(cold.url(path), cold.tree), key, FEW),
        ]
    return rows


def _rows_of_django(django):
    against = "bare/article"
    shown = [
        ("page", "Django's page cache", "/page/", {}),
        ("page-cookies", "Django's page cache, foreign cookies", "/page/", COOKIES),
        ("form", "Django's page cache, csrf form", "/form/", {}),
        ("form-cookies", "Django's page cache, csrf form, foreign cookies", "/form/", COOKIES),
    ]
    return [
        Row(f"django/{key}", title, Target(django.url(path), django.tree, headers), against)
        for key, title, path, headers in shown
    ]


def _rows_of_peers(urls):
    """A row for each NAME=URL[#PID,PID]; without pids, of the processes that listen on the address's port."""
    rows = []
    for given in urls:
        name, _, address = given.partition("=")
        url, _, pids = address.partition("#")
        try:
            tree = Tree(*map(int, pids.split(","))) if pids else tree_on_port(load.port_of(url))
        except (ValueError, KeyError, LookupError) as error:
            sys.exit(
                f"--url {given}: give NAME=URL, or NAME=URL#PID,PID with the processes that answer. {error}"
            )
        rows.append(Row(f"peer/{name}", name, Target(url, tree), "bare/article"))
    return rows


def _check_posts(before, found):
    acknowledged = sum(each.requests for each in found["ours/post"])
    stored = demo.comment_count() - before
    if stored < acknowledged:
        sys.exit(f"{acknowledged} posts were acknowledged and {stored} are stored; nothing of this counts.")


# --- the same behind nginx


def nginx(bench):
    """The article as nginx keeps it, against a file of the same bytes, both as they are and compressed."""
    if not PROGRAM:
        say("There is no nginx here, so this part is left out.")
        return
    folder = Path(os.environ["NEWSROOM_DATA_DIR"])
    path, name = bench.addresses["article"], "bench.0123456789ab.html"
    with ExitStack() as stack:
        ours = stack.enter_context(servers.ours(NEWSROOM_BEHIND_PROXY="on", NEWSROOM_X_ACCEL="on"))
        front = stack.enter_context(
            Nginx(bench.folder / "nginx", upstream=ours.port, data_folder=folder, logs_at_once=False)
        )
        tree, base = Tree(front.process.pid, ours.process.pid), f"http://{HOST}:{front.port}"
        rows = []
        for title, headers, suffix in (("", {}, ""), (", gzip", {"Accept-Encoding": "gzip"}, ".gz")):
            _status, _headers, body = load.fetch(f"{base}{path}", headers)
            (folder / "static" / f"{name}{suffix}").write_bytes(body)
            static = Target(f"{base}/static/{name}", tree, headers)
            rows += [
                Row(f"static{suffix}", f"nginx: a static file of the same bytes{title}", static),
                Row(f"nginx{suffix}", f"the article through nginx{title}", Target(f"{base}{path}", tree, headers),
                    f"static{suffix}"),
            ]  # fmt: skip
        found = rounds.measure(rows, bench.plan, warm_up=EVERY_DIGIT)
    told = rounds.as_data(rows, found)
    bench.tell("nginx", [report.table_of_rows(told, first="behind nginx", against="static file")], rows=told)


# --- reading while others post


def posting(bench):
    """Reads one page while it is left alone, and while it is posted to and changes many times a second."""
    edition, lines = bench.stories[1], []
    demo.with_conversation(edition, comments=CONVERSATION)
    with servers.ours() as ours:
        target = Target(ours.url(demo.path_of(edition)), ours.tree)
        load.run(target, seconds=3, connections=bench.plan.connections)
        for pace, pause in READERS.items():
            lines.append(_line_of_posting(bench, target, edition, pace, pause))
    head = ["readers", "p50 ms", "p99 ms", "p50 ms, posting", "p99 ms, posting", "p99 ×", "requests/s",
            "requests/s, posting", "posts/s", "approvals/s"]  # fmt: skip
    how = HOW.format(**vars(bench.plan)) + (
        " Approving is done by the moderator's verb in the process that posts, which is a client of the same cores."
    )
    bench.tell("posting", [{"head": head, "rows": lines}], how=how)


def _line_of_posting(bench, target, edition, pace, pause):
    quiet, busy, posts, approvals = [], [], [], []
    options = {"seconds": bench.plan.seconds, "connections": bench.plan.connections, "pause": pause}
    for number in range(bench.plan.rounds):
        say(f"round {number + 1} of {bench.plan.rounds}: reading {pace}, without posting and with it")
        quiet.append(load.run(target, **options))
        first = (pause + number + 1) * rounds.POSTS_A_ROUND
        with Posting(f"{target.url}reply/", edition, a_second=A_SECOND, first=first) as crowd:
            busy.append(load.run(target, **options))
        posts.append(crowd.posted / crowd.seconds)
        approvals.append(crowd.approved / crowd.seconds)
    middle = report.middle_of
    return [
        pace, middle(quiet, "p50_ms"), middle(quiet, "p99_ms"), middle(busy, "p50_ms"), middle(busy, "p99_ms"),
        report.ratio(rounds.ratios(busy, quiet, "p99_ms")), middle(quiet, "per_second"),
        middle(busy, "per_second"), report.number(median(posts)), report.number(median(approvals)),
    ]  # fmt: skip


# --- memory


def memory(bench):
    """Walks through thousands of stories until the page cache of every worker is full."""
    paths = bench.folder / "paths"
    # A page that is asked for once does not stay, so each is asked for a few times, of either worker.
    paths.write_text("".join(f"{demo.path_of(edition)}\n" * AGAIN for edition in bench.stories))
    with servers.ours() as ours:
        load.run(Target(ours.url(), ours.tree), seconds=3, connections=bench.plan.connections)
        sizes = [_sizes(ours.tree)]
        walk = Target(ours.url(), ours.tree, {"Accept-Encoding": BROWSER}, scene="walk", file=str(paths))
        asked = 0
        while len(sizes) <= PASSES and min(kept for kept, _own in sizes[-1]) < FULL * settings.PAGE_CACHE:
            say(f"walk {len(sizes)}, MB of pages kept and of memory: {_told(sizes[-1])}")
            asked += load.run(walk, seconds=PASS, connections=bench.plan.connections, first=asked).requests
            sizes.append(_sizes(ours.tree))
    head = ["", "MB of pages kept, and of its own memory (USS), of each worker"]
    rows = [["after the front page", _told(sizes[0])], [f"after {asked:,} requests", _told(sizes[-1])]]
    how = f"Own memory is the private part of smaps_rollup; {len(bench.stories):,} stories were asked for in turn."
    bench.tell("memory", [{"head": head, "rows": rows}], how=how, bytes_of_workers=sizes)


def _sizes(tree):
    """[(bytes of pages kept, bytes of its own memory)] of each worker."""
    kept = {row[0]: row[BYTES] for row in the_board().counted()}
    return sorted((kept.get(pid, 0), own) for pid, own in tree.private_bytes().items())


def _told(sizes):
    return "; ".join(f"{kept / 2**20:.0f}, {own / 2**20:.0f}" for kept, own in sizes)


# --- gunicorn's worker classes


def workers(bench):
    with servers.ours() as ours:
        bench.keep("article", ours.url(bench.addresses["article"]))
    tables, runs = worker_classes.measure(bench, bench.addresses["article"])
    bench.tell("workers", tables, runs=runs)
