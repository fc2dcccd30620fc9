"""The command-line program as a child process, and what it leaves behind: batches, and what still runs."""

import os
import subprocess
import sys
from pathlib import Path

import psutil

from connectors.ecosystem.own_records import SYSTEM
from connectors.landing import Batch, list_batches
from ecosystem.paths import Home, project_root


def command(*arguments: str) -> list[str]:
    """``ecosystem`` with these arguments."""
    return [sys.executable, "-m", "ecosystem", *arguments]


def environment(home: Home, config: Path | None = None) -> dict[str, str]:
    """That of this process, with the state in ``home`` and, if given, settings from ``config``."""
    chosen = {"ECOSYSTEM_CONFIG": str(config)} if config else {}
    return {**os.environ, "ECOSYSTEM_HOME": str(home.root), **chosen}


def ecosystem(
    home: Home, *arguments: str, config: Path | None = None, timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    return subprocess.run(
        command(*arguments),
        cwd=project_root(),
        env=environment(home, config),
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def of_sources(home: Home) -> list[Batch]:
    """What has landed, own records apart."""
    return [batch for batch in list_batches(home.landing) if batch.system != SYSTEM]


def processes_of(home: Home) -> list[str]:
    """What still runs with this state directory in its environment."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        try:
            belongs = process.environ().get("ECOSYSTEM_HOME") == str(home.root)
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        if belongs and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(" ".join(process.info["cmdline"] or ()))
    return found
