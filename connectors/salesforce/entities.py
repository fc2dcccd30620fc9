"""What is read from Salesforce."""

from connectors.entity import Entity, Field, boolean, date, decimal, instant, personal, string


def _object(name: str, source: str, *own_fields: Field) -> Entity:
    """An object with the system fields that every query relies on."""
    return Entity(
        name=name,
        source=source,
        key=("Id",),
        changed_at=("SystemModstamp",),
        order=("SystemModstamp", "Id"),
        deleted="IsDeleted",
        fields=(
            string("Id"),
            *own_fields,
            instant("CreatedDate"),
            instant("SystemModstamp"),
            boolean("IsDeleted"),
        ),
    )


ACCOUNT = _object(
    "account",
    "Account",
    string("Name"),
    string("AccountNumber"),  # the supplier's number in the ERP
    string("Type"),
    string("Vendor_Category__c"),
    boolean("Strategic_Vendor__c"),
)

SURVEY_RESPONSE = _object(
    "survey_response",
    "Survey_Response__c",
    string("Account__c"),
    string("Direction__c"),
    string("Wave__c"),
    decimal("Score__c", 4, 1),
    personal("Respondent_Email__c"),
    instant("Submitted_At__c"),
)

INNOVATION_PROPOSAL = _object(
    "innovation_proposal",
    "Innovation_Proposal__c",
    string("Name"),
    string("Account__c"),
    string("Title__c"),
    string("Problem__c"),
    decimal("Benefit_Estimate__c", 18, 2),
    string("CurrencyIsoCode"),
    string("Proposal_Owner__c"),
    string("Next_Step__c"),
    decimal("Cost_To_Implement__c", 18, 2),
    decimal("Time_To_Implement_Days__c", 9, 0),
    string("Status__c"),
    date("Submitted_Date__c"),
    instant("First_Feedback_At__c"),
)

ENTITIES = (ACCOUNT, SURVEY_RESPONSE, INNOVATION_PROPOSAL)
