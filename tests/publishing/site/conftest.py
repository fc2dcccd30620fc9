from html.parser import HTMLParser
from pathlib import Path

import pytest

from ecosystem.paths import Home
from publishing.site.build import build_site
from tests.publishing.site.small_publication import a_company, write_publication


@pytest.fixture
def company(tmp_path: Path) -> Home:
    """A state directory with a small publication and no site."""
    home = Home(tmp_path / "var")
    write_publication(home, a_company())
    return home


@pytest.fixture(scope="module")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The small publication with its site; tests only read it."""
    home = Home(tmp_path_factory.mktemp("site") / "var")
    write_publication(home, a_company())
    build_site(home)
    return home


class Markup(HTMLParser):
    """Links, ids, tags and numbers of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.figures: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.tags.append(tag)
        if "id" in found:
            self.ids.append(found["id"] or "")
        if tag == "a" and found.get("href"):
            self.links.append(found["href"] or "")
        if "data-figure" in found:
            self.figures[found["data-figure"] or ""] = found.get("data-value") or ""
