"""The page that lists every mart, written from what the dbt project says about itself.

Keys come from the tests that hold them, refresh and types from the configuration, so the page cannot say what a build
does not do.
"""

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dbt.cli.main import dbtRunner

from ecosystem.errors import EcosystemError
from ecosystem.paths import project_root

PAGE = Path("docs") / "marts.md"
_COMPANIONS = ("n", "lower", "upper")
DEFINITIONS = Path("dbt_project") / "seeds" / "seed_kpi_definition.csv"

_HEAD = """\
# Marts

Made by `make docs-marts` from the descriptions in `dbt_project/models/marts/`; change them there.

* Every table is a pure function of the landing zone, the seeds and the as-of time of the build. Instants are UTC.
* A month or a quarter is the date of its first day. A vendor is its `vendor_key`; see `dim_vendor`.
* An estimate comes with its count (`_n`) and its 95 % interval (`_lower`, `_upper`). Null is unknown, never zero.
* *Refresh*: a **table** is made anew by every build; an **incremental** table rewrites the rows that new batches or
  passing time touch, and equals a full rebuild.
* *Definition* names the row of `kpi_definition`; the definitions in force stand at the end. What a number means where
  it can be read in several ways is in [kpi-decisions.md](kpi-decisions.md); how the tables come about and how to add
  one is in [adding-to-the-warehouse.md](adding-to-the-warehouse.md).
"""


def marts(manifest: Any) -> list[Any]:
    """The models that are published, by area and name."""
    found = [node for node in manifest.nodes.values() if node.resource_type == "model" and node.fqn[1] == "marts"]
    return sorted(found, key=lambda mart: (area(mart), mart.name))


def area(mart: Any) -> str:
    """The folder of a mart."""
    return str(mart.fqn[2])


def key(manifest: Any, mart: Any) -> tuple[str, ...]:
    """The columns that identify a row, by the first test that holds it; empty without such a test."""
    keys = []
    for test in manifest.nodes.values():
        if test.resource_type != "test" or test.attached_node != mart.unique_id or test.test_metadata is None:
            continue
        if test.test_metadata.name == "one_row_per":
            keys.append(tuple(test.test_metadata.kwargs["columns"]))
        elif test.test_metadata.name == "unique":
            keys.append((test.column_name,))
    order = list(mart.columns)
    return min(keys, key=lambda columns: [order.index(column) for column in columns], default=())


def meta(column: Any) -> Mapping[str, Any]:
    """Unit, example and definition of a column."""
    return dict(column.config.meta)


def definition(mart: Any, column: Any) -> str:
    """The id of a column's definition: its own, else that of the estimate whose count or bound it is; empty without."""
    own = str(meta(column).get("definition") or "")
    estimate = mart.columns.get(column.name.rpartition("_")[0])
    if own or estimate is None or column.name.rpartition("_")[2] not in _COMPANIONS:
        return own
    return str(meta(estimate).get("definition") or "")


def definitions(path: Path) -> dict[str, dict[str, str]]:
    """The newest version of each definition of the seed, by id."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["definition_version"]))
    return {row["definition_id"]: row for row in rows}


def page(manifest: Any, defined: Mapping[str, Mapping[str, str]]) -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_areas(manifest), *_definitions(defined)]) + "\n"


def _areas(manifest: Any) -> Iterator[str]:
    by_area: dict[str, list[Any]] = {}
    for mart in marts(manifest):
        by_area.setdefault(area(mart), []).append(mart)
    for name, members in by_area.items():
        yield f"## {name.capitalize()}\n"
        yield from _table(
            ("table", "key of a row", "refresh", "meaning"),
            (
                (f"[`{mart.name}`](#{mart.name})", _code(key(manifest, mart)), _refresh(mart), _first_sentence(mart))
                for mart in members
            ),
        )
        yield from _lineage(manifest, members)
        for mart in members:
            yield from _mart(manifest, mart)


def _mart(manifest: Any, mart: Any) -> Iterator[str]:
    yield f"### {mart.name}\n"
    yield f"{_one_line(mart.description)}\n"
    yield f"Key: {_code(key(manifest, mart))}. Refresh: {_refresh(mart)}.\n"
    rows = []
    for column in mart.columns.values():
        about = meta(column)
        cells = (str(about.get("example", "")), definition(mart, column))
        shown = (f"`{cell}`" if cell else "" for cell in cells)
        kind, unit = str(column.data_type), str(about.get("unit", ""))
        rows.append((f"`{column.name}`", kind, unit, *shown, _one_line(column.description)))
    yield from _table(("column", "type", "unit", "example", "definition", "meaning"), rows)


def _lineage(manifest: Any, members: Sequence[Any]) -> Iterator[str]:
    """What the marts of an area are made of: source systems and other marts."""
    edges = sorted({(origin, mart.name) for mart in members for origin in _origins(manifest, mart)})
    if not edges:
        return
    yield "```mermaid"
    yield "flowchart LR"
    for origin, name in edges:
        shown = f"{origin}[({origin})]" if origin.startswith("source_") else origin
        yield f"  {shown.replace('[(source_', '[(')} --> {name}"
    yield "```\n"


def _origins(manifest: Any, mart: Any) -> set[str]:
    """The nearest marts and source systems above a mart."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(mart.depends_on.nodes)
    while waiting:
        unique_id = waiting.pop()
        node = manifest.nodes.get(unique_id)
        if unique_id in seen or node is None or node.resource_type != "model":
            continue
        seen.add(unique_id)
        if node.fqn[1] == "marts":
            found.add(node.name)
        elif node.fqn[1] == "staging":
            found.add(f"source_{node.fqn[2]}")
        else:
            waiting.extend(node.depends_on.nodes)
    return found


def _definitions(defined: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield "## Definitions\n"
    columns = ("unit", "formula", "population", "caveat", "owner")
    yield from _table(
        ("definition", *columns),
        (
            (f"`{name}` v{row['definition_version']}: {row['name']}", *(row[column] for column in columns))
            for name, row in sorted(defined.items())
        ),
    )


def _refresh(mart: Any) -> str:
    return str(mart.config.materialized)


def _first_sentence(mart: Any) -> str:
    return _one_line(mart.description).split(". ")[0].rstrip(".") + "."


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def parsed(root: Path) -> Any:
    """The manifest of the dbt project; nothing is built.

    Raises:
        EcosystemError: dbt cannot read the project.
    """
    project = str(root / "dbt_project")
    with TemporaryDirectory() as scratch:
        outcome = dbtRunner().invoke(
            [
                "parse", "--quiet", "--project-dir", project, "--profiles-dir", project, "--no-partial-parse",
                "--no-send-anonymous-usage-stats", "--no-version-check", "--log-level-file", "none",
                "--target-path", scratch, "--log-path", scratch,
            ]
        )  # fmt: skip
    if not outcome.success:
        raise EcosystemError(f"dbt cannot read {project} ({outcome.exception}): correct it and run this again.")
    return outcome.result


def main() -> int:
    """Write the page anew."""
    root = project_root()
    (root / PAGE).write_text(page(parsed(root), definitions(root / DEFINITIONS)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
