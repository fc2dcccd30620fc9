"""Writes a generated project in place of the one that was there, and nothing else away."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from ecosystem.errors import UsageError


def replace_project(folder: Path, files: Mapping[str, str], mark: str) -> None:
    """Write ``files`` (text by path) into ``folder``; ``mark`` is the file by which an older project is known.

    Raises:
        UsageError: the folder holds something else.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / mark).is_file():
            raise UsageError(f"The folder {folder} holds something else than {mark}: name a new or an empty one.")
        shutil.rmtree(folder)
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
