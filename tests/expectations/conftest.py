from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ecosystem.paths import Home

GOOD_WAREHOUSE = Path(__file__).with_name("good_warehouse.sql")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A state directory whose warehouse file holds marts that keep every rule."""
    home = Home(tmp_path / "var")
    home.warehouse_dir.mkdir(parents=True)
    with duckdb.connect(str(home.warehouse_file)) as connection:
        connection.execute(GOOD_WAREHOUSE.read_text(encoding="utf-8"))
    return home


@pytest.fixture
def change(home: Home) -> Callable[[str], None]:
    """Runs SQL on the warehouse file."""

    def run(sql: str) -> None:
        with duckdb.connect(str(home.warehouse_file)) as connection:
            connection.execute(sql)

    return run
