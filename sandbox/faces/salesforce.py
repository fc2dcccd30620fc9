"""Salesforce REST: the token endpoint and SOQL queries over the objects of the vendor programme."""

import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from sandbox.faces.entity import Entity, Field, Kind
from sandbox.faces.exchange import Answer, Credentials, Question
from sandbox.faces.expression import EVERYTHING, Comparison, Every, Expression, Some
from sandbox.faces.salesforce_entities import OBJECTS as OFFERED
from sandbox.faces.scanner import ParseFailure, Scanner, UnknownName, WrongType, compiled
from sandbox.faces.tables import Tables
from sandbox.faces.writing import BOOLEANS, Encoding, Member, always, object_writer, quoted, text
from sandbox.source import Row

TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 (a path)
ROOT = "/services/data/v61.0/"
OBJECTS = {entity.wire_name: entity for entity in OFFERED}
CONTENT_TYPE = "application/json;charset=UTF-8"
RESOURCES = ("query", "queryAll")
BATCH_SIZES = range(200, 2_001)
DAILY_LIMIT = 15_000
KEPT_LOCATORS = 50
"""Queries whose next pages can still be asked for; a real org keeps ten per user."""
ORGANISATION = "00D000000000001AAA"
FAILURE_CODES = {429: "REQUEST_LIMIT_EXCEEDED", 500: "UNKNOWN_EXCEPTION", 503: "SERVER_UNAVAILABLE"}


def instant_text(value: datetime) -> str:
    """`2026-01-02T03:04:05.000+0000`: milliseconds, and no colon in the offset."""
    value = value.astimezone(UTC)
    return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03}+0000"


def number_text(value: Decimal) -> str:
    """The exact decimal as a JSON number with at least one digit after the point, as a Java double prints: `8.0`."""
    whole, _, fraction = format(value, "f").partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"


ENCODING: Encoding = {
    Kind.TEXT: always(text),
    Kind.DATE: always(quoted(date.isoformat)),
    Kind.INSTANT: always(quoted(instant_text)),
    Kind.DECIMAL: always(number_text),
    Kind.BOOLEAN: always(BOOLEANS.__getitem__),
}

SYMBOLS = {"=": "eq", ">": "gt", ">=": "ge"}

PATTERNS = compiled(
    {
        "SELECT": r"\s*SELECT\s+",
        "FROM": r"\s+FROM\s+",
        "WHERE": r"\s+WHERE\s+",
        "AND": r"\s+AND\s+",
        "OR": r"\s+OR\s+",
        "ORDER BY": r"\s+ORDER\s+BY\s+",
        "ASC": r"\s+ASC\b",
        "name": r"[A-Za-z][A-Za-z0-9_]*",
        "operator": r"\s*(?:>=|>|=)\s*",
        "instant": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:?\d\d)",
        "date": r"\d{4}-\d\d-\d\d(?!T)",
        "number": r"-?\d+(?:\.\d+)?(?![-\d])",
        "boolean": r"(?:true|false)\b",
        "string": r"'(?:[^'\\]|\\.)*'",
        "(": r"\s*\(\s*",
        ")": r"\s*\)",
        ",": r"\s*,\s*",
        "space": r"\s*",
    },
    re.IGNORECASE,
)

LITERALS: dict[Kind, tuple[str, Callable[[str], Any]]] = {
    Kind.TEXT: ("string", lambda written: re.sub(r"\\(.)", r"\1", written[1:-1])),
    Kind.INSTANT: ("instant", lambda written: datetime.fromisoformat(written.upper()).astimezone(UTC)),
    Kind.DATE: ("date", date.fromisoformat),
    Kind.DECIMAL: ("number", Decimal),
    Kind.BOOLEAN: ("boolean", lambda written: written.lower() == "true"),
}


@dataclass(frozen=True)
class Query:
    """A parsed SOQL statement."""

    entity: Entity
    fields: tuple[Field, ...]
    condition: Expression
    order: tuple[str, ...]


class UnknownObject(Exception):
    """The FROM clause names an object that the organisation does not have."""


def parse(soql: str) -> Query:
    """Read `SELECT fields FROM Object [WHERE condition] [ORDER BY fields]`.

    Raises:
        ParseFailure: not in the grammar; AND and OR in one list need parentheses.
        UnknownObject, UnknownName, WrongType: the object, a field, or the literal for a field.
    """
    scanner = Scanner(soql, PATTERNS)
    scanner.take("SELECT")
    names = _names(scanner)
    scanner.take("FROM")
    object_name = scanner.take("name")
    entity = OBJECTS.get(object_name)
    if entity is None:
        raise UnknownObject(object_name)
    fields = tuple(_field(entity, name, position) for name, position in names)
    condition: Expression = EVERYTHING
    if scanner.accept("WHERE") is not None:
        condition = _condition(scanner, entity)
    order: list[str] = []
    if scanner.accept("ORDER BY") is not None:
        for name, position in _names(scanner, direction=True):
            order.append(_field(entity, name, position).name)
    scanner.take("space")
    scanner.end()
    return Query(entity, fields, condition, tuple(order))


def _names(scanner: Scanner, direction: bool = False) -> list[tuple[str, int]]:
    names: list[tuple[str, int]] = []
    while True:
        position = scanner.position
        names.append((scanner.take("name"), position))
        if direction:
            scanner.accept("ASC")
        if scanner.accept(",") is None:
            return names


def _field(entity: Entity, name: str, position: int) -> Field:
    found = entity.field_named(name)
    if found is None:
        raise UnknownName(name, entity.wire_name, position)
    return found


def _condition(scanner: Scanner, entity: Entity) -> Expression:
    parts = [_single(scanner, entity)]
    for joint, join in (("AND", Every), ("OR", Some)):
        if scanner.accept(joint) is None:
            continue
        parts.append(_single(scanner, entity))
        while scanner.accept(joint) is not None:
            parts.append(_single(scanner, entity))
        return join(tuple(parts))
    return parts[0]


def _single(scanner: Scanner, entity: Entity) -> Expression:
    if scanner.accept("(") is not None:
        inside = _condition(scanner, entity)
        scanner.take(")")
        return inside
    position = scanner.position
    field = _field(entity, scanner.take("name"), position)
    operator = SYMBOLS[scanner.take("operator").strip()]
    piece, value = LITERALS[field.kind]
    written = scanner.accept(piece)
    if written is not None:
        try:
            return Comparison(field.name, operator, value(written))
        except ValueError:
            raise WrongType(field.name, written) from None
    for other, _ in LITERALS.values():
        written = scanner.accept(other)
        if written is not None:
            raise WrongType(field.name, written)
    raise scanner.failure("a literal")


@dataclass(frozen=True)
class _Snapshot:
    """The result of a query as it was when the query was asked; its pages do not change."""

    rows: Sequence[Row]
    entity: Entity
    fields: tuple[Field, ...]
    batch_size: int


class Salesforce:
    """An organisation: it issues tokens, answers queries, and remembers results for their next pages."""

    def __init__(self, tables: Tables, credentials: Credentials) -> None:
        self._tables = tables
        self._credentials = credentials
        self._tokens: set[str] = set()
        self._issued = 0
        self._requests = 0
        self._snapshots: OrderedDict[str, _Snapshot] = OrderedDict()

    def expire_tokens(self) -> None:
        """Every session ends; the next request with an old token is refused until a new one is asked for."""
        self._tokens.clear()

    def failure(self, status: int, sentence: str) -> Answer:
        """An error of this protocol. The request limit has its own code and comes as 403, not 429."""
        return self._error(403 if status == 429 else status, FAILURE_CODES.get(status, "UNKNOWN_EXCEPTION"), sentence)

    def answer(self, question: Question) -> Answer:
        """A token, a page of a query, or why not."""
        if question.path == TOKEN_PATH:
            return self._token(question)
        self._requests += 1
        scheme, _, token = question.headers.get("Authorization", "").partition(" ")
        if scheme not in ("Bearer", "OAuth") or token not in self._tokens:
            return self._error(401, "INVALID_SESSION_ID", "Session expired or invalid")
        resource, _, rest = question.path.removeprefix(ROOT).partition("/")
        if not question.path.startswith(ROOT) or resource not in RESOURCES:
            return self._error(404, "NOT_FOUND", "The requested resource does not exist")
        if question.method != "GET":
            return self._error(
                405, "METHOD_NOT_ALLOWED", f"HTTP Method '{question.method}' not allowed. Allowed are GET"
            )
        if rest:
            return self._next_page(rest)
        return self._first_page(question, with_deleted=resource == "queryAll")

    def _token(self, question: Question) -> Answer:
        if question.method != "POST":
            return self._json(405, {"error": "invalid_request", "error_description": "must use HTTP POST"})
        form = dict(parse_qsl(question.body.decode("utf-8", "replace")))
        if form.get("grant_type") != "client_credentials":
            return self._json(400, {"error": "unsupported_grant_type", "error_description": "grant type not supported"})
        if (form.get("client_id"), form.get("client_secret")) != (self._credentials.login, self._credentials.password):
            return self._json(401, {"error": "invalid_client", "error_description": "invalid client credentials"})
        self._issued += 1
        # told apart by a counter, so that the same run gives the same tokens
        token = f"{ORGANISATION[:15]}!{hashlib.sha256(f'token {self._issued}'.encode()).hexdigest()}"
        self._tokens.add(token)
        issued_at = str(self._issued * 1000)
        return self._json(
            200,
            {
                "access_token": token,
                "signature": hashlib.sha256(f"signature {self._issued}".encode()).hexdigest(),
                "scope": "api",
                "instance_url": question.origin,
                "id": f"{question.origin}/id/{ORGANISATION}/005000000000001AAA",
                "token_type": "Bearer",
                "issued_at": issued_at,
            },
        )

    def _first_page(self, question: Question, with_deleted: bool) -> Answer:
        soql = dict(parse_qsl(question.query)).get("q", "")
        try:
            query = parse(soql)
        except ParseFailure as failure:
            return self._error(
                400, "MALFORMED_QUERY", f"unexpected token: '{failure.found or '<EOF>'}' (column {failure.position})"
            )
        except UnknownObject as unknown:
            return self._error(400, "INVALID_TYPE", f"sObject type '{unknown}' is not supported.")
        except UnknownName as unknown:
            return self._error(
                400,
                "INVALID_FIELD",
                f"\n{soql}\n{' ' * unknown.position}^\nERROR at Row:1:Column:{unknown.position + 1}\n"
                f"No such column '{unknown.name}' on entity '{unknown.owner}'.",
            )
        except WrongType as wrong:
            return self._error(
                400,
                "INVALID_FIELD",
                f"value of filter criterion for field '{wrong.name}' has the wrong type: {wrong.literal}",
            )
        found = self._tables.of(query.entity).sorted_by(query.order).matching(query.condition)
        rows = [row for row in found.page(0, found.total) if with_deleted or not row["IsDeleted"]]
        snapshot = _Snapshot(rows, query.entity, query.fields, _batch_size(question))
        locator = f"01g{self._requests:012}AAA"
        if len(rows) > snapshot.batch_size:
            self._snapshots[locator] = snapshot
            if len(self._snapshots) > KEPT_LOCATORS:
                self._snapshots.popitem(last=False)
        return self._page(locator, snapshot, 0)

    def _next_page(self, locator_and_offset: str) -> Answer:
        locator, _, offset = locator_and_offset.rpartition("-")
        snapshot = self._snapshots.get(locator)
        if snapshot is None or not offset.isdigit():
            return self._error(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(locator, snapshot, int(offset))

    def _page(self, locator: str, snapshot: _Snapshot, offset: int) -> Answer:
        end = offset + snapshot.batch_size
        rows = snapshot.rows[offset:end]
        write = _record_writer(snapshot)
        envelope = [f'"totalSize":{len(snapshot.rows)}']
        if end < len(snapshot.rows):
            envelope.append(f'"done":false,"nextRecordsUrl":"{ROOT}query/{locator}-{end}"')
        else:
            envelope.append('"done":true')
        envelope.append('"records":[' + ",".join([write(row) for row in rows]) + "]")
        return Answer(200, ("{" + ",".join(envelope) + "}").encode(), CONTENT_TYPE, self._headers(), len(rows))

    def _headers(self) -> dict[str, str]:
        return {"Sforce-Limit-Info": f"api-usage={self._requests}/{DAILY_LIMIT}"}

    def _error(self, status: int, code: str, sentence: str) -> Answer:
        return self._json(status, [{"message": sentence, "errorCode": code}])

    def _json(self, status: int, body: Any) -> Answer:
        return Answer(status, json.dumps(body).encode(), CONTENT_TYPE, self._headers())


def _batch_size(question: Question) -> int:
    """The size that the client hinted at, brought into the range that the API allows."""
    for option in question.headers.get("Sforce-Query-Options", "").split(","):
        name, _, value = option.strip().partition("=")
        if name == "batchSize" and value.isdigit():
            return min(max(int(value), BATCH_SIZES[0]), BATCH_SIZES[-1])
    return BATCH_SIZES[-1]


def _record_writer(snapshot: _Snapshot) -> Callable[[Row], str]:
    kind = snapshot.entity.wire_name

    def attributes(row: Row) -> str:
        return f'{{"type":"{kind}","url":"{ROOT}sobjects/{kind}/{row["Id"]}"}}'

    return object_writer([Member("attributes", attributes)], snapshot.fields, ENCODING)
