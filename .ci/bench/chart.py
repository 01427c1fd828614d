"""A bar chart of what a request costs, as SVG that can be read on a light and on a dark page."""

from html import escape

WIDTH, LABELS, NUMBERS, ROW, TOP = 760, 330, 60, 26, 44
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
    longest = max(value for _title, value, _key in bars)
    scale = (WIDTH - LABELS - NUMBERS) / longest
    height = TOP + ROW * len(bars) + 12
    one = LABELS + scale
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="t">',
        '<title id="t">CPU time of one request, in multiples of a bare WSGI answer of the same bytes</title>',
        f"<style>{STYLE}</style>",
        '<text class="title" x="8" y="22">CPU time of one request, × a bare WSGI answer of the same bytes</text>',
        f'<line class="line" x1="{one:.1f}" x2="{one:.1f}" y1="{TOP - 8}" y2="{height - 8}"/>',
    ]
    for place, (title, value, key) in enumerate(bars):
        parts.append(_bar(title, value, y=TOP + ROW * place, width=value * scale, kind=_kind(key)))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _kind(key):
    return "ours" if key.startswith(("ours/", "cold/")) else "other"


def _bar(title, value, *, y, width, kind):
    middle = y + ROW / 2 + 4
    return (
        f'<text x="{LABELS - 10}" y="{middle:.1f}" text-anchor="end">{escape(title)}</text>'
        f'<rect class="{kind}" x="{LABELS}" y="{y + 4}" width="{width:.1f}" height="{ROW - 8}" rx="2"/>'
        f'<text x="{LABELS + width + 6:.1f}" y="{middle:.1f}">{value:.{1 if value >= 10 else 2}f}</text>'
    )
