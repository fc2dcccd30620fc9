"""A small company behind the sandbox's real protocols, and the whole chain run on it without Airflow."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from alerts.data_alert import report_stale_feeds
from alerts.run import AlertResult, run_alerts
from alerts.smtp import SmtpSettings
from alerts.smtp import from_environment as smtp_from_environment
from config.sources import load_sources
from connectors.connection import from_environment
from connectors.extract import ExtractResult, extract
from ecosystem.errors import GateBlocked
from ecosystem.paths import Home
from expectations.gate import GateResult, run_gate
from publishing.publish import publish
from sandbox.server import running
from sandbox.source import Source
from warehouse.build import BuildResult, build

Row = Mapping[str, Any]
Change = Callable[[Sequence[Row]], Sequence[Row]]


@dataclass
class Altered:
    """A source whose rows a test can change, as a fault in the system would.

    Each change moves the clock by a microsecond, because the sandbox asks for rows again only when its clock has moved.
    """

    source: Source
    changes: dict[str, Change] = field(default_factory=dict)
    _changed: int = 0

    def now(self) -> datetime:
        return self.source.now() + timedelta(microseconds=self._changed)

    def advance(self, days: int) -> None:
        self.source.advance(days)

    def rows(self, entity: str) -> Sequence[Row]:
        rows = self.source.rows(entity)
        return self.changes[entity](rows) if entity in self.changes else rows

    def change(self, entity: str, change: Change | None) -> None:
        """Let ``change`` replace the rows of ``entity``; None shows them as they are again."""
        self.changes.pop(entity, None)
        if change is not None:
            self.changes[entity] = change
        self._changed += 1


@dataclass(frozen=True)
class Day:
    """What one pass through the chain did."""

    as_of: datetime
    extracts: tuple[ExtractResult, ...]
    build: BuildResult
    gate: GateResult
    alerts: AlertResult | None


@dataclass(frozen=True)
class Company:
    """A running sandbox and the state directory that the chain works in."""

    source: Altered
    home: Home
    smtp: SmtpSettings

    def extract(
        self, *connections: str, full: bool = False, as_of: datetime | None = None
    ) -> tuple[ExtractResult, ...]:
        """Extract the given connections, all of them where none is named."""
        return tuple(
            extract(source, from_environment(source.connection_id), entity, self.home, as_of or self.source.now(), full)
            for source in load_sources()
            if not connections or source.connection_id in connections
            for entity in source.entities
        )

    def live(self, *connections: str, as_of: datetime | None = None) -> Day:
        """Extract, build, gate, publish, alert.

        Raises:
            GateBlocked: the gate refused; nothing was published and no alert considered.
        """
        instant = as_of or self.source.now()
        extracts = self.extract(*connections, as_of=instant)
        built = build(self.home, instant)
        checked = run_gate(self.home)
        if not checked.passed:
            raise GateBlocked(checked.sentence)
        publish(self.home)
        report_stale_feeds(self.home, instant, self.smtp)
        return Day(instant, extracts, built, checked, run_alerts(self.home, instant, self.smtp))

    def published(self, mart: str) -> list[tuple[Any, ...]]:
        """All rows of a published mart, in a stable order."""
        return rows_of(f"read_parquet('{self.home.current / mart}.parquet')")

    def manifest(self) -> dict[str, Any]:
        """The current publication's manifest."""
        return dict(json.loads((self.home.current / "manifest.json").read_text(encoding="utf-8")))

    def mails(self) -> list[Path]:
        """Mails that reached the catcher."""
        return sorted(self.home.outbox.glob("*.eml"))


def rows_of(relation: str, file: Path | None = None) -> list[tuple[Any, ...]]:
    """All rows of a relation, ordered by all columns; read-only."""
    with duckdb.connect(str(file) if file else ":memory:", read_only=file is not None) as connection:
        return connection.sql(f"select * from {relation} order by all").fetchall()


@contextmanager
def company(source: Altered, home: Home) -> Iterator[Company]:
    """Serve ``source`` on free ports and point all connections of ``config/sources.yml`` at it."""
    with running(source, home) as address, pytest.MonkeyPatch.context() as environment:
        system = {
            "conn_type": "http",
            "schema": "http",
            "host": address.host,
            "port": address.port,
            "login": "sandbox",
            "password": "sandbox",
        }
        for configured in load_sources():
            environment.setenv(f"AIRFLOW_CONN_{configured.connection_id.upper()}", json.dumps(system))
        mail = {
            "conn_type": "smtp",
            "host": address.host,
            "port": address.smtp_port,
            "extra": {"disable_ssl": True, "disable_tls": True, "from_email": "early-warning@example.com"},
        }
        environment.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(mail))
        environment.setenv("ECOSYSTEM_PSEUDONYM_KEY", "a key for tests")
        environment.setenv("ECOSYSTEM_HOME", str(home.root))
        yield Company(source, home, smtp_from_environment())
