"""The report in PBIR: pages and visuals, each a file of its own."""

from collections.abc import Mapping
from typing import Any

from publishing.power_bi.fields import Fields
from publishing.power_bi.visuals import PAGE_HEIGHT, PAGE_WIDTH, heading, visual
from publishing.semantic.contract import Contract
from publishing.semantic.measures import measures
from publishing.semantic.pages import PAGES

_SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric/item/report/definition"


def files(contract: Contract) -> Mapping[str, Any]:
    """Every JSON file of the report's ``definition`` folder, by its path.

    Raises:
        EcosystemError: a page shows a field that the model lacks.
    """
    fields = Fields(contract, measures(contract))
    made: dict[str, Any] = {
        "version.json": {"$schema": f"{_SCHEMAS}/versionMetadata/1.0.0/schema.json", "version": "2.0.0"},
        "report.json": {"$schema": f"{_SCHEMAS}/report/3.0.0/schema.json", "themeCollection": {}},
        "pages/pages.json": {
            "$schema": f"{_SCHEMAS}/pagesMetadata/1.0.0/schema.json",
            "pageOrder": [page.name for page in PAGES],
            "activePageName": PAGES[0].name,
        },
    }
    for page in PAGES:
        made[f"pages/{page.name}/page.json"] = {
            "$schema": f"{_SCHEMAS}/page/2.0.0/schema.json",
            "name": page.name,
            "displayName": page.title,
            "displayOption": "FitToPage",
            "height": PAGE_HEIGHT,
            "width": PAGE_WIDTH,
        }
        shown = [heading(page), *(visual(page, turn, one, fields) for turn, one in enumerate(page.visuals, start=1))]
        made.update({f"pages/{page.name}/visuals/{one['name']}/visual.json": one for one in shown})
    return made
