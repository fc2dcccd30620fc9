"""A pack's figures are the marts', in the page and in the PDF; the same publication gives the same bytes."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ecosystem.paths import Home
from publishing.manifest import read_manifest, sha256
from publishing.review_pack.build import build_review_packs
from publishing.review_pack.quarter import Quarter
from publishing.review_pack.review import Edition
from publishing.review_pack.store import HTML_FILE, PDF_FILE, edition_folder, packs_folder
from tests.publishing.review_pack.review_world import BUILD_ID, BUSY, HOSTILE, QUARTER, write_world

Reader = Callable[[str, Edition], str]

# Sentences and cells, each with the section it comes from; what the marts of review_world.py say.
FIGURES = (
    "1 of 6 targets with data met, 3 not met and 2 cannot be told",
    "Vendor health, of 100",
    "61.9",
    "On time against the first promise 86.0 % 388 lines due",
    "83.0 to 88.0 %",
    "404 ppm",
    "3 of 4 lines due in Q2 2026 missed the first promise; 1 line is overdue",
    "63 days so far",
    "Vendor later 1 14 days 8 days",
    "6 complaints in Q2 2026",
    "open for 58 days",
    "30.5 hours",
    "INC4000042",
    "1 ticket opened, 0 tickets open",
    "we owe a first answer to 1 proposal",
    "answer owed",
    "answered in time",
    "EUR 120,004.00",
    "EUR 42,000.00",
    "reinvested with this vendor: 35.0 % of it",
    "Raw bonus share × saving above the threshold EUR 14,000.80",
    "Cap from the agreement EUR 12,500.00",
    "EUR 10,000.80 held until it can be told",
    "5 decisions due, 2 of them overdue",
    "otd_first_promise v2",
    BUILD_ID,
    "3 Jul 2026 18:00 UTC",
)


def test_the_pdf_says_what_the_marts_say(text_of: Reader) -> None:
    shown = text_of(BUSY, Edition.BUYER)
    assert [figure for figure in FIGURES if figure not in shown] == []


def test_the_page_says_what_the_pdf_says(html_of: Reader) -> None:
    markup = re.sub(r"<style.*?</style>|<svg.*?</svg>", " ", html_of(BUSY, Edition.BUYER), flags=re.DOTALL)
    shown = " ".join(re.sub(r"<[^>]+>", " ", markup).split())
    assert [figure for figure in FIGURES if figure not in shown] == []


@pytest.mark.parametrize("edition", list(Edition))
def test_each_section_for_the_meeting_has_room_for_the_vendors_answer(html_of: Reader, edition: Edition) -> None:
    shown = html_of(BUSY, edition)
    sections = re.findall(r'<section id="([a-z_]+)">', shown)
    assert len(sections) >= 10
    boxes = re.findall(r'<div class="comment">', shown)
    silent = {"warnings", "appendix"} & set(sections)
    assert len(boxes) == len(sections) - len(silent)
    assert shown.count("Signature") == len(boxes)


def test_the_pdf_is_tagged_titled_dated_by_the_publication_and_counts_its_pages(packed: Home, text_of: Reader) -> None:
    folder = edition_folder(packed, Quarter(QUARTER), BUSY, Edition.BUYER)
    done = subprocess.run(["pdfinfo", "-isodates", str(folder / PDF_FILE)], capture_output=True, text=True, check=True)
    info = dict(line.split(":", 1) for line in done.stdout.splitlines())
    facts = {name: value.strip() for name, value in info.items()}
    assert facts["Title"] == "Joint review Q2 2026: Nordwind Sensors"
    assert facts["Tagged"] == "yes"
    assert "A4" in facts["Page size"]
    assert facts["CreationDate"].startswith("2026-07-03T18:00:00")
    metadata = subprocess.run(["pdfinfo", "-meta", str(folder / PDF_FILE)], capture_output=True, text=True, check=True)
    assert re.search(r'pdfuaid:part(="|>)1', metadata.stdout)
    pages = int(facts["Pages"])
    assert pages > 4
    assert f"page {pages} of {pages}" in text_of(BUSY, Edition.BUYER)


def test_the_manifest_tells_publication_definitions_and_checksums(packed: Home) -> None:
    folder = edition_folder(packed, Quarter(QUARTER), BUSY, Edition.VENDOR)
    manifest = read_manifest(folder)
    assert (manifest["quarter"], manifest["edition"], manifest["build_id"]) == ("2026-Q2", "vendor", BUILD_ID)
    assert {"definition_id": "otd_first_promise", "definition_version": 2} in manifest["definitions"]
    assert {one["file"]: one["sha256"] for one in manifest["files"]} == {
        name: sha256(folder / name) for name in (HTML_FILE, PDF_FILE)
    }


def contents(home: Home) -> dict[str, bytes]:
    root = packs_folder(home)
    found = {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
    assert found
    return found


@pytest.mark.slow
def test_the_same_publication_gives_the_same_bytes_in_another_process(packed: Home, tmp_path: Path) -> None:
    home = Home(tmp_path / "elsewhere")
    write_world(home)
    program = (
        "import sys; from pathlib import Path; from ecosystem.paths import Home;"
        "from publishing.review_pack.build import build_review_packs;"
        "build_review_packs(Home(Path(sys.argv[1])))"
    )
    # Another seed of hashes, zone and language than this process.
    surroundings = {"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LANG": "C.UTF-8"}
    subprocess.run(
        [sys.executable, "-c", program, str(home.root)],
        env=surroundings | {"PYTHONPATH": ":".join(sys.path)},
        check=True,
        capture_output=True,
        timeout=300,
    )
    assert contents(home) == contents(packed)


def test_a_running_quarter_is_marked_on_every_edition(world: Home) -> None:
    built = build_review_packs(world, "2026-Q3", BUSY, running_allowed=True)
    assert (built.quarter, built.editions_written) == ("2026-Q3", 2)
    for edition in Edition:
        folder = edition_folder(world, Quarter(QUARTER).after(1), BUSY, edition)
        assert read_manifest(folder)["is_running"] is True
        shown = (folder / HTML_FILE).read_text(encoding="utf-8")
        assert "the quarter is running" in shown
        assert "The quarter has not ended." in shown


@pytest.mark.parametrize("edition", list(Edition))
def test_a_hostile_name_is_text_and_nothing_else(html_of: Reader, text_of: Reader, edition: Edition) -> None:
    shown = html_of(HOSTILE, edition)
    assert "<script" not in shown
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &#34;Söhne&#34; Ltd gnp.exe" in shown
    assert "\u202e" not in shown
    assert "<script>alert('x')</script> & \"Söhne\" Ltd gnp.exe" in text_of(HOSTILE, edition)


def test_the_page_asks_for_nothing_from_elsewhere(html_of: Reader) -> None:
    shown = html_of(BUSY, Edition.BUYER)
    addresses = re.findall(r'(?:src|href|url)\s*[=(]\s*"?([^")\s>]+)', shown)
    assert addresses
    assert [one for one in addresses if not one.startswith("#")] == []
    assert "default-src 'none'" in shown
