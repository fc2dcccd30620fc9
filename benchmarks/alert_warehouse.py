"""A warehouse that holds just what the rules about vendors read, so that the very models of production judge simulated
and real histories."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from ecosystem.errors import EcosystemError
from ecosystem.paths import project_root
from warehouse import run_results
from warehouse.build import RUN_DBT, dbt_project

SEEDS = ("seed_vendor_rule", "seed_warning_evidence", "seed_kpi_setting")
RULES = ("+int_vendor_warning__turn,path:models/intermediate/vendor_warning", "int_kpi_setting")
FROM_BASELINE_ON = ("int_vendor_warning__baseline", "int_vendor_warning__score", "int_vendor_warning__turn")

_MARTS = """
create schema control; create schema intermediate; create schema marts;
create table control.build as
    select 'bench' as build_id, timestamp '{as_of} 23:59:59' as as_of, false as is_continued, 125000 as orders_in_slice;
create table intermediate.int_erp__touched_order as select cast(null as bigint) as order_bucket;
create table marts.dim_vendor (vendor_key varchar, category varchar);
create table marts.fct_schedule_line (
    order_bucket bigint, schedule_line_key varchar, vendor_key varchar, purchase_order varchar,
    purchase_order_line varchar, schedule_line varchar, is_vendor_performance boolean, first_promise_date date,
    requested_date date, in_full_date date, recorded_date date, recorded_at timestamp, state varchar,
    cancelled_at timestamp, attribution varchar, first_landed_at timestamp, data_flags varchar
);
create table marts.fct_promise_change (
    order_bucket bigint, schedule_line_key varchar, purchase_order_line varchar, schedule_line varchar,
    change_number integer, direction varchar, changed_at timestamp, landed_at timestamp, to_date date
);
create table marts.fct_inspection_lot (
    inspection_lot varchar, vendor_key varchar, decided_date date, is_inspected boolean, is_receipt_reversed boolean,
    outcome varchar, is_complaint_withdrawn boolean, lot_quantity decimal(18, 3),
    counted_defective_quantity decimal(18, 3), is_defective_assumed boolean
);
create table marts.fct_quality_notification (
    quality_notification varchar, vendor_key varchar, is_complaint boolean, is_withdrawn boolean, reported_at timestamp
);
create table marts.fct_goods_receipt (vendor_key varchar, movement varchar, is_reversed boolean, recorded_date date);
create table marts.fct_service_ticket (
    connection_id varchar, ticket varchar, vendor_key varchar, priority varchar, opened_at timestamp,
    resolved_at timestamp, is_cancelled boolean, resolution_state varchar, resolution_breached_at timestamp
);
create table marts.fct_invoice_line (invoice_line_key varchar, invoice varchar, invoice_line varchar);
create table marts.fct_survey_response (
    vendor_key varchar, direction varchar, is_counted boolean, submitted_at timestamp, wave varchar, vote varchar
);
create table intermediate.int_cost__line_baseline (
    invoice_line_key varchar, vendor_key varchar, posting_date date, is_price_outlier boolean, quantity decimal(18, 3),
    amount_at_order_rate decimal(28, 6), last_paid_price double
);
create table intermediate.int_vendor_month__count (
    vendor_key varchar, month date, measure varchar, days integer, lines bigint
);
"""


class AlertWarehouse:
    """One DuckDB file with order lines, promise changes and lots up to a day, and what the rules make of them."""

    def __init__(self, folder: Path, as_of: date) -> None:
        """An empty one in a new folder."""
        folder.mkdir(parents=True)
        self._folder = folder
        self.file = folder / "alerts_bench.duckdb"
        with duckdb.connect(str(self.file)) as connection:
            connection.execute(_MARTS.format(as_of=as_of))

    def add(self, table: str, rows: pa.Table) -> None:
        """Rows of a table, by column name; columns left out are null."""
        with duckdb.connect(str(self.file)) as connection:
            connection.register("added_rows", rows)
            connection.execute(f"insert into {table} by name select * from added_rows")  # noqa: S608

    def set_line_rule(self, rule_id: str, settings: Mapping[str, float]) -> None:
        """Change settings of a rule about lines."""
        with duckdb.connect(str(self.file)) as connection:
            for name, value in settings.items():
                connection.execute(
                    f'update seeds.seed_alert_threshold set "{name}" = ? where rule_id = ?',  # noqa: S608
                    [value, rule_id],
                )

    def move_thresholds(self, by: float) -> None:
        """Raise or lower the thresholds of all rules."""
        with duckdb.connect(str(self.file)) as connection:
            connection.execute("update seeds.seed_vendor_rule set threshold_base = threshold_base + ?", [by])

    def touch_orders_promised(self, promised: date) -> None:
        """Say that the orders promised for a day changed, so that the next run makes them alone."""
        with duckdb.connect(str(self.file)) as connection:
            connection.execute("delete from intermediate.int_erp__touched_order")
            connection.execute(
                "insert into intermediate.int_erp__touched_order select distinct order_bucket "
                "from marts.fct_schedule_line where first_promise_date = ?",
                [promised],
            )

    def turns(self, rule: str) -> list[tuple[str, date, str]]:
        """Vendor, day and turn (watch, alert, clear, lapse) of a rule, in order."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(
                "select vendor_key, turned_date, turn from intermediate.int_vendor_warning__turn "
                "where rule_id = ? order by all",
                [rule],
            ).fetchall()

    def alerts(self, rule: str) -> list[tuple[str, date, date | None]]:
        """Vendor, day and likely start of each alert of a rule, in order."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(
                "select vendor_key, turned_date, since_date from intermediate.int_vendor_warning__turn "
                "where rule_id = ? and turn = 'alert' order by all",
                [rule],
            ).fetchall()

    def rows(self, table: str) -> int:
        """How many rows a table has."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            counted = connection.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
        return int(counted[0]) if counted else 0

    def query(self, sql: str) -> pa.Table:
        """What a query finds."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.sql(sql).to_arrow_table()

    def seed(self, seeds: Sequence[str] = SEEDS) -> None:
        """Load the settings of the rules."""
        self._dbt("seed", seeds)

    def judge(self, select: Sequence[str] = RULES, full_refresh: bool = True) -> float:
        """Run the models; gives the seconds from the first one's start to the last one's end."""
        self._dbt("run", select, *(("--full-refresh",) if full_refresh else ()))
        return run_results.span_s(self._folder)

    def _dbt(self, command: str, select: Sequence[str], *options: str) -> None:
        """Run dbt in a child, because it keeps the file open.

        Raises:
            EcosystemError: a model failed, and why.
        """
        project = str(dbt_project())
        log = self._folder / "dbt.err"
        with log.open("wb") as errors:
            child = subprocess.Popen(  # noqa: S603 - our own module with our own options
                [
                    *RUN_DBT,
                    *("--quiet", "--no-send-anonymous-usage-stats", "--log-path", str(self._folder), command),
                    *("--project-dir", project, "--profiles-dir", project, "--target-path", str(self._folder)),
                    *("--select", *select),
                    *options,
                ],
                cwd=project_root(),
                env={**os.environ, "ECOSYSTEM_WAREHOUSE": str(self.file), "DO_NOT_TRACK": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
            with child:
                child.wait()
        if child.returncode:
            failure = run_results.failure_sentence(run_results.read(self._folder))
            said = run_results.one_line(log.read_text(encoding="utf-8", errors="replace"))
            raise EcosystemError(f"dbt {command} failed: {failure or said}; see {self._folder}.")
