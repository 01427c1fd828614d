"""The shipped `deploy/nginx.conf`, run for tests and `make bench` with its few values changed to this machine's."""

import contextlib
import getpass
import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from newsroom import launcher

CONFIGURATION = launcher.ROOT / "deploy" / "nginx.conf"
PROGRAM = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
MODULES = Path("/usr/lib/nginx/modules")
HAS_BROTLI = any(MODULES.glob("*brotli_static*"))
HOST = "127.0.0.1"
NO_NGINX = "no nginx found: install it to run the tests of deploy/nginx.conf"
# Where nginx, as it was built, would write to folders of the system.
SCRATCH = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]


def free_port():
    with socket.create_server((HOST, 0)) as listener:
        return listener.getsockname()[1]


class Nginx:
    """nginx on a free `port` of this machine, in front of what listens on `upstream`; as a context it runs inside.

    `folder` takes its own files, `data_folder` is the site's; `patience` is how long those wait who want a page that
    somebody else has asked for. The log is written at once, or as it ships.
    """

    def __init__(self, folder, *, upstream, data_folder, patience="50ms", logs_at_once=True):
        self.folder, self.port = Path(folder), free_port()
        self.values = {
            "user newsroom;": f"user {getpass.getuser()};",
            "pid /run/nginx.pid;": f"pid {self.folder}/nginx.pid;",
            "error_log /var/log/nginx/error.log warn;": f"error_log {self.folder}/error.log warn;",
            "server 127.0.0.1:8000 ": f"server {HOST}:{upstream} ",
            "default /srv/newsroom/data;": f"default {data_folder};",
            "proxy_cache_path /var/cache/nginx/newsroom ": f"proxy_cache_path {self.folder}/pages ",
            "access_log /var/log/nginx/newsroom.log ": f"access_log {self.log} ",
            " readers buffer=64k flush=5s;": " readers;" if logs_at_once else " readers buffer=64k flush=5s;",
            "listen 80 default_server;": f"listen {HOST}:{self.port} default_server;",
            "listen 80;\n        server_name news.example www.news.example;": (
                f"listen {HOST}:{self.port};\n        server_name {HOST} localhost;"
            ),
            "proxy_cache_lock_timeout 50ms;": f"proxy_cache_lock_timeout {patience};",
            "http {\n": f"http {{\n{self._scratch()}",
        }

    @property
    def log(self):
        return self.folder / "access.log"

    def _scratch(self):
        return "".join(f"{name}_temp_path {self.folder}/{name};\n" for name in SCRATCH)

    def configuration(self):
        """The shipped text with this machine's values; ValueError where one of them is no longer found, once."""
        text = CONFIGURATION.read_text()
        for shipped, value in self.values.items():
            if text.count(shipped) != 1:
                raise ValueError(
                    f"{CONFIGURATION.name} has {shipped!r} {text.count(shipped)} times and not once."
                )
            text = text.replace(shipped, value)
        return text if HAS_BROTLI else re.sub(r"\n *brotli_static on;", "", text)

    def __enter__(self):
        self.folder.mkdir(exist_ok=True)
        file = self.folder / "nginx.conf"
        file.write_text(self.configuration())
        # Without `daemon` it stays our child.
        command = [PROGRAM, "-e", self.folder / "error.log", "-c", file, "-g", "daemon off;"]
        self.process = subprocess.Popen([str(part) for part in command])
        while not launcher.Announcement(HOST, self.port).is_answered():
            if self.process.poll() is not None:
                raise RuntimeError(f"nginx ended: {(self.folder / 'error.log').read_text()}")
            time.sleep(0.05)
        return self

    def __exit__(self, *raised):
        self.process.terminate()
        self.process.wait()

    def kept(self):
        """The keys of the pages that it keeps, a set of texts such as `http|127.0.0.1:80|/about/||7`."""
        found = set()
        for file in self.folder.glob("pages/*/*/*"):
            with contextlib.suppress(FileNotFoundError):  # replaced meanwhile
                found.add(file.read_bytes().partition(b"\nKEY: ")[2].partition(b"\n")[0].decode())
        return found

    def keeps(self, path):
        """Whether a page is kept of that address, query included."""
        return any(key.split("|")[2] == path for key in self.kept())


@dataclass(frozen=True)
class Answer:
    """What came back: `headers` with small letters in their names."""

    status: int
    headers: dict
    body: bytes


def ask(port, path, *, method="GET", body=None, **headers):
    """The Answer to one request of its own; `If_None_Match="…"` sends the header If-None-Match."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = HTTPConnection(HOST, port, timeout=60)
    with contextlib.closing(connection):
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())
