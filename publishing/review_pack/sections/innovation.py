"""The innovation pipeline: proposals with the feedback given and owed, pilots, joint roadmap, events."""

from publishing.review_pack.document import Cell, Fact, Facts, Section, Table, joined
from publishing.review_pack.review import Review
from publishing.review_pack.rows import Row, total
from publishing.review_pack.table import Column, code, date_of, money, optional, table, text
from publishing.review_pack.wording import clean
from publishing.site.figures import NO_DATA, counted, day, shown
from publishing.site.states import State

NEEDS = {
    "vendor_quarter_kpi": ("quarter", "metric_id", "unit", "value", "value_n", "target_value"),
    "vendor_month": ("month", "proposals_submitted"),
    "fct_proposal": (
        "proposal_key",
        "title",
        "submitted_date",
        "is_waiting",
        "waiting_days",
        "first_feedback_at",
        "is_feedback_in_time",
    ),
    "fct_pilot": ("pilot_key", "title", "status", "is_overdue"),
    "fct_engagement": ("state",),
}
PROPOSALS, PILOTS = "fct_proposal", "fct_pilot"
ANSWERED = State("ok", "answered in time")
ANSWERED_LATE = State("watch", "answered late")
OWED = State("alert", "answer owed")
MOST_PROPOSALS = 12


def section(review: Review) -> Section:
    """Proposals of the quarter and all that still wait, whenever they came."""
    submitted = _submitted(review)
    owed = owed_feedback(review)
    running = running_pilots(review)
    if not review.rows.of(PROPOSALS) and not review.rows.of(PILOTS) and not review.rows.of("fct_roadmap_item"):
        sentence = "There is no proposal, no pilot and no roadmap item of this vendor on record."
    else:
        sentence = (
            f"{counted(submitted, 'new proposal')} in {review.quarter.title}; we owe a first answer to "
            f"{counted(len(owed), 'proposal')}; {counted(len(running), 'pilot')} planned or running."
        )
    return Section(
        "innovation",
        "Innovation pipeline",
        sentence,
        joined(
            _facts(review, submitted, owed, running),
            _proposals(review, owed),
            _pilots(review),
            _roadmap(review),
            _engagements(review),
        ),
    )


def _submitted(review: Review) -> int:
    """New proposals of the quarter: a repeat of a title is none."""
    return int(total(review.months(), "proposals_submitted") or 0)


def owed_feedback(review: Review) -> list[Row]:
    """Proposals without a first answer, the longest waiting at the top; a repeated title is answered with the first."""
    waiting = review.rows.of(PROPOSALS, lambda row: bool(row["is_waiting"]) and row["first_feedback_at"] is None)
    return sorted(waiting, key=lambda row: (-(row["waiting_days"] or 0), row["proposal_key"]))


def running_pilots(review: Review) -> tuple[Row, ...]:
    """Pilots that have not ended."""
    return review.rows.of(PILOTS, lambda row: row["status"] in ("Planned", "Running"))


def _facts(review: Review, submitted: int, owed: list[Row], running: tuple[Row, ...]) -> Facts:
    actionable = review.kpi("proposals_actionable")
    given = review.rows.of(PROPOSALS, lambda row: review.quarter.holds(row["first_feedback_at"]))
    in_time = sum(bool(row["is_feedback_in_time"]) for row in given)
    held = review.rows.of("fct_engagement", lambda row: row["state"] == "held")
    return Facts(
        (
            Fact("New proposals", f"{submitted:,}", "without repeats of a title"),
            Fact(
                "Actionable ones",
                shown(actionable["value"], "") if actionable else NO_DATA,
                f"target {shown(actionable['target_value'], '')}" if actionable else "no proposal on record",
                review.state("proposals_actionable"),
            ),
            Fact("First answers given", f"{len(given):,}", f"{in_time:,} of them in time"),
            Fact(
                "Answers owed",
                f"{len(owed):,}",
                f"the oldest waits {counted(int(owed[0]['waiting_days'] or 0), 'day')}" if owed else "none waits",
            ),
            Fact("Pilots", f"{len(running):,}", "planned or running"),
            Fact("Held together", f"{len(held):,}", "innovation days, sprints, workshops, sessions"),
        )
    )


def _proposals(review: Review, owed: list[Row]) -> Table | None:
    first = {row["proposal_key"] for row in owed}
    others = review.rows.of(PROPOSALS, lambda row: row["proposal_key"] not in first)
    return table(
        review.rows,
        PROPOSALS,
        [*owed, *sorted(others, key=lambda row: (row["submitted_date"], row["proposal_key"]), reverse=True)],
        "Proposals: those that wait for a first answer, then the newest",
        (
            text("Proposal", "proposal"),
            text("Title", "title"),
            date_of("Submitted on", "submitted_date"),
            text("Stage", "status"),
            Column("First answer", ("first_feedback_at", "is_waiting", "is_feedback_in_time"), _answer),
            Column("Days", ("feedback_days", "waiting_days", "first_feedback_at"), _days, is_number=True),
            money("Benefit estimate", "benefit_estimate", "currency"),
        ),
        most=MOST_PROPOSALS,
        note="Days run from the submission to the first answer, or until now where it is owed.",
    )


def _answer(row: Row) -> Cell:
    if row["first_feedback_at"] is None:
        return OWED if row["is_waiting"] else "none on record"
    return ANSWERED if row["is_feedback_in_time"] else ANSWERED_LATE


def _days(row: Row) -> str:
    days = row["feedback_days"] if row["first_feedback_at"] is not None else row["waiting_days"]
    return "–" if days is None else f"{days:,}"


def _pilots(review: Review) -> Table | None:
    scores = {row["pilot_key"]: row for row in review.rows.of("pilot_scorecard")}
    has_scores = review.rows.shares("pilot_scorecard", "pilot_key", "score", "score_state")

    def score(row: Row) -> Cell:
        found = scores.get(row["pilot_key"]) if has_scores else None
        if found is None or found["score"] is None:
            return "–" if found is None else clean(found["score_state"]).replace("_", " ")
        return shown(found["score"], "share")

    return table(
        review.rows,
        PILOTS,
        review.rows.of(PILOTS),
        "Pilots that are planned, running, or ended in the quarter",
        (
            text("Pilot", "pilot"),
            text("Title", "title"),
            Column("Status", ("status", "is_overdue"), _pilot_state),
            date_of("From", "start_date"),
            date_of("Until", "end_date"),
            *([Column("Score", ("pilot_key",), score, is_number=True)] if has_scores else []),
            text("Outcome", "outcome"),
            text("What was learned", "lesson_learned", 160),
        ),
    )


def _pilot_state(row: Row) -> Cell:
    status = clean(row["status"])
    return State("alert", f"{status}, overdue") if row["is_overdue"] else status


def _roadmap(review: Review) -> Table | None:
    return table(
        review.rows,
        "fct_roadmap_item",
        review.rows.of("fct_roadmap_item"),
        "Joint roadmap: open items and those done in the quarter",
        (
            text("Item", "title"),
            Column(
                "Status",
                ("status", "is_overdue"),
                lambda row: State("alert", f"{clean(row['status'])}, overdue") if row["is_overdue"] else row["status"],
            ),
            date_of("Planned until", "planned_end"),
            date_of("Done on", "actual_end"),
            money("Investment", "investment", "currency"),
            optional("Our share", "our_share", "share"),
            text("Rights in the result", "ip_terms"),
        ),
    )


def _engagements(review: Review) -> Table | None:
    return table(
        review.rows,
        "fct_engagement",
        review.rows.of("fct_engagement"),
        f"Innovation days, sprints, workshops and sessions of {review.quarter.title}",
        (
            text("What", "title"),
            Column("On", ("held_on",), lambda row: day(row["held_on"])),
            code("State", "state"),
            optional("People of ours", "participants_ours", ""),
            optional("Of the vendor", "participants_vendor", ""),
            text("Result", "outcome"),
        ),
    )
