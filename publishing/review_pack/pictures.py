"""Pictures of a pack: two years of a measure, and how many days lines slipped."""

from collections.abc import Sequence
from datetime import date

from publishing.review_pack.document import Picture, Pictures
from publishing.review_pack.review import Review
from publishing.review_pack.rows import Row
from publishing.site.charts.bars import Bar, Group, Histogram, histogram
from publishing.site.charts.trend import Point, Trend, trend

# Days after the promise at which a class ends; what lies beyond the last one is the last class.
SLIP_CLASSES = ((0, "0"), (3, "1–3"), (7, "4–7"), (14, "8–14"), (30, "15–30"), (60, "31–60"))
BEYOND = "61+"
LEAST_PERIODS = 2
MONTH = "vendor_month"


def side_by_side(*pictures: Picture | None) -> Pictures | None:
    """Those that there are; None where there is none."""
    found = tuple(one for one in pictures if one)
    return Pictures(found) if found else None


def month_trend(review: Review, column: str, title: str, unit: str, noun: str, metric_id: str = "") -> Picture | None:
    """A measure of ``vendor_month`` with its 95 % interval; None where two months with a value are not known."""
    needed = ("month", column, f"{column}_n", f"{column}_lower", f"{column}_upper")
    if not review.rows.shares(MONTH, *needed):
        return None
    rows = {row["month"]: row for row in review.rows.of(MONTH)}
    first = min((month for month, row in rows.items() if row[column] is not None), default=None)
    if first is None or sum(row[column] is not None for row in rows.values()) < LEAST_PERIODS:
        return None
    months = [month for quarter in review.history for month in quarter.months if first <= month <= review.as_of.date()]
    may_see_target = review.rows.shares("vendor_quarter_kpi", "quarter", "metric_id", "target_value")
    kpi = review.kpi(metric_id) if metric_id and may_see_target else None
    drawn = trend(
        Trend(
            title=title,
            unit=unit,
            noun=noun,
            points=tuple(_point(review, month, rows.get(month), column) for month in months),
            target=kpi["target_value"] if kpi else None,
        )
    )
    return Picture(drawn, f"{title}, by month, with the 95 % interval; hollow where n is under 5")


def _point(review: Review, month: date, row: Row | None, column: str) -> Point:
    running = month == review.as_of.date().replace(day=1)
    if row is None or row[column] is None:
        return Point(month, None, 0, is_running=running)
    return Point(
        month,
        float(row[column]),
        int(row[f"{column}_n"]),
        row[f"{column}_lower"],
        row[f"{column}_upper"],
        running,
    )


def health_trend(review: Review) -> Picture | None:
    """The score by quarter; None where two quarters with a score are not known."""
    mart = "vendor_quarter_health"
    if not review.rows.shares(mart, "quarter", "score", "score_n", "score_lower", "score_upper"):
        return None
    rows = {row["quarter"]: row for row in review.rows.of(mart)}
    if sum(row["score"] is not None for row in rows.values()) < LEAST_PERIODS:
        return None
    points = []
    for quarter in review.history:
        row = rows.get(quarter.first_day)
        running = not quarter.is_over(review.as_of)
        if row is None or row["score"] is None:
            points.append(Point(quarter.first_day, None, 0, is_running=running))
        else:
            points.append(
                Point(
                    quarter.first_day,
                    row["score"],
                    # The n of a score are its KPIs: never so few that the point should look weak.
                    max(int(row["score_n"]), 5),
                    row["score_lower"],
                    row["score_upper"],
                    running,
                )
            )
    drawn = trend(Trend("Vendor health", "", "KPIs", tuple(points), target=70.0, grain="quarter"))
    return Picture(drawn, "Vendor health by quarter, with the 80 % interval; 70 points are on target")


def slips(rows: Sequence[Row], title: str) -> Picture | None:
    """How many days delivered lines came before or after the first promise; None where none was delivered."""
    days = [row["slip_days"] for row in rows if row["slip_days"] is not None]
    if not days:
        return None
    counts = [sum(day < 0 for day in days)]
    least = -1
    for most, _ in SLIP_CLASSES:
        counts.append(sum(least < day <= most for day in days))
        least = most
    counts.append(sum(day > least for day in days))
    labels = ("early", *(label for _, label in SLIP_CLASSES), BEYOND)
    colours = ("accent", "accent") + ("alert",) * (len(labels) - 2)
    bars = tuple(Bar(*one) for one in zip(labels, map(float, counts), colours, strict=True))
    groups = (Group("kept", 0, 1), Group("days late", 2, len(bars) - 1))
    drawn = histogram(Histogram(title, "lines", bars, groups))
    return Picture(drawn, f"{title}: {len(days):,} delivered lines by days against the first promise")
