"""What the sandbox's CRM offers: the standard account, and the objects that the vendor programme made for itself."""

from sandbox.faces.entity import MILLISECOND, Entity, Field, Kind, decimal, of_kind, text


def _object(name: str, wire_name: str, *own_fields: Field) -> Entity:
    """An object with the system fields that all have."""
    return Entity(
        name=name,
        wire_name=wire_name,
        keys=("Id",),
        fields=(
            *text("Id"),
            *own_fields,
            *of_kind(Kind.INSTANT, "CreatedDate", "SystemModstamp"),
            *of_kind(Kind.BOOLEAN, "IsDeleted"),
        ),
        change_field="SystemModstamp",
        tick=MILLISECOND,
    )


def _dates(*names: str) -> tuple[Field, ...]:
    return of_kind(Kind.DATE, *names)


def _decimals(scale: int, *names: str) -> tuple[Field, ...]:
    return tuple(decimal(name, scale) for name in names)


_MEASURED = (
    *text("Unit__c", "Direction__c"),
    *_decimals(4, "Baseline_Value__c", "Target_Value__c", "Actual_Value__c"),
)

OBJECTS = (
    _object(
        "account",
        "Account",
        *text("Name", "AccountNumber", "Type", "Vendor_Category__c"),
        *of_kind(Kind.BOOLEAN, "Strategic_Vendor__c"),
        *text("Segment__c", "ParentId", "MasterRecordId"),
    ),
    _object(
        "survey_response",
        "Survey_Response__c",
        *text("Account__c", "Direction__c", "Wave__c"),
        decimal("Score__c", 1),
        *text("Respondent_Email__c"),
        *of_kind(Kind.INSTANT, "Submitted_At__c"),
    ),
    _object(
        "innovation_proposal",
        "Innovation_Proposal__c",
        *text("Name", "Account__c", "Title__c", "Problem__c"),
        decimal("Benefit_Estimate__c", 2),
        *text("CurrencyIsoCode", "Proposal_Owner__c", "Next_Step__c"),
        decimal("Cost_To_Implement__c", 2),
        decimal("Time_To_Implement_Days__c", 0),
        *text("Status__c"),
        *_dates("Submitted_Date__c"),
        *of_kind(Kind.INSTANT, "First_Feedback_At__c"),
    ),
    _object(
        "pilot",
        "Pilot__c",
        *text("Name", "Account__c", "Title__c", "Proposal__c", "Status__c"),
        *_dates("Start_Date__c", "End_Date__c"),
        *text("Goal__c"),
        decimal("Budget__c", 2),
        *text("CurrencyIsoCode", "Outcome__c", "Lesson_Learned__c"),
    ),
    _object(
        "pilot_criterion",
        "Pilot_Criterion__c",
        *text("Pilot__c", "Name", "Kind__c", "Dimension__c"),
        decimal("Weight_Pct__c", 2),
        *_MEASURED,
        *_dates("Fixed_On__c", "Measured_On__c"),
    ),
    _object(
        "pilot_rating",
        "Pilot_Rating__c",
        *text("Pilot_Criterion__c", "Rater_Email__c"),
        decimal("Rating__c", 0),
        *of_kind(Kind.INSTANT, "Rated_At__c"),
    ),
    _object(
        "engagement",
        "Engagement__c",
        *text("Name", "Account__c", "Kind__c", "Title__c"),
        *_dates("Held_On__c"),
        decimal("Duration_Days__c", 1),
        *_decimals(0, "Participants_Ours__c", "Participants_Vendor__c"),
        *text("Status__c", "Outcome__c"),
    ),
    _object(
        "roadmap_item",
        "Roadmap_Item__c",
        *text("Name", "Account__c", "Title__c"),
        *_dates("Planned_Start__c", "Planned_End__c", "Actual_End__c"),
        decimal("Investment__c", 2),
        *text("CurrencyIsoCode"),
        decimal("Our_Share_Pct__c", 2),
        *text("IP_Terms__c", "Status__c"),
    ),
    _object(
        "joint_kpi",
        "Joint_KPI__c",
        *text("Name", "Account__c", "Title__c", "Quarter__c"),
        *_dates("Agreed_On__c"),
        *of_kind(Kind.BOOLEAN, "Is_Measurable__c"),
        *_MEASURED,
        *text("Status__c"),
    ),
    _object(
        "saving",
        "Saving__c",
        *text("Name", "Account__c", "Title__c", "Kind__c", "Stage__c"),
        *_dates("Baseline_Fixed_On__c", "Identified_On__c", "Negotiated_On__c", "Realised_On__c", "Validated_On__c"),
        *_decimals(2, "Identified_Amount__c", "Negotiated_Amount__c", "Realised_Amount__c", "Validated_Amount__c"),
        *text("CurrencyIsoCode", "Validated_By__c", "Proposal__c"),
    ),
    _object(
        "reinvestment",
        "Reinvestment__c",
        *text("Name", "Account__c", "Pool__c", "Entry_Type__c"),
        decimal("Amount__c", 2),
        *text("CurrencyIsoCode"),
        *_dates("Booked_On__c"),
        *text("Saving__c", "Pilot__c", "Purpose__c"),
    ),
    _object(
        "contract_renewal",
        "Contract_Renewal__c",
        *text("Name", "Account__c", "Contract_Number__c"),
        *_dates("Due_Date__c", "Decided_On__c", "Signed_On__c"),
        *text("Outcome__c"),
        decimal("Term_Months__c", 0),
        decimal("Annual_Value__c", 2),
        *text("CurrencyIsoCode"),
    ),
    _object(
        "value_share_agreement",
        "Value_Share_Agreement__c",
        *text("Name", "Account__c"),
        *_dates("Valid_From__c", "Valid_To__c"),
        decimal("Threshold_Amount__c", 2),
        decimal("Share_Pct__c", 2),
        decimal("Cap_Amount__c", 2),
        *text("CurrencyIsoCode"),
        decimal("Quality_Gate_Ppm__c", 0),
        *_decimals(2, "Delivery_Gate_Pct__c", "Clawback_Pct__c"),
    ),
)
