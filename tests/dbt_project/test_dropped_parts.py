"""Lines that an order's newest header no longer names, landed as an ERP shows them: no ghost stays open."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.dbt_project.test_marts import item, order, schedule

pytestmark = pytest.mark.timeout(900)

# an increment goes on from the other tables of the chain too
MARTS = ("+fct_schedule_line", "+fct_promise_change", "+early_warning", "+int_erp__vendor_shown")
FIRST = datetime(2026, 6, 30, 18, tzinfo=UTC)
DAYS = [FIRST + timedelta(days=day) for day in range(3)]
LONG_DUE = date(2026, 6, 1)


def header(number: str, day: int, *numbers: str, **more: Any) -> dict[str, Any]:
    """An order as it was changed on a day, with these lines; the lines themselves never change."""
    lines = [item(schedule(LONG_DUE), number=line) for line in numbers]
    return order(number, *lines, changed_at=DAYS[day] - timedelta(hours=8), **more)


UNREADABLE = {"PurchaseOrderDate": None, "_unreadable": '{"PurchaseOrderDate": "00.00.0000"}'}


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory, warehouse_at: Any) -> dict[str, dict[str, Any]]:
    """Schedule lines by order and line after three days; each day is an increment."""
    warehouse = warehouse_at(tmp_path_factory.mktemp("dropped"))
    all_three = ("00010", "00020", "00030")
    landed = [
        [header(name, 0, *all_three) for name in ("unreadable", "readable_again", "changed_after", "named_again")],
        [
            header("unreadable", 1, "00010", "00030", **UNREADABLE),
            header("readable_again", 1, "00010", "00030", **UNREADABLE),
            header("changed_after", 1, "00010", "00030"),
            header("named_again", 1, "00010", "00030"),
        ],
        [
            header("readable_again", 2, "00010"),
            header("changed_after", 2, "00010", "00030", PurchaseOrderDeletionCode="S"),
            header("named_again", 2, *all_three),
        ],
    ]
    for day, orders in zip(DAYS, landed, strict=True):
        warehouse.land_documents("sap_s4hana", "purchase_order", orders, day)
        warehouse.build(day, *MARTS)
    assert warehouse.made_touched_orders_alone()
    rows = warehouse.rows("select * from marts.fct_schedule_line")
    rebuilt = warehouse.sibling("rebuilt")
    rebuilt.build(DAYS[-1], *MARTS, full=True)
    everything = "select * from marts.fct_schedule_line order by schedule_line_key"
    assert rebuilt.rows(everything) == warehouse.rows(everything)
    return {f"{row['purchase_order']}/{row['purchase_order_line']}": row for row in rows}


@pytest.mark.parametrize(
    ("key", "dropped_on"),
    [
        ("unreadable/20", 1),
        ("readable_again/20", 1),
        ("readable_again/30", 2),
        ("changed_after/20", 1),
        ("unreadable/30", None),
        ("changed_after/30", None),
        ("named_again/20", None),
    ],
)
def test_a_dropped_line_is_cancelled_by_the_first_header_without_it(lines, key, dropped_on):
    line = lines[key]
    if dropped_on is None:
        assert (line["state"], line["cancelled_at"]) == ("overdue", None)
    else:
        when = (DAYS[dropped_on] - timedelta(hours=8)).replace(tzinfo=None)
        assert (line["state"], line["cancelled_at"]) == ("cancelled", when)


def test_a_header_whose_date_is_unreadable_keeps_its_last_readable_date_and_says_so(lines):
    line = lines["unreadable/10"]
    assert line["order_date"] == date(2026, 5, 1)
    assert line["data_flags"] == "unreadable_newest_version"
