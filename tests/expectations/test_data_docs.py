"""Great Expectations' Data Docs: whole, readable offline, the same for the same build, and without scripts."""

from collections.abc import Callable

from ecosystem.paths import Home
from expectations.data_docs import DataDocs
from expectations.gate import LAST_PASSED, run_gate

BUILD = "20260630T180000Z-0123456789ab"
NASTY = "<script>alert(1)</script>"


def pages(home: Home, build_id: str = BUILD) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in home.gate_data_docs(build_id).iterdir()}


def test_each_table_has_a_page_that_loads_nothing_and_is_the_same_again(home: Home) -> None:
    result = run_gate(home)
    assert result.passed
    found = pages(home)
    assert set(found) == {f"{check.table}.html" for check in result.checks} | {"index.html"}
    for name, text in found.items():
        assert "<script" not in text, name
        assert "://" not in text, name
        assert "Content-Security-Policy" in text, name
    # Each check of the table has its line in the page of the table.
    lines = sum(check.table == "vendor_month" for check in result.checks)
    assert lines > 5
    assert found["vendor_month.html"].count("fas fa-check-circle") == lines
    assert found["index.html"].count("all succeeded") == len({check.table for check in result.checks})
    # The measure of full reads is the last build that passed, so without it the same build asks the same.
    (home.gate_dir / LAST_PASSED).unlink()
    run_gate(home)
    assert pages(home) == found


def test_checks_that_failed_or_could_not_run_are_told_as_such(home: Home, change: Callable[[str], None]) -> None:
    change(f"update marts.dim_vendor set vendor_name = '{NASTY}', vendor_key = '{NASTY}' where vendor_number = '3'")
    change("update marts.vendor_month set otd_first_promise = 2")
    change("drop table marts.lead_time")
    result = run_gate(home)
    assert not result.passed
    found = pages(home)
    assert all(finding.check in found["index.html"] for finding in result.blocking)
    assert "fas fa-times" in found["vendor_month.html"]
    assert "lead_time.html" not in found
    assert "could not run" in found["index.html"]
    assert all("<script" not in text for text in found.values())


def test_those_of_the_last_three_builds_are_kept(home: Home) -> None:
    builds = [f"2026070{number}T180000Z-0123456789ab" for number in range(4)]
    for build_id in builds:
        DataDocs(home.gate_data_docs(build_id), build_id).finish([])
    kept = sorted(path.name for path in home.gate_dir.iterdir())
    assert kept == [f"{build_id}.data_docs" for build_id in builds[1:]]
