"""How the vendor stands among the vendors of its category: quartiles without names, and only where there are enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from publishing.sharing import DIGITS_BY_UNIT
from publishing.site import figures
from publishing.site.sections import Cell, Column, Section, Table
from publishing.site.source import Result, Row
from publishing.site.vendor_page.series import months_before
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.vendor_rows import VendorRows


@dataclass(frozen=True)
class _Compared:
    """A figure of a mart that peers have quartiles of; ``period`` is the mart's column of the period."""

    mart: str
    period: str
    metric_id: str
    label: str
    unit: str
    definition_id: str
    is_more_better: bool = True


_COMPARED = (
    _Compared("vendor_quarter_health", "quarter", "score", "Health score", "points", "vendor_health"),
    _Compared("vendor_quarter_health", "quarter", "delivery_score", "Delivery score", "points", "vendor_health"),
    _Compared("vendor_quarter_health", "quarter", "quality_score", "Quality score", "points", "vendor_health"),
    _Compared("vendor_quarter_health", "quarter", "service_score", "Service score", "points", "vendor_health"),
    _Compared("vendor_quarter_health", "quarter", "innovation_score", "Innovation score", "points", "vendor_health"),
    _Compared("vendor_month", "month", "otd_first_promise", "On time, first promise", "share", "otd_first_promise"),
    _Compared("vendor_month", "month", "otd_latest_promise", "On time, latest promise", "share", "otd_latest_promise"),
    _Compared(
        "vendor_month",
        "month",
        "defect_ppm_received",
        "Defective parts by receipt",
        "ppm",
        "defect_ppm_received",
        is_more_better=False,
    ),
    _Compared(
        "vendor_month",
        "month",
        "lot_rejection_rate",
        "Rejected lots",
        "share",
        "lot_rejection_rate",
        is_more_better=False,
    ),
    _Compared(
        "vendor_month", "month", "mttr_p50_hours", "Half of tickets resolved in", "hours", "mttr", is_more_better=False
    ),
    _Compared("vendor_month", "month", "sla_attainment", "Resolution targets met", "share", "sla_attainment"),
)
_COLUMNS = (
    Column("label", "Measure"),
    Column("period", "Period"),
    Column("value", "This vendor", "number"),
    Column("quartile_1", "Lower quartile", "number"),
    Column("median", "Median", "number"),
    Column("quartile_3", "Upper quartile", "number"),
    Column("vendors", "Vendors", "number"),
    Column("standing", "Stands"),
)
_KEYS = ("label", "metric_id", "period", "value", "unit", "quartile_1", "median", "quartile_3", "vendors", "standing")


def peers(rows: VendorRows, setting: Setting) -> Section | None:
    """The vendor beside its category in the last full quarter and month; None where no peers are shared."""
    compared = [one for one in _COMPARED if rows.has(f"{one.mart}_peers") and rows.has(one.mart, one.metric_id)]
    if not compared:
        return None
    lines = [line for one in compared if (line := _line(rows, one, setting)) is not None]
    heading = "Beside its peers"
    if not lines:
        return Section(heading, sentences=(_why_none(rows, compared, setting),))
    result = Result("peers", _KEYS, tuple(tuple(line[key] for key in _KEYS) for line in lines))
    meaning = (
        "Quartiles of all vendors of the same category, rounded, without names, and only where at least five others "
        "have a figure. A quarter of the vendors lie below the lower quartile, a quarter above the upper."
    )
    cells = tuple(_cells(line, one) for line in lines for one in _COMPARED if one.label == line["label"])
    shown = Table("peers", "This vendor and its category:", _COLUMNS, cells, result, "measure")
    return Section(heading, meaning, tables=(shown,))


def _why_none(rows: VendorRows, compared: Sequence[_Compared], setting: Setting) -> str:
    if any(_own(rows, one, setting) is not None for one in compared):
        return "Fewer than five peers: too few other vendors of the category have figures to compare with."
    quarter, month = figures.quarter(setting.full_quarter), figures.month(months_before(setting.month_date, 1))
    return f"Nothing was measured in {quarter} or {month} that could be compared."


def _period(one: _Compared, setting: Setting) -> date:
    return setting.full_quarter if one.period == "quarter" else months_before(setting.month_date, 1)


def _own(rows: VendorRows, one: _Compared, setting: Setting) -> float | None:
    period = _period(one, setting)
    own = next((row for row in rows.of(one.mart) if row[one.period] == period and row.get("is_headline", True)), None)
    return None if own is None or own[one.metric_id] is None else float(own[one.metric_id])


def _line(rows: VendorRows, one: _Compared, setting: Setting) -> Row | None:
    period, value = _period(one, setting), _own(rows, one, setting)
    quartiles = next(
        (row for row in rows.of(f"{one.mart}_peers") if row["metric_id"] == one.metric_id and row["period"] == period),
        None,
    )
    if quartiles is None or value is None:
        return None
    return {
        **quartiles,
        "label": one.label,
        "period": period,
        "value": value,
        "unit": one.unit,
        "standing": _standing(round(value, DIGITS_BY_UNIT[one.unit]), quartiles, one.is_more_better),
    }


def _standing(value: float, quartiles: Row, is_more_better: bool) -> str:
    """By a value as rounded as the quartiles are."""
    if value > quartiles["quartile_3"]:
        return "among the best quarter" if is_more_better else "among the worst quarter"
    if value < quartiles["quartile_1"]:
        return "among the worst quarter" if is_more_better else "among the best quarter"
    return "in the middle half"


def _cells(line: Row, one: _Compared) -> tuple[Cell, ...]:
    period: date = line["period"]
    numbers = [
        Cell(figures.shown(line[key], one.unit), figures.exact(line[key]))
        for key in ("value", "quartile_1", "median", "quartile_3")
    ]
    return (
        Cell(one.label, address=f"definitions.html#{one.definition_id}"),
        Cell(figures.quarter(period) if one.period == "quarter" else figures.month(period), period.isoformat()),
        *numbers,
        Cell(figures.count(line["vendors"]), figures.exact(line["vendors"])),
        Cell(line["standing"]),
    )
