"""Materials: quantities cannot be compared without a base unit."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="dim_material",
    key=("material_key", "material"),
    fed_by=("product",),
    checks=(
        no_rows(
            "base_unit_is_known",
            "every material has a base unit",
            "select material_key, material from {batch} where base_unit is null",
            "warning",
        ),
    ),
)
