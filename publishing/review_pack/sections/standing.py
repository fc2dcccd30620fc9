"""Targets and where the vendor stands: KPIs, vendor health by pillar, joint KPIs."""

from publishing.review_pack.document import Cell, Heading, Paragraph, Section, Table, joined
from publishing.review_pack.intervals import own_interval
from publishing.review_pack.metrics import Metric, higher_is_better
from publishing.review_pack.pictures import health_trend, side_by_side
from publishing.review_pack.review import Review
from publishing.review_pack.rows import Row
from publishing.review_pack.table import Column, code, date_of, table, text
from publishing.review_pack.wording import interval, words
from publishing.site.figures import NO_DATA, counted, shown
from publishing.site.states import CANNOT_TELL, MET, MISSED, State

NEEDS = {
    "vendor_quarter_kpi": (
        "quarter",
        "metric_id",
        "unit",
        "value",
        "value_n",
        "floor_value",
        "target_value",
        "stretch_value",
    ),
}
PILLARS = ("delivery", "quality", "cost", "service", "innovation", "relationship")
JOINT_RESULTS = {
    "achieved": State("ok", "achieved"),
    "missed": State("alert", "missed"),
    "undecided": State("unknown", "undecided"),
    "not_measurable": State("unknown", "not measurable"),
    None: State("unknown", "does not count"),
}


def section(review: Review) -> Section:
    """Every KPI with its target, also those without data."""
    return Section(
        "standing",
        "Targets and where the vendor stands",
        _sentence(review),
        joined(
            _kpi_table(review),
            Paragraph(_how_judged(review), is_note=True),
            side_by_side(health_trend(review)),
            _pillar_table(review),
            _joint_table(review),
        ),
    )


def counts(review: Review) -> tuple[int, int, int, int]:
    """How many KPIs are met, not met, cannot be told, and have no data."""
    found = [review.state(metric.id) for metric in review.metrics]
    met, missed, open_ = (sum(state == wanted for state in found) for wanted in (MET, MISSED, CANNOT_TELL))
    return met, missed, open_, len(found) - met - missed - open_


def _sentence(review: Review) -> str:
    met, missed, open_, silent = counts(review)
    if met + missed + open_ == 0:
        return f"There is no data on any target in {review.quarter.title}."
    parts = [f"{met} met", f"{missed} not met", f"{open_} cannot be told", f"{silent} without data"]
    return f"Of {counted(len(review.metrics), 'target')}: {', '.join(parts)}."


def _kpi_table(review: Review) -> Table:
    return Table(
        f"KPIs of {review.quarter.title}" + (" (running)" if review.is_running else ""),
        (
            Heading("KPI"),
            Heading("Value", True),
            Heading("n", True),
            Heading("80 % interval" if _has_interval(review) else "95 % interval", True),
            Heading("Target", True),
            Heading("State"),
            Heading("Quarter before", True),
        ),
        tuple(_kpi_row(review, metric) for metric in review.metrics),
    )


def _has_interval(review: Review) -> bool:
    """Whether the reader may see the interval by which states are judged."""
    return review.rows.shares("vendor_quarter_kpi", "shrunk_value_lower", "shrunk_value_upper")


def _how_judged(review: Review) -> str:
    rule = (
        "A target is met or not met when the whole 80 % interval of the true value lies on one side of it, given the "
        "vendor's own figures and what is usual in its category; else nobody can tell. Counts and amounts have no "
        "interval."
    )
    if _has_interval(review):
        return rule
    return f"{rule} The interval shown here is the 95 % interval of the vendor's own figures alone."


def _kpi_row(review: Review, metric: Metric) -> tuple[Cell, ...]:
    row, before = review.kpi(metric.id), review.kpi(metric.id, review.quarter.after(-1))
    state = review.state(metric.id)
    former = shown(before["value"], before["unit"]) if before else NO_DATA
    if row is None:
        return (metric.title, NO_DATA, "–", "–", "–", state, former)
    wanted = "at least" if higher_is_better(row) else "at most"
    return (
        metric.title,
        shown(row["value"], row["unit"]),
        "counted" if metric.is_count else f"{row['value_n']:,} {metric.noun}",
        _limits(review, metric, row),
        f"{wanted} {shown(row['target_value'], row['unit'])}",
        state,
        former,
    )


def _limits(review: Review, metric: Metric, row: Row) -> str:
    if metric.is_count:
        return "–"
    if _has_interval(review):
        return interval(row["shrunk_value_lower"], row["shrunk_value_upper"], row["unit"]) or "–"
    own = own_interval(row["value"], row["value_n"], metric.own_interval)
    return interval(*own, row["unit"]) if own else "–"


def _pillar_table(review: Review) -> Table | Paragraph | None:
    mart = "vendor_quarter_health"
    if not review.rows.shares(mart, "quarter", "score", "coverage", "no_score_reason"):
        return None
    row = review.rows.first(mart, lambda one: one["quarter"] == review.quarter.first_day)
    if row is None:
        return None
    before = review.rows.first(mart, lambda one: one["quarter"] == review.quarter.after(-1).first_day)
    pillars = [pillar for pillar in PILLARS if review.rows.shares(mart, f"{pillar}_score", f"{pillar}_weight")]
    return Table(
        "Vendor health by pillar, in points from 0 to 100 (70 is on target)",
        (Heading("Pillar"), Heading("Weight", True), Heading("Points", True), Heading("Quarter before", True)),
        (
            *(
                (pillar.capitalize(), shown(row[f"{pillar}_weight"], "share"), *_points(row, before, f"{pillar}_score"))
                for pillar in pillars
            ),
            ("Health", f"covers {shown(row['coverage'], 'share')}", *_points(row, before, "score")),
        ),
        note=_health_note(row, len(pillars)),
    )


def _health_note(row: Row, pillars_shown: int) -> str:
    said = [f"No score: {words(row['no_score_reason'])}."] if row["no_score_reason"] else []
    if pillars_shown < len(PILLARS):
        said.append("Health also weighs pillars that are not shared.")
    return " ".join(said)


def _points(row: Row, before: Row | None, name: str) -> tuple[str, str]:
    return shown(row[name], ""), shown(before[name], "") if before else NO_DATA


def _joint_table(review: Review) -> Table | None:
    return table(
        review.rows,
        "fct_joint_kpi",
        review.rows.of("fct_joint_kpi"),
        f"Joint KPIs of {review.quarter.title}",
        (
            text("Joint KPI", "title"),
            _value("From", "baseline_value"),
            _value("Target", "target_value"),
            _value("Reached", "actual_value"),
            date_of("Agreed on", "agreed_on"),
            code("List", "list_state"),
            Column("Result", ("result",), lambda row: JOINT_RESULTS.get(row["result"], State("unknown", "unknown"))),
        ),
        note="Only what was agreed by the first day of the quarter counts.",
    )


def _value(title: str, name: str) -> Column:
    return Column(
        title, (name, "unit"), lambda row: shown(row[name], row["unit"] or "") if row[name] is not None else "–", True
    )
