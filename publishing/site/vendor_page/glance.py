"""A tile for the health score and for each KPI of the last full quarter."""

from collections.abc import Mapping, Sequence
from datetime import date

from publishing.site import figures
from publishing.site.charts.sparkline import Sparkline, sparkline
from publishing.site.figures import Figure
from publishing.site.sections import Section, text
from publishing.site.source import Row, quarters_before
from publishing.site.states import NO_DATA, NO_SCORE, TARGET_POINTS, of_points
from publishing.site.vendor_page.kpis import kpis_by_quarter, state_of
from publishing.site.vendor_page.measures import MEASURES, READ_WORDS, Measure
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.vendor_rows import VendorRows

QUARTERS_OF_SPARKLINE = 8


def glance(rows: VendorRows, setting: Setting) -> Section:
    """Score and KPIs of the last full quarter."""
    kpis = kpis_by_quarter(rows)
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
    reasons = [row["no_score_reason"] for row in _full_quarter(rows, setting) if row.get("no_score_reason")]
    sentences += [f"No score: {text(reason)}." for reason in reasons]
    stale = [READ_WORDS[mart] for mart in READ_WORDS if mart in setting.stale_marts and rows.has(mart)]
    if stale:
        sentences.append(f"Older than they should be, because a feed is late: {', '.join(stale)}.")
    return Section(
        heading=f"At a glance, {quarter}",
        meaning=f"{quarter} is the last quarter that is over. The small lines are the quarters before it.{likely}",
        tiles=tuple(tiles),
        sentences=tuple(sentences),
    )


def _full_quarter(rows: VendorRows, setting: Setting) -> list[Row]:
    found = rows.of("vendor_quarter_health")
    return [row for row in found if row["is_headline"] and row["quarter"] == setting.full_quarter]


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
        state=state_of(row) if row else NO_DATA,
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
        target=TARGET_POINTS,
        state=NO_SCORE if score is None and row else of_points(score),
        change=None if score is None or before is None else score - before,
        picture=_line("Health score", "points", values, TARGET_POINTS),
        key="vendor_health",
    )
