"""Documents as histories: every state a document had, and when."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sandbox.source import Row


@dataclass(frozen=True, slots=True)
class Document:
    """One document's states. `instants` (UTC) ascend strictly; state i holds from instant i up to the next one."""

    key: tuple[str, ...]
    instants: tuple[datetime, ...]
    states: tuple[Row, ...]

    def at(self, instant: datetime) -> Row | None:
        """The state that could be seen at `instant`, or `None` before the document existed."""
        place = bisect_right(self.instants, instant)
        return self.states[place - 1] if place else None


def visible(documents: Iterable[Document], instant: datetime) -> list[Row]:
    """The states of all documents that existed at `instant`, in the order of `documents`."""
    return [state for document in documents if (state := document.at(instant)) is not None]
