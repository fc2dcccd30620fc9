"""How the three systems know the vendors: ERP suppliers, CRM accounts, portal companies."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.draws import Draws, Stream, days_later, midnight
from sandbox.world.history import Document
from sandbox.world.vendors import Vendor

NEW_OWNERS = ("Corvina Group", "Halcyon Holding", "Meridian Partners", "Sable Industries")
RENAMED, BLOCKED, DELETED = 6, 3, 2
"""How many suppliers are renamed, blocked for purchasing and flagged for deletion in the course of the world."""

YEARLY_JOBS = tuple(
    midnight(p.HISTORY_START.replace(year=year, month=1, day=15)) + timedelta(hours=2) for year in (2024, 2025, 2026)
)
SEGMENTS = ("Leverage", "Bottleneck", "Routine")
MOVED_SEGMENT = 0.08
"""Probability that a yearly review puts a vendor into another segment."""
SUBSIDIARIES = 6
MERGED_ON = (
    date(2024, 5, 14),
    date(2025, 3, 11),
    date(2026, 6, 18),
    date(2026, 6, 25),
    date(2026, 7, 2),
    date(2026, 8, 20),
)
"""When second accounts are merged into the first; then they lie in the recycle bin for fifteen days."""
RECYCLE_BIN = timedelta(days=15)
"""How long a deleted record can still be read."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Company:
    """One vendor in all systems. `account_id` is "" without a CRM account; `renames` are (instant, new name)."""

    vendor: Vendor
    account_id: str
    portal_id: str
    portal_name: str
    is_strategic: bool
    created_at: datetime
    renames: tuple[tuple[datetime, str], ...] = ()


def salesforce_id(prefix: str, number: int) -> str:
    """An 18-character record id: prefix, counter in base 62, and a fixed suffix."""
    digits = ""
    for _ in range(8):
        number, rest = divmod(number, 62)
        digits = _DIGITS[rest] + digits
    return f"{prefix}5g00{digits}AAQ"


def portal_id(*parts: str) -> str:
    """A record id of the service portal: 32 hex digits."""
    return hashlib.md5("/".join(parts).encode(), usedforsecurity=False).hexdigest()


def make_companies(seed: int, vendors: Sequence[Vendor]) -> list[Company]:
    """Give every vendor its records; some are renamed, some miss in the CRM, some are spelled differently."""
    draws = Draws(seed, Stream.MASTER_DATA)
    renamed = {vendor.number for vendor in draws.shuffled(vendors)[:RENAMED]}
    companies = []
    for vendor in vendors:
        created_on = days_later(p.HISTORY_START, -draws.between(200, 3000))
        without_account = vendor.rank >= p.STRATEGIC_VENDORS and draws.chance(p.WITHOUT_ACCOUNT)
        renames: tuple[tuple[datetime, str], ...] = ()
        if vendor.number in renamed:
            day = days_later(p.HISTORY_START, draws.between(90, p.ALL_DAYS - 30))
            renames = ((draws.working_second(day), f"{draws.pick(NEW_OWNERS)} {vendor.name}"),)
        companies.append(
            Company(
                vendor=vendor,
                account_id="" if without_account else salesforce_id("001", 7000 + vendor.rank * 13),
                portal_id=portal_id("core_company", vendor.number),
                portal_name=_portal_name(draws, vendor.name),
                is_strategic=vendor.rank < p.STRATEGIC_VENDORS,
                created_at=draws.working_second(created_on),
                renames=renames,
            )
        )
    return companies


def _portal_name(draws: Draws, name: str) -> str:
    """The portal's spelling: mostly the ERP's, now and then capitals, no dot, or a short form that needs a human."""
    luck = draws.uniform()
    if luck < 0.05:
        return name.upper()
    if luck < 0.10:
        return name.replace(".", "")
    if luck < 0.12:
        return name.split()[0]
    return name


def make_suppliers(seed: int, companies: Sequence[Company], partners: Sequence[Company] = ()) -> list[Document]:
    """The supplier master, numbers padded to ten digits; it shows no change time. Nothing happens to `partners`."""
    draws = Draws(seed, Stream.MASTER_DATA, 1)
    small = draws.shuffled([company.vendor.number for company in companies if company.vendor.rank >= 60])
    flags = {
        **dict.fromkeys(small[:BLOCKED], "PurchasingIsBlocked"),
        **dict.fromkeys(small[BLOCKED : BLOCKED + DELETED], "DeletionIndicator"),
    }
    documents = []
    for company in [*companies, *partners]:
        first: dict[str, Any] = {
            "Supplier": company.vendor.number.zfill(10),
            "SupplierName": company.vendor.name,
            "SupplierAccountGroup": "SUPL",
            "CreationDate": company.created_at.date(),
            "DeletionIndicator": False,
            "PurchasingIsBlocked": False,
            "PostingIsBlocked": False,
        }
        changes: list[tuple[datetime, dict[str, Any]]] = [(at, {"SupplierName": name}) for at, name in company.renames]
        if flag := flags.get(company.vendor.number):
            day = days_later(p.HISTORY_START, draws.between(300, p.HISTORY_DAYS - 20))
            changes.append((draws.working_second(day), {flag: True}))
        documents.append(fold((first["Supplier"],), company.created_at, first, changes))
    return sorted(documents, key=lambda document: document.key)


def make_accounts(seed: int, companies: Sequence[Company], partners: Sequence[Company] = ()) -> list[Document]:
    """The CRM accounts. A yearly job touches them all in one instant; account numbers are padded or not, some miss.

    `partners` have clean records. Some vendors have a second account until somebody merges the two.
    """
    draws = Draws(seed, Stream.MASTER_DATA, 2)
    reviews = _reviews(seed, companies)
    documents = []
    for company in companies:
        if not company.account_id:
            continue
        number = draws.weighted(((company.vendor.number, 0.80), (company.vendor.number.zfill(10), 0.17))) or ""
        renamed = [(at + timedelta(days=draws.between(3, 30)), {"Name": name}) for at, name in company.renames]
        named_at = None
        if company.is_strategic:
            named_at = draws.working_second(days_later(p.HISTORY_START, draws.between(10, 400)))
        documents.append(_account(company, number, [*reviews[company.account_id], *renamed], named_at))
    for partner in partners:
        documents.append(_account(partner, partner.vendor.number, [(at, {}) for at in YEARLY_JOBS], YEARLY_JOBS[0]))
    return sorted([*documents, *_second_accounts(seed, companies)], key=lambda document: document.key)


def _account(
    company: Company, number: str, changes: Sequence[tuple[datetime, dict[str, Any]]], named_at: datetime | None
) -> Document:
    first: dict[str, Any] = {
        "Id": company.account_id,
        "Name": company.vendor.name,
        "AccountNumber": number,
        "Type": "Vendor",
        "Vendor_Category__c": company.vendor.category,
        "Strategic_Vendor__c": False,
        "Segment__c": first_segment(company),
        "ParentId": None,
        "MasterRecordId": None,
        "CreatedDate": company.created_at,
        "IsDeleted": False,
    }
    named = [(named_at, {"Strategic_Vendor__c": True, "Segment__c": "Strategic"})] if named_at else []
    return fold((company.account_id,), company.created_at, first, [*changes, *named], "SystemModstamp")


def first_segment(company: Company) -> str:
    """The segment of a vendor before anybody reviewed it."""
    rank = company.vendor.rank
    return SEGMENTS[0] if rank < 60 or company.is_strategic else SEGMENTS[1] if rank % 5 == 0 else SEGMENTS[2]


def _reviews(seed: int, companies: Sequence[Company]) -> dict[str, list[tuple[datetime, dict[str, Any]]]]:
    """What the yearly jobs change, by account: mostly nothing, now and then the segment or the parent."""
    draws = Draws(seed, Stream.ACCOUNTS)
    known = [company for company in companies if company.account_id]
    reviews: dict[str, list[tuple[datetime, dict[str, Any]]]] = {
        company.account_id: [(at, {}) for at in YEARLY_JOBS] for company in known
    }
    for company in known:
        for _, values in reviews[company.account_id]:
            if not company.is_strategic and draws.chance(MOVED_SEGMENT):
                values["Segment__c"] = draws.pick(SEGMENTS)
    family = draws.shuffled([company.account_id for company in known if not company.is_strategic])
    for child, parent in zip(family[:SUBSIDIARIES], family[SUBSIDIARIES:], strict=False):
        reviews[child][1][1]["ParentId"] = parent
    return reviews


def _second_accounts(seed: int, companies: Sequence[Company]) -> list[Document]:
    draws = Draws(seed, Stream.ACCOUNTS, 1)
    doubled = draws.shuffled([company for company in companies if company.account_id and not company.is_strategic])
    documents = []
    for place, (company, day) in enumerate(zip(doubled, MERGED_ON, strict=False)):
        twin = replace(
            company,
            account_id=salesforce_id("001", 80_000 + place),
            created_at=draws.working_second(days_later(p.HISTORY_START, draws.between(-200, 200))),
        )
        number = company.vendor.number if draws.chance(0.7) else ""
        document = _account(twin, number, [(at, {}) for at in YEARLY_JOBS], None)
        merged = {"MasterRecordId": company.account_id}
        documents.append(to_recycle_bin(document, draws.working_second(day), merged))
    return documents


def to_recycle_bin(document: Document, at: datetime, values: dict[str, Any]) -> Document:
    """The record is deleted at an instant, and some days later it is gone for good."""
    kept = [(since, state) for since, state in zip(document.instants, document.states, strict=True) if since < at]
    binned = {**(kept[-1][1] or {}), **values, "IsDeleted": True, "SystemModstamp": at}
    return Document(
        document.key,
        (*(since for since, _ in kept), at, at + RECYCLE_BIN),
        (*(state for _, state in kept), binned, None),
    )


def fold(
    key: tuple[str, ...],
    created_at: datetime,
    first: dict[str, Any],
    changes: Sequence[tuple[datetime, dict[str, Any]]],
    change_field: str | None = None,
) -> Document:
    """Give a document from its first state and later field changes; `change_field` holds each state's instant."""
    instants, states = [created_at], [dict(first)]
    for at, values in sorted(changes, key=lambda change: change[0]):
        if at == instants[-1]:
            states[-1].update(values)
        else:
            instants.append(at)
            states.append({**states[-1], **values})
    if change_field:
        for at, state in zip(instants, states, strict=True):
            state[change_field] = at
    return Document(key, tuple(instants), tuple(states))
