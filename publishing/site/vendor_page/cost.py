"""Cost of a vendor: what prices did against the contract in the last full quarter, by material."""

from collections.abc import Iterable
from dataclasses import replace

from publishing.site import figures
from publishing.site.charts.bars import Bar, Bars, bars
from publishing.site.sections import Column, Drawing, Section, text
from publishing.site.source import Row
from publishing.site.vendor_page.parts import section_of, shared_table
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.vendor_rows import VendorRows

MATERIALS_DRAWN = 8
_PRICE_COLUMNS = (
    Column("material", "Material"),
    Column("compared_lines", "Lines", "count"),
    Column("quantity", "Quantity", ""),
    Column("base_unit", "Unit"),
    Column("actual_amount", "Paid", "money"),
    Column("baseline_amount", "At contract price", "money"),
    Column("price_variance", "Due to price", "money", definition_id="price_variance"),
    Column("price_variance_share", "Share", "share"),
    Column("fx_variance", "Due to currencies", "money"),
    Column("outlier_lines", "Doubtful lines", "count"),
)


def cost(rows: VendorRows, setting: Setting) -> Section | None:
    """What prices did against the contract in the last full quarter, by material."""
    if not rows.has("price_variance"):
        return None
    money = f"money({setting.currency})"
    found = rows.chosen("price-variance", "price_variance", lambda row: _is_compared(row, setting), _by_price_variance)
    columns = [replace(one, unit=money) if one.unit == "money" else one for one in _PRICE_COLUMNS]
    quarter = figures.quarter(setting.full_quarter)
    priced = shared_table(
        found,
        columns,
        caption=f"Materials against their contract price in {quarter}, the largest difference first:",
        noun="material",
        if_empty=f"No material with a contract price was invoiced in {quarter}.",
        limit=8,
    )
    return section_of("Cost", [_dearest(found, money, quarter)], [priced])


def _dearest(found: Iterable[Row], money: str, quarter: str) -> Drawing | None:
    drawn = tuple(
        Bar(text(row["material"]), float(row["price_variance"]), "alert" if row["price_variance"] > 0 else "ok")
        for row in list(found)[:MATERIALS_DRAWN]
        if row["price_variance"] is not None
    )
    if not drawn:
        return None
    caption = (
        f"Paid above (right) or below (left) the contract price in {quarter}: the {len(drawn)} largest differences."
    )
    return Drawing(bars(Bars("Price against contract", money, drawn)), caption, "price-variance", "price_variance")


def _is_compared(row: Row, setting: Setting) -> bool:
    return bool(row["baseline"] == "contract" and row["quarter"] == setting.full_quarter and row["compared_lines"])


def _by_price_variance(row: Row) -> tuple[float, str]:
    return -abs(float(row["price_variance"] or 0)), row["price_variance_key"]
