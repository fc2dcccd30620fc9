"""An extract killed (SIGKILL) wherever it can be, then run again, gives what an undisturbed one gives."""

from collections.abc import Callable
from typing import Any

import pytest

from connectors.landing import list_batches
from sandbox.source import Source

Expected = Callable[[Source, str], dict[str, dict[tuple[Any, ...], dict[str, Any]]]]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PAGES = 4
SIZES = {"purchase_order": 5, "material_document": 5, "survey_response": 200, "incident": 5}
LEAST_KILLS = {"purchase_order": 16, "material_document": 10, "survey_response": 8, "incident": 8}
"""Together 42 in a first load and as many in an increment, spread over all points at which an extract can die."""


@pytest.fixture
def two_days(shelf: Any, make: Any, minutes_ago: Any) -> Callable[[str], Any]:
    """A first day of four pages, and a second on which a third of the rows changed and some are new."""

    def build(entity: str) -> Any:
        size = SIZES[entity]
        first = [make.one(entity, number, minutes_ago(3000 - number)) for number in range(1, PAGES * size + 2)]
        second = [
            make.one(entity, number, minutes_ago(-number)) if number % 3 == 0 and entity != "material_document" else row
            for number, row in enumerate(first, start=1)
        ]
        new = [make.one(entity, 90_000 + number, minutes_ago(-1000)) for number in range(2 * size)]
        return shelf(**{entity: first}).then(**{entity: [*second, *new]})

    return build


def landed(company: Any) -> dict[str, set[str]]:
    entities = {batch.entity for batch in list_batches(company.home.landing)}
    return {entity: company.versions(entity) for entity in entities}


@pytest.mark.parametrize("day", [0, 1], ids=["first load", "increment"])
@pytest.mark.parametrize("entity", SIZES)
def test_a_killed_extract_run_again_lands_the_same_versions(
    serve: Any,
    two_days: Any,
    extract_until_killed: Any,
    assert_whole: Any,
    expected: Expected,
    tmp_path: Any,
    entity: str,
    day: int,
) -> None:
    sizes = {"page_size": SIZES[entity], "batch_rows": SIZES[entity], "page_limit": 5}

    def start(source: Any, company: Any) -> None:
        if day:
            company.extract(entity)
            source.advance(1)

    source = two_days(entity)
    with serve(source, home=tmp_path / "undisturbed", **sizes) as undisturbed:
        start(source, undisturbed)
        events = extract_until_killed(undisturbed, entity, 0)
        wanted = landed(undisturbed)
    assert wanted
    assert all(wanted.values())

    kills = LEAST_KILLS[entity]
    points = sorted({1 + round(kill * (events - 1) / (kills - 1)) for kill in range(kills)})
    assert len(points) == kills
    for point in points:
        source = two_days(entity)
        with serve(source, home=tmp_path / f"killed-{point}", **sizes) as company:
            start(source, company)
            assert extract_until_killed(company, entity, point) is None
            assert_whole(company)
            company.extract(entity)
            assert_whole(company)
            assert landed(company) == wanted, f"killed at event {point} of {events}"
            for name, rows in expected(source, entity).items():
                assert company.newest(name) == rows


def test_an_extract_that_is_killed_again_and_again_gets_to_the_end(
    serve: Any, two_days: Any, extract_until_killed: Any, assert_whole: Any, expected: Expected, tmp_path: Any
) -> None:
    source = two_days("purchase_order")
    with serve(source, home=tmp_path / "home", page_size=5, batch_rows=5) as company:
        kills = 0
        while extract_until_killed(company, "purchase_order", 24) is None:
            assert_whole(company)
            kills += 1
            assert kills < 40
        assert kills >= 2
        for name, rows in expected(source, "purchase_order").items():
            assert company.newest(name) == rows
