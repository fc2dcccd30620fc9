"""What pilots showed."""

from expectations.check import Suite, between, no_rows

SUITE = Suite(
    table="pilot_scorecard",
    key=(
        "pilot_key",
        "pilot",
    ),
    fed_by=("pilot",),
    checks=(
        between("score", 0, 1),
        between("score_coverage", 0, 1),
        between("measured_achievement", 0, 1),
        between("creativity", 1, 5),
        between("alignment", 1, 5),
        no_rows(
            "one_row_for_each_pilot",
            "every pilot has a scorecard",
            """
            select pilot_key from marts.fct_pilot
            where pilot_key not in (select pilot_key from {batch})
            """,
        ),
    ),
)
