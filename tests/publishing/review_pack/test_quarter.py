"""Which quarter a pack is about."""

from datetime import UTC, date, datetime

import pytest

from ecosystem.errors import UsageError
from publishing.review_pack.quarter import Quarter, chosen_quarter, last_over, parse_quarter, within

AS_OF = datetime(2026, 7, 3, 18, tzinfo=UTC)
SECOND = Quarter(date(2026, 4, 1))


@pytest.mark.parametrize("text", ["2026-Q2", "2026Q2", "2026-q2", " 2026-04-01 "])
def test_a_quarter_is_read_by_name_and_by_first_day(text: str) -> None:
    assert parse_quarter(text) == SECOND
    assert (SECOND.name, SECOND.title, SECOND.last_day) == ("2026-Q2", "Q2 2026", date(2026, 6, 30))


@pytest.mark.parametrize("text", ["2026-Q5", "2026-05-01", "2026", "last", ""])
def test_what_is_no_quarter_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="2026-Q2"):
        parse_quarter(text)


def test_the_default_is_the_last_quarter_that_is_over() -> None:
    assert chosen_quarter(None, AS_OF) == SECOND
    assert last_over(datetime(2026, 6, 30, 23, 59, tzinfo=UTC)).name == "2026-Q1"
    assert last_over(datetime(2026, 1, 1, tzinfo=UTC)).name == "2025-Q4"


def test_a_running_quarter_is_refused_unless_allowed() -> None:
    with pytest.raises(UsageError, match=r"Q3 2026 is running.*--running"):
        chosen_quarter("2026-Q3", AS_OF)
    assert chosen_quarter("2026-Q3", AS_OF, running_allowed=True).name == "2026-Q3"


def test_a_quarter_that_has_not_begun_is_always_refused() -> None:
    with pytest.raises(UsageError, match="has not begun"):
        chosen_quarter("2026-Q4", AS_OF, running_allowed=True)


def test_quarters_are_counted_over_the_turn_of_the_year() -> None:
    assert [SECOND.after(count).name for count in (-2, -1, 0, 3)] == ["2025-Q4", "2026-Q1", "2026-Q2", "2027-Q1"]
    assert SECOND.months == (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))


def test_a_day_lies_within_the_quarters_that_end_with_one() -> None:
    days = {date(2025, 6, 30): False, date(2025, 7, 1): True, date(2026, 6, 30): True, date(2026, 7, 1): False}
    assert {day: within(day, SECOND, 4) for day in days} == days
    assert not within(None, SECOND, 4)
