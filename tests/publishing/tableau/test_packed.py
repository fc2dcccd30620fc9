"""The packed workbook and data source hold the publication, and an independent reader opens them."""

import zipfile

import pytest
import tableaudocumentapi

from publishing.hyper import FILE_NAME
from publishing.tableau.generate import write_packed


@pytest.fixture(scope="module")
def packed(contract, manifest, publication, tmp_path_factory):
    return write_packed(contract, manifest, publication, tmp_path_factory.mktemp("packed"))


def test_each_package_holds_its_document_and_the_same_extract(packed):
    hyper, workbook, months = packed
    for file, document in ((workbook, "vendor-ecosystem.twb"), (months, "vendor_month.tds")):
        with zipfile.ZipFile(file) as package:
            assert package.namelist() == [document, f"Data/{FILE_NAME}"]
            assert package.read(f"Data/{FILE_NAME}") == hyper.read_bytes()
            assert {entry.date_time for entry in package.infolist()} == {(2026, 6, 1, 18, 0, 0)}


def test_an_independent_reader_opens_the_packed_workbook(packed):
    workbook = tableaudocumentapi.Workbook(str(packed[1]))
    connections = [one for source in workbook.datasources for one in source.connections]
    assert len(connections) > 5
    assert {(one.dbclass, one.dbname) for one in connections} == {("hyper", f"Data/{FILE_NAME}")}
    assert len(workbook.worksheets) > 50


def test_an_independent_reader_opens_the_packed_data_source(packed):
    source = tableaudocumentapi.Datasource.from_file(str(packed[2]))
    assert source.connections[0].dbclass == "hyper"
    assert "On-time delivery, first promise" in {field.caption for field in source.fields.values()}
