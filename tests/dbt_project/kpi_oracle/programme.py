"""Joint KPIs on a list that freezes with the quarter, engagements, roadmap items, and renewals of contracts."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from tests.dbt_project.kpi_oracle.crm import CrmObject, crm_objects
from tests.dbt_project.kpi_oracle.observed import Seen, month
from tests.dbt_project.kpi_oracle.quarters import after, named_quarter
from tests.dbt_project.kpi_oracle.statistics import percentile


@dataclass(frozen=True)
class JointKpi:
    """A KPI that was agreed with a vendor for a quarter."""

    told: CrmObject
    quarter: date | None
    dropped: date | None
    list_state: str
    is_measurable: bool
    result: str | None


@lru_cache(maxsize=2)
def joint_kpis(readings: Seen, as_of: datetime) -> list[JointKpi]:
    """Every joint KPI that could be read, with where it stands."""
    found = []
    for told in crm_objects(readings, "joint_kpi", ("Target_Value__c", "Actual_Value__c")):
        row = told.row
        begins = named_quarter(row["Quarter__c"])
        since = told.history.since(lambda content: content["Status__c"] == "Dropped")
        dropped = since.date() if since else None
        is_measurable = bool(row["Is_Measurable__c"]) and row["Target_Value__c"] is not None
        is_measurable = is_measurable and row["Direction__c"] in ("higher", "lower")
        agreed = None if row["Status__c"] == "Proposed" else row["Agreed_On__c"]
        list_state = _list_state(agreed, begins, dropped)
        result = _result(told, begins, dropped, is_measurable, as_of) if begins and list_state == "on_list" else None
        found.append(JointKpi(told, begins, dropped, list_state, is_measurable, result))
    return found


def _list_state(agreed: date | None, begins: date | None, dropped: date | None) -> str:
    if begins is None:
        return "no_quarter"
    if agreed is None:
        return "not_agreed"
    if agreed > begins:
        return "agreed_late"
    return "dropped_before" if dropped and dropped < begins else "on_list"


def _result(told: CrmObject, begins: date, dropped: date | None, is_measurable: bool, as_of: datetime) -> str:
    target, actual = told.row["Target_Value__c"], told.row["Actual_Value__c"]
    if not is_measurable:
        return "not_measurable"
    if dropped and dropped < after(begins):
        return "missed"
    is_over = after(begins) <= as_of.date()
    if actual is None:
        return "missed" if is_over else "undecided"
    if not is_over and told.row["Status__c"] != "Measured":
        return "undecided"
    is_reached = actual >= target if told.row["Direction__c"] == "higher" else actual <= target
    return "achieved" if is_reached else "missed"


def fct_joint_kpi(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every joint KPI."""
    return [
        {
            "joint_kpi_key": kpi.told.key,
            "vendor_key": kpi.told.vendor,
            "quarter": kpi.quarter,
            "status": kpi.told.row["Status__c"],
            "agreed_on": kpi.told.row["Agreed_On__c"],
            "dropped_on": kpi.dropped,
            "list_state": kpi.list_state,
            "is_measurable": kpi.is_measurable,
            "target_value": kpi.told.number("Target_Value__c"),
            "actual_value": kpi.told.number("Actual_Value__c"),
            "result": kpi.result,
        }
        for kpi in joint_kpis(readings, as_of)
    ]


def fct_engagement(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every engagement."""
    rows = []
    for told in crm_objects(readings, "engagement", ("Held_On__c",)):
        day, status = told.row["Held_On__c"], told.row["Status__c"]
        if status == "Held" and (day is None or day <= as_of.date()):
            state = "held"
        elif status == "Cancelled":
            state = "cancelled"
        else:
            state = "not_confirmed" if day is not None and day < as_of.date() else "planned"
        rows.append(
            {
                "engagement_key": told.key,
                "vendor_key": told.vendor,
                "kind": told.row["Kind__c"],
                "held_on": day,
                "duration_days": told.number("Duration_Days__c"),
                "participants_ours": told.row["Participants_Ours__c"],
                "participants_vendor": told.row["Participants_Vendor__c"],
                "state": state,
                "outcome": told.row["Outcome__c"],
            }
        )
    return rows


def fct_roadmap_item(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every roadmap item."""
    rows = []
    for told in crm_objects(readings, "roadmap_item"):
        planned, actual = told.row["Planned_End__c"], told.row["Actual_End__c"]
        investment, share = told.number("Investment__c"), told.share("Our_Share_Pct__c")
        is_given_up = told.row["Status__c"] == "Cancelled"
        rows.append(
            {
                "roadmap_item_key": told.key,
                "vendor_key": told.vendor,
                "status": told.row["Status__c"],
                "planned_start": told.row["Planned_Start__c"],
                "planned_end": planned,
                "actual_end": actual,
                "slip_days": (actual - planned).days if planned and actual else None,
                "is_overdue": planned is not None and planned < as_of.date() and actual is None and not is_given_up,
                "investment": investment,
                "our_share": share,
                "our_investment": None if investment is None or share is None else investment * share,
                "ip_terms": told.row["IP_Terms__c"],
            }
        )
    return rows


@lru_cache(maxsize=2)
def renewals(readings: Seen) -> list[CrmObject]:
    """Every renewal that could be read."""
    return crm_objects(readings, "contract_renewal", ("Due_Date__c", "Signed_On__c"))


def _lead(told: CrmObject) -> int | None:
    due, signed = told.row["Due_Date__c"], told.row["Signed_On__c"]
    return (due - signed).days if due and signed else None


def fct_contract_renewal(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every renewal."""
    rows = []
    for told in renewals(readings):
        due, decided, signed = (told.row[name] for name in ("Due_Date__c", "Decided_On__c", "Signed_On__c"))
        if told.row["Outcome__c"] == "Ended":
            state = "ended"
        elif signed is not None:
            state = "signed"
        elif due is not None and due < as_of.date():
            state = "overdue"
        else:
            state = "decided" if decided else "open"
        rows.append(
            {
                "renewal_key": told.key,
                "vendor_key": told.vendor,
                "due_date": due,
                "decided_on": decided,
                "signed_on": signed,
                "outcome": told.row["Outcome__c"],
                "state": state,
                "lead_days": _lead(told),
                "notice_days": (due - decided).days if due and decided else None,
                "term_months": told.row["Term_Months__c"],
                "annual_value": told.number("Annual_Value__c"),
            }
        )
    return rows


def vendor_month(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """Renewals of a vendor in the month of the signature, engagements in the month they were held in."""
    signed = [told for told in renewals(readings) if told.vendor and told.row["Signed_On__c"]]
    held = [row for row in fct_engagement(readings, as_of) if row["state"] == "held" and row["held_on"]]
    months = {(told.vendor or "", month(told.row["Signed_On__c"])) for told in signed}
    months |= {(row["vendor_key"], month(row["held_on"])) for row in held if row["vendor_key"]}
    rows = []
    for vendor, first_day in sorted(months):
        own = [told for told in signed if (told.vendor, month(told.row["Signed_On__c"])) == (vendor, first_day)]
        meetings = [row for row in held if (row["vendor_key"], month(row["held_on"])) == (vendor, first_day)]
        leads = [float(lead) for told in own if (lead := _lead(told)) is not None]
        rows.append(
            {
                "vendor_key": vendor,
                "month": first_day,
                "renewals_signed": len(own),
                "renewal_lead_days_p50": percentile(leads, 0.5),
                "engagements_held": len(meetings),
            }
        )
    return rows
