"""ServiceNow Table API: tickets and their targets, histories of states, configuration items and outages."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from sandbox.faces.entity import Entity, Field, Kind
from sandbox.faces.exchange import Answer, Credentials, Question, has_basic_credentials
from sandbox.faces.expression import Comparison, Every, Expression, Some
from sandbox.faces.servicenow_entities import TABLES as OFFERED
from sandbox.faces.tables import Sorted, Table, Tables
from sandbox.faces.writing import Encoding, Write, always, object_writer, quoted, text
from sandbox.source import Row

ROOT = "/api/now/table/"
TABLES = {entity.wire_name: entity for entity in OFFERED}
PAGE_LIMIT = 10_000
PARAMETERS = (
    "sysparm_query", "sysparm_fields", "sysparm_limit", "sysparm_offset", "sysparm_display_value",
    "sysparm_exclude_reference_link", "sysparm_suppress_pagination_header",
)  # fmt: skip
SYMBOLS = {">=": "ge", ">": "gt", "=": "eq"}
TERM = re.compile(r"(?P<field>[a-z_][a-z0-9_.]*)(?P<symbol>>=|>|=)(?P<value>.*)", re.DOTALL)
INSTANT_FORMAT = "%Y-%m-%d %H:%M:%S"


class BadQuery(Exception):
    """A parameter, or a part of the encoded query, that the sandbox does not answer."""


def instant_text(value: datetime) -> str:
    """`2026-01-02 03:04:05`: UTC without saying so."""
    return value.astimezone(UTC).strftime(INSTANT_FORMAT)


def duration_text(seconds: int) -> str:
    """`1970-01-01 01:30:00` for an hour and a half: a span is an instant counted from the epoch."""
    return instant_text(datetime.fromtimestamp(seconds, UTC))


PLAIN: Encoding = {
    Kind.TEXT: always(text),
    Kind.REFERENCE: always(text),
    Kind.BOOLEAN: always({True: '"true"', False: '"false"'}.__getitem__),
    Kind.INTEGER: always(quoted(int.__repr__)),
    Kind.INSTANT: always(quoted(instant_text)),
    Kind.DURATION: always(quoted(duration_text)),
}
"""All values are strings; null is the empty string."""

OF_TEXT: dict[Kind, Callable[[str], Any]] = {
    Kind.TEXT: str,
    Kind.REFERENCE: str,
    Kind.BOOLEAN: lambda written: {"true": True, "false": False}[written],
    Kind.INTEGER: int,
    Kind.INSTANT: lambda written: datetime.strptime(written, INSTANT_FORMAT).replace(tzinfo=UTC),
    Kind.DURATION: lambda written: int(datetime.strptime(written, INSTANT_FORMAT).replace(tzinfo=UTC).timestamp()),
}


@dataclass(frozen=True)
class EncodedQuery:
    """A parsed `sysparm_query`."""

    condition: Expression
    order: tuple[str, ...]


def parse(encoded: str, entity: Entity) -> EncodedQuery:
    """Read terms joined by `^`, alternatives joined by `^NQ`, and `ORDERBY` terms.

    A term or order on an unknown field is dropped and the rest runs, as the real server does unless it is configured
    otherwise. Orders count only in the last alternative.

    Raises:
        BadQuery: an operator that the sandbox does not know, or a value that does not fit its field.
    """
    alternatives: list[Expression] = []
    order: list[str] = []
    for alternative in encoded.split("^NQ"):
        order.clear()
        terms: list[Expression] = []
        for term in filter(None, alternative.split("^")):
            if term.startswith("ORDERBY"):
                if entity.field_named(term.removeprefix("ORDERBY")):
                    order.append(term.removeprefix("ORDERBY"))
                continue
            comparison = _term(term, entity)
            if comparison is not None:
                terms.append(comparison)
        alternatives.append(Every(tuple(terms)))
    return EncodedQuery(alternatives[0] if len(alternatives) == 1 else Some(tuple(alternatives)), tuple(order))


def _term(term: str, entity: Entity) -> Comparison | None:
    found = TERM.fullmatch(term)
    if found is None:
        raise BadQuery(f"the sandbox does not answer the term '{term}' of sysparm_query")
    field = entity.field_named(found["field"])
    if field is None:
        return None
    try:
        value = OF_TEXT[field.kind](found["value"])
    except (ValueError, KeyError):
        raise BadQuery(f"'{found['value']}' does not fit the field {field.name}") from None
    return Comparison(field.name, SYMBOLS[found["symbol"]], value)


class ServiceNow:
    """The tables of an instance."""

    def __init__(self, tables: Tables, credentials: Credentials) -> None:
        self._tables = tables
        self._credentials = credentials
        self._requests = 0

    def failure(self, status: int, sentence: str, detail: str = "") -> Answer:
        """An error of this protocol."""
        body = {"error": {"message": sentence, "detail": detail}, "status": "failure"}
        return Answer(status, json.dumps(body).encode(), "application/json;charset=UTF-8")

    def answer(self, question: Question) -> Answer:
        """A page of the table, or why not."""
        self._requests += 1
        if not has_basic_credentials(question, self._credentials):
            refused = self.failure(401, "User Not Authenticated", "Required to provide Auth information")
            return replace(refused, headers={"WWW-Authenticate": 'BASIC realm="Service-now"'})
        name = question.path.removeprefix(ROOT)
        entity = TABLES.get(name)
        if entity is None:
            return self.failure(400, f"Invalid table {name}")
        if question.method != "GET":
            return self.failure(405, "Method not allowed", f"{question.method}: the sandbox is read-only")
        try:
            return self._page(question, entity)
        except BadQuery as bad:
            return self.failure(400, "Invalid query", str(bad))

    def _page(self, question: Question, entity: Entity) -> Answer:
        given = dict(parse_qsl(question.query, keep_blank_values=True))
        for parameter in given:
            if parameter not in PARAMETERS:
                raise BadQuery(f"the sandbox does not answer the parameter {parameter}")
        if given.get("sysparm_display_value", "false") != "false":
            raise BadQuery("the sandbox answers only sysparm_display_value=false")
        query = parse(given.get("sysparm_query", ""), entity)
        limit = min(_number(given, "sysparm_limit", PAGE_LIMIT), PAGE_LIMIT)
        offset = _number(given, "sysparm_offset", 0)
        found = self._ordered(entity, query.order).matching(query.condition)
        rows = found.page(offset, limit)
        headers = {"X-Total-Count": str(found.total)}
        if found.total > limit and given.get("sysparm_suppress_pagination_header") != "true":
            headers["Link"] = _links(question, given, offset, limit, found.total)
        write = _record_writer(given, entity, question.origin)
        body = '{"result":[' + ",".join([write(row) for row in rows]) + "]}"
        return Answer(200, body.encode(), "application/json;charset=UTF-8", headers, len(rows))

    def _ordered(self, entity: Entity, order: tuple[str, ...]) -> Sorted:
        """The rows in the order asked for; rows that it leaves tied come in another order at each request."""
        table = self._tables.of(entity)
        if set(entity.keys) <= set(order):
            return table.sorted_by(order)
        request = str(self._requests)

        def draw(row: Row) -> bytes:
            key = "/".join(str(row[name]) for name in entity.keys)
            return hashlib.blake2b(f"{request} {key}".encode(), digest_size=8).digest()

        return Table(entity, sorted(table.rows, key=draw)).sorted_by(order)


def _number(given: dict[str, str], parameter: str, default: int) -> int:
    value = given.get(parameter, str(default))
    if not (value.isascii() and value.isdigit()):
        raise BadQuery(f"{parameter} is '{value}', not a number")
    return int(value)


def _links(question: Question, given: dict[str, str], offset: int, limit: int, total: int) -> str:
    """The Link header: `next` only while rows follow, `prev` only after the first page."""
    offsets = {"first": 0, "last": (total - 1) // limit * limit if limit else 0}
    if offset + limit < total:
        offsets = {"next": offset + limit, **offsets}
    if offset > 0:
        offsets["prev"] = max(0, offset - limit)

    def url(at: int) -> str:
        parameters = {**given, "sysparm_limit": str(limit), "sysparm_offset": str(at)}
        return f"{question.origin}{question.path}?{urlencode(parameters, quote_via=quote)}"

    return ",".join(f'<{url(at)}>;rel="{relation}"' for relation, at in offsets.items())


def _record_writer(given: dict[str, str], entity: Entity, origin: str) -> Callable[[Row], str]:
    """Writes the fields that were asked for and exist; an unknown field is left out without a word."""
    names = given.get("sysparm_fields", "")
    asked = list(_existing(names, entity)) if names else [field for field in entity.fields if "." not in field.name]
    plain = given.get("sysparm_exclude_reference_link") == "true"
    encoding = PLAIN if plain else {**PLAIN, Kind.REFERENCE: lambda field: _reference_writer(field, origin)}
    return object_writer([], asked, encoding, null='""')


def _reference_writer(field: Field, origin: str) -> Write:
    """A reference as link and value; an empty one is an empty string."""

    def write(value: str) -> str:
        link = f"{origin}{ROOT}{field.target}/{value}"
        return f'{{"link":{text(link)},"value":{text(value)}}}' if value else '""'

    return write


def _existing(names: str, entity: Entity) -> Iterator[Field]:
    for name in names.split(","):
        field = entity.field_named(name.strip())
        if field is not None:
            yield field
