"""The portal beside its tickets: stays in states, targets with their clocks, configuration items and their outages."""

from datetime import datetime, timedelta
from typing import Any

from tests.dbt_project.kpi_oracle.company import Document, State, instant
from tests.dbt_project.kpi_oracle.dice import Dice
from tests.dbt_project.kpi_oracle.observed import Unreadable
from tests.dbt_project.kpi_oracle.vendors import BEFORE_ALL, NAMES
from tests.dbt_project.kpi_oracle.world_tickets import MONITORING

MESSES = (
    "no_state_history", "both_state_fields", "unfinished_stays", "overlapping_holds", "no_targets", "cancelled_targets",
    "second_targets", "targets_without_end", "late_flags", "unknown_schedules", "quick_holds", "open_outages",
    "overlapping_outages", "planned_work", "degradations", "retired_items", "items_put_back", "items_without_date",
    "items_of_nobody",
)  # fmt: skip
RESOLVED, HELD = "6", "3"
OVER = (RESOLVED, "7", "8")
HOUR = timedelta(hours=1)


def documents(dice: Dice, vendors: tuple[str, ...], known: list[Document]) -> list[Document]:
    """Stays and targets of the world's tickets; items with their outages."""
    found: list[Document] = []
    for ticket in known:
        if ticket.entity == "incident" and ticket.states[0].row["contact_type"] != MONITORING:
            stays = _stays(dice, ticket)
            if not dice.happens("no_state_history"):
                found += _metrics(dice, stays, ticket.states[0].row["sys_id"])
            found += _targets(dice, stays, ticket.states[0].row["sys_id"])
    for count in range(1, dice.between(0, 3) + 1):
        item = _item(dice, f"c77§{count:02d}", dice.one_of(vendors))
        found += [item, *_outages(dice, item)]
    return found


def _of_portal(entity: str, *rows: dict[str, Any]) -> Document:
    """A record of the portal and what became of it; each row names its sys_updated_on."""
    created = {"sys_created_on": rows[0]["sys_updated_on"]}
    return Document("servicenow", entity, tuple(State(row["sys_updated_on"], {**created, **row}) for row in rows))


Stay = tuple[str, datetime, datetime | None]  # state, from, to


def _stays(dice: Dice, ticket: Document) -> list[Stay]:
    """The states that the ticket was in, and since when."""
    entered: list[tuple[str, datetime]] = [(ticket.states[0].row["state"], ticket.states[0].row["opened_at"])]
    for state in ticket.states[1:]:
        if state.row["state"] != entered[-1][0]:
            entered.append((state.row["state"], state.visible_from))
    if len(entered) > 2 and dice.happens("quick_holds"):
        # held for a night or a week-end, between two stays of work
        begins = entered[1][1] + timedelta(minutes=30)
        ends = begins + (entered[2][1] - begins) / 2
        entered[2:2] = [(HELD, begins), ("2", ends)]
    ends_of = [at for _, at in entered[1:]]
    return [(state, at, until) for (state, at), until in zip(entered, [*ends_of, None], strict=True)]


def _metrics(dice: Dice, stays: list[Stay], ticket: str) -> list[Document]:
    rows = [(state, begins, ends) for state, begins, ends in stays]
    if dice.happens("overlapping_holds", 3):
        for state, begins, ends in stays:
            if state == HELD and ends is not None:
                rows.append((HELD, begins + (ends - begins) / 3, ends + HOUR))
    fields = ("incident_state", "state") if dice.happens("both_state_fields", 3) else ("incident_state",)
    found = []
    for field in (*fields, "assignment_group"):
        for place, (state, begins, ends) in enumerate(rows):
            row: dict[str, Any] = {
                "sys_id": f"m{ticket}{field}{place}",
                "id": ticket,
                "definition": f"{field} duration",
                "field": field,
                "value": f"State {state}",
                "field_value": state,
                "start": begins,
                "end": None,
                "duration": None,
                "calculation_complete": False,
                "sys_updated_on": begins,
            }
            states = [row]
            if ends is not None and not dice.happens("unfinished_stays", 3):
                done = {"end": ends, "calculation_complete": True, "sys_updated_on": ends}
                states.append({**row, **done})
            if dice.happens("unreadable_values", 8):
                broken = {"start": Unreadable("some day"), "sys_updated_on": states[-1]["sys_updated_on"] + HOUR}
                states.append({**states[-1], **broken})
            found.append(_of_portal("metric_instance", *states))
    return found


KINDS = (
    ("SLA", "resolution"), ("SLA", "response"), ("OLA", "resolution"),
    ("Underpinning contract", "resolution"), ("Underpinning contract", "response"),
)  # fmt: skip


def _targets(dice: Dice, stays: list[Stay], ticket: str) -> list[Document]:
    if dice.happens("no_targets", 3):
        return []
    found = []
    kinds = [KINDS[0], *(kind for kind in KINDS[1:] if dice.between(1, 3) == 1)]
    if dice.happens("second_targets"):
        kinds.append(dice.one_of((KINDS[0], KINDS[3])))
    for place, kind in enumerate(kinds):
        found.append(_target(dice, stays, ticket, place, *kind))
    return found


def _target(dice: Dice, stays: list[Stay], ticket: str, place: int, kind: str, goal: str) -> Document:
    begins = stays[0][1] + timedelta(minutes=20 * place)
    planned = begins + timedelta(hours=dice.one_of((4, 24, 72)))
    schedule = "night_shift" if dice.happens("unknown_schedules", 3) else dice.one_of(("24x7", "weekdays_8_18"))
    if dice.happens("unknown_schedules", 4):
        schedule = ""
    row: dict[str, Any] = {
        "sys_id": f"g{ticket}{place}",
        "task": ticket,
        "sla": f"sla{place}",
        "sla.name": f"{kind} {goal} {place}",
        "sla.type": kind,
        "sla.target": goal,
        "schedule": schedule and f"id of {schedule}",
        "schedule.name": schedule,
        "stage": "in_progress",
        "has_breached": False,
        "start_time": begins,
        "end_time": None,
        "planned_end_time": None if dice.happens("targets_without_end", 4) else planned,
        "pause_duration": 0,
        "business_pause_duration": 0,
        "duration": None,
        "business_duration": None,
        "sys_updated_on": begins,
    }
    rows = [row]
    if dice.happens("cancelled_targets", 4):
        rows.append({**row, "stage": "cancelled", "end_time": begins + HOUR, "sys_updated_on": begins + HOUR})
    else:
        rows += _clock(dice, row, stays)
    if dice.happens("unreadable_values", 8):
        later = {"planned_end_time": Unreadable("soon"), "sys_updated_on": rows[-1]["sys_updated_on"] + HOUR}
        rows.append({**rows[-1], **later})
    return _of_portal("task_sla", *rows)


def _clock(dice: Dice, row: dict[str, Any], stays: list[Stay]) -> list[dict[str, Any]]:
    """What holding and resolving does to a target; its flag is right, or is set later than it should."""
    rows: list[dict[str, Any]] = []
    newest = row
    for state, begins, _ in stays:
        if begins <= newest["sys_updated_on"]:
            continue
        planned = newest["planned_end_time"]
        is_late = planned is not None and begins > planned and not dice.happens("late_flags")
        changes: dict[str, Any] = {"has_breached": newest["has_breached"] or is_late, "sys_updated_on": begins}
        if state == HELD:
            changes["stage"] = "paused"
        elif state in OVER:
            changes |= {"stage": "cancelled" if state == "8" else "completed", "end_time": begins}
        elif newest["stage"] == "paused":
            held = begins - newest["sys_updated_on"]
            seconds = newest["pause_duration"] + int(held.total_seconds())
            changes |= {
                "stage": "in_progress",
                "pause_duration": seconds,
                "business_pause_duration": seconds // 3,
                "planned_end_time": planned and planned + held,
            }
        else:
            changes["stage"] = "in_progress"
        newest = {**newest, **changes}
        rows.append(newest)
        if state in OVER:
            break
    return rows


def _item(dice: Dice, number: str, vendor: str) -> Document:
    since = instant(dice.day(-80, 110), dice.between(0, 23), 15)
    is_nobodys = dice.happens("items_of_nobody", 3)
    row: dict[str, Any] = {
        "sys_id": number,
        "name": f"Sensor {number}",
        "sys_class_name": "cmdb_ci_iot",
        "vendor": "" if is_nobodys else f"o{vendor}",
        "vendor.name": "" if is_nobodys else NAMES[vendor],
        "install_status": "1",
        "install_date": None if dice.happens("items_without_date") else since,
        "sys_created_on": since - timedelta(days=3),
        "sys_updated_on": BEFORE_ALL,
    }
    rows = [row]
    if dice.happens("retired_items", 3):
        gone = instant(dice.day(40, 115), 7)
        rows.append({**row, "install_status": "7", "sys_updated_on": gone})
        rows.append({**row, "install_status": "7", "name": f"Old {number}", "sys_updated_on": gone + 30 * HOUR})
        if dice.happens("items_put_back", 3):
            rows.append({**row, "sys_updated_on": gone + 300 * HOUR})
    return _of_portal("configuration_item", *rows)


def _outages(dice: Dice, item: Document) -> list[Document]:
    found = []
    kinds = ["outage", *(name for name, mess in (("planned", "planned_work"), ("degradation", "degradations"))
                         if dice.happens(mess, 1))]  # fmt: skip
    begins = instant(dice.day(-20, 100), dice.between(0, 23))
    for place in range(dice.between(0, 5)):
        kind = dice.one_of(kinds)
        begins += timedelta(hours=dice.between(1, 5 if dice.happens("overlapping_outages") else 900))
        ends = begins + timedelta(hours=dice.one_of((1, 5, 30, 800)))
        row: dict[str, Any] = {
            "sys_id": f"x{item.states[0].row['sys_id']}{place}",
            "number": f"OUT{place}",
            "cmdb_ci": item.states[0].row["sys_id"],
            "type": kind,
            "begin": begins,
            "end": ends if kind == "planned" else None,
            "duration": None,
            "sys_updated_on": begins - 50 * HOUR if kind == "planned" else begins + HOUR,
        }
        rows = [row]
        if kind != "planned" and not dice.happens("open_outages", 3):
            rows.append({**row, "end": ends, "sys_updated_on": ends})
        if dice.happens("unreadable_values", 6):
            later = {"end": Unreadable("later"), "sys_updated_on": rows[-1]["sys_updated_on"] + HOUR}
            rows.append({**rows[-1], **later})
        found.append(_of_portal("outage", *rows))
    return found
