"""The name under which a vendor's pages, files and packs lie, the same for all of them."""

import hashlib
import re

CHARACTERS_OF_NAME = 40
CHARACTERS_OF_DIGEST = 10


def vendor_folder(vendor_key: str) -> str:
    """The folder of a vendor: ``erp-s4hana-100144-6f1c0a2b9d``.

    Lower-case letters, digits and dashes only, so that it is safe in an address and on every file system. The digest of
    the whole key keeps apart what those characters do not, such as keys that differ in case.
    """
    readable = re.sub(r"[^a-z0-9]+", "-", vendor_key.lower()).strip("-")[:CHARACTERS_OF_NAME].strip("-")
    digest = hashlib.sha256(vendor_key.encode("utf-8")).hexdigest()[:CHARACTERS_OF_DIGEST]
    return f"{readable}-{digest}" if readable else digest
