"""What is read from Salesforce."""

from connectors.salesforce.entities.accounts import ACCOUNT, SURVEY_RESPONSE
from connectors.salesforce.entities.innovation import (
    ENGAGEMENT,
    INNOVATION_PROPOSAL,
    PILOT,
    PILOT_CRITERION,
    PILOT_RATING,
    ROADMAP_ITEM,
)
from connectors.salesforce.entities.value import (
    CONTRACT_RENEWAL,
    JOINT_KPI,
    REINVESTMENT,
    SAVING,
    VALUE_SHARE_AGREEMENT,
)

ENTITIES = (
    ACCOUNT,
    SURVEY_RESPONSE,
    INNOVATION_PROPOSAL,
    PILOT,
    PILOT_CRITERION,
    PILOT_RATING,
    ENGAGEMENT,
    ROADMAP_ITEM,
    JOINT_KPI,
    SAVING,
    REINVESTMENT,
    CONTRACT_RENEWAL,
    VALUE_SHARE_AGREEMENT,
)
