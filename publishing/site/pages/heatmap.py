"""Vendors by KPI, the worst first: each cell has the value and, by shape and tint, where it stands."""

from dataclasses import dataclass

from publishing.site import figures, states
from publishing.site.charts.sparkline import Sparkline, sparkline
from publishing.site.pages.standing import Standing
from publishing.site.places import vendor_page
from publishing.site.sections import Cell, Column, Table, text
from publishing.site.source import Row, Source, quarters_before

VENDORS_SHOWN = 20
QUARTERS_OF_SPARKLINE = 8


@dataclass(frozen=True)
class _Kpi:
    metric_id: str
    words: str
    definition_id: str


KPIS = (
    _Kpi("otd_first_promise", "On time, first promise", "otd_first_promise"),
    _Kpi("otd_latest_promise", "On time, latest", "otd_latest_promise"),
    _Kpi("defect_ppm", "Defects, ppm", "defect_ppm_received"),
    _Kpi("lot_acceptance", "Lots accepted", "lot_rejection_rate"),
    _Kpi("price_variance_contract", "Price above contract", "price_variance"),
    _Kpi("tickets_within_target", "Tickets in 24 h", "tickets_within_target"),
    _Kpi("availability", "Availability", "availability"),
    _Kpi("proposals_actionable", "Proposals", "innovation_submissions"),
    _Kpi("stakeholder_nps", "Stakeholder NPS", "stakeholder_nps"),
)


def heatmap(source: Source, found: Standing) -> Table:
    """The vendors with the lowest scores; the CSV has all vendors' KPIs of the quarter."""
    kpis = source.read(
        "vendor-kpis",
        "select vendor_key, vendor_name, category, quarter, pillar, metric_id, unit, value, value_n, shrunk_value,"
        " shrunk_value_lower, shrunk_value_upper, floor_value, target_value, stretch_value, score"
        " from vendor_quarter_kpi where quarter = $quarter and is_headline order by vendor_key, metric_id",
        {"quarter": source.full_quarter},
    )
    by_vendor = {(row["vendor_key"], row["metric_id"]): row for row in kpis}
    worst = [row for row in found.rows if row["score"] is not None][:VENDORS_SHOWN]
    history = _history(source)
    columns = (
        Column("vendor_name", "Vendor", "vendor"),
        Column("score", "Health", "points_state", definition_id="vendor_health"),
        Column("trend", "Two years"),
        *(Column(kpi.metric_id, kpi.words, "", definition_id=kpi.definition_id) for kpi in KPIS),
    )
    cells = tuple(
        (
            Cell(text(row["vendor_name"]), address=vendor_page(row["vendor_key"])),
            Cell(
                figures.shown(row["score"], ""),
                figures.exact(row["score"]),
                f"{row['score_lower']:.0f} to {row['score_upper']:.0f}",
                states.of_points(row["score"]),
                is_tinted=True,
            ),
            Cell("", picture=_trend(source, row, history)),
            *(_cell(by_vendor.get((row["vendor_key"], kpi.metric_id))) for kpi in KPIS),
        )
        for row in worst
    )
    return Table(
        "worst-vendors",
        f"The vendors with the lowest health in {figures.quarter(source.full_quarter)}. A cell shows the likely value,"
        " which few observations draw towards the category, and where it stands; under it what was measured, and n.",
        columns,
        cells,
        kpis,
        "scored vendor",
        is_dense=True,
        count=sum(row["score"] is not None for row in found.rows),
        if_empty=f"No vendor has a score in {figures.quarter(source.full_quarter)}.",
    )


def _cell(row: Row | None) -> Cell:
    if row is None:
        return Cell("", state=states.NO_DATA, is_tinted=True)
    measured = figures.number(row["value"], row["unit"])
    return Cell(
        figures.number(row["shrunk_value"], row["unit"]),
        figures.exact(row["shrunk_value"]),
        f"{measured}, n {figures.count(row['value_n'])}",
        states.of_points(row["score"]),
        is_tinted=True,
    )


def _history(source: Source) -> dict[tuple[str, object], float]:
    rows = source.read(
        "health-history",
        "select vendor_key, quarter, score from vendor_quarter_health where is_headline and quarter <= $quarter"
        " and score is not null order by vendor_key, quarter",
        {"quarter": source.full_quarter},
    )
    return {(row["vendor_key"], row["quarter"]): row["score"] for row in rows}


def _trend(source: Source, row: Row, history: dict[tuple[str, object], float]) -> str:
    quarters = [quarters_before(source.full_quarter, back) for back in range(QUARTERS_OF_SPARKLINE - 1, -1, -1)]
    values = tuple(history.get((row["vendor_key"], quarter)) for quarter in quarters)
    return sparkline(Sparkline(f"Health of {text(row['vendor_name'])}", "points", values, states.TARGET_POINTS))
