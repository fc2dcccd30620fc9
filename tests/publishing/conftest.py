import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from ecosystem.paths import Home

BuildMaker = Callable[..., str]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "var")
    (home.warehouse_dir / "dbt").mkdir(parents=True)
    manifest = {
        "nodes": {
            "model.p.stg_erp__order_item": _node("stg_erp__order_item", "staging", []),
            "model.p.stg_crm__account": _node("stg_crm__account", "staging", []),
            "model.p.int_lines": _node("int_lines", "intermediate", ["model.p.stg_erp__order_item"]),
            "model.p.fct_line": _node("fct_line", "marts", ["model.p.int_lines", "seed.p.target"]),
            "model.p.dim_vendor": _node("dim_vendor", "marts", ["model.p.stg_crm__account", "model.p.fct_line"]),
            "test.p.unique": {
                "resource_type": "test",
                "attached_node": "model.p.dim_vendor",
                "column_name": "vendor_key",
                "test_metadata": {"name": "unique", "kwargs": {"column_name": "vendor_key"}},
            },
            "seed.p.target": _node("target", "seeds", []) | {"resource_type": "seed"},
        }
    }
    (home.warehouse_dir / "dbt" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return home


def _node(name: str, folder: str, parents: list[str]) -> dict:
    meta = {"unit": "key", "definition": ""} | ({"references": "dim_vendor"} if name == "fct_line" else {})
    return {
        "name": name,
        "resource_type": "model",
        "fqn": ["p", folder, "area", name],
        "description": f"What's in {name}.",
        "columns": {"vendor_key": {"description": "Vendor.", "config": {"meta": meta}}},
        "depends_on": {"nodes": parents},
    }


@pytest.fixture
def make_build(home: Home) -> BuildMaker:
    """Writes the warehouse file of a complete build and the gate's decision on it; returns its id."""

    def make(
        day: int = 1, passed: bool = True, order: str = "asc", stale: tuple[str, ...] = (), rows: int = 1000
    ) -> str:
        build_id = f"202606{day:02d}T180000Z-0123456789ab"
        home.warehouse_file.unlink(missing_ok=True)
        stale_entities = ", ".join(f"'{entity}'" for entity in stale) or "''"
        with duckdb.connect(str(home.warehouse_file)) as connection:
            connection.execute(
                f"""
                create schema control;
                create schema marts;
                create table control.build as
                select '{build_id}' as build_id, timestamp '2026-06-{day:02d} 18:00' as as_of, 'hash' as code_hash,
                    true as is_complete;
                create table control.landed_batch as
                select '{day:08d}-00000000' as batch_id, 'erp' as system, 'erp_1' as connection_id, 'order' as entity,
                    {day} as sequence;
                create table control.feed as
                select *, timestamp '2026-06-01 18:00' as last_complete_at, entity in ({stale_entities}) as is_stale
                from (
                    values ('erp', 'erp_1', 'order'), ('crm', 'crm_1', 'account')
                ) as feeds (system, connection_id, entity);
                create table marts.fct_line as
                select 'v' || number % 7 as vendor_key, number::decimal(18, 3) as amount, {day} as day,
                    date '2026-01-01' + (number % 90)::integer as due, timestamp '2026-01-01 10:00' as seen_at
                from range({rows}) as numbers (number) order by number {order};
                create table marts.dim_vendor as
                select distinct vendor_key, case when vendor_key > 'v3' then 'name' end as name from marts.fct_line;
                """
            )
        home.gate_dir.mkdir(exist_ok=True)
        decision = {
            "build_id": build_id,
            "passed": passed,
            "checks": [{}],
            "blocking": [] if passed else [{"sentence": "fct_line: a rule does not hold."}],
            "warnings": [{"sentence": "feed_status: a feed is stale."}] if stale else [],
        }
        (home.gate_dir / f"{build_id}.json").write_text(json.dumps(decision), encoding="utf-8")
        return build_id

    return make
