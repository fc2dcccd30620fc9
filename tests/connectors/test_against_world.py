"""The three real protocols between the simulated company and the landing zone: nothing lost, nothing changed."""

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

from connectors.landing import list_batches
from sandbox.source import ENTITIES, Source
from sandbox.world import World

Expected = Callable[[Source, str], dict[str, dict[tuple[Any, ...], dict[str, Any]]]]


@pytest.fixture
def company(serve: Callable[..., Any]) -> Iterator[Any]:
    with serve(World(), page_limit=500, page_size=500, batch_rows=6000, overlap_minutes=60) as served:
        yield served


def distinct_versions(company: Any, entity: str) -> int:
    files = [str(batch.path) for batch in list_batches(company.home.landing, entity=entity)]
    rows = duckdb.sql(
        f"select count(*) from (select distinct * exclude (_batch_id, _extracted_at) from read_parquet({files}))"
    ).fetchall()
    return int(rows[0][0])


def test_every_row_of_every_entity_lands_as_it_is_and_moves_on_with_the_world(company: Any, expected: Expected) -> None:
    world = company.source
    for day in range(2):
        for entity in ENTITIES:
            result = company.extract(entity)
            for name, rows in expected(world, entity).items():
                landed = company.newest(name)
                assert len(rows) > 0
                different = [key for key, row in landed.items() if rows.get(key) != row]
                assert not different, f"{name} on day {day}"
                assert len(landed) == len(rows), f"{name} on day {day}"
            if day:
                assert result.requests <= 3, f"{entity}: an incremental read costs what changed"
                assert result.rows[entity] < max(300, len(world.rows(entity)) / 5)
        if day == 0:
            world.advance(1)

    landed = {name: distinct_versions(company, name) for entity in ENTITIES for name in expected(world, entity)}
    assert all(landed.values())
    for entity in ENTITIES:
        company.extract(entity)
    assert {name: distinct_versions(company, name) for name in landed} == landed, "reading again lands no new version"

    orders = list_batches(company.home.landing, entity="purchase_order")
    assert [batch.is_last for batch in orders] == [False, False, True, True, True]
    assert all(batch.row_count >= 6000 for batch in orders[:2])
