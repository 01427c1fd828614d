"""`make serve` starts from nothing but Python, tells what is wrong and leaves nothing behind."""

import ast
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsroom import launcher


@pytest.fixture
def project(monkeypatch, tmp_path):
    """A folder with a lock and a working .venv (a link to this Python) for the launcher to work in."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.txt").write_text("django==5.2\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setattr(launcher, "ROOT", tmp_path)
    monkeypatch.setattr(launcher, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(launcher, "VENV_PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(launcher.shutil, "which", lambda name: None)
    return tmp_path


@pytest.fixture
def commands(monkeypatch):
    """The commands that are run from here on, each as one line; all of them succeed."""
    run = []
    monkeypatch.setattr(launcher, "run", lambda command, *rest: run.append(" ".join(map(str, command))) or 0)
    return run


def test_an_old_python_can_read_the_launcher():
    parsed = ast.parse(Path(launcher.__file__).read_text(), feature_version=(3, 6))
    imports = [node for node in ast.walk(parsed) if isinstance(node, ast.Import)]
    roots = {name.name.partition(".")[0] for node in imports for name in node.names}
    assert roots <= sys.stdlib_module_names


def test_an_old_python_is_told_in_a_sentence(monkeypatch):
    monkeypatch.setattr(launcher.sys, "version_info", (3, 9, 18))
    monkeypatch.setattr(launcher.sys, "version", "3.9.18 (main)")
    with pytest.raises(
        SystemExit, match="Python 3.11 or newer is needed and .* is 3.9.18: install a newer one"
    ):
        launcher.check_python()


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({}, ("127.0.0.1", 8000)),
        ({"PORT": "", "HOST": ""}, ("127.0.0.1", 8000)),
        ({"PORT": "8123", "HOST": "0.0.0.0"}, ("0.0.0.0", 8123)),
    ],
)
def test_port_and_host_are_honoured(monkeypatch, variables, address):
    for name in ("PORT", "HOST"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert launcher.read_address() == address


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none_is_refused(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit, match=f"PORT is '{port}': give a number from 1 to 65535"):
        launcher.read_address()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("::", "http://[::1]:8000"),
        ("news.example", "http://news.example:8000"),
    ],
)
def test_the_address_told_can_be_opened_in_a_browser(host, url):
    assert launcher.write_url(host, 8000) == url


def test_a_busy_port_is_told_before_anything_is_installed():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        expected = (
            f"cannot listen on port {port} of 127.0.0.1 .Address already in use.: stop what is using it"
        )
        with pytest.raises(SystemExit, match=expected):
            launcher.check_address("127.0.0.1", port)


# --- installing


def test_the_first_time_everything_is_fetched_by_hash_and_then_installed(project, commands, capsys):
    launcher.install("run")
    assert len(commands) == 2
    assert "pip --quiet --quiet --disable-pip-version-check --no-input wheel --require-hashes" in commands[0]
    assert commands[0].endswith("requirements/run.txt")
    assert "install --no-index --no-deps" in commands[1]
    told = capsys.readouterr().out
    assert "Downloading took 0.0 s." in told
    assert "Installing took 0.0 s." in told


def test_with_uv_on_the_path_it_installs_and_downloads_no_python(project, monkeypatch):
    run = []
    monkeypatch.setattr(launcher.shutil, "which", lambda name: f"/opt/bin/{name}")
    monkeypatch.setattr(launcher, "run", lambda command, environment: run.append((command, environment)) or 0)
    launcher.install("run")
    [(command, environment)] = run
    assert command[:3] == ["/opt/bin/uv", "pip", "install"]
    assert "--require-hashes" in command
    assert environment["UV_PYTHON_DOWNLOADS"] == "never"


def test_the_second_time_nothing_is_installed(project, commands):
    launcher.install("run")
    commands.clear()
    launcher.install("run")
    assert commands == []


def test_a_changed_lock_is_installed(project, commands):
    launcher.install("run")
    commands.clear()
    (project / "requirements" / "run.txt").write_text("django==5.3\n")
    launcher.install("run")
    assert len(commands) == 2


def test_what_failed_is_tried_again_the_next_time(project, monkeypatch):
    monkeypatch.setattr(launcher, "run", lambda *rest: 1)
    for _ in range(2):
        with pytest.raises(SystemExit, match="Downloading failed; the lines above say why"):
            launcher.install("run")


def test_a_venv_whose_python_is_gone_is_made_anew(project, monkeypatch):
    python = project / ".venv" / "bin" / "python"
    python.unlink()
    (project / ".venv" / "left.txt").touch()
    run = []

    def make(command, *rest):
        run.append(command)
        if command[1:3] == ["-m", "venv"]:
            python.parent.mkdir(parents=True)
            python.symlink_to(sys.executable)
        return 0

    monkeypatch.setattr(launcher, "run", make)
    launcher.install("run")
    assert run[0] == [sys.executable, "-m", "venv", project / ".venv"]
    assert len(run) == 3
    assert not (project / ".venv" / "left.txt").exists()


def test_a_folder_that_cannot_be_written_to_is_told_in_a_sentence(project, monkeypatch):
    monkeypatch.setattr(launcher.os, "access", lambda path, mode: False)  # root may write anywhere
    with pytest.raises(SystemExit, match=f"{project} cannot be written to by this user: copy it to a folder"):
        launcher.make_venv(None)


def test_a_python_without_venv_is_told_in_a_sentence(project, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit, match="Python's venv module is missing: install it"):
        launcher.make_venv(None)


# --- stopping

# Each process holds the pipe that the test reads, so that its end means that all of them are gone.
# In one piece: `print` may write the end of a line by itself, and then another process' words stand before it.
UP = "import os; os.write(1, b'up\\n')"
QUIET_CHILD = f"import subprocess; {UP}; subprocess.run(['sleep', '60'])"
STUBBORN_CHILD = f"import signal; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]; {QUIET_CHILD}"


@pytest.fixture
def start():
    """Starts the launcher's `run` with a child of one line; returns the process when the child is up."""

    def start(child, *before, beside=None):
        program = (
            "import signal, sys; from newsroom import launcher; "
            "[signal.signal(n, launcher.receive) for n in (signal.SIGINT, signal.SIGTERM)]; "
            f"status = launcher.run([sys.executable, '-c', {child!r}], beside={beside}); print('ended', status)"
        )
        process = subprocess.Popen(
            [*before, sys.executable, "-c", program], cwd=launcher.ROOT, stdout=subprocess.PIPE, text=True
        )
        assert "up\n" in iter(process.stdout.readline, "")
        return process

    return start


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_that_was_started(start, number):
    process = start(QUIET_CHILD)
    process.send_signal(number)
    assert process.communicate(timeout=30)[0] == "Stopped.\n"
    assert process.returncode == 0


def test_a_second_signal_waits_for_nobody(start):
    process = start(STUBBORN_CHILD)
    process.send_signal(signal.SIGTERM)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=1)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30)[0] == "Stopped.\n"


def test_when_make_is_killed_nothing_is_left_behind(start):
    process = start(QUIET_CHILD, "sh", "-c", '"$@"; true', "sh")
    process.kill()
    assert process.communicate(timeout=30)[0] == "Stopped.\n"


# --- beside the server


def beside(child, *, rests=0.1):
    """What the launcher evaluates to keep a child of one line running beside another."""
    return f"launcher.Beside('The worker', [sys.executable, '-c', {child!r}], rests={rests})"


LATE_CHILD = f"import time; {UP}; time.sleep(3)"


def test_what_runs_beside_is_started_again_after_a_rest_and_stops_nothing(start):
    printed = start(LATE_CHILD, beside=beside("raise SystemExit(3)")).communicate(timeout=30)[0].splitlines()
    said = "The worker stopped with status 3. It is started again in 0.1 s; the site goes on without it."
    assert printed.count(said) > 1
    assert printed[-1] == "ended 0"
    assert set(printed) == {said, "ended 0"}


def test_what_cannot_be_started_beside_is_told_and_tried_again(start):
    program = "launcher.Beside('The worker', ['/no/such/program'], rests=0.1)"
    printed = start(LATE_CHILD, beside=program).communicate(timeout=30)[0].splitlines()
    said = "The worker could not be started (No such file or directory). "
    assert printed.count(f"{said}It is started again in 0.1 s; the site goes on without it.") > 1
    assert printed[-1] == "ended 0"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_what_runs_beside_too(start, number):
    process = start(QUIET_CHILD, beside=beside("import time; time.sleep(60)"))
    time.sleep(0.5)  # two rounds of the launcher, so that both run
    process.send_signal(number)
    assert process.communicate(timeout=30)[0] == "Stopped.\n"


def test_a_server_that_ends_by_itself_ends_what_runs_beside_it(start):
    process = start(LATE_CHILD, beside=beside("import time; time.sleep(60)"))
    assert process.communicate(timeout=30)[0] == "ended 0\n"
