"""Ending child processes together with everything they started."""

import os
import signal
import time
from collections.abc import Collection
from contextlib import suppress

import psutil


def alive(process_groups: Collection[int]) -> set[int]:
    """Those groups of which a process still runs; a zombie that nobody has reaped does not."""
    found = set()
    for process in psutil.process_iter(["status"]):
        with suppress(ProcessLookupError, PermissionError):
            group = os.getpgid(process.pid)
            if group in process_groups and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.add(group)
    return found


def end(process_groups: Collection[int], timeout_s: float = 10) -> None:
    """Ask process groups to end, and kill what is left of them after ``timeout_s`` seconds.

    Airflow's scheduler and api-server leave children behind when only they themselves are asked.
    """
    for request in (signal.SIGTERM, signal.SIGKILL):
        for group in process_groups:
            with suppress(ProcessLookupError):
                os.killpg(group, request)
        deadline = time.monotonic() + timeout_s
        while alive(process_groups):
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)
        else:
            return
