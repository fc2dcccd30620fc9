"""Reinvestment of savings by quarter."""

from expectations.check import Suite, between, no_rows

SUITE = Suite(
    table="reinvestment_quarter",
    key=("quarter",),
    may_be_empty=True,
    checks=(
        between("validated_amount", 0, None),
        no_rows(
            "share_of_known_savings",
            "a share exists only above validated savings whose amounts are known",
            """
            select quarter, savings_reinvested, validated_amount_rolling from {batch}
            where savings_reinvested is not null and validated_amount_rolling <= 0
            """,
        ),
    ),
)
