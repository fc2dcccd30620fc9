"""Invoices in company currency at dated rates, and what prices and currencies did against three baselines."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from math import log
from statistics import median
from typing import Any

from tests.dbt_project.kpi_oracle.materials import base_unit_of, base_units, units_of
from tests.dbt_project.kpi_oracle.observed import Seen, contents, histories, known, month, number, plain, quarter
from tests.dbt_project.kpi_oracle.orders import Key, orders

COMPANY_CURRENCY = "USD"
LEAST_PRICES, DEVIATIONS, LEAST_FACTOR = 5, 5, 3
SCALE = 1.4826  # of a median absolute deviation to a standard deviation


class Rates:
    """What one unit of a currency was worth in company currency on a day; None where nobody quoted it."""

    def __init__(self, readings: Seen) -> None:
        self._quoted: dict[tuple[str, str], dict[date, float]] = defaultdict(dict)
        for reading in readings:
            for _, row in reading.of("exchange_rate"):
                if row["ExchangeRateType"] == "M":
                    rate = float(row["ExchangeRate"])
                    per_unit = rate if rate > 0 else 1 / -rate
                    per_unit *= float(row["NumberOfTargetCurrencyUnits"] / row["NumberOfSourceCurrencyUnits"])
                    pair = (row["SourceCurrency"], row["TargetCurrency"])
                    self._quoted[pair][row["ValidityStartDate"]] = per_unit

    def at(self, currency: str | None, day: date | None) -> float | None:
        if currency is None or day is None:
            return None
        if currency == COMPANY_CURRENCY:
            return 1.0
        direct = self._latest((currency, COMPANY_CURRENCY), day)
        inverse = self._latest((COMPANY_CURRENCY, currency), day)
        return direct if direct is not None else None if inverse is None else 1 / inverse

    def _latest(self, pair: tuple[str, str], day: date) -> float | None:
        before = [start for start in self._quoted.get(pair, ()) if start <= day]
        return self._quoted[pair][max(before)] if before else None


@dataclass
class InvoiceLine:
    """A line of an invoice or credit memo that names an order line; a reversed one has no effect."""

    key: Key
    vendor: str | None
    order_line: Key
    material: str | None
    plant: str | None
    order_date: date | None
    posted: date
    kind: str
    is_reversed: bool
    currency: str | None
    amount: Decimal
    quantity: Decimal
    base_factor: Decimal | None
    order_rate: float | None
    posting_rate: float | None
    is_outlier: bool = False

    @property
    def effective_amount(self) -> Decimal:
        return Decimal(0) if self.is_reversed else self.amount

    @property
    def effective_quantity(self) -> Decimal:
        return Decimal(0) if self.is_reversed else self.quantity

    @property
    def base_quantity(self) -> float | None:
        if not self.effective_quantity:
            return 0.0
        return None if self.base_factor is None else float(self.effective_quantity * self.base_factor)

    @property
    def base_price(self) -> float | None:
        """Price of one base unit in the document's currency."""
        if not self.quantity or self.base_factor is None:
            return None
        return float(self.amount / self.quantity / self.base_factor)

    @property
    def has_price(self) -> bool:
        return self.kind == "invoice" and bool(self.base_price)


@lru_cache(maxsize=2)
def invoice_lines(readings: Seen) -> list[InvoiceLine]:
    """Every line of a document that could be read and names an order line."""
    headers, items = [], []
    for reading in readings:
        for connection, row in reading.of("supplier_invoice"):
            document = (connection, number(row["FiscalYear"]), number(row["SupplierInvoice"]))
            headers.append((reading.at, None, document, contents(row)))
            for item in row["to_SuplrInvcItemPurOrdRef"]:
                key = (*document, number(item["SupplierInvoiceItem"]))
                items.append((reading.at, None, key, contents(item)))
    documents = {
        key: history.newest.content for key, history in histories(headers, ("PostingDate",)).items() if history.newest
    }
    reversed_ones = {
        part
        for key, row in documents.items()
        if (named := number(row["ReverseDocument"]))
        for part in (key, (key[0], number(row["ReverseDocumentFiscalYear"]), named))
    }
    seen, units, rates = orders(readings), units_of(readings), Rates(readings)
    found = []
    for key, history in histories(items, ("SupplierInvoiceItemAmount", "QuantityInPurchaseOrderUnit")).items():
        row = history.newest.content if history.newest else None
        header = documents.get(key[:3])
        if row is None or header is None or not number(row["PurchaseOrder"]):
            continue
        order_line = (key[0], number(row["PurchaseOrder"]) or "", number(row["PurchaseOrderItem"]) or "")
        order, line = seen.headers.get(order_line[:2]), seen.lines.get(order_line)
        item = line.newest.content if line and line.newest else {}
        order_date = order.newest.content["PurchaseOrderDate"] if order and order.newest else None
        is_credit, is_subsequent = row_is(header["SupplierInvoiceIsCreditMemo"]), row_is(row["IsSubsequentDebitCredit"])
        sign = -1 if is_credit else 1
        vendor = number(header["InvoicingParty"])
        found.append(
            InvoiceLine(
                key=key,
                vendor=vendor and f"{key[0]}:{vendor}",
                order_line=order_line,
                material=number(item.get("Material")),
                plant=plain(item.get("Plant")),
                order_date=order_date,
                posted=header["PostingDate"],
                kind=("subsequent_credit" if is_credit else "subsequent_debit")
                if is_subsequent
                else ("credit_memo" if is_credit else "invoice"),
                is_reversed=key[:3] in reversed_ones,
                currency=header["DocumentCurrency"],
                amount=sign * row["SupplierInvoiceItemAmount"],
                quantity=Decimal(0) if is_subsequent else sign * row["QuantityInPurchaseOrderUnit"],
                base_factor=base_units(units, key[0], item.get("Material"), row["PurchaseOrderQuantityUnit"]),
                order_rate=rates.at(header["DocumentCurrency"], order_date),
                posting_rate=rates.at(header["DocumentCurrency"], header["PostingDate"]),
            )
        )
    return found


def row_is(text: Any) -> bool:
    """SAP's X."""
    return known(text) == "X"


def fct_invoice_line(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every invoice line."""
    return [
        {
            "invoice_line_key": f"{line.key[0]}:{'/'.join(line.key[1:])}",
            "vendor_key": line.vendor,
            "material": line.material,
            "order_date": line.order_date,
            "posting_date": line.posted,
            "kind": line.kind,
            "is_reversed": line.is_reversed,
            "effective_amount": line.effective_amount,
            "effective_quantity": line.effective_quantity,
            "effective_base_quantity": line.base_quantity,
            "base_unit_price": line.base_price,
            "rate_at_order_date": line.order_rate,
            "rate_at_posting_date": line.posting_rate,
            "effective_amount_at_order_rate": _times(line.effective_amount, line.order_rate),
            "effective_amount_company": _times(line.effective_amount, line.posting_rate),
        }
        for line in invoice_lines(readings)
    ]


def _times(amount: Decimal, rate: float | None) -> float | None:
    return None if rate is None else float(amount) * rate


@dataclass(frozen=True)
class Agreed:
    """A price agreed in a contract, for one base unit."""

    key: Key
    vendor: str | None
    material: str | None
    plant: str | None
    currency: str
    price: float
    valid_from: date
    valid_to: date


BASELINES = ("standard", "contract", "last_paid")


@lru_cache(maxsize=2)
def compared_lines(readings: Seen) -> tuple[list[InvoiceLine], dict[Key, dict[str, float | None]]]:
    """Lines whose prices can be compared, and their baselines in company currency for one base unit."""
    lines = [
        line
        for line in invoice_lines(readings)
        if not line.is_reversed
        and line.vendor
        and line.material
        and None not in (line.order_rate, line.posting_rate, line.base_quantity)
    ]
    _mark_outliers(lines)
    return lines, _baselines(readings, lines)


def vendor_month(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """What was invoiced in a month, and how far its prices are from each baseline, errors of unit left out."""
    posted: dict[tuple[str, date], list[InvoiceLine]] = defaultdict(list)
    for line in invoice_lines(readings):
        if line.vendor and not line.is_reversed:
            posted[line.vendor, month(line.posted)].append(line)
    compared: dict[tuple[str, date], list[InvoiceLine]] = defaultdict(list)
    lines, baselines = compared_lines(readings)
    for line in lines:
        compared[line.vendor or "", month(line.posted)].append(line)
    rows = []
    for (vendor, first_day), own in posted.items():
        amounts = [_times(line.effective_amount, line.posting_rate) for line in own]
        row: dict[str, Any] = {
            "vendor_key": vendor,
            "month": first_day,
            # one amount without a rate makes the sum unknown, not smaller
            "invoiced_amount": None if None in amounts else round(sum(amount or 0.0 for amount in amounts), 2),
            "invoiced_amount_n": len(own),
            "price_outlier_lines": sum(1 for line in compared[vendor, first_day] if line.is_outlier),
        }
        for name in BASELINES:
            prices = {key: of_line[name] for key, of_line in baselines.items()}
            priced = [
                line for line in compared[vendor, first_day] if not line.is_outlier and prices[line.key] is not None
            ]
            cell = Cell(priced, priced, {line.key: prices[line.key] or 0.0 for line in priced})
            row[f"price_variance_{name}_n"] = len(priced)
            row[f"price_variance_{name}"] = (
                cell.against(priced) / cell.baseline_amount if abs(cell.baseline_amount) > 1e-6 else None
            )
        rows.append(row)
    return rows


def price_variance(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """Price and currency apart, by vendor, material and quarter, against each baseline."""
    lines, baselines = compared_lines(readings)
    today, units = quarter(as_of.date()), base_unit_of(readings)
    rows = []
    for baseline in BASELINES:
        cells = _cells(lines, {key: prices[baseline] for key, prices in baselines.items()})
        # what was compared a year before is the plan of a quarter, whether or not anything is bought in it
        planned = {(*key[:3], _a_year_later(key[3])): cell for key, cell in cells.items() if cell.compared}
        for key in sorted(cells.keys() | {key for key in planned if key[3] <= today}, key=str):
            connection, vendor, material, first_day = key
            cell, plan = cells.get(key, Cell([], [], {})), planned.get(key)
            others = [
                (cells.get(other, Cell([], [], {})), planned.get(other))
                for other in cells.keys() | planned.keys()
                if (other[:2], other[3]) == (key[:2], first_day)
                # pieces and kilograms do not add up
                and units.get((other[0], other[2])) == units.get((connection, material))
            ]
            rows.append(
                {
                    "vendor_key": vendor,
                    "connection_id": connection,
                    "material": material,
                    "quarter": first_day,
                    "baseline": baseline,
                    "invoice_lines": len(cell.lines),
                    "compared_lines": len(cell.compared),
                    "outlier_lines": sum(1 for line in cell.compared if line.is_outlier),
                    **_variance(cell, plan, others),
                }
            )
    return rows


@dataclass(frozen=True)
class Cell:
    """The lines of a vendor, material and quarter, those with a known baseline, and the baselines."""

    lines: list[InvoiceLine]
    compared: list[InvoiceLine]
    prices: dict[Key, float]

    @property
    def quantity(self) -> float:
        return sum(line.base_quantity or 0.0 for line in self.compared)

    @property
    def baseline_amount(self) -> float:
        return sum((line.base_quantity or 0.0) * self.prices[line.key] for line in self.compared)

    @property
    def price(self) -> float | None:
        return self.baseline_amount / self.quantity if self.quantity else None

    def against(self, lines: Sequence[InvoiceLine]) -> float:
        """What lines cost at the rates of the order dates, less the same quantity at the baseline."""
        return sum(
            float(line.amount) * (line.order_rate or 0.0) - (line.base_quantity or 0.0) * self.prices[line.key]
            for line in lines
        )


def _cells(lines: Sequence[InvoiceLine], prices: dict[Key, float | None]) -> dict[Any, Cell]:
    found: dict[Any, list[InvoiceLine]] = defaultdict(list)
    for line in lines:
        found[line.key[0], line.vendor, line.material, quarter(line.posted)].append(line)
    cells = {}
    for key, own in found.items():
        compared = [line for line in own if prices[line.key] is not None]
        cells[key] = Cell(own, compared, {line.key: prices[line.key] or 0.0 for line in compared})
    return cells


def _a_year_later(day: date) -> date:
    return date(day.year + 1, day.month, day.day)


def _variance(cell: Cell, plan: Cell | None, others: Sequence[tuple[Cell, Cell | None]]) -> dict[str, Any]:
    """Price and currency on what was bought; volume and mix against what the vendor sold a year before."""
    actual = sum(float(line.amount) * (line.posting_rate or 0.0) for line in cell.compared)
    at_order = sum(float(line.amount) * (line.order_rate or 0.0) for line in cell.compared)
    row: dict[str, Any] = {
        "actual_amount": actual,
        "baseline_amount": cell.baseline_amount if cell.compared else None,
        "price_variance": cell.against(cell.compared) if cell.compared else None,
        "fx_variance": actual - at_order if cell.compared else None,
        "price_variance_without_outliers": cell.against([line for line in cell.compared if not line.is_outlier])
        if cell.compared
        else None,
        "planned_amount": None,
        "volume_variance": None,
        "mix_variance": None,
        "cost_variance": None,
    }
    # without purchases of this quarter, last year's baseline is the newest there is
    price = (cell.price if cell.price is not None else plan.price if plan else None) or 0.0
    bought = sum(one.quantity for one, _ in others)
    before = sum(one.quantity for _, one in others if one is not None)
    # no year before, or purchases without any baseline, is no plan of zero
    if before > 0 and (cell.compared or not cell.lines):
        planned = plan.quantity if plan else 0.0
        row["planned_amount"] = planned * price
        row["volume_variance"] = planned * (bought / before - 1) * price
        row["mix_variance"] = (cell.quantity - planned * bought / before) * price
        row["cost_variance"] = actual - planned * price
    return row


def _mark_outliers(lines: Sequence[InvoiceLine]) -> None:
    """A price far from the median of its material may be an error of unit; measured in logarithms."""
    prices: dict[Any, list[InvoiceLine]] = defaultdict(list)
    for line in lines:
        if line.has_price:
            prices[line.key[0], line.material].append(line)
    for own in prices.values():
        values = [log(line.base_price * line.order_rate) for line in own]
        if len(values) < LEAST_PRICES:
            continue
        middle = median(values)
        deviation = median(abs(value - middle) for value in values) * SCALE
        for line, value in zip(own, values, strict=True):
            line.is_outlier = abs(value - middle) > max(DEVIATIONS * deviation, log(LEAST_FACTOR))


def _baselines(readings: Seen, lines: Sequence[InvoiceLine]) -> dict[Key, dict[str, float | None]]:
    rates, standard, agreed = Rates(readings), _standard_prices(readings), _agreed_prices(readings)
    contracts = _named_contracts(readings)
    found: dict[Key, dict[str, float | None]] = {}
    last: dict[Any, InvoiceLine] = {}
    for line in sorted(lines, key=lambda line: (line.posted, line.key[2], line.key[3])):
        prices: dict[str, float | None] = {"standard": None, "contract": None, "last_paid": None}
        held = [
            (since, price, currency)
            for since, price, currency in standard.get((line.key[0], line.material, line.plant), ())
            if line.order_date and since <= line.order_date
        ]
        if held:
            _, price, currency = max(held)
            prices["standard"] = _in_company(price, rates.at(currency, line.order_date))
        named = next((one for one in agreed if one.key == contracts.get(line.order_line)), None)
        covering = [
            one
            for one in agreed
            if (one.vendor, one.material) == (line.vendor, line.material)
            and one.plant in (None, line.plant)
            and line.order_date
            and one.valid_from <= line.order_date <= one.valid_to
        ]
        contract = named or max(covering, key=lambda one: (one.valid_from, one.key), default=None)
        if contract is not None:
            prices["contract"] = _in_company(contract.price, rates.at(contract.currency, line.order_date))
        before = last.get((line.vendor, line.material))
        if before is not None:
            prices["last_paid"] = _in_company(before.base_price, rates.at(before.currency, line.order_date))
        if line.has_price and not line.is_outlier:
            last[line.vendor, line.material] = line
        found[line.key] = prices
    return found


def _in_company(price: float | None, rate: float | None) -> float | None:
    return None if price is None or rate is None else price * rate


def _standard_prices(readings: Seen) -> dict[Any, list[tuple[date, float, str]]]:
    """Standard prices of one base unit by material and site, each from the day it was seen; the first from ever."""
    found: dict[Any, list[tuple[date, float, str]]] = defaultdict(list)
    for reading in readings:
        for connection, product in reading.of("product"):
            for row in product["to_Valuation"]:
                key = (connection, number(product["Product"]), row["ValuationArea"])
                price = float(row["StandardPrice"] / row["PriceUnitQty"])
                if not found[key] or found[key][-1][1:] != (price, row["Currency"]):
                    since = reading.at.date() if found[key] else date.min
                    found[key].append((since, price, row["Currency"]))
    return found


def _agreed_prices(readings: Seen) -> list[Agreed]:
    units = units_of(readings)
    found = {}
    for reading in readings:
        for connection, contract in reading.of("purchase_contract"):
            for row in contract["to_PurchaseContractItem"]:
                key = (
                    connection,
                    number(contract["PurchaseContract"]) or "",
                    number(row["PurchaseContractItem"]) or "",
                )
                factor = base_units(units, connection, row["Material"], row["OrderQuantityUnit"])
                if factor is None:
                    continue
                found[key] = Agreed(
                    key=key,
                    vendor=f"{connection}:{number(contract['Supplier'])}",
                    material=number(row["Material"]),
                    plant=plain(row["Plant"]),
                    currency=contract["DocumentCurrency"],
                    price=float(row["ContractNetPriceAmount"] / row["NetPriceQuantity"] / factor),
                    valid_from=contract["ValidityStartDate"],
                    valid_to=contract["ValidityEndDate"],
                )
    return list(found.values())


def _named_contracts(readings: Seen) -> dict[Key, Key]:
    """The contract line that an order line names."""
    found = {}
    for key, line in orders(readings).lines.items():
        row = line.newest.content if line.newest else {}
        if number(row.get("PurchaseContract")):
            found[key] = (key[0], number(row["PurchaseContract"]) or "", number(row["PurchaseContractItem"]) or "")
    return found
