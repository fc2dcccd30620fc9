"""Visuals in PBIR: what stands where, what it shows, and in words for those who do not see it."""

from collections.abc import Mapping
from typing import Any

from publishing.power_bi.fields import Fields
from publishing.semantic.identity import short_id
from publishing.semantic.pages import GRID_COLUMNS, GRID_ROWS, Page, Shape, Visual

SCHEMA = "https://developer.microsoft.com/json-schemas/fabric/item/report/definition/visualContainer/2.0.0/schema.json"
PAGE_WIDTH, PAGE_HEIGHT = 1280, 720
MARGIN, GAP, HEADING_HEIGHT = 16, 8, 64
_TYPES = {
    Shape.TILE: "multiRowCard",
    Shape.LINE: "lineChart",
    Shape.COLUMNS: "clusteredColumnChart",
    Shape.BARS: "clusteredBarChart",
    Shape.FUNNEL: "funnel",
    Shape.MATRIX: "pivotTable",
    Shape.TABLE: "tableEx",
    Shape.SLICER: "slicer",
}


def visual(page: Page, number: int, shown: Visual, fields: Fields) -> dict[str, Any]:
    """The ``visual.json`` of the page's visual; ``number`` is its turn when one tabs through the page."""
    return {
        "$schema": SCHEMA,
        "name": short_id("visual", page.name, shown.shape.value, shown.title),
        "position": _position(shown.place, number),
        "visual": {
            "visualType": _TYPES[shown.shape],
            "query": {"queryState": _query(shown, fields)},
            "visualContainerObjects": {
                "title": _properties(show=_bool(True), text=_text(shown.title), titleWrap=_bool(True)),
                "general": _properties(altText=_text(alternative_text(shown, fields))),
            },
            "drillFilterOtherVisuals": True,
        },
    }


def heading(page: Page) -> dict[str, Any]:
    """The page's title and the question that it answers."""
    runs = (
        {"value": page.title, "textStyle": {"fontWeight": "bold", "fontSize": "18pt"}},
        {"value": f"   {page.question}", "textStyle": {"fontSize": "12pt"}},
    )
    return {
        "$schema": SCHEMA,
        "name": short_id("heading", page.name),
        "position": {
            "x": MARGIN, "y": 8, "z": 0, "width": PAGE_WIDTH - 2 * MARGIN, "height": HEADING_HEIGHT - 16, "tabOrder": 0,
        },
        "visual": {
            "visualType": "textbox",
            "objects": {"general": [{"properties": {"paragraphs": [{"textRuns": list(runs)}]}}]},
        },
    }  # fmt: skip


def alternative_text(shown: Visual, fields: Fields) -> str:
    """What the visual shows, in words."""
    if shown.shape is Shape.TILE:
        return f"{shown.title}, with its count and bounds. {fields.description(shown.title)}"
    by = f" by {fields.named(shown.by).label}" if shown.by else ""
    across = f" and {fields.named(shown.across).label}" if shown.across else ""
    return f"{shown.title}. Shows {', '.join(fields.named(value).label for value in shown.values)}{by}{across}."


def _query(shown: Visual, fields: Fields) -> dict[str, Any]:
    values = [fields.named(value) for value in shown.values]
    if shown.shape is Shape.TILE:
        return {"Values": _projections(*fields.with_companions(shown.values[0]))}
    if shown.shape in (Shape.TABLE, Shape.SLICER):
        return {"Values": _projections(*values)}
    if shown.shape is Shape.FUNNEL:
        return {"Y": _projections(*values)}
    by = {"projections": [{**fields.named(shown.by).projection(), "active": True}]}
    if shown.shape is Shape.MATRIX:
        across = {"projections": [{**fields.named(shown.across).projection(), "active": True}]}
        return {"Rows": by, "Columns": across, "Values": _projections(*values)}
    return {"Category": by, "Y": _projections(*values)}


def _projections(*shown: Any) -> dict[str, Any]:
    return {"projections": [field.projection() for field in shown]}


def _position(place: tuple[int, int, int, int], number: int) -> dict[str, int]:
    column, row, width, height = place
    cell_width = (PAGE_WIDTH - 2 * MARGIN) // GRID_COLUMNS
    cell_height = (PAGE_HEIGHT - HEADING_HEIGHT - MARGIN) // GRID_ROWS
    return {
        "x": MARGIN + column * cell_width,
        "y": HEADING_HEIGHT + row * cell_height,
        "z": number,
        "width": width * cell_width - GAP,
        "height": height * cell_height - GAP,
        "tabOrder": number,
    }


def _properties(**properties: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"properties": properties}]


def _text(value: str) -> dict[str, Any]:
    escaped = value.replace("'", "''")
    return {"expr": {"Literal": {"Value": f"'{escaped}'"}}}


def _bool(value: bool) -> dict[str, Any]:
    return {"expr": {"Literal": {"Value": "true" if value else "false"}}}
