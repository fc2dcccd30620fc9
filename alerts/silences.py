"""What a silence matches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.signals import Signal

SILENCE_FIELDS: Mapping[str, Callable[[Signal], str | None]] = {
    "vendor_key": lambda signal: signal.vendor_key,
    "vendor_category": lambda signal: signal.category,
    "kpi_family": lambda signal: signal.kpi_family,
    "rule_id": lambda signal: signal.rule_id,
    "severity": lambda signal: signal.severity,
    "purchase_order": lambda signal: signal.order_line[0],
    "fingerprint": lambda signal: signal.signal_key,
}


@dataclass(frozen=True)
class Silence:
    """Nobody is mailed of what matches until ``expires_at``: any value of a field, and every field."""

    number: int
    author: str
    reason: str
    created_at: datetime
    expires_at: datetime
    conditions: Mapping[str, frozenset[str]]

    def matches(self, signal: Signal) -> bool:
        """Whether the silence is meant for the signal."""
        return all(SILENCE_FIELDS[field](signal) in values for field, values in self.conditions.items())
