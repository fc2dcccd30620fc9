"""How Power BI stores and shows a column: by its DuckDB type and its unit."""

from ecosystem.errors import EcosystemError

DATA_TYPES = {
    "VARCHAR": "string",
    "BIGINT": "int64",
    "INTEGER": "int64",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "DATE": "dateTime",
    "TIMESTAMP": "dateTime",
}
_OF_UNIT = {
    "share": "0.0%;-0.0%;0.0%",
    "ppm": "#,0",
    "days": "#,0.0",
    "hours": "#,0.0",
    "points": "#,0.0",
    "count": "#,0",
    "lines": "#,0",
}
_OF_TYPE = {"DATE": "yyyy-mm-dd", "TIMESTAMP": "yyyy-mm-dd hh:nn:ss"}


def data_type(mart: str, column: str, duckdb_type: str) -> str:
    """The model's type of a column.

    Raises:
        EcosystemError: Power BI has none for it.
    """
    # Power BI's fixed decimal has four places; the contract's amounts and quantities have at most three.
    if duckdb_type.startswith("DECIMAL"):
        return "decimal"
    if duckdb_type not in DATA_TYPES:
        raise EcosystemError(
            f"Power BI has no type for {mart}.{column} ({duckdb_type}): add one to publishing/power_bi/formats.py."
        )
    return DATA_TYPES[duckdb_type]


def format_string(unit: str, duckdb_type: str = "DOUBLE") -> str:
    """How a number or an instant is shown; empty for what has no fixed unit."""
    if duckdb_type in _OF_TYPE:
        return _OF_TYPE[duckdb_type]
    if duckdb_type in ("VARCHAR", "BOOLEAN"):
        return ""
    if unit.startswith("money"):
        return "#,0.00"
    if unit.startswith("pieces"):
        return "#,0.###"
    return _OF_UNIT.get(unit, "0" if duckdb_type in ("BIGINT", "INTEGER") else "#,0.###")
