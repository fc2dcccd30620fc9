"""A build killed anywhere, then run again, gives the marts of an undisturbed one."""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from connectors.landing import Batch
from ecosystem.paths import Home, project_root
from sandbox.world import World
from tests.end_to_end.company import Altered, company
from warehouse.build import build

Day = Callable[[int], datetime]
Land = Callable[..., Batch]

KILLED = Path(__file__).with_name("build_and_die.py")
# What a run had to do. After a kill it may be more (all orders, where the build before the killed one had made all) or
# less (warnings that the killed one had told).
LISTS_OF_WORK = (
    "intermediate.int_erp__touched_order",
    "intermediate.int_vendor_month__change",
    "intermediate.int_lead_time__touched",
    "intermediate.int_early_warning__told_anew",
)


def marts(file: Path) -> list[tuple]:
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.sql("select thing, label, amount, as_of from marts.thing_total order by all").fetchall()
    assert found
    return found


def tables(file: Path) -> dict[str, list[tuple]]:
    """All rows that dbt keeps, of every schema, without the lists of work."""
    with duckdb.connect(str(file), read_only=True) as connection:
        names = connection.sql(
            "select schema_name || '.' || table_name from duckdb_tables() where schema_name <> 'control'"
        ).fetchall()
        found = {name: connection.sql(f"select * from {name} order by all").fetchall() for (name,) in names}
    assert found.keys() >= set(LISTS_OF_WORK)
    kept = {name: rows for name, rows in found.items() if name not in LISTS_OF_WORK}
    assert any(kept.values())
    return kept


def differing(rows: list[tuple], expected: list[tuple]) -> list[str]:
    """Rows that one of both has more often than the other, by the side that has them."""
    if rows == expected:
        return []
    left, right = Counter(map(repr, rows)), Counter(map(repr, expected))
    return [f"found {row}" for row in left - right] + [f"expected {row}" for row in right - left]


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


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_real_models_killed_and_run_again(home: Home, tmp_path: Path) -> None:
    """The increment of a day of a small company ends with every table as an undisturbed build leaves it: killed in
    staging, when orders have changed and their counts have not, when these have and nothing that is made of them has,
    and when all is done but the list of what was read."""
    project = project_root() / "dbt_project"
    with company(Altered(World(11, size=0.05)), home) as running:
        running.extract()
        build(home, running.source.now())
        running.source.advance(1)
        running.extract()
        as_of = running.source.now()
    saved = tmp_path / "saved"
    shutil.copytree(home.root, saved)
    undisturbed = build(home, as_of)
    assert undisturbed.batches_read > 0
    assert not undisturbed.full_refresh
    expected = tables(home.warehouse_file)
    for place in ("1", "fct_schedule_line", "int_vendor_month__count", "before_consumed"):
        shutil.rmtree(home.root)
        shutil.copytree(saved, home.root)
        die(home, project, as_of, place)
        again = build(home, as_of)
        assert (again.build_id, again.batches_read) == (undisturbed.build_id, undisturbed.batches_read), place
        found = tables(home.warehouse_file)
        assert found.keys() == expected.keys(), place
        # a comparison of all rows would be printed for half an hour
        others = {name: differing(rows, expected[name])[:3] for name, rows in found.items()}
        assert {name: rows for name, rows in others.items() if rows} == {}, place
