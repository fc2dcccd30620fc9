"""Small companies as data: documents with the states they went through, seen at readings, landed as a connector would.

Keys hold the mark ``§`` where the number of the world goes, so that many worlds fit into one warehouse without meeting.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from connectors.entity import entity_of
from tests.dbt_project.kpi_oracle.observed import Reading, Row, Seen, Unreadable

MARK = "§"
OVERLAP = timedelta(minutes=15)


@dataclass(frozen=True)
class State:
    """A row as it stood from an instant on; a late commit becomes visible after its own change time.

    A row of None is none any more: sources leave empty stocks out.
    """

    visible_from: datetime
    row: Row | None


@dataclass(frozen=True)
class Document:
    """One document of a system and its states, oldest first."""

    system: str
    entity: str
    states: tuple[State, ...]

    def at(self, instant: datetime) -> Row | None:
        """The row that could be seen at that instant."""
        seen = [state.row for state in self.states if state.visible_from <= instant]
        return seen[-1] if seen else None


@dataclass(frozen=True)
class World:
    """One small company. ``messes``: what goes wrong in it."""

    documents: tuple[Document, ...]
    messes: frozenset[str]
    connection: int = 0

    def __repr__(self) -> str:
        lines = [f"messes: {', '.join(sorted(self.messes)) or 'none'}; connection {self.connection}"]
        for document in self.documents:
            lines.append(f"{document.system}.{document.entity}")
            lines += [f"  {state.visible_from:%Y-%m-%d %H:%M}  {state.row}" for state in document.states]
        return "\n".join(lines)


CONNECTIONS = {
    "sap_s4hana": ("erp_s4hana", "erp_second", "erp_third"),
    "salesforce": ("crm_salesforce", "crm_second", "crm_third"),
    "servicenow": ("sla_servicenow", "sla_second", "sla_third"),
}
SYSTEM_OF = {connection: system for system, names in CONNECTIONS.items() for connection in names}
Feed = tuple[str, str]  # connection, entity


@dataclass(frozen=True)
class Extraction:
    """Readings of all sources and what happened to them on the way.

    ``takes_part``: for each of a system's connections the places of the readings in which it is read. ``killed``: feeds
    of which a reading landed the first half and no last batch. ``late``: the place of the reading after which a feed's
    batch of an earlier reading came. ``twice``: readings whose runs happened twice, as after a kill behind their end.
    """

    instants: tuple[datetime, ...]
    takes_part: tuple[frozenset[int], ...]
    killed: frozenset[tuple[int, Feed]] = frozenset()
    late: Mapping[tuple[int, Feed], int] = field(default_factory=dict)
    twice: frozenset[int] = frozenset()

    def reads(self, connection: str, place: int) -> bool:
        return place in self.takes_part[CONNECTIONS[SYSTEM_OF[connection]].index(connection)]

    def completed_before(self, feed: Feed, place: int) -> datetime | None:
        """When the feed was last read to its end before that reading."""
        done = [one for one in range(place) if self.reads(feed[0], one) and (one, feed) not in self.killed]
        return self.instants[done[-1]] if done else None

    def known(self, seen: Seen, place: int) -> Seen:
        """What had landed after that reading, of this one and those before."""
        late = {key for key, lands in self.late.items() if lands > place}
        return tuple(
            Reading(
                reading.at,
                {feed: rows for feed, rows in reading.documents.items() if (number, feed) not in late},
                reading.complete - {feed for one, feed in late if one == number},
            )
            for number, reading in enumerate(seen[: place + 1])
        )


def read(worlds: Mapping[int, World], extraction: Extraction, shared: Sequence[Document] = ()) -> Seen:
    """What extractions could see of all worlds, and of the documents that no world has to itself."""
    readings = []
    feeds: set[Feed] = set()
    for place, instant in enumerate(extraction.instants):
        documents: dict[Feed, list[Row]] = defaultdict(list)
        for name, number, document in [
            *((None, 0, document) for document in shared),
            *((name, world.connection, document) for name, world in worlds.items() for document in world.documents),
        ]:
            connection = CONNECTIONS[document.system][number]
            row = document.at(instant)
            if row is not None and extraction.reads(connection, place):
                documents[connection, document.entity].append(row if name is None else marked(row, name))
        for at, feed in extraction.killed:
            if at == place:
                documents[feed] = documents[feed][: len(documents[feed]) // 2]
        feeds |= documents.keys()
        complete = {
            feed for feed in feeds if extraction.reads(feed[0], place) and (place, feed) not in extraction.killed
        }
        readings.append(Reading(instant, dict(documents), frozenset(complete)))
    return tuple(readings)


def marked(value: Any, name: int) -> Any:
    """The value with the world's number in the place of the mark."""
    if isinstance(value, str):
        return value.replace(MARK, f"{name:03d}")
    if isinstance(value, Mapping):
        return {key: marked(part, name) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [marked(part, name) for part in value]
    return value


def land(warehouse: Any, seen: Seen, extraction: Extraction, place: int) -> None:
    """Land what the extract at that reading would, and what of earlier readings comes late."""
    for feed in sorted(seen[place].complete | seen[place].documents.keys()):
        if (place, feed) not in extraction.late:
            _land(warehouse, seen, extraction, place, feed)
    for (earlier, feed), lands in extraction.late.items():
        if lands == place and feed in seen[earlier].documents:
            _land(warehouse, seen, extraction, earlier, feed)


def _land(warehouse: Any, seen: Seen, extraction: Extraction, place: int, feed: Feed) -> None:
    """One feed of a reading: in full, or what changed since it was last read to its end, less an overlap."""
    connection, name = feed
    entity = entity_of(SYSTEM_OF[connection], name)
    is_full = not entity.order
    before = extraction.completed_before(feed, place)
    records = [
        row
        for row in seen[place].documents.get(feed, ())
        if is_full or before is None or _is_new(entity.changed_at, row, before)
    ]
    for run in range(2 if place in extraction.twice else 1):
        warehouse.land_documents(
            SYSTEM_OF[connection],
            name,
            [_on_the_wire(row) for row in records],
            seen[place].at,
            connection=connection,
            mode="full" if is_full else "incremental",
            run_id=f"run-{place}-{run}",
            is_complete=feed in seen[place].complete,
        )


def _is_new(clock: Sequence[str], row: Row, before: datetime) -> bool:
    changed = row[clock[0]]
    if changed is None or isinstance(changed, Unreadable):
        return True
    if isinstance(changed, datetime):
        return changed >= before - OVERLAP
    # a feed by day is read again from the day before the last reading
    return datetime.combine(changed, time(), UTC) >= before - timedelta(days=2)


def _on_the_wire(row: Any) -> Any:
    """The row as decoded: what nobody can read is null and stands as text in ``_unreadable``."""
    if isinstance(row, Mapping):
        broken = {name: value.raw for name, value in row.items() if isinstance(value, Unreadable)}
        decoded = {name: None if name in broken else _on_the_wire(value) for name, value in row.items()}
        return {**decoded, "_unreadable": json.dumps(broken)} if broken else decoded
    if isinstance(row, list | tuple):
        return [_on_the_wire(part) for part in row]
    return row


def instant(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


def present(worlds: Iterable[World]) -> frozenset[str]:
    """Every mess that some world has."""
    return frozenset(mess for world in worlds for mess in world.messes)
