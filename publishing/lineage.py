"""Which marts there are, what identifies and relates their rows, and which feeds each is made from: dbt's manifest."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecosystem.errors import EcosystemError

UNDESCRIBED: Mapping[str, Any] = {"description": "", "unit": "", "definition": "", "is_required": False}


@dataclass(frozen=True)
class Reference:
    """``column`` holds, where it is not null, the key of a row of ``mart``, which is its column ``field``."""

    column: str
    mart: str
    field: str


@dataclass(frozen=True)
class Mart:
    """A published table.

    ``area`` is its folder; ``staged`` are the landed entities it is made from, as (system, entity); ``columns`` what is
    said of each column: description, unit, the id of the definition it follows and whether it is never null; ``key``
    the columns that identify a row; ``references`` which rows of other marts a row names.
    """

    name: str
    area: str
    description: str
    columns: Mapping[str, Mapping[str, Any]]
    key: tuple[str, ...]
    references: tuple[Reference, ...]
    staged: frozenset[tuple[str, str]]

    def feeds(self, configured: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """The configured entities, as (system, entity), that the mart depends on.

        A child lands with its parent and bears its name: ``purchase_order_item`` belongs to the feed
        ``purchase_order``.
        """
        known = set(configured)
        return frozenset(
            feed for system, entity in self.staged for feed in known if feed[0] == system and _belongs(entity, feed[1])
        )


def read_marts(manifest_file: Path) -> tuple[Mart, ...]:
    """Every model under ``models/marts``, by name.

    Raises:
        EcosystemError: dbt left no manifest, or one without marts, or a column refers to what is no mart with a key of
        one column.
    """
    if not manifest_file.is_file():
        raise EcosystemError(f"There is no {manifest_file}: run 'ecosystem build --full-refresh' to have dbt write it.")
    manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
    nodes: dict[str, Any] = manifest["nodes"]
    found = {
        unique_id: node
        for unique_id, node in nodes.items()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    }
    keys = {node["name"]: _key(unique_id, node, nodes) for unique_id, node in found.items()}
    marts = [
        Mart(
            name=node["name"],
            area=node["fqn"][2],
            description=node["description"].strip(),
            columns={name: _described(column) for name, column in node["columns"].items()},
            key=keys[node["name"]],
            references=tuple(_references(node, keys)),
            staged=_staged(unique_id, nodes),
        )
        for unique_id, node in found.items()
    ]
    if not marts:
        raise EcosystemError(f"The manifest {manifest_file} names no model under models/marts: check the dbt project.")
    return tuple(sorted(marts, key=lambda mart: mart.name))


def _described(column: Mapping[str, Any]) -> dict[str, Any]:
    meta = _meta(column)
    return {
        "description": column["description"],
        "unit": meta.get("unit") or "",
        "definition": meta.get("definition") or "",
        "is_required": any(constraint["type"] == "not_null" for constraint in column.get("constraints", [])),
    }


def _meta(column: Mapping[str, Any]) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = column.get("config", {}).get("meta", {})
    return meta


def _key(unique_id: str, node: Mapping[str, Any], nodes: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of the tests that hold a row to be the only one; of several the one whose columns come first."""
    held = []
    for test in nodes.values():
        if test["resource_type"] != "test" or test.get("attached_node") != unique_id or not test.get("test_metadata"):
            continue
        if test["test_metadata"]["name"] == "one_row_per":
            held.append(tuple(test["test_metadata"]["kwargs"]["columns"]))
        elif test["test_metadata"]["name"] == "unique":
            held.append((test["column_name"],))
    order = list(node["columns"])
    return min(held, key=lambda columns: [order.index(column) for column in columns], default=())


def _references(node: Mapping[str, Any], keys: Mapping[str, tuple[str, ...]]) -> Iterator[Reference]:
    for name, column in node["columns"].items():
        mart = _meta(column).get("references")
        if not mart:
            continue
        if len(keys.get(mart, ())) != 1:
            raise EcosystemError(
                f"The column {node['name']}.{name} refers to {mart}, which is no mart with a key of one column: "
                "mend 'references' in its description."
            )
        yield Reference(name, mart, keys[mart][0])


def _staged(unique_id: str, nodes: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    found, seen, waiting = set(), {unique_id}, [unique_id]
    while waiting:
        node = nodes.get(waiting.pop())
        if node is None:
            continue
        if node["name"].startswith("stg_"):
            system, _, entity = node["name"].removeprefix("stg_").partition("__")
            found.add((system, entity))
        parents = [parent for parent in node.get("depends_on", {}).get("nodes", []) if parent not in seen]
        seen.update(parents)
        waiting.extend(parents)
    return frozenset(found)


def _belongs(entity: str, feed_entity: str) -> bool:
    return entity == feed_entity or entity.startswith(f"{feed_entity}_")
