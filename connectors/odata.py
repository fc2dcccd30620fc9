"""OData, V4 and V2: how values are written, and how queries must be encoded."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from connectors.decoding import Record, WireFormat, exact_number, text, truth
from connectors.entity import Entity, Field, Kind

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICKS = re.compile(r"/Date\((-?\d+)\)/")
_TIME = re.compile(r"PT(?:(\d{1,2})H)?(?:(\d{1,2})M)?(?:(\d{1,2})S)?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:Z|[+-]\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def query(path: str, options: Mapping[str, str]) -> str:
    """Path and query. A space becomes ``%20``: V4 servers read a ``+`` as a plus."""
    encoded = "&".join(f"{name}={quote(value, safe=chr(36) + chr(39) + '(),:=/')}" for name, value in options.items())
    return f"{path}?{encoded}"


def expand(entity: Entity) -> str:
    """The ``$expand`` of all descendants, each with its own ``$select`` (V4)."""
    return ",".join(f"{child.source}({_options(child)})" for child in entity.children)


def select(entity: Entity) -> str:
    """The ``$select`` of the declared fields."""
    return ",".join(field.name for field in entity.fields)


def _options(entity: Entity) -> str:
    deeper = f";$expand={expand(entity)}" if entity.children else ""
    return f"$select={select(entity)}{deeper}"


def _v4_instant(value: Any, field: Field) -> datetime:
    """Up to seven digits of a second on the wire; beyond microseconds they are cut."""
    if not _INSTANT.fullmatch(value):
        raise ValueError(f"{field.name} is no instant with an offset")
    return datetime.fromisoformat(value).astimezone(UTC)


def _v4_date(value: Any, field: Field) -> date:
    if not _DATE.fullmatch(value):
        raise ValueError(f"{field.name} is no date")
    return date.fromisoformat(value)


def _v2_date(value: Any, field: Field) -> date:
    """``/Date(ms)/`` has no zone and stands for a calendar day: the one that it falls on in UTC."""
    ticks = _TICKS.fullmatch(value)
    if not ticks:
        raise ValueError(f"{field.name} is no /Date(...)/")
    return (_EPOCH + timedelta(milliseconds=int(ticks[1]))).date()


def _v2_time_of_day(value: Any, field: Field) -> str:
    """``PT11H22M33S`` -> ``11:22:33``."""
    found = _TIME.fullmatch(value)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (99, 0, 0)
    if value == "PT" or hours > 23 or minutes > 59 or seconds > 59:
        raise ValueError(f"{field.name} is no time of day")
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}"


def _v4_nested(value: Any) -> Sequence[Record]:
    if not isinstance(value, list):
        raise ValueError("no collection")
    return value


def _v2_nested(value: Any) -> Sequence[Record]:
    """``{"results": [...]}``; a deferred link or a collection in parts is not the whole."""
    if "__next" in value:
        raise ValueError("a collection in parts")
    return _v4_nested(value["results"])


V4 = WireFormat(
    decoders={
        Kind.STRING: text,
        Kind.BOOLEAN: truth,
        Kind.DECIMAL: exact_number,
        Kind.DATE: _v4_date,
        Kind.INSTANT: _v4_instant,
    },
    nested=_v4_nested,
    is_envelope=lambda name: "@" in name or name == "SAP__Messages",
)

V2 = WireFormat(
    decoders={
        Kind.STRING: text,
        Kind.BOOLEAN: truth,
        Kind.DECIMAL: exact_number,
        Kind.DATE: _v2_date,
        Kind.TIME_OF_DAY: _v2_time_of_day,
    },
    nested=_v2_nested,
    is_envelope=lambda name: name == "__metadata",
)
