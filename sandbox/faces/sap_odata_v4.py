"""SAP S/4HANA, OData V4: purchase orders with their items and schedule lines."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import parse_qs, quote, unquote

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
    property_named,
    string_value,
)
from sandbox.faces.sap_entities import PURCHASE_ORDER
from sandbox.faces.scanner import ParseFailure, Scanner, UnknownName, WrongType, compiled
from sandbox.faces.tables import Tables
from sandbox.faces.writing import BOOLEANS, Encoding, Member, always, array_writer, object_writer, quoted, text
from sandbox.source import Row

_T = TypeVar("_T")

ROOT = "/sap/opu/odata4/sap/api_purchaseorder_2/srvd_a2x/sap/purchaseorder/0001/"
NAMESPACE = "com.sap.gateway.srvd_a2x.api_purchaseorder_2.v0001"
ENTITY_SETS = {"PurchaseOrder": PURCHASE_ORDER}
OPTIONS = ("$select", "$expand", "$filter", "$orderby", "$top", "$skip", "$count", "$skiptoken", "$format")
PAGING_OPTIONS = ("$top", "$skip", "$skiptoken")
HEADERS = {"OData-Version": "4.0"}
CONTENT_TYPE = "application/json;odata.metadata=minimal;charset=utf-8"


def instant_text(value: datetime) -> str:
    """`2026-01-10T08:00:00.0000000Z`: the service declares seven digits."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def number_text(value: Decimal) -> str:
    """The exact decimal without trailing zeros: `78`, `36.53`."""
    written = format(value, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


ENCODING: Encoding = {
    Kind.TEXT: always(text),
    Kind.DATE: always(quoted(date.isoformat)),
    Kind.INSTANT: always(quoted(instant_text)),
    Kind.DECIMAL: always(number_text),
    Kind.BOOLEAN: always(BOOLEANS.__getitem__),
}

PATTERNS = compiled(
    PIECES
    | {
        "instant": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:Z|[+-]\d\d:\d\d)",
        "date": r"\d{4}-\d\d-\d\d(?!T)",
        "number": r"-?\d+(?:\.\d+)?(?![-\d])",
        "=": r"=",
        ";": r";",
        "$select or $expand": r"\$(?:select|expand)\b",
    }
)


DIALECT = Dialect(
    patterns=PATTERNS,
    literals={
        Kind.TEXT: (Literal("string", string_value),),
        # a quoted date is taken as a text and compared with the text on the wire, as real servers do
        Kind.INSTANT: (Literal("instant", datetime.fromisoformat), Literal("string", string_value, instant_text)),
        Kind.DATE: (Literal("date", date.fromisoformat), Literal("string", string_value, date.isoformat)),
        Kind.DECIMAL: (Literal("number", Decimal),),
        Kind.BOOLEAN: (Literal("boolean", lambda written: written == "true"),),
    },
)


class SapODataV4:
    """The purchase order service. `page_limit` is the most rows that one page holds, whatever `$top` asks for."""

    def __init__(self, tables: Tables, credentials: Credentials, page_limit: int) -> None:
        self._tables = tables
        self._credentials = credentials
        self._page_limit = page_limit

    def failure(self, status: int, sentence: str) -> Answer:
        """An error of this protocol."""
        body = {"error": {"message": sentence, "code": str(status), "@Common.numericSeverity": 4}}
        return Answer(status, json.dumps(body).encode(), CONTENT_TYPE, HEADERS)

    def answer(self, question: Question) -> Answer:
        """A page of an entity set, or why not."""
        if not has_basic_credentials(question, self._credentials):
            refused = self.failure(401, "Unauthorized")
            return Answer(
                401, refused.body, CONTENT_TYPE, {**HEADERS, "WWW-Authenticate": 'Basic realm="SAP NetWeaver"'}
            )
        if question.method != "GET":
            return self.failure(405, f"Method {question.method} is not allowed: the service is read-only")
        name = question.path.removeprefix(ROOT)
        entity = ENTITY_SETS.get(name)
        if entity is None:
            return self.failure(404, f'Invalid resource path "{name}"')
        try:
            return self._page(question, name, entity)
        except ParseFailure as failure:
            return self.failure(400, f"Parsing URL failed at position {failure.position}: {failure}")
        except UnknownName as unknown:
            return self.failure(400, f'Property "{unknown.name}" does not exist in {NAMESPACE}.{unknown.owner}')
        except WrongType as wrong:
            return self.failure(400, f"The literal {wrong.literal} does not fit the type of property {wrong.name}")
        except BadOption as bad:
            return self.failure(400, str(bad))

    def _page(self, question: Question, name: str, entity: Entity) -> Answer:
        given = options(question.query, OPTIONS, unquote, prefix=f"{name}?")
        condition, order = parsed(given, entity, DIALECT)
        write = _document_writer(_shape(given, entity))
        given.choice("$format", ("json",))
        counted = given.choice("$count", ("true", "false")) == "true"
        window = _window(given)
        found = self._tables.of(entity).sorted_by(order).matching(condition)
        rows = found.page(window.offset, window.size(self._page_limit))
        following = window.after(rows, self._page_limit)
        envelope = [f'"@odata.context":{text("$metadata#" + name)}']
        if counted:
            envelope.append(f'"@odata.count":{found.total}')
        if following is not None:
            envelope.append(f'"@odata.nextLink":{text(_next_link(name, given, following))}')
        envelope.append('"value":[' + ",".join([write(row) for row in rows]) + "]")
        return Answer(200, ("{" + ",".join(envelope) + "}").encode(), CONTENT_TYPE, HEADERS, len(rows))


def _window(given: Options) -> Window:
    top, skip, token = given.number("$top"), given.number("$skip"), given.values.get("$skiptoken")
    if token is None:
        return Window(skip or 0, top)
    try:
        held = parse_qs(base64.b64decode(token, validate=True).decode(), strict_parsing=True)
        return Window(int(held["$offset"][0]), int(held["$rows"][0]) if "$rows" in held else None)
    except (binascii.Error, ValueError, KeyError):
        raise BadOption(f"Invalid value '{token}' for query option $skiptoken") from None


def _next_link(name: str, given: Options, window: Window) -> str:
    """The rest of the walk, relative to the service root; the token is opaque and keeps what `$top` still wants."""
    rows = "" if window.wanted is None else f"$rows={window.wanted}&"
    token = base64.b64encode(f"{rows}$offset={window.offset}".encode()).decode()
    kept = {key: value for key, value in given.values.items() if key not in PAGING_OPTIONS}
    pairs = [*kept.items(), ("$skiptoken", token)]
    return f"{name}?" + "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in pairs)


def _shape(given: Options, entity: Entity) -> Shape:
    """What `$select` and `$expand` ask for, with positions counted in the whole decoded request."""
    return Shape(
        entity,
        _option(given, "$select", lambda scanner: _selection(scanner, entity)),
        _option(given, "$expand", lambda scanner: _expansion(scanner, entity)) or {},
    )


def _option(given: Options, name: str, read: Callable[[Scanner], _T]) -> _T | None:
    """Read a whole option, if it was given."""
    if name not in given.values:
        return None
    scanner = Scanner(given.values[name], PATTERNS)
    try:
        value = read(scanner)
        scanner.end('","')
    except ParseFailure as failure:
        failure.position += given.starts[name]
        raise
    return value


def _selection(scanner: Scanner, entity: Entity) -> tuple[Field, ...]:
    fields = [property_named(scanner, entity)]
    while scanner.accept(",") is not None:
        fields.append(property_named(scanner, entity))
    return tuple(fields)


def _expansion(scanner: Scanner, entity: Entity) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    while True:
        name = scanner.take("property name")
        if name not in entity.children:
            raise UnknownName(name, entity.wire_name)
        shapes[name] = _nested(scanner, entity.children[name])
        if scanner.accept(",") is None:
            return shapes


def _nested(scanner: Scanner, entity: Entity) -> Shape:
    """The options in parentheses behind an expanded navigation property."""
    selected: tuple[Field, ...] | None = None
    expanded: Mapping[str, Shape] = {}
    if scanner.accept("(") is None:
        return Shape(entity)
    while True:
        option = scanner.take("$select or $expand")
        scanner.take("=")
        if option == "$select":
            selected = _selection(scanner, entity)
        else:
            expanded = _expansion(scanner, entity)
        if scanner.accept(";") is None:
            break
    scanner.take(")")
    return Shape(entity, selected, expanded)


def _document_writer(shape: Shape) -> Callable[[Row], str]:
    """Writes a document; keys and the field behind the etag come back even if they were not selected."""
    entity = shape.entity
    asked = {field.name for field in shape.fields()} | set(entity.keys) | {entity.change_field}
    return object_writer(
        [Member("@odata.etag", _etag(entity.change_field))] if entity.change_field else [],
        [field for field in entity.fields if field.name in asked],
        ENCODING,
        [Member(name, array_writer(name, _document_writer(child))) for name, child in shape.expanded.items()],
    )


def _etag(field: str) -> Callable[[Row], str]:
    def write(row: Row) -> str:
        value: Any = row[field]
        return text(f'W/"{instant_text(value)}"') if isinstance(value, datetime) else "null"

    return write
