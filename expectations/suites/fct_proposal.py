"""Innovation proposals."""

from expectations.check import Suite, between, no_rows

SUITE = Suite(
    table="fct_proposal",
    key=(
        "proposal_key",
        "proposal",
    ),
    fed_by=("innovation_proposal",),
    checks=(
        no_rows(
            "a_repeat_is_never_actionable",
            "a repeat of a title is not actionable",
            """
            select proposal_key, is_repeat, is_actionable from {batch}
            where is_repeat and is_actionable
            """,
        ),
        between("feedback_days", 0, None, "warning"),
        between("waiting_days", 0, None),
    ),
)
