"""Appendix: what the numbers mean, in which version, how fresh the data are, and what was restated."""

from collections.abc import Iterable

from publishing.review_pack.document import Heading, Paragraph, Section, Table, joined
from publishing.review_pack.reading import Feed
from publishing.review_pack.review import Review
from publishing.review_pack.table import Column, code, table
from publishing.review_pack.wording import clean, listed, moment, words
from publishing.site.figures import NO_DATA, counted, day, shown
from publishing.site.states import State

# Those that the sections quote beside the KPIs.
OTHER_DEFINITIONS = (
    "vendor_health",
    "vendor_health_kpi",
    "otd_requested",
    "slip_days",
    "overdue_lines",
    "promise_moves",
    "lead_time",
    "quality_alert_resolution",
    "sla_attainment",
    "mttr",
    "innovation_feedback",
    "pilot_score",
    "joint_kpi_achievement",
    "savings_validated",
    "savings_reinvested",
    "value_share_bonus",
)
KINDS = {
    "erp": "Orders, receipts, quality, invoices (ERP)",
    "crm": "Joint work (CRM)",
    "sla_portal": "Tickets (portal)",
}
MOST_RESTATEMENTS = 15


def used_definitions(review: Review) -> tuple[tuple[str, int], ...]:
    """Ids and versions of the definitions by which the pack's numbers are made."""
    ids = dict.fromkeys([*(metric.definition_id for metric in review.metrics), *OTHER_DEFINITIONS])
    return tuple((id_, review.definitions[id_]["definition_version"]) for id_ in ids if id_ in review.definitions)


def section(review: Review, build_id: str, left_out: Iterable[str]) -> Section:
    """Definitions, freshness, restatements.

    Args:
        left_out: titles of the sections that the edition may not show.
    """
    missing = sorted(left_out)
    return Section(
        "appendix",
        "Appendix: definitions and data",
        f"All figures are of publication {build_id}, as of {moment(review.as_of)}.",
        joined(
            Paragraph(f"Not part of this edition: {listed(missing)}.") if missing else None,
            _freshness(review),
            _restatements(review),
            _definitions(review),
        ),
        has_comment=False,
    )


def _freshness(review: Review) -> Table:
    rows = tuple(
        (
            KINDS.get(feed.kind, words(feed.kind)),
            moment(feed.last_complete_at),
            _freshness_state(review, feed),
        )
        for feed in review.feeds
    )
    return Table("How fresh the data are", (Heading("Source"), Heading("Complete until"), Heading("State")), rows)


def _freshness_state(review: Review, feed: Feed) -> State:
    """Which feeds are stale is said to our own people only."""
    if feed.last_complete_at is None:
        return State("unknown", "never complete")
    if not feed.stale:
        return State("ok", "fresh")
    return State("watch", f"stale: {listed(words(name) for name in feed.stale)}" if review.is_for_buyer else "stale")


def _restatements(review: Review) -> Table | Paragraph | None:
    mart = "restatement"
    if not review.rows.shares(mart, "metric_id", "from_value", "to_value"):
        return None
    chosen = review.rows.of(mart)
    if not chosen:
        return Paragraph(f"No figure of {review.quarter.title} was published differently after the period had ended.")
    return table(
        review.rows,
        mart,
        chosen,
        f"Figures of {review.quarter.title} that were published differently before",
        (
            code("Of the", "period_kind"),
            Column("From", ("period",), lambda row: day(row["period"])),
            code("Figure", "metric_id"),
            Column("Was", ("from_value",), lambda row: _plain(row["from_value"]), is_number=True),
            Column("Is", ("to_value",), lambda row: _plain(row["to_value"]), is_number=True),
            Column("Since", ("published_at",), lambda row: day(row["published_at"])),
            code("Why", "reason"),
        ),
        most=MOST_RESTATEMENTS,
    )


def _plain(value: float | None) -> str:
    return NO_DATA if value is None else shown(round(value, 4), "")


def _definitions(review: Review) -> Table | None:
    rows = []
    for id_, version in used_definitions(review):
        row = review.definitions[id_]
        rows.append(
            (
                clean(row["name"]),
                f"{id_} v{version}",
                clean(row["formula"], 400),
                ". ".join(clean(row[name], 400) for name in ("population", "caveat") if row[name]),
            )
        )
    if not rows:
        return None
    return Table(
        f"What the numbers mean: {counted(len(rows), 'definition')}",
        (Heading("Name"), Heading("Definition and version"), Heading("Formula"), Heading("Of what; mind")),
        tuple(rows),
    )
