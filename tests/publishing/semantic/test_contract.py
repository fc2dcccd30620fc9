"""The contract reads the same from the dbt project and from a publication."""

from dataclasses import replace

import pytest

from ecosystem.errors import EcosystemError
from publishing.semantic.contract import Contract, of_publication
from publishing.semantic.measures import Kind, measures
from publishing.semantic.pages import GRID_COLUMNS, GRID_ROWS, PAGES
from tests.publishing.semantic.contract_of_project import contract_of_project
from tests.publishing.semantic.sample_publication import write_sample


@pytest.fixture(scope="module")
def contract() -> Contract:
    return contract_of_project()


def _with_column(contract: Contract, **changes: str) -> Contract:
    months = contract.table("vendor_month")
    new = replace(months.column("otd_first_promise"), **changes)
    changed = replace(months, columns=(*months.columns, new))
    return replace(contract, tables={**contract.tables, "vendor_month": changed})


def test_a_publication_tells_the_same_contract_as_the_project(contract, tmp_path):
    write_sample(contract, tmp_path / "build")
    published = of_publication(tmp_path / "build")
    assert len(published.tables) >= 49
    assert published.tables == contract.tables
    assert len(published.definitions) > 40
    assert published.definitions == contract.definitions


def test_every_metric_of_the_months_becomes_a_measure(contract):
    months = contract.table("vendor_month")
    numbers = {column.name for column in months.columns if column.is_number}
    read = {name for measure in measures(contract) if measure.table == "vendor_month" for name in measure.columns}
    bounds = {f"{name}_{end}" for name in read for end in ("lower", "upper")}
    assert len(numbers) > 70
    assert numbers <= read | bounds


def test_a_new_share_without_a_count_is_refused_and_never_averaged(contract):
    with pytest.raises(EcosystemError, match=r"how vendor_month\.new_share \(share\) adds up"):
        measures(_with_column(contract, name="new_share"))


def test_a_new_metric_of_no_folder_is_refused(contract):
    changed = _with_column(contract, name="new_count", unit="count", definition="never_heard_of")
    with pytest.raises(EcosystemError, match="No folder is set for the definition never_heard_of"):
        measures(changed)


def test_a_name_that_two_measures_share_is_refused(contract):
    with pytest.raises(EcosystemError, match="is taken"):
        measures(_with_column(contract, name="vendors", unit="count", definition=""))


def test_a_percentile_is_never_added_up(contract):
    percentiles = [measure for measure in measures(contract) if "_p50" in measure.column or "_p90" in measure.column]
    assert len(percentiles) > 10
    assert {measure.kind for measure in percentiles} == {Kind.ONE_ROW}


def test_every_share_that_adds_up_has_a_count_beside_it(contract):
    shares = [measure for measure in measures(contract) if measure.kind in (Kind.SHARE, Kind.RATE, Kind.FLAG_SHARE)]
    assert len(shares) > 10
    assert all(measure.has_n and measure.has_interval for measure in shares)


def test_each_page_fits_its_grid(contract):
    assert len(PAGES) == 10
    for page in PAGES:
        for visual in page.visuals:
            column, row, width, height = visual.place
            assert column + width <= GRID_COLUMNS
            assert row + height <= GRID_ROWS
