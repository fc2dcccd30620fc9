"""A signal as the ledger keeps it: a withdrawn one is gone from its mart, and a mail must say what was told."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from alerts.signals import LineSignal, Signal, VendorSignal
from ecosystem.clock import iso, parse_as_of

_INSTANTS = ("started_at", "cleared_at")
_DATES = ("first_promise_date", "previous_promise_date", "latest_promise_date", "likely_since_date")


def facts_of(signal: Signal) -> dict[str, Any]:
    """The signal as JSON has it."""
    return {
        name: iso(value) if isinstance(value, datetime) else value.isoformat() if isinstance(value, date) else value
        for name, value in vars(signal).items()
    }


def signal_from(facts: Mapping[str, Any]) -> Signal:
    """The signal that was kept."""
    shape = LineSignal if "purchase_order" in facts else VendorSignal
    instants = {name: parse_as_of(facts[name]) for name in _INSTANTS if facts[name]}
    dates = {name: date.fromisoformat(facts[name]) for name in _DATES if facts.get(name)}
    return shape(**{**facts, **instants, **dates})
