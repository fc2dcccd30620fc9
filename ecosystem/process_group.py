"""Ending child processes together with everything they started."""

import os
import signal
import time
from contextlib import suppress

import psutil


def alive(process_group: int) -> bool:
    """Whether a process of the group still runs; a zombie that nobody has reaped does not."""
    for process in psutil.process_iter(["status"]):
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(process.pid) == process_group and process.info["status"] != psutil.STATUS_ZOMBIE:
                return True
    return False


def end(process_group: int, timeout_s: float = 10) -> None:
    """Ask a process group to end, and kill what is left of it after ``timeout_s`` seconds.

    Airflow's scheduler and api-server leave children behind when only they themselves are asked.
    """
    for request in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process_group, request)
        deadline = time.monotonic() + timeout_s
        while alive(process_group):
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)
        else:
            return
