"""Renewals of contracts."""

from expectations.check import Suite, no_rows, not_after

SUITE = Suite(
    table="fct_contract_renewal",
    key=(
        "renewal_key",
        "renewal",
    ),
    fed_by=("contract_renewal",),
    checks=(
        no_rows(
            "signed_has_a_date",
            "what is signed has a date, and what is overdue is due",
            """
            select renewal_key, state, due_date, signed_on from {batch}
            where state = 'signed' and signed_on is null
                or state = 'overdue' and signed_on is not null
                or state = 'overdue' and due_date >= (select cast(as_of as date) from control.build)
            """,
        ),
        not_after("decided_on", "signed_on", severity="warning"),
    ),
)
