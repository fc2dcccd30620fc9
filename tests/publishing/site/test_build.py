"""The site is of one publication, whole, the same each time, and shows what the marts hold."""

import csv
import hashlib
import io
import shutil
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pytest

from config.sharing import load_sharing
from ecosystem.errors import EcosystemError
from ecosystem.paths import Home
from publishing.site.build import build_site
from publishing.vendor_folder import vendor_folder
from tests.publishing.site.conftest import Markup
from tests.publishing.site.small_publication import (
    AS_OF,
    FORMULA,
    FULL,
    NASTY,
    VENDORS,
    a_company,
    write_publication,
)

LARGEST_PAGE_BYTES = 150_000


def files_of(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def pages_of(folder: Path) -> dict[str, str]:
    found = {str(file.relative_to(folder)): file.read_text(encoding="utf-8") for file in folder.rglob("*.html")}
    assert len(found) > len(VENDORS) + 10
    return found


def rows_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))


def ask(home: Home, sql: str) -> list[tuple]:
    file = home.current.resolve() / "ecosystem.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql, {"quarter": FULL} if "$quarter" in sql else {}).fetchall()


def test_without_a_publication_there_is_no_site_and_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EcosystemError, match="run 'ecosystem publish'"):
        build_site(Home(tmp_path / "var"))


def test_building_again_writes_nothing(company: Home) -> None:
    first = build_site(company)
    before = {file: file.stat().st_mtime_ns for file in company.site.rglob("*")}
    second = build_site(company)
    assert first.written_files > 50
    assert not first.reused
    assert second.reused
    assert second.written_files == 0
    assert second.pages == first.pages
    assert {file: file.stat().st_mtime_ns for file in company.site.rglob("*")} == before


def test_the_same_publication_gives_the_same_bytes(company: Home, tmp_path: Path) -> None:
    build_site(company)
    other = Home(tmp_path / "other")
    shutil.copytree(company.published, other.published, symlinks=True)
    build_site(other)
    assert len(files_of(company.site)) > 50
    assert files_of(company.site) == files_of(other.site)


def test_a_lost_page_is_made_again(company: Home) -> None:
    build_site(company)
    whole = files_of(company.site)
    (company.site / "delivery.html").unlink()
    (company.site / "vendors" / vendor_folder(VENDORS[0]) / "index.html").unlink()
    report = build_site(company)
    assert not report.reused
    assert files_of(company.site) == whole


def test_a_manifest_nobody_can_read_is_no_site(company: Home) -> None:
    build_site(company)
    whole = files_of(company.site)
    (company.site / "manifest.json").write_text("{", encoding="utf-8")
    assert not build_site(company).reused
    assert files_of(company.site) == whole


def test_only_pages_of_vendors_whose_rows_changed_are_made(company: Home) -> None:
    build_site(company)
    page = company.site / "vendors" / vendor_folder(VENDORS[0]) / "index.html"
    other = company.site / "vendors" / vendor_folder(VENDORS[1]) / "index.html"
    before = page.read_bytes(), other.stat().st_mtime_ns
    rows = a_company()
    rows["vendor_warning"].append({**rows["vendor_warning"][0], "signal_key": "new", "statistic": 9.9})
    write_publication(company, rows, "20260704T180000Z-0123456789ab")
    report = build_site(company)
    assert report.written_vendors == 1
    assert page.read_bytes() != before[0]
    assert other.stat().st_mtime_ns == before[1]


def test_what_vanished_from_the_marts_vanishes_from_the_site(company: Home) -> None:
    build_site(company)
    gone = company.site / "vendors" / vendor_folder(VENDORS[6])
    assert (gone / "index.html").is_file()
    rows = a_company()
    for mart, some in rows.items():
        rows[mart] = [row for row in some if row.get("vendor_key") != VENDORS[6]]
    write_publication(company, rows, "20260704T180000Z-0123456789ab")
    report = build_site(company)
    assert report.removed_files > 0
    assert not gone.exists()
    assert (company.site / "vendors" / vendor_folder(VENDORS[5]) / "index.html").is_file()


def test_the_checks_of_the_publication_stand_beside_its_pages(company: Home) -> None:
    build_site(company)
    assert "are not here" in (company.site / "data.html").read_text(encoding="utf-8")
    shutil.rmtree(company.site)
    docs = company.gate_data_docs(company.current.resolve().name)
    docs.mkdir(parents=True)
    (docs / "index.html").write_text("<!doctype html><title>Checks</title>", encoding="utf-8")
    build_site(company)
    assert "data-docs/index.html" in Markup((company.site / "data.html").read_text(encoding="utf-8")).links
    assert (company.site / "data-docs" / "index.html").read_bytes() == (docs / "index.html").read_bytes()


def test_a_changed_sharing_protocol_makes_the_site_anew(company: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    build_site(company)
    assert build_site(company).reused
    settings = load_sharing().model_copy(update={"other_vendors_at_least": 6})
    monkeypatch.setattr("publishing.site.build.load_sharing", lambda: settings)
    assert not build_site(company).reused


def test_every_link_leads_somewhere(built_site: Home) -> None:
    checked = 0
    pages = {path: Markup(text) for path, text in pages_of(built_site.site).items()}
    for path, markup in pages.items():
        twice = [one for one, times in Counter(markup.ids).items() if times > 1]
        assert not twice, f"{path} has {twice} twice"
        for link in markup.links:
            assert "://" not in link, f"{path} leads out of the site: {link}"
            file, _, anchor = unquote(link).partition("#")
            target = (built_site.site / path).parent / file if file else built_site.site / path
            assert target.resolve().is_relative_to(built_site.site.resolve()), f"{path} leads out of the site: {link}"
            assert target.is_file(), f"{path}: {link} does not exist"
            if anchor:
                ids = pages[str(target.resolve().relative_to(built_site.site.resolve()))].ids
                assert anchor in ids, f"{path}: {link} has no such place"
            checked += 1
    assert checked > 500


def test_pages_are_small_and_load_nothing(built_site: Home) -> None:
    for path, text in pages_of(built_site.site).items():
        assert len(text.encode("utf-8")) < LARGEST_PAGE_BYTES, path
        assert "default-src 'none'" in text
        for word in ("http://", "https://", "@import", "url(", "<iframe", "<object", "<embed"):
            assert word not in text.replace("http://www.w3.org/2000/svg", "").replace("http://evil.example", ""), path


def test_names_from_sources_come_out_as_text(built_site: Home) -> None:
    seen = 0
    for path, text in pages_of(built_site.site).items():
        markup = Markup(text)
        assert markup.tags.count("script") == 1, path
        assert "img" not in markup.tags, path
        assert "b" not in markup.tags, path
        assert "\u202e" not in text, path
        seen += "&lt;script&gt;alert" in text
    assert seen > 3


def test_no_spreadsheet_runs_a_cell(built_site: Home) -> None:
    cells = [
        cell
        for file in built_site.site.rglob("*.csv")
        for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""))
        for cell in row
    ]
    assert any(cell == f"'{FORMULA}" for cell in cells)
    assert any(NASTY in cell for cell in cells)
    numbers = [cell for cell in cells if cell[:1] in "=+-@" and cell]
    assert all(float(cell) < 0 for cell in numbers)


@pytest.mark.parametrize(
    ("page", "key", "sql"),
    [
        ("targets.html", "vendor_nps", "select value from ecosystem_quarter where metric_id = 'vendor_nps'"),
        (
            "index.html",
            "savings_reinvested",
            "select value from ecosystem_quarter where metric_id = 'savings_reinvested'",
        ),
        (
            "delivery.html",
            "otd-first-promise",
            "select sum(otd_first_promise * otd_first_promise_n) / sum(otd_first_promise_n) from vendor_month",
        ),
        (
            "quality.html",
            "defect-ppm-received",
            "select avg(defect_ppm_received) from vendor_month where defect_ppm_unit = 'EA'",
        ),
        (
            "cost.html",
            "price-variance-contract",
            "select sum(price_variance) / sum(baseline_amount) from price_variance where baseline = 'contract'",
        ),
        ("cost.html", "invoiced-amount", "select sum(invoiced_amount) from vendor_month"),
        (
            "service.html",
            "availability",
            "select 1 - sum(unplanned_hours) / sum(scheduled_hours - planned_hours) from fct_availability",
        ),
        ("reinvestment.html", "validated-amount", "select sum(validated_amount) from reinvestment_quarter"),
        ("innovation.html", "feedback-in-time", "select feedback_in_time from innovation_funnel"),
    ],
)
def test_the_numbers_shown_are_those_of_the_marts(built_site: Home, page: str, key: str, sql: str) -> None:
    period = "date_trunc('quarter', month)" if "vendor_month" in sql or "availability" in sql else "quarter"
    joint = "and" if " where " in sql else "where"
    ((expected,),) = ask(built_site, f"{sql} {joint} {period} = $quarter")
    shown = Markup((built_site.site / page).read_text(encoding="utf-8")).figures
    assert expected is not None
    assert float(shown[key]) == pytest.approx(float(expected), rel=1e-9)


def test_what_nobody_knows_is_not_a_number(built_site: Home) -> None:
    text = (built_site.site / "delivery.html").read_text(encoding="utf-8")
    assert Markup(text).figures["otd-requested"] == ""
    targets = (built_site.site / "targets.html").read_text(encoding="utf-8")
    assert Markup(targets).figures["innovation_submissions_total"] == ""
    assert "no source" in targets


def test_overdue_lines_are_all_in_the_rows_behind_them(built_site: Home) -> None:
    ((lines,),) = ask(built_site, "select count(*) from fct_schedule_line where state = 'overdue'")
    assert lines > 10
    rows = rows_of(built_site.site / "rows" / "overdue-lines.csv")
    assert len(rows) == lines
    assert {int(row["days_overdue"]) for row in rows} == {
        (AS_OF.date() - day).days
        for (day,) in ask(built_site, "select first_promise_date from fct_schedule_line where state = 'overdue'")
    }
    assert Markup((built_site.site / "delivery.html").read_text(encoding="utf-8")).figures["overdue-lines"] == str(
        lines
    )


def test_muted_alerts_are_counted_but_not_told(built_site: Home) -> None:
    text = (built_site.site / "index.html").read_text(encoding="utf-8")
    assert "3 alerts and 2 watches are open; 1 more muted because a feed is stale" in text
    told = rows_of(built_site.site / "rows" / "warnings.csv")
    assert len(told) == 5
    assert {row["is_muted"] for row in told} == {"false"}


def test_every_version_of_every_definition_has_its_place(built_site: Home) -> None:
    ids = Markup((built_site.site / "definitions.html").read_text(encoding="utf-8")).ids
    known = {row[0] for row in ask(built_site, "select definition_id from kpi_definition")}
    assert len(known) > 40
    assert known <= set(ids)


def test_a_running_quarter_is_said_to_be_running(built_site: Home) -> None:
    assert "Q3 2026 is still running" in (built_site.site / "index.html").read_text(encoding="utf-8")
    assert "Q3 2026 still running" in (built_site.site / "targets.html").read_text(encoding="utf-8")
