"""A trend the size of a word, with the target as a dashed line."""

from dataclasses import dataclass

from publishing.site.charts.axis import runs
from publishing.site.charts.svg import element, path, picture, text
from publishing.site.figures import NO_DATA, shown

WIDTH, HEIGHT, PADDING = 180, 40, 4


@dataclass(frozen=True)
class Sparkline:
    """``values`` from old to new, None where nothing is known; ``title`` names the measure."""

    title: str
    unit: str
    values: tuple[float | None, ...]
    target: float | None = None


def sparkline(chart: Sparkline) -> str:
    """The picture; without any value it says so."""
    known = [value for value in chart.values if value is not None]
    drawn = known if chart.target is None else [*known, chart.target]
    low, high = (min(drawn), max(drawn)) if drawn else (0.0, 1.0)
    span = high - low or 1.0
    step = (WIDTH - 2 * PADDING) / max(len(chart.values) - 1, 1)

    def y_of(value: float) -> float:
        return HEIGHT - PADDING - (HEIGHT - 2 * PADDING) * (value - low) / span

    places = [
        None if value is None else (PADDING + step * index, y_of(value)) for index, value in enumerate(chart.values)
    ]
    parts = []
    if chart.target is not None:
        y = y_of(chart.target)
        line = f"M{PADDING} {y:.1f}H{WIDTH - PADDING}"
        parts.append(element("path", d=line, stroke="var(--muted)", stroke_dasharray="3 3", stroke_width=1))
    found = runs(places)
    line = "".join(path(run) for run in found if len(run) > 1)
    if line:
        parts.append(element("path", d=line, fill="none", stroke="var(--accent)", stroke_width=1.6))
    parts += [
        element("circle", cx=run[0][0], cy=run[0][1], r=1.6, fill="var(--accent)") for run in found if len(run) == 1
    ]
    last = next((place for place in reversed(places) if place), None)
    if last:
        parts.append(element("circle", cx=last[0], cy=last[1], r=2.6, fill="var(--accent)"))
    if last is None:
        parts.append(text(NO_DATA, WIDTH / 2, HEIGHT / 2 + 4, text_anchor="middle"))
    return picture(WIDTH, HEIGHT, chart.title, _description(chart, known), parts)


def _description(chart: Sparkline, known: list[float]) -> str:
    if not known:
        return f"{NO_DATA.capitalize()}."
    told = f"From {shown(known[0], chart.unit)} to {shown(known[-1], chart.unit)}"
    gaps = len(chart.values) - len(known)
    gap_words = f"; no data in {gaps} of {len(chart.values)} periods" if gaps else ""
    target_words = f"; target {shown(chart.target, chart.unit)}" if chart.target is not None else ""
    return f"{told}{gap_words}{target_words}."
