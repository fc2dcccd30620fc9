"""Savings and avoidances with their stages."""

from expectations.check import Suite, no_rows, not_after

SUITE = Suite(
    table="fct_saving",
    key=(
        "saving_key",
        "saving",
    ),
    fed_by=("saving",),
    checks=(
        no_rows(
            "validated_has_a_day_and_an_amount",
            "a validated saving has a day, an amount and a validator",
            """
            select saving_key, stage, validated_on, validated_amount, validated_by from {batch}
            where is_validated and (validated_on is null or validated_amount is null or validated_by is null)
            """,
            severity="warning",
        ),
        no_rows(
            "validated_or_taken_back",
            "a saving is not validated and taken back at once",
            """
            select saving_key, stage from {batch}
            where is_validated and is_taken_back
            """,
        ),
        not_after("negotiated_on", "realised_on", severity="warning"),
        not_after("realised_on", "validated_on", severity="warning"),
    ),
)
