"""Ecosystem targets by quarter: a state that says so when it cannot tell."""

# ruff: noqa: S608 - the SQL is put together from this module's own names

from expectations.check import Suite, no_rows

_KEY = "quarter, metric_id"

SUITE = Suite(
    table="ecosystem_quarter",
    key=("quarter", "metric_id"),
    checks=(
        no_rows(
            "quarter_is_a_first_day",
            "quarter is the first day of a quarter",
            f"select {_KEY} from {{batch}} where quarter <> date_trunc('quarter', quarter)",
        ),
        no_rows(
            "value_within_bounds",
            "value lies between its lower and upper bound",
            f"""
            select {_KEY}, lower_bound, value, upper_bound from {{batch}}
            where value < lower_bound - 1e-9 or value > upper_bound + 1e-9
            """,
        ),
        no_rows(
            "verdict_has_value_and_target",
            "a metric that is met or not met has a value and a target, one without a source has no value",
            f"""
            select {_KEY}, state, value, target from {{batch}}
            where state in ('met', 'not met') and (value is null or target is null)
                or state = 'no source' and value is not null
            """,
        ),
        no_rows(
            "definition_is_known",
            "every definition is in kpi_definition",
            f"""
            select {_KEY}, definition_id, definition_version from (select * from {{batch}}) as quarters
            where not exists (
                select 1 from marts.kpi_definition as definitions
                where definitions.definition_id = quarters.definition_id
                    and definitions.definition_version = quarters.definition_version
            )
            """,
        ),
        no_rows(
            "as_of_the_build",
            "as_of is the build's as-of time",
            f"select {_KEY}, as_of from {{batch}} where as_of <> (select as_of from control.build)",
        ),
    ),
)
