"""A vendor's ZIP file holds its own shared rows, whole, and nothing of others."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from config.sharing import FILE_NAME, load_sharing
from config.yaml_file import config_folder
from ecosystem.errors import EcosystemError
from ecosystem.paths import Home
from publishing.shared_views import shared_views, vendor_queries
from publishing.vendor_files import write_vendor_files
from publishing.vendor_folder import vendor_folder
from tests.publishing.site.small_publication import VENDORS, a_company, write_publication


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "var")
    write_publication(home, a_company())
    return home


@pytest.fixture
def files_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets which vendors get files, beside the protocol that is committed."""

    def choose(vendors: str) -> None:
        protocol = yaml.safe_load((config_folder() / FILE_NAME).read_text(encoding="utf-8"))
        folder = tmp_path / f"config_{vendors}"
        folder.mkdir()
        (folder / FILE_NAME).write_text(yaml.safe_dump(protocol | {"files_for": vendors}), encoding="utf-8")
        monkeypatch.setenv("ECOSYSTEM_CONFIG", str(folder))

    return choose


def unpacked(home: Home, vendor_key: str) -> dict[str, bytes]:
    with zipfile.ZipFile(home.vendor_files / f"{vendor_folder(vendor_key)}.zip") as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_each_file_holds_exactly_what_the_vendor_may_see(home: Home, files_for):
    files_for("all")
    report = write_vendor_files(home)
    assert (report.vendors, report.written, report.removed) == (len(VENDORS), len(VENDORS), 0)
    seen = 0
    with shared_views(home.current.resolve(), load_sharing()) as (connection, sharing):
        for vendor_key in VENDORS:
            parts = unpacked(home, vendor_key)
            queries = vendor_queries(sharing, vendor_key)
            assert set(parts) == {"manifest.json", *(f"{name}.parquet" for name in queries)}
            for name, query in queries.items():
                expected = connection.execute(f"select * from ({query}) order by all").to_arrow_table()
                assert pq.read_table(io.BytesIO(parts[f"{name}.parquet"])).to_pylist() == expected.to_pylist()
                seen += expected.num_rows
            others = [other for other in VENDORS if other != vendor_key]
            told = repr([pq.read_table(io.BytesIO(parts[f"{name}.parquet"])).to_pylist() for name in queries])
            assert vendor_key in told
            assert [other for other in others if other in told + parts["manifest.json"].decode()] == []
    assert seen > 100


def test_the_manifest_has_a_checksum_and_a_description_of_everything(home: Home, files_for):
    files_for("all")
    write_vendor_files(home)
    parts = unpacked(home, VENDORS[0])
    manifest = json.loads(parts["manifest.json"])
    assert manifest["vendor_key"] == VENDORS[0]
    assert len(manifest["marts"]) == len(parts) - 1
    for mart in manifest["marts"].values():
        content = parts[mart["file"]]
        assert mart["sha256"] == hashlib.sha256(content).hexdigest()
        table = pq.read_table(io.BytesIO(content))
        assert (mart["rows"], [column["name"] for column in mart["columns"]]) == (table.num_rows, table.schema.names)
    described = {column["name"]: column for column in manifest["marts"]["vendor_month"]["columns"]}
    assert "first promise" in described["otd_first_promise"]["description"]
    assert described["otd_first_promise"]["unit"] == "share"


def test_only_the_files_whose_rows_changed_are_written_again(home: Home, files_for):
    files_for("all")
    write_vendor_files(home)
    before = {file.name: file.stat().st_mtime_ns for file in home.vendor_files.iterdir()}
    again = write_vendor_files(home)
    assert (again.written, again.removed) == (0, 0)

    rows = a_company()
    changed = next(row for row in rows["fct_schedule_line"] if row["vendor_key"] == VENDORS[0])
    changed["material_text"] = "changed"
    write_publication(home, rows, "20260704T180000Z-0123456789ab")
    assert write_vendor_files(home).written == 1
    after = {file.name: file.stat().st_mtime_ns for file in home.vendor_files.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {f"{vendor_folder(VENDORS[0])}.zip"}


def test_files_of_vendors_that_are_meant_no_more_and_unfinished_ones_go(home: Home, files_for):
    files_for("all")
    write_vendor_files(home)
    (home.vendor_files / ".unfinished-x.zip").write_bytes(b"half")
    strategic = {row["vendor_key"] for row in a_company()["dim_vendor"] if row.get("is_strategic")}
    assert 0 < len(strategic) < len(VENDORS)
    files_for("strategic")
    assert write_vendor_files(home).removed == len(VENDORS) - len(strategic) + 1
    assert {file.name for file in home.vendor_files.iterdir()} == {f"{vendor_folder(one)}.zip" for one in strategic}
    files_for("none")
    assert write_vendor_files(home).removed == len(strategic)
    assert list(home.vendor_files.iterdir()) == []


def test_without_a_publication_there_is_nothing_to_share(tmp_path: Path):
    with pytest.raises(EcosystemError, match="Nothing is published"):
        write_vendor_files(Home(tmp_path / "empty"))
