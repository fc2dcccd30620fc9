"""A shelf of documents behind the real protocol faces, a server with scripted answers, and what landed."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import requests

from config.sources import RetrySettings, SourceSettings
from connectors.connection import Connection
from connectors.entity import entities_of, entity_of
from connectors.extract import ExtractResult, extract
from connectors.landing import list_batches
from connectors.pseudonym import Pseudonyms
from ecosystem.clock import iso
from ecosystem.paths import Home, project_root
from sandbox.faces.exchange import Credentials
from sandbox.server import Settings, running
from sandbox.source import ENTITIES, Row, Source

NOW = datetime(2026, 6, 30, 18, tzinfo=UTC)
LOGIN, PASSWORD = "reader", "marker-password-Zx81"
PSEUDONYM_KEY = "marker-pseudonym-key-Qy27"
KINDS = {"sap_s4hana": "erp", "salesforce": "crm", "servicenow": "sla_portal"}
SYSTEM_OF = {
    entity.name: system for system in KINDS for parent in entities_of(system) for entity in parent.with_descendants()
}
PARENTS = {
    child.name: parent.name
    for system in KINDS
    for parent in entities_of(system)
    for child in parent.with_descendants()
    if child is not parent
}
QUICK = RetrySettings(attempts=4, first_wait_s=0.01, longest_wait_s=2, connect_timeout_s=2, read_timeout_s=5)


class Shelf:
    """A source that holds what a test puts there; ``then`` says what the next day brings."""

    def __init__(self, **rows: Sequence[Row]) -> None:
        self._now = NOW
        self._states: list[Mapping[str, Sequence[Row]]] = [rows]

    def then(self, **rows: Sequence[Row]) -> "Shelf":
        self._states.append({**self._states[-1], **rows})
        return self

    def now(self) -> datetime:
        return self._now

    def rows(self, entity: str) -> Sequence[Row]:
        assert entity in ENTITIES
        return self._states[(self._now - NOW).days].get(entity, ())

    def advance(self, days: int) -> None:
        self._now += timedelta(days=days)


@dataclass
class Company:
    """One home, one running source, and extracts between them."""

    home: Home
    source: Source
    base_url: str
    settings: dict[str, Any] = field(default_factory=dict)

    def source_settings(self, entity: str, **overrides: Any) -> SourceSettings:
        system = SYSTEM_OF[entity]
        values = {"overlap_minutes": 30, "page_size": 200, "retry": QUICK, **self.settings, **overrides}
        return SourceSettings(
            connection_id=f"test_{system}", system=system, kind=KINDS[system], entities={entity: {}}, **values
        )

    def connection(self, entity: str) -> Connection:
        return Connection(f"test_{SYSTEM_OF[entity]}", self.base_url, LOGIN, PASSWORD)

    def extract(self, entity: str, *, full: bool = False, **overrides: Any) -> ExtractResult:
        settings = self.source_settings(entity, **overrides)
        return extract(settings, self.connection(entity), entity, self.home, self.source.now(), full)

    def faults(self, *rules: Mapping[str, Any]) -> None:
        requests.put(f"{self.base_url}/sandbox/faults", json=list(rules), timeout=5).raise_for_status()

    def log(self) -> list[dict[str, Any]]:
        served: list[dict[str, Any]] = requests.get(f"{self.base_url}/sandbox/log", timeout=5).json()["requests"]
        return served

    def landed(self, entity: str, columns: list[str] | None = None, run_id: str = "") -> list[dict[str, Any]]:
        """All landed rows in the order in which they landed, or those of one run."""
        batches = [
            batch for batch in list_batches(self.home.landing, entity=entity) if not run_id or batch.run_id == run_id
        ]
        return [row for batch in batches for row in pq.read_table(batch.path, columns=columns).to_pylist()]

    def versions(self, entity: str) -> set[str]:
        """Distinct rows, leaving out when and in which batch they were landed."""
        runs = {"_batch_id", "_extracted_at"}
        return {
            json.dumps({k: v for k, v in row.items() if k not in runs}, sort_keys=True, default=str)
            for row in self.landed(entity)
        }

    def newest(self, entity: str) -> dict[tuple[Any, ...], dict[str, Any]]:
        """The last landed row of every key, declared fields only; of children those that the parent names.

        After a full read nothing counts that it did not bring.
        """
        parent = PARENTS.get(entity)
        last = list_batches(self.home.landing, entity=parent or entity)[-1]
        run_id = last.run_id if last.mode == "full" else ""
        described = entity_of(SYSTEM_OF[entity], entity)
        declared = [column.name for column in described.fields]
        rows = {tuple(row[name] for name in described.key): row for row in self.landed(entity, declared, run_id)}
        if parent:
            key = entity_of(SYSTEM_OF[parent], parent).key
            columns = [*key, "_child_keys"]
            owners = {
                tuple(row[name] for name in key): row["_child_keys"] for row in self.landed(parent, columns, run_id)
            }
            named = {
                (*owner, *parts)
                for owner, children in owners.items()
                for child, *parts in (key.split("/") for key in children)
                if child == entity
            }
            rows = {found: row for found, row in rows.items() if found in named}
        return rows


Serve = Callable[..., AbstractContextManager[Company]]


@pytest.fixture(autouse=True)
def pseudonym_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECOSYSTEM_PSEUDONYM_KEY", PSEUDONYM_KEY)


@pytest.fixture
def shelf() -> type[Shelf]:
    return Shelf


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Serve a source through the sandbox's faces; ``page_limit`` is what a server allows on one OData page."""

    @contextmanager
    def company(
        source: Source, *, page_limit: int = 1000, home: Path | None = None, **settings: Any
    ) -> Iterator[Company]:
        root = home or tmp_path / "home"
        faces = Settings(Credentials(LOGIN, PASSWORD), page_limit)
        with running(source, Home(tmp_path / "sandbox"), settings=faces) as address:
            yield Company(Home(root), source, address.base_url, settings)

    return company


@dataclass(frozen=True)
class Asked:
    """A request that the scripted server got."""

    method: str
    path: str
    headers: Mapping[str, str]


@dataclass
class Scripted:
    """A server that answers with what the test scripted, in order; the last answer repeats."""

    base_url: str
    answers: list[tuple[int, Mapping[str, str], bytes]]
    asked: list[Asked] = field(default_factory=list)

    def then(self, body: Any = None, *, status: int = 200, **headers: str) -> "Scripted":
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers.append((status, {name.replace("_", "-"): value for name, value in headers.items()}, raw))
        return self


@contextmanager
def scripted_server() -> Iterator[Scripted]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script.asked.append(Asked(self.command, self.path, dict(self.headers.items())))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, body = script.answers[min(len(script.asked), len(script.answers)) - 1]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script = Scripted(f"http://127.0.0.1:{server.server_port}", [])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def other_host() -> Iterator[Scripted]:
    with scripted_server() as script:
        yield script


def at(minutes: float) -> datetime:
    """So many minutes before the shelf's first present."""
    return NOW - timedelta(minutes=minutes)


@dataclass(frozen=True)
class Make:
    """Documents with plausible values, one by one."""

    def order(self, number: int, changed_at: datetime, lines: int = 1, **fields: Any) -> dict[str, Any]:
        key = f"45{number:08d}"
        items = [
            {
                "PurchaseOrder": key,
                "PurchaseOrderItem": f"{10 * line:05d}",
                "PurchasingDocumentDeletionCode": "",
                "Plant": "1010",
                "Material": f"M{number}",
                "PurchaseOrderItemText": "Ventil, DN 50 'blau' & größer",
                "MaterialGroup": "G1",
                "OrderQuantity": Decimal("12.500"),
                "PurchaseOrderQuantityUnit": "EA",
                "NetPriceAmount": Decimal("9.990000"),
                "NetPriceQuantity": Decimal(100),
                "OrderPriceUnit": "EA",
                "OrderPriceUnitToOrderUnitNmrtr": Decimal(1),
                "OrdPriceUnitToOrderUnitDnmntr": Decimal(1),
                "PurchaseOrderItemCategory": "",
                "GoodsReceiptIsExpected": True,
                "PurchaseContract": "",
                "PurchaseContractItem": "",
                "SupplierConfirmationControlKey": "",
                "IsCompletelyDelivered": False,
                "IsReturnsItem": False,
                "UnderdelivTolrtdLmtRatioInPct": Decimal("5.0"),
                "OverdelivTolrtdLmtRatioInPct": Decimal("0.0"),
                "PlannedDeliveryDurationInDays": Decimal(14),
                "_PurchaseOrderScheduleLineTP": [
                    {
                        "PurchaseOrder": key,
                        "PurchaseOrderItem": f"{10 * line:05d}",
                        "ScheduleLine": "0001",
                        "ScheduleLineDeliveryDate": date(2026, 7, 15),
                        "SchedLineStscDeliveryDate": None,
                        "ScheduleLineOrderQuantity": Decimal("12.500"),
                        "PurchaseOrderQuantityUnit": "EA",
                    }
                ],
            }
            for line in range(1, lines + 1)
        ]
        return {
            "PurchaseOrder": key,
            "PurchaseOrderType": "NB",
            "PurchaseOrderDeletionCode": "",
            "CompanyCode": "1010",
            "PurchasingOrganization": "1010",
            "PurchasingGroup": "001",
            "Supplier": "17",
            "SupplyingPlant": "",
            "PurchaseOrderDate": date(2026, 6, 1),
            "CreationDate": date(2026, 6, 1),
            "LastChangeDateTime": changed_at,
            "DocumentCurrency": "EUR",
            "_PurchaseOrderItem": items,
            **fields,
        }

    def document(self, number: int, created_at: datetime, **fields: Any) -> dict[str, Any]:
        year, key = "2026", f"50{number:08d}"
        return {
            "MaterialDocumentYear": year,
            "MaterialDocument": key,
            "DocumentDate": created_at.date(),
            "PostingDate": created_at.date(),
            "CreationDate": created_at.date(),
            "CreationTime": f"{created_at:%H:%M:%S}",
            "to_MaterialDocumentItem": [
                {
                    "MaterialDocumentYear": year,
                    "MaterialDocument": key,
                    "MaterialDocumentItem": "0001",
                    "Material": "M1",
                    "Plant": "1010",
                    "Supplier": "17",
                    "PurchaseOrder": "4500000001",
                    "PurchaseOrderItem": "00010",
                    "GoodsMovementType": "101",
                    "QuantityInEntryUnit": Decimal("12.500"),
                    "EntryUnit": "EA",
                    "QuantityInBaseUnit": Decimal("12.500"),
                    "MaterialBaseUnit": "EA",
                    "GoodsMovementIsCancelled": False,
                    "ReversedMaterialDocumentYear": "",
                    "ReversedMaterialDocument": "",
                    "ReversedMaterialDocumentItem": "",
                }
            ],
            **fields,
        }

    def notification(self, number: int, changed_at: datetime, **fields: Any) -> dict[str, Any]:
        return {
            "QualityNotification": f"{200_000_000 + number:012d}",
            "NotificationType": "Q2",
            "Supplier": "17",
            "Material": "M1",
            "Plant": "1010",
            "PurchasingDocument": "4500000001",
            "PurchasingDocumentItem": "10",
            "InspectionLot": "",
            "NotificationPriority": "2",
            "NotificationReportingDate": changed_at.date(),
            "NotificationReportingTime": f"{changed_at:%H:%M:%S}",
            "NotificationCompletionDate": None,
            "NotificationCompletionTime": None,
            "ComplaintQuantity": Decimal("3.000"),
            "DefectiveQuantity": None,
            "QuantityUnit": "EA",
            "DefectCodeGroup": "LABEL",
            "IsMarkedForDeletion": False,
            "LastChangeDateTime": changed_at,
            **fields,
        }

    def invoice(self, number: int, created_at: datetime, **fields: Any) -> dict[str, Any]:
        key, year = f"51{number:08d}", f"{created_at.year}"
        return {
            "SupplierInvoice": key,
            "FiscalYear": year,
            "CompanyCode": "1000",
            "DocumentDate": created_at.date(),
            "PostingDate": created_at.date(),
            "CreationDate": created_at.date(),
            "InvoicingParty": "17",
            "DocumentCurrency": "EUR",
            "InvoiceGrossAmount": Decimal("119.000"),
            "SupplierInvoiceIsCreditMemo": "",
            "ReverseDocument": "",
            "ReverseDocumentFiscalYear": "",
            "to_SuplrInvcItemPurOrdRef": [
                {
                    "SupplierInvoice": key,
                    "FiscalYear": year,
                    "SupplierInvoiceItem": "1",
                    "PurchaseOrder": "4500000001",
                    "PurchaseOrderItem": "10",
                    "Plant": "1010",
                    "SupplierInvoiceItemAmount": Decimal("100.000"),
                    "QuantityInPurchaseOrderUnit": Decimal("12.500"),
                    "PurchaseOrderQuantityUnit": "EA",
                    "IsSubsequentDebitCredit": "",
                }
            ],
            **fields,
        }

    def supplier(self, number: int, **fields: Any) -> dict[str, Any]:
        return {
            "Supplier": f"{number:010d}",
            "SupplierName": f"Müller & Söhne {number}",
            "SupplierAccountGroup": "SUPL",
            "CreationDate": date(2020, 1, 1),
            "DeletionIndicator": False,
            "PurchasingIsBlocked": False,
            "PostingIsBlocked": False,
            **fields,
        }

    def survey(self, number: int, changed_at: datetime, **fields: Any) -> dict[str, Any]:
        return {
            "Id": f"a0S{number:015d}",
            "Account__c": "001000000000001AAA",
            "Direction__c": "vendor_rates_us",
            "Wave__c": "2026-Q2",
            "Score__c": Decimal("8.5"),
            "Respondent_Email__c": f"Person.{number}@example.com",
            "Submitted_At__c": changed_at,
            "CreatedDate": changed_at,
            "SystemModstamp": changed_at,
            "IsDeleted": False,
            **fields,
        }

    def incident(self, number: int, changed_at: datetime, **fields: Any) -> dict[str, Any]:
        return {
            "sys_id": f"{number:032x}",
            "number": f"INC{number:07d}",
            "state": "2",
            "priority": "3",
            "category": "delivery",
            "contact_type": "email",
            "assignment_group": "",
            "vendor": "",
            "vendor.name": "",
            "made_sla": True,
            "reopen_count": 0,
            "reassignment_count": 2,
            "opened_at": changed_at,
            "resolved_at": None,
            "closed_at": None,
            "sys_created_on": changed_at,
            "sys_updated_on": changed_at,
            **fields,
        }

    def one(self, entity: str, number: int, changed_at: datetime) -> dict[str, Any]:
        makers: dict[str, Callable[[int, datetime], dict[str, Any]]] = {
            "purchase_order": self.order,
            "material_document": self.document,
            "quality_notification": self.notification,
            "supplier_invoice": self.invoice,
            "survey_response": self.survey,
            "incident": self.incident,
        }
        return makers[entity](number, changed_at)


@pytest.fixture
def make() -> Make:
    return Make()


@pytest.fixture
def minutes_ago() -> Callable[[float], datetime]:
    return at


@pytest.fixture
def expected() -> Callable[[Source, str], dict[str, dict[tuple[Any, ...], dict[str, Any]]]]:
    """What must have landed of a source's present: rows of the entity and its children by key, declared fields only."""

    def flatten(source: Source, name: str) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
        system = SYSTEM_OF[name]
        found: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}

        def take(entity: Any, rows: Sequence[Row]) -> None:
            kept = found.setdefault(entity.name, {})
            for row in rows:
                values = {f.name: _as_landed(entity.protocol or system, f, row[f.name]) for f in entity.fields}
                kept[tuple(values[key] for key in entity.key)] = values
                for child in entity.children:
                    take(child, row[child.source])

        take(entity_of(system, name), source.rows(name))
        return found

    return flatten


def _as_landed(protocol: str, declared: Any, value: Any) -> Any:
    if declared.is_personal:
        return Pseudonyms(PSEUDONYM_KEY.encode()).of(value) if value else value
    if value is None and protocol == "servicenow" and declared.arrow_type == pa.string():
        return ""  # the protocol has no other sign for null
    if isinstance(value, datetime):
        # microseconds that the wire shows
        step = {"salesforce": 1000, "OData V2": 1000, "servicenow": 1_000_000}.get(protocol, 1)
        return value.replace(microsecond=value.microsecond // step * step)
    return value


ExtractUntilKilled = Callable[[Company, str, int], int | None]


@pytest.fixture
def extract_until_killed() -> ExtractUntilKilled:
    """Extract in a child process that dies at the n-th event (0: never); the number of events if it lived."""

    def run(company: Company, entity: str, fatal: int) -> int | None:
        settings, connection = company.source_settings(entity), company.connection(entity)
        child = subprocess.run(
            [
                sys.executable,
                str(Path(__file__).with_name("extract_until_killed.py")),
                settings.model_dump_json(),
                str(company.home.root),
                iso(company.source.now()),
                str(fatal),
            ],
            env={
                **os.environ,
                "PYTHONPATH": str(project_root()),
                connection.variable: json.dumps(
                    {"host": company.base_url, "login": connection.login, "password": connection.password}
                ),
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if child.returncode == -signal.SIGKILL:
            return None
        assert child.returncode == 0, child.stderr
        return int(child.stdout)

    return run


@pytest.fixture
def assert_whole() -> Callable[[Company], None]:
    """Every visible batch can be read and holds as many rows as its footer says."""

    def check(company: Company) -> None:
        for batch in list_batches(company.home.landing):
            assert pq.read_table(batch.path).num_rows == batch.row_count

    return check
