"""Small random companies through the whole warehouse and through an independent, plain, slow implementation."""

from dataclasses import replace
from itertools import count

import pytest

from tests.dbt_project.kpi_oracle.agreement import compare, explain
from tests.dbt_project.kpi_oracle.company import present, read
from tests.dbt_project.kpi_oracle.delivery import schedule_lines
from tests.dbt_project.kpi_oracle.shrinking import shrink, size
from tests.dbt_project.kpi_oracle.worlds import A_QUIET_DAY, MESSES, READINGS, some_worlds, world


def agrees(worlds, tmp_path_factory, warehouse_at):
    numbers = count()

    def new_warehouse():
        return warehouse_at(tmp_path_factory.mktemp(f"worlds{next(numbers)}"))

    found = compare(new_warehouse(), worlds)
    assert not found.differences, explain(found.differences, worlds, new_warehouse)
    assert found.never_compared == []


def test_a_batch_that_lands_late_or_without_its_end_is_known_as_such():
    seen = read(some_worlds(12), READINGS)
    for (place, feed), lands in READINGS.late.items():
        before, after = (READINGS.known(seen, last)[place] for last in (lands - 1, lands))
        assert feed not in before.documents
        assert feed not in before.complete
        assert after.documents[feed]
        assert feed in after.complete
    whole = read(some_worlds(12), replace(READINGS, killed=frozenset()))
    for place, feed in READINGS.killed:
        assert 0 < len(seen[place].documents[feed]) < len(whole[place].documents[feed])
        assert feed not in seen[place].complete


@pytest.mark.timeout(1800)
def test_warehouse_and_oracle_agree_on_twenty_worlds(tmp_path_factory, warehouse_at):
    worlds = some_worlds(20)
    assert present(worlds.values()) == set(MESSES)
    agrees(worlds, tmp_path_factory, warehouse_at)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_warehouse_and_oracle_agree_on_two_hundred_worlds(tmp_path_factory, warehouse_at):
    worlds = {number: world for number, world in some_worlds(220).items() if number >= 20}
    assert len(worlds) == 200
    agrees(worlds, tmp_path_factory, warehouse_at)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_world_shrinks_to_what_makes_it_differ():
    def with_a_closed_short_line(candidates):
        return {
            number
            for number, candidate in candidates.items()
            if any(part.is_closed_short for part in schedule_lines(read({0: candidate}, READINGS), A_QUIET_DAY))
        }

    drawn = (world(seed) for seed in range(200))
    large = next(found for found in drawn if 100 < size(found) < 300 and with_a_closed_short_line({0: found}))
    small = shrink(large, with_a_closed_short_line)
    assert with_a_closed_short_line({0: small})
    assert size(small) == 1
