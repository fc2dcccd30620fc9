"""Builds the site of the current publication."""

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from config.sharing import load_sharing
from ecosystem.clock import iso
from ecosystem.locks import exclusive
from ecosystem.paths import Home
from publishing.manifest import FILE_NAME
from publishing.site.frame import environment, render
from publishing.site.pages.cost import cost
from publishing.site.pages.data import data
from publishing.site.pages.definitions import definitions
from publishing.site.pages.delivery import delivery
from publishing.site.pages.innovation import innovation
from publishing.site.pages.overview import overview
from publishing.site.pages.quality import quality
from publishing.site.pages.reinvestment import reinvestment
from publishing.site.pages.service import service
from publishing.site.pages.targets import targets
from publishing.site.pages.vendors import vendors
from publishing.site.places import DATA_DOCS_FOLDER, rows_file
from publishing.site.rows import csv_of
from publishing.site.sections import Page
from publishing.site.source import Result, Source, open_publication
from publishing.site.vendor_pages import write_vendor_pages
from publishing.site.writing import Writer, read_former

logger = logging.getLogger(__name__)

PAGES: tuple[Callable[[Source], Page], ...] = (
    overview,
    delivery,
    quality,
    cost,
    service,
    innovation,
    reinvestment,
    targets,
    data,
    definitions,
)


@dataclass(frozen=True)
class SiteReport:
    """What a build of the site did.

    ``written_vendors`` are those whose rows changed; ``reused`` says that the site was built already and nothing was
    written.
    """

    build_id: str
    folder: Path
    pages: int
    written_vendors: int
    written_files: int
    removed_files: int
    reused: bool
    seconds: float


def build_site(home: Home) -> SiteReport:
    """Write the pages of the current publication under ``site/``; a site that is of it already is left alone.

    A site is of a publication when its pages, the code that made them and the sharing protocol are the same.

    Raises:
        EcosystemError: nothing is published, its files cannot be read, or another process builds the site.
        UsageError: the sharing protocol is not valid, or names what is not published.
    """
    started = time.monotonic()
    with exclusive("site", home), open_publication(home) as source:
        home.site.mkdir(parents=True, exist_ok=True)
        former, sharing = read_former(home.site), load_sharing()
        facts = {
            "build_id": source.edition.build_id,
            "as_of": iso(source.edition.as_of),
            "code_hash": code_hash(),
            # It decides what pages tell of a vendor's peers.
            "sharing": hashlib.sha256(sharing.model_dump_json().encode("utf-8")).hexdigest(),
        }
        reused = _is_built(home.site, former, facts)
        writer = Writer(home.site, former.get("files", {}))
        removed = written_vendors = 0
        if not reused:
            _write_pages(source, writer)
            pages = write_vendor_pages(
                source, sharing, writer, home.site, former.get("vendors", {}), facts["code_hash"]
            )
            written_vendors = pages.written
            _copy_data_docs(source, writer)
            removed = writer.remove_others()
            writer.finish({**facts, "vendors": pages.record})
    digests = former["files"] if reused else writer.digests
    report = SiteReport(
        build_id=source.edition.build_id,
        folder=home.site,
        pages=sum(path.endswith(".html") for path in digests),
        written_vendors=written_vendors,
        written_files=writer.written,
        removed_files=removed,
        reused=reused,
        seconds=round(time.monotonic() - started, 3),
    )
    logger.info(
        "site: %s of %d pages, %d files written in %.1f s",
        "kept" if reused else "built",
        report.pages,
        report.written_files,
        report.seconds,
    )
    return report


def code_hash() -> str:
    """Digest of the code and templates that make the pages: a changed one makes them anew."""
    digest = hashlib.sha256()
    for name, content in _code(files("publishing.site"), ""):
        digest.update(name.encode("utf-8") + b"\0" + content + b"\0")
    return digest.hexdigest()


def _code(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir() and entry.name != "__pycache__":
            found += _code(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith((".py", ".html", ".css", ".js", ".svg")):
            found.append((prefix + entry.name, entry.read_bytes()))
    return found


def _is_built(folder: Path, former: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    is_of_it = all(former.get(name) == value for name, value in facts.items())
    return is_of_it and all((folder / path).is_file() for path in (*former["files"], FILE_NAME))


def _copy_data_docs(source: Source, writer: Writer) -> None:
    for file in sorted(source.data_docs.iterdir()) if source.data_docs else ():
        writer.put(f"{DATA_DOCS_FOLDER}/{file.name}", file.read_bytes())


def _write_pages(source: Source, writer: Writer) -> None:
    templates = environment()
    written: dict[str, Result] = {}
    for page in (*(make(source) for make in PAGES), *vendors(source)):
        text = render(
            templates, page.template, source.edition, path=page.path, title=page.title, content={"page": page}
        )
        writer.put(page.path, text.encode("utf-8"))
        for rows in page.all_files:
            if rows.name not in written:
                writer.put(rows_file(rows.name), csv_of(rows))
                written[rows.name] = rows
            elif written[rows.name] != rows:
                raise ValueError(f"two pages have different rows under the name {rows.name}")
