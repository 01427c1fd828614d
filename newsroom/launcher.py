"""Install the newsroom and serve it: what `make serve` runs, and `make install` in part.

    python3 -I newsroom/launcher.py serve         install what requirements/run.txt holds, prepare, serve
    python3 -I newsroom/launcher.py install dev   install what requirements/dev.txt holds

On a fresh machine nothing is installed yet, so this needs the standard library only; and no syntax that
Python 3.6 lacks, so that an old Python reads far enough to say that it is too old. Whatever goes wrong is
told in one sentence that says what to do, with exit status 1.
"""

import hashlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
PARENT = os.getppid()
# Two workers use two cores and keep answering while one restarts; 200 connections each, since idle
# browsers hold theirs open.
GUNICORN = [
    "newsroom.wsgi",
    "--workers=2",
    "--worker-class=newsroom.page_worker.PageWorker",
    "--threads=4",
    "--worker-connections=200",
    "--timeout=30",
    "--graceful-timeout=30",
    "--no-control-socket",
    "--log-level=warning",
]
WORKER = ["manage.py", "db_worker", "--interval=2"]
WORKER_RESTS = 10  # seconds between the end of a worker and the start of the next
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what to connect to when all are listened on

signals_received = []


def say(text):
    """Says it on a line of its own, written in one piece: the server writes to the same terminal."""
    print(f"{text}\n", end="", flush=True)


def fail(sentence):
    sys.exit(f"newsroom: {sentence}")


# --- running other programs


def asked_to_stop():
    """True after Ctrl-C, a signal to end, or the end of whoever started us (a `make` that was killed)."""
    return bool(signals_received) or os.getppid() != PARENT


def start(command, environment=None):
    """A process in a group of its own, with all that it will start."""
    return subprocess.Popen(
        [str(part) for part in command], cwd=str(ROOT), env=environment, start_new_session=True
    )


def run(command, environment=None, while_running=None, beside=None):
    """The exit status of `command`, which stops when we are asked to, with all that it started.

    `beside` is a Beside that is kept running meanwhile, and ends with it.
    """
    process = start(command, environment)
    while process.poll() is None:
        if asked_to_stop():
            stop([process] + (beside.processes() if beside else []))
            say("Stopped.")
            sys.exit(0)
        for each in filter(None, (while_running, beside)):
            each()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.2)
    if beside:
        stop(beside.processes())
    return process.returncode


def stop(processes):
    """End processes and their groups: asked once, and made to after 35 s or a second signal."""
    asked = signals_received[0] if signals_received == [signal.SIGINT] else signal.SIGTERM
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, asked)
    patience_ends_at = time.monotonic() + 35
    for process in processes:
        while process.poll() is None and time.monotonic() < patience_ends_at and len(signals_received) < 2:
            time.sleep(0.05)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Beside:
    """A program that is kept running beside another: its end stops nothing, and it is started anew after a rest."""

    def __init__(self, what, command, environment=None, rests=WORKER_RESTS):
        self.what, self.command, self.environment, self.rests = what, command, environment, rests
        self.process, self.starts_at = None, time.monotonic()

    def __call__(self):
        if self.process and self.process.poll() is not None:
            self.rest(f"stopped with status {self.process.returncode}")
        if not self.process and time.monotonic() >= self.starts_at:
            try:
                self.process = start(self.command, self.environment)
            except OSError as error:
                self.rest(f"could not be started ({error.strerror})")

    def rest(self, why):
        say(f"{self.what} {why}. It is started again in {self.rests} s; the site goes on without it.")
        self.process, self.starts_at = None, time.monotonic() + self.rests

    def processes(self):
        return [self.process] if self.process else []


def run_timed(what, command, environment=None):
    """Run a step of the installation, say how long it took, or give up."""
    started_at = time.monotonic()
    if run(command, environment):
        fail(f"{what} failed; the lines above say why. Put that right and run make again.")
    say(f"{what} took {time.monotonic() - started_at:.1f} s.")


# --- before anything is installed


def check_python():
    if sys.version_info < OLDEST_PYTHON:
        found = f"{sys.executable} is {sys.version.split()[0]}"
        fail(
            f"Python 3.11 or newer is needed and {found}: install a newer one, or name one you have, "
            "as in make serve PYTHON=python3.12."
        )


def read_address():
    """(host, port) from HOST and PORT."""
    port = os.environ.get("PORT") or "8000"
    if not (port.isdecimal() and 0 < int(port) < 65536):
        fail(f"PORT is {port!r}: give a number from 1 to 65535, as in make serve PORT=8001.")
    return os.environ.get("HOST") or "127.0.0.1", int(port)


def check_address(host, port):
    """Listen for a moment, so that a busy port is known before minutes of installing."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(1)
    except OSError as error:
        fail(
            f"cannot listen on port {port} of {host} ({error.strerror}): stop what is using it, or choose "
            "another, as in make serve PORT=8001."
        )


def join(host, port):
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def write_url(host, port):
    return f"http://{join(ANY_ADDRESS.get(host, host), port)}"


# --- installing


def fingerprint(lock):
    """What an installation is made of: the Python in .venv and the lock. None without a working .venv."""
    command = [str(VENV_PYTHON), "-c", "import sys; print(sys.version)"]
    with suppress(OSError, subprocess.CalledProcessError):
        version = subprocess.check_output(command, stderr=subprocess.DEVNULL)
        return hashlib.sha256(version + lock.read_bytes()).hexdigest()
    return None


def install(name):
    """Bring .venv to what requirements/<name>.txt holds, if it is not there already."""
    lock, stamp = ROOT / "requirements" / f"{name}.txt", VENV / f"installed-{name}"
    found = fingerprint(lock)
    if found and stamp.exists() and stamp.read_text() == found:
        return
    uv = shutil.which("uv")
    if not found:
        make_venv(uv)
    if uv:
        install_with_uv(uv, lock)
    else:
        install_with_pip(lock)
    stamp.write_text(fingerprint(lock))


def make_venv(uv):
    if not os.access(str(ROOT), os.W_OK):
        fail(f"{ROOT} cannot be written to by this user: copy it to a folder of your own and run make there.")
    say("Making .venv ...")
    shutil.rmtree(str(VENV), ignore_errors=True)
    if uv:
        command = [uv, "venv", "--quiet", "--seed", "--python", sys.executable, VENV]
    else:
        check_venv_module()
        command = [sys.executable, "-m", "venv", VENV]
    run_timed("Making .venv", command, without_python_downloads())


def check_venv_module():
    try:
        import ensurepip  # noqa: F401, PLC0415 - Debian packs it apart, so it may be missing
        import venv  # noqa: F401, PLC0415
    except ImportError:
        fail("Python's venv module is missing: install it (Debian: apt install python3-venv), then run make.")


def without_python_downloads():
    """uv would otherwise fetch a Python of its own when it dislikes the one at hand."""
    return dict(os.environ, UV_PYTHON_DOWNLOADS="never")


def install_with_uv(uv, lock):
    command = [uv, "pip", "install", "--quiet", "--require-hashes", "--python", VENV_PYTHON, "-r", lock]
    run_timed("Downloading and installing with uv", command, without_python_downloads())


def install_with_pip(lock):
    """First everything is fetched and its hashes checked, then installed from there: two times to tell."""
    pip = [VENV_PYTHON, "-m", "pip", "--quiet", "--quiet", "--disable-pip-version-check", "--no-input"]
    with tempfile.TemporaryDirectory(prefix="wheels-", dir=str(VENV)) as wheels:
        say(f"Downloading what {lock.relative_to(ROOT)} lists ...")
        run_timed("Downloading", [*pip, "wheel", "--require-hashes", "--no-deps", "-w", wheels, "-r", lock])
        found = sorted(Path(wheels).glob("*.whl"))
        run_timed("Installing", [*pip, "install", "--no-index", "--no-deps", *found])


# --- serving


def serve():
    host, port = read_address()
    check_address(host, port)
    install("run")
    environment = dict(os.environ)
    environment.setdefault("NEWSROOM_SITE_URL", write_url(host, port))
    if run([VENV_PYTHON, "manage.py", "prepare_site"], environment):
        fail(
            "the site is not ready to be served; the lines above say why. Put that right and run make again."
        )
    command = [VENV_PYTHON, "-m", "gunicorn", *GUNICORN, "--bind", join(host, port)]
    worker = Beside(
        "The worker, which makes smaller copies of pictures and sends mail,",
        [VENV_PYTHON, *WORKER],
        environment,
    )
    status = run(command, environment, while_running=Announcement(host, port), beside=worker)
    fail(f"the server stopped by itself with status {status}; the lines above say why.")


class Announcement:
    """Tells the address once, as soon as the first page can be read there."""

    def __init__(self, host, port):
        self.host, self.port = host, port
        self.is_made = False

    def __call__(self):
        if not self.is_made and self.is_answered():
            self.is_made = True
            url = write_url(self.host, self.port)
            say(f"The newsroom is at {url}/ and its desk at {url}/admin/. Ctrl-C stops it.")
            if self.host in ANY_ADDRESS and "NEWSROOM_SITE_URL" not in os.environ:
                say("Other machines are answered once NEWSROOM_SITE_URL says by which address they come.")

    def is_answered(self):
        """True when any answer comes, whatever it says: then the site's code is there."""
        connection = http.client.HTTPConnection(ANY_ADDRESS.get(self.host, self.host), self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return bool(connection.getresponse().status)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def receive(signal_number, _frame):
    signals_received.append(signal_number)


def main(arguments):
    check_python()
    signal.signal(signal.SIGINT, receive)
    signal.signal(signal.SIGTERM, receive)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means: stay when the terminal goes
        signal.signal(signal.SIGHUP, receive)
    try:
        if arguments[:1] == ["install"]:
            install(arguments[1])
        else:
            serve()
    except OSError as error:
        fail(f"{error}. Put that right, then run make again.")


if __name__ == "__main__":
    main(sys.argv[1:])
