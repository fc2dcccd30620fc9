"""The answer at the top of a vendor's page: one sentence, and a tile for each KPI of the last full quarter."""

from collections.abc import Mapping, Sequence
from datetime import date

from publishing.site import figures
from publishing.site.charts.sparkline import Sparkline, sparkline
from publishing.site.figures import Figure
from publishing.site.sections import Section, text
from publishing.site.source import Row, quarters_before
from publishing.site.states import NO_DATA, NO_SCORE, State, of_points
from publishing.site.vendor_page.measures import MEASURES, READ_WORDS, Measure
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.vendor_rows import VendorRows

QUARTERS_OF_SPARKLINE = 8
_PILLARS = ("delivery", "quality", "cost", "service", "innovation", "relationship")


def headline(rows: VendorRows, setting: Setting) -> str:
    """How many targets were met, and what waits for an answer."""
    name = text(rows.vendor["vendor_name"]) or "This vendor"
    quarter = figures.quarter(setting.full_quarter)
    states = [_state(row) for row in _kpis(rows).get(setting.full_quarter, {}).values()]
    known = [state for state in states if state.kind != "unknown"]
    if known:
        met = sum(state.kind == "ok" for state in known)
        told = f"{name} met {met} of {figures.counted(len(known), 'target')} in {quarter}"
    else:
        told = f"Nothing was measured of {name} in {quarter}"
    waiting = _waiting(rows)
    return f"{told}; {waiting}." if waiting else f"{told}; no alert is open."


def lead(rows: VendorRows, setting: Setting) -> str:
    """Who the vendor is and its score."""
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


def glance(rows: VendorRows, setting: Setting) -> Section:
    """Score and KPIs of the last full quarter."""
    kpis = _kpis(rows)
    tiles = [_health(rows, setting)] if rows.has("vendor_quarter_health") else []
    seen = {metric for of_quarter in kpis.values() for metric in of_quarter}
    tiles += [_tile(metric, measure, kpis, setting) for metric, measure in MEASURES.items() if metric in seen]
    quarter = figures.quarter(setting.full_quarter)
    likely = (
        " The likely range is an interval of 80 %, drawn towards the category where there are few cases."
        if rows.has("vendor_quarter_kpi", "shrunk_value_lower")
        else ""
    )
    # Vendors are not told of measures that are not shared with them.
    missing = [] if setting.is_own else [one.label for metric, one in MEASURES.items() if metric not in seen]
    sentences = [f"Never measured: {', '.join(missing)}."] if missing else []
    stale = [READ_WORDS[mart] for mart in READ_WORDS if mart in setting.stale_marts and rows.has(mart)]
    if stale:
        sentences.append(f"Older than they should be, because a feed is late: {', '.join(stale)}.")
    return Section(
        heading=f"At a glance, {quarter}",
        meaning=f"{quarter} is the last quarter that is over. The small lines are the quarters before it.{likely}",
        tiles=tuple(tiles),
        sentences=tuple(sentences),
    )


def _waiting(rows: VendorRows) -> str:
    alerts = sum(_is_open(row) for row in rows.of("vendor_warning"))
    lines = sum(_is_open(row) for row in rows.of("early_warning"))
    parts = [figures.counted(alerts, "alert")] if alerts else []
    parts += [figures.counted(lines, "order line")] if lines else []
    if not parts:
        return ""
    return f"{' and '.join(parts)} {'waits' if alerts + lines == 1 else 'wait'} for an answer"


def _is_open(row: Row) -> bool:
    return row["signal_state"] == "active" and not row["is_muted"]


def _kpis(rows: VendorRows) -> Mapping[date, Mapping[str, Row]]:
    """By quarter and metric, by the anchors that were valid when the quarter began."""
    found: dict[date, dict[str, Row]] = {}
    for row in rows.of("vendor_quarter_kpi"):
        if row["is_headline"]:
            found.setdefault(row["quarter"], {})[row["metric_id"]] = row
    return found


def _state(row: Row) -> State:
    """By the points of the KPI; where they are not among the columns, by its value against target and floor."""
    if "score" in row:
        return of_points(row["score"])
    value = row["value"]
    if value is None:
        return NO_DATA
    is_up = row["target_value"] >= row["floor_value"]
    if value >= row["target_value"] if is_up else value <= row["target_value"]:
        return State("ok", "on target")
    is_above_floor = value > row["floor_value"] if is_up else value < row["floor_value"]
    return State("watch", "below target") if is_above_floor else State("alert", "at the floor")


def _tile(metric: str, measure: Measure, kpis: Mapping[date, Mapping[str, Row]], setting: Setting) -> Figure:
    row = kpis.get(setting.full_quarter, {}).get(metric)
    before = kpis.get(quarters_before(setting.full_quarter, 1), {}).get(metric)
    newest = next(of_quarter[metric] for _, of_quarter in sorted(kpis.items(), reverse=True) if metric in of_quarter)
    unit, target = newest["unit"], newest["target_value"]
    values = [
        kpis.get(quarters_before(setting.full_quarter, back), {}).get(metric, {}).get("value")
        for back in range(QUARTERS_OF_SPARKLINE - 1, -1, -1)
    ]
    value = row["value"] if row else None
    return Figure(
        label=measure.label,
        value=value,
        unit=unit,
        n=row["value_n"] if row else 0,
        noun=measure.noun,
        lower=row.get("shrunk_value_lower") if row else None,
        upper=row.get("shrunk_value_upper") if row else None,
        definition_id=measure.definition_id,
        rows="quarters",
        period=figures.quarter(setting.full_quarter),
        target=target,
        direction="at least" if target >= newest["floor_value"] else "at most",
        state=_state(row) if row else NO_DATA,
        source=measure.origin,
        change=None if value is None or not before or before["value"] is None else value - before["value"],
        picture=_line(measure.label, unit, values, target),
        key=metric,
    )


def _line(label: str, unit: str, values: Sequence[float | None], target: float | None) -> str:
    if sum(value is not None for value in values) < 2:
        return ""
    return sparkline(Sparkline(f"{label}, the last {len(values)} full quarters", unit, tuple(values), target))


def _health(rows: VendorRows, setting: Setting) -> Figure:
    scores = {row["quarter"]: row for row in rows.of("vendor_quarter_health") if row["is_headline"]}
    row = scores.get(setting.full_quarter, {})
    before = scores.get(quarters_before(setting.full_quarter, 1), {}).get("score")
    values = [
        scores.get(quarters_before(setting.full_quarter, back), {}).get("score")
        for back in range(QUARTERS_OF_SPARKLINE - 1, -1, -1)
    ]
    score = row.get("score")
    return Figure(
        label="Health score",
        value=score,
        unit="points",
        n=row.get("score_n", 0),
        noun="KPIs",
        lower=row.get("score_lower"),
        upper=row.get("score_upper"),
        definition_id="vendor_health",
        rows="health",
        period=figures.quarter(setting.full_quarter),
        target=70.0,
        state=NO_SCORE if score is None and row else of_points(score),
        change=None if score is None or before is None else score - before,
        picture=_line("Health score", "points", values, 70.0),
        key="vendor_health",
    )
