"""Cursors, ties, late rows, interruptions: what a walk over pages must not lose, on the real protocols."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from connectors.landing import list_batches
from ecosystem.errors import EcosystemError, UsageError
from sandbox.source import Source

Expected = Callable[[Source, str], dict[str, dict[tuple[Any, ...], dict[str, Any]]]]
CHANGING = ["purchase_order", "quality_notification", "survey_response", "incident"]
DAILY = ["material_document", "supplier_invoice"]
PAGE = {entity: 200 if entity == "survey_response" else 5 for entity in [*CHANGING, *DAILY]}


def assert_landed(company: Any, entity: str, expected: Expected) -> None:
    for name, rows in expected(company.source, entity).items():
        assert len(rows) > 0
        assert company.newest(name) == rows


@pytest.mark.parametrize("entity", [*CHANGING, *DAILY])
@pytest.mark.parametrize("full", [False, True], ids=["incremental", "full"])
def test_more_rows_of_one_instant_than_a_page_holds(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any, expected: Expected, entity: str, full: bool
) -> None:
    page = PAGE[entity]
    rows = [make.one(entity, number, minutes_ago(60)) for number in range(1, 2 * page + 4)]
    with serve(shelf(**{entity: rows}), page_limit=5, page_size=page) as company:
        result = company.extract(entity, full=full)
        assert result.requests >= 3
        assert result.rows[entity] == len(rows)
        assert_landed(company, entity, expected)


@pytest.mark.parametrize("entity", [*CHANGING, *DAILY])
@pytest.mark.parametrize("full", [False, True], ids=["incremental", "full"])
def test_a_last_page_without_rows_ends_the_walk(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any, expected: Expected, entity: str, full: bool
) -> None:
    page = PAGE[entity]
    rows = [make.one(entity, number, minutes_ago(1000 - number)) for number in range(1, 2 * page + 1)]
    with serve(shelf(**{entity: rows}), page_limit=5, page_size=page) as company:
        assert company.extract(entity, full=full).rows[entity] == len(rows)
        assert_landed(company, entity, expected)


def test_a_server_that_sends_smaller_pages_than_asked_for_is_read_to_the_end(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any, expected: Expected
) -> None:
    rows = [make.order(number, minutes_ago(500 - number)) for number in range(1, 13)]
    with serve(shelf(purchase_order=rows), page_limit=5, page_size=100) as company:
        assert company.extract("purchase_order").requests == 3
        assert_landed(company, "purchase_order", expected)


@pytest.mark.parametrize("entity", [*CHANGING, *DAILY])
def test_the_next_run_asks_only_for_what_changed_since_the_overlap(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any, expected: Expected, entity: str
) -> None:
    old = [make.one(entity, number, minutes_ago(10_000 + number)) for number in range(1, 40)]
    last = make.one(entity, 50, minutes_ago(100))
    new = make.one(entity, 60, minutes_ago(-600))
    late = make.one(entity, 55, minutes_ago(110))  # committed after the first run, with a change time before its cursor
    source = shelf(**{entity: [*old, last]}).then(**{entity: [*old, late, last, new]})
    with serve(source) as company:
        company.extract(entity)
        source.advance(1)
        result = company.extract(entity)
        assert result.rows[entity] == 3
        assert_landed(company, entity, expected)
        query = unquote(company.log()[-1]["query"])
        moment = {
            "purchase_order": "LastChangeDateTime ge 2026-06-30T15:50:00.000000Z",
            "quality_notification": "LastChangeDateTime ge datetimeoffset'2026-06-30T15:50:00.000000Z'",
            "material_document": "CreationDate ge datetime'2026-06-29T00:00:00'",
            "supplier_invoice": "CreationDate ge datetime'2026-06-28T00:00:00'",
            "survey_response": "SystemModstamp >= 2026-06-30T15:50:00.000Z",
            "incident": "sys_updated_on>=2026-06-30 15:50:00",
        }
        assert moment[entity] in query


@pytest.mark.parametrize("entity", CHANGING)
def test_a_change_time_ahead_of_the_clock_does_not_hide_later_changes(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any, expected: Expected, entity: str
) -> None:
    skewed = make.one(entity, 1, minutes_ago(-3 * 24 * 60))
    source = shelf(**{entity: [skewed]}).then(**{entity: [skewed, make.one(entity, 2, minutes_ago(-60))]})
    with serve(source) as company:
        company.extract(entity)
        source.advance(1)
        company.extract(entity)
        assert_landed(company, entity, expected)


@pytest.mark.parametrize("entity", [*CHANGING, *DAILY])
def test_a_run_that_finds_nothing_lands_its_coverage_and_keeps_the_cursor(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any, expected: Expected, entity: str
) -> None:
    source = shelf().then(**{entity: [make.one(entity, 1, minutes_ago(60))]}).then()
    with serve(source, overlap_minutes=0) as company:
        for _ in range(3):
            company.extract(entity)
            source.advance(1)
        source.advance(-1)
        batches = list_batches(company.home.landing, entity=entity)
        assert [batch.row_count for batch in batches][:2] == [0, 1]
        assert [batch.is_last for batch in batches] == [True, True, True]
        assert batches[0].window_to == batches[0].extracted_at
        assert batches[2].window_to is not None
        assert batches[2].window_to > batches[1].window_to
        assert batches[2].cursor is not None
        assert batches[1].cursor is not None
        assert batches[2].cursor["changed_at"] == batches[1].cursor["changed_at"]
        assert_landed(company, entity, expected)


@pytest.mark.parametrize("entity", [*CHANGING, *DAILY])
def test_an_interrupted_walk_goes_on_behind_its_last_landed_row(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any, expected: Expected, entity: str
) -> None:
    page = PAGE[entity]
    rows = [make.one(entity, number, minutes_ago(1440 * (40 - number // page))) for number in range(1, 6 * page)]
    requests = 4 if entity == "survey_response" else 3  # one of them for the token
    with serve(shelf(**{entity: rows}), page_limit=5, page_size=page) as company:
        with pytest.raises(EcosystemError, match=f"was sent the {requests} requests that this run may send"):
            company.extract(entity, request_budget=requests, batch_rows=page)
        batches = list_batches(company.home.landing, entity=entity)
        assert [batch.is_last for batch in batches] == [False] * 3
        landed = sum(batch.row_count for batch in batches)
        assert landed == 3 * page

        result = company.extract(entity, batch_rows=page)
        again = 1 if entity in DAILY else 0  # it goes on with the day in which it was
        assert result.rows[entity] <= len(rows) - landed + again * page
        assert_landed(company, entity, expected)
        last = list_batches(company.home.landing, entity=entity)[-1]
        assert last.is_last
        assert last.window_from is None


@pytest.mark.parametrize("entity", CHANGING)
def test_rows_committed_behind_an_interrupted_walk_are_read_by_the_run_after_it(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any, expected: Expected, entity: str
) -> None:
    page = PAGE[entity]
    rows = [make.one(entity, number, minutes_ago(20 + 1 / number)) for number in range(1, 3 * page + 1)]
    late = make.one(entity, 9999, minutes_ago(25))
    source = shelf(**{entity: rows}).then(**{entity: [late, *rows]})
    requests = 2 if entity == "survey_response" else 1
    with serve(source, page_size=page) as company:
        with pytest.raises(EcosystemError, match="may send"):
            company.extract(entity, request_budget=requests)
        source.advance(1)
        company.extract(entity)
        company.extract(entity)
        assert_landed(company, entity, expected)


@pytest.mark.parametrize("entity", CHANGING)
def test_a_broken_full_read_is_not_complete_and_does_not_move_the_cursor(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any, expected: Expected, entity: str
) -> None:
    page = PAGE[entity]
    rows = [make.one(entity, number, minutes_ago(60 * (1000 - number))) for number in range(1, 4 * page)]
    requests = 4 if entity == "survey_response" else 3
    with serve(shelf(**{entity: rows}), page_limit=5, page_size=page) as company:
        company.extract(entity)
        cursor = list_batches(company.home.landing, entity=entity)[-1].cursor
        assert cursor is not None
        with pytest.raises(EcosystemError, match="may send"):
            company.extract(entity, full=True, request_budget=requests, batch_rows=page)
        broken = [batch for batch in list_batches(company.home.landing, entity=entity) if batch.mode == "full"]
        assert len(broken) > 0
        assert not any(batch.is_last or batch.cursor for batch in broken)
        assert company.extract(entity).rows[entity] <= page
        assert company.extract(entity, full=True).rows[entity] == len(rows)
        assert_landed(company, entity, expected)


def test_children_land_before_the_batch_that_carries_the_cursor(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed: list[Path] = []
    replace = os.replace

    def noting(source: Path, target: Path) -> None:
        replace(source, target)
        if Path(target).suffix == ".parquet":
            renamed.append(target)

    monkeypatch.setattr("connectors.landing.os.replace", noting)
    rows = [make.order(number, minutes_ago(60), lines=2) for number in range(1, 4)]
    with serve(shelf(purchase_order=rows)) as company:
        result = company.extract("purchase_order")
        assert result.rows == {
            "purchase_order": 3,
            "purchase_order_item": 6,
            "purchase_order_schedule_line": 6,
        }
        batches = list_batches(company.home.landing)
        assert {batch.path for batch in batches} == set(renamed)
        assert [path.parent.parent.name for path in renamed] == [
            "purchase_order_schedule_line",
            "purchase_order_item",
            "purchase_order",
        ]
        assert len({batch.run_id for batch in batches}) == 1
        order = company.landed("purchase_order")[0]
        assert sorted(order["_child_keys"]) == [
            "purchase_order_item/00010",
            "purchase_order_item/00020",
            "purchase_order_schedule_line/00010/0001",
            "purchase_order_schedule_line/00020/0001",
        ]
        for child in company.landed("purchase_order_schedule_line"):
            assert child["_changed_at"] == minutes_ago(60)


def test_a_line_that_vanished_from_its_order_is_no_longer_among_its_children(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any, expected: Expected
) -> None:
    source = shelf(purchase_order=[make.order(1, minutes_ago(60), lines=3)]).then(
        purchase_order=[make.order(1, minutes_ago(-60), lines=1)]
    )
    with serve(source) as company:
        company.extract("purchase_order")
        assert len(company.newest("purchase_order_item")) == 3
        source.advance(1)
        company.extract("purchase_order")
        assert_landed(company, "purchase_order", expected)
        assert len(company.newest("purchase_order_item")) == 1


def test_a_material_document_changed_when_it_was_created(serve: Any, shelf: Any, make: Any, minutes_ago: Any) -> None:
    created = minutes_ago(61)
    with serve(shelf(material_document=[make.document(1, created)])) as company:
        company.extract("material_document")
        (row,) = company.landed("material_document")
        assert row["_changed_at"] == created
        assert row["CreationTime"] == f"{created:%H:%M:%S}"


def test_a_supplier_is_always_read_in_full(serve: Any, shelf: Any, make: Any, expected: Expected) -> None:
    suppliers = [make.supplier(number) for number in range(1, 12)]
    with serve(shelf(supplier=suppliers), page_limit=5) as company:
        for _ in range(2):
            result = company.extract("supplier")
            assert (result.mode, result.rows["supplier"]) == ("full", 11)
        assert_landed(company, "supplier", expected)
        assert {batch.cursor is None for batch in list_batches(company.home.landing)} == {True}


def test_a_record_that_went_to_the_recycle_bin_lands_as_deleted(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any
) -> None:
    kept, binned = make.survey(1, minutes_ago(60)), make.survey(2, minutes_ago(50))
    source = shelf(survey_response=[kept, binned])
    deleted_at = source.now() + timedelta(hours=5)
    source.then(survey_response=[kept, {**binned, "IsDeleted": True, "SystemModstamp": deleted_at}])
    source.then(survey_response=[kept])
    with serve(source) as company:
        company.extract("survey_response")
        assert [row["_deleted"] for row in company.landed("survey_response")] == [False, False]
        source.advance(1)
        assert company.extract("survey_response").rows["survey_response"] >= 1
        newest = {row["Id"]: row["_deleted"] for row in company.landed("survey_response")}
        assert newest == {kept["Id"]: False, binned["Id"]: True}
        source.advance(1)
        company.extract("survey_response")
        assert {row["Id"]: row["_deleted"] for row in company.landed("survey_response")} == newest


def test_personal_data_lands_as_a_keyed_hash_that_ignores_case(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any
) -> None:
    rows = [
        make.survey(1, minutes_ago(60)),
        make.survey(2, minutes_ago(50), Respondent_Email__c="person.1@EXAMPLE.com "),
        make.survey(3, minutes_ago(40), Respondent_Email__c=None),
    ]
    with serve(shelf(survey_response=rows)) as company:
        company.extract("survey_response")
        hashes = [row["Respondent_Email__c"] for row in company.landed("survey_response")]
        assert hashes[0] == hashes[1]
        assert len(hashes[0]) == 64
        assert hashes[2] is None
        for path in company.home.landing.rglob("*.parquet"):
            assert b"example.com" not in path.read_bytes().lower()


def test_without_a_key_personal_data_is_not_read(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ECOSYSTEM_PSEUDONYM_KEY")
    with serve(shelf(survey_response=[make.survey(1, minutes_ago(60))])) as company:
        with pytest.raises(UsageError, match="survey_response of salesforce holds personal data"):
            company.extract("survey_response")
        assert company.log() == []


def test_an_entity_that_is_not_configured_is_named(serve: Any, shelf: Any) -> None:
    from connectors.extract import extract

    with serve(shelf()) as company:
        settings = company.source_settings("supplier")
        with pytest.raises(UsageError, match="has no entity 'purchase_order': choose one of supplier"):
            extract(settings, company.connection("supplier"), "purchase_order", company.home, company.source.now())


def test_only_one_extract_of_an_entity_runs_at_a_time(serve: Any, shelf: Any, make: Any) -> None:
    from ecosystem.locks import exclusive

    with (
        serve(shelf(supplier=[make.supplier(1)])) as company,
        exclusive("extract-test_sap_s4hana-supplier", company.home),
        pytest.raises(EcosystemError, match="extract-test_sap_s4hana-supplier"),
    ):
        company.extract("supplier")


def test_the_run_clock_is_on_every_row(serve: Any, shelf: Any, make: Any) -> None:
    with serve(shelf(supplier=[make.supplier(1)])) as company:
        company.source.advance(0)
        company.extract("supplier")
        (row,) = company.landed("supplier")
        assert row["_extracted_at"] == company.source.now()
        assert row["_extracted_at"].utcoffset() == timedelta(0)
