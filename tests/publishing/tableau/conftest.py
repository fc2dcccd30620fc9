from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ecosystem.paths import project_root
from publishing.manifest import read_manifest
from publishing.semantic.contract import Contract
from publishing.tableau.generate import PROJECT
from tests.publishing.semantic.contract_of_project import contract_of_project
from tests.publishing.semantic.sample_publication import write_sample


@pytest.fixture(scope="session")
def contract() -> Contract:
    return contract_of_project()


@pytest.fixture(scope="session")
def committed() -> Path:
    return project_root() / PROJECT


@pytest.fixture(scope="session")
def publication(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "build"
    write_sample(contract, folder)
    return folder


@pytest.fixture(scope="session")
def manifest(publication: Path) -> Mapping[str, Any]:
    return read_manifest(publication)
