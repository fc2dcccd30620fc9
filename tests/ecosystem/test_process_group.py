"""A process group ends whole, also when part of it does not want to."""

import subprocess
import sys
import time

import pytest

from ecosystem import process_group

STUBBORN_GRANDCHILD = """
import signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"])
time.sleep(60)
"""


@pytest.fixture
def group() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", STUBBORN_GRANDCHILD], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_what_ignores_the_request_is_killed(group: subprocess.Popen[str]) -> None:
    assert process_group.alive([group.pid]) == {group.pid}
    started = time.monotonic()
    process_group.end([group.pid], timeout_s=1)
    assert process_group.alive([group.pid]) == set()
    assert time.monotonic() - started < 10
    group.wait()


def test_a_group_that_is_gone_is_no_error() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    process.wait()
    process_group.end([process.pid])
    assert process_group.alive([process.pid]) == set()
