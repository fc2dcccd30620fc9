"""Entries of reinvestment pools."""

from expectations.check import Suite, between, no_rows

SUITE = Suite(
    table="fct_reinvestment",
    key=(
        "reinvestment_key",
        "reinvestment",
    ),
    fed_by=("reinvestment",),
    checks=(
        between("amount", 0, None),
        no_rows(
            "only_spending_counts",
            "a commitment and a bonus reinvest nothing",
            """
            select reinvestment_key, entry_type, reinvested_amount from {batch}
            where entry_type not in ('disbursement', 'clawback') and reinvested_amount <> 0
            """,
        ),
        no_rows(
            "type_is_known",
            "every entry has a known type",
            """
            select reinvestment_key, entry_type from {batch}
            where coalesce(entry_type, '') not in ('commitment', 'disbursement', 'clawback', 'bonus')
            """,
        ),
    ),
)
