"""Servers in process trees of their own, and what such a tree has taken of the machine."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

HOST = "127.0.0.1"
TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")
LISTENING = "0A"  # the state of a socket in /proc/net/tcp


def free_port():
    with socket.create_server((HOST, 0)) as listener:
        return listener.getsockname()[1]


def _stat(pid):
    """The fields of /proc/<pid>/stat from the state on: [1] is the parent, [11] to [14] are CPU ticks."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


class Tree:
    """Some processes with all that descends from them, as they are at the moment of asking."""

    def __init__(self, *roots):
        self.roots = set(roots)

    def pids(self):
        parents = {}
        for folder in PROC.glob("[0-9]*"):
            with contextlib.suppress(OSError):
                parents[int(folder.name)] = int(_stat(folder.name)[1])
        found = self.roots & parents.keys()
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return sorted(found)

    def cpu_seconds(self):
        """User and system time so far, with that of children that have ended."""
        total = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                total += sum(map(int, _stat(pid)[11:15]))
        return total / TICKS

    def cpu_by_worker(self):
        """{pid: its own CPU seconds so far} of all but the roots."""
        found = {}
        for pid in self.pids():
            with contextlib.suppress(OSError):
                found[pid] = sum(map(int, _stat(pid)[11:13])) / TICKS
        return {pid: seconds for pid, seconds in found.items() if pid not in self.roots}

    def settle(self):
        """Returns when the processes have nothing more to do, such as requests whose reader has gone; 5 s at most."""
        spent, gives_up_at = -1, time.monotonic() + 5
        while (now := self.cpu_seconds()) - spent > 1 / TICKS and time.monotonic() < gives_up_at:
            spent = now
            time.sleep(0.1)

    def private_bytes(self):
        """{pid: its memory that no other process shares (USS)} of all but the roots."""
        return {pid: _private_bytes(pid) for pid in self.pids() if pid not in self.roots}


def _private_bytes(pid):
    rollup = (PROC / str(pid) / "smaps_rollup").read_text()
    return 1024 * sum(map(int, re.findall(r"^Private_\w+: +(\d+) kB", rollup, re.M)))


def tree_on_port(port):
    """The tree of the processes that listen on a port of this machine; LookupError where none is to be seen."""
    inodes = set()
    for table in ("tcp", "tcp6"):
        for line in (PROC / "net" / table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    holders = {pid for pid in map(int, filter(str.isdecimal, os.listdir(PROC))) if _holds(pid, inodes)}
    if not holders:
        raise LookupError(f"No process that may be looked at listens on port {port}.")
    return Tree(*holders)


def _holds(pid, inodes):
    with contextlib.suppress(OSError):
        return any(os.readlink(each) in inodes for each in (PROC / str(pid) / "fd").iterdir())
    return False


class Server:
    """A program that answers on `port`; as a context it runs inside, in a process group that ends with it."""

    def __init__(self, command, *, port, environment=None, folder=None):
        self.command, self.port, self.folder = [str(part) for part in command], port, folder
        self.environment = {**os.environ, **(environment or {})}

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, cwd=self.folder, env=self.environment, start_new_session=True
        )
        self.tree = Tree(self.process.pid)
        while not is_answering(self.port):
            if self.process.poll() is not None:
                raise RuntimeError(f"{' '.join(self.command)} ended with status {self.process.returncode}.")
            time.sleep(0.05)
        return self

    def __exit__(self, *raised):
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def url(self, path="/"):
        return f"http://{HOST}:{self.port}{path}"


def is_answering(port):
    """True when any answer comes, whatever it says."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz")
        return bool(connection.getresponse().status)
    return False
