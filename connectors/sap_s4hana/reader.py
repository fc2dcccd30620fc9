"""Walks SAP's OData services: key by key through changed purchase orders, page by page through the rest."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta

from connectors import odata
from connectors.auth import Basic
from connectors.connection import Connection
from connectors.cursor import Position, Start
from connectors.entity import Entity
from connectors.paging import Page, Tally, is_list_of_rows, position_behind, why_not_asked_for
from connectors.sap_s4hana.protocol import ODATA_V4
from connectors.sap_s4hana.wire import wire_format
from connectors.session import Answer, Authentication, SourceSession

DAY = timedelta(days=1)
NO_ROWS = "answered without a list of rows"


def authentication(connection: Connection) -> Authentication:
    """A communication user with a password."""
    return Basic(connection)


def pages(session: SourceSession, entity: Entity, start: Start, page_size: int) -> Iterator[Page]:
    """All pages of one walk.

    Raises:
        SourceError: the source could not be read on.
        IncompleteRead: it sent less than it announced.
    """
    if entity.protocol == ODATA_V4:
        return _v4_full(session, entity) if start.mode == "full" else _v4_changes(session, entity, start, page_size)
    return _v2(session, entity, start)


def _v4_changes(session: SourceSession, entity: Entity, start: Start, page_size: int) -> Iterator[Page]:
    """In order of change, each page asked for by the last row of the one before: what changes meanwhile moves ahead."""
    wire = wire_format(entity)
    changed, key = entity.order
    position = start.after
    while True:
        options = _v4_options(entity, entity.order) | {"$top": str(page_size)}
        if position:
            at, last = position[0], position[1].replace("'", "''")
            options["$filter"] = f"{changed} gt {at} or ({changed} eq {at} and {key} gt '{last}')"
        elif start.since:
            options["$filter"] = f"{changed} ge {start.since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"

        def check(answer: Answer, behind: Position | None = position) -> str | None:
            return _has_rows(answer) or why_not_asked_for(
                entity, answer.payload["value"], wire, None if behind else start.since, behind
            )

        payload = session.get_json(odata.query(entity.source, options), check=check).payload
        rows = payload["value"]
        if not rows:
            return
        position = position_behind(session, entity, rows, wire)
        yield Page(rows, position)
        if len(rows) < page_size and "@odata.nextLink" not in payload:
            return


def _v4_full(session: SourceSession, entity: Entity) -> Iterator[Page]:
    link = odata.query(entity.source, _v4_options(entity, entity.key) | {"$count": "true"})
    base = session.base_url
    tally = None
    while True:
        answer = session.get_json(session.resolve(link, base), check=_has_rows)
        rows = answer.payload["value"]
        tally = tally or Tally(int(answer.payload["@odata.count"]))
        tally.add(entity, rows)
        if rows:
            yield Page(rows, None)
        if "@odata.nextLink" not in answer.payload:
            tally.verify(session, entity.name)
            return
        link, base = answer.payload["@odata.nextLink"], answer.url


def _v4_options(entity: Entity, order: Sequence[str]) -> dict[str, str]:
    options = {"$select": odata.select(entity), "$orderby": ",".join(order)}
    return options | {"$expand": odata.expand(entity)} if entity.children else options


def _v2(session: SourceSession, entity: Entity, start: Start) -> Iterator[Page]:
    """Documents are only ever added, so a walk is a range of creation days; the source cuts the pages."""
    children = [f"{child.source}/{field.name}" for child in entity.children for field in child.fields]
    options = {
        "$select": ",".join([odata.select(entity), *children]),
        "$orderby": ",".join(entity.order or entity.key),
        "$format": "json",
        "$inlinecount": "allpages",
    }
    if entity.children:
        options["$expand"] = ",".join(child.source for child in entity.children)
    since = _first_day(entity, start)
    if since:
        options["$filter"] = f"{entity.order[0]} ge datetime'{since:%Y-%m-%dT%H:%M:%S}'"
    link = odata.query(entity.source, options)
    tally = None
    while True:
        answer = session.get_json(link, check=_has_results)
        body = answer.payload["d"]
        rows = body["results"]
        tally = tally or Tally(int(body["__count"]))
        tally.add(entity, rows)
        if rows:
            yield Page(rows, position_behind(session, entity, rows, wire_format(entity)) if entity.order else None)
        if "__next" not in body:
            tally.verify(session, entity.name)
            return
        link = body["__next"]


def _first_day(entity: Entity, start: Start) -> datetime | None:
    """An interrupted walk goes on with the day that it was in; a finished one reaches back by a day at least."""
    if start.mode == "full":
        return None
    if start.after:
        field = entity.field(entity.order[0])
        day = wire_format(entity).decoders[field.kind](start.after[0], field)
        return datetime.combine(day, time.min, UTC)
    return datetime.combine(start.since - DAY, time.min, UTC) if start.since else None


def _has_rows(answer: Answer) -> str | None:
    payload = answer.payload
    return None if isinstance(payload, dict) and is_list_of_rows(payload.get("value")) else NO_ROWS


def _has_results(answer: Answer) -> str | None:
    body = answer.payload.get("d") if isinstance(answer.payload, dict) else None
    return None if isinstance(body, dict) and is_list_of_rows(body.get("results")) else NO_ROWS
