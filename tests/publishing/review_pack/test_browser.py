"""The page in a real browser: narrow and wide, light and dark, without script, and readable to everyone."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from ecosystem.paths import Home
from publishing.review_pack.quarter import Quarter
from publishing.review_pack.review import Edition
from publishing.review_pack.store import HTML_FILE, edition_folder
from tests.publishing.review_pack.review_world import BUSY, HOSTILE, QUARTER, SILENT


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield started
        started.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 360)])
@pytest.mark.parametrize("vendor", [BUSY, SILENT, HOSTILE])
def test_a_page_fits_asks_for_nothing_and_is_accessible(
    packed: Home, browser: Browser, vendor: str, scheme: str, width: int
) -> None:
    file = edition_folder(packed, Quarter(QUARTER), vendor, Edition.BUYER) / HTML_FILE
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert page.locator("section").count() >= 10
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert len(found.response["passes"]) > 10
    assert found.violations_count == 0, found.generate_report()
    assert asked == [file.as_uri()]
    assert said == []
    page.close()
