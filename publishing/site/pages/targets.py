"""The ecosystem's targets: where they stand, how they went, which are at risk."""

from publishing.site import figures, states
from publishing.site.figures import Figure
from publishing.site.pages.series import Measure, drawing, tile
from publishing.site.sections import Column, Page, Section, table
from publishing.site.source import Result, Source

# What n counts and who knows it; a target that a company adds shows "observations" and the mart's name.
_NOUNS = {
    "innovation_submissions": ("proposals", "CRM"),
    "joint_kpi_achievement": ("joint KPIs", "CRM"),
    "own_quality_alert_answer": ("alerts", "our own alerts"),
    "quality_alert_resolution": ("complaints", "ERP"),
    "savings_reinvested": ("savings in four quarters", "CRM"),
    "vendor_nps": ("votes", "CRM"),
}
# Two targets share a definition; their names tell which of the two readings it is.
_LABELS = {
    "innovation_submissions_per_strategic_vendor": "Actionable proposals per strategic vendor",
    "innovation_submissions_total": "Actionable proposals in all",
    "joint_kpi_achievement_rate": "Joint KPIs achieved",
}


def read_targets(source: Source) -> list[tuple[Measure, Result]]:
    """Every metric that has a target, with its quarters."""
    metrics = source.read(
        "ecosystem-metrics",
        "select metric_id, arg_max(target, quarter) as target, any_value(e.definition_id) as definition_id,"
        " any_value(d.name) as name, any_value(d.unit) as unit"
        " from ecosystem_quarter as e left join kpi_definition as d using (definition_id, definition_version)"
        " group by metric_id order by metric_id",
    )
    found = []
    for row in metrics:
        noun, origin = _NOUNS.get(row["definition_id"], ("observations", "ecosystem_quarter"))
        measure = Measure(
            key=row["metric_id"],
            label=_LABELS.get(row["metric_id"]) or row["name"] or row["metric_id"],
            unit=row["unit"] or "",
            noun=noun,
            definition_id=row["definition_id"],
            mart="ecosystem_quarter",
            origin=origin,
            target=row["target"],
        )
        found.append((measure, _quarters(source, row["metric_id"])))
    return found


def target_tile(source: Source, measure: Measure, series: Result) -> Figure:
    """The tile of a target, with the state that the mart gives it."""
    of_quarter = {row["quarter"]: row["state"] for row in series}
    word = of_quarter.get(source.full_quarter)
    return tile(source, measure, series, states.OF_TARGET[word] if word else states.NO_DATA)


def targets(source: Source) -> Page:
    """Tiles, pictures, the running quarter's warnings, and every quarter as a table."""
    found = read_targets(source)
    tiles = tuple(target_tile(source, measure, series) for measure, series in found)
    met = sum(one.state == states.MET for one in tiles)
    warnings = source.read(
        "target-warnings",
        "select * from target_warning where signal_state = 'active' and not is_muted"
        " order by severity, quarter desc, signal_key",
    )
    quarters = source.read(
        "ecosystem-quarters",
        "select quarter, e.metric_id, coalesce(d.name, e.metric_id) as name, e.value, e.n, e.lower_bound,"
        " e.upper_bound, e.target, e.state, e.definition_id, e.definition_version, coalesce(d.unit, '') as unit"
        " from ecosystem_quarter as e left join kpi_definition as d using (definition_id, definition_version)"
        " order by quarter desc, metric_id",
    )
    return Page(
        path="targets.html",
        title="Targets",
        headline=f"{met} of {figures.counted(len(tiles), 'target')} met in {figures.quarter(source.full_quarter)}",
        lead="A target is met or not met; where the interval covers it, or too little is known, nobody can tell.",
        sections=(
            Section("The last full quarter", tiles=tiles),
            Section(
                f"At risk in {figures.quarter(source.running_quarter)}",
                "Targets of the running quarter that are not likely to be met as things stand.",
                tables=(
                    table(
                        warnings,
                        (
                            Column("metric_name", "Target"),
                            Column("severity", "State", "severity"),
                            Column("evidence", "What is known"),
                            Column("days_left", "Days left", ""),
                            Column("owner", "Owner"),
                        ),
                        caption="Open warnings of targets that are not muted.",
                        noun="warning",
                        if_empty="No warning of a target is open.",
                    ),
                ),
            ),
            Section("How they went", drawings=tuple(drawing(source, measure, series) for measure, series in found)),
            Section(
                "Every quarter",
                tables=(
                    table(
                        quarters,
                        (
                            Column("quarter", "Quarter", "quarter"),
                            Column("name", "Target"),
                            Column("value", "Value", "by_row", n="n", bounds=("lower_bound", "upper_bound")),
                            Column("target", "At least", "by_row"),
                            Column("state", "State", "target_state"),
                        ),
                        caption=f"{figures.quarter(source.running_quarter)} is still running.",
                        limit=60,
                        noun="row",
                    ),
                ),
            ),
        ),
        files=tuple(series for _, series in found),
    )


def _quarters(source: Source, metric_id: str) -> Result:
    return source.read(
        f"quarters-{metric_id.replace('_', '-')}",
        "select quarter, value, n, lower_bound, upper_bound, target, state, definition_id, definition_version"
        " from ecosystem_quarter where metric_id = $metric order by quarter",
        {"metric": metric_id},
    )
