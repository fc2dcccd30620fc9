"""Vendor health: pillars, score, coverage, rank."""

from expectations.check import Suite, between, no_rows

SUITE = Suite(
    table="vendor_quarter_health",
    key=("vendor_key", "quarter", "score_version"),
    fed_by=("purchase_order_schedule_line",),
    checks=(
        between("score", 0, 100),
        between("coverage", 0, 1),
        no_rows(
            "score_or_reason",
            "there is a score with its interval and rank, or the reason why there is none",
            """
            select vendor_key, quarter, score_version, score, coverage, no_score_reason from {batch}
            where
                (score is null) <> (no_score_reason is not null)
                or (score is null) <> (score_rank is null)
                or (score is not null and coalesce(score not between score_lower and score_upper, true))
            """,
        ),
        no_rows(
            "one_headline",
            "each quarter of a vendor has one headline version",
            """
            select vendor_key, quarter, sum(is_headline::int) as headlines from {batch}
            group by vendor_key, quarter
            having sum(is_headline::int) <> 1
            """,
        ),
        no_rows(
            "ranks_are_in_order",
            "a rank lies between the best and the worst that other weights would give",
            """
            select vendor_key, quarter, score_version, score_rank, score_rank_best, score_rank_worst from {batch}
            where score_rank not between score_rank_best and score_rank_worst
            """,
        ),
    ),
)
