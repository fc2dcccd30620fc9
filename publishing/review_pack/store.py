"""Where packs lie, and how an edition appears whole or not at all.

``review_packs/<quarter>/<vendor>/<edition>/`` holds ``review_pack.html``, ``review_pack.pdf`` and ``manifest.json``.
Each edition is a folder of its own, so that the vendor's can be sent as it is.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecosystem.paths import Home
from publishing.manifest import FILE_NAME, read_manifest, sha256
from publishing.review_pack.quarter import Quarter
from publishing.review_pack.review import Edition
from publishing.vendor_folder import vendor_folder

HTML_FILE, PDF_FILE = "review_pack.html", "review_pack.pdf"
# Folders being written or removed; nobody reads them.
UNFINISHED = ".unfinished-"


@dataclass(frozen=True)
class Stored:
    """An edition in its place; ``is_new`` is False when it lay there before."""

    folder: Path
    is_new: bool


def packs_folder(home: Home) -> Path:
    """The folder of all packs."""
    return home.published / "review_packs"


def edition_folder(home: Home, quarter: Quarter, vendor_key: str, edition: Edition) -> Path:
    """The folder of one edition."""
    return packs_folder(home) / quarter.name / vendor_folder(vendor_key) / edition.value


def remove_unfinished(home: Home) -> None:
    """Clear away what a process that was killed left behind."""
    for folder in packs_folder(home).glob(f"*/*/{UNFINISHED}*"):
        shutil.rmtree(folder)


def is_stored(folder: Path, page: str, facts: Mapping[str, Any]) -> bool:
    """Whether the edition lies there already: made from the same, and no file of it changed or lost since.

    Args:
        facts: what its manifest would say beside the files; they tell from what the PDF is made.
    """
    file = folder / FILE_NAME
    if not file.is_file():
        return False
    manifest = read_manifest(folder)
    if {name: value for name, value in manifest.items() if name != "files"} != dict(facts):
        return False
    sums = {one["file"]: one["sha256"] for one in manifest["files"]}
    whole = all((folder / name).is_file() and sha256(folder / name) == sum_ for name, sum_ in sums.items())
    return whole and sums[HTML_FILE] == hashlib.sha256(page.encode("utf-8")).hexdigest()


def store(folder: Path, page: str, pdf: bytes, facts: Mapping[str, Any]) -> None:
    """Write an edition under a temporary name, flush it, and put it into its place.

    A pack of another publication that lies there gives way; whoever is killed in between leaves the former pack, the
    new one or, between two renames, none, and never half of one.

    Args:
        facts: what the manifest says beside the files and their checksums.
    """
    unfinished = folder.with_name(f"{UNFINISHED}{folder.name}")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(parents=True)
    (unfinished / HTML_FILE).write_text(page, encoding="utf-8")
    (unfinished / PDF_FILE).write_bytes(pdf)
    files = [{"file": name, "sha256": sha256(unfinished / name)} for name in (HTML_FILE, PDF_FILE)]
    manifest = json.dumps({**facts, "files": files}, indent=1, ensure_ascii=False) + "\n"
    (unfinished / FILE_NAME).write_text(manifest, encoding="utf-8")
    for path in (*sorted(unfinished.iterdir()), unfinished):
        _flush(path)
    if folder.exists():
        former = folder.with_name(f"{UNFINISHED}former-{folder.name}")
        folder.rename(former)
        unfinished.rename(folder)
        shutil.rmtree(former)
    else:
        unfinished.rename(folder)
    _flush(folder.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
