"""The committed project is what the models say, and holds together: every name in it exists where it points."""

import json
import re
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from ecosystem.errors import EcosystemError, UsageError
from ecosystem.paths import Home
from publishing.postgres.publish import publish_to_postgres
from publishing.postgres.roles import set_up
from publishing.power_bi.generate import project_files, write_project
from publishing.semantic.pages import PAGES
from tests.postgres_server import running_postgres
from tests.publishing.power_bi.model_reader import (
    MODEL,
    dax_faults,
    fields_of,
    model_faults,
    read_model,
    report_faults,
    source_faults,
    visuals,
)
from tests.publishing.semantic.sample_publication import BUILD_ID, write_sample


def test_the_committed_project_is_current(contract, sharing, committed):
    written = {str(file.relative_to(committed)): file for file in committed.rglob("*") if file.is_file()}
    expected = project_files(contract, sharing)
    assert len(expected) > 100
    assert sorted(written) == sorted(expected), "run python -m publishing.power_bi.generate"
    stale = [path for path, text in expected.items() if written[path].read_text(encoding="utf-8") != text]
    assert stale == [], "run python -m publishing.power_bi.generate"


def test_writing_again_gives_the_same_bytes_and_leaves_nothing_old(contract, sharing, committed, tmp_path):
    write_project(contract, sharing, tmp_path / "p")
    (tmp_path / "p" / "old.json").write_text("{}")
    assert write_project(contract, sharing, tmp_path / "p") == len(project_files(contract, sharing))
    assert not (tmp_path / "p" / "old.json").exists()


def test_a_folder_that_holds_something_else_is_left_alone(contract, sharing, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds something else"):
        write_project(contract, sharing, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_every_mart_and_column_is_in_the_model(contract, committed):
    model = read_model(committed)
    assert sum(len(table.columns) for table in contract.tables.values()) > 900
    for name, table in contract.tables.items():
        assert set(model[name].columns.values()) == {column.name for column in table.columns}


def test_every_measure_reads_columns_that_exist(committed):
    tables = read_model(committed)
    assert sum(len(table.measures) for table in tables.values()) > 150
    assert list(model_faults(tables)) == []


@pytest.mark.parametrize(
    ("dax", "fault"),
    [
        ("SUMX('vendor_month', 'vendor_month'[otd_frist])", "no column vendor_month[otd_frist]"),
        ("SUMX('vendor_moon', 1)", "no table vendor_moon"),
        ("SUMX('vendor_month', 1", "parentheses"),
        ("SUMMX('vendor_month', 1)", "no function SUMMX"),
        ("SUMX('vendor_month', [otd_first_promise])", "without its table"),
        ("", "no formula"),
    ],
)
def test_the_check_of_measures_finds_a_planted_fault(committed, dax, fault):
    assert any(fault in found for found in dax_faults(dax, read_model(committed)))


def test_every_visual_shows_fields_of_the_model(committed):
    shown = [field for _, visual in visuals(committed) for field in fields_of(visual)]
    assert len(shown) > 150
    assert list(report_faults(committed, read_model(committed))) == []


def test_the_check_of_visuals_finds_a_planted_fault(project):
    file = next(file for file in project.rglob("visual.json") if "SLA attainment" in file.read_text())
    file.write_text(file.read_text().replace('"Property": "SLA attainment"', '"Property": "SLA attainmant"'))
    assert any("SLA attainmant" in fault for fault in report_faults(project, read_model(project)))


def test_each_page_has_a_title_and_visuals_that_do_not_overlap(committed):
    by_page: dict[str, list[dict]] = {}
    for page, visual in visuals(committed):
        by_page.setdefault(page, []).append(visual)
    assert set(by_page) == {page.name for page in PAGES}
    for page, shown in by_page.items():
        boxes = [visual["position"] for visual in shown]
        assert [box["tabOrder"] for box in sorted(boxes, key=lambda box: box["tabOrder"])] == list(range(len(boxes)))
        for number, one in enumerate(boxes):
            assert 0 <= one["x"] <= 1280 - one["width"], page
            assert 0 <= one["y"] <= 720 - one["height"], page
            assert not any(_overlap(one, other) for other in boxes[number + 1 :]), page


def _overlap(one: dict, other: dict) -> bool:
    beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
    above = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
    return not (beside or above)


def test_each_visual_says_in_words_what_it_shows(committed):
    told = [
        visual["visual"]["visualContainerObjects"]["general"][0]["properties"]["altText"]
        for _, visual in visuals(committed)
        if visual["visual"]["visualType"] != "textbox"
    ]
    assert len(told) > 50
    assert all(len(text["expr"]["Literal"]["Value"]) > 20 for text in told)


def test_a_share_is_never_averaged_and_nothing_is_summed_by_itself(committed):
    text = "".join(file.read_text(encoding="utf-8") for file in (committed / MODEL).rglob("*.tmdl"))
    assert text.count("summarizeBy: none") == text.count("\tcolumn ")
    assert "AVERAGE" not in text
    assert "discourageImplicitMeasures" in text


def test_every_source_column_exists_in_postgresql(contract, committed, tmp_path):
    """As the publisher makes the tables, from a publication with every mart."""
    tables = read_model(committed)
    home = Home(tmp_path / "var")
    write_sample(contract, home.published / "builds" / BUILD_ID)
    home.current.symlink_to(f"builds/{BUILD_ID}")
    with running_postgres("bi") as server:
        url = f"host={server.folder} port={server.port} user=bi dbname=postgres"
        publisher = url.replace("user=bi", "user=publisher")
        set_up(url, publisher)
        publish_to_postgres(home, publisher)
        with psycopg.connect(url) as connection:
            rows = connection.execute(
                "select table_name, column_name from information_schema.columns where table_schema = 'marts'"
            ).fetchall()
    database: dict[str, set[str]] = {}
    for table, column in rows:
        database.setdefault(table, set()).add(column)
    assert len(rows) > 900
    assert list(source_faults(tables, database)) == []
    database["vendor_month"].remove("month")
    assert list(source_faults(tables, database)) == ["PostgreSQL has no vendor_month.month"]


def test_one_active_way_leads_from_each_dimension_to_a_fact(committed):
    text = (committed / MODEL / "relationships.tmdl").read_text(encoding="utf-8")
    blocks = [block for block in text.split("\n\n") if block.strip()]
    assert len(blocks) > 80
    active: list[tuple[str, str]] = []
    for block in blocks:
        table = re.search(r"fromColumn: (\w+)\.", block).group(1)
        target = re.search(r"toColumn: (\w+)\.", block).group(1)
        if "isActive: false" not in block:
            active.append((table, target))
            assert target.startswith("dim_")
    assert len(active) == len(set(active))
    assert ("vendor_month", "dim_calendar") in active
    assert ("vendor_month", "dim_vendor") in active


def test_ids_are_unique(committed):
    text = "".join(file.read_text(encoding="utf-8") for file in (committed / MODEL).rglob("*.tmdl"))
    tags = re.findall(r"lineageTag: (\S+)", text)
    assert len(tags) > 1000
    assert len(set(tags)) == len(tags)
    names = [visual["name"] for _, visual in visuals(committed)]
    assert len(set(names)) == len(names) > 60


def test_a_mart_with_dates_must_say_which_one_it_is_looked_at_by(contract, sharing):
    renamed = replace(contract.tables["vendor_month"], name="new_mart")
    changed = replace(contract, tables={**contract.tables, "new_mart": renamed})
    with pytest.raises(EcosystemError, match="by which date new_mart"):
        project_files(changed, sharing)


def test_no_password_server_or_local_path_is_in_the_project(committed):
    text = "".join(file.read_text(encoding="utf-8") for file in committed.rglob("*") if file.is_file())
    assert '"localhost"' in text
    assert not re.search(r"password|pwd=|/tmp/|/home/|C:\\\\", text, re.I)


def test_the_report_points_at_the_model_beside_it(committed: Path):
    pbir = committed / "VendorEcosystem.Report" / "definition.pbir"
    path = json.loads(pbir.read_text())["datasetReference"]["byPath"]["path"]
    assert (pbir.parent / path / "definition.pbism").is_file()
