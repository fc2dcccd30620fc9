"""Logging of the command-line program: sentences to the terminal, details to a file."""

import logging
import time

from ecosystem.paths import Home


def configure(home: Home, verbose: bool = False) -> None:
    """Warnings go to standard error (all with ``verbose``), everything to ``logs/ecosystem.log``; times are UTC."""
    home.logs.mkdir(parents=True, exist_ok=True)
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.INFO if verbose else logging.WARNING)
    terminal.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    file = logging.FileHandler(home.logs / "ecosystem.log", encoding="utf-8")
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    file.setFormatter(formatter)
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.handlers[:] = [terminal, file]
