"""Walks SOQL queries: the organisation keeps the result while its pages are read."""

from collections.abc import Iterator
from urllib.parse import quote

from connectors.auth import ClientCredentials
from connectors.connection import Connection
from connectors.cursor import Position, Start
from connectors.entity import Entity
from connectors.paging import Page, Tally, is_list_of_rows, position_as_instant, position_behind, why_not_asked_for
from connectors.salesforce.wire import literal, wire_format
from connectors.session import Answer, Authentication, RefusedRequest, SourceSession

API = "/services/data/v61.0"
TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 - a path
LEAST_PAGE_SIZE, GREATEST_PAGE_SIZE = 200, 2000
RESULT_IS_GONE = "INVALID_QUERY_LOCATOR"


def authentication(connection: Connection) -> Authentication:
    """An external client app: its id as login, its secret as password."""
    return ClientCredentials(connection, TOKEN_PATH)


def pages(session: SourceSession, entity: Entity, start: Start, page_size: int) -> Iterator[Page]:
    """All pages of one walk. A result that the organisation no longer keeps is asked for again behind the last row.

    Raises:
        SourceError: the source could not be read on.
        IncompleteRead: it sent less than it announced.
    """
    position = start.after if start.mode == "incremental" else None
    while True:
        try:
            for page in _query(session, entity, start, position, page_size):
                position = page.position
                yield page
        except RefusedRequest as refused:
            if refused.code != RESULT_IS_GONE:
                raise
        else:
            return


def _query(
    session: SourceSession, entity: Entity, start: Start, position: Position | None, page_size: int
) -> Iterator[Page]:
    wire = wire_format(entity)
    link = f"{API}/queryAll?q={quote(_soql(entity, start, position), safe='')}"
    batch_size = min(max(page_size, LEAST_PAGE_SIZE), GREATEST_PAGE_SIZE)
    tally = None
    while True:

        def check(answer: Answer, behind: Position | None = position) -> str | None:
            return _has_records(answer) or why_not_asked_for(
                entity, answer.payload["records"], wire, None if behind else start.since, behind
            )

        payload = session.get_json(
            link, headers={"Sforce-Query-Options": f"batchSize={batch_size}"}, check=check
        ).payload
        records = payload["records"]
        tally = tally or Tally(payload["totalSize"])
        tally.add(entity, records)
        if records:
            position = position_behind(session, entity, records, wire)
            yield Page(records, position)
        if payload["done"]:
            tally.verify(session, entity.name)
            return
        link = payload["nextRecordsUrl"]


def _soql(entity: Entity, start: Start, position: Position | None) -> str:
    changed, key = entity.order
    at = position_as_instant(entity, position, wire_format(entity))
    if position and at:
        last = position[1].replace("\\", "\\\\").replace("'", "\\'")
        where = f" WHERE ({changed} = {literal(at)} AND {key} > '{last}') OR {changed} > {literal(at)}"
    elif start.since:
        where = f" WHERE {changed} >= {literal(start.since)}"
    else:
        where = ""
    fields = ", ".join(field.name for field in entity.fields)
    return f"SELECT {fields} FROM {entity.source}{where} ORDER BY {changed}, {key}"  # noqa: S608 - SOQL, names from our table


def _has_records(answer: Answer) -> str | None:
    payload = answer.payload
    if (
        isinstance(payload, dict)
        and is_list_of_rows(payload.get("records"))
        and isinstance(payload.get("totalSize"), int)
        and (payload.get("done") is True or isinstance(payload.get("nextRecordsUrl"), str))
    ):
        return None
    return "answered without a list of records"
