"""Numbers are shown with their unit and never claim what nobody knows."""

from datetime import date
from decimal import Decimal

import pytest

from publishing.site import states
from publishing.site.figures import Figure, counted, exact, money, number, quarter, shown


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "share", "no data"),
        (None, "money(USD)", "no data"),
        (0.0, "share", "0.0 %"),
        (0.58685, "share", "58.7 %"),
        (-0.035, "share", "−3.5 %"),
        (-0.00001, "share", "0.0 %"),
        (30883.4, "ppm", "30,883 ppm"),
        (12.5, "days", "12.5 days"),
        (1, "days", "1 day"),
        (0.1429, "proposals", "0.14 proposals"),
        (5.0, "proposals", "5 proposals"),
        (Decimal("1096272.43"), "money(USD)", "USD 1.10 M"),
        (350200, "money(EUR)", "EUR 350.2 k"),
        (999.5, "money(EUR)", "EUR 1,000"),
        (48.2, "money()", "48.20"),
        (1204, "", "1,204"),
    ],
)
def test_a_value_has_its_unit(value: float | None, unit: str, text: str) -> None:
    assert shown(value, unit) == text


def test_a_column_that_names_its_unit_shows_the_number_alone() -> None:
    assert number(30883.4, "ppm") == "30,883"
    assert number(None, "ppm") == "no data"
    assert number(0.5, "share") == "50.0 %"


def test_an_interval_is_shown_once_with_its_unit_and_not_where_it_is_the_value() -> None:
    assert Figure("", 0.6, "share", lower=0.52, upper=0.651).interval == "52.0 to 65.1 %"
    assert Figure("", 9, "ppm", lower=3, upper=2400).interval == "3 to 2,400 ppm"
    assert Figure("", 0.3, "share", lower=0.3, upper=0.3).interval == ""
    assert Figure("", 0.3, "share").interval == ""


def test_a_change_is_signed_and_says_since_when() -> None:
    assert Figure("", 0.6, "share", change=0.037, before="Q1 2026").change_text == "+3.7 points on Q1 2026"
    assert Figure("", 0.6, "share", change=-0.557, before="Q1 2026").change_text == "−55.7 points on Q1 2026"
    assert Figure("", 5, "proposals", change=0.0, before="Q1 2026").change_text == "as Q1 2026"
    assert Figure("", None, "share").change_text == ""


def test_programs_read_the_whole_number() -> None:
    assert float(exact(0.27586206896551724)) == pytest.approx(0.27586206896551724, abs=1e-15)
    assert exact(None) == ""
    assert exact(1204) == "1204"


def test_money_and_counts_read_as_people_write_them() -> None:
    assert money(1_500_000_000, "USD") == "USD 1.50 G"
    assert counted(1, "watch") == "1 watch"
    assert counted(1200, "watch") == "1,200 watches"
    assert counted(2, "delivery") == "2 deliveries"
    assert quarter(date(2026, 4, 1)) == "Q2 2026"


def test_points_without_a_value_are_no_state_of_the_vendor() -> None:
    assert states.of_points(None) == states.NO_DATA
    assert states.of_points(0.0).kind == "alert"
    assert states.of_points(69.9).kind == "watch"
    assert states.of_points(70.0).kind == "ok"
