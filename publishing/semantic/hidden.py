"""Which columns a tool keeps out of its list of fields."""

import re
from collections.abc import Sequence

from publishing.semantic.contract import Table
from publishing.semantic.measures import Measure
from publishing.semantic.pages import PAGES

_COLUMN = re.compile(r"(\w+)\[(\w+)\]")
_TECHNICAL = re.compile(r".*_key|connection_id|crm_account_id|order_bucket")


def columns_on_pages() -> frozenset[tuple[str, str]]:
    """Every column that a visual shows, as (mart, column)."""
    names = [name for page in PAGES for one in page.visuals for name in (one.by, one.across, *one.values)]
    return frozenset((match[1], match[2]) for name in names if (match := _COLUMN.fullmatch(name)))


def hidden_columns(table: Table, measures: Sequence[Measure]) -> frozenset[str]:
    """Keys that only machines read, and numbers that a measure stands for; what a page shows is never hidden."""
    read = {name for measure in measures if measure.table == table.name for name in measure.columns}
    hidden = {
        one.name for one in table.columns if _TECHNICAL.fullmatch(one.name) or (one.is_number and one.name in read)
    }
    return frozenset(hidden - {name for mart, name in columns_on_pages() if mart == table.name})
