"""What a publication told its readers, landed so that the next build knows it.

``published_value``: every number of the marts by vendor and period, in long form; only what is new or differs from what
was published before. ``published_batch``: the landed batches that this publication was the first to be made from.

Both are compared with what has landed already, so landing the same publication twice lands nothing.
"""

# ruff: noqa: S608 - the SQL is put together from this module's own names and quoted paths

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from connectors.ecosystem import own_records
from connectors.ecosystem.publications import first_publications
from connectors.landing import Batch
from ecosystem.clock import parse_as_of
from ecosystem.paths import Home
from publishing.manifest import read_manifest
from publishing.tables import quoted

logger = logging.getLogger(__name__)

VALUES = "published_value"
BATCHES = "published_batch"
# The publication whose records have all landed; without it they are compared again, which is slower and no less right.
_LANDED = "landed"
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DOUBLE", "FLOAT", "DECIMAL")
_NOT_VALUES = ("_n", "_lower", "_upper")
# Sums of doubles differ in their last digits from run to run: that is no change.
_SAME_TO = 1e-9


@dataclass(frozen=True)
class Wide:
    """A mart with a column for each value: those that name a definition. ``rows`` says which rows are told."""

    mart: str
    period_kind: str
    vendor: bool
    rows: str = "true"


WIDE = (
    Wide("vendor_month", "month", vendor=True),
    Wide("vendor_quarter_health", "quarter", vendor=True, rows="is_headline"),
)
LONG = ("ecosystem_quarter",)


def land_own_records(home: Home) -> None:
    """Land what the current publication tells and no landed record has; nothing where nothing is published."""
    if not home.current.exists():
        return
    folder = home.current.resolve()
    done = home.published / _LANDED
    if done.is_file() and done.read_text(encoding="utf-8") == folder.name:
        return
    manifest = read_manifest(folder)
    told_at = parse_as_of(manifest["as_of"])
    with own_records.landing(home, VALUES):
        values = _changed_values(folder, manifest, own_records.landed(home, VALUES))
        own_records.land(home, VALUES, values, told_at, manifest["build_id"])
    with own_records.landing(home, BATCHES):
        known = first_publications(home)
        new = [batch for batch in manifest["first_published"] if batch["batch_id"] not in known]
        told = {name: manifest[name] for name in ("build_id", "code_hash")} | {"published_at": told_at}
        rows = pa.Table.from_pylist([batch | told for batch in new], schema=own_records.schema(BATCHES))
        own_records.land(home, BATCHES, rows, told_at, manifest["build_id"])
    logger.info("publication %s: %d values and %d batches landed", folder.name, values.num_rows, len(new))
    done.write_text(folder.name, encoding="utf-8")


def first_published(connection: duckdb.DuckDBPyConnection, recorded: Collection[str]) -> list[dict[str, Any]]:
    """The batches of the attached warehouse that no publication has shown, by place; for the manifest.

    The records of this list itself are left out: each publication would have one more to tell of for ever.
    """
    found = connection.execute(
        "select batch_id, system, connection_id, entity from warehouse.control.landed_batch"
        " where not (system = ? and entity = ?) order by system, connection_id, entity, sequence",
        [own_records.SYSTEM, BATCHES],
    ).fetchall()
    names = ("batch_id", "system", "connection_id", "entity")
    return [dict(zip(names, row, strict=True)) for row in found if row[0] not in recorded]


def _changed_values(folder: Path, manifest: Mapping[str, Any], landed: Sequence[Batch]) -> pa.Table:
    """What the publication tells and was not published before, or differently; what it no longer tells is withdrawn."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"create view told as {_told(folder, manifest)}")
        before = f"select * from read_parquet({_paths(landed)})" if landed else _nothing_before(connection)
        same = " and ".join(
            f"(told.{name} is not distinct from before.{name}"
            f" or abs(told.{name} - before.{name}) <= {_SAME_TO} * greatest(abs(told.{name}), abs(before.{name})))"
            for name in ("value", "n", "lower", "upper")
        )
        published = (
            f"{quoted(manifest['build_id'])} as build_id, {quoted(manifest['code_hash'])} as code_hash,"
            f" {quoted(manifest['as_of'])}::timestamptz as published_at"
        )
        sql = f"""
            with landed as ({before}),
            before as (
                select * from landed
                qualify row_number() over (partition by value_key order by _extracted_at desc, _batch_id desc) = 1
            )
            select
                coalesce(told.value_key, before.value_key) as value_key,
                coalesce(told.mart, before.mart) as mart,
                coalesce(told.metric_id, before.metric_id) as metric_id,
                coalesce(told.vendor_key, before.vendor_key) as vendor_key,
                coalesce(told.period_kind, before.period_kind) as period_kind,
                coalesce(told.period, before.period) as period,
                told.value, told.n, told.lower, told.upper,
                coalesce(told.definition_id, before.definition_id) as definition_id,
                coalesce(told.definition_version, before.definition_version) as definition_version,
                told.value_key is null as is_withdrawn,
                {published},
                coalesce(before.change_number + 1, 0) as change_number,
                before.value as previous_value,
                before.n as previous_n,
                before.definition_version as previous_definition_version,
                before.published_at as previous_published_at
            from told
            full join before on told.value_key = before.value_key
            where
                before.value_key is null
                or (told.value_key is null and not before.is_withdrawn)
                or (told.value_key is not null and before.is_withdrawn)
                or (told.value_key is not null and (
                    not ({same}) or told.definition_version is distinct from before.definition_version
                ))
            order by value_key
        """
        return connection.sql(sql).to_arrow_table()


def _nothing_before(connection: duckdb.DuckDBPyConnection) -> str:
    empty = own_records.schema(VALUES).empty_table()
    connection.register("nothing", empty)
    return "select *, null::timestamptz as _extracted_at, null::varchar as _batch_id from nothing"


def _told(folder: Path, manifest: Mapping[str, Any]) -> str:
    """The publication's values in long form; a value that is unknown and stands for nothing is none."""
    selects = []
    for wide in WIDE:
        if wide.mart in manifest["marts"]:
            selects += _wide_values(folder, wide, manifest["marts"][wide.mart]["columns"], manifest)
    selects += [_long_values(folder, mart) for mart in LONG if mart in manifest["marts"]]
    if not selects:
        return _no_values()
    versions = _definition_versions(folder, manifest)
    return f"""
        select
            told.mart || '|' || told.metric_id || '|' || told.vendor_key || '|' || told.period as value_key,
            told.mart, told.metric_id, told.vendor_key, told.period_kind, told.period, told.value::double as value,
            told.n::bigint as n, told.lower::double as lower, told.upper::double as upper, told.definition_id,
            coalesce(told.definition_version, versions.definition_version)::bigint as definition_version
        from ({" union all ".join(selects)}) as told
        left join ({versions}) as versions on told.definition_id = versions.definition_id
        where told.value is not null or coalesce(told.n, 0) > 0
    """


def _wide_values(
    folder: Path, wide: Wide, columns: Sequence[Mapping[str, Any]], manifest: Mapping[str, Any]
) -> list[str]:
    names = {column["name"] for column in columns}
    values = [
        column
        for column in columns
        if column.get("definition") and column["type"].startswith(_NUMBERS) and not column["name"].endswith(_NOT_VALUES)
    ]

    def beside(name: str, suffix: str) -> str:
        return quoted_name(name + suffix) if name + suffix in names else "null"

    return [
        f"""
        select
            {quoted(wide.mart)} as mart, {quoted(column["name"])} as metric_id,
            {"vendor_key" if wide.vendor else "''"} as vendor_key, {quoted(wide.period_kind)} as period_kind,
            {wide.period_kind} as period, {quoted_name(column["name"])}::double as value,
            {beside(column["name"], "_n")}::bigint as n, {beside(column["name"], "_lower")}::double as lower,
            {beside(column["name"], "_upper")}::double as upper,
            {quoted(column["definition"])} as definition_id, null::bigint as definition_version
        from read_parquet({quoted(str(folder / manifest["marts"][wide.mart]["file"]))})
        where {wide.rows}
        """
        for column in values
    ]


def _long_values(folder: Path, mart: str) -> str:
    return f"""
        select
            {quoted(mart)} as mart, metric_id, '' as vendor_key, 'quarter' as period_kind, quarter as period,
            value::double as value, n::bigint as n, lower_bound::double as lower, upper_bound::double as upper,
            definition_id, definition_version::bigint as definition_version
        from read_parquet({quoted(str(folder / f"{mart}.parquet"))})
    """


def _definition_versions(folder: Path, manifest: Mapping[str, Any]) -> str:
    if "kpi_definition" not in manifest["marts"]:
        return "select null::varchar as definition_id, null::bigint as definition_version where false"
    file = quoted(str(folder / manifest["marts"]["kpi_definition"]["file"]))
    return (
        f"select definition_id, max(definition_version) as definition_version from read_parquet({file})"
        " group by definition_id"
    )


def _no_values() -> str:
    types = {"value": "double", "n": "bigint", "lower": "double", "upper": "double", "definition_version": "bigint"}
    texts = ("value_key", "mart", "metric_id", "vendor_key", "period_kind", "definition_id")
    columns = dict.fromkeys(texts, "varchar") | {"period": "date"} | types
    return "select " + ", ".join(f"null::{type_} as {name}" for name, type_ in columns.items()) + " where false"


def _paths(landed: Sequence[Batch]) -> str:
    return "[" + ", ".join(quoted(str(batch.path)) for batch in landed) + "]"


def quoted_name(name: str) -> str:
    """The name as an SQL identifier."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
