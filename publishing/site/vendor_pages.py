"""The vendors' part of the site for buyers: pages are made only for vendors whose rows changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.sharing import SharingSettings
from publishing.site.source import Source
from publishing.site.vendor_page.relations import readable
from publishing.site.vendor_page.render import render_vendor_pages
from publishing.site.vendor_page.setting import setting_of
from publishing.site.vendor_page.touched import vendor_digests
from publishing.site.writing import Writer


@dataclass(frozen=True)
class VendorPages:
    """``record`` is for the site's manifest: by vendor the digest of its rows and the files made from them."""

    record: Mapping[str, Any]
    written: int


def write_vendor_pages(
    source: Source, sharing: SharingSettings, writer: Writer, folder: Path, former: Mapping[str, Any], code_hash: str
) -> VendorPages:
    """Write the pages of touched vendors and keep those of all others.

    Args:
        folder: the site's.
        former: the record of the build before.

    Raises:
        UsageError: the sharing protocol names what is not published.
    """
    with readable(source.folder, sharing) as rows:
        setting = setting_of(source.manifest, currency=source.currency, code_hash=code_hash)
        digests = vendor_digests(rows.connection, rows.buyers, setting)
        record: dict[str, Any] = {}
        for vendor_key, digest in digests.items():
            before = former.get(vendor_key, {})
            if before.get("digest") == digest and all((folder / path).is_file() for path in before["files"]):
                record[vendor_key] = before
                for path in before["files"]:
                    writer.keep(path)
        touched = [vendor_key for vendor_key in digests if vendor_key not in record]
        for vendor_key, files in render_vendor_pages(rows, setting, touched):
            for path, content in files.items():
                writer.put(path, content)
            record[vendor_key] = {"digest": digests[vendor_key], "files": sorted(files)}
    return VendorPages(dict(sorted(record.items())), len(touched))
