import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from connectors.landing import Batch, Mode, write_batch
from ecosystem.paths import Home
from warehouse import build as builder

FIRST_DAY = datetime(2026, 6, 30, 18, tzinfo=UTC)
SOURCES = """
sources:
  - {connection_id: shop, system: shop, kind: erp, stale_after_hours: 36, entities: {thing: {}, never_landed: {}}}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "var")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dbt project of two models, and a configuration of one source, in place of the real ones."""
    project = tmp_path / "project"
    shutil.copytree(Path(__file__).with_name("tiny_project"), project)
    config = tmp_path / "config"
    config.mkdir()
    (config / "sources.yml").write_text(SOURCES, encoding="utf-8")
    monkeypatch.setenv("ECOSYSTEM_CONFIG", str(config))
    monkeypatch.setattr(builder, "dbt_project", lambda: project)
    return project


@pytest.fixture
def day() -> Callable[[int], datetime]:
    """The as-of time of the n-th day."""
    return lambda number: FIRST_DAY + timedelta(days=number - 1)


@pytest.fixture
def land(home: Home, day: Callable[[int], datetime]) -> Callable[..., Batch]:
    """Lands one batch of things, one row for each letter."""

    def run(things: str, on: int, mode: Mode = "incremental", is_last: bool = True, run_id: str | None = None) -> Batch:
        return write_batch(
            home.landing,
            system="shop",
            connection_id="shop",
            entity="thing",
            mode=mode,
            run_id=run_id or f"run {on} {things}",
            extracted_at=day(on),
            table=pa.table(
                {"thing": pa.array(list(things), pa.string()), "amount": pa.array([1] * len(things), pa.int64())}
            ),
            is_last=is_last,
        )

    return run
