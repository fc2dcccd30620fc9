"""Savings, from identified over negotiated, realised and validated to reinvested."""

from collections.abc import Sequence
from datetime import timedelta

from publishing.review_pack.document import Cell, Heading, Section, Table, joined
from publishing.review_pack.review import Review
from publishing.review_pack.rows import Row
from publishing.review_pack.table import Column, code, date_of, money, table, text
from publishing.review_pack.wording import amounts
from publishing.site.figures import NO_DATA, counted, shown
from publishing.site.states import State

NEEDS = {
    "fct_saving": ("kind", "is_validated", "validated_on", "validated_company_amount", "company_currency"),
    "fct_reinvestment": (
        "entry_type",
        "booked_on",
        "is_booked",
        "company_amount",
        "reinvested_amount",
        "company_currency",
    ),
}
SAVINGS, REINVESTMENTS = "fct_saving", "fct_reinvestment"
STAGES = ("identified", "negotiated", "realised", "validated")
ROLLING_QUARTERS = 4
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
    share = reinvested_share(review)
    back = NO_DATA if share is None else shown(share, "share")
    return (
        f"In the last four quarters finance validated {amounts(_company(validated, 'validated'))} "
        f"({counted(len(validated), 'saving')}); reinvested with this vendor: {back} of it."
    )


def reinvested_share(review: Review) -> float | None:
    """Disbursed less clawed back over validated, in the last four quarters; None without a known amount to divide by."""
    savings = review.rows.of(SAVINGS, lambda row: row["kind"] == "saving")
    validated = [row["validated_company_amount"] for row in _validated(savings, review, ROLLING_QUARTERS)]
    entries = _booked(review.rows.of(REINVESTMENTS), review, ROLLING_QUARTERS)
    spent = [row["reinvested_amount"] for row in entries]
    if not validated or None in validated or None in spent or sum(validated) <= 0:
        return None
    return float(sum(spent)) / float(sum(validated))


def _validated(savings: Sequence[Row], review: Review, quarters: int) -> list[Row]:
    return [row for row in savings if row["is_validated"] and _within(row["validated_on"], review, quarters)]


def _booked(entries: Sequence[Row], review: Review, quarters: int) -> list[Row]:
    return [row for row in entries if row["is_booked"] and _within(row["booked_on"], review, quarters)]


def _within(day: object, review: Review, quarters: int) -> bool:
    first = review.quarter.after(1 - quarters).first_day
    return day is not None and first <= day < review.quarter.last_day + timedelta(days=1)  # type: ignore[operator]


def _company(rows: Sequence[Row], stage: str) -> list[tuple[object, str | None]]:
    return [(row[f"{stage}_company_amount"], row["company_currency"]) for row in rows]


def _stages(review: Review, savings: Sequence[Row], entries: Sequence[Row]) -> Table | None:
    if not savings and not entries:
        return None
    rows: list[tuple[Cell, ...]] = []
    for stage in STAGES:
        if not review.rows.shares(SAVINGS, f"{stage}_on", f"{stage}_company_amount"):
            continue
        cells: list[Cell] = [stage.capitalize()]
        for quarters in (1, ROLLING_QUARTERS):
            reached = [row for row in savings if _within(row[f"{stage}_on"], review, quarters)]
            if stage == "validated":
                reached = [row for row in reached if row["is_validated"]]
            cells += [f"{len(reached):,}", amounts(_company(reached, stage)) if reached else "–"]
        rows.append(tuple(cells))
    for entry_type, label in (("commitment", "Committed to reinvest"), (None, "Reinvested"), ("bonus", "Paid as bonus")):
        cells = [label]
        for quarters in (1, ROLLING_QUARTERS):
            column = "reinvested_amount" if entry_type is None else "company_amount"
            types = ("disbursement", "clawback") if entry_type is None else (entry_type,)
            booked = [row for row in _booked(entries, review, quarters) if row["entry_type"] in types]
            cells += [f"{len(booked):,}", amounts((row[column], row["company_currency"]) for row in booked) or "–"]
            if not booked:
                cells[-1] = "–"
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
            *(money(stage.capitalize(), f"{stage}_company_amount", "company_currency") for stage in STAGES),
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
            money("Amount", "company_amount", "company_currency"),
        ),
    )
