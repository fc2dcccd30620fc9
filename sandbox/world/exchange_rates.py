"""Exchange rates against the company's currency: months as a company enters them, quoted directly or indirectly."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sandbox.world import parameters as p
from sandbox.world.draws import Draws, Stream, midnight
from sandbox.world.history import Document

INDIRECT = ("CHF",)
"""Quoted as the price of one US dollar: SAP shows such a rate negative."""
UNITS = {"JPY": 100}
"""Currencies quoted for more than one unit."""


@dataclass(frozen=True, slots=True)
class Rates:
    """US dollars for one unit of each currency, by the first day of each month."""

    days: tuple[date, ...]
    values: dict[str, tuple[float, ...]]

    def dollars(self, currency: str, day: date) -> Decimal:
        """US dollars for one unit of `currency` on `day`."""
        if currency == p.COMPANY_CURRENCY:
            return Decimal(1)
        return Decimal(f"{self.values[currency][max(bisect_right(self.days, day) - 1, 0)]:.5f}")


def make_rates(seed: int) -> Rates:
    """Walk every currency from January 2023 to the end of the world, a step a month."""
    draws = Draws(seed, Stream.EXCHANGE_RATES)
    days = tuple(date(year, month, 1) for year in range(2023, p.LAST_DAY.year + 1) for month in range(1, 13))
    values = {}
    for currency, first in p.FIRST_RATES.items():
        walk = [first]
        for _ in days[1:]:
            walk.append(walk[-1] * (1 + p.RATE_STEP * draws.normal()))
        values[currency] = tuple(walk)
    return Rates(days, values)


def make_exchange_rates(rates: Rates) -> list[Document]:
    """Rates of type M, entered at 06:00 of their first day; those of the past were there from the beginning."""
    return sorted((_rate(rates, currency, day) for currency in rates.values for day in rates.days), key=_key)


def _key(document: Document) -> tuple[str, ...]:
    return document.key


def _rate(rates: Rates, currency: str, day: date) -> Document:
    dollars = rates.values[currency][rates.days.index(day)]
    units = UNITS.get(currency, 1)
    rate = -1 / dollars if currency in INDIRECT else dollars * units
    row = {
        "ExchangeRateType": "M",
        "SourceCurrency": currency,
        "TargetCurrency": p.COMPANY_CURRENCY,
        "ValidityStartDate": day,
        "ExchangeRate": Decimal(f"{rate:.5f}"),
        "NumberOfSourceCurrencyUnits": Decimal(units),
        "NumberOfTargetCurrencyUnits": Decimal(1),
    }
    entered_at = midnight(max(day, p.HISTORY_START)) + timedelta(hours=6 if day > p.HISTORY_START else 0)
    return Document(("M", currency, p.COMPANY_CURRENCY, day.isoformat()), (entered_at,), (row,))
