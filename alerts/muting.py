"""Why nobody is mailed of an open alert for now: a stale feed, a silence, or an alert about its vendor as a whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.lifecycle import MAILED_SEVERITY
from alerts.matching import MATCHED_FIELDS
from alerts.signals import LineSignal, Signal, VendorSignal


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
        return all(MATCHED_FIELDS[field](signal) in values for field, values in self.conditions.items())


def mute_reasons(signals: Iterable[Signal], silences: Sequence[Silence]) -> dict[str, str]:
    """Which of the open alerts are muted and by what, by fingerprint.

    An open alert about a vendor's KPI family inhibits those about its order lines, whether or not somebody has been
    told of it or silenced it. One that is only a watch inhibits nothing: nobody is mailed of it.
    """
    signals = sorted(signals, key=lambda one: one.signal_key, reverse=True)
    inhibitor = {
        (signal.vendor_key, signal.kpi_family): signal.signal_key
        for signal in signals
        if isinstance(signal, VendorSignal) and signal.severity == MAILED_SEVERITY and not signal.is_muted
    }
    reasons = {}
    for signal in signals:
        by = inhibitor.get((signal.vendor_key, signal.kpi_family)) if isinstance(signal, LineSignal) else None
        matching = next((one for one in silences if one.matches(signal)), None)
        if signal.is_muted:
            reasons[signal.signal_key] = signal.mute_reason or "its feed is stale"
        elif matching:
            reasons[signal.signal_key] = f"silence {matching.number}"
        elif by:
            reasons[signal.signal_key] = f"the alert {by} about the vendor as a whole"
    return reasons
