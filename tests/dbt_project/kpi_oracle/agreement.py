"""Worlds landed and built reading by reading, each build laid beside the oracle's answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.dbt_project.kpi_oracle.company import World, land, read
from tests.dbt_project.kpi_oracle.comparison import Comparison, Difference
from tests.dbt_project.kpi_oracle.observed import Seen
from tests.dbt_project.kpi_oracle.shrinking import shrink
from tests.dbt_project.kpi_oracle.tables import MARTS, Mart
from tests.dbt_project.kpi_oracle.world_cost import RATES
from tests.dbt_project.kpi_oracle.worlds import A_QUIET_DAY, BUILT_AFTER, READINGS

# an increment goes on from the other tables of the chain too, whatever is compared
CHAIN = {f"+{name}" for name in (
    "fct_promise_change", "int_erp__vendor_shown", "int_vendor_month__on_time", "int_vendor_month__delivery",
)}  # fmt: skip


def compare(warehouse: Any, worlds: Mapping[int, World], marts: Sequence[Mart] = MARTS) -> Comparison:
    """Build after readings, and once more on a day without documents; compare the marts each time."""
    found = Comparison()
    seen = read(worlds, READINGS, RATES)
    for place, reading in enumerate(seen):
        land(warehouse, seen, READINGS, place)
        if place in BUILT_AFTER:
            _compare_build(warehouse, READINGS.known(seen, place), reading.at, marts, found)
    _compare_build(warehouse, READINGS.known(seen, len(seen) - 1), A_QUIET_DAY, marts, found)
    return found


def _compare_build(warehouse: Any, seen: Seen, as_of: Any, marts: Sequence[Mart], found: Comparison) -> None:
    warehouse.build(as_of, *sorted({f"+{mart.name}" for mart in marts} | CHAIN))
    for mart in marts:
        rows = warehouse.rows(f"select * from marts.{mart.name} where {mart.only}")
        found.add(as_of, mart.name, mart.keys, rows, mart.rows(seen, as_of), columns=mart.columns, leeway=mart.leeway)


def explain(differences: Sequence[Difference], worlds: Mapping[int, World], new_warehouse: Callable[[], Any]) -> str:
    """The first difference of a world, made small, and what else differs."""
    text = "\n".join(str(difference) for difference in differences[:20])
    first = next((difference for difference in differences if difference.world is not None), None)
    if first is None:
        return text
    marts = [mart for mart in MARTS if mart.name == first.table]

    def differing(candidates: Mapping[int, World]) -> set[int]:
        found = compare(new_warehouse(), candidates, marts).differences
        return {one.world for one in found if one.column == first.column and one.world is not None}

    small = shrink(worlds[first.world], differing)
    alone = compare(new_warehouse(), {0: small}, marts).differences
    return "\n".join(
        [f"{len(differences)} values differ, such as", text, "", "A small world that still differs:", repr(small)]
        + [str(difference) for difference in alone]
    )
