"""TMDL, the text form of a semantic model: names, descriptions, indentation as Microsoft's serializer writes them."""

import re
from collections.abc import Iterable, Sequence

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def name(text: str) -> str:
    """A name, quoted where it holds more than letters, digits and underscores."""
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def described(description: str, lines: Iterable[str]) -> list[str]:
    """An object below its description."""
    return [*([f"/// {description}"] if description else []), *lines]


def block(head: str, properties: Sequence[str] = (), *children: Sequence[str]) -> list[str]:
    """An object, its properties one tab deeper, then its children, each after an empty line."""
    lines = [head, *indented(properties)]
    for child in children:
        lines += ["", *indented(child)]
    return lines


def indented(lines: Iterable[str], tabs: int = 1) -> list[str]:
    """The lines deeper by tabs; empty ones stay empty."""
    return ["\t" * tabs + line if line else "" for line in lines]


def document(*objects: Sequence[str]) -> str:
    """A file of objects, an empty line after each."""
    return "\n".join(line for lines in objects for line in [*lines, ""]) + "\n"
