import shutil
from pathlib import Path

import pytest

from config.sharing import SharingSettings, load_sharing
from ecosystem.paths import project_root
from publishing.power_bi.generate import PROJECT
from publishing.semantic.contract import Contract
from tests.publishing.semantic.contract_of_project import contract_of_project


@pytest.fixture(scope="session")
def contract() -> Contract:
    return contract_of_project()


@pytest.fixture(scope="session")
def sharing() -> SharingSettings:
    return load_sharing(project_root() / "config")


@pytest.fixture(scope="session")
def committed() -> Path:
    return project_root() / PROJECT


@pytest.fixture
def project(committed: Path, tmp_path: Path) -> Path:
    """A copy of the committed project, to plant faults in."""
    return Path(shutil.copytree(committed, tmp_path / "project"))
