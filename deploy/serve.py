"""Serve the site on port 8000 of all addresses, with the settings of `make serve`: for a container."""

import os

from newsroom.launcher import GUNICORN

os.execvp("gunicorn", ["gunicorn", *GUNICORN, "--bind=0.0.0.0:8000"])  # noqa: S606 - the network is its own
