"""The three real protocols between the simulated company and the landing zone: nothing lost, nothing changed."""

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

from connectors.landing import list_batches
from sandbox.source import ENTITIES, Source
from sandbox.world import World

Expected = Callable[[Source, str], dict[str, dict[tuple[Any, ...], dict[str, Any]]]]
LARGE = ("purchase_order", "material_document", "account", "survey_response", "incident")


@pytest.fixture
def company(serve: Callable[..., Any]) -> Iterator[Any]:
    with serve(World(), page_limit=500, page_size=500, batch_rows=6000, overlap_minutes=60) as served:
        yield served


@pytest.fixture
def small_company(serve: Callable[..., Any]) -> Iterator[Any]:
    with serve(World(size=0.1), page_limit=500, page_size=500, overlap_minutes=60) as served:
        yield served


def distinct_versions(company: Any, entity: str) -> int:
    files = [str(batch.path) for batch in list_batches(company.home.landing, entity=entity)]
    rows = duckdb.sql(
        f"select count(*) from (select distinct * exclude (_batch_id, _extracted_at) from read_parquet({files}))"
    ).fetchall()
    return int(rows[0][0])


def with_what_new_rows_tell(world: Any, entity: str, landed: dict[Any, dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    """Landed rows, less the confirmations that newer ones replaced, and with the reversals that new invoices name.

    SAP changes both without a change time, so nothing makes a reader read the old rows again.
    """
    if entity == "supplier_confirmation":
        documents = world.truth.documents[entity]
        gone = {found.key for found in documents if found.instants[0] <= world.now() and not found.at(world.now())}
        return {key: row for key, row in landed.items() if key not in gone}
    if entity == "supplier_invoice":
        for row in [row for row in landed.values() if row["SupplierInvoiceIsCreditMemo"] and row["ReverseDocument"]]:
            key = (row["ReverseDocument"], row["ReverseDocumentFiscalYear"])
            names = {"ReverseDocument": row["SupplierInvoice"], "ReverseDocumentFiscalYear": row["FiscalYear"]}
            landed[key] = landed[key] | names
    return landed


def check_two_days(company: Any, expected: Expected, entities: tuple[str, ...]) -> None:
    world = company.source
    for day in range(2):
        for entity in entities:
            result = company.extract(entity)
            for name, rows in expected(world, entity).items():
                landed = with_what_new_rows_tell(world, name, company.newest(name))
                assert len(rows) > 0
                different = [key for key, row in landed.items() if rows.get(key) != row]
                assert not different, f"{name} on day {day}"
                assert len(landed) == len(rows), f"{name} on day {day}"
            if day and result.mode == "incremental":
                assert result.requests <= 3, f"{entity}: an incremental read costs what changed"
                assert result.rows[entity] < max(300, len(world.rows(entity)) / 5)
        if day == 0:
            world.advance(1)

    landed = {name: distinct_versions(company, name) for entity in entities for name in expected(world, entity)}
    assert all(landed.values())
    for entity in entities:
        company.extract(entity)
    assert {name: distinct_versions(company, name) for name in landed} == landed, "reading again lands no new version"


def test_every_row_of_the_large_entities_lands_as_it_is_and_moves_on_with_the_world(
    company: Any, expected: Expected
) -> None:
    check_two_days(company, expected, LARGE)
    orders = list_batches(company.home.landing, entity="purchase_order")
    assert [batch.is_last for batch in orders] == [False, False, True, True, True]
    assert all(batch.row_count >= 6000 for batch in orders[:2])


def test_every_row_of_the_other_entities_lands_as_it_is_and_moves_on_with_the_world(
    small_company: Any, expected: Expected
) -> None:
    others = tuple(entity for entity in ENTITIES if entity not in LARGE)
    assert len(others) >= 14
    check_two_days(small_company, expected, others)
