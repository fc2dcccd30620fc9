"""Worksheets: one for each visual of a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from ecosystem.errors import EcosystemError
from publishing.semantic.dates import CALENDAR, DATE_OF_TABLE
from publishing.semantic.identity import stable_id
from publishing.semantic.pages import Page, Shape, Visual
from publishing.tableau.datasource import Source, column
from publishing.tableau.fields import Field

USER = "http://www.tableausoftware.com/xml/user"
VENDOR_PARAMETER = "[Parameters].[Vendor]"
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


@dataclass(frozen=True)
class Shown:
    """A field as a worksheet uses it: ``derivation`` is Tableau's word for how, ``instance`` its name there."""

    field: Field
    derivation: str
    instance: str
    kind: str


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
    is_vendors = page.name == VENDOR_PAGE and one.vendors is not None
    _view(table, one, [*by, *across, *values], measures if _is_named(visual, measures) else [], is_vendors)
    SubElement(table, "style")
    _pane(table, visual, one, measures)
    shelf_rows, shelf_columns = _shelves(visual, one, by, across, rows, measures)
    SubElement(table, "rows").text = shelf_rows
    SubElement(table, "cols").text = shelf_columns
    SubElement(root, "simple-id", uuid=simple_id("worksheet", title(page, visual)))
    return root


def simple_id(*path: str) -> str:
    """An id as Tableau writes it."""
    return f"{{{str(stable_id(*path)).upper()}}}"


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


def _view(table: Element, one: Source, shown: Sequence[Shown], named: Sequence[Shown], is_vendors: bool) -> None:
    view = SubElement(table, "view")
    sources = SubElement(view, "datasources")
    SubElement(sources, "datasource", caption=one.table.name, name=one.name)
    dependencies = Element("datasource-dependencies", datasource=one.name)
    for field in {value.field.name: value.field for value in shown}.values():
        dependencies.append(column(field, is_described=False))
    vendor = vendor_filter(one) if is_vendors else None
    if vendor is not None:
        SubElement(sources, "datasource", caption="Parameters", name="Parameters")
        on_parameter = SubElement(view, "datasource-dependencies", datasource="Parameters")
        on_parameter.append(parameter())
        dependencies.append(vendor)
        known = {value.field.name for value in shown}
        for (_, name), field in one.by_column.items():
            if name == "vendor_name" and field.table == "dim_vendor" and field.name not in known:
                dependencies.append(column(field, is_described=False))
    for value in {value.instance: value for value in shown}.values():
        SubElement(
            dependencies, "column-instance", column=f"[{value.field.name}]", derivation=value.derivation,
            name=f"[{value.instance}]", pivot="key", type=value.kind,
        )  # fmt: skip
    if vendor is not None:
        SubElement(
            dependencies, "column-instance", column="[Chosen vendor]", derivation="None", name="[none:Chosen vendor:nk]",
            pivot="key", type="nominal",
        )  # fmt: skip
    view.append(dependencies)
    slices = []
    if named:
        slices.append(f"[{one.name}].[:Measure Names]")
        _filter(view, slices[-1], "[:Measure Names]", [f'"[{one.name}].[{value.instance}]"' for value in named])
    if vendor is not None:
        slices.append(f"[{one.name}].[none:Chosen vendor:nk]")
        _filter(view, slices[-1], "[none:Chosen vendor:nk]", ["true"])
    if slices:
        listed = SubElement(view, "slices")
        for name in slices:
            SubElement(listed, "column").text = name
    SubElement(view, "aggregation", value="true")


def vendor_filter(one: Source) -> Element:
    """Whether a row is of the vendors whose name holds what the parameter says; all of them while it is empty."""
    name = one.by_column[("dim_vendor", "vendor_name")].name
    formula = f'{VENDOR_PARAMETER} = "" OR CONTAINS(LOWER([{name}]), LOWER({VENDOR_PARAMETER}))'
    made = Element(
        "column", caption="Chosen vendor", datatype="boolean", name="[Chosen vendor]", role="dimension", type="nominal"
    )
    SubElement(made, "calculation", {"class": "tableau", "formula": formula})
    return made


def parameter() -> Element:
    """The parameter that the vendor page is filtered by."""
    about = {
        "caption": "Vendor name holds", "datatype": "string", "name": "[Vendor]", "param-domain-type": "any",
        "role": "measure", "type": "nominal", "value": '""',
    }  # fmt: skip
    made = Element("column", about)
    SubElement(made, "calculation", {"class": "tableau", "formula": '""'})
    return made


def _filter(view: Element, column_name: str, level: str, members: Sequence[str]) -> None:
    made = SubElement(view, "filter", {"class": "categorical", "column": column_name})
    if len(members) == 1:
        SubElement(made, "groupfilter", function="member", level=level, member=members[0])
        return
    union = SubElement(made, "groupfilter", {"function": "union", f"{{{USER}}}op": "manual"})
    for member in members:
        SubElement(union, "groupfilter", function="member", level=level, member=member)


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
