"""What packs read: only what the marts have, only the vendor's own rows, only what is shared."""

import shutil

import pytest

from config.sharing import load_sharing
from ecosystem.errors import EcosystemError, UsageError
from ecosystem.paths import Home
from publishing.review_pack.build import build_review_packs
from publishing.review_pack.quarter import Quarter
from publishing.review_pack.reading import open_publication, read_vendors, reviewed_vendors, shared_with_vendors
from publishing.review_pack.reads import DEFINITIONS, READS
from tests.publishing.review_pack.review_world import BUSY, EVERYDAY, HOSTILE, OTHER, QUARTER, SILENT
from tests.publishing.site.small_publication import contracts


@pytest.mark.parametrize("read", [*READS, DEFINITIONS], ids=lambda read: read.mart)
def test_every_column_read_is_in_the_contract_of_its_mart(read) -> None:
    known = {column["name"] for column in contracts()[read.mart]}
    assert known
    assert set(read.columns) <= known
    assert len(set(read.columns)) == len(read.columns)


def test_strategic_vendors_get_a_pack_and_no_others(world: Home) -> None:
    publication = open_publication(world.current)
    assert reviewed_vendors(publication) == tuple(sorted((BUSY, OTHER, SILENT, HOSTILE)))
    assert reviewed_vendors(publication, SILENT) == (SILENT,)
    with pytest.raises(UsageError, match="not strategic"):
        reviewed_vendors(publication, EVERYDAY)
    with pytest.raises(UsageError, match="no vendor 'x'"):
        reviewed_vendors(publication, "x")


def test_a_vendor_has_its_own_rows_only(world: Home) -> None:
    publication = open_publication(world.current)
    rows = read_vendors(publication, Quarter(QUARTER), [BUSY, OTHER, SILENT])
    lines = {key: [row["purchase_order"] for row in found.of("fct_schedule_line")] for key, found in rows.items()}
    assert lines[BUSY] == [f"4540000{item:02}" for item in (1, 2, 3, 4)]
    assert lines[OTHER] == [f"4570000{item:02}" for item in (1, 2, 3, 4)]
    assert lines[SILENT] == []


def test_the_vendors_rows_have_shared_columns_and_no_withheld_rows(world: Home) -> None:
    publication = open_publication(world.current)
    shared = shared_with_vendors(publication)
    every = read_vendors(publication, Quarter(QUARTER), [BUSY])[BUSY]
    own = read_vendors(publication, Quarter(QUARTER), [BUSY], shared)[BUSY]
    settings = load_sharing().own_rows
    assert own.columns
    for mart, columns in own.columns.items():
        assert columns <= set(settings[mart].columns)
        assert all(set(row) == columns for row in own.of(mart))
    assert set(every.columns) - set(own.columns) == {"alert_opening", "restatement"}
    pillars = {row["pillar"] for row in own.of("vendor_quarter_kpi")}
    assert pillars == {"delivery", "quality", "innovation"}
    assert {row["pillar"] for row in every.of("vendor_quarter_kpi")} == pillars | {"cost", "relationship"}
    assert own.withholds("vendor_quarter_kpi", "pillar", "cost")
    assert not every.withholds("vendor_quarter_kpi", "pillar", "cost")


def test_without_a_publication_the_error_says_what_to_do(tmp_path) -> None:
    with pytest.raises(EcosystemError, match="ecosystem publish"):
        build_review_packs(Home(tmp_path / "var"))


def test_a_running_quarter_is_refused_before_anything_is_written(world: Home) -> None:
    with pytest.raises(UsageError, match="is running"):
        build_review_packs(world, "2026-Q3")
    assert not (world.published / "review_packs").exists()


def test_a_missing_library_is_named_with_its_debian_packages(world: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    real = builtins.__import__

    def without_pango(name, *rest, **more):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'\nAdditionally ...")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    with pytest.raises(UsageError, match=r"libpango-1\.0-0'\).*libpangoft2-1\.0-0 libharfbuzz-subset0"):
        build_review_packs(world)
    assert shutil.which("pdftotext"), "the tests of this package read PDF with poppler-utils"
