"""Joint KPIs with the list frozen at quarter start."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="fct_joint_kpi",
    key=(
        "joint_kpi_key",
        "joint_kpi",
    ),
    fed_by=("joint_kpi",),
    checks=(
        no_rows(
            "only_the_list_has_results",
            "a KPI has a result exactly when it is on the list of its quarter",
            """
            select joint_kpi_key, list_state, result from {batch}
            where (list_state = 'on_list') <> (result is not null)
            """,
        ),
        no_rows(
            "agreed_by_the_first_day",
            "what is on the list was agreed by the first day of the quarter",
            """
            select joint_kpi_key, quarter, agreed_on from {batch}
            where list_state = 'on_list' and (agreed_on is null or agreed_on > quarter)
            """,
        ),
    ),
)
