"""What `make bench-targets` makes of what was told and of how the quarters ended."""

from datetime import date

from benchmarks.targets import DAYS_BEFORE, QUARTERS, TIERS, Told, figures, quarter_ends


def test_the_quarters_that_are_lived_through_end_on_last_days_without_a_gap():
    ends = quarter_ends()
    assert len(ends) == QUARTERS
    assert ends[:5] == [
        date(2024, 3, 31),
        date(2024, 6, 30),
        date(2024, 9, 30),
        date(2024, 12, 31),
        date(2025, 3, 31),
    ]


def test_what_was_told_is_counted_by_days_before_the_end_and_by_how_it_ended():
    first, second = DAYS_BEFORE
    told = [
        Told("a", first, "alert", "not met"),
        Told("b", first, "alert", "met"),
        Told("c", first, "watch", "cannot tell"),
        Told("a", second, "alert", "not met"),
    ]
    rows = {(row["days_before_end"], row["tier"]): row for row in figures(told)}
    assert rows.keys() == {(before, tier) for before in DAYS_BEFORE for tier in TIERS}
    alert = rows[first, "alert"]
    assert (alert["n"], alert["not_met"], alert["met"], alert["share_not_met"]) == (2, 1, 1, 0.5)
    assert rows[first, "watch"]["cannot_tell"] == 1
    assert rows[second, "alert"]["share_not_met"] == 1
    assert rows[second, "on track"]["share_not_met"] is None
