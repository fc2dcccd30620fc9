"""How the ServiceNow Table API writes values: everything is text, and an empty text is null where text is not meant."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.decoding import Record, WireFormat, exact_number, text
from connectors.entity import Entity, Field, Kind

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_INTEGER = re.compile(r"-?\d{1,18}")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def _instant(value: Any, field: Field) -> datetime | None:
    """``2026-01-02 03:04:05`` is UTC without saying so."""
    if value == "":
        return None
    if not _INSTANT.fullmatch(value):
        raise ValueError(f"{field.name} is no instant")
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def _truth(value: Any, field: Field) -> bool | None:
    if value == "":
        return None
    if value not in _TRUTH:
        raise ValueError(f"{field.name} is neither true nor false")
    return _TRUTH[value]


def _integer(value: Any, field: Field) -> int | None:
    if value == "":
        return None
    if not _INTEGER.fullmatch(value):
        raise ValueError(f"{field.name} is no whole number")
    return int(value)


def _duration(value: Any, field: Field) -> int | None:
    """``1970-01-01 01:30:00`` is an hour and a half: an instant counted from the epoch. Seconds."""
    instant = _instant(value, field)
    return None if instant is None else int(instant.timestamp())


def _no_children(value: Any) -> Sequence[Record]:
    raise ValueError("a table row holds no other rows")


_FORMAT = WireFormat(
    decoders={
        Kind.STRING: text,
        Kind.BOOLEAN: _truth,
        Kind.INTEGER: _integer,
        Kind.DECIMAL: exact_number,
        Kind.INSTANT: _instant,
        Kind.DURATION: _duration,
    },
    nested=_no_children,
    is_envelope=lambda _: False,
)


def wire_format(entity: Entity) -> WireFormat:
    """The same for every table."""
    return _FORMAT


def literal(instant: datetime) -> str:
    """An instant as an encoded query takes it; cut to the second, so that ``>=`` loses nothing."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
