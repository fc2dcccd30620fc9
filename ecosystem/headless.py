"""Running DAGs to their end in this process, without a scheduler.

Airflow tells a listener about every task instance as it ends.
"""

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ecosystem.errors import EcosystemError, GateBlocked
from ecosystem.paths import project_root


@dataclass(frozen=True)
class TaskOutcome:
    """How one task instance ended."""

    dag_id: str
    task_id: str
    part: str | None
    """Which part of a mapped task, such as an entity."""
    seconds: float
    result: Any
    """What the task returned."""
    error: BaseException | None = None

    @property
    def name(self) -> str:
        """``extract_erp.extract_sap_s4hana supplier``."""
        return f"{self.dag_id}.{self.task_id}" + (f" {self.part}" if self.part else "")


Watcher = Callable[[TaskOutcome], None]


class Dags:
    """The DAGs of this project, parsed once; :func:`ecosystem.airflow_home.environment` must already be set."""

    def __init__(self) -> None:
        from airflow.dag_processing.dagbag import DagBag

        bag = DagBag(project_root() / "dags")
        if bag.import_errors:
            file, cause = next(iter(bag.import_errors.items()))
            raise EcosystemError(f"The DAG file {file} cannot be imported: {cause.strip().splitlines()[-1]}.")
        self._dags = bag.dags

    def run(self, dag_id: str, conf: Mapping[str, Any], watcher: Watcher) -> None:
        """Run one DAG to its end; ``watcher`` hears of every task instance as it ends.

        Tasks fail at once instead of trying again: somebody waits at the terminal.

        Raises:
            GateBlocked: the gate refused the build.
            EcosystemError: another task failed; the text names the task and its cause.
        """
        dag = self._dags[dag_id]
        for task in dag.tasks:
            if task.is_mapped:
                task.partial_kwargs["retries"] = 0
            else:
                task.retries = 0
        failures: list[TaskOutcome] = []

        def note(outcome: TaskOutcome) -> None:
            if outcome.error:
                failures.append(outcome)
            watcher(outcome)

        with _listening(note):
            run = dag.test(run_conf=dict(conf))
        if failures:
            raise _as_ecosystem_error(failures[0])
        if run.state != "success":
            raise EcosystemError(f"The DAG {dag_id} ended as {run.state} though no task reported a failure.")


def _as_ecosystem_error(failure: TaskOutcome) -> BaseException:
    """The sentence of the error that failed the task, under the name of the task."""
    error = failure.error
    assert error is not None  # noqa: S101 - for the type checker; only failures come here
    if isinstance(error, KeyboardInterrupt):
        return error
    cause = error.__cause__ if isinstance(error.__cause__, EcosystemError) else error
    text = str(cause).strip() or type(cause).__name__
    if not isinstance(cause, EcosystemError) and type(cause).__name__ != "AirflowFailException":
        text = f"{type(cause).__name__}: {text.splitlines()[0]}"
    kind = GateBlocked if isinstance(cause, GateBlocked) else EcosystemError
    return kind(f"The step {failure.name} failed: {text if text.endswith('.') else f'{text}.'}")


@contextmanager
def _listening(watcher: Watcher) -> Iterator[None]:
    """Airflow reports to ``watcher`` while the block runs."""
    from airflow.listeners import hookimpl
    from airflow.sdk.listener import get_listener_manager

    on_termination = signal.getsignal(signal.SIGTERM)

    class Listener:
        @hookimpl
        def on_task_instance_running(self) -> None:
            # Airflow has just made SIGTERM the task's affair; in this process it is meant for all of them.
            signal.signal(signal.SIGTERM, on_termination)

        @hookimpl
        def on_task_instance_success(self, task_instance: Any) -> None:
            result = task_instance.xcom_pull(task_ids=task_instance.task_id, map_indexes=task_instance.map_index)
            watcher(_outcome(task_instance, result))

        @hookimpl
        def on_task_instance_failed(self, task_instance: Any, error: BaseException) -> None:
            watcher(_outcome(task_instance, None, error))

    manager = get_listener_manager()
    listener = Listener()
    manager.add_listener(listener)
    try:
        yield
    finally:
        manager.pm.unregister(listener)
        signal.signal(signal.SIGTERM, on_termination)


def _outcome(task_instance: Any, result: Any, error: BaseException | None = None) -> TaskOutcome:
    return TaskOutcome(
        dag_id=task_instance.dag_id,
        task_id=task_instance.task_id,
        part=task_instance.rendered_map_index,
        seconds=(datetime.now(UTC) - task_instance.start_date).total_seconds(),
        result=result,
        error=error,
    )
