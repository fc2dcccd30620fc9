"""What alerts are made of: signals about order lines, vendors and targets, the evidence behind them, and feeds."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

ACTIVE = "active"

OrderLine = tuple[str | None, str | None, str | None]


class SubjectKind(StrEnum):
    """What ``subject_key`` of an alert names. PIPELINE is a feed, check or step, of which no mart tells."""

    VENDOR = "vendor"
    METRIC = "metric"
    PIPELINE = "pipeline"


@dataclass(frozen=True)
class Signal(ABC):
    """One episode of one rule about one subject: a :class:`LineSignal`, :class:`VendorSignal` or :class:`TargetSignal`.
    Instants are aware UTC.

    ``signal_key`` is the fingerprint: rule, subject, order line where there is one, and episode; no measured value.
    """

    signal_key: str
    rule_id: str
    rule_version: str
    kpi_family: str
    severity: str
    episode: str
    signal_state: str
    started_at: datetime
    cleared_at: datetime | None
    clear_reason: str | None
    is_muted: bool
    mute_reason: str | None
    evidence: str

    @property
    def is_active(self) -> bool:
        """Whether the episode still lasts."""
        return self.signal_state == ACTIVE

    @property
    @abstractmethod
    def subject_kind(self) -> SubjectKind:
        """Which kind of thing it is about."""

    @property
    @abstractmethod
    def subject_key(self) -> str:
        """The thing it is about: ``vendor_key``, or ``metric_id`` of a target."""

    @property
    def company(self) -> str | None:
        """The ERP connection that its rows come from; None where it is about all of them."""
        return None

    @property
    def told_with(self) -> str:
        """What stands in one mail: signals of a kind and KPI family with the same value."""
        return self.subject_key

    @property
    def order_line(self) -> OrderLine:
        """Purchase order, item and schedule line; None each where it is about no single line."""
        return (None, None, None)

    @property
    def alarms(self) -> int | None:
        """How many times the alarm was reached in the episode; None where a rule holds or does not."""
        return None


@dataclass(frozen=True)
class SignalOfVendor(Signal):
    """What the signals about order lines and those about vendors share."""

    vendor_key: str
    vendor_name: str
    category: str
    is_strategic: bool

    @property
    def subject_kind(self) -> SubjectKind:
        """A vendor, also where one of its lines slips."""
        return SubjectKind.VENDOR

    @property
    def subject_key(self) -> str:
        """The vendor."""
        return self.vendor_key

    @property
    def company(self) -> str | None:
        """The first part of ``vendor_key``."""
        return company_of(self.vendor_key)


@dataclass(frozen=True)
class LineSignal(SignalOfVendor):
    """A rule that holds on one order line, as the mart ``early_warning`` has it."""

    purchase_order: str
    purchase_order_line: str
    schedule_line: str
    material: str | None
    material_text: str | None
    first_promise_date: date | None
    previous_promise_date: date | None
    latest_promise_date: date | None
    days_late: int
    open_quantity: float | None
    quantity_unit: str | None
    open_value: float | None
    currency: str | None

    @property
    def order_line(self) -> OrderLine:
        """Purchase order, item and schedule line."""
        return (self.purchase_order, self.purchase_order_line, self.schedule_line)


@dataclass(frozen=True)
class VendorSignal(SignalOfVendor):
    """A shift in a vendor's behaviour, as the mart ``vendor_warning`` has it.

    ``observed`` is what was measured since ``likely_since_date``, ``expected`` what was usual before; both in ``unit``
    (share, ppm, days, points, percent). ``observed_count`` of ``observed_of`` events went against the vendor;
    ``announced_count`` of ``announced_of`` open ones are not due yet and were announced to come later (None where that
    is not counted). The alarm was reached ``alerts`` times, the last time at ``last_told_at``.
    """

    likely_since_date: date | None
    unit: str
    observed_count: int
    observed_of: int
    observed: float | None
    observed_low: float | None
    observed_high: float | None
    expected: float
    statistic: float
    threshold: float
    alerts: int
    last_told_at: datetime | None
    announced_count: int | None = None
    announced_of: int | None = None

    @property
    def alarms(self) -> int | None:
        """How many times the alarm was reached in the episode."""
        return self.alerts


@dataclass(frozen=True)
class TargetSignal(Signal):
    """A target of the ecosystem that is at risk before its quarter ends, as the mart ``target_warning`` has it.

    ``value`` with its interval is where the metric stands after ``n`` observations, ``expected_at_end`` what the
    quarter's end is expected to show; all in ``unit`` (share, points, proposals). ``missing`` is what is missing so far
    in things that can be counted, in ``missing_unit`` (such as joint KPIs, or a currency). ``owner`` is a role.
    """

    metric_id: str
    metric_name: str
    owner: str
    quarter: date
    quarter_end_date: date
    days_left: int
    unit: str
    direction: str
    target: float
    value: float | None
    lower_bound: float | None
    upper_bound: float | None
    n: int | None
    expected_at_end: float | None
    expected_low: float | None
    expected_high: float | None
    missing: float | None = None
    missing_unit: str | None = None

    @property
    def subject_kind(self) -> SubjectKind:
        """A metric of the ecosystem."""
        return SubjectKind.METRIC

    @property
    def subject_key(self) -> str:
        """The metric."""
        return self.metric_id

    @property
    def told_with(self) -> str:
        """Targets of a quarter have one owner as a rule, and one end."""
        return self.quarter.isoformat()


@dataclass(frozen=True)
class Evidence:
    """One document behind a vendor-level signal; ``evidence_rank`` 1 is the most telling."""

    signal_key: str
    vendor_key: str
    evidence_rank: int
    document_kind: str
    document: str
    item: str | None
    event_date: date
    finding: str
    score: float
    value: float | None
    currency: str | None


@dataclass(frozen=True)
class EvidenceMonth:
    """The measure of a vendor-level signal in one month; ``observed`` is None where ``n`` is 0."""

    signal_key: str
    vendor_key: str
    month_date: date
    unit: str
    n: int
    observed: float | None
    observed_low: float | None
    observed_high: float | None
    expected: float


@dataclass(frozen=True)
class Feed:
    """How fresh one entity of one connection was when the publication was built."""

    system: str
    kind: str
    connection_id: str
    entity: str
    last_complete_at: datetime | None
    stale_after_hours: float | None
    is_stale: bool


@dataclass(frozen=True)
class Published:
    """One publication, as far as alerts need it; ``folder`` holds its files."""

    folder: Path
    build_id: str
    as_of: datetime
    signals: tuple[Signal, ...]
    vendor_keys: frozenset[str]
    feeds: tuple[Feed, ...]

    @property
    def loaded_companies(self) -> frozenset[str]:
        """ERP connections that have landed at least once."""
        return frozenset(feed.connection_id for feed in self.feeds if feed.kind == "erp" and feed.last_complete_at)

    @property
    def stale_companies(self) -> frozenset[str]:
        """ERP connections with a stale feed: what is missing from them says nothing."""
        return frozenset(feed.connection_id for feed in self.feeds if feed.kind == "erp" and feed.is_stale)


def company_of(vendor_key: str) -> str:
    """``erp_s4hana`` of ``erp_s4hana:10023``."""
    return vendor_key.partition(":")[0]
