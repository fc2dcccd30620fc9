"""A few of the kills of ``test_kill_series``, for every run of the tests."""

from typing import Any

import pytest

from connectors.landing import list_batches

ORDERS = {"page_size": 5, "batch_rows": 5}


@pytest.mark.parametrize("share", [0.15, 0.5, 0.8, 0.97])
def test_a_killed_extract_run_again_lands_the_same_versions(
    serve: Any,
    shelf: Any,
    make: Any,
    minutes_ago: Any,
    extract_until_killed: Any,
    assert_whole: Any,
    tmp_path: Any,
    share: float,
) -> None:
    rows = [make.order(number, minutes_ago(500 - number), lines=2) for number in range(1, 17)]
    with serve(shelf(purchase_order=rows), home=tmp_path / "undisturbed", **ORDERS) as undisturbed:
        events = extract_until_killed(undisturbed, "purchase_order", 0)
        entities = {batch.entity for batch in list_batches(undisturbed.home.landing)}
        wanted = {entity: undisturbed.versions(entity) for entity in entities}
    assert len(entities) == 3
    assert all(wanted.values())
    with serve(shelf(purchase_order=rows), home=tmp_path / "killed", **ORDERS) as killed:
        assert extract_until_killed(killed, "purchase_order", int(events * share)) is None
        assert_whole(killed)
        killed.extract("purchase_order")
        assert_whole(killed)
        assert {entity: killed.versions(entity) for entity in entities} == wanted
        assert not list(killed.home.landing.rglob("*.tmp"))
