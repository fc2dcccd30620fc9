"""Worksheets: one for each visual of a page."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement

from ecosystem.errors import EcosystemError
from publishing.semantic.dates import CALENDAR, DATE_OF_TABLE
from publishing.semantic.pages import Page, Shape, Visual
from publishing.tableau.datasource import Source
from publishing.tableau.views import Shown, simple_id, view

VENDOR_PAGE = "vendor"
_MARKS = {
    Shape.LINE: "Line",
    Shape.COLUMNS: "Bar",
    Shape.BARS: "Bar",
    Shape.FUNNEL: "Bar",
    Shape.TILE: "Text",
    Shape.MATRIX: "Text",
    Shape.TABLE: "Text",
}
_TRUNCATED = {"month": ("Month-Trunc", "tmn"), "quarter": ("Quarter-Trunc", "tqr")}


def title(page: Page, visual: Visual) -> str:
    """The worksheet's name: unique in the workbook."""
    return f"{page.title}: {visual.title}" + (" (tile)" if visual.shape is Shape.TILE else "")


def source_of(visual: Visual, sources: Mapping[str, Source]) -> Source:
    """The data source that a visual reads.

    Raises:
        EcosystemError: its fields are in none, or in several.
    """
    for one in sources.values():
        if any(value in one.by_caption for value in visual.values):
            return one
    tables = {value.partition("[")[0] for value in visual.values} - {"dim_vendor"}
    if len(tables) == 1 and (table := tables.pop()) in sources:
        return sources[table]
    raise EcosystemError(f"The visual {visual.title} reads no single mart: correct publishing/semantic/pages.py.")


def worksheet(page: Page, visual: Visual, one: Source) -> Element:
    """The worksheet of a visual."""
    values = _values(visual, one)
    by = [_shown(visual.by, one)] if visual.by else []
    across = [_shown(visual.across, one, is_discrete=True)] if visual.across else []
    measures = [value for value in values if value.field.is_measure]
    rows = [value for value in values if not value.field.is_measure]
    root = Element("worksheet", name=title(page, visual))
    options = SubElement(SubElement(root, "layout-options"), "title")
    SubElement(SubElement(options, "formatted-text"), "run").text = visual.title
    table = SubElement(root, "table")
    of_one_vendor = page.name == VENDOR_PAGE and one.vendors is not None
    view(table, one, [*by, *across, *values], measures if _is_named(visual, measures) else [], of_one_vendor)
    SubElement(table, "style")
    _pane(table, visual, one, measures)
    shelf_rows, shelf_columns = _shelves(visual, one, by, across, rows, measures)
    SubElement(table, "rows").text = shelf_rows
    SubElement(table, "cols").text = shelf_columns
    SubElement(root, "simple-id", uuid=simple_id("worksheet", title(page, visual)))
    return root


def _values(visual: Visual, one: Source) -> list[Shown]:
    if visual.shape is not Shape.TILE:
        return [_shown(value, one) for value in visual.values]
    names = [f"{visual.values[0]}{tail}" for tail in ("", " (n)", " (lower)", " (upper)")]
    return [_shown(name, one) for name in names if name in one.by_caption]


def _shown(name: str, one: Source, is_discrete: bool = False) -> Shown:
    table, bracket, rest = name.partition("[")
    if not bracket or name in one.by_caption:
        if name not in one.by_caption:
            raise EcosystemError(
                f"There is no measure {name} of {one.table.name}: correct publishing/semantic/pages.py."
            )
        field = one.by_caption[name]
        short = "nk" if field.datatype == "string" else "qk"
        return Shown(field, "User", f"usr:{field.name}:{short}", "nominal" if short == "nk" else "quantitative")
    wanted = rest.removesuffix("]")
    if table == CALENDAR:
        field = one.by_column[(one.table.name, DATE_OF_TABLE[one.table.name])]
        derivation, prefix = _TRUNCATED[wanted]
        short, kind = ("ok", "ordinal") if is_discrete else ("qk", "quantitative")
        return Shown(field, derivation, f"{prefix}:{field.name}:{short}", kind)
    found = one.by_column.get((table, wanted))
    if found is None:
        raise EcosystemError(f"There is no {name} beside {one.table.name}: correct publishing/semantic/pages.py.")
    short = {"nominal": "nk", "ordinal": "ok"}[found.kind]
    return Shown(found, "None", f"none:{found.name}:{short}", found.kind)


def _pane(table: Element, visual: Visual, one: Source, measures: Sequence[Shown]) -> None:
    pane = SubElement(SubElement(table, "panes"), "pane", {"selection-relaxation-option": "selection-relaxation-allow"})
    SubElement(SubElement(pane, "view"), "breakdown", value="auto")
    SubElement(pane, "mark", {"class": _MARKS[visual.shape]})
    encodings = Element("encodings")
    if _is_named(visual, measures):
        kind = "text" if visual.shape is Shape.TABLE else "color"
        name = "Multiple Values" if kind == "text" else ":Measure Names"
        SubElement(encodings, kind, column=f"[{one.name}].[{name}]")
    elif visual.shape in (Shape.TILE, Shape.MATRIX, Shape.TABLE):
        for value in measures:
            SubElement(encodings, "text", column=f"[{one.name}].[{value.instance}]")
    if len(encodings):
        pane.append(encodings)


def _is_named(visual: Visual, measures: Sequence[Shown]) -> bool:
    """Whether several measures stand side by side under their names."""
    return visual.shape is not Shape.TILE and len(measures) > 1


def _shelves(
    visual: Visual,
    one: Source,
    by: Sequence[Shown],
    across: Sequence[Shown],
    rows: Sequence[Shown],
    measures: Sequence[Shown],
) -> tuple[str | None, str | None]:
    """What stands on the shelves for rows and for columns."""
    names = f"[{one.name}].[:Measure Names]"
    values = f"[{one.name}].[Multiple Values]" if _is_named(visual, measures) else _listed(one, measures)
    match visual.shape:
        case Shape.LINE | Shape.COLUMNS:
            return values, _listed(one, by)
        case Shape.BARS:
            return _listed(one, by), values
        case Shape.FUNNEL:
            return names, values
        case Shape.MATRIX:
            return _listed(one, by), _listed(one, across)
        case Shape.TABLE:
            return _listed(one, rows), names if _is_named(visual, measures) else None
        case _:
            return None, None


def _listed(one: Source, shown: Sequence[Shown]) -> str | None:
    names = [f"[{one.name}].[{value.instance}]" for value in shown]
    if len(names) < 2:
        return names[0] if names else None
    return f"({' / '.join(names)})"
