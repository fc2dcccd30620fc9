"""Reader of the ServiceNow incident event log and its translation into incidents.

The log (`servicenow_incident_events.zip`, UCI repository no. 498, CC BY 4.0) has one line per event. Its traps:

- the header names `category` twice (the second is the subcategory), and blank lines may stand between rows;
- dates are day first (`29/2/2016 01:16`); the log names no zone, they are served as UTC;
- `?` stands for "unknown";
- the closing fields stand on every event of an incident, so only the last event tells its state.
"""

import csv
import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from sandbox.replay.errors import ReplayFileError

FILE_NAME = "servicenow_incident_events.zip"

STATE_CODES = {
    "New": "1",
    "Active": "2",
    "Awaiting User Info": "3",
    "Awaiting Vendor": "3",
    "Awaiting Problem": "3",
    "Awaiting Evidence": "3",
    "Resolved": "6",
    "Closed": "7",
    "-100": "",
}
"""ServiceNow's code of each state name in the log; `-100` is the log's own text for a lost state."""

_UNKNOWN = "?"
_INSTANT = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{2}):(\d{2})")
_COLUMNS = (
    "number",
    "ident_state",
    "reassignment_count",
    "reopen_count",
    "sys_mod_count",
    "made_sla",
    "opened_at",
    "sys_created_at",
    "sys_updated_at",
    "contact_type",
    "category",
    "priority",
    "assignment_group",
    "vendor",
    "resolved_at",
    "closed_at",
)


def read_instant(text: str) -> datetime | None:
    """Read `D/M/YYYY HH:MM` as UTC; `?` is `None`, any other text a `ValueError`."""
    if text == _UNKNOWN:
        return None
    found = _INSTANT.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not an instant as D/M/YYYY HH:MM")
    day, month, year, hour, minute = map(int, found.groups())
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def read_incidents(folder: Path) -> list[dict[str, Any]]:
    """Give every incident of the log in `folder` in its last state, ordered by `sys_id`."""
    path = folder / FILE_NAME
    if not path.is_file():
        raise ReplayFileError(
            f"{path} is missing: download the incident event log (UCI repository no. 498, doi 10.24432/C57S4H) there."
        )
    with zipfile.ZipFile(path) as archive:
        members = [name for name in archive.namelist() if name.endswith(".csv")]
        if len(members) != 1:
            raise ReplayFileError(f"{path} must hold exactly one CSV file; it holds {len(members)}.")
        with archive.open(members[0]) as raw:
            return parse_incidents(TextIOWrapper(raw, encoding="utf-8-sig", newline=""))


def read_events(text: TextIO | TextIOWrapper | Iterable[str]) -> Iterator[dict[str, str]]:
    """Give the known columns of every event line; blank lines are passed over."""
    reader = csv.reader(text)
    header = next(reader, [])
    missing = [name for name in _COLUMNS if name not in header]
    if missing:
        raise ReplayFileError(f"{FILE_NAME} has no column {missing[0]!r}: it is not the incident event log.")
    # list.index finds the first `category`; the second one is the subcategory
    places = [header.index(name) for name in _COLUMNS]
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise ReplayFileError(f"{FILE_NAME}, line {reader.line_num}: {len(row)} cells instead of {len(header)}.")
        yield {name: row[place] for name, place in zip(_COLUMNS, places, strict=True)}


def parse_incidents(text: TextIO | TextIOWrapper | Iterable[str]) -> list[dict[str, Any]]:
    """Fold the events into incidents: the last event is the one with the greatest change count, then update time.

    A tie goes to the event that stands later in the log.
    """
    last: dict[str, tuple[tuple[int, datetime], dict[str, str]]] = {}
    for event in read_events(text):
        try:
            updated_at = read_instant(event["sys_updated_at"])
            if updated_at is None:
                raise ValueError("an event without an update time has no place in the order")
            order = (int(event["sys_mod_count"]), updated_at)
        except ValueError as problem:
            raise ReplayFileError(f"{FILE_NAME}, incident {event['number']}: {problem}.") from problem
        if event["number"] not in last or order >= last[event["number"]][0]:
            last[event["number"]] = (order, event)
    incidents = [_incident(event) for _, event in last.values()]
    incidents.sort(key=lambda incident: incident["sys_id"])
    return incidents


def sys_id(*parts: str) -> str:
    """Give the record id that the log lacks: the MD5 of the parts joined with a slash (32 hex digits)."""
    return hashlib.md5("/".join(parts).encode(), usedforsecurity=False).hexdigest()


def _text(value: str) -> str:
    return "" if value == _UNKNOWN else value


def _incident(event: dict[str, str]) -> dict[str, Any]:
    try:
        vendor = _text(event["vendor"])
        return {
            "sys_id": sys_id(event["number"]),
            "number": event["number"],
            "state": STATE_CODES[event["ident_state"]],
            "priority": _text(event["priority"]),
            "category": _text(event["category"]),
            "contact_type": _text(event["contact_type"]),
            "assignment_group": _text(event["assignment_group"]),
            "vendor": sys_id("core_company", vendor) if vendor else "",
            "vendor.name": vendor,
            "made_sla": {"true": True, "false": False}[event["made_sla"]],
            "reopen_count": int(event["reopen_count"]),
            "reassignment_count": int(event["reassignment_count"]),
            "opened_at": read_instant(event["opened_at"]),
            "resolved_at": read_instant(event["resolved_at"]),
            "closed_at": read_instant(event["closed_at"]),
            "sys_created_on": read_instant(event["sys_created_at"]),
            "sys_updated_on": read_instant(event["sys_updated_at"]),
        }
    except (ValueError, KeyError) as problem:
        raise ReplayFileError(
            f"{FILE_NAME}, incident {event['number']}: cannot read its last event ({problem}); "
            "teach sandbox/replay/incident_log.py this value or mend the file."
        ) from problem
