"""Which quarters the ecosystem is told in."""

import re
from datetime import date, datetime
from functools import lru_cache

from tests.dbt_project.kpi_oracle.crm import crm_objects
from tests.dbt_project.kpi_oracle.observed import Seen, quarter
from tests.dbt_project.kpi_oracle.orders import orders
from tests.dbt_project.kpi_oracle.relationship import proposals, votes


def after(first_day: date) -> date:
    """The first day of the next quarter."""
    return date(first_day.year + first_day.month // 10, (first_day.month + 2) % 12 + 1, 1)


def three_before(first_day: date) -> list[date]:
    """The three quarters before."""
    found = [first_day]
    while len(found) < 4:
        year, first_month = found[-1].year, found[-1].month
        found.append(date(year - 1, 10, 1) if first_month == 1 else date(year, first_month - 3, 1))
    return found[1:]


def named_quarter(name: str | None) -> date | None:
    """The first day of 2026-Q1; None for other names."""
    found = re.fullmatch(r"(\d{4})-Q([1-4])", name or "")
    return date(int(found[1]), int(found[2]) * 3 - 2, 1) if found else None


@lru_cache(maxsize=4)
def quarters(readings: Seen, as_of: datetime) -> tuple[date, ...]:
    """Every quarter from the first order, vote, proposal, joint KPI or validated saving to the as-of time."""
    days = {
        history.newest.content["PurchaseOrderDate"] for history in orders(readings).headers.values() if history.newest
    }
    days |= {vote.wave for vote in votes(readings)} | {idea.submitted for idea in proposals(readings)}
    days |= {
        named_quarter(told.row["Quarter__c"])
        for told in crm_objects(readings, "joint_kpi", ("Target_Value__c", "Actual_Value__c"))
    }
    days |= {
        told.row["Validated_On__c"]
        for told in crm_objects(readings, "saving", ("Validated_On__c", "Validated_Amount__c"))
    }
    found = [quarter(min(days - {None}))] if days - {None} else []
    while found and after(found[-1]) <= as_of.date():
        found.append(after(found[-1]))
    return tuple(found)
