"""Proposals, pilots and what is worked on together."""

from connectors.entity import date, decimal, instant, personal, string
from connectors.salesforce.entities.salesforce_object import salesforce_object

INNOVATION_PROPOSAL = salesforce_object(
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

PILOT = salesforce_object(
    "pilot",
    "Pilot__c",
    string("Name"),
    string("Account__c"),
    string("Title__c"),
    string("Proposal__c"),
    string("Status__c"),
    date("Start_Date__c"),
    date("End_Date__c"),
    string("Goal__c"),
    decimal("Budget__c", 18, 2),
    string("CurrencyIsoCode"),
    string("Outcome__c"),
    string("Lesson_Learned__c"),
)

PILOT_CRITERION = salesforce_object(
    "pilot_criterion",
    "Pilot_Criterion__c",
    string("Pilot__c"),
    string("Name"),
    string("Kind__c"),
    string("Dimension__c"),
    decimal("Weight_Pct__c", 5, 2),
    string("Unit__c"),
    string("Direction__c"),
    decimal("Baseline_Value__c", 18, 4),
    decimal("Target_Value__c", 18, 4),
    decimal("Actual_Value__c", 18, 4),
    date("Fixed_On__c"),
    date("Measured_On__c"),
)

PILOT_RATING = salesforce_object(
    "pilot_rating",
    "Pilot_Rating__c",
    string("Pilot_Criterion__c"),
    personal("Rater_Email__c"),
    decimal("Rating__c", 2, 0),
    instant("Rated_At__c"),
)

ENGAGEMENT = salesforce_object(
    "engagement",
    "Engagement__c",
    string("Name"),
    string("Account__c"),
    string("Kind__c"),
    string("Title__c"),
    date("Held_On__c"),
    decimal("Duration_Days__c", 5, 1),
    decimal("Participants_Ours__c", 5, 0),
    decimal("Participants_Vendor__c", 5, 0),
    string("Status__c"),
    string("Outcome__c"),
)

ROADMAP_ITEM = salesforce_object(
    "roadmap_item",
    "Roadmap_Item__c",
    string("Name"),
    string("Account__c"),
    string("Title__c"),
    date("Planned_Start__c"),
    date("Planned_End__c"),
    date("Actual_End__c"),
    decimal("Investment__c", 18, 2),
    string("CurrencyIsoCode"),
    decimal("Our_Share_Pct__c", 5, 2),
    string("IP_Terms__c"),
    string("Status__c"),
)
