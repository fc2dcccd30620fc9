"""The committed workbook and data sources are what the models say, and every name in them exists where it points."""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import ElementTree

import pytest
import tableaudocumentapi

from publishing.semantic.pages import PAGES
from publishing.tableau.connections import POSTGRESQL
from publishing.tableau.generate import project_files
from publishing.tableau.workbook import datasource_document, sources
from tests.publishing.tableau.workbook_reader import datasource_faults, formula_faults, root_of, workbook_faults

WORKBOOK = "vendor-ecosystem.twb"


def test_the_committed_files_are_current(contract, committed):
    written = {str(file.relative_to(committed)): file for file in committed.rglob("*") if file.is_file()}
    expected = project_files(contract)
    assert len(expected) >= 50
    assert sorted(written) == sorted(expected), "run python -m publishing.tableau.generate"
    stale = [path for path, text in expected.items() if written[path].read_text(encoding="utf-8") != text]
    assert stale == [], "run python -m publishing.tableau.generate"


def test_every_mart_is_a_data_source_with_every_column(contract, committed):
    for name, table in contract.tables.items():
        root = root_of(str(committed / "datasources" / f"{name}.tds"))
        columns = {one.get("value") for one in root.iter("map")}
        assert {f"[{name}].[{column.name}]" for column in table.columns} <= columns
        assert list(datasource_faults(root, contract)) == []


def test_every_name_in_the_workbook_exists(contract, committed):
    root = root_of(str(committed / WORKBOOK))
    assert len(root.findall("worksheets/worksheet")) > 50
    assert [board.get("name") for board in root.findall("dashboards/dashboard")] == [page.title for page in PAGES]
    assert list(workbook_faults(root, contract)) == []


@pytest.mark.parametrize(
    ("path", "attribute", "right", "wrong", "fault"),
    [
        (".//zone[@name]", "name", ":", ";", "there is no worksheet"),
        (".//zone[@param]", "param", "Vendor", "Vender", "there is no parameter"),
        (".//map[@value='[vendor_month].[month]']", "value", "month]", "moon]", "there is no column"),
        (".//relation[@type='table']", "name", "_", "-", "there is no mart"),
        (".//column-instance", "column", "[", "[x", "without naming it"),
        (".//worksheet//column[@datatype='date']", "hidden", "", "true", "a hidden field is shown"),
        (".//encodings/text", "column", "usr:", "sum:", "a shelf shows"),
        (".//datasources/datasource/column/calculation[@class='tableau']", "formula", '""', "[nothing]", "no field"),
    ],
)
def test_the_check_finds_a_planted_fault(contract, committed, path, attribute, right, wrong, fault):
    root = root_of(str(committed / WORKBOOK))
    found = root.find(path)
    assert right in found.get(attribute, "")
    found.set(attribute, found.get(attribute, "").replace(right, wrong, 1))
    assert any(fault in text for text in workbook_faults(root, contract))


@pytest.mark.parametrize(
    ("formula", "fault"),
    [
        ("SUM([a]", "parentheses"),
        ("IF SUM([a]) > 0 THEN 1", "an IF without its END"),
        ("SUMM([a])", "no function SUMM"),
        ("SUM([b])", "no field b"),
    ],
)
def test_the_check_of_formulas_finds_a_planted_fault(formula, fault):
    assert list(formula_faults("SUM([a])", {"a"})) == []
    assert any(fault in text for text in formula_faults(formula, {"a"}))


def test_an_independent_reader_opens_the_workbook_and_moves_it_to_another_server(committed, tmp_path):
    workbook = tableaudocumentapi.Workbook(str(committed / WORKBOOK))
    assert len(workbook.worksheets) > 50
    assert sorted(workbook.dashboards) == sorted(page.title for page in PAGES)
    connected = [source for source in workbook.datasources if source.connections]
    assert len(connected) > 5
    for source in connected:
        (connection,) = source.connections
        assert (connection.dbclass, connection.dbname, connection.port) == ("postgres", "ecosystem", "5432")
        connection.server, connection.username = "db.example.org", "anna"
    workbook.save_as(str(tmp_path / "moved.twb"))
    moved = tableaudocumentapi.Workbook(str(tmp_path / "moved.twb"))
    servers = {one.server for source in moved.datasources for one in source.connections}
    assert servers == {"db.example.org"}


def test_an_independent_reader_lists_fields_with_captions_and_descriptions(committed):
    source = tableaudocumentapi.Datasource.from_file(str(committed / "datasources" / "vendor_month.tds"))
    by_caption = {field.caption: field for field in source.fields.values()}
    measure = by_caption["On-time delivery, first promise"]
    assert measure.role == "measure"
    assert "otd_first_promise_n" in measure.calculation
    assert "lines in full by the first promise" in measure.description
    assert len(source.fields) > 200


def test_no_user_password_or_local_path_is_in_the_files(committed):
    files = [file.read_text(encoding="utf-8") for file in committed.rglob("*.t*") if file.is_file()]
    assert len(files) >= 50
    for text in files:
        assert set(re.findall(r'\busername="([^"]*)"', text)) <= {""}
        assert not re.search(r"password=|/tmp/|/home/|C:\\", text.replace('"username-password"', ""), re.I)


def test_each_worksheet_that_a_dashboard_shows_is_told_in_words(committed):
    zones = [zone for zone in root_of(str(committed / WORKBOOK)).iter("zone") if zone.get("name")]
    assert len(zones) > 50
    assert all(len(zone.get("alt-text")) > 20 for zone in zones)


def test_a_name_with_markup_is_escaped(contract, tmp_path: Path):
    months = contract.tables["vendor_month"]
    odd = replace(months.columns[0], description='<run onload="x">&amp; "quoted"\n')
    changed = replace(months, columns=(odd, *months.columns[1:]))
    changed_contract = replace(contract, tables={**contract.tables, "vendor_month": changed})
    text = datasource_document(sources(changed_contract)["vendor_month"], POSTGRESQL)
    (tmp_path / "odd.tds").write_text(text, encoding="utf-8")
    tree = ElementTree(file=str(tmp_path / "odd.tds"))
    assert tree.find("column/desc/formatted-text/run").text == odd.description
