"""Both tools' formulas give the number that the documents behind it give, and nothing where nothing is known."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import sqrt

import duckdb
import pytest

from publishing.power_bi.dax import formulas
from publishing.semantic.measures import Kind, Measure
from publishing.tableau.formulas import calculations
from tests.publishing.semantic.evaluate import dax, tableau

SHARE = Measure("OTD", "t", Kind.SHARE, "value", "share", "", "", "", weight=((1, "n"),), counted="n")
RATE = replace(SHARE, kind=Kind.RATE, unit="ppm")
WEIGHTED = replace(SHARE, kind=Kind.WEIGHTED, weight=((1, "hours"), (-1, "planned")), counted="")
ONE_ROW = replace(SHARE, kind=Kind.ONE_ROW, weight=(), lower="low", upper="high")
SUM = replace(SHARE, kind=Kind.SUM, weight=(), counted="")
COMPLETE = replace(SHARE, kind=Kind.COMPLETE_SUM, weight=())
COUNT = replace(SUM, kind=Kind.COUNT, column="", where=(("kind", "a"), ("is_on", True), ("value", None)))
FLAGS = replace(SUM, kind=Kind.FLAG_SHARE, column="is_on", where=(("kind", "a"),))

Numbers = Callable[[Measure, list[tuple]], dict[str, object]]
COLUMNS = "value double, n bigint, low double, high double, hours double, planned double, kind varchar, is_on boolean"


@pytest.fixture(params=["dax", "tableau"])
def numbers(request: pytest.FixtureRequest) -> Iterator[Numbers]:
    """The measure and what stands beside it, over these rows (of which the last columns may be left out)."""
    with duckdb.connect() as connection:
        # A division by zero gives nothing in both tools.
        connection.execute("set error_on_division_by_zero = false; set ieee_floating_point_ops = false")

        def compute(measure: Measure, rows: list[tuple]) -> dict[str, object]:
            connection.execute(f"create or replace table t ({COLUMNS})")
            for row in rows:
                filled = [*row, *[None] * (8 - len(row))]
                connection.execute("insert into t values (?, ?, ?, ?, ?, ?, ?, ?)", filled)
            if request.param == "dax":
                return {one.name: dax(connection, one.lines) for one in formulas(measure)}
            return {one.name: tableau(connection, one.formula, "t") for one in calculations(measure, False)}

        yield compute


def test_a_share_is_of_the_lines_and_not_of_the_months(numbers):
    found = numbers(SHARE, [(0.5, 2), (0.9, 90), (None, 0)])
    assert found["OTD"] == pytest.approx(82 / 92)
    assert found["OTD (n)"] == 92
    centre, margin = 82 + 1.9208, 1.96 * sqrt(82 * 10 / 92 + 0.9604)
    assert found["OTD (lower)"] == pytest.approx((centre - margin) / 95.8416)
    assert found["OTD (upper)"] == pytest.approx((centre + margin) / 95.8416)


@pytest.mark.parametrize("rows", [[], [(None, 0)], [(None, 7), (None, 3)]])
@pytest.mark.parametrize("measure", [SHARE, RATE, WEIGHTED, FLAGS])
def test_no_data_is_blank_and_never_a_number(numbers, measure, rows):
    found = numbers(measure, rows)
    assert found["OTD"] is None
    assert found["OTD (n)"] is None
    assert {found.get("OTD (lower)"), found.get("OTD (upper)")} == {None}


@pytest.mark.parametrize(("share", "bound"), [(0.0, "lower"), (1.0, "upper")])
def test_a_bound_stays_between_nothing_and_all(numbers, share, bound):
    found = numbers(SHARE, [(share, 5)])
    assert found["OTD"] == share
    assert found[f"OTD ({bound})"] == pytest.approx(share, abs=1e-12)
    assert 0 <= found["OTD (lower)"] < found["OTD (upper)"] <= 1


def test_a_rate_has_the_interval_of_its_events(numbers):
    found = numbers(RATE, [(100.0, 20_000), (300.0, 10_000)])
    assert found["OTD"] == pytest.approx(5 / 30_000 * 1e6)
    lower = 5 * (1 - 1 / 45 - 1.96 / (3 * sqrt(5))) ** 3
    upper = 6 * (1 - 1 / 54 + 1.96 / (3 * sqrt(6))) ** 3
    assert found["OTD (lower)"] == pytest.approx(lower / 30_000 * 1e6)
    assert found["OTD (upper)"] == pytest.approx(upper / 30_000 * 1e6)


def test_a_rate_without_events_begins_at_zero(numbers):
    found = numbers(RATE, [(0.0, 1_000)])
    assert (found["OTD"], found["OTD (lower)"]) == (0, 0)
    assert found["OTD (upper)"] > 0


def test_a_weight_may_be_a_difference_of_columns(numbers):
    rows = [(1.0, 1, None, None, 100.0, 40.0), (0.5, 1, None, None, 50.0, 10.0), (None, 1, None, None, 900.0, 0.0)]
    found = numbers(WEIGHTED, rows)
    assert found["OTD"] == pytest.approx((60 + 20) / 100)
    assert found["OTD (n)"] == 2


def test_what_cannot_be_added_up_is_shown_for_one_row_only(numbers):
    assert numbers(ONE_ROW, [(4.5, 9, 4.0, 5.0)]) == {
        "OTD": 4.5, "OTD (n)": 9, "OTD (lower)": 4.0, "OTD (upper)": 5.0,
    }  # fmt: skip
    assert set(numbers(ONE_ROW, [(4.5, 9, 4.0, 5.0), (4.5, 9, 4.0, 5.0)]).values()) == {None}
    assert set(numbers(ONE_ROW, []).values()) == {None}


def test_a_sum_leaves_out_what_is_unknown_and_is_blank_without_anything(numbers):
    assert numbers(SUM, [(2.0,), (None,), (3.0,)])["OTD"] == 5
    assert numbers(SUM, [(None,)])["OTD"] is None


def test_money_is_blank_as_soon_as_one_amount_is_unknown(numbers):
    assert numbers(COMPLETE, [(2.0, 1), (3.0, 4)])["OTD"] == 5
    assert numbers(COMPLETE, [(2.0, 1), (None, 4)])["OTD"] is None
    assert numbers(COMPLETE, [(2.0, 1), (None, 0)])["OTD"] == 2


def _row(kind: str | None, is_on: bool | None, value: float | None = 1.0) -> tuple:
    return (value, 1, None, None, None, None, kind, is_on)


def test_a_count_is_of_the_rows_that_meet_every_condition(numbers):
    rows = [_row("a", True), _row("a", True), _row("b", True), _row("a", False), _row("a", None), _row("a", True, None)]
    assert numbers(COUNT, rows)["OTD"] == 2


def test_a_share_of_flags_leaves_out_rows_that_do_not_say(numbers):
    found = numbers(FLAGS, [_row("a", True), _row("a", False), _row("a", False), _row("a", None), _row("b", True)])
    assert found["OTD"] == pytest.approx(1 / 3)
    assert found["OTD (n)"] == 3


def test_a_share_of_flags_of_which_none_is_true_is_zero(numbers):
    found = numbers(FLAGS, [_row("a", False), _row("a", False)])
    assert found["OTD"] == 0
    assert found["OTD (lower)"] == pytest.approx(0, abs=1e-12)
    assert 0 < found["OTD (upper)"] < 1
