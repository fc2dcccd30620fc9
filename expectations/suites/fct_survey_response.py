"""Answers to surveys, in both directions."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="fct_survey_response",
    key=("response_key",),
    fed_by=("survey_response",),
    checks=(
        no_rows(
            "votes_are_on_the_scale",
            "a vote has a score from 0 to 10 and a time",
            """
            select response_key, score, submitted_at from {batch}
            where is_counted and (score is null or score < 0 or score > 10 or submitted_at is null)
            """,
        ),
        no_rows(
            "counted_or_excluded",
            "an answer is a vote or says why it is none",
            """
            select response_key, is_counted, exclusion_reason from {batch}
            where is_counted = (exclusion_reason is not null)
            """,
        ),
        no_rows(
            "direction_is_known",
            "every answer has one of the two directions",
            """
            select response_key, direction from {batch}
            where coalesce(direction, '') not in ('vendor_rates_us', 'stakeholder_rates_vendor')
            """,
            severity="warning",
        ),
    ),
)
