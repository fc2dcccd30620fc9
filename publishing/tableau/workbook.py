"""The workbook: data sources, worksheets, dashboards, and the windows they open in."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from publishing.semantic.contract import Contract
from publishing.semantic.measures import measures
from publishing.semantic.pages import PAGES, Page, Shape, Visual
from publishing.tableau.connections import Connection
from publishing.tableau.dashboards import dashboard, is_placed
from publishing.tableau.datasource import VERSION, Source, element, source
from publishing.tableau.views import USER, parameter, simple_id
from publishing.tableau.worksheets import source_of, title, worksheet

# The version of Tableau whose format this is, 2026.1, and a build of it.
FORMAT = "26.1"
BUILD = "2026.1.0 (20261.26.0101.0000)"


def sources(contract: Contract) -> Mapping[str, Source]:
    """A data source for each mart, by its name."""
    made = measures(contract)
    return {name: source(contract, table, made) for name, table in contract.tables.items()}


def datasource_document(one: Source, connection: Connection) -> str:
    """A ``.tds`` file."""
    root = element(one, connection)
    root.set("formatted-name", one.name)
    del root.attrib["caption"], root.attrib["name"]
    root.insert(0, _manifest())
    return _document(root)


def workbook_document(contract: Contract, connection: Connection) -> str:
    """A ``.twb`` file.

    Raises:
        EcosystemError: a page shows a field that its mart lacks.
    """
    known = sources(contract)
    placed = [
        (page, visual, source_of(visual, known))
        for page in PAGES
        for visual in page.visuals
        if is_placed(page, visual) and visual.shape is not Shape.SLICER
    ]
    root = Element("workbook", {"original-version": FORMAT, "source-build": BUILD, "version": FORMAT})
    root.append(_manifest())
    listed = SubElement(root, "datasources")
    parameters = SubElement(
        listed, "datasource", hasconnection="false", inline="true", name="Parameters", version=VERSION
    )
    SubElement(parameters, "aliases", enabled="yes")
    parameters.append(parameter())
    used = {one.table.name for _, _, one in placed}
    for name in sorted(used):
        listed.append(element(known[name], connection))
    sheets = SubElement(root, "worksheets")
    for page, visual, one in placed:
        sheets.append(worksheet(page, visual, one))
    boards = SubElement(root, "dashboards")
    texts = {title(page, visual): _alternative_text(visual, one) for page, visual, one in placed}
    for page in PAGES:
        boards.append(dashboard(page, texts))
    _windows(root, [(page, visual) for page, visual, _ in placed])
    return _document(root)


def _manifest() -> Element:
    made = Element("document-format-change-manifest")
    SubElement(made, "ManifestByVersion")
    return made


def _alternative_text(visual: Visual, one: Source) -> str:
    if visual.shape is Shape.TILE:
        return f"{visual.title}, with its count and bounds. {one.by_caption[visual.values[0]].description}"
    return f"{visual.title}. Shows {', '.join(visual.values)}{f' by {visual.by}' if visual.by else ''}."


def _windows(root: Element, placed: list[tuple[Page, Visual]]) -> None:
    windows = SubElement(root, "windows")
    for number, page in enumerate(PAGES):
        first = {"maximized": "true"} if number == 0 else {}
        window = SubElement(windows, "window", {"class": "dashboard", **first, "name": page.title})
        viewpoints = SubElement(window, "viewpoints")
        for on_page, visual in placed:
            if on_page is page:
                SubElement(viewpoints, "viewpoint", name=title(page, visual))
        SubElement(window, "active", id="-1")
        SubElement(window, "simple-id", uuid=simple_id("window", page.name))
    for page, visual in placed:
        window = SubElement(windows, "window", {"class": "worksheet", "hidden": "true", "name": title(page, visual)})
        SubElement(window, "cards")
        SubElement(window, "simple-id", uuid=simple_id("window", title(page, visual)))


def _document(root: Element) -> str:
    register_namespace("user", USER)
    indent(root, "  ")
    return f"<?xml version='1.0' encoding='utf-8' ?>\n{tostring(root, encoding='unicode')}\n"
