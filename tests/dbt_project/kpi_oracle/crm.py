"""Objects of the CRM as they stand: the newest version that could be read, without what was deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.dbt_project.kpi_oracle.observed import History, Row, Seen, known
from tests.dbt_project.kpi_oracle.parties import parties, rows_of


@dataclass(frozen=True)
class CrmObject:
    """One object: its key, the vendor of its account, and what its fields say; what nobody can read is None."""

    connection: str
    id: str
    vendor: str | None
    row: Row
    history: History

    @property
    def key(self) -> str:
        return f"{self.connection}:{self.id}"

    def named(self, field: str) -> str | None:
        """The key of the object that a field names."""
        return f"{self.connection}:{self.row[field]}" if self.row[field] else None

    def share(self, field: str) -> float | None:
        """A percentage as a share."""
        return None if self.row[field] is None else float(self.row[field]) / 100

    def number(self, field: str) -> float | None:
        return None if self.row[field] is None else float(self.row[field])


def crm_objects(readings: Seen, entity: str, needed: Sequence[str] = ()) -> list[CrmObject]:
    """All objects of an entity in the order of their keys; ``needed`` as in `histories`."""
    vendors = parties(readings).of_account
    found = []
    for key, history in sorted(rows_of(readings, entity, "Id", "SystemModstamp", needed).items()):
        if history.newest and not history.newest.content["IsDeleted"]:
            row: dict[str, Any] = {name: known(value) for name, value in history.newest.content.items()}
            vendor = vendors.get((key[0], row["Account__c"])) if "Account__c" in row else None
            found.append(CrmObject(key[0], key[1], vendor, row, history))
    return found
