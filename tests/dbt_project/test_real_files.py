"""Real purchase orders and a real incident log, landed and built: the marts give exactly what the files hold."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sandbox.replay import FIRST_NOW, Replay

pytestmark = pytest.mark.reference_data
EXTRACTED = FIRST_NOW


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, warehouse_at: Any) -> Any:
    replay = Replay(Path(os.environ["REFERENCE_DATA"]))
    warehouse = warehouse_at(tmp_path_factory.mktemp("real"))
    for entity in ("supplier", "purchase_order", "material_document"):
        warehouse.land_documents("sap_s4hana", entity, replay.rows(entity), EXTRACTED)
    warehouse.land_documents("servicenow", "incident", replay.rows("incident"), EXTRACTED)
    warehouse.build(EXTRACTED)
    return warehouse


def test_vendor_performance_lines_and_their_punctuality(real):
    found = real.rows(
        """
        select
            count(*) as lines,
            count(distinct vendor_name) as vendors,
            round(100 * avg(case when state = 'delivered_early' then 1 else 0 end), 1) as early,
            round(100 * avg(case when state = 'delivered_on_time' then 1 else 0 end), 1) as exact,
            round(100 * avg(case when state = 'delivered_late' then 1 else 0 end), 1) as late,
            round(100 * avg(case when recorded_date > first_promise_date then 1 else 0 end), 1) as recorded_late,
            round(100 * avg(case when slip_days > 7 then 1 else 0 end), 1) as late_7,
            round(100 * avg(case when slip_days > 14 then 1 else 0 end), 1) as late_14,
            round(100 * avg(case when slip_days > 30 then 1 else 0 end), 1) as late_30
        from marts.fct_schedule_line
        where is_vendor_performance
        """
    )[0]
    assert found == {
        "lines": 4920, "vendors": 72, "early": 8.2, "exact": 86.5, "late": 5.3, "recorded_late": 20.4,
        "late_7": 3.1, "late_14": 2.5, "late_30": 1.6,
    }  # fmt: skip


def test_lines_from_the_agencys_own_warehouses_stay_and_say_nothing_about_vendors(real):
    found = real.rows(
        "select is_vendor_performance, order_type, count(*) as lines from marts.fct_schedule_line"
        " group by all order by all"
    )
    assert [(row["is_vendor_performance"], row["lines"]) for row in found] == [(False, 5404), (True, 4920)]
    assert found[0]["order_type"] == "UB"


def test_doubtful_facts_are_flagged_and_kept(real):
    found = {
        row["flag"]: row["lines"]
        for row in real.rows(
            "select flag, count(*) as lines from (select unnest(string_split(data_flags, ',')) as flag"
            " from marts.fct_schedule_line) group by flag"
        )
    }
    assert (found["zero_value"], found["receipt_before_order"], found["recorded_before_delivered"]) == (17, 5, 3)
    # Four rows repeat in all 33 columns; SAP documents carry fewer, so a few more look the same.
    assert 4 <= found["repeated_line"] <= 25


def test_the_promise_rests_on_the_first_landed_date_because_the_file_keeps_no_other(real):
    assert real.rows("select distinct first_promise_basis as basis from marts.fct_schedule_line") == [
        {"basis": "first_landed"}
    ]
    assert real.rows("select count(*) as changes from marts.fct_promise_change") == [{"changes": 0}]
    moves = real.rows("select count(*) as months, count(promise_moves_later) as known from marts.vendor_month")[0]
    assert moves["months"] > 1000
    assert moves["known"] == 0


def test_tickets_are_measured_to_their_resolution(real):
    found = real.rows(
        """
        select
            count(*) as tickets,
            count(gross_hours) as resolved,
            round(quantile_cont(gross_hours, 0.5), 1) as p50,
            round(avg(gross_hours)) as mean,
            round(100 * avg(case when gross_hours <= 24 then 1 else 0 end)) as within_a_day,
            round(100 * avg(case when gross_hours <= 24 then 1 when gross_hours > 24 then 0 end)) as within_of_known,
            count(net_hours) as net
        from marts.fct_service_ticket
        """
    )[0]
    # The reference figure of 48 % takes the 1,556 tickets without a resolution time for misses; vendor_month does not.
    assert found == {
        "tickets": 24918, "resolved": 23362, "p50": 22.1, "mean": 178, "within_a_day": 48, "within_of_known": 52,
        "net": 0,
    }  # fmt: skip


def test_nothing_is_overdue_or_due_in_the_future_and_all_landed_rows_are_accounted_for(real):
    assert real.rows("select count(*) as signals from marts.early_warning") == [{"signals": 0}]
    assert real.rows("select count(*) as rows from quarantine.quarantine_row") == [{"rows": 0}]
    assert real.rows("select max(month) as last_month from marts.vendor_month")[0]["last_month"] <= date(2017, 6, 1)
