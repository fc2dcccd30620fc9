"""Documents as histories: every state a document had, and when."""

import gc
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sandbox.source import Row


@dataclass(frozen=True, slots=True)
class Document:
    """One document's states. `instants` (UTC) ascend strictly; state i holds from instant i up to the next one.

    A state `None` says that the document is gone.
    """

    key: tuple[str, ...]
    instants: tuple[datetime, ...]
    states: tuple[Row | None, ...]

    def at(self, instant: datetime) -> Row | None:
        """The state that could be seen at `instant`, or `None` where the document does not exist."""
        place = bisect_right(self.instants, instant)
        return self.states[place - 1] if place else None


def visible(documents: Iterable[Document], instant: datetime) -> list[Row]:
    """The states of all documents that existed at `instant`, in the order of `documents`."""
    return [state for document in documents if (state := document.at(instant)) is not None]


class Documents(Mapping[str, Sequence[Document]]):
    """All documents by entity; those of an entity are made when they are first asked for.

    Each part of the world draws from streams of its own, so the order of asking changes nothing.
    """

    def __init__(self, makers: Mapping[str, Callable[[], Sequence[Document]]]) -> None:
        self._makers = dict(makers)
        self._made: dict[str, Sequence[Document]] = {}

    def __getitem__(self, entity: str) -> Sequence[Document]:
        if entity not in self._made:
            with no_garbage_collection():
                self._made[entity] = self._makers[entity]()
        return self._made[entity]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Building makes a million objects and no garbage: looking for some takes a quarter to a half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
