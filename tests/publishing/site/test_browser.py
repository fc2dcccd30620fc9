"""The site in a real browser: no error, no request, nothing that axe objects to, nothing wider than a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from ecosystem.paths import Home
from publishing.vendor_folder import vendor_folder
from tests.publishing.site.small_publication import VENDORS

CHROMIUM = "/usr/bin/chromium"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


class Watched:
    """A page that remembers what went wrong in it and what it asked for."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def open(self, file: Path) -> Page:
        self.page.goto(file.as_uri())
        return self.page


def own_pages(home: Home) -> list[Path]:
    """Every page of ours, and one vendor's."""
    pages = [*home.site.glob("*.html"), *home.site.glob("vendors/*.html")]
    vendor = home.site / "vendors" / vendor_folder(VENDORS[0]) / "index.html"
    assert len(pages) >= 11
    return sorted([*pages, vendor])


def test_clicking_through_every_page_shows_no_error_and_leaves_nothing(built_site: Home, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK)
    watched = Watched(context)
    page = watched.open(built_site.site / "index.html")
    names = [link.inner_text() for link in page.query_selector_all("nav a")]
    assert len(names) >= 11
    for name in names:
        page.click(f"nav a >> text={name}")
        assert page.locator("nav a[aria-current=page]").inner_text() == name
        assert page.locator("h1").count() == 1
    page.goto((built_site.site / "index.html").as_uri())
    page.locator(
        f"main td a[href*='{vendor_folder(VENDORS[1])}'], main th a[href*='{vendor_folder(VENDORS[1])}']"
    ).first.click()
    assert "/vendors/" in page.url
    assert page.locator("h1").count() == 1
    assert watched.faults == []
    assert len(watched.requests) > len(names)
    assert all(url.startswith(("file://", "data:")) for url in watched.requests)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_objects_to_nothing(built_site: Home, browser: Browser, scheme: str) -> None:
    context = browser.new_context(viewport=DESK, color_scheme=scheme)
    watched = Watched(context)
    axe, passed = Axe(), 0
    for file in own_pages(built_site):
        results = axe.run(watched.open(file))
        passed += len(results.response["passes"])
        told = [
            f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:300]}"
            for one in results.response["violations"]
            for node in one["nodes"][:3]
        ]
        assert not told, f"{file.name}: {told}"
    assert passed > 200
    context.close()


def test_no_page_is_wider_than_a_phone(built_site: Home, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)
    watched = Watched(context)
    for file in own_pages(built_site):
        page = watched.open(file)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], file.name
        assert page.locator("h1").bounding_box()["width"] > 200
    context.close()


def test_without_script_a_page_says_all_it_has_to_say(built_site: Home, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK, java_script_enabled=False)
    page = context.new_page()
    page.goto((built_site.site / "vendors" / "index.html").as_uri())
    assert page.locator("tbody tr").count() == len(VENDORS)
    assert not page.locator("input[type=search]").is_visible()
    context.close()


def test_a_heading_sorts_its_table_and_the_search_narrows_it(built_site: Home, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK)
    page = Watched(context).open(built_site.site / "vendors" / "index.html")
    column = page.locator("thead th").all_inner_texts().index("Health")
    page.click("thead th >> text=Health")
    scores = [cell.get_attribute("data-value") for cell in page.locator(f"tbody tr > :nth-child({column + 1})").all()]
    known = [float(score) for score in scores if score]
    assert len(known) == 5
    assert known == sorted(known)
    assert scores[: len(known)] == [score for score in scores if score], "what is not known stands last"
    assert page.locator("th[aria-sort=ascending]").count() == 1
    page.fill("input[type=search]", "nordwind")
    assert page.locator("tbody tr:visible").count() == 1
    context.close()


def test_the_keyboard_reaches_the_content_first(built_site: Home, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK)
    page = Watched(context).open(built_site.site / "index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    context.close()


def test_a_state_is_told_without_colour(built_site: Home, browser: Browser) -> None:
    context = browser.new_context(viewport=DESK)
    page = Watched(context).open(built_site.site / "index.html")
    states = page.locator(".tile .state").all()
    assert len(states) == 4
    for state in states:
        assert state.inner_text().strip() in {"met", "not met", "cannot tell", "no source"}
        assert state.locator("svg.mark").count() == 1
    context.close()
