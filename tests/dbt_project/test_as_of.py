"""What was known on a past date is what was published on it, also where batches landed late and out of order."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.landing import list_batches
from tests.dbt_project.kpi_oracle.company import land, read
from tests.dbt_project.kpi_oracle.world_cost import RATES
from tests.dbt_project.kpi_oracle.worlds import A_QUIET_DAY, BUILT_AFTER, READINGS, some_worlds
from tests.dbt_project.test_alert_events import event as alert_event
from tests.dbt_project.test_alert_events import land as land_alert_events
from tests.dbt_project.test_marts import item, order, receipt, schedule

MARTS = ("fct_schedule_line", "fct_promise_change", "early_warning")
# an increment goes on from what vendors were shown as, too
BUILT = tuple(f"+{name}" for name in (*MARTS, "int_erp__vendor_shown"))
FIRST = datetime(2026, 6, 1, 18, tzinfo=UTC)
DAYS = 10


def documents(draw: random.Random, day: int, orders: dict[str, dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """What the company did on a day: new orders, moved promises, cancellations, receipts."""
    at = FIRST + timedelta(days=day, hours=-draw.randint(1, 8))
    done: list[tuple[str, dict[str, Any]]] = []
    for number in range(4):
        due = date(2026, 5, 28) + timedelta(days=draw.randint(0, 25))
        key = f"{day:02d}{number}"
        orders[key] = {"due": due, "vendor": str(100_000 + draw.randint(1, 3))}
    for key, facts in orders.items():
        is_new = key.startswith(f"{day:02d}")
        if not is_new and draw.random() > 0.35:
            continue
        if not is_new:
            facts["due"] += timedelta(days=draw.choice([-2, 3, 9]))
        code = "L" if not is_new and draw.random() < 0.15 else ""
        line = item(schedule(facts["due"], quantity=draw.choice([50, 100])), NetPriceAmount=Decimal(90))
        changes = {"changed_at": at, "Supplier": facts["vendor"], "PurchaseOrderDeletionCode": code}
        done.append(("purchase_order", order(key, line, **changes)))
    for key in draw.sample(sorted(orders), k=2):
        posted = (FIRST + timedelta(days=day - draw.randint(0, 3))).date()
        recorded = (FIRST + timedelta(days=day)).date()
        document = f"{day:02d}{draw.randint(1000, 9999)}"
        done.append(("material_document", receipt(document, key, posted, recorded)))
    return done


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_marts_of_random_past_dates_are_those_that_were_published_then(warehouse: Any) -> None:
    draw = random.Random(20260601)
    orders: dict[str, dict[str, Any]] = {}
    first_published: dict[str, datetime] = {}
    published: dict[datetime, dict[str, list[dict[str, Any]]]] = {}
    late: list[tuple[str, dict[str, Any], datetime]] = []
    landed_late = 0
    for day in range(DAYS):
        at = FIRST + timedelta(days=day)
        held_back = [one for one in late if draw.random() < 0.6]
        late = [one for one in late if one not in held_back]
        landed_late += len(held_back)
        today = [(entity, document, at - timedelta(minutes=30)) for entity, document in documents(draw, day, orders)]
        held = [one for one in today if day and draw.random() < 0.3]
        late += held
        for entity, document, extracted_at in [*(one for one in today if one not in held), *held_back]:
            warehouse.land_documents("sap_s4hana", entity, [document], extracted_at, run_id=f"day {day}")
        warehouse.build(at, *BUILT)
        assert warehouse.made_touched_orders_alone() is (day > 0)
        for batch in list_batches(warehouse.landing):
            first_published.setdefault(batch.batch_id, at)
        published[at] = rows(warehouse)
    assert landed_late > 3
    assert all(published[FIRST + timedelta(days=DAYS - 1)].values())

    past = warehouse.sibling("past")
    past.first_published = first_published
    without_late = 0
    for at in draw.sample(sorted(published), k=DAYS):
        past.file.unlink(missing_ok=True)
        past.build(at, *BUILT, full=True, consume=False)
        assert rows(past) == published[at], at
        visible = [batch for batch in list_batches(warehouse.landing) if batch.extracted_at <= at]
        without_late += any(first_published[batch.batch_id] > at for batch in visible)
    assert without_late > 3, "a batch that landed late must have been left out of the past"


def rows(warehouse: Any) -> dict[str, list[dict[str, Any]]]:
    return {mart: contents(warehouse, mart) for mart in MARTS}


NO_FUNCTION_OF_WHAT_WAS_KNOWN = {
    "restatement": "compares publications with each other, and none is landed here: test_restatement.py",
    "kpi_definition": "is what the project says, whatever the day",
    "vendor_merger": "is a seed with its dates: test_project.py runs its unit test",
}


QUALITY_ALERT = {
    "opening": 1,
    "rule_id": "quality_dip",
    "kpi_family": "quality",
    "severity": "alert",
    "vendor_key": "erp_s4hana:100001",
}


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_all_marts_of_past_readings_are_those_that_were_published_then(warehouse: Any) -> None:
    """Companies of the oracle, read by extractions that are killed, come late and overlap, and the life of an alert;
    every mart of each build."""
    seen = read(some_worlds(8), READINGS, RATES)
    first_published: dict[str, datetime] = {}
    published: dict[datetime, dict[str, list[dict[str, Any]]]] = {}
    for place, reading in enumerate(seen):
        land(warehouse, seen, READINGS, place)
        what = "opened" if place == 0 else "acknowledged"
        land_alert_events(warehouse, reading.at, alert_event(place, what, reading.at, **QUALITY_ALERT))
        if place in BUILT_AFTER:
            publish(warehouse, reading.at, first_published, published)
    publish(warehouse, A_QUIET_DAY, first_published, published)

    newest = published[A_QUIET_DAY]
    assert len(newest) >= 40
    assert NO_FUNCTION_OF_WHAT_WAS_KNOWN.keys() - every_mart(warehouse) == set()
    assert [name for name, found in newest.items() if not found] == []
    past = warehouse.sibling("past")
    past.first_published = first_published
    for at, marts in published.items():
        past.file.unlink(missing_ok=True)
        past.build(at, full=True, consume=False)
        assert {name: contents(past, name) for name in marts} == marts, at


def publish(
    warehouse: Any,
    at: datetime,
    first_published: dict[str, datetime],
    published: dict[datetime, dict[str, list[dict[str, Any]]]],
) -> None:
    """Build everything as of that time, and keep what the marts said and which batches they knew."""
    warehouse.build(at)
    for batch in list_batches(warehouse.landing):
        first_published.setdefault(batch.batch_id, at)
    names = every_mart(warehouse) - NO_FUNCTION_OF_WHAT_WAS_KNOWN.keys()
    published[at] = {name: contents(warehouse, name) for name in sorted(names)}


def every_mart(warehouse: Any) -> set[str]:
    found = warehouse.rows("select table_name from information_schema.tables where table_schema = 'marts'")
    return {row["table_name"] for row in found}


def contents(warehouse: Any, name: str) -> list[dict[str, Any]]:
    return list(warehouse.rows(f"select * from marts.{name} order by all"))
