"""What a request costs: `make bench`, or python .ci/bench [PART ...] [--url NAME=URL[#PID,PID]] [...].

A demo site is made in a folder of its own and served as it ships; beside it run a bare WSGI application with the
same bytes, a Django project with Django's own page cache, and whatever other addresses are given. wrk asks them in
turn, round after round. PARTS, all of them unless some are named:

    pages    what each kind of page costs, warm and cold, against the bare application
    nginx    the same page through deploy/nginx.conf, against a static file of nginx
    posting  reading while 50 comments a second are posted and half of them approved at once
    memory   the private memory of a worker whose page cache is full
    workers  gunicorn's worker classes (not run unless named)

The tables are printed, and written with JSON and chart into docs/ (or the folder of --to; --to - writes nothing).
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DEFAULT = ["pages", "nginx", "posting", "memory"]


def arguments():
    parser = argparse.ArgumentParser(prog="make bench", description="Measures what a request costs.")
    parser.add_argument("parts", nargs="*", help=f"some of {', '.join(DEFAULT)} and workers")
    parser.add_argument("--url", action="append", default=[], help="NAME=URL, and #PID,PID of its processes")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each run")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--to", default=str(ROOT / "docs"), help="the folder with performance.md, or -")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - {*DEFAULT, "workers"}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    return asked


def main():
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        # A folder and settings of its own, whatever the shell's are: what is measured is what ships.
        for name in [name for name in os.environ if name.startswith("NEWSROOM_")]:
            del os.environ[name]
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            "NEWSROOM_DATA_DIR": f"{folder}/data",
            "NEWSROOM_COMMENT_RATE": "off",
        }
        sys.path.insert(0, str(ROOT))
        import django  # noqa: PLC0415 - the settings read the environment made above

        django.setup()
        import parts  # noqa: PLC0415 - reads models

        parts.run(asked, Path(folder), list(asked.parts or DEFAULT))


if __name__ == "__main__":
    main()
