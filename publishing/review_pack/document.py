"""What a pack is made of, before it is a page: sections of text, lists, tables and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from publishing.site.states import State

Cell = str | State


@dataclass(frozen=True)
class Paragraph:
    """Plain text; ``is_note`` for what explains and does not tell."""

    text: str
    is_note: bool = False
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True)
class Fact:
    """A number with what is needed to believe it: what it counts, how sure it is, what was aimed at."""

    label: str
    value: str
    detail: str = ""
    state: State | None = None


@dataclass(frozen=True)
class Facts:
    """Numbers side by side."""

    items: tuple[Fact, ...]
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True)
class Heading:
    """Head of a table's column; numbers stand to the right. ``is_open`` is a column left empty for writing into."""

    title: str
    is_number: bool = False
    is_open: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under headings; ``note`` says below what was left out or how to read it."""

    caption: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Picture:
    """A drawing as SVG that tells in words what it shows, and a caption."""

    svg: str
    caption: str


@dataclass(frozen=True)
class Pictures:
    """Drawings side by side."""

    items: tuple[Picture, ...]
    kind: ClassVar[str] = "pictures"


Block = Paragraph | Bullets | Facts | Table | Pictures


@dataclass(frozen=True)
class Section:
    """A part of the pack: its finding in one sentence, then what shows it.

    ``has_comment`` gives it a lined box for what the vendor wants to say.
    """

    id: str
    title: str
    sentence: str
    blocks: tuple[Block, ...] = ()
    has_comment: bool = True


@dataclass(frozen=True)
class Pack:
    """A whole pack of one edition. ``as_of`` and ``quarter`` are as people read them; ``created`` is ISO 8601."""

    vendor_name: str
    vendor_number: str
    edition_title: str
    edition_note: str
    quarter: str
    period: str
    as_of: str
    created: str
    build_id: str
    is_running: bool
    sentence: str
    tiles: Facts
    sections: tuple[Section, ...]


def joined(*parts: Sequence[Block] | Block | None) -> tuple[Block, ...]:
    """Blocks one after the other; what is None is left out."""
    found: list[Block] = []
    for part in parts:
        if part is None:
            continue
        if isinstance(part, Sequence):
            found.extend(part)
        else:
            found.append(part)
    return tuple(found)
