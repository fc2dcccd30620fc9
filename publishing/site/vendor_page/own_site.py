"""Each vendor's own site: a folder that holds all it needs and nothing of others, made from shared rows alone."""

import logging
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment

from config.sharing import SharingSettings
from ecosystem.locks import exclusive
from ecosystem.paths import Home
from publishing.shared_views import SCHEMA
from publishing.site.frame import environment
from publishing.site.pages.definitions import definitions_page
from publishing.site.sections import Page
from publishing.site.source import Result
from publishing.site.vendor_page.page import vendor_page
from publishing.site.vendor_page.reading import read_vendors
from publishing.site.vendor_page.relations import Readable, readable
from publishing.site.vendor_page.render import PAGE_FILE, csv_files, page_bytes
from publishing.site.vendor_page.setting import Setting, setting_of
from publishing.site.vendor_page.touched import vendor_digests
from publishing.site.writing import Writer, read_former
from publishing.vendor_folder import vendor_folder

logger = logging.getLogger(__name__)

DEFINITIONS_FILE = "definitions.html"
_DEFINITIONS = "kpi_definition"


@dataclass(frozen=True)
class VendorSitesReport:
    """What a build of the vendors' own sites did."""

    build_id: str
    folder: Path
    vendors: int
    written_vendors: int
    removed_vendors: int
    seconds: float


def build_vendor_sites(home: Home, settings: SharingSettings, code_hash: str) -> VendorSitesReport:
    """Write the sites of the vendors whose shared rows changed, and remove those of vendors that vanished.

    A build that is killed leaves each vendor's files whole, and makes the rest when it runs again.

    Raises:
        EcosystemError: nothing is published, or another process builds the sites.
        UsageError: the sharing protocol names what is not published.
    """
    started = time.monotonic()
    with exclusive("vendor_sites", home), readable(home.current.resolve(), settings) as source:
        setting = setting_of(source.manifest, currency="", code_hash=code_hash, is_own=True)
        digests = vendor_digests(source.connection, source.vendors, setting)
        folders = {key: home.vendor_sites / vendor_folder(key) for key in digests}
        touched = [key for key, digest in digests.items() if not _is_made(folders[key], digest)]
        for vendor_key, files in vendor_sites(source, setting, touched):
            folder = folders[vendor_key]
            writer = Writer(folder, read_former(folder).get("files", {}))
            folder.mkdir(parents=True, exist_ok=True)
            for path, content in files.items():
                writer.put(path, content)
            writer.remove_others()
            writer.finish({"build_id": setting.edition.build_id, "digest": digests[vendor_key]})
        removed = _remove_others(home.vendor_sites, set(folders.values()))
    report = VendorSitesReport(
        build_id=setting.edition.build_id,
        folder=home.vendor_sites,
        vendors=len(digests),
        written_vendors=len(touched),
        removed_vendors=removed,
        seconds=round(time.monotonic() - started, 3),
    )
    logger.info(
        "vendor sites: %d of %d written, %d removed in %.1f s",
        report.written_vendors,
        report.vendors,
        report.removed_vendors,
        report.seconds,
    )
    return report


def vendor_sites(
    source: Readable, setting: Setting, vendor_keys: list[str]
) -> Iterator[tuple[str, Mapping[str, bytes]]]:
    """For each vendor its key and the files of its own site, relative to its folder."""
    templates = environment()
    definitions = _definitions(source)
    for rows in read_vendors(source.connection, source.vendors, vendor_keys):
        page = vendor_page(rows, setting, PAGE_FILE)
        files = {PAGE_FILE: page_bytes(templates, page, setting)}
        yield rows.vendor_key, files | csv_files(page) | _definition_files(page, definitions, templates, setting)


def definition_ids(page: Page) -> frozenset[str]:
    """The definitions that a page's numbers link to."""
    of_tiles = {figure.definition_id for section in page.sections for figure in section.tiles}
    of_drawings = {drawing.definition_id for section in page.sections for drawing in section.drawings}
    of_columns = {column.definition_id for section in page.sections for one in section.tables for column in one.columns}
    addresses = {
        cell.address.partition(f"{DEFINITIONS_FILE}#")[2]
        for section in page.sections
        for one in section.tables
        for row in one.cells
        for cell in row
    }
    return frozenset((of_tiles | of_drawings | of_columns | addresses) - {""})


def _definitions(source: Readable) -> Result:
    result = source.connection.execute(f"from {SCHEMA}.{_DEFINITIONS} order by definition_id, definition_version desc")
    return Result("definitions", tuple(column[0] for column in result.description), tuple(result.fetchall()))


def _definition_files(page: Page, definitions: Result, templates: Environment, setting: Setting) -> dict[str, bytes]:
    """The definitions that the page uses, and nothing of the others."""
    used, place = definition_ids(page), definitions.columns.index("definition_id")
    rows = tuple(values for values in definitions.rows if values[place] in used)
    made = definitions_page(Result(definitions.name, definitions.columns, rows))
    return {made.path: page_bytes(templates, made, setting)} | csv_files(made)


def _is_made(folder: Path, digest: str) -> bool:
    former = read_former(folder)
    return former.get("digest") == digest and all((folder / path).is_file() for path in former["files"])


def _remove_others(sites: Path, known: set[Path]) -> int:
    others = [folder for folder in sites.iterdir() if folder not in known] if sites.is_dir() else []
    for folder in others:
        shutil.rmtree(folder)
    return len(others)
