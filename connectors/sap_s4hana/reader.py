"""Walks SAP's OData services: key by key through what has changed, page by page through the rest."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from connectors import odata
from connectors.auth import Basic
from connectors.connection import Connection
from connectors.cursor import Position, Start
from connectors.entity import Entity, Kind
from connectors.paging import Page, Tally, is_list_of_rows, position_behind, why_not_asked_for
from connectors.sap_s4hana.protocol import ODATA_V2, ODATA_V4
from connectors.sap_s4hana.wire import wire_format
from connectors.session import Answer, Authentication, SourceSession

DAY = timedelta(days=1)
_VERSIONS = {ODATA_V4: odata.QUERY_V4, ODATA_V2: odata.QUERY_V2}


def authentication(connection: Connection) -> Authentication:
    """A communication user with a password."""
    return Basic(connection)


def pages(session: SourceSession, entity: Entity, start: Start, page_size: int) -> Iterator[Page]:
    """All pages of one walk.

    Raises:
        SourceError: the source could not be read on.
        IncompleteRead: it sent less than it announced.
    """
    if start.mode == "incremental" and entity.field(entity.order[0]).kind is Kind.INSTANT:
        return _changes(session, entity, start, page_size)
    return _range(session, entity, start)


def _changes(session: SourceSession, entity: Entity, start: Start, page_size: int) -> Iterator[Page]:
    """In order of change, each page asked for by the last row of the one before: what changes meanwhile moves ahead."""
    wire, version = wire_format(entity), _VERSIONS[entity.protocol]
    changed, key = entity.order
    position = start.after
    while True:
        options = version.options(entity, entity.order) | {"$top": str(page_size)}
        if position:
            at, last = version.position_literal(position[0]), position[1].replace("'", "''")
            options["$filter"] = f"{changed} gt {at} or ({changed} eq {at} and {key} gt '{last}')"
        elif start.since:
            options["$filter"] = f"{changed} ge {version.literal(start.since)}"

        def check(answer: Answer, behind: Position | None = position) -> str | None:
            problem = _no_rows(version, answer)
            if problem:
                return problem
            rows = version.rows(answer.payload)
            if rows and len(rows) < page_size and behind == tuple(rows[-1].get(name) for name in entity.order):
                # V2 shows milliseconds and may compare finer, so the row that the walk stood at comes once more
                rows = rows[:-1]
            return why_not_asked_for(entity, rows, wire, None if behind else start.since, behind)

        payload = session.get_json(odata.query(entity.source, options), check=check).payload
        rows = version.rows(payload)
        if not rows:
            return
        position = position_behind(session, entity, rows, wire)
        yield Page(rows, position)
        if len(rows) < page_size and version.next_link(payload) is None:
            return


def _range(session: SourceSession, entity: Entity, start: Start) -> Iterator[Page]:
    """All rows, or those of documents that are only ever added from a creation day on; the source cuts the pages."""
    wire, version = wire_format(entity), _VERSIONS[entity.protocol]
    # full reads are ordered by key, except where the order is the cursor of the next, incremental one
    by_day = bool(entity.order) and entity.field(entity.order[0]).kind is Kind.DATE
    options = version.options(entity, entity.order if by_day else entity.key) | version.counted
    since = _first_day(entity, start)
    if since:
        options["$filter"] = f"{entity.order[0]} ge datetime'{since:%Y-%m-%dT%H:%M:%S}'"
    link, base = odata.query(entity.source, options), session.base_url
    tally = None
    while True:
        answer = session.get_json(session.resolve(link, base), check=lambda answer: _no_rows(version, answer))
        rows = version.rows(answer.payload)
        tally = tally or Tally(version.total(answer.payload))
        tally.add(entity, rows)
        if rows:
            yield Page(rows, position_behind(session, entity, rows, wire) if by_day else None)
        following = version.next_link(answer.payload)
        if following is None:
            tally.verify(session, entity.name)
            return
        link, base = following, answer.url


def _first_day(entity: Entity, start: Start) -> datetime | None:
    """An interrupted walk goes on with the day that it was in; a finished one reaches back by a day at least."""
    if start.mode == "full":
        return None
    if start.after:
        field = entity.field(entity.order[0])
        day = wire_format(entity).decoders[field.kind](start.after[0], field)
        return datetime.combine(day, time.min, UTC)
    return datetime.combine(start.since - DAY, time.min, UTC) if start.since else None


def _no_rows(version: odata.Query, answer: Answer) -> str | None:
    try:
        found = is_list_of_rows(version.rows(answer.payload))
    except (TypeError, KeyError):
        found = False
    return None if found else "answered without a list of rows"
