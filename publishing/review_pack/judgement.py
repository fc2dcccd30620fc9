"""What is judged of a vendor's quarter on all its figures, so that both editions say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from publishing.review_pack.metrics import METRICS, Metric, higher_is_better, state_of
from publishing.review_pack.quarter import Quarter, within
from publishing.review_pack.rows import Row, VendorRows
from publishing.site.states import State

ROLLING_QUARTERS = 4
# What is known of a vendor even where no KPI of the quarter is.
FACTS = ("fct_schedule_line", "fct_service_ticket", "fct_quality_notification", "fct_proposal", "fct_pilot")


@dataclass(frozen=True)
class Judgement:
    """Verdicts on the vendor's own figures; none of them tells a figure of another vendor.

    ``has_data`` says whether anything is known of the quarter. ``states`` by (metric id, quarter's first day).
    ``surely_better`` are the metrics whose interval left that of the quarter before, on the better side.
    ``reinvested_share`` is disbursed less clawed back over validated, in company currency over four quarters; None
    without a known amount to divide by.
    """

    has_data: bool
    states: Mapping[tuple[str, date], State]
    surely_better: frozenset[str]
    reinvested_share: float | None


def judge(quarter: Quarter, as_of: datetime, rows: VendorRows) -> Judgement:
    """Judge all rows of a vendor; ``as_of`` is UTC."""
    kpis = {(row["metric_id"], row["quarter"]): row for row in rows.of("vendor_quarter_kpi")}
    before = quarter.after(-1)
    return Judgement(
        has_data=any(day == quarter.first_day for _, day in kpis)
        or any(quarter.holds(row["month"]) for row in rows.of("vendor_month"))
        or any(rows.of(mart) for mart in FACTS),
        states={
            (metric.id, one.first_day): state_of(kpis.get((metric.id, one.first_day)), metric, one.is_over(as_of))
            for metric in METRICS
            for one in (before, quarter)
        },
        surely_better=frozenset(
            metric.id
            for metric in METRICS
            if _is_surely_better(
                metric, kpis.get((metric.id, quarter.first_day)), kpis.get((metric.id, before.first_day))
            )
        ),
        reinvested_share=_reinvested_share(quarter, rows),
    )


def _is_surely_better(metric: Metric, row: Row | None, before: Row | None) -> bool:
    if row is None or before is None or metric.is_count:
        return False
    low, high = row["shrunk_value_lower"], row["shrunk_value_upper"]
    former_low, former_high = before["shrunk_value_lower"], before["shrunk_value_upper"]
    if None in (low, high, former_low, former_high):
        return False
    return bool(low > former_high if higher_is_better(row) else high < former_low)


def _reinvested_share(quarter: Quarter, rows: VendorRows) -> float | None:
    validated = _amounts(
        rows.of("fct_saving", lambda row: row["kind"] == "saving" and row["is_validated"]),
        ("validated_on", "validated_company_amount"),
        quarter,
    )
    spent = _amounts(
        rows.of("fct_reinvestment", lambda row: bool(row["is_booked"])), ("booked_on", "reinvested_amount"), quarter
    )
    if not validated or None in validated or None in spent:
        return None
    whole = sum(float(amount) for amount in validated if amount is not None)
    return sum(float(amount) for amount in spent if amount is not None) / whole if whole > 0 else None


def _amounts(rows: Sequence[Row], columns: tuple[str, str], quarter: Quarter) -> list[float | None]:
    day, amount = columns
    return [row[amount] for row in rows if within(row[day], quarter, ROLLING_QUARTERS)]
