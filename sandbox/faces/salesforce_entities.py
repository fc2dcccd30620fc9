"""What the sandbox's CRM offers."""

from sandbox.faces.entity import Entity, Kind, decimal, of_kind, text

ACCOUNT = Entity(
    name="account",
    wire_name="Account",
    keys=("Id",),
    fields=(
        *text("Id", "Name", "AccountNumber", "Type", "Vendor_Category__c"),
        *of_kind(Kind.BOOLEAN, "Strategic_Vendor__c"),
        *text("Segment__c", "ParentId", "MasterRecordId"),
        *of_kind(Kind.INSTANT, "CreatedDate", "SystemModstamp"),
        *of_kind(Kind.BOOLEAN, "IsDeleted"),
    ),
    change_field="SystemModstamp",
    tick=1_000,
)

SURVEY_RESPONSE = Entity(
    name="survey_response",
    wire_name="Survey_Response__c",
    keys=("Id",),
    fields=(
        *text("Id", "Account__c", "Direction__c", "Wave__c"),
        decimal("Score__c", 1),
        *text("Respondent_Email__c"),
        *of_kind(Kind.INSTANT, "Submitted_At__c", "CreatedDate", "SystemModstamp"),
        *of_kind(Kind.BOOLEAN, "IsDeleted"),
    ),
    change_field="SystemModstamp",
    tick=1_000,
)

INNOVATION_PROPOSAL = Entity(
    name="innovation_proposal",
    wire_name="Innovation_Proposal__c",
    keys=("Id",),
    fields=(
        *text("Id", "Name", "Account__c", "Title__c", "Problem__c"),
        decimal("Benefit_Estimate__c", 2),
        *text("CurrencyIsoCode", "Proposal_Owner__c", "Next_Step__c"),
        decimal("Cost_To_Implement__c", 2),
        decimal("Time_To_Implement_Days__c", 0),
        *text("Status__c"),
        *of_kind(Kind.DATE, "Submitted_Date__c"),
        *of_kind(Kind.INSTANT, "First_Feedback_At__c", "CreatedDate", "SystemModstamp"),
        *of_kind(Kind.BOOLEAN, "IsDeleted"),
    ),
    change_field="SystemModstamp",
    tick=1_000,
)
