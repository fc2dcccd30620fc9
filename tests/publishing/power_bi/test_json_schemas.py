"""Every JSON file of the project is valid by Microsoft's own schemas."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource

pytestmark = pytest.mark.reference_data
ADDRESS = "https://developer.microsoft.com/json-schemas/"


def _schema(address: str) -> dict[str, Any]:
    folder = Path(os.environ["REFERENCE_DATA"]) / "power-bi-json-schemas"
    # Microsoft writes some of them with a byte order mark.
    return json.loads((folder / address.removeprefix(ADDRESS)).read_text(encoding="utf-8-sig"))


REGISTRY: Registry = Registry(retrieve=lambda uri: Resource.from_contents(_schema(uri)))


def faults(project: Path) -> tuple[int, list[str]]:
    """How many files were held against a schema, and what is wrong with them."""
    checked, found = 0, []
    for file in sorted(project.rglob("*")):
        if not file.is_file() or (file.suffix in (".tmdl", "") and file.name != ".platform"):
            continue
        content = json.loads(file.read_text(encoding="utf-8"))
        schema = _schema(content["$schema"])
        checked += 1
        errors = Draft7Validator(schema, registry=REGISTRY).iter_errors(content)
        found += [f"{file.name}: {error.json_path}: {error.message}" for error in errors]
    return checked, found


def test_every_file_is_valid(committed):
    checked, found = faults(committed)
    assert checked > 80
    assert found == []


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("visual.json", '"height"', '"heigth"'),
        ("visual.json", '"queryRef"', '"queryReff"'),
        ("page.json", '"FitToPage"', '"FitToPages"'),
        ("pages.json", '"pageOrder"', '"pagesOrder"'),
        (".platform", '"logicalId"', '"logicalID"'),
        ("definition.pbir", '"datasetReference"', '"dataset"'),
    ],
)
def test_a_planted_fault_is_found(project, name, right, wrong):
    file = next(file for file in sorted(project.rglob(name)) if right in file.read_text())
    file.write_text(file.read_text().replace(right, wrong))
    assert faults(project)[1] != []
