"""Workbook and data sources are valid by Tableau's own XSD, but for what Tableau's validator drops as well."""

import os
from pathlib import Path

import pytest
from lxml import etree

pytestmark = pytest.mark.reference_data

# The schema imports both without saying where they are.
STUBS = {
    "http://www.tableausoftware.com/xml/user": (
        '<xs:attributeGroup name="UserAttributes-AG"><xs:anyAttribute processContents="skip"/></xs:attributeGroup>'
    ),
    "http://www.w3.org/XML/1998/namespace": "".join(
        f'<xs:attribute name="{name}" type="xs:string"/>' for name in ("base", "lang", "space")
    ),
}
# A known gap of the schema: it asks for an element that Tableau writes only where the feature is in use.
KNOWN_GAP = "Element 'workbook': Missing child element(s)"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    folder = tmp_path_factory.mktemp("xsd")
    text = (Path(os.environ["REFERENCE_DATA"]) / "tableau" / "twb_2026.1.0.xsd").read_text(encoding="utf-8")
    for number, (namespace, content) in enumerate(STUBS.items()):
        stub = folder / f"stub{number}.xsd"
        head = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{namespace}">'
        stub.write_text(f"{head}{content}</xs:schema>", encoding="utf-8")
        plain = f'<xs:import namespace="{namespace}"/>'
        assert plain in text
        text = text.replace(plain, f'<xs:import namespace="{namespace}" schemaLocation="{stub}"/>')
    # A data source in a file of its own has the same type as one in a workbook.
    text = text.replace("</xs:schema>", '<xs:element name="datasource" type="DataSource-CT"/></xs:schema>')
    (folder / "tableau.xsd").write_text(text, encoding="utf-8")
    return etree.XMLSchema(etree.parse(str(folder / "tableau.xsd")))


def faults(schema: etree.XMLSchema, document: etree._ElementTree) -> list[str]:
    schema.validate(document)
    found = [error.message for error in schema.error_log]
    return [fault for fault in found if not (fault.startswith(KNOWN_GAP) and "explain-data" in fault)]


def test_the_workbook_is_valid(schema, committed):
    document = etree.parse(str(committed / "vendor-ecosystem.twb"))
    assert len(document.findall("worksheets/worksheet")) > 50
    assert faults(schema, document) == []


def test_every_data_source_is_valid(schema, committed):
    files = sorted((committed / "datasources").glob("*.tds"))
    assert len(files) >= 49
    for file in files:
        assert faults(schema, etree.parse(str(file))) == [], file.name


@pytest.mark.parametrize(
    ("path", "attribute", "wrong"),
    [
        (".//mark", "class", "Lines"),
        (".//zone", "x", "left"),
        (".//column", "datatype", None),
        (".//simple-id", "uuid", "x"),
    ],
)
def test_a_planted_fault_is_found(schema, committed, path, attribute, wrong):
    document = etree.parse(str(committed / "vendor-ecosystem.twb"))
    found = document.find(path)
    if wrong is None:
        del found.attrib[attribute]
    else:
        found.set(attribute, wrong)
    assert faults(schema, document) != []


def test_a_misordered_element_is_found(schema, committed):
    document = etree.parse(str(committed / "vendor-ecosystem.twb"))
    sheet = document.find("worksheets/worksheet")
    sheet.insert(0, sheet.find("simple-id"))
    assert faults(schema, document) != []
