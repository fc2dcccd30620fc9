"""What a mail says, independent of how it is laid out; one layout in HTML and one in plain text render it."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerts.chart import Chart, alternative_text
from alerts.wording import isolated

# Stands in the stored mail where each recipient's own link comes when it is sent (see alerts.links).
LINK_MARK = "https://personal-link.invalid/"

_UNIT_ALONE = re.compile(r"(?<=\d) (?=%)")


@dataclass(frozen=True)
class Line:
    """One order line in a mail, all of it clean text."""

    order: str
    material: str
    first_promise: str
    moved_from: str
    due: str
    late: str
    value: str = ""
    quantity: str = ""
    note: str = ""
    vendor: str = ""


@dataclass(frozen=True)
class Section:
    """Lines that share a heading."""

    heading: str
    meaning: str
    lines: tuple[Line, ...]
    more: str = ""
    figures_heading: str = "Late, open"


@dataclass(frozen=True)
class Grid:
    """A small table of text."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: bool = False
    widths: tuple[int, ...] = ()
    """Of the columns, in percent; equal where none are given."""
    more: str = ""


@dataclass(frozen=True)
class Steps:
    """A numbered list."""

    heading: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """Where a reader of HTML finds a chart, and what it shows in words; ``width`` in pixels."""

    source: str
    alternative: str
    width: int


@dataclass(frozen=True)
class Action:
    """A button. ``note`` says what it opens and for how long."""

    label: str
    url: str
    note: str


@dataclass(frozen=True)
class Document:
    """A whole mail, in the order in which it is read.

    ``tone`` (open, resolved, withdrawn, digest, data, letter) colours its upper edge.
    """

    tone: str
    kicker: str
    title: str
    summary: str
    figures: tuple[tuple[str, str], ...] = ()
    action: Action | None = None
    certainty: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    sections: tuple[Section, ...] = ()
    tables: tuple[Grid, ...] = ()
    steps: tuple[Steps, ...] = ()
    evidence: tuple[Grid, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


def render_html(document: Document, pictures: Sequence[Picture] = ()) -> str:
    """HTML with its styles inlined, because mail readers drop style sheets."""
    page = _environment().get_template("mail.html").render(doc=document, pictures=pictures)
    return _inliner().inline(unbroken(page))


def unbroken(page: str) -> str:
    """HTML in which no line begins with the sign of a percentage: on a phone that reads badly."""
    return _UNIT_ALONE.sub("\u00a0", page)


def render_text(document: Document) -> str:
    """Plain text that reads on a narrow screen."""
    return _environment().get_template("mail.txt").render(doc=document, charts=_in_words(document)).strip() + "\n"


def _in_words(document: Document) -> list[str]:
    return [alternative_text(one) for one in document.charts if one.is_drawable]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("alerts"),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
    )
    environment.filters |= {"fold": _fold, "rtl": isolated}
    return environment


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


def _fold(text: str, indent: str = "", first_indent: str | None = None) -> str:
    """Break a paragraph at 72 columns, never inside a word."""
    return textwrap.fill(
        text,
        72,
        initial_indent=indent if first_indent is None else first_indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
