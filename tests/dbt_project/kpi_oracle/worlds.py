"""Small random companies: a few vendors, a handful of documents each, and everything that goes wrong as a switch."""

from datetime import timedelta
from random import Random

from tests.dbt_project.kpi_oracle import world_cost, world_orders, world_quality, world_relationship, world_tickets
from tests.dbt_project.kpi_oracle.company import Document, World, instant
from tests.dbt_project.kpi_oracle.dice import READING_DAYS, Dice
from tests.dbt_project.kpi_oracle.vendors import VENDORS, suppliers

READINGS = tuple(instant(day, 18) for day in READING_DAYS)
A_QUIET_DAY = instant(READING_DAYS[-1] + timedelta(days=3), 18)
FAMILIES = (world_orders, world_quality, world_cost, world_tickets, world_relationship)
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
    return World(tuple(documents), messes, connection=seed % 2)


def some_worlds(count: int) -> dict[int, World]:
    """That many worlds by number; every fourth has all messes on."""
    return {seed: world(seed, every_mess=seed % 4 == 3) for seed in range(count)}
