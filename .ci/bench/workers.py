"""gunicorn's worker classes beside each other: the bare application and ours, with connections kept and closed."""

import socket
import time
from contextlib import ExitStack, suppress
from dataclasses import asdict
from functools import partial

import load
import report
import servers
from load import Target
from processes import HOST
from rounds import say, spread

from newsroom import launcher

COMMON = ["--workers=2", "--timeout=30", "--no-control-socket", "--log-level=warning"]
THREADS = (1, 4, 8)
SHIPPED = "as it ships"
CLASSES = {"sync": ["--worker-class=sync"]} | {
    f"gthread, {each} {'thread' if each == 1 else 'threads'}": [
        "--worker-class=gthread", f"--threads={each}", "--worker-connections=200",
    ]
    for each in THREADS
} | {
    "gthread, 4 threads, 8 connections": ["--worker-class=gthread", "--threads=4", "--worker-connections=8"],
}  # fmt: skip
KEPT = {"connections kept": {}, "connections closed": {"Connection": "close"}}
HELD = 8  # connections
TRIES, PATIENCE = 3, 10  # seconds; whether anybody waits is a matter of whose worker took the connections


def measure(bench, path):
    """The tables of the classes: what a request costs, and how long readers wait for others who are silent."""
    with ExitStack() as stack:
        applications = {
            "bare WSGI": lambda options: (servers.bare(bench.pages, options), "/article"),
            "the article page": lambda options: (servers.ours(options), path),
        }
        cases = []
        for name, make in applications.items():
            # Before an application that keeps no pages the class that ships is gunicorn's own.
            more = {} if name == "bare WSGI" else {SHIPPED: launcher.GUNICORN[1:]}
            for title, options in (CLASSES | more).items():
                server, address = make([*COMMON, *options])
                cases += _cases(name, title, stack.enter_context(server), address)
        runs = _rounds(cases, bench.plan)
    tables = [_table(runs, name, kept) for name in applications for kept in KEPT]
    return [*tables, _silence(bench, path)], [{"case": key, "rounds": _as_data(runs[key])} for key in runs]


def _table(runs, application, kept):
    head = [f"{application}, {kept}", "requests/s", "least–greatest", "p50 ms", "p99 ms", "CPU µs/request",
            "busier worker's share"]  # fmt: skip
    return {"head": head, "rows": [_cells(key, runs[key]) for key in runs if key[::2] == (application, kept)]}


def _as_data(runs):
    return [asdict(figures) | {"share": share} for figures, share in runs]


def _cases(application, title, server, address):
    """((application, class, connections), Target) with kept connections and with closed ones."""
    return [
        ((application, title, kept), Target(server.url(address), server.tree, headers))
        for kept, headers in KEPT.items()
    ]


def _rounds(cases, plan):
    runs = {key: [] for key, _target in cases}
    for number in range(plan.rounds + 1):  # the first warms up
        for key, target in cases if number % 2 else reversed(cases):
            say(f"round {number} of {plan.rounds}: {', '.join(key)}")
            before = target.tree.cpu_by_worker()
            figures = load.run(target, seconds=plan.seconds, connections=plan.connections)
            now = target.tree.cpu_by_worker()
            spent = [seconds - before.get(pid, 0) for pid, seconds in now.items()]
            if number:
                runs[key].append((figures, max(spent) / sum(spent)))
    return runs


def _cells(key, runs):
    found = [figures for figures, _share in runs]
    speeds = spread([each.per_second for each in found])
    shares = spread([share for _figures, share in runs])
    return [
        key[1],
        report.number(speeds["median"]),
        f"{report.number(speeds['least'])}–{report.number(speeds['greatest'])}",
        *(report.middle_of(found, name) for name in ("p50_ms", "p99_ms", "cpu_us")),
        f"{shares['median']:.0%} ({shares['least']:.0%}–{shares['greatest']:.0%})",
    ]


# --- readers who hold a connection: silent ones, as browsers do that expect a click, and slow ones


def _silence(bench, path):
    makes = {
        title: partial(servers.bare, bench.pages, [*COMMON, *options]) for title, options in CLASSES.items()
    }
    rows = []
    for title, make in (makes | {f"the article page, {SHIPPED}": servers.ours}).items():
        asked = path if make is servers.ours else "/article"
        waits = [_longest_wait(make, asked, said) for said in (b"", b"GET /article HT")]
        rows.append(
            [title, *(f"over {PATIENCE}" if each >= PATIENCE else report.number(each) for each in waits)]
        )
    beside = f"beside {HELD} connections: seconds until a page comes, longest of {TRIES}"
    return {"head": [beside, "that say nothing", "that have sent half a request"], "rows": rows}


def _longest_wait(make, path, said):
    with make() as server:
        for _ in range(TRIES):  # so that it is kept
            load.fetch(server.url(path))
        return max(_wait_beside(server.port, path, said) for _ in range(TRIES))


def _wait_beside(port, path, said):
    with ExitStack() as stack:
        for _connection in range(HELD):
            stack.enter_context(socket.create_connection((HOST, port))).sendall(said)
        time.sleep(0.2)
        began_at = time.monotonic()
        reader = stack.enter_context(socket.create_connection((HOST, port), timeout=PATIENCE))
        reader.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        with suppress(TimeoutError):
            reader.recv(100)
        return time.monotonic() - began_at
