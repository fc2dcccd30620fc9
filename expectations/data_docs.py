"""Great Expectations' Data Docs of one gate run: a page for each table, readable without the internet.

Great Expectations renders what was expected and found; its own page around that loads styles, scripts and a logo from
seven hosts (1.24), and bears random ids and the time of rendering. The frame here has its styles in itself and gives
the same bytes for the same results.
"""

import itertools
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from expectations.check import Suite
from expectations.findings import Outcome

KEPT = 3
INDEX = "index.html"
_UNFINISHED = ".unfinished-"


@dataclass(frozen=True)
class TableLine:
    """A line of the index: how the checks of a table ended. ``has_page`` is false where none could run."""

    table: str
    checks: int
    failed: tuple[Outcome, ...]
    has_page: bool


class DataDocs:
    """Collects the pages of one gate run; nobody sees them before :meth:`finish`."""

    def __init__(self, folder: Path, build_id: str) -> None:
        self._build_id = build_id
        self._folder = folder
        self._unfinished = folder.with_name(f"{_UNFINISHED}{folder.name}")
        shutil.rmtree(self._unfinished, ignore_errors=True)
        self._unfinished.mkdir(parents=True)

    def add(self, suite: Suite, result: Any) -> None:
        """Write the page of a suite from Great Expectations' result."""
        page = _page(suite.table, self._build_id, result)
        (self._unfinished / f"{suite.table}.html").write_text(page, encoding="utf-8")

    def finish(self, outcomes: Sequence[Outcome]) -> Path:
        """Write the index and make the pages visible; those of the last three builds are kept."""
        lines = [
            self._line(table, list(some)) for table, some in itertools.groupby(outcomes, key=lambda one: one.table)
        ]
        index = _environment().get_template("data_docs_index.html").render(build_id=self._build_id, lines=lines)
        (self._unfinished / INDEX).write_text(index, encoding="utf-8")
        if self._folder.exists():
            shutil.rmtree(self._folder)
        self._unfinished.rename(self._folder)
        _remove_old(self._folder)
        return self._folder

    def _line(self, table: str, outcomes: Sequence[Outcome]) -> TableLine:
        failed = tuple(outcome for outcome in outcomes if not outcome.succeeded)
        return TableLine(table, len(outcomes), failed, (self._unfinished / f"{table}.html").is_file())


def _page(table: str, build_id: str, result: Any) -> str:
    # Here and not at the top: the import takes seconds.
    from great_expectations.render.renderer import ValidationResultsPageRenderer

    document = ValidationResultsPageRenderer(run_info_at_end=True).render(result)
    view = _view()
    ids = itertools.count(1)
    view.env.filters["generate_html_element_uuid"] = lambda prefix=None: f"{prefix or 'part'}{next(ids)}"
    return str(view.render(document, table=table, build_id=build_id))


@cache
def _view() -> Any:
    """Great Expectations' view with our frame around its sections."""
    from great_expectations.render.view import DefaultJinjaPageView

    view = DefaultJinjaPageView(custom_views_directory=os.fspath(Path(__file__).parent / "templates"))
    view._template = "data_docs_page.html"
    return view


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("expectations"), autoescape=True, undefined=StrictUndefined)


def _remove_old(current: Path) -> None:
    others = [folder for folder in current.parent.glob(f"[!.]*{current.suffix}") if folder != current]
    for folder in sorted(others, key=lambda path: path.stat().st_mtime_ns, reverse=True)[KEPT - 1 :]:
        shutil.rmtree(folder)
