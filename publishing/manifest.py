"""``manifest.json``: what a publication holds, of which build, how fresh, and how to tell that a file is whole."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ecosystem.errors import EcosystemError

FILE_NAME = "manifest.json"


def read_manifest(publication: Path) -> Mapping[str, Any]:
    """The manifest of a publication's folder.

    Raises:
        EcosystemError: there is none, or it cannot be read.
    """
    file = publication / FILE_NAME
    try:
        content: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EcosystemError(f"The manifest {file} cannot be read ({error}): run 'ecosystem publish' again.") from error
    return content


def sha256(file: Path) -> str:
    """The file's SHA-256 in hexadecimal digits."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
