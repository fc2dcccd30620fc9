"""Builds of a tiny dbt project: what is read, what is rebuilt, and what a failure says."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.landing import Batch
from ecosystem.errors import EcosystemError, UsageError
from ecosystem.locks import exclusive
from ecosystem.paths import Home
from warehouse import build as builder
from warehouse.build import build, build_as_of
from warehouse.status import render, status

Day = Callable[[int], datetime]
Land = Callable[..., Batch]


def rows(file: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.sql(sql).fetchall()


TOTALS = "select thing, label, amount from marts.thing_total order by all"


def test_days_of_a_warehouse(home: Home, project: Path, land: Land, day: Day) -> None:
    """One story, because a dbt run costs seconds: first, no-op, new batch, quiet day, changed seed, an older clock."""
    land("ab", on=1)
    first = build(home, day(1))
    assert (first.batches_read, first.rows_read, first.full_refresh, first.reused) == (1, 2, True, False)
    assert first.models == {"label": 2, "stg_thing": 2, "thing_total": 2}
    assert rows(home.warehouse_file, TOTALS) == [("a", "apple", 1), ("b", "pear", 1)]
    assert rows(home.warehouse_file, "select build_id, is_complete from control.build") == [(first.build_id, True)]
    assert rows(home.warehouse_file, "select entity, is_stale from control.feed where kind = 'erp' order by 1") == [
        ("never_landed", True),
        ("thing", False),
    ]

    modified = home.warehouse_file.stat().st_mtime_ns
    again = build(home, day(1))
    assert (again.build_id, again.batches_read, again.reused) == (first.build_id, 0, True)
    assert home.warehouse_file.stat().st_mtime_ns == modified

    log = home.logs / "dbt" / "dbt.log"
    logged = len(log.read_text(encoding="utf-8"))
    land("bc", on=2)
    second = build(home, day(2))
    assert (second.batches_read, second.rows_read, second.full_refresh) == (1, 2, False)
    assert rows(home.warehouse_file, TOTALS) == [("a", "apple", 1), ("b", "pear", 2), ("c", None, 1)]
    said = log.read_text(encoding="utf-8")[logged:]
    assert "thing_total" in said
    assert "OK created sql incremental model" in said
    assert "loaded seed" not in said
    assert "amounts_are_added" not in said

    quiet = build(home, day(3))
    assert (quiet.batches_read, quiet.reused, quiet.full_refresh) == (0, False, False)
    assert rows(home.warehouse_file, "select distinct as_of from marts.thing_total") == [(day(3).replace(tzinfo=None),)]

    (project / "seeds" / "label.csv").write_text("thing,label\nc,cherry\n", encoding="utf-8")
    changed = build(home, day(3))
    assert (changed.batches_read, changed.full_refresh) == (2, True)
    assert rows(home.warehouse_file, TOTALS) == [("a", None, 1), ("b", None, 2), ("c", "cherry", 1)]

    late = build(home, day(1))
    assert (late.build_id, late.as_of, late.reused) == (changed.build_id, day(3), True), "the clock does not go back"

    back = build(home, day(1), full_refresh=True)
    assert (back.batches_read, back.full_refresh, back.as_of) == (1, True, day(1))
    assert rows(home.warehouse_file, TOTALS) == [("a", None, 1), ("b", None, 1)]

    page = render(status(home, day(3)))
    assert f"build        {back.build_id}" in page
    assert "shop.thing" in page
    assert "never complete, STALE" in page


def test_a_build_of_the_past_has_its_own_file(home: Home, project: Path, land: Land, day: Day) -> None:
    land("ab", on=2)
    land("c", on=3)
    with pytest.raises(UsageError, match="the first batch landed at 2026-07-01T18:00:00Z"):
        build_as_of(home, day(1))
    assert not home.as_of_dir.exists()
    past = build_as_of(home, day(2))
    assert past.warehouse_file == home.as_of_dir / "20260701T180000Z.duckdb"
    assert rows(past.warehouse_file, TOTALS) == [("a", "apple", 1), ("b", "pear", 1)]
    assert not home.warehouse_file.exists()
    assert build_as_of(home, day(2)).reused


def test_a_failure_names_model_or_test_reason_and_log(home: Home, project: Path, land: Land, day: Day) -> None:
    land("a", on=1)
    model = project / "models" / "marts" / "thing_total.sql"
    good = model.read_text(encoding="utf-8")
    model.write_text(good.replace("things.thing,", "'x'::integer as thing,"), encoding="utf-8")
    with pytest.raises(EcosystemError) as caught:
        build(home, day(1))
    said = str(caught.value)
    for part in ("model thing_total failed", "Could not convert string 'x' to INT32", "1 skipped", "dbt.log"):
        assert part in said
    assert "\n" not in said
    assert rows(home.warehouse_file, "select is_complete from control.build") == [(False,)]

    model.write_text(good.replace("things.thing,", "null::varchar as thing,"), encoding="utf-8")
    with pytest.raises(EcosystemError, match=r"test not_null_thing_total_thing failed: Got 1 result"):
        build(home, day(1))

    model.write_text(good.replace("ref('label')", "ref('no_such_model')"), encoding="utf-8")
    with pytest.raises(EcosystemError, match=r"Compilation Error.*no_such_model"):
        build(home, day(1))

    model.write_text(good, encoding="utf-8")
    assert build(home, day(1)).models["thing_total"] == 1


def test_large_models_are_built_one_by_one_and_small_ones_side_by_side(
    home: Home, project: Path, land: Land, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = home.logs / "dbt" / "dbt.log"
    profile = project / "profiles.yml"
    profile.write_text(profile.read_text(encoding="utf-8").replace("threads: 1", "threads: 2"), encoding="utf-8")
    land("ab", on=1)
    build(home, day(1))
    assert "Concurrency: 2 threads" in log.read_text(encoding="utf-8")
    assert "Concurrency: 1 threads" not in log.read_text(encoding="utf-8")
    monkeypatch.setattr(builder, "ROWS_OF_LARGE_MODELS", 1)
    land("bc", on=2)
    assert build(home, day(2)).rows_read == 2
    assert "Concurrency: 1 threads" in log.read_text(encoding="utf-8")


def test_nothing_landed_and_a_held_lock_are_said_before_dbt_starts(
    home: Home, project: Path, land: Land, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "RUN_DBT", ("false",))
    with pytest.raises(EcosystemError, match="Nothing has landed"):
        build(home, day(1))
    land("a", on=1)
    with exclusive("warehouse", home), pytest.raises(EcosystemError, match="lock 'warehouse'"):
        build(home, day(1))
    with pytest.raises(EcosystemError, match="dbt ended with exit code 1"):
        build(home, day(1))


def test_a_file_that_is_no_warehouse_is_named(home: Home, project: Path, land: Land, day: Day) -> None:
    land("a", on=1)
    home.warehouse_dir.mkdir(parents=True)
    home.warehouse_file.write_bytes(b"not a database" * 1000)
    with pytest.raises(EcosystemError, match=r"ecosystem\.duckdb cannot be opened"):
        build(home, day(1))
