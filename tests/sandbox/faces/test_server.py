import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from ecosystem.errors import EcosystemError
from ecosystem.paths import Home, project_root
from sandbox.server import running, serve
from sandbox.state import State, load, save, state_file

NOW = datetime(2026, 6, 30, 18, tzinfo=UTC)

SERVE = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from ecosystem.paths import Home
from sandbox.server import serve

class Empty:
    days = 0
    def now(self): return datetime(2026, 6, 30, 18, tzinfo=UTC) + timedelta(days=self.days)
    def rows(self, entity): return []
    def advance(self, days): self.days += days

serve(Empty(), Home(Path(sys.argv[1])), seed=7, port=int(sys.argv[2]), smtp_port=int(sys.argv[3]))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def served(home: Home, log: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A sandbox in a process of its own, once it answers."""
    port = free_port()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(home.root), str(port), str(free_port())],
            cwd=project_root(), stdout=output, stderr=output, env={**os.environ, "PYTHONPATH": str(project_root())},
        )  # fmt: skip
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            requests.get(f"http://127.0.0.1:{port}/sandbox/health", timeout=1)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return process, f"http://127.0.0.1:{port}"
    process.kill()
    raise AssertionError(log.read_text())


def test_a_sandbox_that_was_killed_goes_on_where_it_was(state_home: Home, tmp_path: Path) -> None:
    process, base_url = served(state_home, tmp_path / "log")
    requests.post(f"{base_url}/sandbox/advance", json={"days": 3}, timeout=20).raise_for_status()
    process.send_signal(signal.SIGKILL)
    process.wait(20)
    process, base_url = served(state_home, tmp_path / "log")
    assert requests.get(f"{base_url}/sandbox/clock", timeout=20).json() == {"now": "2026-07-03T18:00:00Z"}
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_sigterm_ends_it_although_clients_keep_connections_open(state_home: Home, tmp_path: Path) -> None:
    process, base_url = served(state_home, tmp_path / "log")
    with requests.Session() as session:
        session.get(f"{base_url}/sandbox/clock", timeout=20).raise_for_status()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_the_state_is_written_at_the_start_and_at_every_advance(client: Any, state_home: Home) -> None:
    assert load(state_home) == State(seed=1, now=NOW)
    client.send("POST", "/sandbox/advance", json={"days": 1})
    assert json.loads(state_file(state_home).read_text()) == {"seed": 1, "now": "2026-07-01T18:00:00Z"}
    assert [path.name for path in state_home.sandbox.iterdir()] == ["state.json"]


def test_a_fresh_source_is_moved_to_the_kept_clock(start: Callable[..., Any], source: Any, state_home: Home) -> None:
    save(state_home, State(seed=1, now=NOW.replace(month=7, day=2)))
    assert start(source).get("/sandbox/clock").json() == {"now": "2026-07-02T18:00:00Z"}
    assert source.days == 2


@pytest.mark.parametrize(
    "state", [State(2, NOW), State(None, NOW), State(1, NOW.replace(day=29)), State(1, NOW.replace(hour=19))]
)
def test_the_state_of_another_world_is_refused(source: Any, state_home: Home, state: State) -> None:
    save(state_home, state)
    with pytest.raises(EcosystemError, match="is not of this world"), running(source, state_home, seed=1):
        pass
    assert load(state_home) == state


def test_a_state_that_cannot_be_read_is_named(source: Any, state_home: Home) -> None:
    state_home.sandbox.mkdir(parents=True)
    state_file(state_home).write_text("{")
    with pytest.raises(EcosystemError, match="cannot be read: delete it"), running(source, state_home):
        pass


@pytest.mark.parametrize("taken", ["port", "smtp_port"])
def test_a_taken_port_is_an_error_that_names_it(source: Any, state_home: Home, taken: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        ports = {"port": 0, "smtp_port": 0, taken: other.getsockname()[1]}
        with pytest.raises(EcosystemError, match=f"cannot listen on 127.0.0.1 .* {ports[taken]} "):
            serve(source, state_home, **ports)


def test_the_login_comes_from_the_environment(source: Any, state_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_LOGIN", "someone")
    monkeypatch.setenv("SANDBOX_PASSWORD", "secret")
    with running(source, state_home) as address:
        url = f"{address.base_url}/api/now/table/incident"
        assert requests.get(url, auth=("someone", "secret"), timeout=20).status_code == 200
        assert requests.get(url, auth=("sandbox", "sandbox"), timeout=20).status_code == 401
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=2)
