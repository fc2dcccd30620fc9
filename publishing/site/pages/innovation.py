"""What vendors propose, and what becomes of it."""

from publishing.site import figures
from publishing.site.charts.bars import Bar, Bars, bars
from publishing.site.pages.series import Measure, drawing, tile
from publishing.site.pages.targets import read_targets, target_tile
from publishing.site.sections import Column, Drawing, Page, Section, Table, table
from publishing.site.source import Result, Source, quarters_before

STAGES = (
    ("submitted", "submitted"),
    ("triaged", "answered"),
    ("actionable", "actionable"),
    ("piloted", "in a pilot"),
    ("adopted", "adopted"),
    ("value_realised", "value realised"),
)
QUARTERS_OF_FUNNEL = 4
FEEDBACK = Measure(
    "feedback-in-time",
    "Proposals answered in time",
    "share",
    "proposals",
    "innovation_feedback",
    "innovation_funnel",
    "CRM",
)


def innovation(source: Source) -> Page:
    """The funnel of proposals, what waits for an answer, pilots and what they taught."""
    quarters = source.read(
        "innovation-quarters",
        "select * exclude (vendor_key) from innovation_funnel where scope = 'ecosystem' order by quarter desc",
    )
    feedback = source.read(
        f"quarters-{FEEDBACK.key}",
        "select quarter, feedback_in_time as value, feedback_in_time_n as n, feedback_in_time_lower as lower_bound,"
        " feedback_in_time_upper as upper_bound from innovation_funnel where scope = 'ecosystem' order by quarter",
    )
    targets = tuple(
        (measure, series)
        for measure, series in read_targets(source)
        if measure.definition_id in ("innovation_submissions", "joint_kpi_achievement")
    )
    waiting = _waiting(source)
    tiles = (*(target_tile(source, *one) for one in targets), tile(source, FEEDBACK, feedback))
    funnel, submitted = _funnel(source, quarters)
    return Page(
        path="innovation.html",
        title="Innovation",
        headline=f"{figures.counted(submitted, 'proposal')} in the last four full quarters; "
        f"{figures.counted(len(waiting.of), 'proposal')} waiting for us or for a pilot",
        lead="A proposal is actionable when it names a problem, a benefit, an owner, a next step and a cost or a time."
        " Repeats of a title are left out.",
        sections=(
            Section("The last full quarter", tiles=tiles),
            Section(
                "How far proposals come",
                drawings=(funnel, *(drawing(source, *one) for one in targets), drawing(source, FEEDBACK, feedback)),
            ),
            Section("Proposals that wait", tables=(waiting,)),
            Section("Pilots", tables=(_pilots(source),)),
            Section(
                "Quarters",
                tables=(
                    table(
                        quarters,
                        (
                            Column("quarter", "Submitted in", "quarter"),
                            Column("submitted", "Submitted", "", definition_id="innovation_funnel"),
                            *(
                                Column(
                                    f"{key}_share",
                                    words.capitalize(),
                                    "share",
                                    n=key,
                                    bounds=(f"{key}_share_lower", f"{key}_share_upper"),
                                )
                                for key, words in STAGES[1:]
                            ),
                        ),
                        caption=f"How far the proposals of a quarter have come by now; "
                        f"{figures.quarter(source.running_quarter)} is still running.",
                        noun="quarter",
                    ),
                ),
            ),
        ),
        files=(feedback, *(series for _, series in targets)),
    )


def _funnel(source: Source, quarters: Result) -> tuple[Drawing, int]:
    first = quarters_before(source.full_quarter, QUARTERS_OF_FUNNEL - 1)
    rows = [row for row in quarters if first <= row["quarter"] <= source.full_quarter]
    counts = {key: sum(row[key] for row in rows) for key, _ in STAGES}
    period = f"{figures.quarter(first)} to {figures.quarter(source.full_quarter)}"
    chart = Bars(
        "Proposals, by how far they have come",
        "",
        tuple(Bar(words, counts[key]) for key, words in STAGES),
    )
    return Drawing(bars(chart), f"Submitted from {period}.", quarters.name), counts["submitted"]


def _waiting(source: Source) -> Table:
    rows = source.read(
        "proposals-waiting",
        "select p.vendor_key, v.vendor_name, proposal, title, status, submitted_date, waiting_days, is_actionable,"
        " is_triaged, first_feedback_at, benefit_estimate, currency"
        " from fct_proposal as p left join dim_vendor as v using (vendor_key)"
        " where is_waiting and not is_repeat order by is_triaged, waiting_days desc, proposal_key",
    )
    return table(
        rows,
        (
            Column("vendor_name", "Vendor", "vendor"),
            Column("title", "Proposal"),
            Column("status", "Status"),
            Column("is_triaged", "Answered", "flag", definition_id="innovation_feedback"),
            Column("is_actionable", "Actionable", "flag", definition_id="innovation_submissions"),
            Column("waiting_days", "Waiting", "days"),
            Column("benefit_estimate", "Benefit, estimated", "money", currency="currency"),
        ),
        caption="Those that nobody has answered first, then the longest wait.",
        noun="proposal",
        if_empty="No proposal is waiting.",
    )


def _pilots(source: Source) -> Table:
    rows = source.read(
        "pilots",
        "select p.vendor_key, v.vendor_name, pilot, title, status, start_date, end_date, outcome,"
        " score, score_coverage,"
        " score_state, criteria, criteria_scored, criteria_refused, lesson_learned, is_lesson_missing"
        " from pilot_scorecard as p left join dim_vendor as v using (vendor_key)"
        " order by coalesce(end_date, date '9999-12-31') desc, start_date desc, pilot_key",
    )
    return table(
        rows,
        (
            Column("vendor_name", "Vendor", "vendor"),
            Column("title", "Pilot"),
            Column("status", "Status"),
            Column("score", "Score", "share", n="criteria_scored", definition_id="pilot_score"),
            Column("outcome", "Outcome"),
            Column("lesson_learned", "Lesson"),
        ),
        caption="Running pilots first, then the newest. Criteria that were added after the start are not scored.",
        limit=15,
        noun="pilot",
    )
