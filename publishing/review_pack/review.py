"""What the sections of one vendor's pack are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from publishing.review_pack.metrics import METRICS, state_of
from publishing.review_pack.quarter import Quarter
from publishing.review_pack.reading import Feed
from publishing.review_pack.rows import Row, VendorRows
from publishing.site.states import State


class Edition(StrEnum):
    """Who reads the pack."""

    BUYER = "buyer"
    VENDOR = "vendor"


@dataclass(frozen=True)
class Review:
    """A vendor's quarter.

    ``states`` has how each metric stands, by (metric id, quarter's first day). They are judged on all columns, so that
    both editions say the same; ``rows`` holds what the reader of the edition may see. ``as_of`` is UTC.
    """

    edition: Edition
    quarter: Quarter
    as_of: datetime
    rows: VendorRows
    states: Mapping[tuple[str, date], State]
    definitions: Mapping[str, Row]
    feeds: tuple[Feed, ...]

    @property
    def is_running(self) -> bool:
        """Whether the quarter had not ended at the as-of time."""
        return not self.quarter.is_over(self.as_of)

    @property
    def is_for_buyer(self) -> bool:
        """Whether our own people read it."""
        return self.edition is Edition.BUYER

    def state(self, metric_id: str, quarter: Quarter | None = None) -> State:
        """How a metric stands in a quarter; without one in the quarter of the review."""
        return self.states[metric_id, (quarter or self.quarter).first_day]

    def kpi(self, metric_id: str, quarter: Quarter | None = None) -> Row | None:
        """The metric's row in a quarter, or None where nothing was observed."""
        wanted = (quarter or self.quarter).first_day
        return self.rows.first(
            "vendor_quarter_kpi", lambda row: row["metric_id"] == metric_id and row["quarter"] == wanted
        )

    def months(self) -> tuple[Row, ...]:
        """The rows of ``vendor_month`` of the quarter."""
        return self.rows.of("vendor_month", lambda row: self.quarter.holds(row["month"]))

    def shown_to(self, edition: Edition, rows: VendorRows) -> "Review":
        """The same review with the rows that the reader of another edition may see."""
        return replace(self, edition=edition, rows=rows)


def review_of(
    quarter: Quarter, as_of: datetime, rows: VendorRows, definitions: Mapping[str, Row], feeds: tuple[Feed, ...]
) -> Review:
    """The buyer's review, made from all rows of the vendor."""
    by_key = {(row["metric_id"], row["quarter"]): row for row in rows.of("vendor_quarter_kpi")}
    states = {
        (metric.id, one.first_day): state_of(by_key.get((metric.id, one.first_day)), metric, one.is_over(as_of))
        for metric in METRICS
        for one in (quarter.after(-1), quarter)
    }
    return Review(Edition.BUYER, quarter, as_of, rows, states, definitions, feeds)
