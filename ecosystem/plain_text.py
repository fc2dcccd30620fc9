"""Text from source systems made harmless: for one line of a page, and for a cell of a spreadsheet."""

import unicodedata

# The signs that begin a formula, and their full-width forms, which some spreadsheets take for the same.
FORMULA_SIGNS = tuple("=+-@\t\r\n＝＋－＠")
CELL_CHARACTERS = 1000


def clean(text: str | None, limit: int = 200) -> str:
    """One line of visible text: no control or formatting characters, no line breaks, at most ``limit`` characters.

    Formatting characters include the bidirectional overrides, by which a name could turn the rest of a line around.
    """
    kept = (
        " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} or char.isspace() else char
        for char in unicodedata.normalize("NFC", text or "")
        if unicodedata.category(char) not in {"Cf", "Cs", "Co", "Cn"}
    )
    line = " ".join("".join(kept).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def harmless_cell(text: str) -> str:
    """Text that no spreadsheet runs as a formula: an apostrophe stands in front (OWASP's rule for CSV)."""
    line = clean(text, CELL_CHARACTERS)
    begins_a_formula = text.lstrip(" ").startswith(FORMULA_SIGNS) or line.startswith(FORMULA_SIGNS)
    return f"'{line}" if begins_a_formula else line
