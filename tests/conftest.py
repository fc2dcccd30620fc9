"""What all tests share: loopback only; without their folder, reference-data tests are deselected and counted."""

import os
import socket
from ipaddress import ip_address
from typing import Any

import pytest

LONG_FILES_FIRST = ("tests/end_to_end", "tests/dbt_project", "tests/connectors")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # Two workers take whole files: a long one that starts last keeps the other waiting.
    items.sort(key=lambda item: not item.nodeid.startswith(LONG_FILES_FIRST))
    if os.environ.get("REFERENCE_DATA"):
        return
    needing = [item for item in items if item.get_closest_marker("reference_data")]
    items[:] = [item for item in items if not item.get_closest_marker("reference_data")]
    config.hook.pytest_deselected(items=needing)
    config.stash[REFERENCE_DATA_TESTS] = len(needing)
    if hasattr(config, "workeroutput"):
        config.workeroutput["reference_data_tests"] = len(needing)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    # Tests are collected by the workers only, so the number has to come from one of them.
    node.config.stash[REFERENCE_DATA_TESTS] = getattr(node, "workeroutput", {}).get("reference_data_tests", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    missing = config.stash.get(REFERENCE_DATA_TESTS, 0)
    if missing:
        terminalreporter.write_line(
            f"{missing} tests need the reference files and were deselected: "
            "set REFERENCE_DATA, see docs/reference-data.md."
        )


REFERENCE_DATA_TESTS: pytest.StashKey[int] = pytest.StashKey()


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to any address but this machine's loopback fails the test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])  # type: ignore[index]
            if host != "localhost" and not ip_address(host).is_loopback:
                raise AssertionError(f"a test tried to reach {host}: tests use the loopback interface only")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
