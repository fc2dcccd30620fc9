"""Innovation days, sprints, workshops and harvest sessions."""

from expectations.check import Suite, between, no_rows

SUITE = Suite(
    table="fct_engagement",
    key=(
        "engagement_key",
        "engagement",
    ),
    fed_by=("engagement",),
    checks=(
        between("participants_ours", 0, None),
        between("participants_vendor", 0, None),
        no_rows(
            "held_in_the_past",
            "what was held lies not in the future",
            """
            select engagement_key, state, held_on from {batch}
            where state = 'held' and held_on > (select cast(as_of as date) from control.build)
            """,
        ),
    ),
)
