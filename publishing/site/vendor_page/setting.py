"""What all vendors' pages of one build have in common."""

from dataclasses import dataclass
from datetime import date

from publishing.site.frame import Edition
from publishing.site.source import quarter_of, quarters_before


@dataclass(frozen=True)
class Setting:
    """``currency`` is the company's; empty where none is known. ``is_own`` marks the pages vendors themselves read."""

    edition: Edition
    currency: str
    is_own: bool = False

    @property
    def today_date(self) -> date:
        """The day of the as-of time, UTC."""
        return self.edition.as_of.date()

    @property
    def month_date(self) -> date:
        """First day of the running month."""
        return self.today_date.replace(day=1)

    @property
    def running_quarter(self) -> date:
        """First day of the quarter that is not over."""
        return quarter_of(self.today_date)

    @property
    def full_quarter(self) -> date:
        """First day of the last quarter that is over: headline numbers are of it."""
        return quarters_before(self.running_quarter, 1)
