"""What every number means: all versions of all definitions."""

from itertools import groupby

from publishing.site import figures
from publishing.site.sections import Page, text
from publishing.site.source import Result, Row, Source

DEFINITIONS_SQL = "from kpi_definition order by definition_id, definition_version desc"


def definitions(source: Source) -> Page:
    """Each definition under its id, the newest version first."""
    return definitions_page(source.read("definitions", DEFINITIONS_SQL))


def definitions_page(rows: Result) -> Page:
    """The page of these definitions, which are sorted by id and, the newest first, by version."""
    found = [(key, list(versions)) for key, versions in groupby(rows, key=lambda row: row["definition_id"])]
    return Page(
        path="definitions.html",
        title="Definitions",
        headline=f"What the numbers mean: {figures.counted(len(found), 'definition')}",
        lead="A number is never read without its definition. A changed definition is a new version; what was"
        " published under an older one stays readable.",
        sections=(),
        files=(rows,),
        template="definitions.html",
        extra={"definitions": [(key, [_version(row) for row in versions]) for key, versions in found]},
    )


def _version(row: Row) -> dict[str, str]:
    names = ("name", "unit", "grain", "formula", "population", "caveat", "owner")
    return {name: text(row.get(name)) for name in names} | {
        "version": str(row["definition_version"]),
        "valid_from": figures.day(row["valid_from"]),
    }
