"""Requests for quotation and what the vendors answer: each at its own speed, some never."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.companies import fold
from sandbox.world.draws import Draws, Stream, days_later
from sandbox.world.history import Document
from sandbox.world.vendors import CATEGORIES, Vendor

FIRST_REQUEST, FIRST_QUOTATION = 7000000001, 8000000001
ACTIVE_VENDORS = 110
"""Only the larger vendors are asked."""
QUARTER_DAYS = 91


def make_quotations(seed: int, vendors: Sequence[Vendor]) -> tuple[list[Document], list[Document]]:
    """The requests, and the quotations that answer them."""
    draws = Draws(seed, Stream.QUOTATIONS)
    speed = {vendor.number: p.RESPONSE_DAYS_LOG[0] + p.RESPONSE_SPREAD * draws.normal() for vendor in vendors}
    drafted = sorted(_drafted_at(draws) for _ in range(p.RFQ_PER_QUARTER * p.ALL_DAYS // QUARTER_DAYS))
    requests: list[Document] = []
    answers: list[tuple[datetime, str, Vendor]] = []
    for place, drafted_at in enumerate(drafted):
        number = str(FIRST_REQUEST + place)
        category = draws.pick(tuple(CATEGORIES))
        asked = [vendor for vendor in vendors[:ACTIVE_VENDORS] if vendor.category == category]
        bidders = draws.shuffled(asked)[: draws.between(*p.BIDDERS)]
        published_at = draws.working_time(draws.working_day(days_later(drafted_at.date(), draws.between(1, 5))))
        title = f"{draws.pick(CATEGORIES[category][1])}, {published_at:%B %Y}"
        requests.append(_request(draws, number, title, drafted_at, published_at, bidders))
        for vendor in bidders:
            if not draws.chance(p.SILENT_BIDDERS):
                days = min(max(round(draws.lognormal(speed[vendor.number], p.RESPONSE_DAYS_LOG[1])), 1), 60)
                at = draws.working_time(draws.working_day(days_later(published_at.date(), days)))
                answers.append((at, number, vendor))
    answers.sort(key=lambda answer: (answer[0], answer[1]))
    return requests, list(_quotations(draws, answers))


def _drafted_at(draws: Draws) -> datetime:
    return draws.working_time(draws.working_day(days_later(p.HISTORY_START, draws.between(0, p.ALL_DAYS - 8))))


def _request(
    draws: Draws, number: str, title: str, drafted_at: datetime, published_at: datetime, bidders: Sequence[Vendor]
) -> Document:
    """Drafted, published a few days later; the date for answers is moved now and then."""
    due = days_later(published_at.date(), draws.pick((14, 21, 28)))
    first: dict[str, Any] = {
        "RequestForQuotation": number,
        "RequestForQuotationName": title,
        "PurchasingOrganization": "1000",
        "RFQPublishingDate": None,
        "QuotationLatestSubmissionDate": due,
        "CreationDate": drafted_at.date(),
        "to_RequestForQuotationBidder": [
            {
                "RequestForQuotation": number,
                "PartnerCounter": str(place),
                "PartnerFunction": "BI",
                "Supplier": vendor.number.zfill(10),
            }
            for place, vendor in enumerate(bidders, start=1)
        ],
    }
    changes: list[tuple[datetime, dict[str, Any]]] = [(published_at, {"RFQPublishingDate": published_at.date()})]
    if draws.chance(0.1):
        later = draws.working_time(days_later(due, -draws.between(1, 5)))
        changes.append((later, {"QuotationLatestSubmissionDate": days_later(due, 14)}))
    return fold((number,), drafted_at, first, changes, "LastChangeDateTime")


def _quotations(draws: Draws, answers: Sequence[tuple[datetime, str, Vendor]]) -> Iterator[Document]:
    """Entered when they come in; a tenth is offered anew within two weeks, under the day of the first answer."""
    for place, (at, request, vendor) in enumerate(answers):
        number = str(FIRST_QUOTATION + place)
        first: dict[str, Any] = {
            "SupplierQuotation": number,
            "RequestForQuotation": request,
            "Supplier": vendor.number,
            "QuotationSubmissionDate": at.date(),
            "CreationDate": at.date(),
        }
        again: list[tuple[datetime, dict[str, Any]]] = []
        if draws.chance(0.1):
            again.append((draws.working_time(days_later(at.date(), draws.between(1, 14))), {}))
        yield fold((number,), at, first, again, "LastChangeDateTime")
