"""How Salesforce writes values in REST answers and reads them in SOQL."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from connectors.decoding import Record, WireFormat, exact_number, text, truth
from connectors.entity import Entity, Field, Kind

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _instant(value: Any, field: Field) -> datetime:
    """``2026-01-02T03:04:05.000+0000``: the offset has no colon."""
    if not _INSTANT.fullmatch(value):
        raise ValueError(f"{field.name} is no instant with an offset")
    return datetime.fromisoformat(value).astimezone(UTC)


def _date(value: Any, field: Field) -> date:
    if not _DATE.fullmatch(value):
        raise ValueError(f"{field.name} is no date")
    return date.fromisoformat(value)


def _nested(value: Any) -> Sequence[Record]:
    records: Sequence[Record] = value["records"]
    return records


_FORMAT = WireFormat(
    decoders={
        Kind.STRING: text,
        Kind.BOOLEAN: truth,
        Kind.DECIMAL: exact_number,
        Kind.DATE: _date,
        Kind.INSTANT: _instant,
    },
    nested=_nested,
    is_envelope=lambda name: name == "attributes",
)


def wire_format(entity: Entity) -> WireFormat:
    """The same for every object."""
    return _FORMAT


def literal(instant: datetime) -> str:
    """An instant as SOQL takes it: unquoted, milliseconds, UTC."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"
