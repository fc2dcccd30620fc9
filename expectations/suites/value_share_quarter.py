"""The bonus clause by agreement and quarter."""

from expectations.check import Suite, between, no_rows

SUITE = Suite(
    table="value_share_quarter",
    key=(
        "agreement_key",
        "quarter",
    ),
    may_be_empty=True,
    checks=(
        between("payable_amount", 0, None),
        no_rows(
            "the_steps_lead_to_what_is_payable",
            "a payable amount is the capped bonus less the clawback, and at most the cap",
            """
            select agreement_key, quarter, capped_bonus, clawback_amount, cap_amount, payable_amount from {batch}
            where state = 'payable' and abs(payable_amount - (capped_bonus - clawback_amount)) > 0.005
                or payable_amount > cap_amount + 0.005
            """,
        ),
        no_rows(
            "gates_hold",
            "nothing is payable past a gate that failed or cannot tell",
            """
            select agreement_key, quarter, quality_gate, delivery_gate_result, payable_amount from {batch}
            where payable_amount > 0
                and (quality_gate not in ('pass', 'no gate') or delivery_gate_result not in ('pass', 'no gate'))
            """,
        ),
    ),
)
