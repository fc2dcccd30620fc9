"""Price: what was paid against contract, standard and last price."""

from publishing.review_pack.document import Section, Table, joined
from publishing.review_pack.review import Review
from publishing.review_pack.table import Column, share, table
from publishing.site.figures import month, shown

NEEDS = {
    "vendor_quarter_kpi": ("quarter", "metric_id", "unit", "value", "value_n"),
    "vendor_month": ("month", "price_variance_contract", "price_variance_contract_n"),
}


def section(review: Review) -> Section:
    """By month; a baseline that the reader may not see is no column."""
    return Section("cost", "Price", _sentence(review), joined(_months(review)))


def _sentence(review: Review) -> str:
    row = review.kpi("price_variance_contract")
    if row is None:
        return f"No invoice of {review.quarter.title} has a contract price to compare with: there is no data."
    direction = "more than" if row["value"] > 0 else "less than" if row["value"] < 0 else "just"
    size = f"{shown(abs(row['value']), 'share')} " if row["value"] else ""
    return f"Paid {size}{direction} the contract says, over {row['value_n']:,} invoice lines with a contract price."


def _months(review: Review) -> Table | None:
    return table(
        review.rows,
        "vendor_month",
        review.months(),
        "Price paid against each baseline, by month (above 0 % is dearer)",
        (
            Column("Month", ("month",), lambda row: month(row["month"])),
            share("Contract price", "price_variance_contract", "line"),
            share("Standard price", "price_variance_standard", "line"),
            share("Last price paid", "price_variance_last_paid", "line"),
        ),
        note="A share of the baseline's amount, over the invoice lines for which that baseline is known.",
    )
