"""Puts vendors' pages into the site: those whose rows changed are made, the others stay as they are."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.sharing import SharingSettings
from publishing.site.places import vendor_folder
from publishing.site.vendor_page.relations import readable
from publishing.site.vendor_page.render import VENDORS_FOLDER, render_vendor_pages
from publishing.site.vendor_page.setting import setting_of
from publishing.site.vendor_page.touched import vendor_digests
from publishing.site.writing import Writer

logger = logging.getLogger(__name__)


def put_vendor_pages(
    writer: Writer,
    publication: Path,
    settings: SharingSettings,
    former: Mapping[str, Any],
    *,
    currency: str,
    code_hash: str,
) -> Mapping[str, str]:
    """Write the pages of touched vendors and keep the others.

    Args:
        publication: folder of the publication.
        former: manifest of the site as it is; its ``vendors`` are the digests that an earlier call returned.
        code_hash: of the code and templates of the site.

    Returns:
        The digest of each vendor, for the site's manifest.

    Raises:
        UsageError: the sharing protocol, by which peers are told, names what is not published.
    """
    with readable(publication, settings) as source:
        setting = setting_of(source.manifest, currency=currency, code_hash=code_hash)
        digests = vendor_digests(source.connection, source.buyers, setting)
        files_of = _files_by_folder(former.get("files", {}))
        told = former.get("vendors", {})
        touched = []
        for key, digest in digests.items():
            files = files_of.get(vendor_folder(key), [])
            if files and told.get(key) == digest and all(writer.has(path) for path in files):
                for path in files:
                    writer.keep(path)
            else:
                touched.append(key)
        for _, made in render_vendor_pages(source, setting, touched):
            for path, content in made.items():
                writer.put(path, content)
    logger.info("vendor pages: %d of %d made", len(touched), len(digests))
    return digests


def _files_by_folder(files: Mapping[str, str]) -> Mapping[str, list[str]]:
    """Paths of the former build by vendor's folder."""
    found: dict[str, list[str]] = {}
    for path in files:
        top, _, below = path.partition("/")
        folder, _, name = below.partition("/")
        if top == VENDORS_FOLDER and name:
            found.setdefault(folder, []).append(path)
    return found
