"""By how many days deliveries missed their first promise, over the last twelve months, as columns."""

from collections.abc import Iterable
from dataclasses import dataclass

from publishing.site.charts.bars import Bar, Group, Histogram, histogram
from publishing.site.sections import Drawing
from publishing.site.source import Row
from publishing.site.vendor_page.series import months_before
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.vendor_rows import VendorRows

MONTHS = 12
_NEEDED = ("is_vendor_performance", "state", "first_promise_date", "slip_days")


@dataclass(frozen=True)
class _Class:
    """Slips from ``least_days`` to ``most_days``, both inside; None is without end."""

    label: str
    least_days: int | None
    most_days: int | None


_CLASSES = (
    _Class("8+", None, -8),
    _Class("4–7", -7, -4),
    _Class("1–3", -3, -1),
    _Class("0", 0, 0),
    _Class("1–3", 1, 3),
    _Class("4–7", 4, 7),
    _Class("8–14", 8, 14),
    _Class("15–30", 15, 30),
    _Class("31+", 31, None),
)
_ON_THE_DAY = 3
_GROUPS = (Group("days early", 0, 2), Group("on it", 3, 3), Group("days late", 4, 8))


def slips(rows: VendorRows, setting: Setting) -> Drawing | None:
    """The picture; none where the lines are not shared, or none was delivered."""
    if not rows.has("fct_schedule_line", *_NEEDED):
        return None
    found = slips_days(rows.of("fct_schedule_line"), setting)
    if not found:
        return None
    bars = tuple(
        Bar(one.label, sum(_is_in(days, one) for days in found), "alert" if index > _ON_THE_DAY else "accent")
        for index, one in enumerate(_CLASSES)
    )
    picture = histogram(Histogram("Slips against the first promise", "order lines", bars, _GROUPS))
    caption = (
        f"{len(found):,} order lines whose first promise lay in the last {MONTHS} months, delivered in full, by days "
        "from the first promise. Lines still open are not in it."
    )
    return Drawing(picture, caption, "order-lines", "slip_days")


def slips_days(lines: Iterable[Row], setting: Setting) -> list[int]:
    """Slips of the lines as ``vendor_month.slip_n`` counts them: vendor-performance, in full, promise passed."""
    first_day = months_before(setting.month_date, MONTHS)
    return [
        line["slip_days"]
        for line in lines
        if line["is_vendor_performance"]
        and line["state"] != "cancelled"
        and line["slip_days"] is not None
        and line["first_promise_date"] is not None
        and first_day <= line["first_promise_date"] < setting.today_date
    ]


def _is_in(days: int, one: _Class) -> bool:
    return (one.least_days is None or days >= one.least_days) and (one.most_days is None or days <= one.most_days)
