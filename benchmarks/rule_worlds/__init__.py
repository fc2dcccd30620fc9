"""Worlds with labelled shifts for the rules that judge neither punctuality nor defective pieces, one recipe a module.

Each gives the rows that the models read, in the marts in which production has them. Where no measurement of real data
was at hand, a parameter is our own choice, and its comment or the module says so.
"""

from benchmarks.rule_worlds import complaints, lead_times, prices, rejections, surveys, tickets
from benchmarks.rule_worlds.recipe import Recipe

RECIPES: tuple[Recipe, ...] = (
    lead_times.RECIPE,
    rejections.RECIPE,
    complaints.RECIPE,
    tickets.RECIPE,
    prices.RECIPE,
    surveys.RECIPE,
)
