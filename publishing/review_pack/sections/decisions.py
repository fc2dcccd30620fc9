"""Decisions that are due: what the two parties have to settle, and since when it waits."""

from dataclasses import dataclass
from datetime import date, timedelta

from publishing.review_pack.document import Heading, Section, Table, joined
from publishing.review_pack.review import Review
from publishing.review_pack.rows import Row
from publishing.review_pack.sections import innovation, value_share
from publishing.review_pack.wording import amount, clean
from publishing.site.figures import counted, day
from publishing.site.states import State

NEEDS = {
    "fct_proposal": innovation.NEEDS["fct_proposal"],
    "fct_pilot": ("pilot_key", "title", "status", "end_date", "is_overdue"),
    "value_share_quarter": value_share.NEEDS["value_share_quarter"],
    "fct_joint_kpi": ("title", "result"),
}
RENEWAL_HORIZON_DAYS = 180
OVERDUE = State("alert", "overdue")
DUE = State("watch", "due")


@dataclass(frozen=True)
class Decision:
    """Something to settle: who has to move, what about, since or by when."""

    due_on: date | None
    is_overdue: bool
    who: str
    what: str
    when: str


def section(review: Review) -> Section:
    """A table to be filled in at the meeting."""
    found = decisions(review)
    overdue = sum(one.is_overdue for one in found)
    return Section(
        "decisions",
        "Decisions due",
        f"{counted(len(found), 'decision')} due, {overdue} of them overdue as of the data."
        if found
        else "No decision is due by the figures.",
        joined(_table(found)),
        has_comment=True,
    )


def decisions(review: Review) -> list[Decision]:
    """All that waits, overdue things first."""
    found = [*_renewals(review), *_answers(review), *_pilots(review), *_gates(review), *_joint(review)]
    return sorted(found, key=lambda one: (not one.is_overdue, one.due_on or date.max, one.what))


def _renewals(review: Review) -> list[Decision]:
    mart = "fct_contract_renewal"
    if not review.rows.shares(mart, "contract_number", "due_date"):
        return []
    today = review.as_of.date()
    horizon = today + timedelta(days=RENEWAL_HORIZON_DAYS)
    rows = review.rows.of(mart, lambda row: row["due_date"] is not None and row["due_date"] <= horizon)
    return [
        Decision(
            row["due_date"],
            row["due_date"] < today,
            "Both",
            f"Renew, renegotiate or end contract {clean(row['contract_number'])}" + _worth(review, row),
            f"due {day(row['due_date'])}",
        )
        for row in rows
    ]


def _worth(review: Review, row: Row) -> str:
    if not review.rows.shares("fct_contract_renewal", "annual_value", "currency"):
        return ""
    return f", {amount(row['annual_value'], row['currency'])} a year"


def _named(review: Review, mart: str, number: str, row: Row) -> str:
    """The title, after the number where the reader may see it."""
    return (f"{clean(row[number])}: " if review.rows.shares(mart, number) else "") + clean(row["title"])


def _answers(review: Review) -> list[Decision]:
    return [
        Decision(
            row["submitted_date"],
            not row["is_feedback_in_time"],
            "Buyer",
            f"Answer the proposal {_named(review, innovation.PROPOSALS, 'proposal', row)}",
            f"waits {counted(int(row['waiting_days'] or 0), 'day')} since {day(row['submitted_date'])}",
        )
        for row in innovation.owed_feedback(review)
    ]


def _pilots(review: Review) -> list[Decision]:
    return [
        Decision(
            row["end_date"],
            True,
            "Both",
            f"End or prolong the pilot {_named(review, innovation.PILOTS, 'pilot', row)}",
            f"was to end {day(row['end_date'])}",
        )
        for row in innovation.running_pilots(review)
        if row["is_overdue"]
    ]


def _gates(review: Review) -> list[Decision]:
    found = []
    for row, gate in value_share.open_gates(review):
        held = row["held_amount"]
        stake = f", {amount(held, row['currency'])} held" if held else ""
        found.append(
            Decision(
                None,
                False,
                "Both",
                f"Agree how to judge the {gate} of agreement {clean(row['agreement'])}: nobody can tell whether it "
                f"passed{stake}",
                f"for {review.quarter.title}",
            )
        )
    return found


def _joint(review: Review) -> list[Decision]:
    rows = review.rows.of("fct_joint_kpi", lambda row: row["result"] in ("undecided", "not_measurable"))
    return [
        Decision(
            None,
            False,
            "Both",
            f"Joint KPI {clean(row['title'])}: "
            + ("agree how to measure it" if row["result"] == "not_measurable" else "say whether it was reached"),
            f"of {review.quarter.title}",
        )
        for row in rows
    ]


def _table(found: list[Decision]) -> Table | None:
    if not found:
        return None
    return Table(
        "What is to be decided; the last two columns are for the meeting",
        (
            Heading("State"),
            Heading("Who moves"),
            Heading("What"),
            Heading("When"),
            Heading("Decision", is_open=True),
            Heading("Who, until", is_open=True),
        ),
        tuple((OVERDUE if one.is_overdue else DUE, one.who, one.what, one.when, "", "") for one in found),
        note=f"Renewals are listed {RENEWAL_HORIZON_DAYS} days ahead.",
    )
