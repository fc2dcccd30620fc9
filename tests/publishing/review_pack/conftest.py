import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ecosystem.paths import Home
from publishing.review_pack.build import build_review_packs
from publishing.review_pack.quarter import Quarter
from publishing.review_pack.review import Edition
from publishing.review_pack.store import HTML_FILE, PDF_FILE, edition_folder
from tests.publishing.review_pack.review_world import QUARTER, write_world


@pytest.fixture
def world(tmp_path: Path) -> Home:
    """A state directory with the publication and no pack."""
    home = Home(tmp_path / "var")
    write_world(home)
    return home


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The publication with the packs of its last quarter; tests only read them."""
    home = Home(tmp_path_factory.mktemp("packs") / "var")
    write_world(home)
    built = build_review_packs(home)
    assert built.editions_written == 2 * built.vendors == 8
    return home


@pytest.fixture
def html_of(packed: Home) -> Callable[[str, Edition], str]:
    """The page of a vendor's edition."""

    def read(vendor_key: str, edition: Edition) -> str:
        return (edition_folder(packed, Quarter(QUARTER), vendor_key, edition) / HTML_FILE).read_text(encoding="utf-8")

    return read


@pytest.fixture
def text_of(packed: Home) -> Callable[[str, Edition], str]:
    """The words of a vendor's PDF on one line, as pdftotext reads them."""

    def read(vendor_key: str, edition: Edition) -> str:
        file = edition_folder(packed, Quarter(QUARTER), vendor_key, edition) / PDF_FILE
        done = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True)
        words = " ".join(done.stdout.split())
        assert len(words) > 1000
        return words

    return read
