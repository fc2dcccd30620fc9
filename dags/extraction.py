"""What the three ``extract_*`` DAGs have in common: one mapped extract per configured entity, then one event."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from airflow.sdk import Param, TriggerRule, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from dags.wiring import LANDED, SYSTEMS, no_retry_for_decisions, run_as_of, run_conf

EXTRACT_PARAMS = {
    "full": Param(False, type="boolean", title="Full", description="Read every row again instead of the changed ones."),
}


@task
def list_entities(kind: str, system: str) -> list[dict[str, str]]:
    """The (connection, entity) pairs that ``config/sources.yml`` asks for."""
    from config.sources import load_sources

    with no_retry_for_decisions():
        return [
            {"connection_id": source.connection_id, "entity": entity}
            for source in load_sources()
            if source.kind == kind and source.system == system
            for entity in source.entities
        ]


@task(map_index_template="{{ unit['entity'] }}", execution_timeout=timedelta(hours=2))
def extract_entity(unit: dict[str, str]) -> dict[str, Any]:
    """Land what changed in one entity since its last landed batch."""
    from dataclasses import asdict

    from airflow.sdk import Connection as AirflowConnection

    from config.sources import load_source
    from connectors.connection import from_airflow
    from connectors.extract import extract
    from ecosystem.paths import home

    with no_retry_for_decisions():
        source = load_source(unit["connection_id"])
        connection = from_airflow(AirflowConnection.get(source.connection_id))
        result = extract(source, connection, unit["entity"], home(), run_as_of(), full=bool(run_conf("full")))
    return asdict(result)


@task(trigger_rule=TriggerRule.ALL_DONE)
def announce(kind: str, planned: Sequence[Any], landed: Sequence[Any]) -> list[str]:
    """Update the kind's asset with what landed and what did not, and return what did not.

    Runs also when entities failed: the build goes on with the others and marks what is stale.
    """
    wanted = [f"{unit['connection_id']}/{unit['entity']}" for units in planned for unit in units or ()]
    ok = {f"{result['connection_id']}/{result['entity']}" for results in landed for result in results or ()}
    unlisted = [f"all of {system}" for system, units in zip(SYSTEMS[kind], planned, strict=True) if units is None]
    failed = unlisted + [name for name in wanted if name not in ok]
    get_current_context()["outlet_events"][LANDED[kind]].extra = {
        "as_of": run_as_of().isoformat(),
        "entities_ok": [name for name in wanted if name in ok],
        "entities_failed": failed,
    }
    return failed


@task(retries=0, on_failure_callback=[], on_success_callback=[])
def require_all(failed: list[str]) -> None:
    """Show the run as failed when an entity did not land; the asset was updated, and the engineers told, before."""
    if failed:
        raise AirflowFailException(
            f"{len(failed)} of the run's entities did not land: {', '.join(failed)}. "
            "The build goes on without them; read the log of their extract task, then clear that task."
        )


def extract_kind(kind: str) -> None:
    """Add the tasks of one kind of system to the DAG being defined."""
    planned, landed = [], []
    for system in SYSTEMS[kind]:
        entities = list_entities.override(task_id=f"list_{system}")(kind, system)
        planned.append(entities)
        landed.append(extract_entity.override(task_id=f"extract_{system}", pool=system).expand(unit=entities))
    failed = announce.override(outlets=[LANDED[kind]])(kind, planned, landed)
    require_all(failed)
