"""How KPIs stand, and the vendor's own intervals."""

from typing import Any

import pytest

from publishing.review_pack.intervals import own_interval
from publishing.review_pack.metrics import BY_ID, METRICS, state_of
from publishing.review_pack.wording import amount, amounts, clean, interval


def row(value: float | None, low: float | None, high: float | None, *, is_lower_better: bool = False) -> dict[str, Any]:
    floor, target, stretch = (5000.0, 500.0, 50.0) if is_lower_better else (0.7, 0.95, 0.99)
    anchors = {"floor_value": floor, "target_value": target, "stretch_value": stretch}
    return {"value": value, "shrunk_value_lower": low, "shrunk_value_upper": high, **anchors}


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (row(0.97, 0.95, 0.98), "met"),
        (row(0.97, 0.94, 0.98), "cannot tell"),
        (row(0.9, 0.88, 0.95), "cannot tell"),
        (row(0.9, 0.88, 0.94), "not met"),
        (row(400, 300, 500, is_lower_better=True), "met"),
        (row(400, 300, 501, is_lower_better=True), "cannot tell"),
        (row(900, 700, 1200, is_lower_better=True), "not met"),
        (row(0.95, None, None), "met"),
        (row(0.94, None, None), "not met"),
        (row(None, None, None), "no data"),
        (None, "no data"),
    ],
)
def test_a_target_is_judged_by_the_whole_interval(found: dict[str, Any] | None, word: str) -> None:
    assert state_of(found, BY_ID["otd_first_promise"], is_over=True).word == word


def test_a_count_is_judged_by_itself_and_only_when_the_quarter_is_over() -> None:
    proposals = BY_ID["proposals_actionable"]
    assert proposals.is_count
    short = row(0.9, 0.99, 1.0)
    assert state_of(short, proposals, is_over=True).word == "not met"
    assert state_of(short, proposals, is_over=False).word == "cannot tell"
    assert state_of(row(1.0, 0.1, 0.2), proposals, is_over=False).word == "met"


def test_each_metric_is_there_once() -> None:
    assert len(BY_ID) == len(METRICS) == 9


def test_own_intervals_are_those_of_the_marts() -> None:
    """Values, counts and intervals of a published value_share_quarter row."""
    assert own_interval(0.8556701030927835, 388, "share") == pytest.approx((0.8172126212464466, 0.8871536328725647))
    assert own_interval(17231.36127476891, 46_540_200, "rate") == pytest.approx((17193.66770498547, 17269.117059456392))


def test_an_own_interval_is_honest_at_the_ends_and_absent_without_observations() -> None:
    low, high = own_interval(1.0, 3, "share") or (0, 0)
    assert 0.4 < low < 0.5
    assert high == 1.0
    assert own_interval(0.0, 1000, "rate") == pytest.approx((0.0, 3668.1), abs=0.1)
    assert own_interval(0.5, 0, "share") is None
    assert own_interval(0.5, 9, "none") is None


def test_amounts_are_told_to_the_cent_and_currencies_never_added() -> None:
    assert amount(16000, "USD") == "USD 16,000.00"
    assert amount(-0.005, "EUR") == "EUR −0.01"
    assert amount(None, "EUR") == "no data"
    assert amounts([(1, "EUR"), (2, "USD"), (3, "EUR"), (None, "EUR")]) == ("EUR 4.00 + USD 2.00 (1 without an amount)")
    assert amounts([]) == "no data"


def test_an_interval_has_its_unit_once() -> None:
    assert interval(0.5, 0.75, "share") == "50.0 to 75.0 %"
    assert interval(300, 480, "ppm") == "300 to 480 ppm"
    assert interval(5, 27.6, "") == "5 to 27.6"
    assert interval(None, 1, "share") == ""


def test_names_lose_line_breaks_and_what_turns_text_around() -> None:
    assert clean("a\r\nb \u202egnp.exe\u0000") == "a b gnp.exe"
    assert len(clean("x" * 500)) == 120
