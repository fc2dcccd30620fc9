"""The lead-time curve of a vendor's order lines, open lines counted with the days they have waited."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from publishing.site.charts.lead_time import LeadTimeCurve, Quantile, Step, lead_time_curve
from publishing.site.sections import Drawing
from publishing.site.source import Row
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.vendor_rows import VendorRows

_NEEDED = ("is_vendor_performance", "state", "lead_time_from", "in_full_date", "cancelled_at")


def lead_times(rows: VendorRows, setting: Setting) -> Drawing | None:
    """The picture of all orders; none where the lines are not shared, or nothing was ordered."""
    of_all = next((row for row in rows.of("lead_time") if row["cohort"] == "all"), None)
    if of_all is None or not rows.has("fct_schedule_line", *_NEEDED):
        return None
    ended, open_days = durations(rows.of("fct_schedule_line"), setting.today_date)
    curve = LeadTimeCurve(
        title="Days from order to delivery",
        steps=steps(ended, open_days),
        quantiles=tuple(_quantile(of_all, name, share) for name, share in (("p50", 0.5), ("p90", 0.9))),
        open_days=tuple(open_days),
        horizon_days=of_all["horizon_days"],
        lines=of_all["lines"],
    )
    caption = (
        f"{of_all['lines']:,} order lines of all orders, {of_all['open_lines']:,} still open. Each open line counts "
        "with the days it has waited (ticks at the bottom), each cancelled one until it was. Bars: 95 % interval."
    )
    return Drawing(lead_time_curve(curve), caption, "order-lines", "lead_time")


def durations(lines: Iterable[Row], today_date: date) -> tuple[list[tuple[int, bool]], list[int]]:
    """Days of each ended line and whether it was delivered, and days of each open line, as ``lead_time`` has them."""
    ended, open_days = [], []
    for line in lines:
        start = line["lead_time_from"]
        if not line["is_vendor_performance"] or start is None:
            continue
        if line["state"] == "cancelled":
            if line["cancelled_at"] is not None:
                ended.append(((line["cancelled_at"].date() - start).days, False))
        elif line["in_full_date"] is not None:
            ended.append(((line["in_full_date"] - start).days, True))
        elif start <= today_date:
            open_days.append((today_date - start).days)
    # Received before it was ordered: no duration.
    return [one for one in ended if one[0] >= 0], open_days


def steps(ended: Iterable[tuple[int, bool]], open_days: Iterable[int]) -> tuple[Step, ...]:
    """The Kaplan-Meier estimate of the share delivered by each day on which something was."""
    delivered: Counter[int] = Counter()
    leaving: Counter[int] = Counter(open_days)
    for days, is_delivered in ended:
        leaving[days] += 1
        delivered[days] += is_delivered
    at_risk, waiting, found = sum(leaving.values()), 1.0, []
    for days in sorted(leaving):
        if delivered[days]:
            waiting *= 1 - delivered[days] / at_risk
            found.append(Step(days, 1 - waiting))
        at_risk -= leaving[days]
    return tuple(found)


def _quantile(row: Row, name: str, share: float) -> Quantile:
    column = f"lead_time_{name}"
    return Quantile(share, row[column], row[f"{column}_lower"], row[f"{column}_upper"])
