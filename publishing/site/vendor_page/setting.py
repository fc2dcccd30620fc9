"""What all vendors' pages of one build have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from publishing.site.frame import Edition
from publishing.site.source import quarter_of, quarters_before


@dataclass(frozen=True)
class Setting:
    """``currency`` is the company's; empty where none is known.

    ``code_hash`` is that of the code and templates that make the pages. ``stale_marts`` were made from feeds that are
    older than they should be. ``is_own`` marks the pages that vendors themselves read.
    """

    edition: Edition
    currency: str
    code_hash: str
    stale_marts: frozenset[str] = frozenset()
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


def setting_of(manifest: Mapping[str, Any], *, currency: str, code_hash: str, is_own: bool = False) -> Setting:
    """The setting of the publication that the manifest describes."""
    as_of = datetime.fromisoformat(manifest["as_of"]).astimezone(UTC)
    stale = frozenset(name for name, mart in manifest["marts"].items() if mart["is_stale"])
    return Setting(Edition(manifest["build_id"], as_of), currency, code_hash, stale, is_own)
