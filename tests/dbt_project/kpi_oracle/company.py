"""Small companies as data: documents with the states they went through, seen at readings, landed as a connector would.

Keys hold the mark ``§`` where the number of the world goes, so that many worlds fit into one warehouse without meeting.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from connectors.entity import entity_of
from tests.dbt_project.kpi_oracle.observed import Reading, Row, Seen, Unreadable

MARK = "§"
OVERLAP = timedelta(minutes=15)


@dataclass(frozen=True)
class State:
    """A row as it stood from an instant on; a late commit becomes visible after its own change time."""

    visible_from: datetime
    row: Row


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
            lines += [f"  {state.visible_from:%Y-%m-%d %H:%M}  {dict(state.row)}" for state in document.states]
        return "\n".join(lines)


CONNECTIONS = {
    "sap_s4hana": ("erp_s4hana", "erp_second"),
    "salesforce": ("crm_salesforce", "crm_second"),
    "servicenow": ("sla_servicenow", "sla_second"),
}


def read(worlds: Mapping[int, World], instants: Sequence[datetime], shared: Sequence[Document] = ()) -> Seen:
    """What extractions at these instants could see of all worlds, and of the documents that no world has to itself."""
    readings = []
    for instant in instants:
        documents: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for document in shared:
            row = document.at(instant)
            if row is not None:
                documents[CONNECTIONS[document.system][0], document.entity].append(row)
        for name, world in worlds.items():
            for document in world.documents:
                row = document.at(instant)
                if row is not None:
                    connection = CONNECTIONS[document.system][world.connection]
                    documents[connection, document.entity].append(marked(row, name))
        readings.append(Reading(instant, dict(documents)))
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


SYSTEM_OF = {connection: system for system, names in CONNECTIONS.items() for connection in names}


def land(warehouse: Any, readings: Seen, place: int, *, twice: bool = False) -> None:
    """Land what an extract at that reading would: full, or what changed since the reading before less an overlap.

    ``twice``: each run happens twice, as after a kill behind its last batch.
    """
    reading, before = readings[place], readings[place - 1].at if place else None
    for (connection, name), rows in reading.documents.items():
        system = SYSTEM_OF[connection]
        entity = entity_of(system, name)
        is_full = not entity.order
        records = [row for row in rows if is_full or before is None or _is_new(entity.changed_at, row, before)]
        for run in range(2 if twice else 1):
            warehouse.land_documents(
                system,
                name,
                [_on_the_wire(row) for row in records],
                reading.at,
                connection=connection,
                mode="full" if is_full else "incremental",
                run_id=f"run-{place}-{run}",
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
