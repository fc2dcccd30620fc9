"""A build killed anywhere, then run again, gives the marts of an undisturbed one."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from connectors.landing import Batch
from ecosystem.paths import Home, project_root
from warehouse.build import build

Day = Callable[[int], datetime]
Land = Callable[..., Batch]

KILLED = Path(__file__).with_name("build_and_die.py")


def marts(file: Path) -> list[tuple]:
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.sql("select thing, label, amount, as_of from marts.thing_total order by all").fetchall()
    assert found
    return found


def die(home: Home, project: Path, as_of: datetime, place: str) -> None:
    child = subprocess.run(
        [sys.executable, str(KILLED), str(home.root), str(project), as_of.isoformat(), place],
        cwd=project_root(),
        env={**os.environ, "PYTHONPATH": str(project_root())},
        start_new_session=True,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()


@pytest.mark.parametrize("place", ["before_dbt", "1", "before_consumed"])
def test_an_increment_killed_and_run_again(
    home: Home, project: Path, land: Land, day: Day, tmp_path: Path, place: str
) -> None:
    land("ab", on=1)
    build(home, day(1))
    land("bc", on=2)
    die(home, project, day(2), place)
    again = build(home, day(2))
    assert (again.batches_read, again.reused, again.full_refresh) == (1, False, False)
    undisturbed = Home(tmp_path / "undisturbed")
    shutil.copytree(home.landing, undisturbed.landing)
    expected = build(undisturbed, day(2))
    assert marts(home.warehouse_file) == marts(expected.warehouse_file)
    assert again.models == expected.models


@pytest.mark.slow
@pytest.mark.parametrize("place", ["before_dbt", "1", "2", "3", "before_consumed"])
def test_a_first_build_or_a_changed_project_killed_and_run_again(
    home: Home, project: Path, land: Land, day: Day, place: str
) -> None:
    land("ab", on=1)
    die(home, project, day(1), place)
    first = build(home, day(1))
    assert (first.batches_read, first.full_refresh) == (1, True)
    labels = project / "seeds" / "label.csv"
    former = labels.read_text(encoding="utf-8")
    labels.write_text("thing,label\na,apricot\n", encoding="utf-8")
    die(home, project, day(1), place)
    labels.write_text(former, encoding="utf-8")
    restored = build(home, day(1))
    assert restored.full_refresh
    assert [row[:3] for row in marts(home.warehouse_file)] == [("a", "apple", 1), ("b", "pear", 1)]
