"""What was agreed, saved, shared and put back."""

from connectors.entity import boolean, date, decimal, string
from connectors.salesforce.entities.salesforce_object import salesforce_object

JOINT_KPI = salesforce_object(
    "joint_kpi",
    "Joint_KPI__c",
    string("Name"),
    string("Account__c"),
    string("Title__c"),
    string("Quarter__c"),
    date("Agreed_On__c"),
    boolean("Is_Measurable__c"),
    string("Unit__c"),
    string("Direction__c"),
    decimal("Baseline_Value__c", 18, 4),
    decimal("Target_Value__c", 18, 4),
    decimal("Actual_Value__c", 18, 4),
    string("Status__c"),
)

SAVING = salesforce_object(
    "saving",
    "Saving__c",
    string("Name"),
    string("Account__c"),
    string("Title__c"),
    string("Kind__c"),
    string("Stage__c"),
    date("Baseline_Fixed_On__c"),
    date("Identified_On__c"),
    date("Negotiated_On__c"),
    date("Realised_On__c"),
    date("Validated_On__c"),
    decimal("Identified_Amount__c", 18, 2),
    decimal("Negotiated_Amount__c", 18, 2),
    decimal("Realised_Amount__c", 18, 2),
    decimal("Validated_Amount__c", 18, 2),
    string("CurrencyIsoCode"),
    string("Validated_By__c"),
    string("Proposal__c"),
)

REINVESTMENT = salesforce_object(
    "reinvestment",
    "Reinvestment__c",
    string("Name"),
    string("Account__c"),
    string("Pool__c"),
    string("Entry_Type__c"),
    decimal("Amount__c", 18, 2),
    string("CurrencyIsoCode"),
    date("Booked_On__c"),
    string("Saving__c"),
    string("Pilot__c"),
    string("Purpose__c"),
)

CONTRACT_RENEWAL = salesforce_object(
    "contract_renewal",
    "Contract_Renewal__c",
    string("Name"),
    string("Account__c"),
    string("Contract_Number__c"),
    date("Due_Date__c"),
    date("Decided_On__c"),
    date("Signed_On__c"),
    string("Outcome__c"),
    decimal("Term_Months__c", 4, 0),
    decimal("Annual_Value__c", 18, 2),
    string("CurrencyIsoCode"),
)

VALUE_SHARE_AGREEMENT = salesforce_object(
    "value_share_agreement",
    "Value_Share_Agreement__c",
    string("Name"),
    string("Account__c"),
    date("Valid_From__c"),
    date("Valid_To__c"),
    decimal("Threshold_Amount__c", 18, 2),
    decimal("Share_Pct__c", 5, 2),
    decimal("Cap_Amount__c", 18, 2),
    string("CurrencyIsoCode"),
    decimal("Quality_Gate_Ppm__c", 9, 0),
    decimal("Delivery_Gate_Pct__c", 5, 2),
    decimal("Clawback_Pct__c", 5, 2),
)
