"""The vendors of a world: in the ERP's master, in the CRM, by name in the portal."""

from datetime import timedelta

from tests.dbt_project.kpi_oracle.company import Document, State, instant
from tests.dbt_project.kpi_oracle.dice import FIRST_DAY, Dice

VENDORS = ("77§01", "77§02", "77§03")
NAMES = {vendor: f"Vendor {vendor} GmbH" for vendor in VENDORS}
BEFORE_ALL = instant(FIRST_DAY - timedelta(days=200))


def suppliers(dice: Dice, vendors: tuple[str, ...]) -> list[Document]:
    """The vendor master; a renamed vendor keeps its number."""
    found = []
    for vendor in vendors:
        row = {"Supplier": f"0000{vendor}", "SupplierName": NAMES[vendor], "CreationDate": BEFORE_ALL.date()}
        states = [State(BEFORE_ALL, row)]
        if dice.happens("renamed_vendors"):
            states.append(State(instant(dice.day(0, 110)), {**row, "SupplierName": f"{NAMES[vendor]} (formerly)"}))
        found.append(Document("sap_s4hana", "supplier", tuple(states)))
    return found
