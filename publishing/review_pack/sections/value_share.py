"""The value share, step by step: what the agreement pays for the quarter, and why."""

from dataclasses import dataclass

from publishing.review_pack.document import Cell, Heading, Paragraph, Section, Table, joined
from publishing.review_pack.review import Review
from publishing.review_pack.rows import Row
from publishing.review_pack.wording import amount, clean, interval, words
from publishing.site.figures import NO_DATA, shown
from publishing.site.states import State

NEEDS = {
    "value_share_quarter": (
        "agreement",
        "quarter",
        "state",
        "payable_amount",
        "held_amount",
        "currency",
        "quality_gate",
        "delivery_gate_result",
    ),
}
MART = "value_share_quarter"
GATES = {
    "pass": State("ok", "pass"),
    "fail": State("alert", "fail"),
    "cannot tell": State("unknown", "cannot tell"),
}


@dataclass(frozen=True)
class Step:
    """A line of the calculation: a column of the mart, how it is made, and in what unit it is shown."""

    label: str
    column: str
    how: str
    unit: str = "money"


STEPS = (
    Step("Savings validated in the quarter", "savings", "while the agreement was valid", ""),
    Step("Without a known amount", "unknown_amounts", "no exchange rate; the bonus cannot be told", ""),
    Step("Left out: baseline fixed too late", "saving_without_baseline", "fixed after the negotiation"),
    Step("Validated saving", "validated_saving", "baseline fixed in time"),
    Step("Taken back later", "taken_back_saving", "rejected by finance afterwards"),
    Step("Standing saving", "standing_saving", "validated − taken back"),
    Step("Threshold", "threshold_amount", "from the agreement"),
    Step("Saving above the threshold", "excess_saving", "validated − threshold, at least 0"),
    Step("Vendor's share", "bonus_share", "from the agreement", "share"),
    Step("Raw bonus", "raw_bonus", "share × saving above the threshold"),
    Step("Cap", "cap_amount", "from the agreement"),
    Step("Capped bonus", "capped_bonus", "the lesser of raw bonus and cap"),
    Step("Bonus of the standing saving", "standing_bonus", "the same steps without what was taken back"),
    Step("Clawback share", "clawback_share", "from the agreement", "share"),
    Step("Clawback", "clawback_amount", "clawback share × (capped bonus − bonus of the standing saving)"),
)


def section(review: Review) -> Section:
    """One calculation for each agreement that was valid in the quarter."""
    rows = review.rows.of(MART, lambda row: row["quarter"] == review.quarter.first_day)
    if not rows:
        return Section("value_share", "Value share", f"No value-share agreement was valid in {review.quarter.title}.")
    return Section(
        "value_share",
        "Value share",
        " ".join(_sentence(row) for row in rows),
        joined(*(block for row in rows for block in (_steps(review, row), _gates(review, row), _result(row)))),
    )


def open_gates(review: Review) -> list[tuple[Row, str]]:
    """Agreements of the quarter with the gates of which nobody can tell whether they passed."""
    rows = review.rows.of(MART, lambda row: row["quarter"] == review.quarter.first_day)
    gates = (("quality gate", "quality_gate"), ("delivery gate", "delivery_gate_result"))
    return [(row, name) for row in rows for name, column in gates if row[column] == "cannot tell"]


def _sentence(row: Row) -> str:
    name = clean(row["agreement"])
    payable, held = row["payable_amount"], row["held_amount"]
    if payable is not None:
        return f"Agreement {name}: {words(row['state'])}, {amount(payable, row['currency'])} payable."
    if held is not None:
        return f"Agreement {name}: {words(row['state'])}, {amount(held, row['currency'])} held until it can be told."
    return f"Agreement {name}: {words(row['state'])}, the amount is not known."


def _steps(review: Review, row: Row) -> Table:
    steps = [step for step in STEPS if review.rows.shares(MART, step.column)]
    return Table(
        f"Agreement {clean(row['agreement'])}: the calculation",
        (Heading("Step"), Heading("How"), Heading("Figure", True)),
        tuple((step.label, step.how, _figure(row, step)) for step in steps),
    )


def _figure(row: Row, step: Step) -> str:
    value = row[step.column]
    return amount(value, row["currency"]) if step.unit == "money" else shown(value, step.unit)


def _gates(review: Review, row: Row) -> Table | None:
    wanted = (
        (
            "Quality: defective parts",
            "defect_ppm",
            "ppm",
            "at most",
            "quality_gate_ppm",
            "quality_gate",
            "units received",
        ),
        (
            "Delivery: on time",
            "otd_first_promise",
            "share",
            "at least",
            "delivery_gate",
            "delivery_gate_result",
            "lines due",
        ),
    )
    rows: list[tuple[Cell, ...]] = []
    for label, measure, unit, bound, gate, result, noun in wanted:
        if not review.rows.shares(MART, measure, f"{measure}_n", gate, result):
            continue
        limits = review.rows.shares(MART, f"{measure}_lower", f"{measure}_upper")
        n = row[f"{measure}_n"]
        rows.append(
            (
                label,
                shown(row[measure], unit),
                f"{int(n):,} {noun}" if n is not None else "–",
                interval(row[f"{measure}_lower"], row[f"{measure}_upper"], unit) or "–" if limits else "–",
                f"{bound} {shown(row[gate], unit)}" if row[gate] is not None else "no gate agreed",
                GATES.get(row[result]) or (words(row[result]) or NO_DATA),
            )
        )
    if not rows:
        return None
    return Table(
        f"Agreement {clean(row['agreement'])}: the gates",
        (
            Heading("Gate"),
            Heading("Measured", True),
            Heading("n", True),
            Heading("95 % interval", True),
            Heading("Gate at", True),
            Heading("Result"),
        ),
        tuple(rows),
        note="A gate passes or fails when the whole interval lies on one side of it.",
    )


def _result(row: Row) -> Paragraph:
    return Paragraph(
        f"Result: {words(row['state'])}. Payable: {amount(row['payable_amount'], row['currency'])}. "
        f"Held: {amount(row['held_amount'], row['currency']) if row['held_amount'] is not None else 'nothing'}."
    )
