"""Ledger of reinvestment pools."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="reinvestment_pool",
    key=(
        "pool",
        "entry_key",
    ),
    may_be_empty=True,
    checks=(
        no_rows(
            "balance_is_the_sum_of_changes",
            "the last balance of a pool is the sum of its changes",
            """
            select pool, changes, balance
            from (
                select
                    pool, round(sum(balance_change), 2) as changes,
                    max_by(balance, (booked_on, entry_type <> 'saving', entry_key)) as balance
                from {batch}
                group by pool
            ) as pools
            where abs(changes - balance) > 0.01
            """,
        ),
        no_rows(
            "nothing_spent_that_was_not_saved",
            "no pool is below zero",
            """
            select pool, entry_key, booked_on, balance from {batch}
            where balance < -0.005
            """,
            severity="warning",
        ),
    ),
)
