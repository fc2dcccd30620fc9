"""SVG elements as text. Attribute values and text are escaped here and nowhere else."""

from collections.abc import Iterable

from markupsafe import escape

# Keeps words readable where a line passes behind them.
HALO: dict[str, str | float | None] = {
    "stroke": "var(--card)",
    "stroke_width": 3,
    "stroke_linejoin": "round",
    "paint_order": "stroke",
}


def element(name: str, *children: str, **attributes: str | float | None) -> str:
    """One element. ``_`` in an attribute's name stands for ``-``; None leaves the attribute out; children are SVG."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def text(words: str, x: float, y: float, **attributes: str | float | None) -> str:
    """Words at a place, escaped."""
    return element("text", str(escape(words)), x=x, y=y, **attributes)


def path(points: Iterable[tuple[float, float]]) -> str:
    """The ``d`` of a line through the points."""
    return "M" + "L".join(f"{coordinate(x)} {coordinate(y)}" for x, y in points)


def picture(width: int, height: int, title: str, description: str, parts: Iterable[str]) -> str:
    """A whole picture, as wide as its place at most; ``description`` tells in words what the picture shows."""
    return element(
        "svg",
        element("title", str(escape(title))),
        element("desc", str(escape(description))),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        # Wider, its words would be larger than those around it.
        style=f"max-width:{width * 1.4:.0f}px",
        role="img",
        font_family="system-ui, sans-serif",
        font_size=11,
        fill="var(--muted)",
    )


def heading(title: str) -> str:
    """The title as a line at the top of a picture."""
    return text(title, 4, 14, font_size=12.5, font_weight=600, fill="var(--ink)")


def coordinate(value: float) -> str:
    """A tenth of a pixel is enough, and the same everywhere."""
    return (
        f"{value:.1f}".removesuffix(".0").replace("-0", "0") if abs(value) < 0.05 else f"{value:.1f}".removesuffix(".0")
    )


def _value(value: str | float) -> str:
    return coordinate(value) if isinstance(value, int | float) else str(escape(value))
