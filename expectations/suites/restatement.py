"""What was published differently before."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="restatement",
    key=("restatement_key",),
    may_be_empty=True,
    checks=(
        no_rows(
            "is_explained",
            "a value of a closed period changes with a document, a definition, the project or time",
            "select restatement_key, from_value, to_value, published_at from {batch} where reason = 'unexplained'",
            severity="warning",
        ),
        no_rows(
            "something_changed",
            "a restated value, its count or its definition differs from what was published before",
            """
            select restatement_key, from_value, to_value, from_n, to_n from {batch}
            where from_value is null and to_value is null and from_n is null and to_n is null
            """,
        ),
    ),
)
