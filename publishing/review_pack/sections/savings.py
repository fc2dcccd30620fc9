"""Savings, from identified over negotiated, realised and validated to reinvested."""

from collections.abc import Sequence

from publishing.review_pack.document import Cell, Heading, Section, Table, joined
from publishing.review_pack.judgement import ROLLING_QUARTERS
from publishing.review_pack.quarter import within
from publishing.review_pack.review import Review
from publishing.review_pack.rows import Row
from publishing.review_pack.table import Column, code, date_of, money, table, text
from publishing.review_pack.wording import amounts
from publishing.site.figures import NO_DATA, Number, counted, shown
from publishing.site.states import State

NEEDS = {
    "fct_saving": ("kind", "is_validated", "validated_on", "validated_amount", "currency"),
    "fct_reinvestment": ("entry_type", "booked_on", "is_booked", "amount", "currency"),
}
SAVINGS, REINVESTMENTS = "fct_saving", "fct_reinvestment"
STAGES = ("identified", "negotiated", "realised", "validated")
ENTRIES = (
    ("Committed to reinvest", ("commitment",)),
    ("Reinvested", ("disbursement", "clawback")),
    ("Paid as bonus", ("bonus",)),
)
MOST_SAVINGS = 12
VALIDATED = State("ok", "validated")


def section(review: Review) -> Section:
    """Savings of the quarter and of the last four; avoidances stand apart and count nowhere."""
    savings = review.rows.of(SAVINGS, lambda row: row["kind"] == "saving")
    entries = review.rows.of(REINVESTMENTS)
    return Section(
        "savings",
        "Savings and reinvestment",
        _sentence(review, savings, entries),
        joined(_stages(review, savings, entries), _list(review), _entries(review, entries)),
    )


def _sentence(review: Review, savings: Sequence[Row], entries: Sequence[Row]) -> str:
    if not savings and not entries:
        return "There is no saving and no reinvestment with this vendor on record."
    validated = _validated(savings, review, quarters=ROLLING_QUARTERS)
    if not validated:
        return "Finance has validated no saving with this vendor in the last four quarters."
    share = review.judgement.reinvested_share
    back = NO_DATA if share is None else shown(share, "share")
    return (
        f"In the last four quarters finance validated {amounts(_amounts_of(validated, 'validated'))} "
        f"({counted(len(validated), 'saving')}); reinvested with this vendor: {back} of it."
    )


def _validated(savings: Sequence[Row], review: Review, quarters: int) -> list[Row]:
    return [row for row in savings if row["is_validated"] and within(row["validated_on"], review.quarter, quarters)]


def _booked(entries: Sequence[Row], review: Review, quarters: int) -> list[Row]:
    return [row for row in entries if row["is_booked"] and within(row["booked_on"], review.quarter, quarters)]


def _amounts_of(rows: Sequence[Row], stage: str) -> list[tuple[Number | None, str | None]]:
    return [(row[f"{stage}_amount"], row["currency"]) for row in rows]


def _stages(review: Review, savings: Sequence[Row], entries: Sequence[Row]) -> Table | None:
    if not savings and not entries:
        return None
    rows: list[tuple[Cell, ...]] = []
    for stage in STAGES:
        if not review.rows.shares(SAVINGS, f"{stage}_on", f"{stage}_amount"):
            continue
        cells: list[Cell] = [stage.capitalize()]
        for quarters in (1, ROLLING_QUARTERS):
            reached = [row for row in savings if within(row[f"{stage}_on"], review.quarter, quarters)]
            if stage == "validated":
                reached = [row for row in reached if row["is_validated"]]
            cells += [f"{len(reached):,}", amounts(_amounts_of(reached, stage)) if reached else "–"]
        rows.append(tuple(cells))
    for label, types in ENTRIES:
        cells = [label]
        for quarters in (1, ROLLING_QUARTERS):
            booked = [row for row in _booked(entries, review, quarters) if row["entry_type"] in types]
            cells += [f"{len(booked):,}", amounts(_signed(row) for row in booked) if booked else "–"]
        rows.append(tuple(cells))
    return Table(
        "From idea to money that went back into joint work",
        (
            Heading("Stage"),
            Heading("Savings", True),
            Heading(f"In {review.quarter.title}", True),
            Heading("Savings", True),
            Heading("In four quarters", True),
        ),
        tuple(rows),
        note="A saving counts in each stage by the day on which it came there. Avoidances are left out; reinvested is "
        "what was disbursed less what was clawed back, and a bonus is no reinvestment.",
    )


def _signed(row: Row) -> tuple[Number | None, str | None]:
    """What was clawed back comes off what was disbursed."""
    amount = row["amount"]
    return (-amount if amount is not None and row["entry_type"] == "clawback" else amount, row["currency"])


def _list(review: Review) -> Table | None:
    in_quarter = review.rows.of(
        SAVINGS,
        lambda row: any(
            review.quarter.holds(row[f"{stage}_on"]) for stage in STAGES if review.rows.shares(SAVINGS, f"{stage}_on")
        ),
    )
    return table(
        review.rows,
        SAVINGS,
        in_quarter,
        f"Savings and avoidances that moved in {review.quarter.title}",
        (
            text("Saving", "saving"),
            text("Title", "title"),
            code("Kind", "kind"),
            Column("Stage", ("stage", "is_validated"), _stage),
            date_of("Baseline fixed on", "baseline_fixed_on"),
            *(money(stage.capitalize(), f"{stage}_amount", "currency") for stage in STAGES),
        ),
        most=MOST_SAVINGS,
    )


def _stage(row: Row) -> Cell:
    return VALIDATED if row["is_validated"] else str(row["stage"])


def _entries(review: Review, entries: Sequence[Row]) -> Table | None:
    return table(
        review.rows,
        REINVESTMENTS,
        [row for row in entries if review.quarter.holds(row["booked_on"])],
        f"Entries of the reinvestment pools in {review.quarter.title}",
        (
            text("Entry", "reinvestment"),
            date_of("Booked on", "booked_on"),
            code("Kind", "entry_type"),
            text("Pool", "pool"),
            text("For", "purpose"),
            money("Amount", "amount", "currency"),
        ),
    )
