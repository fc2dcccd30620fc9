"""Faults of the source, one by one, on every protocol: the extract comes through, or says in one sentence why not."""

from collections.abc import Callable
from typing import Any

import pytest

from connectors.landing import list_batches
from ecosystem.errors import EcosystemError
from sandbox.source import Source

Expected = Callable[[Source, str], dict[str, dict[tuple[Any, ...], dict[str, Any]]]]
ENTITIES = ["purchase_order", "material_document", "quality_notification", "survey_response", "incident"]
ROUTES = {
    "purchase_order": "/sap/opu/odata4/*",
    "material_document": "/sap/opu/odata/*",
    "quality_notification": "/sap/opu/odata/*",
    "survey_response": "/services/data/*",
    "incident": "/api/now/*",
}
PAGE = {"purchase_order": 5, "survey_response": 200, "incident": 5, "material_document": 5, "quality_notification": 5}
FAULTS: dict[str, dict[str, Any]] = {
    "429": {"kind": "status", "status": 429},
    "429 with Retry-After": {"kind": "status", "status": 429, "retry_after": 1},
    "500": {"kind": "status", "status": 500},
    "503 with Retry-After": {"kind": "status", "status": 503, "retry_after": 0},
    "dropped connection": {"kind": "drop"},
    "truncated body": {"kind": "truncate"},
    "HTML with 200": {"kind": "html"},
}


@pytest.fixture
def company(serve: Any, shelf: Any, make: Any, minutes_ago: Any) -> Callable[[str], Any]:
    def build(entity: str, **settings: Any) -> Any:
        rows = [make.one(entity, number, minutes_ago(900 - number / 60)) for number in range(1, 3 * PAGE[entity] + 2)]
        return serve(shelf(**{entity: rows}), page_limit=5, page_size=PAGE[entity], **settings)

    return build


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("entity", ENTITIES)
def test_a_passing_fault_in_mid_walk_costs_requests_and_no_rows(
    company: Any, expected: Expected, entity: str, fault: str
) -> None:
    with company(entity) as served:
        served.faults({"route": ROUTES[entity], "requests": [1, 3], **FAULTS[fault]})
        served.extract(entity)
        faulty = [request["fault"] for request in served.log() if request["fault"]]
        assert len(faulty) == 2
        for name, rows in expected(served.source, entity).items():
            assert len(rows) > 0
            assert served.newest(name) == rows
        assert (
            sum(batch.row_count for batch in list_batches(served.home.landing, entity=entity)) == 3 * PAGE[entity] + 1
        )


@pytest.mark.parametrize("kind", ["status", "html", "drop", "truncate"])
@pytest.mark.parametrize("entity", ENTITIES)
def test_a_fault_that_stays_ends_the_run_in_one_sentence_and_the_next_run_goes_on(
    company: Any, expected: Expected, entity: str, kind: str
) -> None:
    with company(entity) as served:
        status = {"status": 500} if kind == "status" else {}
        served.faults({"route": ROUTES[entity], "kind": kind, "requests": list(range(3, 40)), **status})
        with pytest.raises(EcosystemError) as caught:
            served.extract(entity)
        sentence = str(caught.value)
        assert served.source_settings(entity).system in sentence
        assert served.base_url in sentence
        assert "in 4 attempts: run again later" in sentence
        assert "\n" not in sentence
        (kept,) = list_batches(served.home.landing, entity=entity)
        assert (kept.row_count, kept.is_last) == (2 * PAGE[entity], False)

        served.faults()
        served.extract(entity)
        for name, rows in expected(served.source, entity).items():
            assert served.newest(name) == rows


def test_a_token_that_expires_in_mid_walk_is_renewed(company: Any, expected: Expected) -> None:
    with company("survey_response") as served:
        served.faults({"route": ROUTES["survey_response"], "kind": "expired_token", "requests": [2, 4]})
        served.extract("survey_response")
        assert served.newest("survey_response") == expected(served.source, "survey_response")["survey_response"]
        statuses = [(request["path"].rpartition("/")[2][:5], request["status"]) for request in served.log()]
        assert statuses.count(("query", 401)) + sum(status == 401 for _, status in statuses) >= 2
        assert [name for name, _ in statuses].count("token") == 3


def test_wrong_credentials_are_named_once_and_not_tried_again(company: Any) -> None:
    from dataclasses import replace

    from connectors.extract import extract

    for entity in ("purchase_order", "survey_response", "incident"):
        with company(entity) as served:
            wrong = replace(served.connection(entity), password="wrong")
            with pytest.raises(EcosystemError, match=r"answered 401 .*check login and password of the connection"):
                extract(served.source_settings(entity), wrong, entity, served.home, served.source.now())
            assert len(served.log()) == 1
            assert list_batches(served.home.landing) == []


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_unreachable_host_is_named_in_one_sentence(company: Any, entity: str) -> None:
    from connectors.connection import Connection
    from connectors.extract import extract

    with company(entity) as served:
        settings = served.source_settings(entity)
        nowhere = Connection(settings.connection_id, "http://127.0.0.1:1", "reader", "x")
        with pytest.raises(EcosystemError) as caught:
            extract(settings, nowhere, entity, served.home, served.source.now())
        assert str(caught.value).startswith(
            f"{settings.system} (connection {settings.connection_id}, http://127.0.0.1:1) cannot be reached"
        )
        assert str(caught.value).count(".") - str(caught.value).count("127.0.0.1") * 3 == 1


def test_a_slow_page_ends_after_the_time_out(company: Any, expected: Expected) -> None:
    with company("incident") as served:
        quick = served.source_settings("incident").retry.model_copy(update={"read_timeout_s": 0.3})
        served.faults({"route": ROUTES["incident"], "kind": "slow", "seconds": 1, "requests": [2]})
        served.extract("incident", retry=quick)
        assert served.newest("incident") == expected(served.source, "incident")["incident"]
