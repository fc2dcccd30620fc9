"""Pilots with their criteria and ratings, and requests for quotation that show how fast vendors answer."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.dbt_project.kpi_oracle.company import Document, State, instant
from tests.dbt_project.kpi_oracle.dice import Dice
from tests.dbt_project.kpi_oracle.observed import Unreadable
from tests.dbt_project.kpi_oracle.world_relationship import record

MESSES = (
    "pilots_of_nothing", "unwritten_lessons", "stopped_pilots", "deleted_pilots", "late_criteria", "unfixed_criteria",
    "unmeasured_criteria", "criteria_without_target", "backward_targets", "no_baselines", "strange_criteria",
    "no_weights", "few_raters", "changed_ratings", "anonymous_raters", "ratings_off_the_rubric", "deleted_ratings",
    "silent_bidders", "late_answers", "second_quotations", "requests_without_date", "old_requests", "drafts",
    "uninvited_answers", "bidders_taken_off",
)  # fmt: skip
BIDDERS = "to_RequestForQuotationBidder"
DIMENSIONS = ("Creativity", "Alignment", "Result", "Responsiveness")


def documents(dice: Dice, vendors: tuple[str, ...], known: list[Document]) -> list[Document]:
    """Pilots of the world's accounts and requests to its vendors."""
    found = _requests(dice, vendors)
    accounts = [document.states[0].row["Id"] for document in known if document.entity == "account"]
    proposals = [document.states[0].row["Id"] for document in known if document.entity == "innovation_proposal"]
    for count in range(1, dice.between(0, 4) + 1):
        if accounts:
            found += _pilot(dice, f"t77§{count}", dice.one_of(accounts), dice.one_of(["", *proposals]))
    return found


def _pilot(dice: Dice, number: str, account: str, proposal: str) -> list[Document]:
    begins = dice.day(-60, 130)
    ends = None if dice.happens("pilots_of_nothing", 4) else begins + timedelta(days=dice.one_of((10, 45, 90)))
    row: dict[str, Any] = {
        "Id": number,
        "Name": f"PIL-{number}",
        "Account__c": account,
        "Title__c": "Lighter box",
        "Proposal__c": proposal,
        "Status__c": "Planned",
        "Start_Date__c": begins,
        "End_Date__c": ends,
        "Goal__c": "Less freight",
        "Budget__c": Decimal(5000),
        "CurrencyIsoCode": "EUR",
        "Outcome__c": "",
        "Lesson_Learned__c": "",
        "SystemModstamp": instant(begins - timedelta(days=10)),
    }
    rows = [row]
    if dice.between(1, 5) > 1:
        rows.append({**row, "Status__c": "Running", "SystemModstamp": instant(begins)})
        if ends and dice.between(1, 3) > 1:
            outcome = dice.one_of(("Adopted", "Extended", "Stopped"))
            lesson = dice.one_of(("", " ")) if dice.happens("unwritten_lessons") else "Boxes bend"
            ended = {
                "Status__c": "Stopped" if dice.happens("stopped_pilots") else "Completed",
                "Outcome__c": outcome,
                "Lesson_Learned__c": lesson,
                "SystemModstamp": instant(ends),
            }
            rows.append({**row, **ended})
    later = {"SystemModstamp": rows[-1]["SystemModstamp"] + timedelta(days=2)}
    if dice.happens("deleted_pilots", 5):
        rows.append({**rows[-1], "IsDeleted": True, **later})
    elif dice.happens("unreadable_values", 6):
        rows.append({**rows[-1], "Start_Date__c": Unreadable("spring"), **later})
    found = [record("pilot", *rows)]
    for count in range(1, dice.between(0, 5) + 1):
        found += _criterion(dice, f"k{number[1:]}{count}", number, begins, ends or begins + timedelta(days=30))
    return found


def _criterion(dice: Dice, number: str, pilot: str, begins: date, ends: date) -> list[Document]:
    is_rated = dice.between(0, 1) == 1
    direction = dice.one_of(("higher", "lower"))
    baseline, target = (Decimal(70), Decimal(95)) if direction == "higher" else (Decimal(95), Decimal(70))
    row: dict[str, Any] = {
        "Id": number,
        "Pilot__c": pilot,
        "Name": "Lead time",
        "Kind__c": "Rated" if is_rated else "Measured",
        "Dimension__c": dice.one_of(DIMENSIONS[:2]) if is_rated else dice.one_of(DIMENSIONS[2:]),
        "Weight_Pct__c": None if dice.happens("no_weights", 4) else Decimal(dice.one_of((10, 30, 40))),
        "Unit__c": "days",
        "Direction__c": direction,
        "Baseline_Value__c": baseline,
        "Target_Value__c": target,
        "Actual_Value__c": None,
        "Fixed_On__c": begins - timedelta(days=dice.between(0, 9)),
        "Measured_On__c": None,
        "SystemModstamp": instant(begins - timedelta(days=10)),
    }
    if dice.happens("no_baselines", 3):
        row["Baseline_Value__c"] = None
    if dice.happens("criteria_without_target", 4):
        row["Target_Value__c"] = None
    elif dice.happens("backward_targets", 4):
        row["Target_Value__c"] = dice.one_of((baseline, baseline - (target - baseline)))
    if dice.happens("late_criteria", 4):
        row["Fixed_On__c"] = begins + timedelta(days=dice.between(1, 5))
    elif dice.happens("unfixed_criteria", 4):
        row["Fixed_On__c"] = None
    if dice.happens("strange_criteria", 4):
        row |= dice.one_of(({"Kind__c": "Felt"}, {"Direction__c": ""}, {"Pilot__c": "nowhere"}))
    rows = [row]
    if not is_rated and not dice.happens("unmeasured_criteria"):
        actual = {"Actual_Value__c": Decimal(dice.one_of((60, 70, 80, 95, 99))), "Measured_On__c": ends}
        rows.append({**row, **actual, "SystemModstamp": instant(ends)})
    if dice.happens("unreadable_values", 6):
        later = {"Fixed_On__c": Unreadable("early"), "SystemModstamp": rows[-1]["SystemModstamp"] + timedelta(days=1)}
        rows.append({**rows[-1], **later})
    found = [record("pilot_criterion", *rows)]
    if is_rated:
        for rater in range(2 if dice.happens("few_raters") else dice.between(3, 5)):
            found += _ratings(dice, f"n{number[1:]}{rater}", number, f"hash {rater}", ends)
    return found


def _ratings(dice: Dice, number: str, criterion: str, rater: str, ends: date) -> list[Document]:
    rated_at = instant(min(ends, date(2026, 6, 20)), 13)
    row: dict[str, Any] = {
        "Id": number,
        "Pilot_Criterion__c": criterion,
        "Rater_Email__c": None if dice.happens("anonymous_raters", 4) else rater,
        "Rating__c": Decimal(dice.one_of((0, 9)) if dice.happens("ratings_off_the_rubric", 5) else dice.between(1, 5)),
        "Rated_At__c": rated_at,
        "SystemModstamp": rated_at,
    }
    rows, later = [row], rated_at + timedelta(days=1)
    if dice.happens("deleted_ratings", 6):
        rows.append({**row, "IsDeleted": True, "SystemModstamp": later})
    elif dice.happens("unreadable_values", 6):
        rows.append({**row, "Rating__c": Unreadable("good"), "SystemModstamp": later})
    found = [record("pilot_rating", *rows)]
    if dice.happens("changed_ratings", 4):
        again = {**row, "Id": f"{number}b", "Rating__c": Decimal(2), "Rated_At__c": later, "SystemModstamp": later}
        found.append(record("pilot_rating", again))
    return found


def _requests(dice: Dice, vendors: tuple[str, ...]) -> list[Document]:
    found: list[Document] = []
    for count in range(1, dice.between(0, 5) + 1):
        published = dice.day(-460 if dice.happens("old_requests") else -60, 115)
        number = f"77§{count}"
        asked = vendors[: dice.between(1, len(vendors))]
        row: dict[str, Any] = {
            "RequestForQuotation": number,
            "RequestForQuotationName": "Boxes",
            "PurchasingOrganization": "1000",
            "RFQPublishingDate": None if dice.happens("drafts", 4) else published,
            "QuotationLatestSubmissionDate": None
            if dice.happens("requests_without_date", 3)
            else published + timedelta(days=14),
            "CreationDate": published,
            "LastChangeDateTime": instant(published),
            BIDDERS: [
                {"PartnerCounter": str(place), "PartnerFunction": "BI", "Supplier": vendor.zfill(12)}
                for place, vendor in enumerate(asked, start=1)
            ],
        }
        rows = [row]
        if dice.happens("unreadable_values", 6):
            later = {"RFQPublishingDate": Unreadable("soon"), "LastChangeDateTime": instant(published, 15)}
            rows.append({**row, **later})
        elif dice.happens("bidders_taken_off", 3):
            fewer = {BIDDERS: row[BIDDERS][:-1], "LastChangeDateTime": instant(published + timedelta(days=2))}
            rows.append({**row, **fewer})
        found.append(_of_erp("request_for_quotation", *rows))
        for vendor in vendors if dice.happens("uninvited_answers") else asked:
            if not dice.happens("silent_bidders"):
                found += _quotations(dice, f"{number}{len(found)}", number, vendor, published)
    return found


def _quotations(dice: Dice, number: str, request: str, vendor: str, published: date) -> list[Document]:
    answered = dice.day(20, 45, after=published) if dice.happens("late_answers") else dice.day(0, 14, after=published)
    row: dict[str, Any] = {
        "SupplierQuotation": number,
        "RequestForQuotation": request,
        "Supplier": vendor,
        "QuotationSubmissionDate": answered,
        "CreationDate": answered,
        "LastChangeDateTime": instant(answered, 15),
    }
    found = [_of_erp("supplier_quotation", row)]
    if dice.happens("second_quotations", 3):
        again = answered + timedelta(days=4)
        later = {"SupplierQuotation": f"{number}9", "QuotationSubmissionDate": again}
        found.append(_of_erp("supplier_quotation", {**row, **later, "LastChangeDateTime": instant(again, 15)}))
    return found


def _of_erp(entity: str, *rows: dict[str, Any]) -> Document:
    return Document("sap_s4hana", entity, tuple(State(row["LastChangeDateTime"], row) for row in rows))
