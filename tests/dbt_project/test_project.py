"""The dbt project as a whole: its unit tests pass, everything is described, engine-specific SQL stays in its macros."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alerts.publication import EVIDENCE_MART, LINE_MART, MONTH_MART, TARGET_MART, VENDOR_MART
from alerts.signals import Evidence, EvidenceMonth, Feed, LineSignal, TargetSignal, VendorSignal
from connectors.entity import SYSTEMS, entities_of

NOW = datetime(2026, 6, 30, 18, tzinfo=UTC)
PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
MODELS = sorted((PROJECT / "models").rglob("*.sql"))
# what only some engine knows: words of its grammar, and functions by their call
ENGINE_SPECIFIC = re.compile(
    r"\b(?:qualify|interval|ilike|rlike|similar\s+to|asof\s+join|(?:group|order)\s+by\s+all|within\s+group|pivot)\b|::"
    r"|\bfilter\s*\(\s*where\b"
    r"|\b(?:read_parquet|quantile_\w+|percentile\w*|approx\w*|median|unnest|explode|list_\w+|struct\w*|row|regexp_\w+|strftime"
    r"|strptime|json_\w+|to_json|get_json_object|date_diff|datediff|date_add|dateadd|date_sub|date_part|epoch\w*|arg_\w+|max_by"
    r"|min_by|any_value|string_agg|group_concat|listagg|bool_or|bool_and|count_if|generate_series|md5|hash|xxhash\w*|sha\d*"
    r"|getvariable|try_cast|make_date|make_timestamp|instr|strpos|isodow|to_days)\s*\(",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def manifest(dbt: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    dbt.seeded()
    return dbt.manifest


@pytest.fixture(scope="module")
def empty_warehouse(warehouse_at, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """All models, built before anything has landed."""
    warehouse = warehouse_at(tmp_path_factory.mktemp("empty"))
    warehouse.build(NOW)
    return warehouse


def test_every_unit_test_passes(empty_warehouse):
    outcome = empty_warehouse.build(NOW, "test_type:unit", command="test")
    assert len(outcome.results) >= 28


def test_every_column_that_a_model_declares_not_null_refuses_nulls(manifest, empty_warehouse):
    declared = {
        (node.name, column)
        for node in manifest.nodes.values()
        if node.resource_type == "model"
        for column in (
            *(name for one in node.constraints if one.type == "not_null" for name in one.columns),
            *(name for name, column in node.columns.items() for one in column.constraints if one.type == "not_null"),
        )
    }
    refused = empty_warehouse.rows(
        "select table_name, unnest(constraint_column_names) as column_name from duckdb_constraints()"
        " where constraint_type = 'NOT NULL' and schema_name <> 'control'"
    )
    assert len(declared) >= 400
    assert declared - {(row["table_name"], row["column_name"]) for row in refused} == set()


def test_every_model_says_what_it_is(manifest):
    models = [node for node in manifest.nodes.values() if node.resource_type == "model"]
    assert len(models) == len(MODELS) >= 50
    assert [model.name for model in models if not model.description.strip()] == []


def test_every_list_of_values_that_a_mart_declares_is_enforced(manifest, empty_warehouse):
    declared = {
        (node.name, name)
        for node in manifest.nodes.values()
        if node.resource_type == "model"
        for name, column in node.columns.items()
        if any(one.type == "check" for one in column.constraints)
    }
    enforced = empty_warehouse.rows(
        "select table_name, unnest(constraint_column_names) as column_name from duckdb_constraints()"
        " where constraint_type = 'CHECK' and schema_name = 'marts'"
    )
    assert len(declared) >= 25
    assert {(row["table_name"], row["column_name"]) for row in enforced} == declared


def test_every_mart_has_an_enforced_contract_and_describes_each_column(manifest):
    marts = [node for node in manifest.nodes.values() if node.resource_type == "model" and "marts" in node.fqn]
    assert len(marts) >= 10
    assert [mart.name for mart in marts if not mart.config.contract.enforced] == []
    silent = [
        f"{mart.name}.{name}" for mart in marts for name, column in mart.columns.items() if not column.description
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("mart", "shape"),
    [
        (LINE_MART, LineSignal),
        (VENDOR_MART, VendorSignal),
        (EVIDENCE_MART, Evidence),
        (MONTH_MART, EvidenceMonth),
        ("feed_status", Feed),
        (TARGET_MART, TargetSignal),
    ],
)
def test_what_alerts_read_of_a_mart_stands_in_its_contract(manifest, mart, shape):
    contract = manifest.nodes[f"model.vendor_ecosystem.{mart}"]
    assert contract.config.contract.enforced
    assert set(shape.__dataclass_fields__) - set(contract.columns) == set()


def test_what_names_touched_orders_reads_no_table_that_it_does_not_ask_for_first():
    model = (PROJECT / "models/intermediate/erp/int_erp__touched_order.sql").read_text()
    macro = (PROJECT / "macros/increment/touched.sql").read_text()
    asked_for = macro.partition("macro tables_that_name_touched_orders()")[2].partition("endmacro")[0]
    read = set(re.findall(r"as_left_by_last_build\('(\w+)'\)", model))
    assert read
    assert set(re.findall(r"'(\w+)'", asked_for)) == read


def test_every_mart_feeds_an_exposure(manifest):
    read = {name for exposure in manifest.exposures.values() for name in exposure.depends_on.nodes}
    marts = {key for key, node in manifest.nodes.items() if node.resource_type == "model" and "marts" in node.fqn}
    assert marts
    assert marts - read == set()


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_engine_specific_sql_stays_in_the_dispatch_macros(model):
    sql = re.sub(r"--.*|\{%.*?%\}|\{\{.*?\}\}", "", model.read_text())
    assert ENGINE_SPECIFIC.findall(sql) == []
    assert len(model.read_text().splitlines()) <= 150


def test_each_engine_macro_has_a_half_for_spark():
    macros = "".join(path.read_text() for path in (PROJECT / "macros").rglob("*.sql"))
    dispatched = set(re.findall(r"adapter\.dispatch\('(\w+)'\)", macros))
    assert len(dispatched) >= 10
    assert [name for name in sorted(dispatched) if not re.search(rf"macro (spark|default)__{name}\(", macros)] == []


def test_staging_declares_the_fields_and_keys_that_connectors_land():
    checked = 0
    for system in SYSTEMS:
        rules = (PROJECT / "macros" / "landing" / f"{system}_entities.sql").read_text()
        for parent in entities_of(system):
            for entity in parent.with_descendants():
                model = (PROJECT / "models" / "staging" / system / f"stg_{system}__{entity.name}.sql").read_text()
                staged = set(re.findall(r"(?m)^ {8}\['\w+', '([\w.]+)', '[\w(), ]+'\]", model))
                declared = {field.name for field in entity.fields}
                # the change time is _changed_at, and the deletion mark is _deleted
                clocks = {*entity.changed_at, *({entity.deleted} if entity.deleted else ())} - staged
                assert staged == declared - clocks, entity.name
                keys = ", ".join(f"'{name}'" for name in entity.key)
                empty = ", ".join(f"'{name}'" for name in entity.may_be_empty)
                may_be_empty = rf",\s*'may_be_empty': \[{empty}\]" if empty else r",(?!\s*'may_be_empty')"
                assert re.search(rf"'{entity.name}': \{{\s*'key': \[{keys}\]{may_be_empty}", rules), entity.name
                assert set(re.findall(r"'([\w.]+)', 'code'\]", model)) == set(entity.may_be_empty), entity.name
                checked += 1
    assert checked >= 10


def test_every_test_that_the_kpi_decisions_name_exists():
    text = (PROJECT.parent / "docs" / "kpi-decisions.md").read_text()
    named = re.findall(
        r"`([a-z0-9_]+?)(?:_\.\.\.)?`",
        " ".join(line.rsplit("|", 2)[-2] for line in text.splitlines() if line.startswith("| ")),
    )
    unit_tests = re.findall(
        r"(?m)^  - name: (\w+)", "".join(path.read_text() for path in PROJECT.rglob("_unit_tests.yml"))
    )
    python_tests = re.findall(
        r"(?m)^def (test_\w+)", "".join(path.read_text() for path in Path(__file__).parents[1].rglob("test_*.py"))
    )
    assert len(named) >= 25
    assert [name for name in named if not any(test.startswith(name) for test in unit_tests + python_tests)] == []


def test_every_trap_names_a_test_that_holds_it():
    text = (PROJECT.parent / "docs" / "kpi-decisions.md").read_text()
    section = text.split("## Traps and the tests that hold them")[1].split("\n## ")[0]
    traps = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(traps) >= 27
    assert [trap for trap, tests in traps if not re.search(r"`\w+", tests)] == []
