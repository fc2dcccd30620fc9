"""A signal as the ledger keeps it: a withdrawn one is gone from its mart, and a mail must say what was told."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from alerts.signals import LineSignal, Signal, TargetSignal, VendorSignal
from ecosystem.clock import iso, parse_as_of

_INSTANTS = ("started_at", "cleared_at", "last_told_at")
_DATES = (
    "first_promise_date",
    "previous_promise_date",
    "latest_promise_date",
    "likely_since_date",
    "quarter",
    "quarter_end_date",
)
# What facts of a vendor-level signal lack that were kept before its further alarms were told.
_BEFORE_ALARMS = {"alerts": 1, "last_told_at": None}


def facts_of(signal: Signal) -> dict[str, Any]:
    """The signal as JSON has it."""
    return {
        name: iso(value) if isinstance(value, datetime) else value.isoformat() if isinstance(value, date) else value
        for name, value in vars(signal).items()
    }


def signal_from(facts: Mapping[str, Any]) -> Signal:
    """The signal that was kept."""
    instants = {name: parse_as_of(facts[name]) for name in _INSTANTS if facts.get(name)}
    dates = {name: date.fromisoformat(facts[name]) for name in _DATES if facts.get(name)}
    kept: dict[str, Any] = {**facts, **instants, **dates}
    if "purchase_order" in facts:
        return LineSignal(**kept)
    if "metric_id" in facts:
        return TargetSignal(**kept)
    return VendorSignal(**_BEFORE_ALARMS | kept)
