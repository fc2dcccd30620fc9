"""A vendor's page before it is rendered: the sections in the order in which people ask."""

from collections.abc import Callable

from publishing.site.sections import Page, Section, text
from publishing.site.source import Result
from publishing.site.vendor_page.actions import actions
from publishing.site.vendor_page.glance import glance, headline, lead
from publishing.site.vendor_page.ideas import ideas
from publishing.site.vendor_page.peers import peers
from publishing.site.vendor_page.pillars import cost, delivery, quality, service
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.vendor_rows import VendorRows

SECTIONS: tuple[Callable[[VendorRows, Setting], Section | None], ...] = (
    glance,
    actions,
    delivery,
    quality,
    service,
    cost,
    ideas,
    peers,
)
# CSVs that tiles and pictures point to, by mart.
_FILES = (
    ("quarters", "vendor_quarter_kpi"),
    ("health", "vendor_quarter_health"),
    ("months", "vendor_month"),
    ("order-lines", "fct_schedule_line"),
)


def vendor_page(rows: VendorRows, setting: Setting, path: str) -> Page:
    """The page and its CSVs, which lie beside it. A section without shared rows is left out."""
    made = [make(rows, setting) for make in SECTIONS]
    sections = tuple(section for section in made if section is not None)
    return Page(
        path=path,
        title=text(rows.vendor["vendor_name"]) or rows.vendor_key,
        headline=headline(rows, setting),
        lead=lead(rows, setting),
        sections=sections,
        files=_files(rows, sections),
    )


def _files(rows: VendorRows, sections: tuple[Section, ...]) -> tuple[Result, ...]:
    """Those that something on the page points to."""
    told = {figure.rows for section in sections for figure in section.tiles}
    told |= {drawing.rows for section in sections for drawing in section.drawings}
    return tuple(rows.file(name, mart) for name, mart in _FILES if name in told)
