"""Who the vendors are, and what is thought of them."""

from connectors.entity import boolean, decimal, instant, personal, string
from connectors.salesforce.entities.salesforce_object import salesforce_object

ACCOUNT = salesforce_object(
    "account",
    "Account",
    string("Name"),
    string("AccountNumber"),  # the supplier's number in the ERP
    string("Type"),
    string("Vendor_Category__c"),
    boolean("Strategic_Vendor__c"),
    string("Segment__c"),
    string("ParentId"),
    string("MasterRecordId"),  # the account that a merged, deleted one went into
)

SURVEY_RESPONSE = salesforce_object(
    "survey_response",
    "Survey_Response__c",
    string("Account__c"),
    string("Direction__c"),
    string("Wave__c"),
    decimal("Score__c", 4, 1),
    personal("Respondent_Email__c"),
    instant("Submitted_At__c"),
)
