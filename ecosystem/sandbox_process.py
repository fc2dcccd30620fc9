"""The sandbox as a child process: started on free ports, asked over HTTP, stopped with everything it started."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import requests

from ecosystem import process_group
from ecosystem.clock import parse_as_of
from ecosystem.errors import EcosystemError
from ecosystem.paths import Home, project_root

HTTP_PORT = 18080
SMTP_PORT = 18025
SYSTEM_CONNECTIONS = ("erp_s4hana", "crm_salesforce", "sla_servicenow")
SENDER = "early-warning@ecosystem.example"
START_TIMEOUT_S = 90.0


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox."""

    http_port: int
    smtp_port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        """Where ERP, CRM and service portal answer."""
        return f"http://127.0.0.1:{self.http_port}"

    def now(self) -> datetime:
        """The sandbox's present (UTC)."""
        return parse_as_of(self._ask("GET", "/sandbox/clock")["now"])

    def advance(self, days: int) -> datetime:
        """Let ``days`` pass and return the new present (UTC)."""
        self._ask("POST", "/sandbox/advance", {"days": days})
        return self.now()

    def _ask(self, method: str, path: str, body: dict[str, int] | None = None) -> dict[str, str]:
        try:
            response = requests.request(method, self.url + path, json=body, timeout=60)
            response.raise_for_status()
        except requests.RequestException as error:
            raise EcosystemError(f"The sandbox did not answer {method} {path} ({error}): read {self.log}.") from None
        answer: dict[str, str] = response.json()
        return answer


def free_port(preferred: int) -> int:
    """``preferred`` on 127.0.0.1, or any free port when it is taken."""
    for port in (preferred, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise EcosystemError("No free port is left on 127.0.0.1: stop what listens there, then run this again.")


def start(home: Home, replay: Path | None = None) -> Sandbox:
    """Start the sandbox in a process group of its own, without waiting until it answers."""
    home.logs.mkdir(parents=True, exist_ok=True)
    log = home.logs / "sandbox.log"
    http_port, smtp_port = free_port(HTTP_PORT), free_port(SMTP_PORT)
    command = [sys.executable, "-m", "ecosystem", "sandbox", "serve"]
    command += ["--port", str(http_port), "--smtp-port", str(smtp_port)]
    if replay:
        command += ["--replay", str(replay)]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            cwd=project_root(),
            env=os.environ | {"ECOSYSTEM_HOME": str(home.root)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Sandbox(http_port, smtp_port, process, log)


def wait_until_ready(sandbox: Sandbox) -> None:
    """Return when the sandbox answers.

    Raises:
        EcosystemError: it ended, or did not answer within ``START_TIMEOUT_S``.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if sandbox.process.poll() is not None:
            raise EcosystemError(f"The sandbox ended while starting ({_last_line(sandbox.log)}): read {sandbox.log}.")
        with suppress(requests.RequestException):
            if requests.get(sandbox.url + "/sandbox/health", timeout=5).ok:
                return
        time.sleep(0.1)
    raise EcosystemError(f"The sandbox did not answer within {START_TIMEOUT_S:.0f} s: read {sandbox.log}.")


@contextmanager
def running(home: Home, replay: Path | None = None) -> Iterator[Sandbox]:
    """A sandbox that is stopped however the block ends; wait with :func:`wait_until_ready` before using it."""
    sandbox = start(home, replay)
    try:
        yield sandbox
    finally:
        process_group.end([sandbox.process.pid])
        sandbox.process.wait()


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1].strip()[:300] if lines else "it printed nothing"


def connection_variables(http_port: int, smtp_port: int) -> dict[str, str]:
    """``AIRFLOW_CONN_<ID>`` for the systems of ``config/sources.yml`` and for mail, all of them played by the sandbox
    that listens there.

    ``SANDBOX_LOGIN`` and ``SANDBOX_PASSWORD`` are used where they are set, as the sandbox itself does.
    """
    system = {
        "conn_type": "http",
        "schema": "http",
        "host": "127.0.0.1",
        "port": http_port,
        "login": os.environ.get("SANDBOX_LOGIN", "sandbox"),
        "password": os.environ.get("SANDBOX_PASSWORD", "sandbox"),
    }
    mail = {
        "conn_type": "smtp",
        "host": "127.0.0.1",
        "port": smtp_port,
        "extra": {"disable_ssl": True, "disable_tls": True, "from_email": SENDER, "timeout": 10, "retry_limit": 2},
    }
    connections = dict.fromkeys(SYSTEM_CONNECTIONS, system) | {"smtp_default": mail}
    return {f"AIRFLOW_CONN_{name.upper()}": json.dumps(fields) for name, fields in connections.items()}
