"""Who sees which rows of the model. The role Vendor opens what is named here and nothing else.

It is the second wall: a vendor is better served by a model of its own, refreshed with its own database login, because
whoever may edit a workspace sees past roles (docs/bi/power-bi.md).
"""

from publishing.power_bi import tmdl
from publishing.semantic.contract import Contract, Table
from publishing.semantic.measure_tables import FOLDER_OF_DEFINITION
from publishing.semantic.measures import MONTHS

LOGINS = "vendor_login"
# No vendor is in them.
OPEN = frozenset({"dim_calendar", "kpi_definition"})
SHARED_FOLDERS = frozenset({"Delivery", "Quality", "Service"})
_SHARED_COLUMNS = {
    "dim_vendor": frozenset({"vendor_key", "vendor_name"}),
    MONTHS: frozenset({"vendor_key", "vendor_name", "month", "defect_ppm_unit"}),
}
_OWN_ROWS = (
    f"NOT ISBLANK([vendor_key]) && CONTAINS({LOGINS}, {LOGINS}[login], USERPRINCIPALNAME(), "
    f"{LOGINS}[vendor_key], [vendor_key])"
)


def buyer() -> str:
    """The role that sees everything."""
    return tmdl.document(tmdl.described("Buyers: every row.", tmdl.block("role Buyer", ["modelPermission: read"])))


def vendor(contract: Contract) -> str:
    """The role that sees its own rows of the shared tables, and there the shared columns only; else nothing."""
    description = "A vendor: its own rows of what is shared. Nobody is a vendor until vendor_login says so."
    sections = [_permission(table) for table in contract.tables.values() if table.name not in OPEN]
    own_login = [f"tablePermission {LOGINS} = [login] = USERPRINCIPALNAME()"]
    head = tmdl.block("role Vendor", ["modelPermission: read"], *sections, own_login)
    return tmdl.document(tmdl.described(description, head))


def is_shared(table: str, column: str, definition: str) -> bool:
    """Whether a vendor sees the column in its own rows."""
    if table not in _SHARED_COLUMNS:
        return False
    by_definition = table == MONTHS and FOLDER_OF_DEFINITION.get(definition) in SHARED_FOLDERS
    return column in _SHARED_COLUMNS[table] or by_definition


def _permission(table: Table) -> list[str]:
    if table.name not in _SHARED_COLUMNS:
        return [f"tablePermission {tmdl.name(table.name)} = FALSE()"]
    hidden = [
        f"columnPermission {tmdl.name(column.name)} = none"
        for column in table.columns
        if not is_shared(table.name, column.name, column.definition)
    ]
    return tmdl.block(f"tablePermission {tmdl.name(table.name)} = {_OWN_ROWS}", (), *([column] for column in hidden))
