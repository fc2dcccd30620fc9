"""Proposals by quarter of submission and stage."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="innovation_funnel",
    key=(
        "scope",
        "vendor_key",
        "quarter",
    ),
    may_be_empty=True,
    checks=(
        no_rows(
            "no_stage_has_more_than_were_submitted",
            "no stage has more proposals than were submitted",
            """
            select scope, vendor_key, quarter from {batch}
            where greatest(triaged, actionable, piloted, adopted, value_realised) > submitted
                or greatest(waiting, feedback_in_time_n) > submitted
            """,
        ),
        no_rows(
            "the_whole_has_all_parts",
            "the ecosystem has at least as many proposals as its vendors together",
            """
            select quarter, sum(case when scope = 'vendor' then submitted else -submitted end) as missing from {batch}
            group by quarter
            having sum(case when scope = 'vendor' then submitted else -submitted end) > 0
            """,
        ),
    ),
)
