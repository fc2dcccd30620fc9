"""Vendors' pages for buyers, rendered: every file of a vendor's folder with its bytes."""

from collections.abc import Iterator, Sequence

from jinja2 import Environment

from publishing.site.frame import environment, render
from publishing.site.rows import csv_of
from publishing.site.sections import Page
from publishing.site.vendor_page.page import vendor_page
from publishing.site.vendor_page.reading import read_vendors
from publishing.site.vendor_page.relations import Readable
from publishing.site.vendor_page.setting import Setting
from publishing.vendor_folder import vendor_folder

PAGE_FILE = "index.html"
VENDORS_FOLDER = "vendors"


def render_vendor_pages(
    readable: Readable, setting: Setting, vendor_keys: Sequence[str]
) -> Iterator[tuple[str, dict[str, bytes]]]:
    """For each vendor its key and its files: paths relative to the site's folder, the page first.

    One vendor at a time is kept in memory. The same publication gives the same bytes.
    """
    templates = environment()
    for rows in read_vendors(readable.connection, readable.buyers, vendor_keys):
        folder = f"{VENDORS_FOLDER}/{vendor_folder(rows.vendor_key)}/"
        page = vendor_page(rows, setting, f"{folder}{PAGE_FILE}")
        files = {page.path: page_bytes(templates, page, setting)}
        files |= {f"{folder}{name}": content for name, content in csv_files(page).items()}
        yield rows.vendor_key, files


def page_bytes(templates: Environment, page: Page, setting: Setting) -> bytes:
    """The page; the CSVs it points to lie beside it."""
    text = render(
        templates,
        page.template,
        setting.edition,
        path=page.path,
        title=page.title,
        content={"page": page, "rows_root": ""},
        **({"navigation": ()} if setting.is_own else {}),
    )
    return text.encode("utf-8")


def csv_files(page: Page) -> dict[str, bytes]:
    """Its CSVs by file name; an empty table points to none."""
    listed = [one.of for section in page.sections for one in section.tables if one.cells]
    return {f"{rows.name}.csv": csv_of(rows) for rows in (*page.files, *listed)}
