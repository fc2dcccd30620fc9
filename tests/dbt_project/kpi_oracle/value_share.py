"""The bonus clause of a value-share agreement, step by step, in the agreement's currency."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.dbt_project.kpi_oracle.cost import Rates
from tests.dbt_project.kpi_oracle.crm import CrmObject, crm_objects
from tests.dbt_project.kpi_oracle.delivery import schedule_lines
from tests.dbt_project.kpi_oracle.observed import Seen, quarter
from tests.dbt_project.kpi_oracle.quality import Units, defects
from tests.dbt_project.kpi_oracle.quarters import after, quarters
from tests.dbt_project.kpi_oracle.saving import Saving, savings
from tests.dbt_project.kpi_oracle.statistics import byar, wilson

NEEDED = ("Threshold_Amount__c", "Share_Pct__c", "Cap_Amount__c")


@dataclass(frozen=True)
class Gate:
    """What was measured, and whether that is within the gate: the whole interval decides."""

    value: float | None
    n: float
    lower: float | None
    upper: float | None
    result: str


def value_share_quarter(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """Each quarter of each agreement, as long as it is valid."""
    rows = []
    for agreement in crm_objects(readings, "value_share_agreement", NEEDED):
        begins, ends = agreement.row["Valid_From__c"], agreement.row["Valid_To__c"] or date.max
        for first_day in quarters(readings, as_of):
            if begins < after(first_day) and ends >= first_day:
                own = [
                    saving
                    for saving in savings(readings)
                    if (saving.is_validated or saving.is_taken_back)
                    and _party(saving.told) == _party(agreement)
                    and saving.validated_on is not None
                    and quarter(saving.validated_on) == first_day
                    and begins <= saving.validated_on <= ends
                ]
                rows.append(_bonus(readings, agreement, first_day, own, as_of))
    return rows


def _party(told: CrmObject) -> str:
    """The vendor, else the account."""
    return told.vendor or f"{told.connection}:{told.row['Account__c']}"


def _bonus(readings: Seen, agreement: CrmObject, first_day: date, own: list[Saving], as_of: datetime) -> dict[str, Any]:
    rates = Rates(readings)
    amounts = [(saving, _in_currency(rates, saving, agreement.row["CurrencyIsoCode"])) for saving in own]
    counted = [(saving, amount or 0.0) for saving, amount in amounts if saving.is_baseline_in_time]
    validated = sum(amount for _, amount in counted)
    taken_back = sum(amount for saving, amount in counted if saving.is_taken_back)
    threshold, cap = agreement.number("Threshold_Amount__c") or 0.0, agreement.number("Cap_Amount__c")
    share, clawback_share = agreement.share("Share_Pct__c") or 0.0, agreement.share("Clawback_Pct__c") or 0.0
    raw = share * max(validated - threshold, 0.0)
    capped = raw if cap is None else min(cap, raw)
    standing_raw = share * max(validated - taken_back - threshold, 0.0)
    standing = standing_raw if cap is None else min(cap, standing_raw)
    clawback = clawback_share * (capped - standing)
    quality, delivery = _quality(readings, agreement, first_day), _delivery(readings, agreement, first_day, as_of)
    unknown = sum(1 for _, amount in amounts if amount is None)
    gates = {quality.result, delivery.result}
    if after(first_day) > as_of.date():
        state = "running"
    elif unknown:
        state = "cannot tell"
    elif round(capped, 2) == 0:
        state = "not earned"
    elif "fail" in gates:
        state = "gate failed"
    else:
        state = "cannot tell" if "cannot tell" in gates else "payable"
    return {
        "agreement_key": agreement.key,
        "vendor_key": agreement.vendor,
        "quarter": first_day,
        "savings": len(own),
        "unknown_amounts": unknown,
        "saving_without_baseline": sum(amount or 0.0 for saving, amount in amounts if not saving.is_baseline_in_time),
        "validated_saving": validated,
        "taken_back_saving": taken_back,
        "standing_saving": validated - taken_back,
        "threshold_amount": threshold,
        "excess_saving": max(validated - threshold, 0.0),
        "bonus_share": share,
        "raw_bonus": raw,
        "cap_amount": cap,
        "capped_bonus": capped,
        "standing_bonus": standing,
        "clawback_share": clawback_share,
        "clawback_amount": clawback,
        "quality_gate_ppm": agreement.number("Quality_Gate_Ppm__c"),
        "defect_ppm": quality.value,
        "defect_ppm_n": quality.n,
        "defect_ppm_lower": quality.lower,
        "defect_ppm_upper": quality.upper,
        "quality_gate": quality.result,
        "delivery_gate": agreement.share("Delivery_Gate_Pct__c"),
        "otd_first_promise": delivery.value,
        "otd_first_promise_n": int(delivery.n),
        "otd_first_promise_lower": delivery.lower,
        "otd_first_promise_upper": delivery.upper,
        "delivery_gate_result": delivery.result,
        "state": state,
        "payable_amount": {"payable": capped - clawback, "not earned": 0.0, "gate failed": 0.0}.get(state),
        "held_amount": capped - clawback if state == "cannot tell" else None,
    }


def _in_currency(rates: Rates, saving: Saving, currency: str) -> float | None:
    """What finance validated, by way of the company's currency where it is another one."""
    amount, told = saving.told.number("Validated_Amount__c"), saving.told.row["CurrencyIsoCode"]
    if told == currency or amount is None:
        return amount
    there, back = rates.at(told, saving.validated_on), rates.at(currency, saving.validated_on)
    return None if there is None or back is None else amount * there / back


def _quality(readings: Seen, agreement: CrmObject, first_day: date) -> Gate:
    """Defects registered in the months of the quarter per million units at risk, in the unit of most of them."""
    by_unit: dict[str, list[Units]] = defaultdict(list)
    for (vendor, first_of_month), (unit, units) in defects(readings).items():
        if vendor == agreement.vendor and quarter(first_of_month) == first_day:
            by_unit[unit].append(units)
    at_risk_in = {unit: sum(int(one.at_risk + 0.5) for one in own) for unit, own in by_unit.items()}
    unit_of_most = min(at_risk_in, key=lambda unit: (-at_risk_in[unit], unit), default="")
    at_risk = at_risk_in.get(unit_of_most, 0)
    found = sum(units.registered for units in by_unit[unit_of_most])
    gate = agreement.number("Quality_Gate_Ppm__c")
    if not at_risk:
        return Gate(None, 0, None, None, "no gate" if gate is None else "cannot tell")
    lower, upper = (1e6 * bound / at_risk for bound in byar(found))
    result = "no gate" if gate is None else "pass" if upper <= gate else "fail" if lower > gate else "cannot tell"
    return Gate(1e6 * found / at_risk, at_risk, lower, upper, result)


def _delivery(readings: Seen, agreement: CrmObject, first_day: date, as_of: datetime) -> Gate:
    """Lines that were due in the quarter by their first promise, and those of them that came by it."""
    due = [
        part
        for part in schedule_lines(readings, as_of)
        if part.is_performance
        and not part.is_cancelled
        and part.vendor == agreement.vendor
        and part.first_promise is not None
        and quarter(part.first_promise) == first_day
        and part.first_promise < as_of.date()
    ]
    on_time = sum(1 for part in due if part.in_full and part.first_promise and part.in_full <= part.first_promise)
    lower, upper = wilson(on_time, len(due))
    gate = agreement.share("Delivery_Gate_Pct__c")
    if gate is None:
        result = "no gate"
    elif lower is None or upper is None:
        result = "cannot tell"
    else:
        result = "pass" if lower >= gate else "fail" if upper < gate else "cannot tell"
    return Gate(on_time / len(due) if due else None, len(due), lower, upper, result)
