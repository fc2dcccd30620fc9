"""What the pages name exists: files, folders, make targets and commands."""

import re
from pathlib import Path

import pytest
import typer

from ecosystem.cli import app
from ecosystem.paths import project_root

ROOT = project_root()
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TOP_LEVEL = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")} - {"var"}


def named_paths(text: str) -> set[str]:
    """Paths in backticks that begin with a folder of the repository; patterns and placeholders are left out."""
    paths = re.findall(r"`([A-Za-z_]+/[\w./\-]*)`", text)
    return {path for path in paths if path.split("/")[0] in TOP_LEVEL}


def test_the_pages_are_found():
    assert {"README.md", "CONTRIBUTING.md", "architecture.md", "performance.md"} <= {page.name for page in PAGES}
    assert sum(len(named_paths(page.read_text(encoding="utf-8"))) for page in PAGES) > 30


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_and_folders_that_a_page_names_exist(page: Path):
    text = page.read_text(encoding="utf-8")
    links = set(re.findall(r"\]\(([^)#:]+)\)", text))
    assert {path for path in named_paths(text) if not (ROOT / path).exists()} == set()
    assert {link for link in links if not (page.parent / link).exists()} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_and_commands_that_a_page_names_exist(page: Path):
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = set(typer.main.get_command(app).commands)
    assert targets
    assert commands
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)) <= targets
    assert set(re.findall(r"(?:^|`|bin/)ecosystem ([a-z-]+)", text, re.MULTILINE)) <= commands
