from collections.abc import Iterator
from pathlib import Path

import pytest

from ecosystem.paths import Home
from sandbox.world import World
from tests.end_to_end.company import Altered, Company, Day, company
from tests.postgres_server import running_postgres
from tests.serving_database import Database, make_database

SEED = 11
SIZE = 0.1
"""Share of the whole company's vendors and orders."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Company, Day]]:
    """A company whose history was loaded once; the tests of a module live on from there, in their order."""
    home = Home(tmp_path_factory.mktemp("company"))
    with company(Altered(World(SEED, size=SIZE)), home) as running:
        yield running, running.live()


@pytest.fixture(scope="module")
def serving_database() -> Iterator[Database]:
    with running_postgres("dba") as server:
        yield make_database(server)


@pytest.fixture
def empty_home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")
