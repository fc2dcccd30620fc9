from datetime import UTC, datetime

import pytest

from ecosystem.clock import current_time, iso, parse_as_of, resolve_as_of
from ecosystem.errors import UsageError


def test_a_bare_date_means_the_end_of_that_day_in_utc():
    assert parse_as_of("2026-06-30") == datetime(2026, 6, 30, 23, 59, 59, 999999, UTC)


@pytest.mark.parametrize(
    "text", ["2026-06-30T18:00:00Z", "2026-06-30T18:00:00", "2026-06-30T20:00:00+02:00", "2026-06-30T18:00:00+00:00"]
)
def test_an_instant_is_read_as_utc_whatever_its_offset(text):
    assert parse_as_of(text) == datetime(2026, 6, 30, 18, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "30.06.2026", ""])
def test_what_is_no_instant_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match="2026-06-30"):
        parse_as_of(text)


def test_the_configured_now_replaces_the_wall_clock(monkeypatch):
    monkeypatch.setenv("ECOSYSTEM_NOW", "2026-06-30")
    assert current_time() == parse_as_of("2026-06-30")


def test_the_conf_of_a_run_wins_over_events_and_due_time():
    events = [{"as_of": "2026-07-02T18:00:00Z"}]
    assert resolve_as_of({"as_of": "2026-06-30"}, events, datetime(2026, 7, 3, tzinfo=UTC)) == parse_as_of("2026-06-30")


def test_the_latest_event_wins_over_the_due_time():
    events = [{"as_of": "2026-07-01T18:00:00Z"}, {"as_of": "2026-07-02T18:00:00Z"}, {}]
    assert resolve_as_of({}, events, datetime(2026, 7, 3, tzinfo=UTC)) == datetime(2026, 7, 2, 18, tzinfo=UTC)


def test_without_conf_and_events_the_due_time_counts_and_without_that_the_clock(monkeypatch):
    monkeypatch.setenv("ECOSYSTEM_NOW", "2026-01-01T00:00:00Z")
    due = datetime(2026, 7, 3, tzinfo=UTC)
    assert resolve_as_of(None, [], due) == due
    assert resolve_as_of(None, [], None) == datetime(2026, 1, 1, tzinfo=UTC)


def test_an_instant_is_written_with_z_and_a_naive_one_refused():
    assert iso(datetime(2026, 6, 30, 18, tzinfo=UTC)) == "2026-06-30T18:00:00Z"
    with pytest.raises(ValueError, match="time zone"):
        iso(datetime(2026, 6, 30, 18))  # noqa: DTZ001
