"""The command-line program as a child process, and what it leaves running."""

import os
import subprocess
import sys
from pathlib import Path

import psutil

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
