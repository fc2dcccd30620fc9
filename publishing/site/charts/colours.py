"""The colours of charts by role, as ``site.css`` has them for light pages."""

import re
from collections.abc import Mapping

LIGHT = {
    "ink": "#1c2126",
    "muted": "#59626b",
    "grid": "#e4e6e8",
    "card": "#fff",
    "accent": "#14608a",
    "band": "#cfe3ef",
    "ok": "#1a7144",
    "watch": "#8a5a00",
    "alert": "#b3261e",
    "unknown": "#5f6870",
}
_PROPERTY = re.compile(r"var\(--([a-z-]+)\)")


def fixed(picture: str, colours: Mapping[str, str] = LIGHT) -> str:
    """The picture with colours written out, for readers that know no custom properties.

    Raises:
        KeyError: the picture uses a colour that ``colours`` lacks.
    """
    return _PROPERTY.sub(lambda found: colours[found.group(1)], picture)
