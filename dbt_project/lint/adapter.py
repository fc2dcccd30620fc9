"""What sqlfluff shows models instead of dbt's adapter: a dispatched macro looks like a function of its name."""

from collections.abc import Callable
from typing import Any


def dispatch(name: str) -> Callable[..., str]:
    """A stand-in for the macro ``name`` of any engine."""

    def call(*arguments: Any) -> str:
        texts = (", ".join(map(_name, part if isinstance(part, list | dict) else [part])) for part in arguments)
        return f"{name}({', '.join(filter(None, texts))})"

    return call


def _name(word: Any) -> str:
    """The word, quoted where it would close what is open: a portal has fields named so."""
    return quote("end") if word == "end" else str(word)


def quote(identifier: str) -> str:
    """The identifier in double quotes."""
    return f'"{identifier}"'
