"""Receiving, quality, cost, stock and lead time over landed documents; the second day's increment equals a rebuild."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

DAY_ONE = datetime(2026, 6, 10, 18, tzinfo=UTC)
DAY_TWO = datetime(2026, 6, 30, 18, tzinfo=UTC)
DAY_THREE = DAY_TWO + timedelta(days=25)
BEFORE = datetime(2026, 6, 1, 9, tzinfo=UTC)
CHANGED = datetime(2026, 6, 29, 9, tzinfo=UTC)
VENDOR = "erp_s4hana:100001"
WAITING = "erp_s4hana:100002"
MARTS = (
    "dim_calendar",
    "dim_material",
    "fct_goods_receipt",
    "fct_inspection_lot",
    "fct_invoice_line",
    "fct_quality_notification",
    "fct_stock_day",
    "lead_time",
    "price_variance",
    "stock_cover",
)
# an increment of the order marts goes on from all of them
CHAIN = ("fct_promise_change", "int_erp__vendor_shown", "int_vendor_month__on_time", "int_vendor_month__delivery")
PARTS = ("int_vendor_month__quality", "int_vendor_month__cost", "int_erp__request_for_quotation")


def order(number: str, ordered: date, promised: date, quantity: int = 10, unit: str = "PAK", **more: Any) -> dict:
    return {
        "PurchaseOrder": number,
        "PurchaseOrderType": "NB",
        "Supplier": "100001",
        "PurchaseOrderDate": ordered,
        "DocumentCurrency": "EUR",
        "LastChangeDateTime": BEFORE,
        **more,
        "_PurchaseOrderItem": [
            {
                "PurchaseOrderItem": "00010",
                "Plant": "1010",
                "Material": "4711",
                "OrderQuantity": Decimal(quantity),
                "PurchaseOrderQuantityUnit": unit,
                "NetPriceAmount": Decimal(100),
                "NetPriceQuantity": Decimal(1),
                "UnderdelivTolrtdLmtRatioInPct": Decimal(0),
                "_PurchaseOrderScheduleLineTP": [
                    {
                        "ScheduleLine": "0001",
                        "ScheduleLineDeliveryDate": promised,
                        "ScheduleLineOrderQuantity": Decimal(quantity),
                        "PurchaseOrderQuantityUnit": unit,
                    }
                ],
            }
        ],
    }


def movement(number: str, order_number: str, posted: date, quantity: int = 10, unit: str = "PAK", **more: Any) -> dict:
    return {
        "MaterialDocumentYear": "2026",
        "MaterialDocument": number,
        "PostingDate": posted,
        "CreationDate": posted,
        "CreationTime": "09:30:00",
        "to_MaterialDocumentItem": [
            {
                "MaterialDocumentItem": "0001",
                "Material": "4711",
                "Plant": "1010",
                "PurchaseOrder": order_number,
                "PurchaseOrderItem": "10",
                "GoodsMovementType": "101",
                "QuantityInEntryUnit": Decimal(quantity),
                "EntryUnit": unit,
                "GoodsMovementIsCancelled": False,
                **more,
            }
        ],
    }


def lot(number: str, document: str, **more: Any) -> dict:
    return {
        "InspectionLot": number,
        "InspectionLotType": "01",
        "Plant": "1010",
        "Material": "4711",
        "Supplier": "100001",
        "MaterialDocumentYear": "2026",
        "MaterialDocument": document,
        "MaterialDocumentItem": "0001",
        "InspectionLotQuantity": Decimal(100),
        "InspectionLotQuantityUnit": "EA",
        "InspectionLotSampleQuantity": Decimal(20),
        "InspectionLotCreatedOn": date(2026, 6, 5),
        "ChangedDateTime": BEFORE,
        **more,
    }


def decision(number: str, valuation: str) -> dict:
    return {
        "InspectionLot": number,
        "InspLotUsageDecisionValuation": valuation,
        "InspectionLotUsageDecidedOn": date(2026, 6, 8),
        "ChangedDateTime": BEFORE,
    }


def notification(number: str, **more: Any) -> dict:
    return {
        "QualityNotification": number,
        "NotificationType": "Q2",
        "Supplier": "100001",
        "Material": "4711",
        "Plant": "1010",
        "NotificationReportingDate": date(2026, 6, 8),
        "NotificationReportingTime": "10:00:00",
        "QuantityUnit": "EA",
        "IsMarkedForDeletion": False,
        "LastChangeDateTime": BEFORE,
        **more,
    }


def invoice(number: str, posted: date, amount: str, quantity: int, **more: Any) -> dict:
    return {
        "SupplierInvoice": number,
        "FiscalYear": str(posted.year),
        "CompanyCode": "1000",
        "DocumentDate": posted,
        "PostingDate": posted,
        "CreationDate": posted,
        "InvoicingParty": "100001",
        "DocumentCurrency": "EUR",
        **more,
        "to_SuplrInvcItemPurOrdRef": [
            {
                "SupplierInvoiceItem": "1",
                "PurchaseOrder": "first",
                "PurchaseOrderItem": "10",
                "Plant": "1010",
                "SupplierInvoiceItemAmount": Decimal(amount),
                "QuantityInPurchaseOrderUnit": Decimal(quantity),
                "PurchaseOrderQuantityUnit": "PAK",
            }
        ],
    }


def stock(quantity: int, kind: str = "01") -> dict:
    return {
        "Material": "4711",
        "Plant": "1010",
        "StorageLocation": "0001",
        "InventoryStockType": kind,
        "MaterialBaseUnit": "EA",
        "MatlWrhsStkQtyInMatlBaseUnit": Decimal(quantity),
    }


def rate(source: str, first_day: date, value: str) -> dict:
    return {
        "ExchangeRateType": "M",
        "SourceCurrency": source,
        "TargetCurrency": "USD",
        "ValidityStartDate": first_day,
        "ExchangeRate": Decimal(value),
        "NumberOfSourceCurrencyUnits": Decimal(1),
        "NumberOfTargetCurrencyUnits": Decimal(1),
    }


MATERIAL = {
    "Product": "4711",
    "ProductType": "ROH",
    "BaseUnit": "EA",
    "to_Description": [
        {"Language": "DE", "ProductDescription": "Sensor DE"},
        {"Language": "EN", "ProductDescription": "Sensor"},
    ],
    "to_ProductUnitsOfMeasure": [
        {"AlternativeUnit": "EA", "QuantityNumerator": Decimal(1), "QuantityDenominator": Decimal(1)},
        {"AlternativeUnit": "PAK", "QuantityNumerator": Decimal(10), "QuantityDenominator": Decimal(1)},
    ],
    "to_Valuation": [
        {"ValuationArea": "1010", "StandardPrice": Decimal(1100), "PriceUnitQty": Decimal(100), "Currency": "USD"}
    ],
}
CONTRACT = {
    "PurchaseContract": "4600000001",
    "Supplier": "100001",
    "DocumentCurrency": "EUR",
    "ValidityStartDate": date(2026, 1, 1),
    "ValidityEndDate": date(2026, 12, 31),
    "to_PurchaseContractItem": [
        {
            "PurchaseContractItem": "10",
            "Material": "4711",
            "OrderQuantityUnit": "PAK",
            "ContractNetPriceAmount": Decimal(90),
            "NetPriceQuantity": Decimal(1),
        }
    ],
}


@dataclass(frozen=True)
class Waiting:
    """One line of the vendor whose lead time is estimated: ordered, and received after so many days or not yet."""

    number: str
    ordered: date
    received: date | None

    @property
    def days(self) -> int:
        return ((self.received or DAY_TWO.date()) - self.ordered).days


def waiting_lines() -> list[Waiting]:
    dice = random.Random(11)
    lines = []
    for number in range(60):
        ordered = date(2026, 2, 1) + timedelta(days=dice.randrange(120))
        received = ordered + timedelta(days=round(dice.lognormvariate(3.6, 0.6)))
        lines.append(Waiting(f"waits{number}", ordered, received if received <= DAY_TWO.date() else None))
    return lines


@dataclass(frozen=True)
class Story:
    first: dict[str, list[dict[str, Any]]]
    second: dict[str, list[dict[str, Any]]]
    rebuilt: dict[str, list[dict[str, Any]]]
    aged: list[dict[str, Any]]
    aged_rebuilt: list[dict[str, Any]]


def tables(warehouse: Any) -> dict[str, list[dict[str, Any]]]:
    found = {name: warehouse.rows(f"select * from marts.{name} order by all") for name in MARTS}
    return found | {name: warehouse.rows(f"select * from intermediate.{name} order by all") for name in PARTS}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, warehouse_at: Callable[[Path], Any]) -> Story:
    warehouse = warehouse_at(tmp_path_factory.mktemp("quality_cost_stock"))
    select = [f"+{name}" for name in (*MARTS, *PARTS, *CHAIN)]

    def land(entity: str, *records: dict, at: datetime, mode: str = "incremental") -> None:
        warehouse.land_documents("sap_s4hana", entity, records, at, mode=mode, run_id=f"{entity}{at:%d}")

    waiting = waiting_lines()
    land("product", MATERIAL, at=DAY_ONE, mode="full")
    land("purchase_contract", CONTRACT, at=DAY_ONE, mode="full")
    land(
        "exchange_rate",
        rate("EUR", date(2026, 1, 1), "1.25"),
        rate("EUR", date(2026, 6, 1), "1.5"),
        at=DAY_ONE,
        mode="full",
    )
    land("supplier", {"Supplier": "0000100001", "SupplierName": "Plain GmbH"}, at=DAY_ONE, mode="full")
    land(
        "purchase_order",
        order("first", date(2026, 5, 1), date(2026, 6, 5)),
        order("second", date(2026, 5, 1), date(2026, 7, 6)),
        *(
            order(line.number, line.ordered, line.ordered + timedelta(days=40), unit="EA", Supplier="100002")
            for line in waiting
        ),
        at=DAY_ONE,
    )
    land(
        "material_document",
        movement("5000000001", "first", date(2026, 6, 5)),
        movement("5000000002", "first", date(2026, 6, 6), quantity=20),
        *(
            movement(f"6{number:09}", line.number, line.received, unit="EA", Plant="1020")
            for number, line in enumerate(waiting)
            if line.received and line.received <= DAY_ONE.date()
        ),
        at=DAY_ONE,
    )
    land("inspection_lot", lot("1", "5000000001"), lot("2", "5000000002"), at=DAY_ONE)
    land("usage_decision", decision("1", "R"), at=DAY_ONE)
    land(
        "quality_notification",
        notification("200000001", InspectionLot="1"),
        notification(
            "200000002", PurchasingDocument="first", PurchasingDocumentItem="10", DefectiveQuantity=Decimal(4)
        ),
        at=DAY_ONE,
    )
    land(
        "supplier_invoice",
        invoice("5100000001", date(2026, 6, 8), "1000", 10),
        invoice("5100000002", date(2026, 6, 9), "1100", 10),
        at=DAY_ONE,
    )
    land("material_stock", stock(300), stock(100, "02"), at=DAY_ONE, mode="full")
    land(
        "request_for_quotation",
        {
            "RequestForQuotation": "7000000001",
            "RFQPublishingDate": date(2026, 6, 1),
            "QuotationLatestSubmissionDate": date(2026, 6, 20),
            "LastChangeDateTime": BEFORE,
            "to_RequestForQuotationBidder": [
                {"PartnerCounter": "1", "Supplier": "100001"},
                {"PartnerCounter": "2", "Supplier": "100002"},
            ],
        },
        at=DAY_ONE,
    )
    warehouse.build(DAY_ONE, *select)
    first = tables(warehouse)

    land(
        "material_document",
        *(
            movement(f"6{number:09}", line.number, line.received, unit="EA", Plant="1020")
            for number, line in enumerate(waiting)
            if line.received and line.received > DAY_ONE.date()
        ),
        at=DAY_TWO,
    )
    # the first complaint is withdrawn, the second lot is decided without a sample, an invoice is reversed
    land(
        "quality_notification",
        notification("200000001", InspectionLot="1", IsMarkedForDeletion=True, LastChangeDateTime=CHANGED),
        at=DAY_TWO,
    )
    land(
        "inspection_lot",
        lot("2", "5000000002", InspectionLotSampleQuantity=Decimal(0), ChangedDateTime=CHANGED),
        at=DAY_TWO,
    )
    land("usage_decision", decision("2", "A"), at=DAY_TWO)
    land(
        "supplier_invoice",
        invoice(
            "5100000003",
            date(2026, 6, 29),
            "1100",
            10,
            SupplierInvoiceIsCreditMemo="X",
            ReverseDocument="5100000002",
            ReverseDocumentFiscalYear="2026",
        ),
        at=DAY_TWO,
    )
    # quality stock is not named any more, which is zero
    land("material_stock", stock(200), at=DAY_TWO, mode="full")
    land(
        "supplier_quotation",
        {
            "SupplierQuotation": "8000000001",
            "RequestForQuotation": "7000000001",
            "Supplier": "100001",
            "QuotationSubmissionDate": date(2026, 6, 12),
            "LastChangeDateTime": CHANGED,
        },
        at=DAY_TWO,
    )
    warehouse.build(DAY_TWO, *select)
    second = tables(warehouse)
    rebuilt = warehouse.sibling("rebuilt")
    rebuilt.build(DAY_TWO, *select, full=True)
    # cohorts were chosen, not all of them made
    assert warehouse.rows("from intermediate.int_lead_time__touched")

    lead_times = "from marts.lead_time order by all"
    warehouse.build(DAY_THREE, "+lead_time")
    after = tables(rebuilt)
    rebuilt.build(DAY_THREE, "+lead_time", full=True)
    return Story(first, second, after, warehouse.rows(lead_times), rebuilt.rows(lead_times))


def only(rows: Sequence[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    found = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    assert len(found) == 1, (wanted, len(found))
    return found[0]


def test_an_incremental_build_of_quality_cost_and_stock_equals_a_rebuild(story):
    assert {name: len(rows) for name, rows in story.second.items() if not rows} == {}
    for name, rows in story.second.items():
        assert rows == story.rebuilt[name], name


def test_a_withdrawn_complaint_restates_its_lot_and_the_month(story):
    before = only(story.first["fct_inspection_lot"], inspection_lot="1")
    after = only(story.second["fct_inspection_lot"], inspection_lot="1")
    assert (before["defective_base_quantity"], before["is_defective_assumed"]) == (100, True)
    assert (after["defective_base_quantity"], after["outcome"]) == (0, "rejected")

    first = only(story.first["int_vendor_month__quality"], vendor_key=VENDOR, month=date(2026, 6, 1))
    second = only(story.second["int_vendor_month__quality"], vendor_key=VENDOR, month=date(2026, 6, 1))
    # 100 of the first receipt; the second one's lot of 100 of 200 pieces was undecided
    assert (first["defect_ppm_received_n"], first["registered_defects"], first["received_defects"]) == (200, 104, 104)
    assert (second["defect_ppm_received_n"], second["registered_defects"], second["received_defects"]) == (300, 4, 4)
    assert (second["lot_rejection_rate_n"], second["lot_rejection_rate"], second["skipped_lots"]) == (1, 1, 1)
    assert (first["complaints"], second["complaints"]) == (2, 1)


def test_a_reversal_that_lands_later_takes_its_invoice_back_from_its_own_month(story):
    before = only(story.first["fct_invoice_line"], invoice="5100000002")
    after = only(story.second["fct_invoice_line"], invoice="5100000002")
    assert (before["effective_amount"], before["effective_amount_company"]) == (1100, 1650)
    assert (after["is_reversed"], after["effective_amount"]) == (True, 0)
    assert sum(row["amount"] for row in story.second["fct_invoice_line"] if row["is_reversed"]) == 0
    assert sum(row["effective_amount"] for row in story.second["fct_invoice_line"]) == 1000


def test_prices_are_compared_in_pieces_at_the_rate_of_the_order_date(story):
    june = {
        row["baseline"]: row
        for row in story.first["price_variance"]
        if row["vendor_key"] == VENDOR and row["quarter"] == date(2026, 4, 1)
    }
    # 200 pieces; ordered at 1.25, posted at 1.5; standard 11 USD, contract 9 EUR a piece; paid 10 and then 11 EUR
    assert june["standard"]["price_variance"] == Decimal("425.00")  # 2100 * 1.25 - 200 * 11
    assert june["contract"]["price_variance"] == Decimal("375.00")  # (2100 - 1800) * 1.25
    assert june["last_paid"]["price_variance"] == Decimal("125.00")  # (11 - 10) * 100 * 1.25
    assert june["standard"]["fx_variance"] == Decimal("525.00")  # 2100 * 0.25
    assert june["last_paid"]["compared_lines"] == 1
    compared = [row for row in story.second["price_variance"] if row["compared_lines"]]
    assert len(compared) == 2
    for row in compared:
        assert row["price_variance"] + row["fx_variance"] == row["actual_amount"] - row["baseline_amount"]


def test_stock_lasts_as_long_as_what_disappeared_says(story):
    days = {row["stock_date"]: row for row in story.second["fct_stock_day"]}
    assert sorted(days) == [DAY_ONE.date(), DAY_TWO.date()]
    assert days[DAY_TWO.date()]["in_quality_quantity"] == 0
    cover = only(story.second["stock_cover"], material="4711", plant="1010")
    # 400 before, 200 left, nothing received in 20 days
    assert (cover["use_basis"], cover["use_days"], cover["daily_use"], cover["days_of_cover"]) == (
        "stock_change", 20, 10, 20,
    )  # fmt: skip
    assert cover["open_lines"] >= 1
    assert (cover["next_vendor_key"], cover["cover_state"]) != (None, "unknown")
    assert only(story.first["stock_cover"], material="4711")["use_basis"] is None


def test_a_silent_bidder_is_censored_and_an_answer_ends_its_days(story):
    answered = only(story.second["int_erp__request_for_quotation"], vendor_key=VENDOR)
    silent = only(story.second["int_erp__request_for_quotation"], vendor_key=WAITING)
    assert (answered["response_days"], answered["is_answered_in_time"]) == (11, True)
    assert (silent["response_days"], silent["is_answered"], silent["is_answered_in_time"]) == (29, False, False)


def test_weeks_have_seven_days_and_belong_to_the_year_of_their_thursday(story):
    days = story.second["dim_calendar"]
    assert days[0]["calendar_date"] == min(line.ordered for line in waiting_lines())
    assert days[-1]["calendar_date"] == DAY_TWO.date() + timedelta(days=365)
    for row in days:
        year, week, weekday = row["calendar_date"].isocalendar()
        assert (row["iso_week"], row["weekday"]) == (f"{year}-W{week:02}", weekday)


def test_open_lines_age_on_days_without_documents(story):
    assert story.aged == story.aged_rebuilt
    assert story.aged != story.second["lead_time"]
    # a cohort without open lines stands still
    still = [row for row in story.second["lead_time"] if row["aged_to_date"] is None]
    assert still
    assert all(row in story.aged for row in still)


def kaplan_meier(lines: Sequence[Waiting], share: float) -> tuple[int | None, int | None, int | None]:
    """The quantile and its 95 % log-log bounds, in plain steps."""
    quantile, lower, upper = None, None, None
    curve, variance = 1.0, 0.0
    for days in sorted({line.days for line in lines}):
        at_risk = sum(line.days >= days for line in lines)
        ended = sum(line.days == days and line.received is not None for line in lines)
        curve *= 1 - ended / at_risk
        low, high = curve, None if curve == 0 else curve
        if ended < at_risk:
            variance += ended / (at_risk * (at_risk - ended))
        if 0 < curve < 1:
            width = 1.96 * math.sqrt(variance) / -math.log(curve)
            low, high = curve ** math.exp(width), curve ** math.exp(-width)
        quantile = days if quantile is None and curve <= 1 - share + 1e-9 else quantile
        lower = days if lower is None and low <= 1 - share + 1e-9 else lower
        upper = days if upper is None and high is not None and high <= 1 - share + 1e-9 else upper
    return quantile, lower, upper


def test_lead_times_are_kaplan_meier_estimates_of_every_cohort(story):
    rows = [row for row in story.second["lead_time"] if row["vendor_key"] == WAITING]
    lines = waiting_lines()
    checked = 0
    for row in rows:
        start = row["cohort_start"]
        months = {"month": 1, "quarter": 3}.get(row["cohort"], 12 * 200)
        cohort = [
            line
            for line in lines
            if 0 <= (line.ordered.year - start.year) * 12 + line.ordered.month - start.month < months
        ]
        assert (row["lines"], row["open_lines"]) == (len(cohort), sum(line.received is None for line in cohort))
        for name, share in (("lead_time_p50", 0.5), ("lead_time_p90", 0.9)):
            assert (row[name], row[f"{name}_lower"], row[f"{name}_upper"]) == kaplan_meier(cohort, share), row
        checked += 1
    assert checked >= 6
    whole = only(rows, cohort="all")
    assert whole["open_lines"] > 5
    assert whole["delivered_only_p50_days"] < whole["lead_time_p50"]
