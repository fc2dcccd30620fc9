"""Puts the files of a build into the site's folder, each whole, and takes away what is no longer made.

A build that is killed leaves every file whole, of the former build or of this one. The manifest comes last: a site
without this build's manifest is built again.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from publishing.manifest import FILE_NAME

_UNFINISHED = ".unfinished-"


class Writer:
    """Writes below one folder and remembers the digest of every file that belongs to the site."""

    def __init__(self, folder: Path, former: Mapping[str, str]) -> None:
        self._folder = folder
        self._former = former
        self.digests: dict[str, str] = {}
        self.written = 0

    def put(self, path: str, content: bytes) -> None:
        """Make ``content`` the file ``path``; a file that has these bytes already is not touched."""
        digest = hashlib.sha256(content).hexdigest()
        file = self._folder / path
        is_there = self._former.get(path) == digest and file.is_file() and file.stat().st_size == len(content)
        if not is_there:
            file.parent.mkdir(parents=True, exist_ok=True)
            temporary = file.with_name(f"{_UNFINISHED}{file.name}")
            with temporary.open("wb") as output:
                output.write(content)
            temporary.replace(file)
            self.written += 1
        self.digests[path] = digest

    def keep(self, path: str) -> None:
        """Count a file of the former build as one of this build, unchanged."""
        self.digests[path] = self._former[path]

    def remove_others(self) -> int:
        """Remove what this build did not make, such as the page of a vendor that vanished; returns the files gone."""
        mine = {self._folder / path for path in self.digests} | {self._folder / FILE_NAME}
        others = [file for file in self._folder.rglob("*") if file.is_file() and file not in mine]
        for file in others:
            file.unlink()
        for folder in sorted((one for one in self._folder.rglob("*") if one.is_dir()), reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()
        return len(others)

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Write the manifest: the facts of the build, then every file with its SHA-256.

        Files are flushed all at once before it, because flushing each of tens of thousands takes minutes.
        """
        os.sync()
        content = {**facts, "files": dict(sorted(self.digests.items()))}
        temporary = self._folder / f"{_UNFINISHED}{FILE_NAME}"
        with temporary.open("w", encoding="utf-8") as output:
            output.write(json.dumps(content, indent=1) + "\n")
            output.flush()
            os.fsync(output.fileno())
        temporary.replace(self._folder / FILE_NAME)


def read_former(folder: Path) -> Mapping[str, Any]:
    """The manifest of the site as it is; empty when no build has finished, or when nobody can read it."""
    file = folder / FILE_NAME
    if not file.is_file():
        return {}
    try:
        content: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return content
