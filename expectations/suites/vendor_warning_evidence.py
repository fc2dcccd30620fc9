"""The rows behind warnings about vendors: vendors see their own."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="vendor_warning_evidence",
    key=("vendor_warning_evidence_key",),
    # A quiet company has no warnings.
    may_be_empty=True,
    checks=(
        no_rows(
            "belongs_to_a_warning",
            "every row belongs to a warning about the same vendor",
            """
            select rows.signal_key, rows.vendor_key, rows.document from (select * from {batch}) as rows
            where not exists (
                select 1 from marts.vendor_warning as warnings
                where warnings.signal_key = rows.signal_key and warnings.vendor_key = rows.vendor_key
            )
            """,
        ),
        no_rows(
            "ranked_without_gaps",
            "the rows of a warning are ranked from 1 on",
            """
            select signal_key, count(*) as rows, max(evidence_rank) as last_rank from {batch}
            group by signal_key
            having count(*) <> max(evidence_rank) or count(distinct evidence_rank) <> count(*)
            """,
        ),
    ),
)
