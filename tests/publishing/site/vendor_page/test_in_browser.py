"""Vendors' pages and their own sites in a real browser: nothing asked for, nothing broken, readable by everyone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from tests.publishing.site.vendor_page.pages import buyers_pages, own_sites
from tests.publishing.site.vendor_page.vendor_world import HOSTILE, SILENT, STEEL

CHROMIUM = "/usr/bin/chromium"
ONE = STEEL[2]
SHOWN = (ONE, HOSTILE, SILENT)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def folders(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A buyers' page and an own site of a vendor with figures, of one with a hostile name, of one without anything."""
    written = []
    for kind, made in (("buyers", buyers_pages(filled, *SHOWN)), ("own", own_sites(filled, *SHOWN))):
        for number, files in enumerate(made.values()):
            folder = tmp_path_factory.mktemp(f"{kind}-{number}")
            for name, content in files.items():
                (folder / name).write_bytes(content)
            written.append(folder)
    assert len(written) == 2 * len(SHOWN)
    return written


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_a_page_asks_for_nothing_and_axe_objects_to_nothing(
    folders: list[Path], browser: Browser, scheme: str, width: int
):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page, faults, requests = context.new_page(), [], []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    passed = 0
    for folder in folders:
        for file in sorted(folder.glob("*.html")):
            requests.clear()
            page.goto(file.as_uri())
            results = Axe().run(page).response
            passed += len(results["passes"])
            assert [one["id"] for one in results["violations"]] == [], file
            assert page.evaluate("document.documentElement.scrollWidth") <= width, file
            assert requests == [file.as_uri()]
            assert faults == []
    assert passed > 100
    context.close()


def test_a_vendor_reads_its_definitions_inside_its_own_site(folders: list[Path], browser: Browser):
    own = next(folder for folder in folders if folder.name.startswith("own-0"))
    page = browser.new_page()
    page.goto((own / "index.html").as_uri())
    page.click("h3 a >> text=On time, first promise")
    assert page.url == f"{(own / 'definitions.html').as_uri()}#otd_first_promise"
    assert page.locator("#otd_first_promise h2").inner_text() == "Name of otd_first_promise"
    page.close()
