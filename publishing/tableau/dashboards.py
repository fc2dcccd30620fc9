"""Dashboards: the pages, each a grid of worksheets."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement

from publishing.semantic.pages import GRID_COLUMNS, GRID_ROWS, Page, Shape, Visual
from publishing.tableau.views import VENDOR_PARAMETER, simple_id
from publishing.tableau.worksheets import VENDOR_PAGE, title

WIDTH, HEIGHT = 1280, 720
# Zones are placed in hundred-thousandths of the dashboard, whatever its size.
WHOLE, HEADING = 100_000, 8_000


def is_placed(page: Page, visual: Visual) -> bool:
    """Whether Tableau shows the visual: of slicers only the vendor's, which is a parameter."""
    return visual.shape is not Shape.SLICER or page.name == VENDOR_PAGE


def dashboard(page: Page, alternative_texts: Mapping[str, str]) -> Element:
    """The dashboard of a page; ``alternative_texts`` are by worksheet."""
    root = Element("dashboard", name=page.title)
    SubElement(root, "style")
    size = {"maxheight": HEIGHT, "maxwidth": WIDTH, "minheight": HEIGHT, "minwidth": WIDTH}
    SubElement(root, "size", {name: str(value) for name, value in size.items()})
    zones = SubElement(root, "zones")
    whole = _zone(zones, 1, (0, 0, WHOLE, WHOLE), {"type-v2": "layout-basic"})
    text = SubElement(_zone(whole, 2, (0, 0, WHOLE, HEADING), {"type-v2": "text"}), "formatted-text")
    SubElement(text, "run", bold="true", fontsize="18").text = f"{page.title}   "
    SubElement(text, "run", fontsize="12").text = page.question
    for number, visual in enumerate((one for one in page.visuals if is_placed(page, one)), start=3):
        if visual.shape is Shape.SLICER:
            about = {"param": VENDOR_PARAMETER, "type-v2": "paramctrl"}
        else:
            name = title(page, visual)
            about = {"name": name, "alt-text": alternative_texts[name]}
        _zone(whole, number, _box(visual.place), about)
    SubElement(root, "simple-id", uuid=simple_id("dashboard", page.name))
    return root


def _zone(parent: Element, number: int, box: tuple[int, int, int, int], about: Mapping[str, str]) -> Element:
    x, y, width, height = (str(value) for value in box)
    return SubElement(parent, "zone", {"h": height, "id": str(number), "w": width, "x": x, "y": y, **about})


def _box(place: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    column, row, width, height = place
    cell_width, cell_height = WHOLE // GRID_COLUMNS, (WHOLE - HEADING) // GRID_ROWS
    return column * cell_width, HEADING + row * cell_height, width * cell_width, height * cell_height
