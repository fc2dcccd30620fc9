"""Tables of a page whose rows may lack columns that are not shared."""

from collections.abc import Sequence
from dataclasses import replace

from publishing.site.sections import Column, Table, table
from publishing.site.source import Result

ROWS_SHOWN = 12


def shared_table(
    of: Result, columns: Sequence[Column], *, caption: str, noun: str, if_empty: str, limit: int = ROWS_SHOWN
) -> Table:
    """The columns that the rows have; a count or an interval that they lack is left out beside its value."""
    known = [
        replace(
            column,
            n=column.n if column.n in of.columns else "",
            bounds=column.bounds if column.bounds and set(column.bounds) <= set(of.columns) else None,
        )
        for column in columns
        if column.key in of.columns
    ]
    return table(of, known, caption=caption, limit=limit, noun=noun, if_empty=if_empty)
