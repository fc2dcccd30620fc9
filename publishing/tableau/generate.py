"""Writes Tableau's files: those in the repository from the dbt project, and packed ones from a publication."""

import sys
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ecosystem.paths import project_root
from publishing.hyper import FILE_NAME, write_hyper
from publishing.semantic.contract import Contract, of_project
from publishing.semantic.project_folder import replace_project
from publishing.tableau.connections import PACKED, POSTGRESQL
from publishing.tableau.workbook import datasource_document, sources, workbook_document

PROJECT = Path("publishing") / "tableau" / "project"
WORKBOOK = "vendor-ecosystem"


def project_files(contract: Contract) -> Mapping[str, str]:
    """A workbook and a data source for each mart, on PostgreSQL, by path. The same contract gives the same bytes.

    Raises:
        EcosystemError: the contract lacks what a measure or a page reads.
    """
    return {
        f"{WORKBOOK}.twb": workbook_document(contract, POSTGRESQL),
        **{f"datasources/{name}.tds": datasource_document(one, POSTGRESQL) for name, one in sources(contract).items()},
    }


def write_project(contract: Contract, folder: Path) -> int:
    """Write the files into ``folder``, in place of those that were there; returns how many there are.

    Raises:
        EcosystemError: the contract lacks what a measure or a page reads.
        UsageError: the folder holds something else.
    """
    made = project_files(contract)
    replace_project(folder, made, f"{WORKBOOK}.twb")
    return len(made)


def write_packed(contract: Contract, manifest: Mapping[str, Any], publication: Path, folder: Path) -> tuple[Path, ...]:
    """Write the publication as ``ecosystem.hyper``, and the workbook and the data sources packed with it.

    Returns the ``.hyper`` file, the ``.twbx`` and the ``.tdsx`` of ``vendor_month``: open that one and change its mart
    for another.

    Raises:
        UsageError: Tableau's library is not installed.
        EcosystemError: a mart could not be written as it was published.
    """
    hyper = write_hyper(manifest, publication, folder)
    as_of = datetime.fromisoformat(manifest["as_of"])
    months = sources(contract)["vendor_month"]
    workbook, months_file = folder / f"{WORKBOOK}.twbx", folder / "vendor_month.tdsx"
    _pack(workbook, f"{WORKBOOK}.twb", workbook_document(contract, PACKED), hyper, as_of)
    _pack(months_file, "vendor_month.tds", datasource_document(months, PACKED), hyper, as_of)
    return hyper, workbook, months_file


def _pack(file: Path, name: str, text: str, hyper: Path, as_of: datetime) -> None:
    stamp = as_of.timetuple()[:6]
    unfinished = file.with_name(f".unfinished-{file.name}")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(zipfile.ZipInfo(name, stamp), text, zipfile.ZIP_DEFLATED)
        package.writestr(zipfile.ZipInfo(f"Data/{FILE_NAME}", stamp), hyper.read_bytes(), zipfile.ZIP_DEFLATED)
    unfinished.replace(file)


def main() -> int:
    """Write the repository's files anew."""
    root = project_root()
    write_project(of_project(root), root / PROJECT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
