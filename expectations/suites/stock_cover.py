"""Stock cover: unknown where no use was measured."""

from expectations.check import Suite, between, no_rows

SUITE = Suite(
    table="stock_cover",
    key=("stock_cover_key", "material", "plant"),
    fed_by=("material_stock",),
    checks=(
        no_rows(
            "unknown_without_a_use",
            "without a measured use there is no cover and its state is unknown",
            """
            select stock_cover_key, material, plant, daily_use, days_of_cover, cover_state from {batch}
            where daily_use is null and (days_of_cover is not null or cover_state <> 'unknown')
            """,
        ),
        between("daily_use", 0, None),
        between("short_quantity_after_slip", 0, None),
        between("days_of_cover", 0, None, "warning"),
    ),
)
