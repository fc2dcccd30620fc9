"""Who sees which rows and columns of the model, made from ``config/sharing.yml``: what is not named there is closed.

It is the second wall: a vendor is better served by a model of its own, refreshed with its own database login, because
whoever may edit a workspace sees past roles (docs/bi/power-bi.md).
"""

from collections.abc import Mapping

from config.sharing import SharingSettings
from publishing.power_bi import dax, tmdl
from publishing.semantic.contract import Contract, Table
from publishing.semantic.dates import CALENDAR

LOGINS = "vendor_login"
_OWN = (
    f"NOT ISBLANK([vendor_key]) && CONTAINS({LOGINS}, {LOGINS}[login], USERPRINCIPALNAME(), "
    f"{LOGINS}[vendor_key], [vendor_key])"
)


def buyer() -> str:
    """The role that sees everything."""
    return tmdl.document(tmdl.described("Buyers: every row.", tmdl.block("role Buyer", ["modelPermission: read"])))


def vendor(contract: Contract, sharing: SharingSettings) -> str:
    """The role that sees its own rows of the shared tables, and there the shared columns only; else nothing."""
    description = "A vendor: its own rows of what is shared. Nobody is a vendor until vendor_login says so."
    # Days are nobody's; closing them would close every fact, because a filter follows the relationships.
    permissions = [_permission(table, sharing) for name, table in contract.tables.items() if name != CALENDAR]
    own_login = [f"tablePermission {LOGINS} = [login] = USERPRINCIPALNAME()"]
    head = tmdl.block("role Vendor", ["modelPermission: read"], *permissions, own_login)
    return tmdl.document(tmdl.described(description, head))


def _permission(table: Table, sharing: SharingSettings) -> list[str]:
    if table.name in sharing.own_rows:
        shared = sharing.own_rows[table.name]
        rows, columns = " && ".join([_OWN, *_not_withheld(shared.withheld)]), shared.columns
    elif table.name in sharing.for_everyone:
        rows, columns = "TRUE()", sharing.for_everyone[table.name].columns
    else:
        return [f"tablePermission {tmdl.name(table.name)} = FALSE()"]
    hidden = [[f"columnPermission {tmdl.name(one.name)} = none"] for one in table.columns if one.name not in columns]
    return tmdl.block(f"tablePermission {tmdl.name(table.name)} = {rows}", (), *hidden)


def _not_withheld(withheld: Mapping[str, tuple[bool | int | str, ...]]) -> list[str]:
    """Rows whose column holds one of the values, or nothing, are no vendor's."""
    return [
        f"NOT ISBLANK([{column}]) && NOT ([{column}] IN {{ {', '.join(dax.literal(value) for value in values)} }})"
        for column, values in withheld.items()
    ]
