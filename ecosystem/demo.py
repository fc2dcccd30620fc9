"""``ecosystem demo``: every DAG, from three systems to an alert mail, in one process and without a scheduler.

The first run loads the company's history as of its first day and then lives three days; every further run lives one
day more. With real files the sandbox replays them as they stood on its one day, and the chain runs once.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from ecosystem import airflow_home, demo_summary, sandbox_process, terminal, up
from ecosystem.clock import iso, parse_as_of
from ecosystem.errors import EcosystemError
from ecosystem.headless import Dags, TaskOutcome
from ecosystem.locks import exclusive
from ecosystem.paths import Home

CHAIN = ("extract_erp", "extract_crm", "extract_sla_portal", "build_marts", "alert_vendor_signals")
DAYS_AFTER_THE_HISTORY = 3


def run(home: Home, real: Path | None = None) -> None:
    """Run the demo to its end; prints progress and a summary, and writes ``home.summary``.

    Args:
        real: folder with the reference files to replay instead of simulating a company.

    Raises:
        GateBlocked: the gate refused a build.
        EcosystemError: a step failed; the text names the step, the cause and the log.
    """
    if (airflow := up.running(home)) is not None:
        raise EcosystemError(f"Airflow runs at {airflow.url} with the same state: end it with 'ecosystem down' first.")
    log = home.logs / "demo.log"
    log.unlink(missing_ok=True)
    with exclusive("demo", home), _terminated_like_interrupted(), terminal.quiet(log) as console:
        # A demo that fails has no summary; the last one's would be taken for its own.
        home.summary.unlink(missing_ok=True)
        progress = terminal.Progress(console)
        try:
            _run(home, real, progress)
        except EcosystemError as error:
            raise type(error)(f"{error} Log: {log}") from error


def _run(home: Home, real: Path | None, progress: terminal.Progress) -> None:
    record = demo_summary.Record(home, "replay" if real else "simulated")
    progress.text(f"State: {home.root}")
    with sandbox_process.running(home, real) as sandbox:
        with progress.working("starting Airflow and the sandbox"):
            airflow_home.use(home)
            os.environ.update(sandbox_process.connection_variables(sandbox.http_port, sandbox.smtp_port))
            airflow_home.prepare(home)
            dags = Dags()
            progress.step("airflow", "ready")
            sandbox_process.wait_until_ready(sandbox)
        progress.step("sandbox", f"ERP, CRM and service portal at {sandbox.url}, mail at 127.0.0.1:{sandbox.smtp_port}")

        for day, is_first in _days(home, sandbox, is_replay=real is not None):
            progress.heading(f"{day:%A} {day.date()}" + (": the history is loaded, once" if is_first else ""))
            for dag_id in CHAIN:
                _step(dags, dag_id, day, record, progress)
    record.write(progress.seconds)
    demo_summary.show(record, progress)


def _days(home: Home, sandbox: sandbox_process.Sandbox, *, is_replay: bool) -> Iterator[tuple[datetime, bool]]:
    """The days to live, the sandbox standing at each; a day that an earlier demo left unfinished comes first."""
    published = _published_as_of(home)
    today = sandbox.now()
    if published is None or is_replay or published < today:
        yield today, published is None
    if not is_replay:
        for _ in range(DAYS_AFTER_THE_HISTORY if published is None else 1):
            yield sandbox.advance(1), False


def _step(dags: Dags, dag_id: str, day: datetime, record: demo_summary.Record, progress: terminal.Progress) -> None:
    """One DAG run as of ``day``."""
    outcomes: list[TaskOutcome] = []
    started = time.monotonic()
    with progress.working(dag_id):
        dags.run(dag_id, {"as_of": iso(day)}, outcomes.append)
    step = record.add(dag_id, day, time.monotonic() - started, outcomes)
    progress.step(dag_id, f"{step.text} ({step.seconds:.1f} s)")


def _published_as_of(home: Home) -> datetime | None:
    """The clock of the current publication, if there is one."""
    manifest = demo_summary.manifest(home)
    return parse_as_of(manifest["as_of"]) if manifest else None


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM ends the demo as Ctrl-C does, so that the sandbox is stopped."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
