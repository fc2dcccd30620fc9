"""Publications on disk, a real SMTP server, and a company's routes."""

import asyncio
import hashlib
import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine, create_engine, text

from alerts.smtp import SmtpSettings
from ecosystem.clock import iso
from ecosystem.paths import Home
from tests.alerts.life import Life
from tests.postgres_server import running_postgres

DAY_ONE = datetime(2026, 6, 30, 18, tzinfo=UTC)

EARLY_WARNING = pa.schema(
    [
        ("signal_key", pa.string()),
        ("rule_id", pa.string()),
        ("rule_version", pa.string()),
        ("kpi_family", pa.string()),
        ("severity", pa.string()),
        ("vendor_key", pa.string()),
        ("vendor_name", pa.string()),
        ("category", pa.string()),
        ("is_strategic", pa.bool_()),
        ("purchase_order", pa.string()),
        ("purchase_order_line", pa.string()),
        ("schedule_line", pa.string()),
        ("material", pa.string()),
        ("material_text", pa.string()),
        ("episode", pa.string()),
        ("signal_state", pa.string()),
        ("started_at", pa.timestamp("us")),
        ("cleared_at", pa.timestamp("us")),
        ("clear_reason", pa.string()),
        ("first_promise_date", pa.date32()),
        ("previous_promise_date", pa.date32()),
        ("latest_promise_date", pa.date32()),
        ("days_late", pa.int32()),
        ("open_quantity", pa.float64()),
        ("quantity_unit", pa.string()),
        ("open_value", pa.float64()),
        ("currency", pa.string()),
        ("is_muted", pa.bool_()),
        ("mute_reason", pa.string()),
        ("evidence", pa.string()),
    ]
)
VENDOR_WARNING = pa.schema(
    [
        ("signal_key", pa.string()),
        ("rule_id", pa.string()),
        ("rule_version", pa.int64()),
        ("kpi_family", pa.string()),
        ("severity", pa.string()),
        ("vendor_key", pa.string()),
        ("vendor_name", pa.string()),
        ("category", pa.string()),
        ("is_strategic", pa.bool_()),
        ("episode", pa.string()),
        ("signal_state", pa.string()),
        ("started_at", pa.timestamp("us")),
        ("cleared_at", pa.timestamp("us")),
        ("clear_reason", pa.string()),
        ("likely_since_date", pa.date32()),
        ("unit", pa.string()),
        ("observed_count", pa.int64()),
        ("observed_of", pa.int64()),
        ("observed", pa.float64()),
        ("observed_low", pa.float64()),
        ("observed_high", pa.float64()),
        ("expected", pa.float64()),
        ("statistic", pa.float64()),
        ("threshold", pa.float64()),
        ("alerts", pa.int64()),
        ("last_told_at", pa.timestamp("us")),
        ("is_muted", pa.bool_()),
        ("mute_reason", pa.string()),
        ("evidence", pa.string()),
        ("announced_count", pa.int64()),
        ("announced_of", pa.int64()),
    ]
)
TARGET_WARNING = pa.schema(
    [
        ("signal_key", pa.string()),
        ("rule_id", pa.string()),
        ("rule_version", pa.int64()),
        ("kpi_family", pa.string()),
        ("severity", pa.string()),
        ("metric_id", pa.string()),
        ("metric_name", pa.string()),
        ("owner", pa.string()),
        ("quarter", pa.date32()),
        ("quarter_end_date", pa.date32()),
        ("days_left", pa.int64()),
        ("episode", pa.string()),
        ("signal_state", pa.string()),
        ("started_at", pa.timestamp("us")),
        ("cleared_at", pa.timestamp("us")),
        ("clear_reason", pa.string()),
        ("unit", pa.string()),
        ("direction", pa.string()),
        ("target", pa.float64()),
        ("value", pa.float64()),
        ("lower_bound", pa.float64()),
        ("upper_bound", pa.float64()),
        ("n", pa.int64()),
        ("expected_at_end", pa.float64()),
        ("expected_low", pa.float64()),
        ("expected_high", pa.float64()),
        ("missing", pa.float64()),
        ("missing_unit", pa.string()),
        ("is_muted", pa.bool_()),
        ("mute_reason", pa.string()),
        ("evidence", pa.string()),
    ]
)
VENDOR_WARNING_EVIDENCE = pa.schema(
    [
        ("signal_key", pa.string()),
        ("vendor_key", pa.string()),
        ("evidence_rank", pa.int64()),
        ("document_kind", pa.string()),
        ("document", pa.string()),
        ("item", pa.string()),
        ("event_date", pa.date32()),
        ("finding", pa.string()),
        ("score", pa.float64()),
        ("value", pa.float64()),
        ("currency", pa.string()),
    ]
)
VENDOR_WARNING_MONTH = pa.schema(
    [
        ("signal_key", pa.string()),
        ("vendor_key", pa.string()),
        ("month_date", pa.date32()),
        ("unit", pa.string()),
        ("n", pa.int64()),
        ("observed", pa.float64()),
        ("observed_low", pa.float64()),
        ("observed_high", pa.float64()),
        ("expected", pa.float64()),
    ]
)
FEEDS = pa.schema(
    [
        ("system", pa.string()),
        ("kind", pa.string()),
        ("connection_id", pa.string()),
        ("entity", pa.string()),
        ("last_complete_at", pa.timestamp("us")),
        ("stale_after_hours", pa.float64()),
        ("is_stale", pa.bool_()),
    ]
)


def signal_row(line: int = 1, vendor: int = 1, **overrides: Any) -> dict[str, Any]:
    """A row of early_warning: line ``line`` of vendor ``vendor`` slips by ten days."""
    row: dict[str, Any] = {
        "rule_id": "promise_moved_later",
        "rule_version": "1",
        "kpi_family": "delivery",
        "severity": "alert",
        "vendor_key": f"erp_s4hana:{10000 + vendor}",
        "vendor_name": f"Vendor {vendor}",
        "category": "Packaging",
        "is_strategic": False,
        "purchase_order": f"45000{vendor:05d}",
        "purchase_order_line": str(line * 10),
        "schedule_line": "1",
        "material": f"MAT-{line:03d}",
        "material_text": f"Part {line}",
        "episode": "2026-06-29",
        "signal_state": "active",
        "started_at": datetime(2026, 6, 29, 8, tzinfo=UTC),
        "cleared_at": None,
        "clear_reason": None,
        "first_promise_date": date(2026, 7, 1),
        "previous_promise_date": date(2026, 7, 3),
        "latest_promise_date": date(2026, 7, 11),
        "days_late": 10,
        "open_quantity": 1200.0,
        "quantity_unit": "PC",
        "open_value": 18400.0,
        "currency": "EUR",
        "is_muted": False,
        "mute_reason": None,
        "evidence": "promise moved from 2026-07-03 to 2026-07-11, 10 days after the first promise",
    }
    row |= overrides
    identity = [row[name] for name in ("rule_id", "vendor_key", "purchase_order", "purchase_order_line", "episode")]
    return {"signal_key": hashlib.sha256("|".join(identity).encode()).hexdigest()[:32]} | row


def shift_row(vendor: int = 1, **overrides: Any) -> dict[str, Any]:
    """A row of vendor_warning: the deliveries of vendor ``vendor`` have become late."""
    row: dict[str, Any] = {
        "rule_id": "delivery_slip",
        "rule_version": 1,
        "kpi_family": "delivery",
        "severity": "alert",
        "vendor_key": f"erp_s4hana:{10000 + vendor}",
        "vendor_name": f"Vendor {vendor}",
        "category": "Packaging",
        "is_strategic": False,
        "episode": "2026-06-29",
        "signal_state": "active",
        "started_at": datetime(2026, 6, 29, 8, tzinfo=UTC),
        "cleared_at": None,
        "clear_reason": None,
        "likely_since_date": date(2026, 5, 18),
        "unit": "share",
        "observed_count": 9,
        "observed_of": 24,
        "observed": 0.375,
        "observed_low": 0.21,
        "observed_high": 0.57,
        "expected": 0.06,
        "statistic": 4.1,
        "threshold": 3.5,
        "alerts": 1,
        "last_told_at": datetime(2026, 6, 29, tzinfo=UTC),
        "is_muted": False,
        "mute_reason": None,
        "evidence": "9 of 24 orders since 18 May 2026 are late (37.5 %, 95 % interval 21 to 57 %), 6 % were usual",
    }
    row |= overrides
    identity = [row[name] for name in ("rule_id", "vendor_key", "episode")]
    return {"signal_key": hashlib.sha256("|".join(identity).encode()).hexdigest()[:32]} | row


def target_row(metric: str = "joint_kpi_achievement_rate", **overrides: Any) -> dict[str, Any]:
    """A row of target_warning: joint KPIs are far from their target, twelve weeks before the quarter's end."""
    row: dict[str, Any] = {
        "rule_id": "target_at_risk",
        "rule_version": 1,
        "kpi_family": "ecosystem",
        "severity": "alert",
        "metric_id": metric,
        "metric_name": metric.replace("_", " ").capitalize().replace("kpi", "KPI"),
        "owner": "Head of Procurement",
        "quarter": date(2026, 7, 1),
        "quarter_end_date": date(2026, 9, 30),
        "days_left": 12,
        "episode": "2026-07-01",
        "signal_state": "active",
        "started_at": datetime(2026, 6, 29, 8, tzinfo=UTC),
        "cleared_at": None,
        "clear_reason": None,
        "unit": "share",
        "direction": "at_least",
        "target": 0.9,
        "value": 0.276,
        "lower_bound": 0.147,
        "upper_bound": 0.457,
        "n": 29,
        "expected_at_end": 0.31,
        "expected_low": 0.24,
        "expected_high": 0.41,
        "missing": None,
        "missing_unit": None,
        "is_muted": False,
        "mute_reason": None,
        "evidence": "Joint KPI achievement rate stands at 0.276 (8 of 29) with 12 days left; target 0.9.",
    }
    row |= overrides
    identity = [row[name] for name in ("rule_id", "metric_id", "episode")]
    return {"signal_key": hashlib.sha256("|".join(identity).encode()).hexdigest()[:32]} | row


def feed_row(**overrides: Any) -> dict[str, Any]:
    """A row of feed_status: fresh purchase orders."""
    return {
        "system": "sap_s4hana",
        "kind": "erp",
        "connection_id": "erp_s4hana",
        "entity": "purchase_order",
        "last_complete_at": datetime(2026, 6, 30, 17, tzinfo=UTC),
        "stale_after_hours": 36.0,
        "is_stale": False,
    } | overrides


@dataclass(frozen=True)
class Publisher:
    """Writes publications as the publishing step does: a build folder, then one link swapped."""

    home: Home

    def __call__(
        self,
        rows: Sequence[dict[str, Any]],
        as_of: datetime = DAY_ONE,
        feeds: Sequence[dict[str, Any]] = (),
        vendor_keys: Sequence[str] | None = None,
        note: str = "",
        shifts: Sequence[dict[str, Any]] | None = (),
        evidence: Sequence[dict[str, Any]] = (),
        months: Sequence[dict[str, Any]] = (),
        targets: Sequence[dict[str, Any]] | None = (),
    ) -> str:
        """``shifts=None`` publishes as it was done before vendors were warned of: without their marts; ``targets=None``
        the same for targets of the ecosystem.
        """
        feeds = feeds or [feed_row()]
        content = repr((rows, iso(as_of), feeds, vendor_keys, note, shifts, evidence, months, targets))
        build_id = f"{as_of:%Y%m%dT%H%M%SZ}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
        folder = self.home.published / "builds" / build_id
        folder.mkdir(parents=True, exist_ok=True)
        keys = sorted({row["vendor_key"] for row in [*rows, *(shifts or ())]}) if vendor_keys is None else vendor_keys
        marts = {"early_warning": (rows, EARLY_WARNING)}
        if shifts is not None:
            marts |= {
                "vendor_warning": (shifts, VENDOR_WARNING),
                "vendor_warning_evidence": (evidence, VENDOR_WARNING_EVIDENCE),
                "vendor_warning_month": (months, VENDOR_WARNING_MONTH),
            }
        if targets is not None:
            marts["target_warning"] = (targets, TARGET_WARNING)
        for mart, (content_of, schema) in marts.items():
            pq.write_table(pa.Table.from_pylist(list(content_of), schema=schema), folder / f"{mart}.parquet")
        pq.write_table(pa.Table.from_pylist(list(feeds), schema=FEEDS), folder / "feed_status.parquet")
        pq.write_table(pa.table({"vendor_key": pa.array(list(keys), pa.string())}), folder / "dim_vendor.parquet")
        manifest = {
            "build_id": build_id,
            "as_of": iso(as_of),
            "created_at": iso(as_of),
            "marts": {mart: {"rows": len(content_of)} for mart, (content_of, _) in marts.items()},
            "gate": {"passed": True, "warnings": 0},
        }
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        link = self.home.published / "next"
        link.symlink_to(Path("builds") / build_id)
        link.replace(self.home.current)
        return build_id


@dataclass
class Mailbox:
    """What a real SMTP server took, and how it behaves: an aiosmtpd handler.

    ``slow_recipients`` and ``slow_data`` are seconds that it waits before the next answers to RCPT and to the content.
    """

    refusals: dict[str, int] = field(default_factory=dict)
    data_answers: list[str] = field(default_factory=list)
    drop_after_data: int = 0
    slow_recipients: list[float] = field(default_factory=list)
    slow_data: list[float] = field(default_factory=list)
    received: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.slow_recipients:
            await asyncio.sleep(self.slow_recipients.pop(0))
        if address in self.refusals:
            return f"{self.refusals[address]} no such mailbox <{address}>"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data_answers and not self.data_answers[0].startswith("250"):
            return self.data_answers.pop(0)
        assert isinstance(envelope.original_content, bytes)
        self.received.append((tuple(envelope.rcpt_tos), envelope.original_content))
        if self.slow_data:
            await asyncio.sleep(self.slow_data.pop(0))
        if self.drop_after_data > 0:
            self.drop_after_data -= 1
            server.transport.abort()
        return "250 OK"

    @property
    def mails(self) -> list[EmailMessage]:
        parsed = [message_from_bytes(content, policy=default) for _, content in self.received]
        assert all(isinstance(message, EmailMessage) for message in parsed)
        return parsed  # type: ignore[return-value]

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for message in self.mails]

    @property
    def copies(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(str(message["Message-ID"]) for message in self.mails)


@dataclass
class MailServer:
    """Runs a mailbox on a loopback port of the system's choice; can go down and come back on the same port."""

    mailbox: Mailbox
    loop: asyncio.AbstractEventLoop

    def start(self) -> None:
        async def serve() -> asyncio.AbstractServer:
            return await self.loop.create_server(
                lambda: SMTP(self.mailbox, loop=self.loop, hostname="localhost"), "127.0.0.1", self.mailbox.port
            )

        self.server = asyncio.run_coroutine_threadsafe(serve(), self.loop).result(10)
        self.mailbox.port = self.server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        async def close() -> None:
            self.server.close()

        asyncio.run_coroutine_threadsafe(close(), self.loop).result(10)


@pytest.fixture(scope="session")
def smtp_loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


@pytest.fixture
def mail_server(smtp_loop: asyncio.AbstractEventLoop) -> Iterator[MailServer]:
    server = MailServer(Mailbox(), smtp_loop)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mailbox(mail_server: MailServer) -> Mailbox:
    return mail_server.mailbox


@pytest.fixture
def smtp(mailbox: Mailbox) -> SmtpSettings:
    return SmtpSettings(
        connection_id="smtp_default",
        host="127.0.0.1",
        port=mailbox.port,
        sender="early-warning@example.com",
        use_ssl=False,
        use_starttls=False,
        timeout_s=5,
        retry_limit=0,
    )


@pytest.fixture
def smtp_environment(smtp: SmtpSettings) -> dict[str, str]:
    """The same server for a child process."""
    extra = {"disable_ssl": True, "disable_tls": True, "from_email": smtp.sender, "timeout": 5, "retry_limit": 0}
    connection = {"conn_type": "smtp", "host": smtp.host, "port": smtp.port, "extra": extra}
    return {"AIRFLOW_CONN_SMTP_DEFAULT": json.dumps(connection)}


ROUTES = """
mail:
  sender_name: Vendor early warning
  message_id_domain: alerts.example.com
teams:
  buyers: {name: Buyers, recipients: [buyer-one@example.com, buyer-two@example.com]}
  partners: {name: Strategic partners, recipients: partners@example.com}
  logistics: {name: Logistics purchasing, recipients: [logistics@example.com]}
  engineers: {name: Data engineering, recipients: [engineers@example.com]}
routes:
  - {name: strategic, when: {is_strategic: true}, team: partners}
  - {name: logistics, when: {vendor_category: [Logistics, Freight]}, team: logistics}
default_team: buyers
engineers_team: engineers
"""


@pytest.fixture
def routes_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    file = folder / "alert_routes.yml"
    file.write_text(ROUTES, encoding="utf-8")
    monkeypatch.setenv("ECOSYSTEM_CONFIG", str(folder))
    return file


@pytest.fixture
def home(tmp_path: Path, routes_file: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("ECOSYSTEM_ALERTS_DB_URL", raising=False)
    return Home(tmp_path / "var")


@pytest.fixture
def publish(home: Home) -> Publisher:
    return Publisher(home)


@pytest.fixture
def signal() -> Callable[..., dict[str, Any]]:
    return signal_row


@pytest.fixture
def shift() -> Callable[..., dict[str, Any]]:
    return shift_row


@pytest.fixture
def target() -> Callable[..., dict[str, Any]]:
    return target_row


@pytest.fixture
def feed() -> Callable[..., dict[str, Any]]:
    return feed_row


@pytest.fixture
def day() -> Callable[[int], datetime]:
    """``day(1)`` is the first load, ``day(2)`` the day after, at the same hour."""
    return lambda number: DAY_ONE + timedelta(days=number - 1)


@pytest.fixture
def life(publish: Publisher, smtp: SmtpSettings, mailbox: Mailbox, day: Any, routes_file: Path) -> Life:
    return Life(publish, smtp, mailbox, day, routes_file)


@pytest.fixture
def child_environment(home: Home, routes_file: Path, smtp_environment: dict[str, str]) -> dict[str, str]:
    return {
        **os.environ,
        **smtp_environment,
        "ECOSYSTEM_HOME": str(home.root),
        "ECOSYSTEM_CONFIG": str(routes_file.parent),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]),
    }


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server."""
    with running_postgres("ledger") as server:
        yield f"postgresql+psycopg://ledger@/postgres?host={server.folder}&port={server.port}"


@pytest.fixture
def on_postgres(postgres: str, home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The ledger is an empty PostgreSQL database; gives an engine that looks at it."""
    monkeypatch.setenv("ECOSYSTEM_ALERTS_DB_URL", postgres)
    engine = create_engine(postgres)
    empty(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def empty_postgres(on_postgres: Engine) -> Callable[[], None]:
    return lambda: empty(on_postgres)


def empty(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
