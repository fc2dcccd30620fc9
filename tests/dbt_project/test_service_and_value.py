"""From landed tickets, outages, pilots and savings to marts, over two days; the increment equals a rebuild."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
DAY_ONE = datetime(2026, 6, 30, 18, tzinfo=UTC)
DAY_TWO = DAY_ONE + timedelta(days=1)
VENDOR = "erp_s4hana:100001"
AREAS = ("service", "relationship", "innovation", "value")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def incident(number: str, opened: str, changed: str, state: str = "6", resolved: str | None = None) -> dict[str, Any]:
    return {
        "sys_id": number, "number": number.upper(), "state": state, "vendor": "org1", "vendor.name": "Sensor Works",
        "opened_at": at(opened), "resolved_at": at(resolved) if resolved else None, "sys_updated_on": at(changed),
        "_changed_at": at(changed),
    }  # fmt: skip


def stay(key: str, ticket: str, state: str, start: str, end: str | None) -> dict[str, Any]:
    return {
        "sys_id": key, "id": ticket, "field": "incident_state", "field_value": state, "start": at(start),
        "end": at(end) if end else None, "_changed_at": at(start),
    }  # fmt: skip


def target(key: str, ticket: str, start: str, planned: str, end: str | None, **more: Any) -> dict[str, Any]:
    return {
        "sys_id": key, "task": ticket, "sla.name": "P2 resolution", "sla.type": "SLA", "sla.target": "resolution",
        "schedule.name": "weekdays_8_18", "stage": "completed" if end else "in_progress", "has_breached": False,
        "start_time": at(start), "planned_end_time": at(planned), "end_time": at(end) if end else None,
        "_changed_at": at(start), **more,
    }  # fmt: skip


def outage(key: str, kind: str, begin: str, end: str | None) -> dict[str, Any]:
    return {
        "sys_id": key, "cmdb_ci": "ci1", "type": kind, "begin": at(begin), "end": at(end) if end else None,
        "_changed_at": at(end or begin),
    }  # fmt: skip


def crm(key: str, **fields: Any) -> dict[str, Any]:
    changed = fields.pop("changed", at("2026-06-01 08:00"))
    return {"Id": key, "Name": key.upper(), "Account__c": "acc", **fields, "_changed_at": changed}


def first_day(warehouse: Any) -> None:
    supplier = {"Supplier": "0000100001", "SupplierName": "Sensor Works"}
    warehouse.land("sap_s4hana", "supplier", [supplier], DAY_ONE, mode="full")
    rate = {
        "ExchangeRateType": "M", "SourceCurrency": "EUR", "TargetCurrency": "USD",
        "ValidityStartDate": date(2026, 1, 1), "ExchangeRate": Decimal("1.10000"),
        "NumberOfSourceCurrencyUnits": Decimal(1), "NumberOfTargetCurrencyUnits": Decimal(1),
    }  # fmt: skip
    warehouse.land("sap_s4hana", "exchange_rate", [rate], DAY_ONE, mode="full")
    order = {
        "PurchaseOrder": "1", "PurchaseOrderType": "NB", "Supplier": "100001", "_child_keys": [],
        "PurchaseOrderDate": date(2025, 11, 3), "_changed_at": at("2025-11-03 08:00"),
    }  # fmt: skip
    warehouse.land("sap_s4hana", "purchase_order", [order], DAY_ONE)
    account = {"Id": "acc", "Name": "Sensor Works", "AccountNumber": "100001", "Strategic_Vendor__c": True}
    warehouse.land("salesforce", "account", [account], DAY_ONE)

    # Monday 23 March 16:00 to Tuesday 31 March 10:00: clocks go forward on the Sunday between.
    tickets = [
        incident("paused", "2026-03-23 16:00", "2026-03-31 10:00", resolved="2026-03-31 10:00"),
        incident("waiting", "2026-06-29 08:00", "2026-06-29 08:00", state="2"),
    ]
    warehouse.land("servicenow", "incident", tickets, DAY_ONE)
    history = [
        stay("h1", "paused", "2", "2026-03-23 16:00", "2026-03-24 08:00"),
        stay("h2", "paused", "3", "2026-03-24 08:00", "2026-03-25 08:00"),
        stay("h3", "paused", "2", "2026-03-25 08:00", "2026-03-31 10:00"),
        stay("h4", "paused", "6", "2026-03-31 10:00", None),
    ]
    warehouse.land("servicenow", "metric_instance", history, DAY_ONE)
    targets = [
        target("t1", "paused", "2026-03-23 16:00", "2026-03-31 12:00", "2026-03-31 10:00"),
        target("t2", "waiting", "2026-06-29 08:00", "2026-07-01 12:00", None),
        target("t3", "waiting", "2026-06-29 08:00", "2026-06-29 09:00", None, stage="cancelled"),
    ]
    warehouse.land("servicenow", "task_sla", targets, DAY_ONE)
    item = {
        "sys_id": "ci1", "name": "Gateway", "vendor": "org1", "vendor.name": "Sensor Works",
        "install_date": at("2026-06-01 00:00"), "_changed_at": at("2026-06-01 00:00"),
    }  # fmt: skip
    warehouse.land("servicenow", "configuration_item", [item], DAY_ONE)
    outages = [
        outage("o1", "outage", "2026-06-10 00:00", "2026-06-10 06:00"),
        outage("o2", "outage", "2026-06-10 03:00", "2026-06-10 09:00"),
        outage("o3", "outage", "2026-06-30 12:00", None),
    ]
    warehouse.land("servicenow", "outage", outages, DAY_ONE)

    pilot = {"Title__c": "Gateway", "Start_Date__c": date(2026, 1, 12), "End_Date__c": date(2026, 4, 12)}
    warehouse.land("salesforce", "pilot", [crm("p1", **pilot, Status__c="Completed", Outcome__c="Adopted")], DAY_ONE)
    measured = {"Pilot__c": "p1", "Kind__c": "Measured", "Direction__c": "higher", "Weight_Pct__c": Decimal(50)}
    values = {
        "Baseline_Value__c": Decimal(70), "Target_Value__c": Decimal(90), "Actual_Value__c": Decimal(98)
    }  # fmt: skip
    criteria = [
        {"Id": "c1", "Name": "Availability", **measured, **values, "Fixed_On__c": date(2026, 1, 12)},
        {"Id": "c2", "Name": "Chosen later", **measured, **values, "Fixed_On__c": date(2026, 1, 13)},
    ]
    warehouse.land("salesforce", "pilot_criterion", criteria, DAY_ONE)

    joint = {"Is_Measurable__c": True, "Direction__c": "higher", "Target_Value__c": Decimal(90)}
    joint_kpis = [
        crm("j1", **joint, Quarter__c="2026-Q1", Agreed_On__c=date(2026, 1, 1), Status__c="Measured",
            Actual_Value__c=Decimal(90)),
        crm("j2", **joint, Quarter__c="2026-Q2", Agreed_On__c=date(2026, 3, 20), Status__c="Agreed"),
    ]  # fmt: skip
    warehouse.land("salesforce", "joint_kpi", joint_kpis, DAY_ONE)

    validated = {
        "Kind__c": "Saving", "Stage__c": "Validated", "CurrencyIsoCode": "EUR", "Validated_By__c": "Controlling",
        "Baseline_Fixed_On__c": date(2025, 11, 1), "Negotiated_On__c": date(2025, 12, 1),
    }  # fmt: skip
    savings = [
        crm("s1", **validated, Validated_On__c=date(2026, 2, 10), Validated_Amount__c=Decimal(1000)),
        crm("s2", **validated, Validated_On__c=date(2026, 3, 10), Validated_Amount__c=Decimal(500)),
    ]
    warehouse.land("salesforce", "saving", savings, DAY_ONE)
    entry = {"Pool__c": "Fund", "CurrencyIsoCode": "USD", "Saving__c": "s1"}
    entries = [
        crm("r1", **entry, Entry_Type__c="Commitment", Amount__c=Decimal(700), Booked_On__c=date(2026, 3, 1)),
        crm("r2", **entry, Entry_Type__c="Disbursement", Amount__c=Decimal(660), Booked_On__c=date(2026, 4, 1)),
    ]
    warehouse.land("salesforce", "reinvestment", entries, DAY_ONE)
    agreement = {
        "Valid_From__c": date(2026, 1, 1), "Threshold_Amount__c": Decimal(1000), "Share_Pct__c": Decimal(20),
        "CurrencyIsoCode": "EUR", "Clawback_Pct__c": Decimal(100),
    }  # fmt: skip
    warehouse.land("salesforce", "value_share_agreement", [crm("a1", **agreement)], DAY_ONE)
    for entity in ("pilot_rating", "engagement", "roadmap_item", "contract_renewal", "survey_response"):
        warehouse.land("salesforce", entity, [], DAY_ONE)


def second_day(warehouse: Any) -> None:
    """The ticket comes back after months, the outage ends, finance takes a saving back."""
    changed = "2026-07-01 09:00"
    reopened = incident("paused", "2026-03-23 16:00", changed, state="2", resolved="2026-03-31 10:00")
    warehouse.land("servicenow", "incident", [reopened], DAY_TWO)
    stays = [
        stay("h4", "paused", "6", "2026-03-31 10:00", changed),
        stay("h5", "paused", "2", changed, None),
    ]
    warehouse.land("servicenow", "metric_instance", [{**row, "_changed_at": at(changed)} for row in stays], DAY_TWO)
    ended = outage("o3", "outage", "2026-06-30 12:00", "2026-06-30 20:00")
    warehouse.land("servicenow", "outage", [ended], DAY_TWO)
    rejected = crm(
        "s2", Kind__c="Saving", Stage__c="Rejected", CurrencyIsoCode="EUR", Baseline_Fixed_On__c=date(2025, 11, 1),
        Negotiated_On__c=date(2025, 12, 1), Validated_On__c=date(2026, 3, 10), Validated_Amount__c=Decimal(500),
        changed=at(changed),
    )  # fmt: skip
    warehouse.land("salesforce", "saving", [rejected], DAY_TWO)


@dataclass(frozen=True)
class Story:
    """The marts after the first day, after the second, and after a rebuild from nothing."""

    first: dict[str, list[dict[str, Any]]]
    second: dict[str, list[dict[str, Any]]]
    rebuilt: dict[str, list[dict[str, Any]]]


def marts(warehouse: Any) -> dict[str, list[dict[str, Any]]]:
    names = [row["table_name"] for row in warehouse.rows("from duckdb_tables() where schema_name = 'marts'")]
    return {name: warehouse.rows(f"select * from marts.{name} order by all") for name in names}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, warehouse_at: Callable[[Path], Any]) -> Story:
    warehouse = warehouse_at(tmp_path_factory.mktemp("service_and_value"))
    # an increment goes on from the other tables of the chain too
    selection = [
        *(f"+models/marts/{area}" for area in AREAS),
        "+ecosystem_quarter",
        "+fct_promise_change",
        "+early_warning",
        "+int_erp__vendor_shown",
    ]
    first_day(warehouse)
    warehouse.build(DAY_ONE, *selection)
    first = marts(warehouse)
    second_day(warehouse)
    warehouse.build(DAY_TWO, *selection)
    assert warehouse.made_touched_orders_alone()
    rebuilt = warehouse.sibling("rebuilt")
    rebuilt.build(DAY_TWO, *selection, full=True)
    return Story(first, marts(warehouse), marts(rebuilt))


def test_service_and_value_marts_of_an_increment_equal_a_rebuild(story):
    assert len(story.second) >= 20
    filled = [
        "fct_service_ticket", "fct_availability", "fct_pilot_criterion", "pilot_scorecard", "fct_joint_kpi",
        "fct_saving", "reinvestment_pool", "reinvestment_quarter", "value_share_quarter", "ecosystem_quarter",
    ]  # fmt: skip
    assert all(story.second[name] for name in filled)
    assert story.second == story.rebuilt


def test_business_hours_follow_the_clocks_of_the_contracts_zone(story):
    ticket = next(row for row in story.first["fct_service_ticket"] if row["ticket"] == "PAUSED")
    # Berlin: open 7 to 17 UTC until Sunday the 29th, 6 to 16 UTC after it.
    # Monday 1 hour, Tuesday 1 (paused from 8 UTC), Wednesday 9, Thursday 10, Friday 10, Monday 10, Tuesday 4.
    assert ticket["business_hours"] == 45
    assert (ticket["gross_hours"], ticket["pause_hours"], ticket["net_hours"]) == (186, 24, 162)
    assert (ticket["pause_basis"], ticket["resolution_state"], ticket["vendor_key"]) == ("state_history", "met", VENDOR)


def test_a_ticket_that_comes_back_after_months_stays_resolved_and_says_so(story):
    ticket = next(row for row in story.second["fct_service_ticket"] if row["ticket"] == "PAUSED")
    assert (ticket["is_open"], ticket["resolved_at"]) == (True, at("2026-03-31 10:00").replace(tzinfo=None))
    assert (ticket["data_flags"], ticket["reopenings"]) == ("reopened_after_stable_resolution", 1)


def test_an_open_target_is_breached_as_soon_as_it_has_passed(story):
    def state(rows: list[dict[str, Any]]) -> str:
        return next(row["resolution_state"] for row in rows if row["ticket"] == "WAITING")

    waiting = next(row for row in story.first["fct_service_ticket"] if row["ticket"] == "WAITING")
    assert (waiting["net_hours"], waiting["business_hours"]) == (None, None)
    assert state(story.first["fct_service_ticket"]) == "running"
    assert state(story.second["fct_service_ticket"]) == "breached"


def test_an_open_outage_lasts_until_now_and_overlaps_count_once(story):
    (june,) = story.first["fct_availability"]
    assert (june["scheduled_hours"], june["unplanned_hours"]) == (29 * 24 + 18, 9 + 6)
    june, july = story.second["fct_availability"]
    assert (june["scheduled_hours"], june["unplanned_hours"]) == (30 * 24, 9 + 8)
    assert (july["scheduled_hours"], july["unplanned_hours"], july["availability"]) == (18, 0, 1)
    assert june["availability"] == pytest.approx(1 - 17 / 720)


def test_a_criterion_chosen_after_the_start_is_in_no_score(story):
    (card,) = story.second["pilot_scorecard"]
    assert (card["criteria"], card["criteria_refused"], card["criteria_scored"]) == (2, 1, 1)
    assert (card["score"], card["score_coverage"], card["is_lesson_missing"]) == (1, 1, True)


def test_a_saving_that_was_taken_back_restates_its_quarter_and_claws_the_bonus_back(story):
    def bonus(rows: list[dict[str, Any]]) -> dict[str, Any]:
        return next(row for row in rows if row["quarter"] == date(2026, 1, 1))

    before, after = bonus(story.first["value_share_quarter"]), bonus(story.second["value_share_quarter"])
    assert (before["validated_saving"], before["taken_back_saving"], before["payable_amount"]) == (1500, 0, 100)
    assert (after["validated_saving"], after["taken_back_saving"]) == (1500, 500)
    assert (after["raw_bonus"], after["clawback_amount"], after["payable_amount"]) == (100, 100, 0)
    assert (before["state"], after["state"]) == ("payable", "payable")


def test_the_five_targets_have_sources_and_say_what_they_cannot_tell(story):
    found = {
        (row["metric_id"], row["quarter"]): (row["value"], row["n"], row["state"])
        for row in story.second["ecosystem_quarter"]
    }
    first, second = date(2026, 1, 1), date(2026, 4, 1)
    assert found["joint_kpi_achievement_rate", first] == (1, 1, "met")
    assert found["joint_kpi_achievement_rate", second] == (0, 1, "not met")
    # 660 USD of 1000 EUR at 1.1; the saving that was taken back is no longer in it
    assert found["savings_reinvested", second] == (pytest.approx(0.6), 1, "met")
    assert found["savings_reinvested", date(2025, 10, 1)] == (None, 0, "cannot tell")
    assert found["quality_alert_resolution_within_24h", second][2] == "no source"
    running = {(row["metric_id"], row["quarter"]): row["state"] for row in story.first["ecosystem_quarter"]}
    assert running["joint_kpi_achievement_rate", second] == "cannot tell"


def test_the_offsets_of_time_zones_are_those_of_the_zone_database():
    with (SEEDS / "seed_time_zone_offset.csv").open() as file:
        rows = list(csv.DictReader(file))
    zones = {row["time_zone"] for row in rows}
    for calendar in ("seed_service_calendar.csv", "seed_site_calendar.csv"):
        with (SEEDS / calendar).open() as file:
            assert {row["time_zone"] for row in csv.DictReader(file)} <= zones
    assert len(rows) >= 100
    for zone in zones:
        changes = {
            datetime.fromisoformat(row["valid_from"]).replace(tzinfo=UTC): int(row["utc_offset_minutes"])
            for row in rows
            if row["time_zone"] == zone
        }
        instant, offset = datetime(2010, 1, 1, tzinfo=UTC), changes[datetime(1970, 1, 1, tzinfo=UTC)]
        while instant < datetime(2036, 1, 1, tzinfo=UTC):
            offset = changes.get(instant, offset)
            there = instant.astimezone(ZoneInfo(zone)).utcoffset()
            assert there == timedelta(minutes=offset), (zone, instant)
            instant += timedelta(hours=1)
