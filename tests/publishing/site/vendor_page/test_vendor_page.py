"""A vendor's page for buyers: its numbers are the marts', what is unknown is said, text stays text."""

import csv
import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from publishing.site.source import Result
from publishing.site.vendor_page.setting import Setting, setting_of
from publishing.site.vendor_page.slips import slips_days
from publishing.site.vendor_page.vendor_rows import VendorRows
from publishing.site.vendor_page.waiting import durations, steps
from tests.publishing.site.vendor_page.pages import Markup, buyers_pages
from tests.publishing.site.vendor_page.vendor_world import HOSTILE, KEYS, QUARTER, SILENT, STEEL, World

ONE = STEEL[2]
PAGE_BYTES = 150_000


def page(publication: Path, key: str) -> Markup:
    return Markup(buyers_pages(publication, key)[key]["index.html"])


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_every_vendor_has_a_page_whose_tiles_are_the_marts_numbers(world: World):
    wanted = dict(
        world.run("select vendor_key, value from vendor_quarter_kpi where quarter = ? and is_headline", [QUARTER])
    )
    scores = dict(world.run("select vendor_key, score from vendor_quarter_health where quarter = ?", [QUARTER]))
    pages = buyers_pages(world.close(), *KEYS)
    assert sorted(pages) == sorted(KEYS)
    compared = 0
    for key, files in pages.items():
        figures = Markup(files["index.html"]).figures
        if key == SILENT:
            assert figures == {"vendor_health": ""}
            continue
        assert float(figures["otd_first_promise"]) == pytest.approx(wanted[key], abs=1e-12)
        assert float(figures["vendor_health"]) == pytest.approx(scores[key], abs=1e-12)
        compared += 1
    assert compared == len(wanted) == 8


def test_the_headline_counts_targets_met_and_what_waits(world: World):
    assert page(world.close(), ONE).headings[0] == (
        "Vendor 3 Name met 0 of 1 target in Q2 2026; 2 alerts and 1 order line wait for an answer."
    )
    world.run("update vendor_quarter_kpi set score = 70 where vendor_key = ?", [ONE])
    world.run("update vendor_warning set is_muted = true where vendor_key = ?", [ONE])
    world.run("update early_warning set signal_state = 'cleared' where vendor_key = ?", [ONE])
    assert (
        page(world.close(), ONE).headings[0]
        == "Vendor 3 Name met 1 of 1 target in Q2 2026; nothing waits for an answer."
    )


def test_nothing_known_is_said_and_is_neither_zero_nor_good(filled: Path):
    silent = page(filled, SILENT)
    assert silent.headings[0] == "Nothing was measured of Vendor 9 Name in Q2 2026; nothing waits for an answer."
    assert "no data" in silent.text
    assert "Never measured: On time, first promise" in silent.text
    assert re.findall(r"\b(?:0|100)(?:\.0)? %", silent.text) == []
    assert "on target" not in silent.text.split("publication", 1)[0]


def test_why_there_is_no_score_is_said(world: World):
    world.run(
        "update vendor_quarter_health set score = null, no_score_reason = 'covers 10 % of the weights'"
        " where vendor_key = ?",
        [ONE],
    )
    found = page(world.close(), ONE)
    assert "No score: covers 10 % of the weights." in found.text
    assert found.figures["vendor_health"] == ""


def test_a_running_quarter_is_not_the_headline(world: World):
    world.run(
        "insert into vendor_quarter_kpi from vendor_quarter_kpi where vendor_key = ? and quarter = ?", [ONE, QUARTER]
    )
    world.run(
        "update vendor_quarter_kpi set quarter = date '2026-07-01', value = 0.01 where rowid ="
        " (select max(rowid) from vendor_quarter_kpi where vendor_key = ?)",
        [ONE],
    )
    assert float(page(world.close(), ONE).figures["otd_first_promise"]) == pytest.approx(0.83)


def test_hostile_text_comes_out_as_text_and_no_cell_is_run(filled: Path):
    files = buyers_pages(filled, HOSTILE)[HOSTILE]
    text = files["index.html"].decode("utf-8")
    assert text.count("<script>") == 1
    assert "\u202e" not in text
    assert "<script>alert(1)</script> & \"Sons\" 'Ltd' gnp.exe" in page(filled, HOSTILE).headings[0]
    cells = [row["material_text"] for row in rows_of(files["order-lines.csv"])]
    assert len(cells) == 4
    assert all(cell == "'=cmd|' /C calc'!A0" for cell in cells)
    assert files["order-lines.csv"].startswith(b"\xef\xbb\xbf")


def test_the_csvs_beside_a_page_hold_all_rows_of_the_vendor_and_none_of_others(world: World):
    expected = {
        "order-lines.csv": "fct_schedule_line",
        "months.csv": "vendor_month",
        "quarters.csv": "vendor_quarter_kpi",
        "tickets.csv": "fct_service_ticket",
        "evidence.csv": "vendor_warning_evidence",
    }
    counts = {
        file: world.run(f"select count(*) from {mart} where vendor_key = ?", [ONE])[0][0]
        for file, mart in expected.items()
    }
    files = buyers_pages(world.close(), ONE)[ONE]
    for file, count in counts.items():
        found = rows_of(files[file])
        assert len(found) == count > 0, file
        assert {row["vendor_key"] for row in found} == {ONE}


def test_every_link_leads_to_a_file_beside_the_page_or_up_to_the_site(filled: Path):
    files = buyers_pages(filled, ONE)[ONE]
    found = Markup(files["index.html"])
    beside = {link for link in found.links if link.endswith(".csv")}
    assert beside == {name for name in files if name.endswith(".csv")}
    others = set(found.links) - beside
    assert len(others) > 5
    assert all(link.startswith(("../../", "#")) for link in others)
    assert {link for link in others if link.startswith("#")} <= {f"#{one}" for one in found.ids}


def test_peers_are_quartiles_of_the_category_without_names(filled: Path):
    found = page(filled, ONE)
    # Scores 51 to 57: quartiles 52.5, 54 and 55.5, told without decimals, halves up.
    table = rows_of(buyers_pages(filled, ONE)[ONE]["peers.csv"])
    score = next(row for row in table if row["metric_id"] == "score")
    assert (score["value"], score["quartile_1"], score["median"], score["quartile_3"]) == ("53", "53", "54", "56")
    assert score["vendors"] == "7"
    assert score["standing"] == "in the middle half"
    assert not any(f"Vendor {number} Name" in found.text for number in range(1, 10) if number != 3)


def test_with_too_few_peers_none_are_told(filled: Path):
    assert "Fewer than five peers" in page(filled, HOSTILE).text
    assert "peers.csv" not in buyers_pages(filled, HOSTILE)[HOSTILE]


def test_late_feeds_are_named(world: World):
    assert "feed is late" not in page(world.close(), ONE).text
    world.manifest["marts"]["fct_service_ticket"]["is_stale"] = True
    world.write_manifest()
    assert "because a feed is late: tickets." in page(world.folder, ONE).text


def test_thousands_of_rows_make_no_page_too_large(world: World):
    for mart, key, words in (
        ("fct_service_ticket", "ticket_key", "category"),
        ("early_warning", "signal_key", "material_text"),
    ):
        world.run(
            f"insert into {mart} by name"
            f" select * exclude (i) replace ({key} || i as {key}, repeat('x', 300) as {words})"
            f" from {mart} cross join range(5000) as numbers (i) where vendor_key = ?",
            [ONE],
        )
    files = buyers_pages(world.close(), ONE)[ONE]
    assert len(rows_of(files["tickets.csv"])) == 5001
    assert len(files["index.html"]) < PAGE_BYTES


def test_the_same_publication_gives_the_same_bytes_in_whatever_order_rows_lie(world: World):
    before = buyers_pages(world.close(), *KEYS)
    assert before == buyers_pages(world.folder, *KEYS)
    for mart in ("fct_schedule_line", "vendor_quarter_kpi", "vendor_warning", "vendor_month"):
        world.run(f"create table other as from {mart} order by random()")
        world.run(f"drop table {mart}")
        world.run(f"alter table other rename to {mart}")
    assert before == buyers_pages(world.close(), *KEYS)


def test_only_the_vendors_asked_for_are_made(filled: Path):
    assert list(buyers_pages(filled, ONE, HOSTILE, "erp:none")) == [ONE, HOSTILE]


def test_slips_are_those_that_vendor_month_counts():
    line = {
        "is_vendor_performance": True,
        "state": "delivered_late",
        "slip_days": 4,
        "first_promise_date": date(2026, 5, 1),
    }
    counted = [line, line | {"slip_days": -2}]
    not_counted = [
        line | {"is_vendor_performance": False},
        line | {"state": "cancelled"},
        line | {"slip_days": None},
        line | {"first_promise_date": None},
        line | {"first_promise_date": date(2026, 7, 3)},
        line | {"first_promise_date": date(2025, 6, 30)},
    ]
    assert slips_days([*counted, *not_counted], _setting()) == [4, -2]


def test_the_curve_counts_open_and_cancelled_lines_while_they_waited():
    line = {
        "is_vendor_performance": True,
        "state": "delivered_late",
        "lead_time_from": date(2026, 6, 1),
        "in_full_date": None,
        "cancelled_at": None,
    }
    lines = [
        line | {"in_full_date": date(2026, 6, 11)},
        line | {"in_full_date": date(2026, 6, 21)},
        line | {"state": "cancelled", "cancelled_at": datetime(2026, 6, 16, 12, tzinfo=UTC)},
        line | {"state": "open"},
        line | {"in_full_date": date(2026, 5, 30)},
        line | {"is_vendor_performance": False},
        line | {"lead_time_from": None},
    ]
    ended, open_days = durations(lines, date(2026, 7, 3))
    assert sorted(ended) == [(10, True), (15, False), (20, True)]
    assert open_days == [32]
    # Four at risk on day 10, two on day 20: 3/4, then half of it.
    assert [(one.day, one.share) for one in steps(ended, open_days)] == [(10, 0.25), (20, 0.625)]


def test_a_mart_that_is_not_among_the_rows_has_no_rows_and_no_columns():
    rows = VendorRows("v", {"a": Result("a", ("x",), ((1,),))})
    assert rows.has("a", "x")
    assert not rows.has("a", "y")
    assert not rows.has("b")
    assert rows.of("b") == ()


def _setting() -> Setting:
    manifest = {"build_id": "b", "as_of": "2026-07-03T18:00:00Z", "marts": {}}
    return setting_of(manifest, currency="EUR", code_hash="code")
