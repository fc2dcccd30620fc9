"""Tables whose columns are data: a column that is not shared with the reader falls away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from publishing.review_pack.document import Cell, Heading, Table
from publishing.review_pack.rows import Row, VendorRows
from publishing.review_pack.wording import amount, clean, interval, words
from publishing.site.figures import NO_DATA, counted, day, shown


@dataclass(frozen=True)
class Column:
    """How a column of a table is made from the columns of a mart that it needs."""

    title: str
    needs: tuple[str, ...]
    show: Callable[[Row], Cell]
    is_number: bool = False


def text(title: str, name: str, limit: int = 80) -> Column:
    """A name or a title, made harmless."""
    return Column(title, (name,), lambda row: clean(row[name], limit) or "–")


def code(title: str, name: str) -> Column:
    """A code of the mart as words."""
    return Column(title, (name,), lambda row: words(row[name]) or "–")


def date_of(title: str, name: str) -> Column:
    """A day; one that is not known is a dash, because most of them have not come yet."""
    return Column(title, (name,), lambda row: day(row[name]) if row[name] else "–")


def measure(title: str, name: str, unit: str) -> Column:
    """A number with its unit in the heading's words, or ``no data``."""
    return Column(title, (name,), lambda row: shown(row[name], unit), is_number=True)


def optional(title: str, name: str, unit: str) -> Column:
    """A number that only some rows can have: a dash where there is none."""
    return Column(title, (name,), lambda row: "–" if row[name] is None else shown(row[name], unit), is_number=True)


def money(title: str, name: str, currency: str) -> Column:
    """An amount to the cent in the row's currency."""
    return Column(title, (name, currency), lambda row: amount(row[name], row[currency]), is_number=True)


def share(title: str, name: str, noun: str) -> Column:
    """A share of the mart ``vendor_month`` with what it is a share of: ``85.7 % of 388 lines``."""

    def show(row: Row) -> Cell:
        n = row[f"{name}_n"]
        if row[name] is None:
            return NO_DATA
        return f"{shown(row[name], 'share')} of {counted(int(n), noun)}"

    return Column(title, (name, f"{name}_n"), show, is_number=True)


def bounds(title: str, name: str, unit: str) -> Column:
    """The interval of a number: ``83.2 to 87.8 %``."""
    low, high = f"{name}_lower", f"{name}_upper"
    return Column(title, (low, high), lambda row: interval(row[low], row[high], unit) or "–", is_number=True)


def order_line(title: str = "Order line") -> Column:
    """Purchase order and item, as people quote them."""
    return Column(
        title,
        ("purchase_order", "purchase_order_line"),
        lambda row: f"{clean(row['purchase_order'])} / {clean(row['purchase_order_line'])}",
    )


def table(
    rows: VendorRows,
    mart: str,
    chosen: Sequence[Row],
    caption: str,
    columns: Sequence[Column],
    *,
    most: int | None = None,
    open_headings: Sequence[str] = (),
    note: str = "",
) -> Table | None:
    """The chosen rows of a mart; None when there are none or the reader may see none of the columns.

    Args:
        most: rows shown; the note says how many there are beside them.
        open_headings: columns at the right that are left empty to be written in.
        note: how to read the table.
    """
    kept = [column for column in columns if rows.shares(mart, *column.needs)]
    if not kept or not chosen:
        return None
    shown_rows = chosen if most is None else chosen[:most]
    left = len(chosen) - len(shown_rows)
    said = [f"{counted(left, 'more row')} not shown here." if left else "", note]
    return Table(
        caption,
        tuple(Heading(column.title, column.is_number) for column in kept)
        + tuple(Heading(title, is_open=True) for title in open_headings),
        tuple(tuple(column.show(row) for column in kept) + ("",) * len(open_headings) for row in shown_rows),
        " ".join(part for part in said if part),
    )
