"""The publication that a build of the site reads: opened once, read-only, whole."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from ecosystem.errors import EcosystemError
from ecosystem.paths import Home
from publishing.manifest import read_manifest
from publishing.site.frame import Edition

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """Rows of a query; ``name`` is that of the CSV they go to."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def __iter__(self) -> Iterator[Row]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def first(self) -> Row:
        """The first row, of a query that always has one."""
        return next(iter(self))


@dataclass(frozen=True)
class Source:
    """The marts of one publication; ``folder`` is the publication's own, not the link to it."""

    folder: Path
    connection: duckdb.DuckDBPyConnection
    manifest: Mapping[str, Any]
    edition: Edition

    def read(self, name: str, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Result:
        """Run a query; it orders its rows by something unique, so that the same publication gives the same bytes."""
        result = self.connection.execute(sql, parameters)
        return Result(name, tuple(column[0] for column in result.description), tuple(result.fetchall()))

    @property
    def running_quarter(self) -> date:
        """First day of the quarter that had not ended at the as-of time."""
        return quarter_of(self.edition.as_of.date())

    @property
    def full_quarter(self) -> date:
        """First day of the last quarter that had ended: headline numbers are of it."""
        return quarters_before(self.running_quarter, 1)

    def origin(self, mart: str, words: str) -> str:
        """Where a number comes from; a stale feed behind it is named."""
        stale = self.manifest["marts"][mart]["stale_feeds"]
        return f"{words}, stale: {', '.join(stale)}" if stale else words

    @cached_property
    def currency(self) -> str:
        """The company's currency; empty, so that none is claimed, where the publication does not name just one."""
        found = self.connection.execute(
            "select distinct company_currency from reinvestment_quarter where company_currency is not null"
        ).fetchall()
        return found[0][0] if len(found) == 1 else ""


def quarters_before(quarter: date, count: int) -> date:
    """First day of the quarter ``count`` quarters earlier."""
    index = quarter.year * 4 + (quarter.month - 1) // 3 - count
    return date(index // 4, index % 4 * 3 + 1, 1)


def quarter_of(day: date) -> date:
    """First day of the quarter that a day lies in."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


@contextmanager
def open_publication(home: Home) -> Iterator[Source]:
    """The current publication. The link is resolved once: a newer one that appears meanwhile is for the next build.

    Raises:
        EcosystemError: nothing is published, or its files cannot be read.
    """
    if not home.current.exists():
        raise EcosystemError(f"There is no publication {home.current}: run 'ecosystem publish' before the site.")
    folder = home.current.resolve()
    manifest = read_manifest(folder)
    file = folder / manifest["duckdb"]["file"]
    try:
        # One thread adds floating-point numbers in one order: the same publication gives the same bytes.
        connection = duckdb.connect(str(file), read_only=True, config={"threads": 1})
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise EcosystemError(f"The publication {file} cannot be read ({reason}): publish it again.") from error
    try:
        as_of = datetime.fromisoformat(manifest["as_of"]).astimezone(UTC)
        yield Source(folder, connection, manifest, Edition(manifest["build_id"], as_of))
    finally:
        connection.close()
