"""A data source in Tableau's XML: one mart, with its vendor's columns beside it where its rows belong to vendors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from publishing.hyper import SCHEMA
from publishing.semantic.contract import Contract, Table
from publishing.semantic.identity import stable_id
from publishing.semantic.measures import Measure
from publishing.tableau.connections import Connection
from publishing.tableau.fields import VENDOR_KEY, VENDORS, Field, fields

VERSION = "18.1"


@dataclass(frozen=True)
class Source:
    """A data source: the mart it reads and its fields by the name that ``semantic.pages`` calls them."""

    table: Table
    vendors: Table | None
    fields: tuple[Field, ...]

    @property
    def name(self) -> str:
        """The name that worksheets refer to."""
        return f"federated.{stable_id('datasource', self.table.name).hex[:28]}"

    @property
    def by_caption(self) -> Mapping[str, Field]:
        """Measures by their name."""
        return {field.caption: field for field in self.fields if field.is_measure}

    @property
    def by_column(self) -> Mapping[tuple[str, str], Field]:
        """Columns by mart and name."""
        return {(field.table, field.column): field for field in self.fields if not field.is_measure}


def source(contract: Contract, table: Table, measures: Sequence[Measure]) -> Source:
    """The data source of a mart."""
    belongs = any(one.mart == VENDORS and one.column == VENDOR_KEY for one in table.references)
    vendors = contract.table(VENDORS) if belongs else None
    own = [measure for measure in measures if measure.table == table.name]
    return Source(table, vendors, fields(table, vendors, own))


def element(one: Source, connection: Connection) -> Element:
    """The data source as XML."""
    root = Element("datasource", caption=one.table.name, inline="true", name=one.name, version=VERSION)
    _connect(root, one, connection)
    SubElement(root, "aliases", enabled="yes")
    for field in one.fields:
        root.append(column(field))
    folders = sorted({field.folder for field in one.fields if field.folder})
    if folders:
        common = SubElement(root, "folders-common")
        for name in folders:
            folder = SubElement(common, "folder", name=name)
            for field in one.fields:
                if field.folder == name:
                    SubElement(folder, "folder-item", name=f"[{field.name}]", type="field")
    return root


def column(field: Field, is_described: bool = True) -> Element:
    """A field as XML; worksheets repeat the fields they use, without the descriptions."""
    about = {
        "caption": field.caption,
        "datatype": field.datatype,
        **({"default-format": field.format} if field.format else {}),
        **({"hidden": "true"} if field.is_hidden else {}),
        "name": f"[{field.name}]",
        "role": "measure" if field.is_measure else "dimension",
        "type": field.kind,
    }
    made = Element("column", about)
    if field.is_measure:
        SubElement(made, "calculation", {"class": "tableau", "formula": field.formula})
    if field.description and is_described:
        text = SubElement(SubElement(made, "desc"), "formatted-text")
        SubElement(text, "run").text = field.description
    return made


def _connect(root: Element, one: Source, connection: Connection) -> None:
    federated = SubElement(root, "connection", {"class": "federated"})
    named = SubElement(SubElement(federated, "named-connections"), "named-connection")
    named.set("caption", connection.caption)
    named.set("name", connection.name)
    SubElement(named, "connection", dict(connection.settings))
    if one.vendors is None:
        _relation(federated, one.table, connection)
    else:
        # Many rows to one vendor, which has one row: the join repeats and loses nothing.
        joined = SubElement(federated, "relation", join="left", type="join")
        equal = SubElement(SubElement(joined, "clause", type="join"), "expression", op="=")
        SubElement(equal, "expression", op=f"[{one.table.name}].[{VENDOR_KEY}]")
        SubElement(equal, "expression", op=f"[{VENDORS}].[{VENDOR_KEY}]")
        _relation(joined, one.table, connection)
        _relation(joined, one.vendors, connection)
    columns = SubElement(federated, "cols")
    for field in one.fields:
        if not field.is_measure:
            SubElement(columns, "map", key=f"[{field.name}]", value=f"[{field.table}].[{field.column}]")


def _relation(parent: Element, table: Table, connection: Connection) -> None:
    about = {"connection": connection.name, "name": table.name, "table": f"[{SCHEMA}].[{table.name}]", "type": "table"}
    SubElement(parent, "relation", about)
