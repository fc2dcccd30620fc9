"""Walks tables in order of change, each page asked for by the last row of the one before."""

from collections.abc import Iterator
from urllib.parse import quote

from connectors.auth import Basic
from connectors.connection import Connection
from connectors.cursor import Position, Start
from connectors.entity import Entity
from connectors.paging import Page, is_list_of_rows, position_as_instant, position_behind, why_not_asked_for
from connectors.servicenow.wire import literal, wire_format
from connectors.session import Answer, Authentication, SourceSession


def authentication(connection: Connection) -> Authentication:
    """A service account with a password."""
    return Basic(connection)


def pages(session: SourceSession, entity: Entity, start: Start, page_size: int) -> Iterator[Page]:
    """All pages of one walk.

    Rows that the account may not see make pages short, so only the announced total tells the end; a page on which it
    may see none is passed by the server's own link.

    Raises:
        SourceError: the source could not be read on.
    """
    wire = wire_format(entity)
    position = start.after if start.mode == "incremental" else None
    since = start.since if start.mode == "incremental" else None
    link = _link(entity, _query(entity, start, position), page_size)
    while True:

        def check(answer: Answer, behind: Position | None = position) -> str | None:
            return _has_result(answer) or why_not_asked_for(
                entity,
                answer.payload["result"],
                wire,
                None if behind else since and since.replace(microsecond=0),
                behind,
            )

        answer = session.get_json(link, check=check)
        rows = answer.payload["result"]
        following = answer.links.get("next")
        if rows:
            position = position_behind(session, entity, rows, wire)
            yield Page(rows, position)
        if following is None and int(answer.headers["X-Total-Count"]) <= page_size:
            return
        if rows:
            link = _link(entity, _query(entity, start, position), page_size)
        elif following:
            link = following
        else:
            session.fail(f"announced more rows of {entity.name} and gave neither them nor a link to them")


def _query(entity: Entity, start: Start, position: Position | None) -> str:
    changed, key = entity.order
    order = f"ORDERBY{changed}^ORDERBY{key}"
    at = position_as_instant(entity, position, wire_format(entity))
    if position and at:
        return f"{changed}={literal(at)}^{key}>{position[1]}^NQ{changed}>{literal(at)}^{order}"
    if start.mode == "incremental" and start.since:
        return f"{changed}>={literal(start.since)}^{order}"
    return order


def _link(entity: Entity, query: str, page_size: int) -> str:
    parameters = {
        "sysparm_query": query,
        "sysparm_fields": ",".join(field.name for field in entity.fields),
        "sysparm_limit": str(page_size),
        "sysparm_display_value": "false",
        "sysparm_exclude_reference_link": "true",
    }
    return f"{entity.source}?" + "&".join(f"{name}={quote(value, safe=',')}" for name, value in parameters.items())


def _has_result(answer: Answer) -> str | None:
    payload = answer.payload
    if not isinstance(payload, dict) or not is_list_of_rows(payload.get("result")):
        return "answered without a list of rows"
    if "error" in payload:
        return "cancelled the query in the middle of its answer"
    if not answer.headers.get("X-Total-Count", "").isdigit():
        return "answered without the header X-Total-Count"
    return None
