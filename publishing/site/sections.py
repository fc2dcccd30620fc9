"""What pages are made of: sections with numbers, pictures and tables. Data only; ``page.html`` draws them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ecosystem.plain_text import clean
from publishing.site import figures, states
from publishing.site.figures import Figure
from publishing.site.places import vendor_page
from publishing.site.source import Result, Row
from publishing.site.states import State

CHARACTERS_OF_TEXT = 240
_WORDS = ("text", "vendor", "date", "instant", "quarter", "month", "flag", "severity", "target_state")


@dataclass(frozen=True)
class Column:
    """A column of a table: where its value stands in a row and how it is shown.

    Attributes:
        unit: of a number as :mod:`publishing.site.figures` has it, or text, vendor, date, instant, quarter, month,
            flag, severity, target_state, points_state, stale_state; ``by_row`` takes the row's column ``unit``.
        n: column with the number of observations.
        bounds: columns with the ends of the interval.
        currency: column with the currency of an amount.
        if_null: what is shown where the value is null because it does not apply.
    """

    key: str
    words: str
    unit: str = "text"
    n: str = ""
    bounds: tuple[str, str] | None = None
    currency: str = ""
    definition_id: str = ""
    if_null: str = ""

    @property
    def is_day(self) -> bool:
        """Whether it is a date or an instant, which stands on one line."""
        return self.unit in ("date", "instant", "quarter", "month")

    @property
    def is_number(self) -> bool:
        """Whether it is set to the right."""
        return self.unit not in _WORDS


@dataclass(frozen=True)
class Cell:
    """``value`` is what a script sorts by and a test compares; ``address`` is relative to the site's folder."""

    text: str
    value: str = ""
    under: str = ""
    state: State | None = None
    is_tinted: bool = False
    address: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Table:
    """``id`` is unique on the page; ``of`` are all rows, of which the first are shown; the CSV has all.

    A dense table has many columns; ``count`` is how many rows it would have whole, where they are not those of ``of``.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    cells: tuple[tuple[Cell, ...], ...]
    of: Result
    noun: str = "row"
    is_filtered: bool = False
    if_empty: str = "There are none."
    is_dense: bool = False
    count: int | None = None

    @property
    def more(self) -> str:
        """How many rows there are and how many of them are shown."""
        whole = len(self.of) if self.count is None else self.count
        told = figures.counted(whole, self.noun)
        return told if len(self.cells) == whole else f"{len(self.cells):,} of {told}"


@dataclass(frozen=True)
class Drawing:
    """An SVG picture; ``rows`` names the CSV with what it shows."""

    svg: str
    caption: str
    rows: str = ""
    definition_id: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; ``beside`` stands beside the drawings."""

    heading: str
    meaning: str = ""
    tiles: tuple[Figure, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    tables: tuple[Table, ...] = ()
    beside: Table | None = None
    sentences: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    @property
    def all_tables(self) -> tuple[Table, ...]:
        """Every table of the section."""
        return (*self.tables, self.beside) if self.beside else self.tables


@dataclass(frozen=True)
class Page:
    """A page before it is rendered; ``headline`` is the answer in one sentence.

    ``files`` are the CSVs that its numbers and pictures point to beside those of its tables;
    ``extra`` is what a template of its own needs.
    """

    path: str
    title: str
    headline: str
    lead: str
    sections: tuple[Section, ...]
    files: tuple[Result, ...] = ()
    template: str = "page.html"
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def all_files(self) -> tuple[Result, ...]:
        """Every CSV of the page."""
        return (*self.files, *(table.of for section in self.sections for table in section.all_tables))


def table(
    of: Result,
    columns: Sequence[Column],
    *,
    caption: str,
    start: int = 0,
    limit: int = 20,
    noun: str = "row",
    is_filtered: bool = False,
    if_empty: str = "There are none.",
    is_dense: bool = False,
) -> Table:
    """The first rows of a result from ``start`` on, in its order."""
    shown = list(of)[start : start + limit]
    cells = tuple(tuple(cell(row, column) for column in columns) for row in shown)
    return Table(of.name, caption, tuple(columns), cells, of, noun, is_filtered, if_empty, is_dense)


def cell(row: Row, column: Column) -> Cell:
    """One value as its column says."""
    value = row[column.key]
    if value is None and column.if_null:
        return Cell(column.if_null)
    if column.unit == "vendor":
        address = vendor_page(row["vendor_key"]) if row["vendor_key"] else ""
        return Cell(text(value) or "no vendor", address=address)
    if column.unit == "severity":
        return Cell(value, state=states.OF_SEVERITY[value])
    if column.unit == "target_state":
        return Cell(value, state=states.OF_TARGET[value])
    if column.unit == "points_state":
        state = states.of_points(value)
        return Cell(figures.shown(value, ""), figures.exact(value), _under(row, column), state, is_tinted=True)
    if column.unit == "stale_state":
        return Cell(f"{value:,}", str(value), state=states.FRESH if value == 0 else states.STALE, is_tinted=True)
    if column.is_number:
        unit = _unit(row, column)
        return Cell(figures.shown(value, unit), figures.exact(value), _under(row, column))
    return _words(value, column.unit)


def text(value: str | None) -> str:
    """Text from a source system as one visible line; it is escaped when it is rendered."""
    return clean(value, CHARACTERS_OF_TEXT)


def _words(value: Any, unit: str) -> Cell:
    if value is None:
        return Cell("–" if unit == "text" else figures.NO_DATA)
    if unit == "quarter":
        return Cell(figures.quarter(value), value.isoformat())
    if unit == "month":
        return Cell(figures.month(value), value.isoformat())
    if unit == "flag":
        return Cell("yes" if value else "no")
    if isinstance(value, datetime) and unit == "instant":
        return Cell(f"{figures.day(value)} {value:%H:%M}", value.isoformat())
    if isinstance(value, date):
        return Cell(figures.day(value), value.isoformat())
    return Cell(text(str(value)))


def _unit(row: Row, column: Column) -> str:
    if column.currency:
        return f"money({row[column.currency] or ''})"
    return row["unit"] if column.unit == "by_row" else column.unit


def _under(row: Row, column: Column) -> str:
    """The small print of a number: how many observations, and the interval."""
    parts = []
    if column.n and row[column.n] is not None:
        parts.append(f"n {figures.count(row[column.n])}")
    if column.bounds:
        low, high = (row[bound] for bound in column.bounds)
        interval = Figure(
            "", 0, "" if column.unit == "points_state" else _unit(row, column), lower=low, upper=high
        ).interval
        parts += [interval] if interval else []
    return " · ".join(parts)
