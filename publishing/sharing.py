"""What of a publication a vendor may see: the sharing protocol, checked against the publication and made into queries.

Every way out to vendors (PostgreSQL, files, pages, review packs) takes its relations from here. The SQL runs on DuckDB
and PostgreSQL alike.
"""

# ruff: noqa: S608 - the SQL is put together from names that the publication was found to hold

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config.sharing import SharedRows, SharingSettings
from ecosystem.errors import UsageError
from publishing.tables import quoted

KEY = "vendor_key"
GROUP = "category"
# Vendors without a category are no group of peers.
NO_GROUP = "unknown"
# A quartile may be the value of one vendor: it is told no finer than this, by unit.
DIGITS_BY_UNIT: Mapping[str, int] = {"share": 2, "ppm": -1, "hours": 0, "days": 0, "points": 0}
PEER_COLUMNS: Mapping[str, str] = {
    "category": "VARCHAR",
    "period": "DATE",
    "metric_id": "VARCHAR",
    "vendors": "BIGINT",
    "quartile_1": "DOUBLE",
    "median": "DOUBLE",
    "quartile_3": "DOUBLE",
}


@dataclass(frozen=True)
class SharedRelation:
    """Columns of a mart that vendors may see.

    ``condition`` holds for the rows that are not withheld; ``is_own`` says that a vendor sees only rows with its key,
    else everyone sees all.
    """

    mart: str
    columns: tuple[str, ...]
    condition: str
    is_own: bool


@dataclass(frozen=True)
class PeerRelation:
    """Quartiles of a mart's figures over the vendors of a category and period.

    ``query`` reads the mart from ``{mart}``. A vendor sees the rows of its own category. Columns: ``PEER_COLUMNS``.
    """

    name: str
    mart: str
    query: str


@dataclass(frozen=True)
class Sharing:
    """The protocol as it applies to one publication."""

    relations: tuple[SharedRelation, ...]
    peers: tuple[PeerRelation, ...]

    def relation(self, mart: str) -> SharedRelation | None:
        """What is shared of the mart; nothing where it is not."""
        return next((relation for relation in self.relations if relation.mart == mart), None)


def sharing_of(settings: SharingSettings, marts: Mapping[str, Mapping[str, Any]]) -> Sharing:
    """The protocol for a publication whose manifest describes ``marts``.

    Raises:
        UsageError: the settings name a mart or a column that is not published, share rows of vendors with everyone, or
        rows of no vendor as a vendor's own.
    """
    own = [
        SharedRelation(mart, _known(mart, rows.columns, marts), _withheld(mart, rows, marts), is_own=True)
        for mart, rows in settings.own_rows.items()
    ]
    everyone = [
        SharedRelation(mart, _known(mart, table.columns, marts), "true", is_own=False)
        for mart, table in settings.for_everyone.items()
    ]
    for relation in own:
        if KEY not in relation.columns:
            raise UsageError(
                f"config/sharing.yml: own_rows.{relation.mart} must share {KEY}, which says whose a row is."
            )
    for relation in everyone:
        if any(column["name"].endswith(KEY) for column in marts[relation.mart]["columns"]):
            raise UsageError(
                f"config/sharing.yml: for_everyone.{relation.mart} holds rows of vendors: share it under own_rows."
            )
    return Sharing((*own, *everyone), tuple(_peers(settings, marts)))


def _known(mart: str, columns: Sequence[str], marts: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    if mart not in marts:
        raise UsageError(f"config/sharing.yml names the mart {mart}, which is not published: mend or remove it.")
    published = {column["name"] for column in marts[mart]["columns"]}
    unknown = [column for column in columns if column not in published]
    if unknown:
        raise UsageError(f"config/sharing.yml: {mart} has no column {unknown[0]}: mend or remove it.")
    return tuple(columns)


def _withheld(mart: str, rows: SharedRows, marts: Mapping[str, Mapping[str, Any]]) -> str:
    _known(mart, tuple(rows.withheld), marts)
    return " and ".join(f"{column} not in {_list(values)}" for column, values in rows.withheld.items()) or "true"


def _peers(settings: SharingSettings, marts: Mapping[str, Mapping[str, Any]]) -> Iterator[PeerRelation]:
    for mart, figures in settings.peers.items():
        _known(mart, (KEY, GROUP, figures.period, *figures.columns, *figures.only), marts)
        units = {column["name"]: column["unit"] for column in marts[mart]["columns"]}
        unknown = [column for column in figures.columns if units[column] not in DIGITS_BY_UNIT]
        if unknown:
            raise UsageError(
                f"config/sharing.yml: peers.{mart}.{unknown[0]} has the unit '{units[unknown[0]]}': peers have "
                f"figures in {', '.join(DIGITS_BY_UNIT)}."
            )
        only = [f"{column} in {_list(values)}" for column, values in figures.only.items()]
        selects = [
            _quartiles(column, figures.period, only, DIGITS_BY_UNIT[units[column]], settings.other_vendors_at_least)
            for column in figures.columns
        ]
        yield PeerRelation(f"{mart}_peers", mart, " union all ".join(selects))


def _quartiles(column: str, period: str, only: Sequence[str], digits: int, others: int) -> str:
    quartiles = ", ".join(
        f"cast(round(cast(percentile_cont({share}) within group (order by {column}) as decimal(18, 6)), {digits})"
        f" as double precision) as {name}"
        for share, name in ((0.25, "quartile_1"), (0.5, "median"), (0.75, "quartile_3"))
    )
    conditions = " and ".join([f"{column} is not null", f"{GROUP} <> {quoted(NO_GROUP)}", *only])
    return (
        f"select {GROUP} as category, {period} as period, {quoted(column)} as metric_id, count(*) as vendors,"
        f" {quartiles} from {{mart}} where {conditions} group by {GROUP}, {period}"
        # One more than the others, for the reader may be one of them.
        f" having count(distinct {KEY}) > {others}"
    )


def _list(values: Sequence[bool | int | str]) -> str:
    return f"({', '.join(_literal(value) for value in values)})"


def _literal(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else quoted(value)
