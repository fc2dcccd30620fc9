"""``ecosystem up`` and ``ecosystem down``: a running Airflow with its UI, and the sandbox, for working on them.

Everything listens on 127.0.0.1 only, without a login. State is that of the demo, so its runs are seen in the UI.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from ecosystem import airflow_home, process_group, sandbox_process
from ecosystem.clock import iso
from ecosystem.errors import EcosystemError
from ecosystem.locks import exclusive
from ecosystem.paths import Home, project_root

UI_PORT = 8080
EXTRACTS = ("extract_erp", "extract_crm", "extract_sla_portal")
# Measured on two busy cores: 55 s from a migrated database to healthy.
START_TIMEOUT_S = 240.0
REQUEST_TIMEOUT_S = 30.0
# Airflow answers 500 while another of its processes holds SQLite's write lock, and has then written nothing. A run has
# an id of ours, so one that got through all the same is refused the second time and never started twice.
BUSY_DATABASE = Retry(
    total=6, backoff_factor=0.5, status_forcelist=(500,), allowed_methods=None, raise_on_status=False, connect=0, read=0
)


@dataclass(frozen=True)
class Running:
    """What ``up`` started. Each process leads a process group of the same number."""

    url: str
    sandbox_url: str
    process_groups: dict[str, int]


def up(home: Home, report: Callable[[str], None]) -> Running:
    """Start the sandbox, then Airflow's api-server, then scheduler, dag-processor and triggerer; return when all work.

    Raises:
        EcosystemError: it runs already, a demo runs, or a process ended or did not answer in time; then nothing is
            left running.
    """
    if (before := running(home)) is not None:
        raise EcosystemError(f"Airflow already runs at {before.url}: use it, or end it with 'ecosystem down'.")
    port = sandbox_process.free_port(UI_PORT)
    groups: dict[str, int] = {}
    with exclusive("demo", home):
        try:
            airflow_home.use(home, port)
            sandbox = sandbox_process.start(home)
            groups["sandbox"] = sandbox.process.pid
            now_running = Running(f"http://127.0.0.1:{port}", sandbox.url, groups)
            os.environ.update(sandbox_process.connection_variables(sandbox.http_port, sandbox.smtp_port))
            _prepare_quietly(home)
            report("the metadata database is ready")
            processes = {"api-server": _start(home, "api-server", groups)}
            sandbox_process.wait_until_ready(sandbox)
            report(f"the sandbox answers at {sandbox.url}")
            _wait(home, processes, lambda: bool(_get(f"{now_running.url}/api/v2/version")))
            report(f"the api-server answers at {now_running.url}")
            # Started before the api-server answers, they log errors until it does.
            for name in ("scheduler", "dag-processor", "triggerer"):
                processes[name] = _start(home, name, groups)
            expected = {file.stem for file in (project_root() / "dags").glob("*_*.py") if file.stem != "__init__"}
            _wait(home, processes, lambda: _is_healthy(now_running) and expected <= set(_dag_ids(now_running)))
        except BaseException:
            process_group.end(groups.values())
            raise
        report(f"the sandbox's present is {iso(sandbox.now())}: give it to the extracts as 'As of'")
        _file(home).write_text(json.dumps(asdict(now_running), indent=2) + "\n", encoding="utf-8")
    return now_running


def down(home: Home) -> list[str]:
    """End everything that ``up`` started and name it; what does not end within 10 s is killed."""
    started = _read(home)
    if started is None:
        return []
    alive = process_group.alive(started.process_groups.values())
    process_group.end(alive)
    _file(home).unlink()
    return [name for name, group in started.process_groups.items() if group in alive]


def running(home: Home) -> Running | None:
    """What ``up`` started, if any of it still runs."""
    started = _read(home)
    return started if started and process_group.alive(started.process_groups.values()) else None


def live_a_day(home: Home) -> datetime:
    """Let a day pass in the sandbox and start the three extracts as of its new present; the assets do the rest.

    Raises:
        EcosystemError: nothing runs, a run of the day before is not over, or the sandbox or Airflow refused.
    """
    started = running(home)
    if started is None:
        raise EcosystemError("Airflow does not run: start it with 'ecosystem up'.")
    # An extract that is still to run would read the new day under the old day's clock, and the gate refuse it.
    if unfinished := ask_airflow(started, "/dags/~/dagRuns?state=queued&state=running&limit=1")["total_entries"]:
        raise EcosystemError(f"{unfinished} runs of the present day are not over: wait for them, then run this again.")
    _ask("POST", f"{started.sandbox_url}/sandbox/advance", {"days": 1})
    return extract_now(started)


def extract_now(started: Running) -> datetime:
    """Start the three extracts as of the sandbox's present, and return that (UTC)."""
    now = datetime.fromisoformat(_ask("GET", f"{started.sandbox_url}/sandbox/clock")["now"])
    for dag_id in EXTRACTS:
        trigger(started, dag_id, {"as_of": iso(now)})
    return now


def trigger(started: Running, dag_id: str, conf: Mapping[str, Any]) -> str:
    """Start a run by Airflow's REST API and return its id."""
    run_id = f"manual__{uuid4()}"
    body = {"dag_run_id": run_id, "logical_date": None, "conf": dict(conf)}
    _ask("POST", f"{started.url}/api/v2/dags/{dag_id}/dagRuns", body)
    return run_id


def ask_airflow(started: Running, path: str) -> dict[str, Any]:
    """The answer of Airflow's REST API to a GET below ``/api/v2``."""
    return _ask("GET", f"{started.url}/api/v2{path}")


def _start(home: Home, name: str, groups: dict[str, int]) -> subprocess.Popen[bytes]:
    """Start one process of Airflow with the environment of this process, and note its group."""
    with _log(home, name).open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - Airflow's own program
            [sys.executable, "-m", "airflow", name],
            cwd=project_root(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    groups[name] = process.pid
    return process


def _prepare_quietly(home: Home) -> None:
    """In a child: importing Airflow here would cost the caller its memory for as long as it lives."""
    with _log(home, "database").open("wb") as output:
        done = subprocess.run(
            [sys.executable, "-c", "from ecosystem import airflow_home, paths; airflow_home.prepare(paths.home())"],
            cwd=project_root(),
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise EcosystemError(f"Airflow's metadata database could not be prepared: read {_log(home, 'database')}.")


def _wait(home: Home, processes: Mapping[str, subprocess.Popen[bytes]], is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not is_ready():
        for name, process in processes.items():
            if process.poll() is not None:
                raise EcosystemError(f"Airflow's {name} ended with code {process.returncode}: read {_log(home, name)}.")
        if time.monotonic() > deadline:
            logs = ", ".join(str(_log(home, name)) for name in processes)
            raise EcosystemError(f"Airflow did not become ready within {START_TIMEOUT_S:.0f} s: read {logs}.")
        time.sleep(0.5)


def _is_healthy(started: Running) -> bool:
    health = _get(f"{started.url}/api/v2/monitor/health") or {}
    parts = ("metadatabase", "scheduler", "dag_processor", "triggerer")
    return all((health.get(part) or {}).get("status") == "healthy" for part in parts)


def _dag_ids(started: Running) -> list[str]:
    with suppress(EcosystemError):
        return [dag["dag_id"] for dag in ask_airflow(started, "/dags")["dags"]]
    return []


def _get(url: str) -> dict[str, Any] | None:
    """The JSON behind a public address, or None while it does not answer."""
    with suppress(requests.RequestException):
        response = requests.get(url, timeout=REQUEST_TIMEOUT_S)
        if response.ok:
            content: dict[str, Any] = response.json()
            return content
    return None


def _ask(method: str, url: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    try:
        with requests.Session() as session:
            if "/api/v2/" in url:
                session.mount(url, HTTPAdapter(max_retries=BUSY_DATABASE))
                token = session.get(url.split("/api/v2/")[0] + "/auth/token", timeout=REQUEST_TIMEOUT_S)
                token.raise_for_status()
                session.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
            response = session.request(method, url, json=body, timeout=REQUEST_TIMEOUT_S)
            response.raise_for_status()
    except requests.RequestException as error:
        raise EcosystemError(f"{method} {url} failed: {error}.") from None
    content: dict[str, Any] = response.json()
    return content


def _log(home: Home, name: str) -> Path:
    folder = home.logs / "airflow"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.log"


def _file(home: Home) -> Path:
    return home.root / "up.json"


def _read(home: Home) -> Running | None:
    try:
        return Running(**json.loads(_file(home).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
