"""A state as a shape of its own, so that colour is never what tells it: circle, triangle, diamond, dash."""

from enum import Enum

from publishing.site.charts.svg import element


class State(Enum):
    """How a number stands against its target; the value is the word that stands beside the shape."""

    OK = "on target"
    WATCH = "near target"
    ALERT = "off target"
    UNKNOWN = "no data"


COLOUR = {
    State.OK: "var(--ok)",
    State.WATCH: "var(--watch)",
    State.ALERT: "var(--alert)",
    State.UNKNOWN: "var(--unknown)",
}
_PATHS = {
    State.OK: "M{r} 0A{r} {r} 0 1 1 -{r} 0A{r} {r} 0 1 1 {r} 0Z",
    State.WATCH: "M0 -{r}L{r} {r}H-{r}Z",
    State.ALERT: "M0 -{r}L{r} 0L0 {r}L-{r} 0Z",
    State.UNKNOWN: "M-{r} -1.2H{r}V1.2H-{r}Z",
}


def shape(state: State, x: float, y: float, radius: float = 5, **attributes: str | float | None) -> str:
    """The state's shape around a point, as a part of a picture."""
    drawn = _PATHS[state].format(r=f"{radius:g}")
    return element("path", d=drawn, transform=f"translate({x:g} {y:g})", fill=COLOUR[state], **attributes)


def mark(state: State) -> str:
    """The shape as a small picture beside its word, which says the same: hidden from screen readers."""
    return element("svg", shape(state, 7, 7, 5.5), viewBox="0 0 14 14", width=14, height=14, aria_hidden="true")
