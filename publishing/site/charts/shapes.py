"""A state as a shape of its own, so that colour is never what tells it: circle, triangle, square, dash."""

from publishing.site.charts.svg import element
from publishing.site.states import Kind

_PATHS: dict[Kind, str] = {
    "ok": "M{r} 0A{r} {r} 0 1 1 -{r} 0A{r} {r} 0 1 1 {r} 0Z",
    "watch": "M0 -{r}L{r} {r}H-{r}Z",
    "alert": "M-{r} -{r}H{r}V{r}H-{r}Z",
    "unknown": "M-{r} -1.2H{r}V1.2H-{r}Z",
}


def shape(kind: Kind, x: float, y: float, radius: float = 5, **attributes: str | float | None) -> str:
    """The state's shape around a point, as a part of a picture."""
    drawn = _PATHS[kind].format(r=f"{radius:g}")
    return element("path", d=drawn, transform=f"translate({x:g} {y:g})", fill=f"var(--{kind})", **attributes)
