"""The servers that are measured, each as it is started."""

import os
import sys
from pathlib import Path

from processes import HOST, Server, free_port

from newsroom import launcher

HERE = Path(__file__).parent
BARE = ["--workers=2", "--worker-class=sync", "--timeout=30", "--no-control-socket", "--log-level=warning"]
COLD = {"NEWSROOM_PAGE_CACHE": "0"}  # keeps no page


def ours(options=None, **environment):
    """The newsroom as it ships, or with other options of gunicorn."""
    options = launcher.GUNICORN[1:] if options is None else options
    return _gunicorn("newsroom.wsgi", options, folder=launcher.ROOT, environment=environment)


def bare(pages, options=BARE):
    """The bare WSGI application with the pages kept in a folder."""
    return _gunicorn("stand_ins:hello", options, folder=HERE, environment={"BENCH_PAGES": str(pages)})


def django(pages):
    """Django's own page cache with the page `article` of a folder."""
    environment = {"BENCH_PAGES": str(pages), "DJANGO_SETTINGS_MODULE": ""}
    return _gunicorn("stand_ins:django", BARE, folder=HERE, environment=environment)


def _gunicorn(application, options, *, folder, environment):
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, *options, f"--bind={HOST}:{port}"]
    return Server(command, port=port, environment={**os.environ, **environment}, folder=folder)
