"""A small source whose every document is known, and a sandbox that serves it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from ecosystem.paths import Home
from sandbox.faces.exchange import Credentials
from sandbox.server import Address, Settings, running
from sandbox.source import Row, check_entity

LOGIN = ("erp user", "pass:word")
NOW = datetime(2026, 6, 30, 18, tzinfo=UTC)
ORDERS = 20
PAGE_LIMIT = 5


def purchase_order(number: int) -> dict[str, Any]:
    """Order 4500000001 and so on; three in a row share a change time."""
    key = f"{4500000000 + number}"
    return {
        "PurchaseOrder": key,
        "PurchaseOrderType": "NB",
        "PurchaseOrderDeletionCode": "",
        "CompanyCode": "1010",
        "PurchasingOrganization": "1010",
        "PurchasingGroup": "001",
        "Supplier": f"{number % 4 + 1}",
        "SupplyingPlant": "",
        "PurchaseOrderDate": date(2026, 1, number),
        "CreationDate": date(2026, 1, number),
        "LastChangeDateTime": datetime(2026, 2, 1, 8, 0, 0, 123456, tzinfo=UTC) + timedelta(days=(number - 1) // 3),
        "DocumentCurrency": "EUR",
        "_PurchaseOrderItem": [
            {
                "PurchaseOrder": key,
                "PurchaseOrderItem": "00010",
                "PurchasingDocumentDeletionCode": "",
                "Plant": "1010",
                "Material": "M-1",
                "PurchaseOrderItemText": 'Screw 1/4" + nut & "Zürich"',
                "MaterialGroup": "A",
                "OrderQuantity": Decimal("78.000"),
                "PurchaseOrderQuantityUnit": "PC",
                "NetPriceAmount": Decimal("36.530000"),
                "NetPriceQuantity": Decimal("100"),
                "OrderPriceUnit": "PC",
                "OrderPriceUnitToOrderUnitNmrtr": Decimal("1"),
                "OrdPriceUnitToOrderUnitDnmntr": Decimal("1"),
                "PurchaseOrderItemCategory": "",
                "GoodsReceiptIsExpected": True,
                "PurchaseContract": "",
                "PurchaseContractItem": "",
                "SupplierConfirmationControlKey": "",
                "IsCompletelyDelivered": False,
                "IsReturnsItem": True,
                "UnderdelivTolrtdLmtRatioInPct": Decimal("0.0"),
                "OverdelivTolrtdLmtRatioInPct": Decimal("10.5"),
                "PlannedDeliveryDurationInDays": Decimal("14"),
                "_PurchaseOrderScheduleLineTP": [
                    {
                        "PurchaseOrder": key,
                        "PurchaseOrderItem": "00010",
                        "ScheduleLine": f"{line:04}",
                        "ScheduleLineDeliveryDate": date(2026, 3, line),
                        "SchedLineStscDeliveryDate": date(2026, 2, line),
                        "ScheduleLineOrderQuantity": Decimal("39.000"),
                        "PurchaseOrderQuantityUnit": "PC",
                    }
                    for line in (1, 2)
                ],
            }
        ],
    }


def material_document(number: int) -> dict[str, Any]:
    """Two documents a day, at 11:22:33 and at noon."""
    key = f"{5000000000 + number}"
    return {
        "MaterialDocumentYear": "2026",
        "MaterialDocument": key,
        "DocumentDate": date(1969, 12, 31),
        "PostingDate": None,
        "CreationDate": date(2026, 3, (number + 1) // 2),
        "CreationTime": "11:22:33" if number % 2 else "12:00:00",
        "to_MaterialDocumentItem": [
            {
                "MaterialDocumentYear": "2026",
                "MaterialDocument": key,
                "MaterialDocumentItem": "1",
                "Material": "M-1",
                "Plant": "1010",
                "Supplier": "1",
                "PurchaseOrder": "4500000001",
                "PurchaseOrderItem": "10",
                "GoodsMovementType": "101",
                "QuantityInEntryUnit": Decimal("12.5"),
                "EntryUnit": "PC",
                "QuantityInBaseUnit": Decimal("12.5"),
                "MaterialBaseUnit": "PC",
                "GoodsMovementIsCancelled": False,
                "ReversedMaterialDocumentYear": "",
                "ReversedMaterialDocument": "",
                "ReversedMaterialDocumentItem": "",
            }
        ],
    }


def supplier(number: int) -> dict[str, Any]:
    return {
        "Supplier": f"{number:010}",
        "SupplierName": f"Vendor {number}",
        "SupplierAccountGroup": "SUPL",
        "CreationDate": None,
        "DeletionIndicator": False,
        "PurchasingIsBlocked": number == 3,
        "PostingIsBlocked": False,
    }


def account(number: int) -> dict[str, Any]:
    """Three change in one second, with microseconds that the wire does not show; every 50th is deleted."""
    return {
        "Id": f"001{number:012}AAA",
        "Name": f"O'Vendor {number}",
        "AccountNumber": f"{number}",
        "Type": "Vendor",
        "Vendor_Category__c": None,
        "Strategic_Vendor__c": number == 1,
        "Segment__c": "Routine",
        "ParentId": None,
        "MasterRecordId": None,
        "CreatedDate": datetime(2026, 1, 1, tzinfo=UTC),
        "SystemModstamp": datetime(2026, 1, 2, 3, 4, 5, 6_100 + number % 3, tzinfo=UTC)
        + timedelta(seconds=(number - 1) // 3),
        "IsDeleted": number % 50 == 0,
    }


def innovation_proposal(number: int) -> dict[str, Any]:
    return {
        "Id": f"a01{number:012}AAA",
        "Name": f"IP-{number}",
        "Account__c": "001000000000001AAA",
        "Title__c": "Lighter crate",
        "Problem__c": "Line one\nline two",
        "Benefit_Estimate__c": Decimal("1234567890123.45"),
        "CurrencyIsoCode": "EUR",
        "Proposal_Owner__c": "Buyer",
        "Next_Step__c": None,
        "Cost_To_Implement__c": Decimal("8.00"),
        "Time_To_Implement_Days__c": Decimal("30"),
        "Status__c": "Submitted",
        "Submitted_Date__c": date(2026, 5, 4),
        "First_Feedback_At__c": None,
        "CreatedDate": NOW,
        "SystemModstamp": NOW,
        "IsDeleted": False,
    }


def incident(number: int) -> dict[str, Any]:
    """Four at one second each; every fifth has no vendor."""
    known = number % 5 != 0
    return {
        "sys_id": f"{number:032x}",
        "number": f"INC{number:07}",
        "state": "6",
        "priority": "3",
        "category": "delivery",
        "contact_type": "email",
        "assignment_group": f"{7:032x}",
        "vendor": f"{9:032x}" if known else "",
        "vendor.name": "Vendor 9" if known else "",
        "made_sla": True,
        "reopen_count": 0,
        "reassignment_count": number,
        "opened_at": datetime(2026, 1, 1, tzinfo=UTC),
        "resolved_at": None,
        "closed_at": None,
        "sys_created_on": datetime(2026, 1, 1, tzinfo=UTC),
        "sys_updated_on": datetime(2026, 1, 2, 3, 4, 5, 999_000, tzinfo=UTC) + timedelta(seconds=(number - 1) // 4),
    }


def task_sla(number: int) -> dict[str, Any]:
    """A target that was met after a pause; the last one still runs."""
    runs = number == 3
    opened_at = datetime(2026, 6, 1, 8, tzinfo=UTC)
    return {
        "sys_id": f"{number:032x}",
        "task": f"{1:032x}",
        "sla": f"{5:032x}",
        "sla.name": "Priority 3 resolution",
        "sla.type": "SLA",
        "sla.target": "resolution",
        "schedule": f"{6:032x}",
        "schedule.name": "weekdays_8_18",
        "stage": "in_progress" if runs else "completed",
        "has_breached": False,
        "start_time": opened_at,
        "end_time": None if runs else opened_at + timedelta(days=40),
        "planned_end_time": opened_at + timedelta(days=60),
        "pause_duration": 5400,
        "business_pause_duration": 0,
        "duration": None if runs else 40 * 86_400 - 5400,
        "business_duration": None if runs else 28 * 36_000,
        "sys_created_on": opened_at,
        "sys_updated_on": opened_at + timedelta(hours=number),
    }


class SmallSource:
    """Some documents of each entity; a day more adds one supplier."""

    def __init__(self) -> None:
        self.days = 0
        self.documents: dict[str, list[dict[str, Any]]] = {
            "purchase_order": [purchase_order(number) for number in range(1, ORDERS + 1)],
            "material_document": [material_document(number) for number in range(1, 13)],
            "supplier": [supplier(number) for number in range(1, 4)],
            "account": [account(number) for number in range(1, 451)],
            "innovation_proposal": [innovation_proposal(1)],
            "incident": [incident(number) for number in range(1, 26)],
            "task_sla": [task_sla(number) for number in range(1, 4)],
        }

    def now(self) -> datetime:
        return NOW + timedelta(days=self.days)

    def rows(self, entity: str) -> Sequence[Row]:
        check_entity(entity)
        return self.documents.get(entity, [])

    def advance(self, days: int) -> None:
        if days < 0:
            raise ValueError("time goes forward")
        for _ in range(days):
            self.days += 1
            self.documents["supplier"].append(supplier(100 + self.days))


class Client:
    """Asks a running sandbox. Queries go out exactly as they are written."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._session = requests.Session()

    def get(self, target: str, **options: Any) -> requests.Response:
        return self.send("GET", target, **options)

    def send(self, method: str, target: str, **options: Any) -> requests.Response:
        options.setdefault("auth", LOGIN)
        return self._session.request(method, self.address.base_url + target, timeout=20, **options)

    def token(self) -> str:
        form = {"grant_type": "client_credentials", "client_id": LOGIN[0], "client_secret": LOGIN[1]}
        response = self.send("POST", "/services/oauth2/token", data=form, auth=None)
        assert response.status_code == 200, response.text
        return str(response.json()["access_token"])

    def set_faults(self, *rules: dict[str, Any]) -> None:
        response = self.send("PUT", "/sandbox/faults", json=list(rules))
        assert response.status_code == 200, response.text

    def log(self) -> list[dict[str, Any]]:
        return list(self.get("/sandbox/log").json()["requests"])

    def close(self) -> None:
        self._session.close()


@pytest.fixture
def source() -> SmallSource:
    return SmallSource()


@pytest.fixture
def state_home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def start(state_home: Home) -> Iterator[Callable[..., Client]]:
    """Starts sandboxes with few rows on a page."""
    with ExitStack() as stack:

        def start(source: SmallSource, **settings: Any) -> Client:
            behaviour = Settings(Credentials(*LOGIN), **({"page_limit": PAGE_LIMIT} | settings))
            client = Client(stack.enter_context(running(source, state_home, seed=1, settings=behaviour)))
            stack.callback(client.close)
            return client

        yield start


@pytest.fixture
def client(start: Callable[..., Client], source: SmallSource) -> Client:
    return start(source)
