"""SAP S/4HANA, OData V2: all that is not a purchase order."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from urllib.parse import unquote_plus

from sandbox.faces.entity import Entity, Field, Kind
from sandbox.faces.exchange import Answer, Credentials, Question, has_basic_credentials
from sandbox.faces.odata import (
    PIECES,
    BadOption,
    Dialect,
    Literal,
    Options,
    Shape,
    Window,
    options,
    parsed,
    string_value,
)
from sandbox.faces.sap_entities import SERVICES
from sandbox.faces.scanner import ParseFailure, UnknownName, WrongType, compiled
from sandbox.faces.tables import Tables
from sandbox.faces.writing import BOOLEANS, Encoding, Member, Write, always, array_writer, object_writer, quoted, text
from sandbox.source import Row

ROOT = "/sap/opu/odata/sap/"
OPTIONS = (
    "$select", "$expand", "$filter", "$orderby", "$top", "$skip", "$inlinecount", "$skiptoken", "$format",
)  # fmt: skip
HEADERS = {"dataserviceversion": "2.0"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND_PER_DAY = 86_400_000
ERROR_CODES = {
    400: "/IWBEP/CM_MGW_RT/020",
    401: "/IWFND/CM_MGW/099",
    404: "/IWBEP/CM_MGW_RT/004",
    405: "/IWBEP/CM_MGW_RT/013",
}


def date_text(value: date) -> str:
    """`/Date(1762300800000)/`: milliseconds of the day's start, without a zone."""
    return f"/Date({(value - EPOCH.date()).days * MILLISECOND_PER_DAY})/"


def instant_text(value: datetime) -> str:
    """`/Date(1762359330464+0000)/`: whole milliseconds, the offset in minutes."""
    return f"/Date({(value - EPOCH) // timedelta(milliseconds=1)}+0000)/"


def time_text(value: str | time) -> str:
    """`PT11H22M33S`, from a time or its ISO text."""
    at = time.fromisoformat(value) if isinstance(value, str) else value
    return f"PT{at.hour:02}H{at.minute:02}M{at.second:02}S"


def _decimal_writer(field: Field) -> Write:
    """A decimal as a string, padded to the declared scale: `"12.500"`. Digits beyond the scale are never cut."""

    def write(value: Decimal) -> str:
        whole, _, fraction = format(value, "f").partition(".")
        return f'"{whole}.{fraction:0<{field.scale}}"' if field.scale else f'"{value:f}"'

    return write


ENCODING: Encoding = {
    Kind.TEXT: always(text),
    Kind.DATE: always(quoted(date_text)),
    Kind.TIME: always(quoted(time_text)),
    Kind.INSTANT: always(quoted(instant_text)),
    Kind.DECIMAL: _decimal_writer,
    Kind.BOOLEAN: always(BOOLEANS.__getitem__),
}

PATTERNS = compiled(
    PIECES
    | {
        "datetimeoffset": r"datetimeoffset'[^']*'",
        "datetime": r"datetime'[^']*'",
        "time": r"time'[^']*'",
        "number": r"-?\d+(?:\.\d+)?[mM]",
    }
)


def _date(written: str) -> date:
    return datetime.fromisoformat(written.removeprefix("datetime").strip("'")).date()


def _instant(written: str) -> datetime:
    at = datetime.fromisoformat(written.removeprefix("datetimeoffset").strip("'"))
    if at.tzinfo is None:
        raise ValueError("an instant has an offset")
    return at.astimezone(UTC)


def _time(written: str) -> str:
    return datetime.strptime(written.removeprefix("time").strip("'"), "PT%HH%MM%SS").strftime("%H:%M:%S")  # noqa: DTZ007 (a time of day)


DIALECT = Dialect(
    patterns=PATTERNS,
    literals={
        Kind.TEXT: (Literal("string", string_value),),
        Kind.DATE: (Literal("datetime", _date),),
        Kind.TIME: (Literal("time", _time, str),),
        Kind.INSTANT: (Literal("datetimeoffset", _instant),),
        Kind.DECIMAL: (Literal("number", lambda written: Decimal(written[:-1])),),
        Kind.BOOLEAN: (Literal("boolean", lambda written: written == "true"),),
    },
)


@dataclass(frozen=True)
class _Place:
    """An entity set and where it lies."""

    service: str
    name: str
    entity: Entity
    url: str


class SapODataV2:
    """All V2 services. `page_limit` is the most rows that one page holds."""

    def __init__(self, tables: Tables, credentials: Credentials, page_limit: int) -> None:
        self._tables = tables
        self._credentials = credentials
        self._page_limit = page_limit

    def failure(self, status: int, sentence: str) -> Answer:
        """An error of this protocol."""
        body = {
            "error": {
                "code": ERROR_CODES.get(status, "/IWBEP/CM_MGW_RT/000"),
                "message": {"lang": "en", "value": sentence},
                "innererror": {
                    "application": {"component_id": "", "service_namespace": "/SAP/", "service_version": "0001"},
                    "transactionid": hashlib.sha256(sentence.encode()).hexdigest()[:32].upper(),
                    "timestamp": "",
                    "errordetails": [],
                },
            }
        }
        return Answer(status, json.dumps(body).encode(), headers=HEADERS)

    def answer(self, question: Question) -> Answer:
        """A page of an entity set, or why not."""
        if not has_basic_credentials(question, self._credentials):
            refused = self.failure(401, "Logon failed")
            return Answer(401, refused.body, headers={**HEADERS, "WWW-Authenticate": 'Basic realm="SAP NetWeaver"'})
        if question.method != "GET":
            return self.failure(405, f"Method {question.method} is not allowed: the service is read-only.")
        service, _, name = question.path.removeprefix(ROOT).partition("/")
        entity = SERVICES.get(service, {}).get(name)
        if service not in SERVICES:
            return self.failure(404, f"No service found for namespace '', name '{service}', version '0001'")
        if entity is None:
            return self.failure(404, f"Resource not found for the segment '{name}'")
        place = _Place(service, name, entity, f"{question.origin}{ROOT}{service}/")
        try:
            return self._page(question, place)
        except ParseFailure as failure:
            return self.failure(400, f"Invalid expression at position {failure.position}: {failure}")
        except UnknownName as unknown:
            return self.failure(400, f'Property "{unknown.name}" does not exist in {service}.{unknown.owner}Type')
        except WrongType as wrong:
            return self.failure(400, f"The literal {wrong.literal} does not fit the type of property {wrong.name}")
        except BadOption as bad:
            return self.failure(400, str(bad))

    def _page(self, question: Question, place: _Place) -> Answer:
        given = options(question.query, OPTIONS, unquote_plus)
        if given.choice("$format", ("json",)) is None and "json" not in question.headers.get("Accept", ""):
            return self.failure(406, "Without $format=json the service writes Atom, which this sandbox does not speak")
        condition, order = parsed(given, place.entity, DIALECT)
        write = _document_writer(_shape(given, place.entity), place)
        counted = given.choice("$inlinecount", ("allpages", "none")) == "allpages"
        window = _window(given)
        found = self._tables.of(place.entity).sorted_by(order).matching(condition)
        rows = found.page(window.offset, window.size(self._page_limit))
        following = window.after(rows, self._page_limit)
        envelope = ['"results":[' + ",".join([write(row) for row in rows]) + "]"]
        if counted:
            envelope.append(f'"__count":"{found.total}"')
        if following is not None:
            kept = [part for part in question.query.split("&") if unquote_plus(part.partition("=")[0]) != "$skiptoken"]
            link = f"{place.url}{place.name}?{'&'.join((*kept, f'$skiptoken={following.offset}'))}"
            envelope.append(f'"__next":{text(link)}')
        return Answer(200, ('{"d":{' + ",".join(envelope) + "}}").encode(), headers=HEADERS, rows=len(rows))


def _window(given: Options) -> Window:
    """The next link keeps `$top` and `$skip`; its token counts rows from the start of the set."""
    top, skip = given.number("$top"), given.number("$skip") or 0
    offset = given.number("$skiptoken")
    if offset is None:
        return Window(skip, top)
    return Window(offset, None if top is None else max(0, top - (offset - skip)))


def _shape(given: Options, entity: Entity) -> Shape:
    """What `$select` and `$expand` ask for.

    V2 returns an expanded navigation property only if `$select` names it too, so to expand without it is refused.
    """
    expanded = _names(given, "$expand")
    for name in expanded or ():
        if name not in entity.children:
            raise UnknownName(name, entity.wire_name)
    selected = _names(given, "$select")
    if selected is None:
        return Shape(entity, None, {name: Shape(entity.children[name]) for name in expanded or ()})
    inner: dict[str, list[Field] | None] = {}
    fields: list[Field] = []
    for path in selected:
        name, _, rest = path.partition("/")
        if name in entity.children:
            child = inner.setdefault(name, [] if rest else None)
            if rest and child is not None:
                child.append(_field(entity.children[name], rest))
        else:
            fields.append(_field(entity, path))
    for name in expanded or ():
        if name not in inner:
            raise BadOption(f"Navigation property {name} is expanded but not in $select, so it would not come back")
    shapes = {}
    for name in expanded or ():
        chosen = inner[name]
        shapes[name] = Shape(entity.children[name], None if chosen is None else tuple(chosen))
    return Shape(entity, tuple(fields), shapes)


def _names(given: Options, option: str) -> list[str] | None:
    value = given.values.get(option)
    return None if value is None else [name.strip() for name in value.split(",")]


def _field(entity: Entity, name: str) -> Field:
    found = entity.field_named(name)
    if found is None:
        raise UnknownName(name, entity.wire_name)
    return found


def _document_writer(shape: Shape, place: _Place) -> Callable[[Row], str]:
    entity = shape.entity
    navigation: list[Member] = []
    for name in entity.children:
        if name in shape.expanded:
            write = array_writer(name, _document_writer(shape.expanded[name], place))
            navigation.append(Member(name, _results(write)))
        elif shape.selected is None:
            navigation.append(Member(name, _deferred(entity, name, place)))
    return object_writer([Member("__metadata", _metadata(entity, place))], shape.fields(), ENCODING, navigation)


def _results(write: Callable[[Row], str]) -> Callable[[Row], str]:
    return lambda row: '{"results":' + write(row) + "}"


def _address(entity: Entity, place: _Place) -> Callable[[Row], str]:
    """The absolute URL of one document."""

    def address(row: Row) -> str:
        if len(entity.keys) == 1:
            predicate = f"'{row[entity.keys[0]]}'"
        else:
            predicate = ",".join([f"{key}={_key_literal(row[key])}" for key in entity.keys])
        return f"{place.url}{entity.wire_name}({predicate})"

    return address


def _key_literal(value: str | date) -> str:
    return f"datetime'{value:%Y-%m-%dT00%%3A00%%3A00}'" if isinstance(value, date) else f"'{value}'"


def _metadata(entity: Entity, place: _Place) -> Callable[[Row], str]:
    address, kind = _address(entity, place), text(f"{place.service}.{entity.wire_name}Type")

    def write(row: Row) -> str:
        uri = text(address(row))
        return f'{{"id":{uri},"uri":{uri},"type":{kind}}}'

    return write


def _deferred(entity: Entity, name: str, place: _Place) -> Callable[[Row], str]:
    address = _address(entity, place)
    return lambda row: f'{{"__deferred":{{"uri":{text(f"{address(row)}/{name}")}}}}}'
