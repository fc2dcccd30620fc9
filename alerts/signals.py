"""Reads what alerts are made of from the current publication."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ecosystem.clock import parse_as_of
from ecosystem.errors import EcosystemError
from ecosystem.paths import Home

ACTIVE = "active"


@dataclass(frozen=True)
class Signal:
    """One episode of one rule on one order line, as the mart ``early_warning`` has it. Instants are aware UTC.

    ``signal_key`` is the fingerprint: rule, vendor, order line and episode, no measured value.
    """

    signal_key: str
    rule_id: str
    rule_version: str
    kpi_family: str
    severity: str
    vendor_key: str
    vendor_name: str
    category: str
    is_strategic: bool
    purchase_order: str
    purchase_order_line: str
    schedule_line: str
    material: str | None
    material_text: str | None
    episode: str
    signal_state: str
    started_at: datetime
    cleared_at: datetime | None
    clear_reason: str | None
    first_promise_date: date | None
    previous_promise_date: date | None
    latest_promise_date: date | None
    days_late: int
    open_quantity: float | None
    quantity_unit: str | None
    open_value: float | None
    currency: str | None
    is_muted: bool
    mute_reason: str | None
    evidence: str

    @property
    def is_active(self) -> bool:
        """Whether the episode still lasts."""
        return self.signal_state == ACTIVE

    @property
    def company(self) -> str:
        """The ERP connection that the vendor's rows come from: the first part of ``vendor_key``."""
        return company_of(self.vendor_key)


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
    """One publication, as far as alerts need it."""

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
    folder = home.current.resolve()
    manifest_file = folder / "manifest.json"
    try:
        manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
        build_id, as_of = str(manifest["build_id"]), parse_as_of(manifest["as_of"])
        expected_rows = int(manifest["marts"]["early_warning"]["rows"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EcosystemError(
            f"The manifest {manifest_file} cannot be used ({type(error).__name__}: {error}): publish again."
        ) from None
    signals = tuple(_signal(row) for row in _rows(folder, "early_warning", Signal.__dataclass_fields__))
    if len(signals) != expected_rows:
        raise EcosystemError(
            f"{folder / 'early_warning.parquet'} holds {len(signals)} rows where its manifest says "
            f"{expected_rows}: publish again."
        )
    return Published(
        build_id=build_id,
        as_of=as_of,
        signals=signals,
        vendor_keys=frozenset(row["vendor_key"] for row in _rows(folder, "dim_vendor", ["vendor_key"])),
        feeds=tuple(_feed(row) for row in _rows(folder, "feed_status", Feed.__dataclass_fields__)),
    )


def _rows(folder: Path, mart: str, columns: Iterable[str]) -> list[dict[str, Any]]:
    file = folder / f"{mart}.parquet"
    wanted = list(columns)
    try:
        with pq.ParquetFile(file) as parquet:
            missing = [column for column in wanted if column not in parquet.schema_arrow.names]
            if missing:
                raise EcosystemError(
                    f"The mart {file} lacks the column '{missing[0]}', which alerts need: rebuild and publish."
                )
            rows: list[dict[str, Any]] = parquet.read(columns=wanted).to_pylist()
            return rows
    except FileNotFoundError:
        raise EcosystemError(f"The publication lacks {file}, which alerts need: rebuild and publish.") from None


def _signal(row: dict[str, Any]) -> Signal:
    return Signal(
        **row
        | {
            "rule_version": str(row["rule_version"]),
            "episode": str(row["episode"]),
            "started_at": _utc(row["started_at"]),
            "cleared_at": _utc(row["cleared_at"]),
            "open_quantity": _number(row["open_quantity"]),
            "open_value": _number(row["open_value"]),
        }
    )


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
