"""Small random companies: a few vendors, a handful of documents each, and everything that goes wrong as a switch."""

from datetime import date, timedelta
from random import Random

from tests.dbt_project.kpi_oracle import (
    world_cost,
    world_orders,
    world_pilots,
    world_portal,
    world_programme,
    world_quality,
    world_relationship,
    world_stock,
    world_tickets,
    world_value,
)
from tests.dbt_project.kpi_oracle.company import Document, Extraction, World, instant
from tests.dbt_project.kpi_oracle.dice import READING_DAYS, Dice
from tests.dbt_project.kpi_oracle.vendors import VENDORS, suppliers

# A warehouse is built after some of the readings; what comes between lands and waits.
# Of each system one connection is read four times, one twice, and one three times, of which two on one day.
READINGS = Extraction(
    instants=(
        instant(READING_DAYS[0], 18),
        instant(date(2026, 5, 20), 18),
        instant(READING_DAYS[1], 6),
        instant(READING_DAYS[1], 18),
        instant(READING_DAYS[2], 18),
    ),
    takes_part=(frozenset({0, 1, 3, 4}), frozenset({0, 4}), frozenset({0, 2, 3})),
    killed=frozenset(
        {
            (0, ("erp_second", "purchase_order")),
            (1, ("erp_s4hana", "material_document")),
            (2, ("erp_third", "material_stock")),
            (0, ("erp_third", "inspection_lot")),
            (3, ("crm_salesforce", "survey_response")),
            (3, ("sla_servicenow", "incident")),
        }
    ),
    late={
        (1, ("erp_s4hana", "purchase_order")): 3,
        (0, ("erp_s4hana", "supplier_invoice")): 3,
        (3, ("erp_s4hana", "material_document")): 4,
        (3, ("erp_s4hana", "material_stock")): 4,
        (3, ("erp_s4hana", "quality_notification")): 4,
        (3, ("crm_salesforce", "innovation_proposal")): 4,
        (2, ("erp_third", "purchase_order")): 3,
        (0, ("erp_second", "usage_decision")): 4,
    },
    twice=frozenset({3}),
)
BUILT_AFTER = (0, 3, 4)
A_QUIET_DAY = instant(READING_DAYS[-1] + timedelta(days=3), 18)
FAMILIES = (
    world_orders,
    world_quality,
    world_cost,
    world_stock,
    world_tickets,
    world_portal,
    world_relationship,
    world_pilots,
    world_value,
    world_programme,
)
MESSES = ("renamed_vendors", "unreadable_values", *(mess for family in FAMILIES for mess in family.MESSES))


def world(seed: int, *, every_mess: bool = False) -> World:
    """One small company, always the same for a seed; each mess is on in one world of three."""
    random = Random(seed)
    messes = frozenset(mess for mess in MESSES if random.randint(1, 3) == 1 or every_mess)
    dice = Dice(random, messes)
    vendors = VENDORS[: dice.between(1, 3)]
    documents: list[Document] = suppliers(dice, vendors)
    for family in FAMILIES:
        documents += family.documents(dice, vendors, documents)
    return World(tuple(documents), messes, connection=seed % 3)


def some_worlds(count: int) -> dict[int, World]:
    """That many worlds by number; every fourth has all messes on."""
    return {seed: world(seed, every_mess=seed % 4 == 3) for seed in range(count)}
