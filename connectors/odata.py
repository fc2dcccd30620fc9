"""OData, V4 and V2: how values are written, and how queries must be encoded."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from connectors.decoding import Record, WireFormat, exact_number, text, truth
from connectors.entity import Entity, Field, Kind

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICKS = re.compile(r"/Date\((-?\d+)\)/")
_TICKS_OF_INSTANT = re.compile(r"/Date\((-?\d+)(?:[+-]0+)?\)/")
_TIME = re.compile(r"PT(?:(\d{1,2})H)?(?:(\d{1,2})M)?(?:(\d{1,2})S)?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:Z|[+-]\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def query(path: str, options: Mapping[str, str]) -> str:
    """Path and query. A space becomes ``%20``: V4 servers read a ``+`` as a plus."""
    encoded = "&".join(f"{name}={quote(value, safe=chr(36) + chr(39) + '(),:=/')}" for name, value in options.items())
    return f"{path}?{encoded}"


@dataclass(frozen=True)
class Query:
    """How a version asks for the rows of a set, and where its answers hold what.

    Attributes:
        options: selection, expansion and order of the declared fields of an entity and its descendants.
        counted: the option that asks for the number of all rows.
        literal: an instant (UTC) in a filter.
        position_literal: the same from its text on the wire, to the last digit shown.
        rows: the rows of a page.
        total: the number of all rows, where it was asked for.
        next_link: the address of the next page, if the server names one.
    """

    options: Callable[[Entity, Sequence[str]], dict[str, str]]
    counted: dict[str, str]
    literal: Callable[[datetime], str]
    position_literal: Callable[[str], str]
    rows: Callable[[Any], Sequence[Record]]
    total: Callable[[Any], int]
    next_link: Callable[[Any], str | None]


def _select(entity: Entity) -> str:
    return ",".join(field.name for field in entity.fields)


def _v4_expand(entity: Entity) -> str:
    """All descendants, each with its own ``$select``."""
    return ",".join(
        f"{child.source}($select={_select(child)}{f';$expand={_v4_expand(child)}' if child.children else ''})"
        for child in entity.children
    )


def _v4_options(entity: Entity, order: Sequence[str]) -> dict[str, str]:
    options = {"$select": _select(entity), "$orderby": ",".join(order)}
    return options | {"$expand": _v4_expand(entity)} if entity.children else options


def _v2_options(entity: Entity, order: Sequence[str]) -> dict[str, str]:
    """V2 has one ``$select``, with paths into the children."""
    paths = [f"{child.source}/{field.name}" for child in entity.children for field in child.fields]
    options = {"$select": ",".join([_select(entity), *paths]), "$orderby": ",".join(order), "$format": "json"}
    return options | {"$expand": ",".join(child.source for child in entity.children)} if entity.children else options


def _instant_text(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _v2_literal(instant: datetime) -> str:
    return f"datetimeoffset'{_instant_text(instant)}'"


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


def _v2_instant(value: Any, field: Field) -> datetime:
    """``/Date(ms+0000)/``, UTC. Clients differ on what another offset means, so none is read as one."""
    ticks = _TICKS_OF_INSTANT.fullmatch(value)
    if not ticks:
        raise ValueError(f"{field.name} is no /Date(...+0000)/")
    return _EPOCH + timedelta(milliseconds=int(ticks[1]))


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
        Kind.INSTANT: _v2_instant,
        Kind.TIME_OF_DAY: _v2_time_of_day,
    },
    nested=_v2_nested,
    is_envelope=lambda name: name == "__metadata",
)

QUERY_V4 = Query(
    options=_v4_options,
    counted={"$count": "true"},
    literal=_instant_text,
    position_literal=str,
    rows=lambda payload: payload["value"],
    total=lambda payload: int(payload["@odata.count"]),
    next_link=lambda payload: payload.get("@odata.nextLink"),
)

QUERY_V2 = Query(
    options=_v2_options,
    counted={"$inlinecount": "allpages"},
    literal=_v2_literal,
    position_literal=lambda text: _v2_literal(_v2_instant(text, Field("position", Kind.INSTANT))),
    rows=lambda payload: payload["d"]["results"],
    total=lambda payload: int(payload["d"]["__count"]),
    next_link=lambda payload: payload["d"].get("__next"),
)
