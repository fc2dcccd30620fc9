"""Tickets of a service portal: held, reopened, cancelled, closed by a job days after they were resolved."""

from datetime import date, datetime, timedelta
from typing import Any

from tests.dbt_project.kpi_oracle.company import Document, State, instant
from tests.dbt_project.kpi_oracle.dice import Dice
from tests.dbt_project.kpi_oracle.observed import Unreadable
from tests.dbt_project.kpi_oracle.vendors import NAMES

MESSES = (
    "reopened_tickets", "automatic_closing", "cancelled_tickets", "no_resolution_time", "unknown_organisations",
    "backdated_resolutions", "busy_months",
)  # fmt: skip
BUSY = 60  # tickets enough for an interval of the time in which nine of ten are resolved
MONITORING = "monitoring"
AUTOMATIC_CLOSING = timedelta(days=5)


def documents(dice: Dice, vendors: tuple[str, ...], known: list[Document]) -> list[Document]:
    """None to six tickets, and now and then a month full of them."""
    found = [_ticket(dice, f"77§{count:02d}", vendors) for count in range(1, dice.between(0, 6) + 1)]
    return found + (_busy_month(dice, vendors[0]) if dice.happens("busy_months", 2) else [])


def _busy_month(dice: Dice, vendor: str) -> list[Document]:
    """Tickets raised by a machine, all but one resolved."""
    found = []
    for count in range(BUSY):
        opened = instant(dice.day(0, 29, after=date(2026, 5, 1)), dice.between(0, 17))
        row = _opened(f"q77§{count:02d}", vendor, NAMES[vendor], opened) | {"contact_type": MONITORING}
        rows = [row]
        if count:
            at = opened + timedelta(hours=dice.between(1, 300))
            rows.append({**row, "state": "6", "resolved_at": at, "sys_updated_on": at})
        found.append(Document("servicenow", "incident", tuple(State(row["sys_updated_on"], row) for row in rows)))
    return found


def _opened(number: str, vendor: str, name: str, opened: datetime) -> dict[str, Any]:
    return {
        "sys_id": f"t{number}",
        "number": f"INC{number}",
        "state": "1",
        "priority": "3",
        "vendor": f"o{vendor}" if vendor else "",
        "vendor.name": name,
        "contact_type": "phone",
        "reopen_count": 0,
        "opened_at": opened,
        "resolved_at": None,
        "closed_at": None,
        "sys_created_on": opened,
        "sys_updated_on": opened,
    }


def _ticket(dice: Dice, number: str, vendors: tuple[str, ...]) -> Document:
    vendor = dice.one_of(vendors)
    name = NAMES[vendor].upper().replace(" ", "-")
    if dice.happens("unknown_organisations", 3):
        vendor, name = dice.one_of((("", ""), (f"other{vendor}", "Nobody we know")))
    opened = instant(dice.day(-20, 119), dice.between(0, 17), 30)
    states = [_opened(number, vendor, name, opened)]

    def becomes(hours: float, **changes: Any) -> None:
        at = states[-1]["sys_updated_on"] + timedelta(hours=hours)
        states.append({**states[-1], **changes, "sys_updated_on": at})

    becomes(1, state=dice.one_of(("2", "3")))
    if dice.happens("cancelled_tickets", 4):
        becomes(3, state="8", resolved_at=dice.one_of((None, opened + timedelta(hours=2))))
    elif dice.between(1, 4) > 1:
        _resolve(dice, becomes, states)
    if dice.happens("unreadable_values", 5):
        becomes(2, resolved_at=Unreadable("yesterday"))
    return Document("servicenow", "incident", tuple(State(state["sys_updated_on"], state) for state in states))


def _resolve(dice: Dice, becomes: Any, states: list[dict[str, Any]]) -> None:
    wait = dice.one_of((2, 22, 23, 23.5, 60, 400))
    at = states[-1]["sys_updated_on"] + timedelta(hours=wait)
    if dice.happens("backdated_resolutions", 4):
        at = states[0]["opened_at"] - timedelta(hours=1)
    becomes(wait, state="6", resolved_at=at)
    if dice.happens("reopened_tickets"):
        kept = states[-1]["resolved_at"] if dice.between(0, 1) else None
        becomes(30, state="2", resolved_at=kept, reopen_count=1)
        if dice.between(0, 1):
            becomes(50, state="6", resolved_at=states[-1]["sys_updated_on"] + timedelta(hours=50))
    if states[-1]["state"] == "6" and dice.happens("automatic_closing", 1):
        closing = states[-1]["sys_updated_on"] + AUTOMATIC_CLOSING
        lost = {"resolved_at": None} if dice.happens("no_resolution_time") else {}
        becomes(AUTOMATIC_CLOSING / timedelta(hours=1), state="7", closed_at=closing, **lost)
