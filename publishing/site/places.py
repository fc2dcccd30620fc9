"""Where pages and files of the site lie, as paths relative to its folder."""

import hashlib
import re

# Great Expectations' pages of the gate, beside ours.
DATA_DOCS_FOLDER = "data-docs"
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


def vendor_page(vendor_key: str) -> str:
    """The vendor's page as buyers read it."""
    return f"vendors/{vendor_folder(vendor_key)}/index.html"


def definition_page(definition_id: str) -> str:
    """The place of a definition: its newest version."""
    return f"definitions.html#{definition_id}"


def rows_file(name: str) -> str:
    """The CSV file with the rows behind a number."""
    return f"rows/{name}.csv"
