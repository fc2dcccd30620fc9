"""The colours charts and pages share, by role. Every pair of text and background holds a contrast of 4.5 to 1."""

import re
from collections.abc import Mapping

LIGHT = {
    "ink": "#1c2733",
    "muted": "#566472",
    "grid": "#e1e6eb",
    "surface": "#ffffff",
    "accent": "#1d5fa8",
    "band": "#cfdff1",
    "ok": "#1f7a4d",
    "watch": "#8a5a00",
    "alert": "#b3261e",
    "unknown": "#66727e",
}
DARK = {
    "ink": "#e6ebf0",
    "muted": "#a3b0bd",
    "grid": "#2d3843",
    "surface": "#161d24",
    "accent": "#7db4f0",
    "band": "#27425f",
    "ok": "#6ccf9b",
    "watch": "#e5b04d",
    "alert": "#ff8f85",
    "unknown": "#97a4b0",
}
_PROPERTY = re.compile(r"var\(--([a-z-]+)\)")


def fixed(picture: str, colours: Mapping[str, str] = LIGHT) -> str:
    """The picture with colours written out, for readers that know no custom properties.

    Raises:
        KeyError: the picture uses a colour that ``colours`` lacks.
    """
    return _PROPERTY.sub(lambda found: colours[found.group(1)], picture)
