"""Real purchase orders and tickets through HTTP, landing, dbt and the gate: what comes out is what the files hold."""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ecosystem.paths import Home
from sandbox.replay import Replay
from tests.end_to_end.company import Altered, Company, company

pytestmark = pytest.mark.reference_data


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    home = Home(tmp_path_factory.mktemp("replay"))
    with company(Altered(Replay(Path(os.environ["REFERENCE_DATA"]))), home) as running:
        assert running.live().gate.passed
        yield running


def one(company: Company, query: str) -> tuple:
    """The only row of a query over the published DuckDB file."""
    with duckdb.connect(str(company.home.current / "ecosystem.duckdb"), read_only=True) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row


def test_all_vendor_lines_arrive_and_no_warehouse_line_counts_as_one(replayed: Company):
    assert one(
        replayed, "select count(*), count(distinct vendor_name) from fct_schedule_line where is_vendor_performance"
    ) == (
        4920,
        72,
    )
    assert one(replayed, "select count(*) from fct_schedule_line where not is_vendor_performance") == (5404,)


def test_early_exact_and_late_shares_are_those_of_the_file(replayed: Company):
    shares = one(
        replayed,
        """
        select
            round(100 * avg(case when state = 'delivered_early' then 1.0 else 0 end), 1),
            round(100 * avg(case when state = 'delivered_on_time' then 1.0 else 0 end), 1),
            round(100 * avg(case when state = 'delivered_late' then 1.0 else 0 end), 1),
            round(100 * avg(case when recorded_date > first_promise_date then 1.0 else 0 end), 1)
        from fct_schedule_line
        where is_vendor_performance
        """,
    )
    assert shares == (8.2, 86.5, 5.3, 20.4)


@pytest.mark.parametrize(("days", "share"), [(7, 3.1), (14, 2.5), (30, 1.6)])
def test_the_late_tail_is_that_of_the_file(replayed: Company, days: int, share: float):
    query = f"""
        select round(100 * avg(case when slip_days > {days} then 1.0 else 0 end), 1)
        from fct_schedule_line where is_vendor_performance
    """
    assert one(replayed, query) == (share,)


@pytest.mark.parametrize(
    ("flag", "lines"), [("receipt_before_order", 5), ("zero_value", 17), ("recorded_before_delivered", 3)]
)
def test_doubtful_lines_stay_and_say_why(replayed: Company, flag: str, lines: int):
    query = f"""
        select count(*) from fct_schedule_line where contains(data_flags, '{flag}')
    """
    assert one(replayed, query) == (lines,)


def test_a_file_without_promise_history_says_that_its_promise_is_the_first_landed_date(replayed: Company):
    assert one(replayed, "select count(*) from fct_schedule_line where first_promise_basis = 'first_landed'") == (
        10324,
    )
    assert one(replayed, "select count(*) from fct_promise_change") == (0,)


def test_tickets_are_measured_to_their_resolution_and_not_to_the_automatic_close(replayed: Company):
    assert one(replayed, "select count(*) from fct_service_ticket") == (24918,)
    resolved = "resolved_at is not null"
    figures = one(
        replayed,
        f"""
        select
            round(median(gross_hours) filter ({resolved}), 1),
            round(avg(gross_hours) filter ({resolved})),
            round(100 * avg(case when {resolved} and gross_hours <= 24 then 1.0 else 0 end))
        from fct_service_ticket
        """,
    )
    assert figures == (22.1, 178, 48), (
        "p50 and mean of the resolved; share within 24 h of all, the unresolved as misses"
    )


def test_time_net_of_pauses_is_unknown_because_the_file_has_no_pauses(replayed: Company):
    assert one(replayed, "select count(net_hours) from fct_service_ticket") == (0,)
