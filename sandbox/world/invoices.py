"""Vendors' invoices: after receipts, in other prices or in parts now and then, reversed, credited."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.draws import Draws, Stream, days_later
from sandbox.world.history import Document
from sandbox.world.material_documents import Ledger
from sandbox.world.orders import Order
from sandbox.world.receipts import portion

FIRST_NUMBER = 5105600001
CENT = Decimal("0.01")
CONSIGNMENT, THIRD_PARTY, SERVICE = "2", "5", "9"


@dataclass(frozen=True, slots=True)
class _Line:
    """One invoiced order line: `quantity` in the order's unit, `amount` in the document's currency."""

    item: str
    quantity: Decimal
    amount: Decimal
    unit: str


@dataclass(slots=True)
class _Invoice:
    """One document to come. `reverses` is the one that it takes back."""

    created_at: datetime
    document_on: date
    order_number: str
    order: Order
    lines: tuple[_Line, ...]
    is_credit: bool = False
    is_subsequent: bool = False
    reverses: "_Invoice | None" = None
    reversed_by: "_Invoice | None" = None


def make_supplier_invoices(
    seed: int, ledgers: Sequence[Ledger], orders: Sequence[Order], numbers: Sequence[str]
) -> list[Document]:
    """All invoices, credit memos and reversals, numbered within a year in the order in which they were entered."""
    draws = Draws(seed, Stream.INVOICES)
    invoices: list[_Invoice] = []
    for ledger in ledgers:
        invoices.extend(_for_movements(draws, ledger))
    invoices.extend(_without_receipt(draws, orders, numbers))
    invoices.extend(_reversals(draws, invoices))
    invoices.sort(key=lambda invoice: (invoice.created_at, invoice.order_number))
    keys: dict[int, tuple[str, str]] = {}
    count: dict[str, int] = {}
    for invoice in invoices:
        year = str(invoice.created_at.year)
        number = count.setdefault(year, FIRST_NUMBER)
        count[year] += 1
        keys[id(invoice)] = (str(number), year)
    return sorted((_document(invoice, keys) for invoice in invoices), key=lambda document: document.key)


def _for_movements(draws: Draws, ledger: Ledger) -> Iterator[_Invoice]:
    """An invoice for what a material document received, a credit memo for most of what went back."""
    known: dict[int, _Prices] = {}
    for booked in ledger.bookings:
        kind = booked.movements[0].kind
        if booked.order.vendor is None or kind == "102":
            continue
        prices = known.get(id(booked.order)) or known.setdefault(id(booked.order), _Prices(booked.order))
        received = [
            (movement.item, movement.quantity)
            for movement in booked.movements
            if id(movement) not in ledger.reversals and prices.category(movement.item) != CONSIGNMENT
        ]
        day = booked.recorded_at.date()
        if not received or not draws.chance(p.INVOICED if kind == "101" else p.CREDITED_RETURNS):
            continue
        at = _entered_at(draws, day)
        if kind == "122":
            lines = tuple(prices.line(item, quantity, at, Decimal(1)) for item, quantity in received)
            yield _Invoice(at, day, booked.order_number, booked.order, lines, is_credit=True)
            continue
        lines = tuple(prices.line(item, quantity, at, _price_factor(draws)) for item, quantity in received)
        invoice = _Invoice(at, day, booked.order_number, booked.order, lines)
        yield from _in_parts(draws, invoice) if draws.chance(p.INVOICE_IN_PARTS) else (invoice,)
        if draws.chance(p.SUBSEQUENT_DEBITS):
            yield _subsequent(draws, invoice)


class _Prices:
    """What an order says about its items, as it changes."""

    def __init__(self, order: Order) -> None:
        self._values: dict[str, Mapping[str, Any]] = {}
        self._prices: dict[str, list[tuple[datetime, Decimal]]] = {}
        for change in order.changes:
            if change.item and not change.line and change.values:
                if change.cause == "ordered":
                    self._values[change.item] = change.values
                if "NetPriceAmount" in change.values:
                    self._prices.setdefault(change.item, []).append((change.at, change.values["NetPriceAmount"]))

    def category(self, item: str) -> str:
        """The item's category."""
        return str(self._values[item]["PurchaseOrderItemCategory"])

    def line(self, item: str, quantity: Decimal, at: datetime, factor: Decimal) -> _Line:
        """What a quantity costs at the order's price of that instant, times `factor`."""
        values = self._values[item]
        price = [price for since, price in self._prices[item] if since <= at][-1]
        priced = quantity * values["OrderPriceUnitToOrderUnitNmrtr"] / values["OrdPriceUnitToOrderUnitDnmntr"]
        amount = (priced * price / values["NetPriceQuantity"] * factor).quantize(CENT)
        return _Line(item, quantity, max(amount, CENT), str(values["PurchaseOrderQuantityUnit"]))


def _price_factor(draws: Draws) -> Decimal:
    if draws.chance(p.INVOICE_UNIT_ERROR):
        return Decimal(100)
    if draws.chance(p.INVOICE_PRICE_DIFFERS):
        return Decimal(f"{1 + draws.within(*p.INVOICE_PRICE_LIMITS):.4f}")
    return Decimal(1)


def _entered_at(draws: Draws, after: date) -> datetime:
    days = min(max(round(draws.lognormal(*p.INVOICE_DAYS_LOG)), 1), p.INVOICE_DAYS_LIMIT)
    return draws.working_second(draws.working_day(days_later(after, days)))


def _in_parts(draws: Draws, whole: _Invoice) -> Iterator[_Invoice]:
    """Two invoices for one receipt: half of each line, and weeks later the rest."""
    if any(line.quantity < 2 for line in whole.lines):
        yield whole
        return
    halves = [(line, portion(line.quantity, 0.5, line.unit), (line.amount / 2).quantize(CENT)) for line in whole.lines]
    first = tuple(_Line(line.item, quantity, amount, line.unit) for line, quantity, amount in halves)
    rest = tuple(
        _Line(line.item, line.quantity - quantity, line.amount - amount, line.unit) for line, quantity, amount in halves
    )
    yield _Invoice(whole.created_at, whole.document_on, whole.order_number, whole.order, first)
    later = draws.working_second(draws.working_day(days_later(whole.created_at.date(), draws.between(7, 40))))
    yield _Invoice(later, later.date(), whole.order_number, whole.order, rest)


def _subsequent(draws: Draws, invoice: _Invoice) -> _Invoice:
    """A surcharge or a rebate on what was invoiced: it names the quantity but adds none."""
    at = draws.working_second(draws.working_day(days_later(invoice.created_at.date(), draws.between(10, 60))))
    share = Decimal(f"{draws.within(0.01, 0.05):.4f}")
    lines = tuple(
        _Line(line.item, line.quantity, max((line.amount * share).quantize(CENT), CENT), line.unit)
        for line in invoice.lines
    )
    is_credit = draws.chance(0.5)
    return _Invoice(at, at.date(), invoice.order_number, invoice.order, lines, is_credit, is_subsequent=True)


def _without_receipt(draws: Draws, orders: Sequence[Order], numbers: Sequence[str]) -> Iterator[_Invoice]:
    """Services and drop shipments are invoiced although nothing is received here."""
    for number, order in zip(numbers, orders, strict=True):
        for change in order.changes:
            if change.cause != "ordered" or not change.item or change.line or not change.values:
                continue
            values = change.values
            if values["PurchaseOrderItemCategory"] in (THIRD_PARTY, SERVICE):
                day = days_later(order.ordered_on, int(values["PlannedDeliveryDurationInDays"]))
                at = _entered_at(draws, day)
                line = _Prices(order).line(change.item, values["OrderQuantity"], at, _price_factor(draws))
                yield _Invoice(at, day, number, order, (line,))


def _reversals(draws: Draws, invoices: Sequence[_Invoice]) -> Iterator[_Invoice]:
    """Some invoices are taken back by a document of their own; most of those are entered once more."""
    for invoice in list(invoices):
        if invoice.is_credit or not draws.chance(p.INVOICE_REVERSED):
            continue
        day = draws.working_day(days_later(invoice.created_at.date(), draws.between(1, 20)))
        at = draws.working_second(day)
        back = _Invoice(at, day, invoice.order_number, invoice.order, invoice.lines, is_credit=True, reverses=invoice)
        back.is_subsequent = invoice.is_subsequent
        invoice.reversed_by = back
        yield back
        if draws.chance(0.8):
            again = draws.working_second(draws.working_day(days_later(day, draws.between(0, 5))))
            prices = _Prices(invoice.order)
            lines = tuple(prices.line(line.item, line.quantity, again, Decimal(1)) for line in invoice.lines)
            if not invoice.is_subsequent:
                yield _Invoice(max(again, at), day, invoice.order_number, invoice.order, lines)


def _document(invoice: _Invoice, keys: dict[int, tuple[str, str]]) -> Document:
    number, year = keys[id(invoice)]
    vendor = invoice.order.vendor
    currency = vendor.currency if vendor else p.COMPANY_CURRENCY
    net = sum((line.amount for line in invoice.lines), Decimal(0))
    tax = (net * Decimal(f"{p.DOMESTIC_TAX}")).quantize(CENT) if currency == p.COMPANY_CURRENCY else Decimal(0)
    other = keys[id(invoice.reverses)] if invoice.reverses else ("", "")
    row: dict[str, Any] = {
        "SupplierInvoice": number,
        "FiscalYear": year,
        "CompanyCode": "1000",
        "DocumentDate": invoice.document_on,
        "PostingDate": invoice.created_at.date(),
        "CreationDate": invoice.created_at.date(),
        "InvoicingParty": vendor.number if vendor else "",
        "DocumentCurrency": currency,
        "InvoiceGrossAmount": net + tax,
        "SupplierInvoiceIsCreditMemo": "X" if invoice.is_credit else "",
        "ReverseDocument": other[0],
        "ReverseDocumentFiscalYear": other[1],
        "to_SuplrInvcItemPurOrdRef": [_item(invoice, place, line, keys) for place, line in enumerate(invoice.lines, 1)],
    }
    if invoice.reversed_by is None:
        return Document((number, year), (invoice.created_at,), (row,))
    reverse_number, reverse_year = keys[id(invoice.reversed_by)]
    after = {**row, "ReverseDocument": reverse_number, "ReverseDocumentFiscalYear": reverse_year}
    return Document((number, year), (invoice.created_at, invoice.reversed_by.created_at), (row, after))


def _item(invoice: _Invoice, place: int, line: _Line, keys: dict[int, tuple[str, str]]) -> dict[str, Any]:
    number, year = keys[id(invoice)]
    return {
        "SupplierInvoice": number,
        "FiscalYear": year,
        "SupplierInvoiceItem": str(place),
        "PurchaseOrder": invoice.order_number,
        "PurchaseOrderItem": line.item.lstrip("0"),
        "Plant": invoice.order.plant,
        "SupplierInvoiceItemAmount": line.amount,
        "QuantityInPurchaseOrderUnit": line.quantity,
        "PurchaseOrderQuantityUnit": line.unit,
        "IsSubsequentDebitCredit": "X" if invoice.is_subsequent else "",
    }
