from pathlib import Path

import pytest

from tests.publishing.site.vendor_page.vendor_world import World, fill


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication of nine vendors; tests only read it."""
    world = World.empty(tmp_path_factory.mktemp("vendors") / "publication")
    fill(world)
    return world.close()


@pytest.fixture
def world(filled: Path, tmp_path: Path) -> World:
    """The same publication, to be changed by one test."""
    return World.copy(filled, tmp_path / "publication")
