"""From the warehouse file to its readers: Parquet files, a DuckDB file and the manifest that describes them."""
