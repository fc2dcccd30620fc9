"""Units of measure that the material master changes after goods came: an increment converts as a rebuild does."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.test_marts import item, order, receipt, schedule

pytestmark = pytest.mark.timeout(900)

# an increment goes on from the other tables of the chain too
MARTS = ("+fct_schedule_line", "+fct_promise_change", "+early_warning", "+int_erp__vendor_shown", "+fct_goods_receipt")
FIRST = datetime(2026, 6, 30, 18, tzinfo=UTC)
TODAY = FIRST.date()


def material(number: str, base_unit: str, **base_units: int) -> dict[str, Any]:
    units = {base_unit: 1, **base_units}
    return {
        "Product": number,
        "BaseUnit": base_unit,
        "to_ProductUnitsOfMeasure": [
            {"AlternativeUnit": unit, "QuantityNumerator": Decimal(count), "QuantityDenominator": Decimal(1)}
            for unit, count in units.items()
        ],
    }


def received(warehouse: Any) -> dict[str, Any]:
    rows = warehouse.rows("select purchase_order, received_quantity from marts.fct_schedule_line")
    return {row["purchase_order"]: row["received_quantity"] for row in rows}


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory, warehouse_at: Any) -> list[dict[str, Any]]:
    """Quantity received by order after each of three days: 4 packs came of each, and the masters change."""
    warehouse = warehouse_at(tmp_path_factory.mktemp("conversions"))
    names = ("keeps", "loses_its_pack", "packs_more", "changes_its_base_unit")
    orders = [order(name, item(schedule(date(2026, 8, 1)), Material=name), changed_at=FIRST) for name in names]
    receipts = [
        receipt(
            f"5{place}",
            name,
            FIRST.date(),
            FIRST.date(),
            Material=name,
            EntryUnit="PAK",
            QuantityInEntryUnit=Decimal(4),
        )
        for place, name in enumerate(names)
    ]
    masters = [
        [material(name, "EA", PAK=10) for name in names],
        [
            material("keeps", "EA", PAK=10),
            material("loses_its_pack", "EA"),
            material("packs_more", "EA", PAK=20),
            # the units stay as they are, in number and name: what one of them is worth does not
            {**material("changes_its_base_unit", "EA", PAK=10), "BaseUnit": "KG"},
        ],
        [],
    ]
    found = []
    for number, landed in enumerate(masters):
        at = FIRST + timedelta(days=number)
        if number == 0:
            warehouse.land_documents("sap_s4hana", "purchase_order", orders, at)
            warehouse.land_documents("sap_s4hana", "material_document", receipts, at)
        if landed:
            warehouse.land_documents("sap_s4hana", "product", landed, at, mode="full")
        warehouse.build(at, *MARTS)
        assert warehouse.made_touched_orders_alone() is (number > 0)
        found.append(received(warehouse))
    touched = warehouse.rows("select order_bucket from intermediate.int_erp__touched_order")
    assert touched == [], "a unit that was lost yesterday touches nothing today"
    rebuilt = warehouse.sibling("rebuilt")
    rebuilt.build(at, *MARTS, full=True)
    everything = "select * from marts.fct_schedule_line order by schedule_line_key"
    assert warehouse.rows(everything) == rebuilt.rows(everything)
    return found


def test_packs_count_by_the_material_master(days):
    assert days[0] == dict.fromkeys(days[0], Decimal(40))
    assert len(days[0]) == 4


def test_goods_in_a_unit_that_the_master_no_longer_knows_cannot_be_counted(days):
    assert days[1]["loses_its_pack"] == 0


def test_a_pack_that_holds_more_counts_more(days):
    assert days[1]["packs_more"] == Decimal(80)


def test_another_base_unit_converts_anew(days):
    assert days[1]["changes_its_base_unit"] == days[2]["changes_its_base_unit"]
    assert days[1]["keeps"] == Decimal(40)
