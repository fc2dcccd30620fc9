"""Which marts there are and which feeds each is made from, as dbt's manifest tells it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecosystem.errors import EcosystemError

UNDESCRIBED: Mapping[str, str] = {"description": "", "unit": "", "definition": ""}


@dataclass(frozen=True)
class Mart:
    """A published table.

    ``staged`` are the landed entities it is made from, as (system, entity); ``columns`` what is said of each column:
    description, unit and the id of the definition it follows.
    """

    name: str
    description: str
    columns: Mapping[str, Mapping[str, str]]
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
        EcosystemError: dbt left no manifest, or one without marts.
    """
    if not manifest_file.is_file():
        raise EcosystemError(f"There is no {manifest_file}: run 'ecosystem build --full-refresh' to have dbt write it.")
    manifest = json.loads(manifest_file.read_text(encoding="utf-8"))
    nodes: dict[str, Any] = manifest["nodes"]
    marts = [
        Mart(
            name=node["name"],
            description=node["description"].strip(),
            columns={name: _described(column) for name, column in node["columns"].items()},
            staged=_staged(unique_id, nodes),
        )
        for unique_id, node in nodes.items()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    ]
    if not marts:
        raise EcosystemError(f"The manifest {manifest_file} names no model under models/marts: check the dbt project.")
    return tuple(sorted(marts, key=lambda mart: mart.name))


def _described(column: Mapping[str, Any]) -> dict[str, str]:
    meta = column.get("config", {}).get("meta", {})
    return {
        "description": column["description"],
        "unit": meta.get("unit") or "",
        "definition": meta.get("definition") or "",
    }


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
