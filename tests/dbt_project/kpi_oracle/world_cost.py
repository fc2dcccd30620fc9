"""Materials with units and standard prices, contracts, invoices with credits and reversals; rates of exchange."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.dbt_project.kpi_oracle.company import Document, State, instant
from tests.dbt_project.kpi_oracle.dice import Dice
from tests.dbt_project.kpi_oracle.observed import Unreadable
from tests.dbt_project.kpi_oracle.orders import ITEMS
from tests.dbt_project.kpi_oracle.vendors import BEFORE_ALL
from tests.dbt_project.kpi_oracle.world_orders import LAST_DAY, MATERIALS, base_unit_of

MESSES = (
    "no_conversion", "new_standard_prices", "no_standard_price", "contracts", "credit_memos", "reversed_invoices",
    "subsequent_debits", "unit_errors", "invoices_without_order",
)  # fmt: skip


def _rate(source: str, target: str, day: date, rate: str, units: int = 1, corrected: str | None = None) -> Document:
    row = {
        "ExchangeRateType": "M",
        "SourceCurrency": source,
        "TargetCurrency": target,
        "ValidityStartDate": day,
        "ExchangeRate": Decimal(rate),
        "NumberOfSourceCurrencyUnits": Decimal(units),
        "NumberOfTargetCurrencyUnits": Decimal(1),
    }
    states = [State(BEFORE_ALL, row)]
    if corrected:
        states.append(State(instant(date(2026, 5, 1)), {**row, "ExchangeRate": Decimal(corrected)}))
    return Document("sap_s4hana", "exchange_rate", tuple(states))


# Rates are the company's and not a world's: an indirect quotation, one per 100 units, one that is corrected, a pair
# that is quoted the other way round; the franc has none.
RATES = (
    _rate("EUR", "USD", date(2024, 1, 1), "1.10"),
    _rate("EUR", "USD", date(2026, 4, 1), "1.20", corrected="1.30"),
    _rate("EUR", "USD", date(2026, 6, 15), "-0.80"),
    _rate("JPY", "USD", date(2024, 1, 1), "0.65", 100),
    _rate("USD", "GBP", date(2024, 1, 1), "0.80"),
    _rate("EUR", "GBP", date(2024, 1, 1), "0.85"),
)


def documents(dice: Dice, vendors: tuple[str, ...], known: list[Document]) -> list[Document]:
    """The master data of the world's materials, contracts, and invoices for most orders."""
    orders = [document.states[0].row for document in known if document.entity == "purchase_order"]
    contracts = [_contract(dice, f"77§{count:02d}", vendor) for count, vendor in enumerate(vendors, start=1)]
    found = [_product(dice, material) for material in MATERIALS]
    found += [contract for contract in contracts if "contracts" in dice.messes]
    invoices: list[dict[str, Any]] = []
    for order in orders:
        for line in order[ITEMS]:
            if order["Supplier"] and line["OrderQuantity"] and dice.between(1, 4) > 1:
                invoices += _invoices(dice, order, line)
    return found + [_numbered(invoice, f"77§{count:02d}", invoices) for count, invoice in enumerate(invoices, start=1)]


def _product(dice: Dice, material: str) -> Document:
    unit = base_unit_of(dice, material)
    in_a_piece = 2 if unit == "KG" else 1
    units = [{"AlternativeUnit": "EA", "QuantityNumerator": Decimal(in_a_piece), "QuantityDenominator": Decimal(1)}]
    if not dice.happens("no_conversion"):
        pack = Decimal(10 * in_a_piece)
        units.append({"AlternativeUnit": "PAK", "QuantityNumerator": pack, "QuantityDenominator": Decimal(1)})
    price = {
        "ValuationArea": "1000",
        "ValuationType": "",
        "StandardPrice": Decimal(dice.one_of((30, 4000))),
        "PriceUnitQty": Decimal(dice.one_of((1, 100))),
        "Currency": "USD",
    }
    row: dict[str, Any] = {
        "Product": material,
        "ProductType": "ROH",
        "BaseUnit": unit,
        "IsMarkedForDeletion": False,
        "to_Description": [{"Language": "EN", "ProductDescription": "Bolts"}],
        "to_ProductUnitsOfMeasure": [{**one, "BaseUnit": unit} for one in units],
        "to_Valuation": [] if dice.happens("no_standard_price", 3) else [price],
    }
    states = [State(BEFORE_ALL, row)]
    if dice.happens("new_standard_prices"):
        dearer = [{**one, "StandardPrice": one["StandardPrice"] * 2} for one in row["to_Valuation"]]
        states.append(State(instant(dice.day(0, 110)), {**row, "to_Valuation": dearer}))
    return Document("sap_s4hana", "product", tuple(states))


def _contract(dice: Dice, number: str, vendor: str) -> Document:
    items = [
        {
            "PurchaseContractItem": f"{place * 10:05d}",
            "Material": material,
            "Plant": dice.one_of(("", "1000", "2000")),
            "TargetQuantity": Decimal(1000),
            "OrderQuantityUnit": dice.one_of(("EA", "PAK")),
            "ContractNetPriceAmount": Decimal(dice.one_of((25, 350))),
            "NetPriceQuantity": Decimal(dice.one_of((1, 10))),
        }
        for place, material in enumerate(MATERIALS, start=1)
    ]
    row = {
        "PurchaseContract": number,
        "PurchaseContractType": "MK",
        "Supplier": vendor,
        "DocumentCurrency": dice.one_of(("EUR", "USD", "CHF")),
        "ValidityStartDate": date(2026, dice.between(1, 4), 1),
        "ValidityEndDate": date(2026, dice.between(5, 12), 28),
        "CreationDate": date(2026, 1, 1),
        "to_PurchaseContractItem": items,
    }
    return Document("sap_s4hana", "purchase_contract", (State(BEFORE_ALL, row),))


def _invoices(dice: Dice, order: dict[str, Any], line: dict[str, Any]) -> list[dict[str, Any]]:
    """What was invoiced for an order line, in the order of its posting."""
    posted = dice.day(3, 60, after=order["PurchaseOrderDate"])
    quantity = line["OrderQuantity"] * Decimal(dice.one_of(("1", "0.5")))
    price = line["NetPriceAmount"] / line["NetPriceQuantity"] * Decimal(dice.one_of(("1", "1", "1.1", "0.8")))
    if dice.happens("unit_errors", 4):
        price *= 100
    first = {
        "order": order,
        "line": line,
        "posted": posted,
        "quantity": quantity,
        "amount": round(price * quantity, 2),
        "is_credit": False,
        "is_subsequent": False,
        "reverses": None,
        "is_unreadable": dice.happens("unreadable_values", 8),
        "names_order": not dice.happens("invoices_without_order", 6),
    }
    found = [first]
    later = dice.day(0, 20, after=posted)
    if dice.happens("credit_memos", 3):
        part = {"quantity": quantity / 2, "amount": round(price * quantity / 2, 2)}
        found.append({**first, **part, "posted": later, "is_credit": True})
    if dice.happens("subsequent_debits", 3):
        is_credit = dice.between(0, 1) == 1
        found.append({**first, "posted": later, "amount": Decimal(7), "is_subsequent": True, "is_credit": is_credit})
    if dice.happens("reversed_invoices", 3):
        reversal = {**first, "posted": dice.day(0, 30, after=posted), "is_credit": True, "reverses": first}
        found.append(reversal)
        first["reversed_by"] = reversal
    return found


def _numbered(invoice: dict[str, Any], number: str, invoices: list[dict[str, Any]]) -> Document:
    def number_of(other: dict[str, Any]) -> str:
        return f"77§{next(place for place, one in enumerate(invoices, start=1) if one is other):02d}"

    item = {
        "SupplierInvoiceItem": "000001",
        "PurchaseOrder": invoice["order"]["PurchaseOrder"] if invoice["names_order"] else "",
        "PurchaseOrderItem": invoice["line"]["PurchaseOrderItem"] if invoice["names_order"] else "00000",
        "Plant": "1000",
        "SupplierInvoiceItemAmount": Unreadable("much") if invoice["is_unreadable"] else invoice["amount"],
        "QuantityInPurchaseOrderUnit": invoice["quantity"],
        "PurchaseOrderQuantityUnit": "EA",
        "IsSubsequentDebitCredit": "X" if invoice["is_subsequent"] else "",
    }
    named = number_of(invoice["reverses"]) if invoice["reverses"] else ""
    row = {
        "SupplierInvoice": number,
        "FiscalYear": "2026",
        "DocumentDate": invoice["posted"] - timedelta(days=2),
        "PostingDate": invoice["posted"],
        "CreationDate": invoice["posted"],
        "InvoicingParty": invoice["order"]["Supplier"],
        "DocumentCurrency": invoice["order"]["DocumentCurrency"],
        "InvoiceGrossAmount": invoice["amount"],
        "SupplierInvoiceIsCreditMemo": "X" if invoice["is_credit"] else "",
        "ReverseDocument": named,
        "ReverseDocumentFiscalYear": "2026" if named else "",
        "to_SuplrInvcItemPurOrdRef": [item],
    }
    states = [State(instant(invoice["posted"], 11), row)]
    reversal = invoice.get("reversed_by")
    if reversal is not None and reversal["posted"] <= LAST_DAY:
        back = {"ReverseDocument": number_of(reversal), "ReverseDocumentFiscalYear": "2026"}
        states.append(State(instant(reversal["posted"], 11), {**row, **back}))
    return Document("sap_s4hana", "supplier_invoice", tuple(states))
