from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.entity import SYSTEMS, entities_of, landed_schema
from connectors.landing import (
    STANDARD_COLUMNS,
    Batch,
    BatchOrigin,
    BatchWriter,
    list_batches,
    remove_unfinished,
    write_batch,
)
from ecosystem.errors import EcosystemError

AS_OF = datetime(2026, 6, 30, 18, tzinfo=UTC)
ORIGIN = BatchOrigin("sap_s4hana", "erp_test", "supplier", "full", "run-1", AS_OF)
ROWS = pa.table({"Supplier": ["1", "2"]})


def land(landing: Path, entity: str = "supplier", **overrides: object) -> Batch:
    fields = {
        "system": "sap_s4hana",
        "connection_id": "erp_test",
        "entity": entity,
        "mode": "incremental",
        "run_id": "run-1",
        "extracted_at": AS_OF,
        "table": ROWS,
    }
    return write_batch(landing, **{**fields, **overrides})  # type: ignore[arg-type]


def test_a_listed_batch_says_what_was_written(tmp_path: Path) -> None:
    written = land(
        tmp_path,
        cursor={"position": ["2026-06-30T00:00:00Z", "1"]},
        window_from=datetime(2026, 6, 1, 0, 0, 0, 250_000, tzinfo=UTC),
        window_to=AS_OF,
        is_last=False,
        schema_version=3,
    )
    assert list_batches(tmp_path) == [written]
    assert written.row_count == 2
    assert written.path.name == f"{written.batch_id}.parquet"


def test_the_columns_of_a_row_say_where_it_comes_from(tmp_path: Path) -> None:
    batch = land(tmp_path)
    table = pq.read_table(batch.path)
    assert table.column_names == ["Supplier", *(column.name for column in STANDARD_COLUMNS)]
    assert table.to_pylist()[0] == {
        "Supplier": "1",
        "_connection_id": "erp_test",
        "_entity": "supplier",
        "_extracted_at": AS_OF,
        "_batch_id": batch.batch_id,
        "_deleted": False,
        "_changed_at": None,
        "_extra": None,
        "_unreadable": None,
    }


def test_rows_with_something_unreadable_are_counted(tmp_path: Path) -> None:
    batch = land(tmp_path, table=pa.table({"Supplier": ["1", None], "_unreadable": [None, '{"Supplier": ""}']}))
    assert (batch.row_count, batch.unreadable_count) == (2, 1)


def test_sequences_grow_in_each_folder_for_itself(tmp_path: Path) -> None:
    landed = [land(tmp_path), land(tmp_path), land(tmp_path, entity="purchase_order")]
    assert [batch.sequence for batch in landed] == [1, 2, 1]
    assert landed[1].batch_id.startswith("00000002-")
    assert [(b.entity, b.sequence) for b in list_batches(tmp_path)] == [
        ("purchase_order", 1),
        ("supplier", 1),
        ("supplier", 2),
    ]
    assert list_batches(tmp_path, entity="supplier") == landed[:2]


def test_nothing_is_visible_before_the_commit_or_after_giving_up(tmp_path: Path) -> None:
    writer = BatchWriter(tmp_path, ORIGIN, landed_schema("sap_s4hana", "supplier"))
    writer.write(landed_schema("sap_s4hana", "supplier").empty_table())
    unfinished = list(tmp_path.rglob("*.parquet.tmp"))
    assert len(unfinished) == 1
    assert list_batches(tmp_path) == []
    writer.abandon()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_a_killed_run_left_is_removed_and_whole_batches_stay(tmp_path: Path) -> None:
    batch = land(tmp_path)
    left = batch.path.with_name("00000002-aaaaaaaa.parquet.tmp")
    left.write_bytes(b"PAR1 half a file")
    remove_unfinished(tmp_path, system="sap_s4hana", entity="supplier", connection_id="erp_test")
    assert not left.exists()
    assert list_batches(tmp_path) == [batch]


@pytest.mark.parametrize("content", [b"", b"PAR1 and then nothing"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    damaged = land(tmp_path).path.with_name("00000002-bbbbbbbb.parquet")
    damaged.write_bytes(content)
    with pytest.raises(EcosystemError, match=r"00000002-bbbbbbbb\.parquet is damaged"):
        list_batches(tmp_path)


def test_a_foreign_parquet_file_is_named(tmp_path: Path) -> None:
    foreign = land(tmp_path).path.with_name("00000002-cccccccc.parquet")
    pq.write_table(ROWS, foreign)
    with pytest.raises(EcosystemError, match="was not written by a connector"):
        list_batches(tmp_path)


@pytest.mark.parametrize("name", ["../outside", "Erp", "", "a b"])
def test_a_name_that_is_no_folder_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(EcosystemError, match="cannot name a landing folder"):
        land(tmp_path, connection_id=name)


def test_every_described_entity_has_its_key_among_its_fields_and_a_schema() -> None:
    described = [entity for system in SYSTEMS for parent in entities_of(system) for entity in parent.with_descendants()]
    assert len(described) > 10
    for entity in described:
        names = [field.name for field in entity.fields]
        assert len(names) == len(set(names))
        assert {*entity.key, *entity.changed_at, *entity.order} <= set(names)
        assert entity.schema.names[: len(names)] == names


def test_only_an_outermost_parent_lands_the_keys_of_its_children() -> None:
    parents = [parent for system in SYSTEMS for parent in entities_of(system)]
    with_child_keys = {
        entity.name
        for parent in parents
        for entity in parent.with_descendants()
        if "_child_keys" in entity.schema.names
    }
    assert with_child_keys == {parent.name for parent in parents if parent.children}
    assert with_child_keys >= {"purchase_order", "material_document", "product"}
