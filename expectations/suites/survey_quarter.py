"""Net promoter scores by quarter and direction."""

from expectations.check import Suite, between, no_rows, not_after

SUITE = Suite(
    table="survey_quarter",
    key=(
        "quarter",
        "direction",
    ),
    may_be_empty=True,
    checks=(
        between("nps", -100, 100),
        between("nps_by_vendor", -100, 100),
        not_after("nps_lower", "nps"),
        not_after("nps", "nps_upper"),
        between("silent_vendors", 0, None),
        no_rows(
            "fewer_vendors_than_votes",
            "there are not more vendors than votes",
            """
            select quarter, direction, nps_n, nps_by_vendor_n from {batch}
            where nps_by_vendor_n > nps_n
            """,
        ),
    ),
)
