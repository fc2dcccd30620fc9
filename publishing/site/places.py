"""Where pages and files of the site lie, as paths relative to its folder."""

from publishing.vendor_folder import vendor_folder

# Great Expectations' pages of the gate, beside ours.
DATA_DOCS_FOLDER = "data-docs"


def vendor_page(vendor_key: str) -> str:
    """The vendor's page as buyers read it."""
    return f"vendors/{vendor_folder(vendor_key)}/index.html"


def definition_page(definition_id: str) -> str:
    """The place of a definition: its newest version."""
    return f"definitions.html#{definition_id}"


def rows_file(name: str) -> str:
    """The CSV file with the rows behind a number."""
    return f"rows/{name}.csv"
