"""One run of wrk against one address, and what the server's processes took meanwhile."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import HTTPErrorProcessor, HTTPRedirectHandler, Request, build_opener

SCRIPT = Path(__file__).with_name("wrk.lua")
# Patience is long: a server without keep-alive lets connections wait in the queue, and that is measured, not failed.
PATIENCE = "30s"


@dataclass(frozen=True)
class Target:
    """An address under load: `tree` are the server's processes, `headers` what every request carries.

    `scene` and `file` are those of wrk.lua; `expected` is the status that every answer must have.
    """

    url: str
    tree: object
    headers: dict = field(default_factory=dict)
    scene: str = "get"
    file: str = ""
    expected: int = 200


@dataclass(frozen=True)
class Figures:
    """What one run measured: requests a second, milliseconds, and microseconds of CPU time for each request."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


class _Plain(HTTPErrorProcessor, HTTPRedirectHandler):
    """Answers as they come: no status is an error, and no redirect is followed."""

    def http_response(self, request, response):
        return response


def fetch(url, headers=None, *, method="GET", body=None):
    """(status, headers, bytes) of one answer."""
    request = Request(url, body, headers or {}, method=method)  # noqa: S310 - addresses of this machine
    with build_opener(_Plain).open(request, timeout=60) as response:
        return response.status, response.headers, response.read()


def check(target):
    """Ends with a sentence where one request is not answered as expected; returns the bytes."""
    if target.scene != "get":
        return b""
    status, _headers, body = fetch(target.url, target.headers)
    if status != target.expected:
        sys.exit(f"{target.url} answers {status} and not {target.expected}; nothing was measured.")
    return body


def run(target, *, seconds, connections, first=0, pause=0):
    """The Figures of one run. Ends with a sentence where any answer was refused (400 or more) or broken off.

    `pause` is the mean of the milliseconds that each connection rests between two requests; 0 means as fast as
    can be.
    """
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", PATIENCE, "-s", SCRIPT]
    for name, value in target.headers.items():
        command += ["-H", f"{name}: {value}"]
    command += [target.url, "--", target.scene, target.file or "-", str(first), str(pause)]
    before = target.tree.cpu_seconds()
    printed = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    spent = target.tree.cpu_seconds() - before
    target.tree.settle()
    if printed.returncode:
        sys.exit(f"wrk failed on {target.url}: {printed.stderr or printed.stdout}")
    found = json.loads(printed.stdout.splitlines()[-1])
    return _figures(found, target, spent)


def _figures(found, target, spent):
    if found["refused"] or found["broken"] or not found["requests"]:
        sys.exit(
            f"{target.url}: of {found['requests']} answers {found['refused']} were refusals, and "
            f"{found['broken']} were broken off; nothing of this counts."
        )
    return Figures(
        requests=found["requests"],
        per_second=found["requests"] / found["seconds"],
        p50_ms=found["p50_ms"],
        p99_ms=found["p99_ms"],
        cpu_us=1e6 * spent / found["requests"],
    )


def port_of(url):
    parts = urlsplit(url)
    return parts.port or {"http": 80, "https": 443}[parts.scheme]


def require_wrk():
    if not shutil.which("wrk"):
        sys.exit("wrk is needed to measure, and is not here: install it (Debian: apt install wrk).")
