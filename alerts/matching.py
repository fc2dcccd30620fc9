"""What routes and silences may name of a signal; what it has not, such as a vendor, no condition matches."""

from collections.abc import Callable, Mapping

from alerts.signals import Signal, SignalOfVendor, TargetSignal

MATCHED_FIELDS: Mapping[str, Callable[[Signal], str | None]] = {
    "vendor_key": lambda signal: signal.vendor_key if isinstance(signal, SignalOfVendor) else None,
    "vendor_category": lambda signal: signal.category if isinstance(signal, SignalOfVendor) else None,
    "metric_id": lambda signal: signal.metric_id if isinstance(signal, TargetSignal) else None,
    "kpi_family": lambda signal: signal.kpi_family,
    "rule_id": lambda signal: signal.rule_id,
    "severity": lambda signal: signal.severity,
    "purchase_order": lambda signal: signal.order_line[0],
    "fingerprint": lambda signal: signal.signal_key,
}
