"""From a world on which the warehouse and the oracle differ to a small one on which they still do.

A build takes many seconds whatever it holds, so candidates are not tried one after the other as a property-testing
library would: each round lands all of them in one warehouse, as worlds of their own, and keeps the smallest that
differs.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.dbt_project.kpi_oracle.company import Document, State, World

Path = tuple[Any, ...]
MOST_CANDIDATES = 300


def shrink(world: World, differing: Callable[[Mapping[int, World]], set[int]], rounds: int = 10) -> World:
    """The smallest world found within that many rounds; ``differing`` tells which of many worlds still differ."""
    removable: list[Path] = []
    for _ in range(rounds):
        parts = list(parts_of(world))
        groups = [*_chunks(removable), *_chunks(parts)][:MOST_CANDIDATES]
        candidates = {number: without(world, group) for number, group in enumerate(groups)}
        found = differing(candidates)
        if not found:
            return world
        best = min(found, key=lambda number: (size(candidates[number]), number))
        world = candidates[best]
        # parts that could go alone can often go together, where they still exist
        alone = [groups[number][0] for number in sorted(found) if len(groups[number]) == 1 and number != best]
        left = set(parts_of(world))
        removable = [path for path in alone if path in left]
    return world


def size(world: World) -> int:
    """How many documents, states and nested parts it has."""
    return sum(1 for _ in parts_of(world))


def parts_of(world: World) -> Iterator[Path]:
    """The places of everything that can be taken out: documents, later or earlier states, rows nested in them."""
    for place, document in enumerate(world.documents):
        yield (place,)
        for number, state in enumerate(document.states):
            if len(document.states) > 1:
                yield (place, number)
            yield from ((place, number, *path) for path in _nested(state.row or {}))


def _nested(row: Mapping[str, Any]) -> Iterator[Path]:
    for name, value in row.items():
        if isinstance(value, list | tuple):
            for place, part in enumerate(value):
                if len(value) > 1:
                    yield (name, place)
                yield from ((name, place, *path) for path in _nested(part))


def without(world: World, paths: Sequence[Path]) -> World:
    """The world without these parts."""
    gone = set(paths)
    documents = []
    for place, document in enumerate(world.documents):
        if (place,) in gone:
            continue
        states = tuple(
            State(
                state.visible_from,
                state.row and _row_without(state.row, {path[2:] for path in gone if path[:2] == (place, number)}),
            )
            for number, state in enumerate(document.states)
            if (place, number) not in gone
        )
        if states:
            documents.append(Document(document.system, document.entity, states))
    return replace(world, documents=tuple(documents))


def _row_without(row: Mapping[str, Any], gone: set[Path]) -> Mapping[str, Any]:
    changed = dict(row)
    for name, value in row.items():
        if isinstance(value, list | tuple):
            changed[name] = [
                _row_without(part, {path[2:] for path in gone if path[:2] == (name, place)})
                for place, part in enumerate(value)
                if (name, place) not in gone
            ]
    return changed


def _chunks(parts: Sequence[Path]) -> Iterable[list[Path]]:
    """All of them, halves, quarters and so on down to each alone."""
    length = len(parts)
    while length:
        for start in range(0, len(parts), length):
            yield list(parts[start : start + length])
        length = 0 if length == 1 else (length + 1) // 2
