"""Reads what alerts are made of from a publication."""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from alerts.signals import Evidence, EvidenceMonth, Feed, LineSignal, Published, Signal, TargetSignal, VendorSignal
from ecosystem.clock import parse_as_of
from ecosystem.errors import EcosystemError
from ecosystem.paths import Home

LINE_MART, VENDOR_MART, TARGET_MART = "early_warning", "vendor_warning", "target_warning"
EVIDENCE_MART, MONTH_MART = "vendor_warning_evidence", "vendor_warning_month"


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
