"""The answer at the top of a vendor's page: one sentence, and who the vendor is."""

from publishing.site import figures
from publishing.site.sections import text
from publishing.site.source import Row
from publishing.site.vendor_page.kpis import kpis_by_quarter, state_of
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.vendor_rows import VendorRows

_ALERTS, _LINES = "vendor_warning", "early_warning"


def headline(rows: VendorRows, setting: Setting) -> str:
    """How many targets were met, and what waits for an answer."""
    name = text(rows.vendor["vendor_name"]) or "This vendor"
    quarter = figures.quarter(setting.full_quarter)
    states = [state_of(row) for row in kpis_by_quarter(rows).get(setting.full_quarter, {}).values()]
    known = [state for state in states if state.kind != "unknown"]
    if known:
        met = sum(state.kind == "ok" for state in known)
        told = f"{name} met {met} of {figures.counted(len(known), 'target')} in {quarter}"
    else:
        told = f"Nothing was measured of {name} in {quarter}"
    if not rows.has(_ALERTS) and not rows.has(_LINES):
        return f"{told}."
    return f"{told}; {_waiting(rows)}."


def lead(rows: VendorRows) -> str:
    """Who the vendor is."""
    vendor = rows.vendor
    parts = [text(vendor["category"])] if vendor["category"] else []
    if vendor.get("segment"):
        parts.append(f"segment {text(vendor['segment'])}")
    if vendor.get("is_strategic"):
        parts.append("strategic vendor")
    parts.append(f"number {text(vendor['vendor_number'])}")
    if vendor.get("is_blocked"):
        parts.append("blocked for orders")
    if vendor.get("merged_into_vendor_key"):
        parts.append(f"merged into {text(vendor['merged_into_vendor_key'])}")
    return f"{' · '.join(parts)}."


def _waiting(rows: VendorRows) -> str:
    alerts = sum(_is_open(row) for row in rows.of(_ALERTS))
    lines = sum(_is_open(row) for row in rows.of(_LINES))
    parts = [figures.counted(alerts, "alert")] if alerts else []
    parts += [figures.counted(lines, "order line")] if lines else []
    if not parts:
        return "nothing waits for an answer"
    return f"{' and '.join(parts)} {'waits' if alerts + lines == 1 else 'wait'} for an answer"


def _is_open(row: Row) -> bool:
    return row["signal_state"] == "active" and not row["is_muted"]
