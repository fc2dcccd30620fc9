"""What readers see: whole publications of builds that passed the gate, and nothing else."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ecosystem.errors import EcosystemError, GateBlocked
from ecosystem.paths import Home
from publishing.publish import publish

# In the header of a DuckDB file: eight bytes of checksum, "DUCK", then the storage version. 64 is what v1.0.0 writes
# and all 1.x read.
STORAGE_VERSION_AT = 12
STORAGE_VERSION_1_0 = 64


def contents(folder: Path) -> dict[str, str]:
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.resolve().iterdir()}
    assert files
    return files


def manifest(home: Home) -> dict:
    return json.loads((home.current / "manifest.json").read_text(encoding="utf-8"))


def test_readers_get_parquet_a_duckdb_file_and_a_manifest(home: Home, make_build: Callable[..., str]) -> None:
    build_id = make_build()
    publication = publish(home)
    assert (publication.build_id, publication.reused) == (build_id, False)
    assert publication.marts == {"dim_vendor": 7, "fct_line": 1000}
    assert home.current.resolve() == publication.folder.resolve()
    assert sorted(contents(home.current)) == [
        "dim_vendor.parquet",
        "ecosystem.duckdb",
        "fct_line.parquet",
        "manifest.json",
    ]

    described = manifest(home)
    assert (described["build_id"], described["as_of"]) == (build_id, "2026-06-01T18:00:00Z")
    assert described["gate"] == {"passed": True, "checks": 1, "warnings": []}
    known = {"definition": "", "is_required": False}
    assert described["marts"]["fct_line"]["columns"][:2] == [
        {"name": "vendor_key", "type": "VARCHAR", "description": "Vendor.", **known, "unit": "key"},
        {"name": "amount", "type": "DECIMAL(18,3)", "description": "", **known, "unit": ""},
    ]
    for mart in described["marts"].values():
        assert mart["sha256"] == contents(home.current)[mart["file"]]
    assert described["duckdb"]["sha256"] == contents(home.current)["ecosystem.duckdb"]

    with duckdb.connect(str(home.warehouse_file), read_only=True) as warehouse:
        expected = warehouse.sql("select * from marts.fct_line order by all").fetchall()
    with duckdb.connect(str(home.current / "ecosystem.duckdb"), read_only=True) as published:
        assert published.sql("select * from fct_line order by all").fetchall() == expected
        comments = published.sql("select comment from duckdb_tables() where table_name = 'fct_line'").fetchall()
    assert comments == [("What's in fct_line.",)]
    table = pq.read_table(home.current / "fct_line.parquet")
    assert table.schema.field("amount").type == pa.decimal128(18, 3)
    assert table.schema.field("due").type == pa.date32()
    assert [tuple(row.values()) for row in table.to_pylist()] == expected


def test_duckdb_1_can_open_the_file(home: Home, make_build: Callable[..., str]) -> None:
    make_build()
    publish(home)
    header = (home.current / "ecosystem.duckdb").read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[STORAGE_VERSION_AT:20], "little") == STORAGE_VERSION_1_0


def test_the_same_build_gives_the_same_parquet_bytes(
    home: Home, make_build: Callable[..., str], tmp_path: Path
) -> None:
    make_build(order="asc")
    first = contents(publish(home).folder)
    home.published.rename(tmp_path / "earlier")
    make_build(order="desc")
    second = contents(publish(home).folder)
    for name in ("dim_vendor.parquet", "fct_line.parquet"):
        assert first[name] == second[name]


def test_publishing_a_build_again_writes_nothing(home: Home, make_build: Callable[..., str]) -> None:
    make_build()
    folder = publish(home).folder
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}
    assert publish(home).reused
    assert {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()} == before


def test_a_blocked_build_leaves_the_former_publication_byte_identical(
    home: Home, make_build: Callable[..., str]
) -> None:
    make_build(day=1)
    publish(home)
    before, target = contents(home.current), home.current.readlink()
    make_build(day=2, passed=False)
    with pytest.raises(GateBlocked, match=r"fct_line: a rule does not hold\."):
        publish(home)
    assert (contents(home.current), home.current.readlink()) == (before, target)
    assert len(list((home.published / "builds").iterdir())) == 1


def test_a_build_that_the_gate_has_not_seen_is_not_published(home: Home, make_build: Callable[..., str]) -> None:
    build_id = make_build()
    (home.gate_dir / f"{build_id}.json").unlink()
    with pytest.raises(EcosystemError, match=f"has not seen build {build_id}"):
        publish(home)
    assert not home.current.exists()


@pytest.mark.parametrize(
    "sql", ["update control.build set is_complete = false", "delete from control.build", "drop table control.build"]
)
def test_an_incomplete_build_is_not_published(home: Home, make_build: Callable[..., str], sql: str) -> None:
    make_build()
    with duckdb.connect(str(home.warehouse_file)) as connection:
        connection.execute(sql)
    with pytest.raises(EcosystemError, match="no complete build"):
        publish(home)
    assert not home.current.exists()


def test_marts_of_a_stale_feed_are_published_with_a_mark(home: Home, make_build: Callable[..., str]) -> None:
    make_build(day=1, stale=("account",))
    assert publish(home).stale_marts == ("dim_vendor",)
    assert manifest(home)["marts"]["dim_vendor"]["stale_feeds"] == ["crm_1.account"]
    assert (
        manifest(home)["marts"]["fct_line"] | {"is_stale": False, "stale_feeds": []}
        == manifest(home)["marts"]["fct_line"]
    )
    # a child (order_item) is as stale as the feed it lands with, for every mart behind it
    make_build(day=2, stale=("order",))
    assert publish(home).stale_marts == ("dim_vendor", "fct_line")


def test_the_last_three_publications_are_kept(home: Home, make_build: Callable[..., str]) -> None:
    builds = [make_build(day=day) for day in (1,)]
    publish(home)
    for day in (2, 3, 4, 5):
        builds.append(make_build(day=day))
        publish(home)
    kept = sorted(path.name for path in (home.published / "builds").iterdir())
    assert kept == builds[-3:]
    assert home.current.resolve().name == builds[-1]


def test_going_back_to_an_earlier_build_keeps_it(home: Home, make_build: Callable[..., str]) -> None:
    for day in (1, 2, 3):
        make_build(day=day)
        publish(home)
    first = make_build(day=1)
    assert publish(home).reused
    make_build(day=4)
    publish(home)
    make_build(day=1)
    publish(home)
    assert home.current.resolve().name == first


def test_what_an_interrupted_publish_left_is_removed(home: Home, make_build: Callable[..., str]) -> None:
    build_id = make_build()
    left = home.published / "builds" / f".unfinished-{build_id}"
    left.mkdir(parents=True)
    (left / "fct_line.parquet").write_bytes(b"half")
    publish(home)
    assert [path.name for path in (home.published / "builds").iterdir()] == [build_id]


def test_the_manifest_says_what_identifies_a_row_and_which_rows_it_names(
    home: Home, make_build: Callable[..., str]
) -> None:
    make_build()
    publish(home)
    described = manifest(home)["marts"]
    assert (described["dim_vendor"]["primary_key"], described["dim_vendor"]["references"]) == (["vendor_key"], [])
    assert described["fct_line"]["references"] == [
        {"column": "vendor_key", "mart": "dim_vendor", "field": "vendor_key"}
    ]
    assert described["fct_line"]["area"] == "area"
