"""Stock by day: as it was read, never later than the build."""

from expectations.check import Suite, between, no_rows

SUITE = Suite(
    table="fct_stock_day",
    key=("stock_day_key", "material", "plant"),
    fed_by=("material_stock",),
    checks=(
        no_rows(
            "read_on_its_day",
            "extracted_at lies on stock_date and not after the build's as-of time",
            """
            select stock_day_key, material, plant, stock_date, extracted_at from {batch}
            where cast(extracted_at as date) <> stock_date or extracted_at > (select as_of from control.build)
            """,
        ),
        # An ERP allows it: goods are issued before their receipt is posted.
        between("unrestricted_quantity", 0, None, "warning"),
    ),
)
