"""A bar chart of what a request costs, as SVG that can be read on a light and on a dark page.

What costs little and what costs much have a scale each: on one scale the difference between 1.2 and 3 could not be
seen beside 60.
"""

from html import escape

WIDTH, LABELS, NUMBERS, ROW, TOP, HEADING = 760, 330, 60, 26, 34, 40
LITTLE = 8  # multiples of the bare application, up to which a request costs little
WHAT = "CPU time of one request, × a bare WSGI answer of the same bytes"
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; font-size: 14px; }
.ours { fill: #0f766e; } .other { fill: #8a8f98; } .line { stroke: #8a8f98; stroke-dasharray: 3 3; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .ours { fill: #2dd4bf; } .other { fill: #7d8590; } .line { stroke: #7d8590; }
}
"""


def draw(rows):
    """The SVG of the rows (as `rounds.as_data` tells them) that are compared with another one."""
    bars = [(row["title"], row["cpu_ratio"]["median"], row["key"]) for row in rows if row.get("cpu_ratio")]
    panels = [
        (f"Up to {LITTLE} × (the dashed line is 1)", [bar for bar in bars if bar[1] <= LITTLE]),
        (f"More than {LITTLE} ×, on a scale of its own", [bar for bar in bars if bar[1] > LITTLE]),
    ]
    drawn, y = [], TOP
    for heading, shown in panels:
        if shown:
            drawn += _panel(heading, shown, y=y)
            y += HEADING + ROW * len(shown)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 8}" width="{WIDTH}" height="{y + 8}" '
        f'role="img" aria-labelledby="t">\n<title id="t">{WHAT}</title>\n<style>{STYLE}</style>\n'
        f'<text class="title" x="8" y="22">{WHAT}</text>'
    )
    return "\n".join([head, *drawn, "</svg>"]) + "\n"


def _panel(heading, bars, *, y):
    scale = (WIDTH - LABELS - NUMBERS) / max(value for _title, value, _key in bars)
    first, one = y + HEADING, LABELS + scale
    yield f'<text x="{LABELS}" y="{y + 28}">{escape(heading)}</text>'
    yield (
        f'<line class="line" x1="{one:.1f}" x2="{one:.1f}" y1="{first - 4}" y2="{first + ROW * len(bars)}"/>'
    )
    for place, (title, value, key) in enumerate(bars):
        yield _bar(title, value, y=first + ROW * place, width=value * scale, kind=_kind(key))


def _kind(key):
    return "ours" if key.startswith(("ours/", "cold/")) else "other"


def _bar(title, value, *, y, width, kind):
    middle = y + ROW / 2 + 4
    return (
        f'<text x="{LABELS - 10}" y="{middle:.1f}" text-anchor="end">{escape(title)}</text>'
        f'<rect class="{kind}" x="{LABELS}" y="{y + 4}" width="{width:.1f}" height="{ROW - 8}" rx="2"/>'
        f'<text x="{LABELS + width + 6:.1f}" y="{middle:.1f}">{value:.{1 if value >= 10 else 2}f}</text>'
    )
