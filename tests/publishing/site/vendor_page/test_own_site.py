"""A vendor's own site holds what the protocol shares with it, all it needs, and nothing of others."""

from pathlib import Path

import pytest

from config.sharing import load_sharing
from ecosystem.paths import Home
from publishing.site.vendor_page.own_site import build_vendor_sites
from publishing.vendor_folder import vendor_folder
from tests.publishing.site.vendor_page.pages import Markup, own_sites
from tests.publishing.site.vendor_page.vendor_world import HOSTILE, KEYS, SILENT, STEEL, World

ONE = STEEL[2]


@pytest.fixture
def home(world: World, tmp_path: Path) -> Home:
    """A state directory whose current publication is the world."""
    home = Home(tmp_path / "var")
    home.published.mkdir(parents=True)
    home.current.symlink_to(world.folder)
    return home


def of_others(key: str) -> list[str]:
    """Words that stand in rows of others alone."""
    numbers = [number for number, other in enumerate(KEYS, start=1) if other != key]
    return [
        word
        for number in numbers
        for word in (f"erp:{number}", f"Vendor {number} Name", f"INC{number}", f"Part of {number}", f"Idea {number}")
    ]


def test_nothing_of_another_vendor_is_in_any_file(filled: Path):
    sites = own_sites(filled, *KEYS)
    assert sorted(sites) == sorted(KEYS)
    for key, files in sites.items():
        whole = "\n".join(content.decode("utf-8") for content in files.values())
        assert (f"erp:{KEYS.index(key) + 1}" in whole) == (key != SILENT)
        found = [word for word in of_others(key) if word in whole]
        assert found == [], key


def test_what_is_not_shared_is_not_there_not_even_as_a_heading(filled: Path):
    files = own_sites(filled, ONE)[ONE]
    whole = "\n".join(content.decode("utf-8") for content in files.values())
    page = Markup(files["index.html"])
    assert "Delivery" in page.headings
    assert "Cost" not in page.headings
    assert "price-variance.csv" not in files
    assert "evidence.csv" not in files
    for secret in (
        "Secret sentence",
        "Head of Secrets",
        "relationship_drop",
        "Worse votes",
        "Leverage",
        "stakeholder_nps",
    ):
        assert secret not in whole, secret
    assert "Later deliveries" in page.text


def test_what_a_changed_protocol_no_longer_shares_goes_with_its_section(filled: Path):
    whole = load_sharing()
    less = whole.model_copy(update={"own_rows": {k: v for k, v in whole.own_rows.items() if k != "fct_service_ticket"}})
    assert "tickets.csv" in own_sites(filled, ONE)[ONE]
    files = own_sites(filled, ONE, settings=less)[ONE]
    assert "tickets.csv" not in files
    assert "INC3" not in files["index.html"].decode("utf-8")


def test_a_headline_is_silent_about_alerts_that_are_not_shared(filled: Path):
    whole = load_sharing()
    kept = {mart: rows for mart, rows in whole.own_rows.items() if mart not in ("vendor_warning", "early_warning")}
    files = own_sites(filled, ONE, settings=whole.model_copy(update={"own_rows": kept}))[ONE]
    found = Markup(files["index.html"])
    assert found.headings[0] == "Vendor 3 Name met 0 of 1 target in Q2 2026."
    assert "To act on" not in found.headings


def test_a_site_holds_all_that_it_links_to(filled: Path):
    links = 0
    for files in own_sites(filled, *KEYS).values():
        anchors = {name: Markup(content).ids for name, content in files.items() if name.endswith(".html")}
        for name, content in files.items():
            if not name.endswith(".html"):
                continue
            for link in Markup(content).links:
                file, _, anchor = link.partition("#")
                assert (file or name) in files, link
                if anchor and (file or name) in anchors:
                    known = anchors[file or name]
                    # The world defines a few of the measures; a site defines those that are published.
                    assert anchor in known or file == "definitions.html", link
                links += 1
    assert links > 50


def test_definitions_are_those_of_the_page_alone(filled: Path):
    found = Markup(own_sites(filled, ONE)[ONE]["definitions.html"])
    assert {"otd_first_promise", "vendor_health"} <= found.ids
    assert "stakeholder_nps" not in found.ids


def test_only_touched_sites_are_written_and_those_of_vanished_vendors_go(home: Home, world: World):
    first = build_vendor_sites(home, load_sharing(), "code")
    assert (first.vendors, first.written_vendors) == (len(KEYS), len(KEYS))
    before = {file: file.stat().st_mtime_ns for file in home.vendor_sites.rglob("*") if file.is_file()}
    assert len(before) > len(KEYS) * 3
    assert build_vendor_sites(home, load_sharing(), "code").written_vendors == 0
    assert {file: file.stat().st_mtime_ns for file in before} == before
    world.run("update fct_service_ticket set priority = '1' where vendor_key = ?", [ONE])
    world.run("delete from dim_vendor where vendor_key = ?", [HOSTILE])
    world.close()
    second = build_vendor_sites(home, load_sharing(), "code")
    assert (second.written_vendors, second.removed_vendors) == (1, 1)
    changed = {file.parent.name for file, at in before.items() if file.exists() and file.stat().st_mtime_ns != at}
    assert changed == {vendor_folder(ONE)}
    assert not (home.vendor_sites / vendor_folder(HOSTILE)).exists()


def test_a_file_that_was_taken_away_by_hand_is_made_again(home: Home):
    build_vendor_sites(home, load_sharing(), "code")
    page = home.vendor_sites / vendor_folder(ONE) / "index.html"
    page.unlink()
    assert build_vendor_sites(home, load_sharing(), "code").written_vendors == 1
    assert page.is_file()


def test_a_build_that_was_stopped_goes_on_where_it_was(home: Home):
    build_vendor_sites(home, load_sharing(), "code")
    for key in STEEL[:2]:
        (home.vendor_sites / vendor_folder(key) / "manifest.json").unlink()
    (home.vendor_sites / vendor_folder(STEEL[0]) / "index.html").write_text("half", encoding="utf-8")
    assert build_vendor_sites(home, load_sharing(), "code").written_vendors == 2
    whole = own_sites(home.current.resolve(), STEEL[0])[STEEL[0]]["index.html"]
    assert (home.vendor_sites / vendor_folder(STEEL[0]) / "index.html").read_bytes() == whole
