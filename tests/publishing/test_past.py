"""Marts of a build of the past are written for readers of publications."""

import json
from datetime import UTC, datetime

import duckdb
import pyarrow.parquet as pq
import pytest

from ecosystem.errors import EcosystemError
from publishing.past import write_past_marts

AS_OF = datetime(2026, 7, 1, 18, tzinfo=UTC)


@pytest.fixture
def warehouse_file(tmp_path):
    file = tmp_path / "20260701T180000Z.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.dim_vendor as select 'erp:1' as vendor_key union all select 'erp:0'")
        connection.execute("create table marts.vendor_month as select 1 as n")
    return file


def test_the_marts_that_are_asked_for_and_there_are_written_and_listed(warehouse_file, tmp_path):
    folder = tmp_path / "known"
    write_past_marts(warehouse_file, "b", AS_OF, ["dim_vendor", "vendor_warning"], folder)
    assert pq.read_table(folder / "dim_vendor.parquet").to_pylist() == [
        {"vendor_key": "erp:0"},
        {"vendor_key": "erp:1"},
    ]
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8")) == {
        "build_id": "b",
        "as_of": "2026-07-01T18:00:00Z",
        "marts": {"dim_vendor": {"file": "dim_vendor.parquet", "rows": 2}},
    }
    assert {file.name for file in folder.iterdir()} == {"dim_vendor.parquet", "manifest.json"}


def test_a_file_that_is_no_warehouse_is_named(tmp_path):
    broken = tmp_path / "broken.duckdb"
    broken.write_text("no database at all", encoding="utf-8")
    with pytest.raises(EcosystemError, match=r"The build of the past .*broken\.duckdb cannot be read"):
        write_past_marts(broken, "b", AS_OF, ["dim_vendor"], tmp_path / "known")
