"""Items of joint roadmaps."""

from expectations.check import Suite, between, not_after

SUITE = Suite(
    table="fct_roadmap_item",
    key=(
        "roadmap_item_key",
        "roadmap_item",
    ),
    fed_by=("roadmap_item",),
    checks=(
        between("our_share", 0, 1),
        not_after("planned_start", "planned_end", severity="warning"),
    ),
)
