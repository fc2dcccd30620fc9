"""Builds the packs of a quarter from the current publication."""

import hashlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecosystem.clock import iso
from ecosystem.locks import exclusive
from ecosystem.paths import Home
from publishing.review_pack.judgement import judge
from publishing.review_pack.pack import make_pack
from publishing.review_pack.page import page, paper
from publishing.review_pack.pdf import Printer
from publishing.review_pack.quarter import chosen_quarter
from publishing.review_pack.reading import (
    Publication,
    open_publication,
    read_definitions,
    read_vendors,
    reviewed_vendors,
    shared_with_vendors,
)
from publishing.review_pack.review import Edition, Review
from publishing.review_pack.sections.appendix import used_definitions
from publishing.review_pack.store import Stored, edition_folder, is_stored, packs_folder, remove_unfinished, store

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Packs:
    """What was built: how many vendors, how many of them without any data, how many editions are new."""

    quarter: str
    build_id: str
    as_of: str
    folder: str
    vendors: int
    vendors_without_data: int
    editions_written: int
    editions_unchanged: int
    seconds: float


def build_review_packs(
    home: Home, quarter: str | None = None, vendor_key: str | None = None, *, running_allowed: bool = False
) -> Packs:
    """Build both editions of each strategic vendor's pack.

    The same publication and quarter give the same bytes, so a second build writes nothing.

    Args:
        quarter: ``2026-Q2`` or its first day; default the last quarter that was over when the publication was made.
        vendor_key: only this vendor's; default all strategic vendors.
        running_allowed: whether a quarter that has not ended may be asked for; its packs say so.

    Raises:
        UsageError: the quarter or the vendor cannot be meant, or the libraries of PDF are missing.
        EcosystemError: nothing is published, or another process builds packs.
    """
    started = time.monotonic()
    printer = Printer()
    publication = open_publication(home.current)
    chosen = chosen_quarter(quarter, publication.as_of, running_allowed)
    keys = reviewed_vendors(publication, vendor_key)
    shared = shared_with_vendors(publication)
    readers = {
        Edition.BUYER: (read_vendors(publication, chosen, keys), read_definitions(publication)),
        Edition.VENDOR: (read_vendors(publication, chosen, keys, shared), read_definitions(publication, shared)),
    }
    judgements = {key: judge(chosen, publication.as_of, rows) for key, rows in readers[Edition.BUYER][0].items()}
    stored: list[Stored] = []
    with exclusive("review_packs", home):
        remove_unfinished(home)
        for key, judgement in judgements.items():
            for edition, (rows, definitions) in readers.items():
                review = Review(
                    edition, chosen, publication.as_of, rows[key], judgement, definitions, publication.feeds
                )
                stored.append(_build(home, publication, review, printer))
            logger.info("review pack %s of %s", chosen.name, key)
    written = sum(one.is_new for one in stored)
    return Packs(
        quarter=chosen.name,
        build_id=publication.build_id,
        as_of=iso(publication.as_of),
        folder=str(packs_folder(home) / chosen.name),
        vendors=len(keys),
        vendors_without_data=sum(not judgement.has_data for judgement in judgements.values()),
        editions_written=written,
        editions_unchanged=len(stored) - written,
        seconds=round(time.monotonic() - started, 3),
    )


def _build(home: Home, publication: Publication, review: Review, printer: Printer) -> Stored:
    pack = make_pack(review, publication.build_id)
    folder = edition_folder(home, review.quarter, review.rows.vendor_key, review.edition)
    on_screen, on_paper = page(pack, review.edition), paper(pack, review.edition)
    facts = _facts(publication, review, on_paper, printer)
    if is_stored(folder, on_screen, facts):
        return Stored(folder, is_new=False)
    store(folder, on_screen, printer.pdf(on_paper), facts)
    return Stored(folder, is_new=True)


def _facts(publication: Publication, review: Review, on_paper: str, printer: Printer) -> Mapping[str, Any]:
    return {
        "quarter": review.quarter.name,
        "edition": review.edition.value,
        "vendor_key": review.rows.vendor_key,
        "is_running": review.is_running,
        "build_id": publication.build_id,
        "as_of": iso(publication.as_of),
        "code_hash": publication.manifest["code_hash"],
        "definitions": [
            {"definition_id": id_, "definition_version": version} for id_, version in used_definitions(review)
        ],
        "renderer": printer.name,
        "paper_sha256": hashlib.sha256(on_paper.encode("utf-8")).hexdigest(),
    }
