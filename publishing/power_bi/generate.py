"""Writes the Power BI project: the one in the repository from the dbt project, or one from a publication."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.sharing import SharingSettings, load_sharing
from ecosystem.paths import project_root
from publishing.power_bi import model, report
from publishing.semantic.contract import Contract, of_project
from publishing.semantic.identity import stable_id
from publishing.semantic.project_folder import replace_project

PROJECT = Path("publishing") / "power_bi" / "project"
NAME = "VendorEcosystem"
_SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric"
# What Power BI Desktop writes beside the project and nobody else should have.
_IGNORED = "**/.pbi/localSettings.json\n**/.pbi/cache.abf\n"


def project_files(contract: Contract, sharing: SharingSettings) -> Mapping[str, str]:
    """Every file of the project by its path. The same contract gives the same bytes.

    Raises:
        EcosystemError: the contract lacks what a measure or a page reads.
    """
    semantic_model, pages = f"{NAME}.SemanticModel", f"{NAME}.Report"
    json_files: dict[str, Any] = {
        f"{NAME}.pbip": {
            "$schema": f"{_SCHEMAS}/pbip/pbipProperties/1.0.0/schema.json",
            "version": "1.0",
            "artifacts": [{"report": {"path": pages}}],
            "settings": {"enableAutoRecovery": True},
        },
        f"{semantic_model}/.platform": _platform("SemanticModel"),
        f"{semantic_model}/definition.pbism": {
            "$schema": f"{_SCHEMAS}/item/semanticModel/definitionProperties/1.0.0/schema.json",
            "version": "4.0",
            "settings": {},
        },
        f"{pages}/.platform": _platform("Report"),
        f"{pages}/definition.pbir": {
            "$schema": f"{_SCHEMAS}/item/report/definitionProperties/2.0.0/schema.json",
            "version": "4.0",
            "datasetReference": {"byPath": {"path": f"../{semantic_model}"}},
        },
        **{f"{pages}/definition/{path}": content for path, content in report.files(contract).items()},
    }
    return {
        ".gitignore": _IGNORED,
        **{path: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for path, content in json_files.items()},
        **{f"{semantic_model}/definition/{path}": text for path, text in model.files(contract, sharing).items()},
    }


def write_project(contract: Contract, sharing: SharingSettings, folder: Path) -> int:
    """Write the project into ``folder``, in place of the one that was there; returns how many files it has.

    Raises:
        EcosystemError: the contract lacks what a measure or a page reads.
        UsageError: the folder holds something else.
    """
    made = project_files(contract, sharing)
    replace_project(folder, made, f"{NAME}.pbip")
    return len(made)


def _platform(kind: str) -> dict[str, Any]:
    return {
        "$schema": f"{_SCHEMAS}/gitIntegration/platformProperties/2.0.0/schema.json",
        "metadata": {"type": kind, "displayName": NAME},
        "config": {"version": "2.0", "logicalId": str(stable_id(kind))},
    }


def main() -> int:
    """Write the repository's project anew."""
    root = project_root()
    write_project(of_project(root), load_sharing(root / "config"), root / PROJECT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
