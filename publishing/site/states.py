"""How a thing stands, told by a word and a shape; colour only repeats it."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["ok", "watch", "alert", "unknown"]

# Floor, target and stretch of a KPI are 0, 70 and 100 points; see the definition vendor_health_kpi.
FLOOR_POINTS, TARGET_POINTS = 0.0, 70.0


@dataclass(frozen=True)
class State:
    """``kind`` chooses shape and colour (circle, triangle, square, dash); ``word`` is read out."""

    kind: Kind
    word: str


MET = State("ok", "met")
MISSED = State("alert", "not met")
CANNOT_TELL = State("unknown", "cannot tell")
NO_SOURCE = State("unknown", "no source")
NO_DATA = State("unknown", "no data")
NO_SCORE = State("unknown", "no score")
FRESH = State("ok", "fresh")
STALE = State("alert", "stale")

# As ecosystem_quarter.state has them.
OF_TARGET = {state.word: state for state in (MET, MISSED, CANNOT_TELL, NO_SOURCE)}
# As the severity of warnings has them.
OF_SEVERITY = {"alert": State("alert", "alert"), "watch": State("watch", "watch")}


def of_points(points: float | None) -> State:
    """How a KPI or a score of vendor health stands against its target and its floor."""
    if points is None:
        return NO_DATA
    if points >= TARGET_POINTS:
        return State("ok", "on target")
    if points > FLOOR_POINTS:
        return State("watch", "below target")
    return State("alert", "at the floor")
