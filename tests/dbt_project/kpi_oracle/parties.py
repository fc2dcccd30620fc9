"""Who is which vendor: vendors of the ERP, and the accounts and organisations that are the same party."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tests.dbt_project.kpi_oracle.observed import Row, Seen, contents, histories, number, plain


@dataclass(frozen=True)
class Vendor:
    """A vendor as the CRM and the ERP know it."""

    key: str
    number: str
    name: str
    category: str = "unknown"
    is_strategic: bool = False


@dataclass(frozen=True)
class Parties:
    """Vendors by key, and the vendor of an account or organisation, None where nobody or two fit."""

    vendors: dict[str, Vendor]
    of_account: dict[tuple[str, str], str | None]
    of_organisation: dict[tuple[str, str], str | None]


def letters_and_digits(name: str | None) -> str | None:
    return "".join(sign for sign in (name or "").lower() if sign.isalnum()) or None


def rows_of(
    readings: Seen, entity: str, key: str, clock: str, needed: Sequence[str] = ()
) -> dict[tuple[str, ...], Any]:
    """Histories of an entity that has one key field and one change time."""
    seen = (
        (reading.at, row[clock], (connection, plain(row[key])), contents(row, clock))
        for reading in readings
        for connection, row in reading.of(entity)
    )
    return histories(seen, needed)


@lru_cache(maxsize=2)
def parties(readings: Seen) -> Parties:
    """The vendors that were seen, and who is who."""
    vendors = _vendors(readings)
    newest = {
        key: history.newest.content
        for key, history in rows_of(readings, "account", "Id", "SystemModstamp").items()
        if history.newest
    }
    accounts = {key: row for key, row in newest.items() if not row["IsDeleted"]}
    organisations: dict[tuple[str, str], set[str | None]] = {}
    for entity, needed in (("incident", ("opened_at", "resolved_at")), ("configuration_item", ())):
        for key, history in rows_of(readings, entity, "sys_id", "sys_updated_on", needed).items():
            row: Row | None = history.newest and history.newest.content
            if row and row["vendor"]:
                organisations.setdefault((key[0], row["vendor"]), set()).add(row["vendor.name"])
    of_account = {key: _match(vendors, number(row["AccountNumber"]), {row["Name"]}) for key, row in accounts.items()}
    # rows that still name an account that went into another one belong to that one
    for key, row in newest.items():
        if row["IsDeleted"] and row["MasterRecordId"]:
            of_account[key] = of_account.get((key[0], row["MasterRecordId"]))
    of_organisation = {key: _match(vendors, None, names) for key, names in organisations.items()}
    for key in accounts:
        vendor = vendors.get(of_account[key] or "")
        if vendor is None:
            continue
        told = [other for name, other in accounts.items() if of_account[name] == vendor.key]
        categories = sorted(other["Vendor_Category__c"] for other in told if other["Vendor_Category__c"])
        vendors[vendor.key] = Vendor(
            vendor.key,
            vendor.number,
            vendor.name,
            categories[0] if categories else "unknown",
            any(other["Strategic_Vendor__c"] for other in told),
        )
    return Parties(vendors, of_account, of_organisation)


def _vendors(readings: Seen) -> dict[str, Vendor]:
    """The vendor master, and vendors that only an order names."""
    names: dict[tuple[str, str], str | None] = {}
    for reading in readings:
        for connection, row in reading.of("supplier"):
            names[connection, number(row["Supplier"]) or ""] = plain(row["SupplierName"])
    for reading in readings:
        for connection, row in reading.of("purchase_order"):
            if number(row["Supplier"]):
                names.setdefault((connection, number(row["Supplier"]) or ""), None)
    return {
        f"{connection}:{digits}": Vendor(f"{connection}:{digits}", digits, name or digits)
        for (connection, digits), name in names.items()
    }


def _match(vendors: dict[str, Vendor], account_number: str | None, names: set[str | None]) -> str | None:
    """The vendor with that number, else with that name; the first way that names any vendor decides."""
    by_number = {vendor.key for vendor in vendors.values() if account_number and vendor.number == account_number}
    wanted = {letters_and_digits(name) for name in names} - {None}
    by_name = {vendor.key for vendor in vendors.values() if letters_and_digits(vendor.name) in wanted}
    found = by_number or by_name
    return next(iter(found)) if len(found) == 1 else None
