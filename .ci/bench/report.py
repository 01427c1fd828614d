"""Where the figures go: docs/performance.json, the tables of docs/performance.md, and the chart beside it."""

import datetime as dt
import json
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from statistics import median

import chart

NAME = "performance"
TABLES = ("pages", "workers", "posting", "memory", "nginx")


def machine():
    """What the figures were measured on."""
    cpu = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")),
        platform.machine(),
    )  # fmt: skip
    found = {"cores": len(os.sched_getaffinity(0)), "cpu": cpu, "python": platform.python_version()}
    found |= {name: version(name) for name in ("django", "gunicorn", "whitenoise")}
    wrk = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout.split()
    return found | {"wrk": wrk[1] if len(wrk) > 1 else "?"}


def write(part, data, folder):
    """Adds what one part measured to the three files; each keeps what it holds of the other parts."""
    data = {"measured_on": dt.datetime.now(dt.UTC).date().isoformat(), "machine": machine(), **data}
    file = folder / f"{NAME}.json"
    everything = json.loads(file.read_text()) if file.exists() else {}
    everything[part] = data
    file.write_text(json.dumps(everything, indent=1, sort_keys=True) + "\n")
    page = folder / f"{NAME}.md"
    page.write_text(between_marks(page.read_text(), part, told(part, data)))
    if part == "pages":
        (folder / f"{NAME}.svg").write_text(chart.draw(data["rows"]))


def between_marks(text, part, told):
    """The text with what stands between the two marks of a part replaced; ValueError where a mark is missing."""
    begin, end = f"<!-- bench: {part} -->", f"<!-- end of bench: {part} -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"docs/{NAME}.md needs the marks {begin} and {end}, once each.")
    head, rest = text.split(begin)
    return f"{head}{begin}\n{told}\n{end}{rest.split(end)[1]}"


def told(part, data):
    """The tables of one part in Markdown, under a line that says on what they were measured."""
    on = data["machine"]
    line = (
        f"Measured on {data['measured_on']}: {on['cores']} cores of {on['cpu']}, Python {on['python']}, "
        f"Django {on['django']}, gunicorn {on['gunicorn']}, wrk {on['wrk']}. {data['how']}"
    )
    return "\n\n".join([line, *(_table(each) for each in data["tables"])])


def _table(table):
    head, rows = table["head"], table["rows"]
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, rule, *rows])


# --- cells


def number(value):
    """A number as short as it may be told: three figures."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def ratio(spread):
    """“1.21 (1.18–1.30)”: the median with the least and the greatest."""
    if spread is None:
        return ""
    return f"{number(spread['median'])} ({number(spread['least'])}–{number(spread['greatest'])})"


def middle_of(figures, name):
    """The median of one of the figures of several runs."""
    return number(median(getattr(each, name) for each in figures))


def table_of_rows(rows, *, first, against):
    """The table of rows as `rounds.as_data` tells them."""
    head = [
        first,
        "requests/s",
        "p50 ms",
        "p99 ms",
        "CPU µs/request",
        f"CPU × {against}",
        f"throughput × {against}",
    ]
    cells = []
    for row in rows:
        figures = [number(row[name]["median"]) for name in ("per_second", "p50_ms", "p99_ms", "cpu_us")]
        more = [ratio(row.get("cpu_ratio")), ratio(row.get("throughput_ratio"))]
        cells.append([row["title"], *figures, *more])
    return {"head": head, "rows": cells}


def as_text(table):
    """The table for a terminal."""
    rows = [table["head"], *table["rows"]]
    widths = [max(len(row[place]) for row in rows) for place in range(len(table["head"]))]
    lines = []
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells]))
    return "\n".join(lines)
