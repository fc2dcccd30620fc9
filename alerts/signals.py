"""Reads what alerts are made of from the current publication."""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from ecosystem.clock import parse_as_of
from ecosystem.errors import EcosystemError
from ecosystem.paths import Home

ACTIVE = "active"
LINE_MART, VENDOR_MART, TARGET_MART = "early_warning", "vendor_warning", "target_warning"
EVIDENCE_MART, MONTH_MART = "vendor_warning_evidence", "vendor_warning_month"

OrderLine = tuple[str | None, str | None, str | None]


class SubjectKind(StrEnum):
    """What ``subject_key`` of an alert names. PIPELINE is a feed, check or step, of which no mart tells."""

    VENDOR = "vendor"
    METRIC = "metric"
    PIPELINE = "pipeline"


@dataclass(frozen=True)
class Signal:
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
    def subject_kind(self) -> SubjectKind:
        """Which kind of thing it is about."""
        raise NotImplementedError

    @property
    def subject_key(self) -> str:
        """The thing it is about: ``vendor_key``, or ``metric_id`` of a target."""
        raise NotImplementedError

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


def read_published(home: Home) -> Published:
    """Read the current publication; all files come from the same build, even if it is replaced meanwhile.

    Raises:
        EcosystemError: nothing is published, or a file lacks what alerts need.
    """
    if not home.current.exists():
        raise EcosystemError(
            f"Nothing is published yet ({home.current} does not exist): build, gate and publish first, then alert."
        )
    return read_publication(home.current.resolve())


def read_publication(folder: Path) -> Published:
    """Read the publication in ``folder``. One that was made before vendors or targets were warned of has no such
    signals.

    Raises:
        EcosystemError: a file lacks what alerts need.
    """
    manifest = _manifest(folder)
    signals: list[Signal] = [
        read(row)
        for mart, (shape, read) in _SHAPES.items()
        if mart in manifest.rows_of
        for row in _counted_rows(folder, manifest, mart, shape)
    ]
    return Published(
        folder=folder,
        build_id=manifest.build_id,
        as_of=manifest.as_of,
        signals=tuple(signals),
        vendor_keys=frozenset(row["vendor_key"] for row in _rows(folder, "dim_vendor", ["vendor_key"])),
        feeds=tuple(_feed(row) for row in _rows(folder, "feed_status", Feed.__dataclass_fields__)),
    )


def read_signals(folder: Path, signal_keys: Collection[str]) -> tuple[Signal, ...]:
    """Those of these signals that the publication in ``folder`` has.

    Raises:
        EcosystemError: a file lacks what alerts need.
    """
    asked = pc.field("signal_key").isin(sorted(signal_keys))
    if not signal_keys:
        return ()
    listed = _manifest(folder).rows_of
    return tuple(
        read(row)
        for mart, (shape, read) in _SHAPES.items()
        if mart in listed
        for row in _rows(folder, mart, *_columns(shape), asked)
    )


def read_evidence(folder: Path, signal_keys: Collection[str]) -> dict[str, tuple[Evidence, ...]]:
    """The documents behind vendor-level signals of the publication in ``folder``, the most telling first, by signal.

    A signal without documents, or a publication without that mart, has no entry.
    """
    found: dict[str, list[Evidence]] = defaultdict(list)
    for row in _rows_of(folder, EVIDENCE_MART, Evidence, signal_keys):
        found[row["signal_key"]].append(Evidence(**row | {"value": _number(row["value"])}))
    return {key: tuple(sorted(rows, key=lambda one: one.evidence_rank)) for key, rows in found.items()}


def read_months(folder: Path, signal_keys: Collection[str]) -> dict[str, tuple[EvidenceMonth, ...]]:
    """The months of vendor-level signals of the publication in ``folder``, the oldest first, by signal.

    A signal without months, or a publication without that mart, has no entry.
    """
    found: dict[str, list[EvidenceMonth]] = defaultdict(list)
    measured = ("observed", "observed_low", "observed_high")
    for row in _rows_of(folder, MONTH_MART, EvidenceMonth, signal_keys):
        found[row["signal_key"]].append(EvidenceMonth(**row | {name: _number(row[name]) for name in measured}))
    return {key: tuple(sorted(rows, key=lambda one: one.month_date)) for key, rows in found.items()}


def read_mart(
    folder: Path, mart: str, columns: Iterable[str], condition: pc.Expression | None = None
) -> list[dict[str, Any]]:
    """Columns of a mart of the publication in ``folder``, those rows that meet the condition; none where the
    publication does not list the mart.

    Raises:
        EcosystemError: the mart is listed, but its file is missing or lacks a column.
    """
    return _rows(folder, mart, columns, (), condition) if mart in _manifest(folder).rows_of else []


@dataclass(frozen=True)
class _Manifest:
    """What a publication says of itself: its marts with their number of rows."""

    build_id: str
    as_of: datetime
    rows_of: Mapping[str, int]


def _manifest(folder: Path) -> _Manifest:
    file = folder / "manifest.json"
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        rows_of = {str(mart): int(about["rows"]) for mart, about in manifest["marts"].items()}
        if LINE_MART not in rows_of:
            raise KeyError(LINE_MART)
        return _Manifest(str(manifest["build_id"]), parse_as_of(manifest["as_of"]), rows_of)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EcosystemError(
            f"The manifest {file} cannot be used ({type(error).__name__}: {error}): publish again."
        ) from None


def _counted_rows(folder: Path, manifest: _Manifest, mart: str, shape: type[Signal]) -> list[dict[str, Any]]:
    rows = _rows(folder, mart, *_columns(shape))
    expected = manifest.rows_of[mart]
    if len(rows) != expected:
        raise EcosystemError(
            f"{folder / f'{mart}.parquet'} holds {len(rows)} rows where its manifest says {expected}: publish again."
        )
    return rows


def _rows_of(
    folder: Path, mart: str, shape: type[Evidence | EvidenceMonth], signal_keys: Collection[str]
) -> list[dict[str, Any]]:
    if not signal_keys:
        return []
    return read_mart(folder, mart, shape.__dataclass_fields__, pc.field("signal_key").isin(sorted(signal_keys)))


def _columns(shape: type[Signal]) -> tuple[list[str], list[str]]:
    """The columns that a shape needs, and those that it has a default for because older publications lack them."""
    needed = [field.name for field in fields(shape) if field.default is MISSING]
    return needed, [field.name for field in fields(shape) if field.default is not MISSING]


def _rows(
    folder: Path,
    mart: str,
    columns: Iterable[str],
    where_there: Iterable[str] = (),
    condition: pc.Expression | None = None,
) -> list[dict[str, Any]]:
    file = folder / f"{mart}.parquet"
    wanted = list(columns)
    try:
        names = pq.read_schema(file).names
        missing = [column for column in wanted if column not in names]
        wanted += [column for column in where_there if column in names]
        if missing:
            raise EcosystemError(
                f"The mart {file} lacks the column '{missing[0]}', which alerts need: rebuild and publish."
            )
        # Not as a data set: its folder holds other marts, and a partition would be read out of its name.
        table = pq.read_table(file, columns=wanted, filters=condition, partitioning=None)
        rows: list[dict[str, Any]] = table.to_pylist()
        return rows
    except FileNotFoundError:
        raise EcosystemError(f"The publication lacks {file}, which alerts need: rebuild and publish.") from None


def _line_signal(row: dict[str, Any]) -> LineSignal:
    numbers = {"open_quantity": _number(row["open_quantity"]), "open_value": _number(row["open_value"])}
    return LineSignal(**row | _common(row) | numbers)


def _vendor_signal(row: dict[str, Any]) -> VendorSignal:
    measured = {name: _number(row[name]) for name in ("observed", "observed_low", "observed_high")}
    return VendorSignal(**row | _common(row) | measured | {"last_told_at": _utc(row["last_told_at"])})


def _target_signal(row: dict[str, Any]) -> TargetSignal:
    measured = {name: _number(row.get(name)) for name in _MEASURES_OF_TARGET}
    return TargetSignal(**row | _common(row) | measured)


_MEASURES_OF_TARGET = (
    *("value", "lower_bound", "upper_bound"),
    *("expected_at_end", "expected_low", "expected_high", "missing"),
)

_SHAPES: Mapping[str, tuple[type[Signal], Callable[[dict[str, Any]], Signal]]] = {
    LINE_MART: (LineSignal, _line_signal),
    VENDOR_MART: (VendorSignal, _vendor_signal),
    TARGET_MART: (TargetSignal, _target_signal),
}


def _common(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rule_version": str(row["rule_version"]),
        "episode": str(row["episode"]),
        "started_at": _utc(row["started_at"]),
        "cleared_at": _utc(row["cleared_at"]),
    }


def _feed(row: dict[str, Any]) -> Feed:
    return Feed(**row | {"last_complete_at": _utc(row["last_complete_at"])})


def _number(value: Any) -> float | None:
    """A number that can be shown and stored; what is not one is unknown."""
    return None if value is None or not math.isfinite(value) else float(value)


def _utc(instant: datetime | None) -> datetime | None:
    """Published timestamps are UTC, with or without saying so."""
    if instant is None:
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
