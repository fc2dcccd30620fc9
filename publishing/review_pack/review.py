"""What the sections of one vendor's pack are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from publishing.review_pack.judgement import Judgement
from publishing.review_pack.metrics import METRICS, Metric
from publishing.review_pack.quarter import Quarter
from publishing.review_pack.reading import Feed
from publishing.review_pack.reads import HISTORY_QUARTERS
from publishing.review_pack.rows import Row, VendorRows
from publishing.site.states import State


class Edition(StrEnum):
    """Who reads the pack."""

    BUYER = "buyer"
    VENDOR = "vendor"


@dataclass(frozen=True)
class Review:
    """A vendor's quarter for the reader of one edition.

    ``rows`` and ``definitions`` hold what the reader may see; ``judgement`` was made of all rows. ``as_of`` is UTC.
    """

    edition: Edition
    quarter: Quarter
    as_of: datetime
    rows: VendorRows
    judgement: Judgement
    definitions: Mapping[str, Row]
    feeds: tuple[Feed, ...]

    @property
    def is_running(self) -> bool:
        """Whether the quarter had not ended at the as-of time."""
        return not self.quarter.is_over(self.as_of)

    @property
    def history(self) -> tuple[Quarter, ...]:
        """The quarters of which trends are shown, the quarter of the review last."""
        return tuple(self.quarter.after(-back) for back in range(HISTORY_QUARTERS - 1, -1, -1))

    @property
    def is_for_buyer(self) -> bool:
        """Whether our own people read it."""
        return self.edition is Edition.BUYER

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that the reader may see, also those without data."""
        return tuple(one for one in METRICS if not self.rows.withholds("vendor_quarter_kpi", "pillar", one.pillar))

    def state(self, metric_id: str) -> State:
        """How a metric stands in the quarter."""
        return self.judgement.states[metric_id, self.quarter.first_day]

    def kpi(self, metric_id: str, quarter: Quarter | None = None) -> Row | None:
        """The metric's row in a quarter, or None where nothing was observed."""
        wanted = (quarter or self.quarter).first_day
        return self.rows.first(
            "vendor_quarter_kpi", lambda row: row["metric_id"] == metric_id and row["quarter"] == wanted
        )

    def months(self) -> tuple[Row, ...]:
        """The rows of ``vendor_month`` of the quarter."""
        return self.rows.of("vendor_month", lambda row: self.quarter.holds(row["month"]))
