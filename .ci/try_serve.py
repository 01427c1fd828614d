"""Do what a newcomer does: `make serve` in a fresh clone, read three pages, Ctrl-C. Then once more.

Between the two last the worker is killed, which nobody who reads may notice.

    python3 .ci/try_serve.py CLONE

Prints how long each start took. Exit status 1 when a page does not come or anything is left running.
"""

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

ARTICLE = re.compile(r'href="(/\d{4}/\d\d/\d\d/[^"/]+/)"')
GIVE_UP_AFTER = 900


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def fetch(url):
    with urllib.request.urlopen(url, timeout=30) as response:  # noqa: S310 - our own loopback address
        return response.read().decode()


def wait_for_first_page(process, url, started_at):
    """The text of the front page, once it comes; None when it does not."""
    while process.poll() is None and time.monotonic() - started_at < GIVE_UP_AFTER:
        try:
            return fetch(url)
        except ConnectionError:
            pass
        except OSError as error:  # urllib wraps a refused connection; an answer such as 500 is an answer
            if not isinstance(getattr(error, "reason", None), ConnectionError):
                raise
        time.sleep(0.1)
    return None


def read_three_pages(front, url):
    article = ARTICLE.search(front)
    if not article:
        sys.exit("the front page links to no article")
    for path in (article[1], "/admin/login/"):
        print(f"  {len(fetch(url + path))} characters at {path}")


def worker_of(process):
    """The pid of the worker that make serve has started; gives up after a minute."""
    for _ in range(600):
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if b"db_worker" in (folder / "cmdline").read_bytes() and process.pid in ancestors(
                    folder.name
                ):
                    return int(folder.name)
        time.sleep(0.1)
    return sys.exit("make serve has started no worker")


def ancestors(pid):
    """The pids of the processes that a process descends from."""
    found = []
    while int(pid) > 1:
        pid = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
        found.append(int(pid))
    return found


def kill_the_worker(process, url):
    os.kill(worker_of(process), signal.SIGKILL)
    time.sleep(1)
    print(f"  {len(fetch(url))} characters at / without the worker")


def stop(process):
    """Ctrl-C, as a terminal sends it: to make and all in its group. The pipe ends with its last holder."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    try:
        printed, _ = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        sys.exit("something that make serve started is still running a minute after Ctrl-C")
    if "stopped with status -9. It is started again" not in printed:
        sys.exit(f"make serve did not tell that its worker was killed; it printed:\n{printed}")
    if "Stopped." not in printed:
        sys.exit(f"make serve did not stop by itself; it printed:\n{printed}")
    for line in printed.splitlines():
        if " took " in line:
            print(f"  {line}")


def serve_once(clone):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    started_at = time.monotonic()
    process = subprocess.Popen(
        ["make", "serve", f"PORT={port}"],
        cwd=clone,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        front = wait_for_first_page(process, f"{url}/", started_at)
        if front:
            print(f"first page after {time.monotonic() - started_at:.1f} s")
            read_three_pages(front, url)
            kill_the_worker(process, f"{url}/")
    finally:
        stop(process)


if __name__ == "__main__":
    for _ in range(2):
        serve_once(sys.argv[1])
