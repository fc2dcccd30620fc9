"""Criteria of pilots."""

from expectations.check import Suite, between, no_rows

SUITE = Suite(
    table="fct_pilot_criterion",
    key=("pilot_criterion_key",),
    fed_by=("pilot_criterion",),
    may_be_empty=True,
    checks=(
        between("achievement", 0, 1),
        between("rating_mean", 1, 5),
        no_rows(
            "refused_without_a_score",
            "a criterion that was not fixed when the pilot began has no score",
            """
            select pilot_criterion_key, pilot_start_date, fixed_on, achievement from {batch}
            where achievement is not null and (fixed_on is null or fixed_on > pilot_start_date)
            """,
        ),
        no_rows(
            "pilot_is_known",
            "every criterion belongs to a pilot in fct_pilot",
            """
            select pilot_criterion_key, pilot_key from {batch}
            where pilot_key not in (select pilot_key from marts.fct_pilot)
            """,
        ),
    ),
)
