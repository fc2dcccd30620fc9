"""What the DAGs share: who owns them, how often they try again, what they wait for, and the clock of a run.

Nothing here reads a file, a connection or a variable while Airflow parses a DAG file.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from airflow.sdk import Asset, Param, get_current_context
from airflow.sdk.exceptions import AirflowFailException

from ecosystem.clock import resolve_as_of
from ecosystem.errors import EcosystemError, GateBlocked, UsageError

OWNER = "data-engineering"

POOLS_FILE = Path(__file__).with_name("pools.json")
"""The pools these DAGs need, in the format of ``airflow pools import``: one per system, one slot for the warehouse."""

WAREHOUSE_POOL = "warehouse"
MAIL_POOL = "mail"
PAGES_POOL = "pages"

SYSTEMS: Mapping[str, tuple[str, ...]] = {
    "erp": ("sap_s4hana",),
    "crm": ("salesforce",),
    "sla_portal": ("servicenow",),
}
"""The systems of each kind that have a connector; each has a pool of its own name."""

LANDED: Mapping[str, Asset] = {
    kind: Asset(name=f"landed_{kind}", uri=f"ecosystem://landing/{kind}", group="landing") for kind in SYSTEMS
}
"""Updated when the extracts of a kind have ended; the event's extra holds ``as_of, entities_ok, entities_failed``."""

PUBLISHED_MARTS = Asset(name="published_marts", uri="ecosystem://published/current", group="published")
"""Updated when a build became current; the event's extra holds ``as_of, build_id``."""


REVIEW_PACKS = Asset(name="review_packs", uri="ecosystem://published/review_packs", group="published")
"""Updated when the packs of a quarter were built; the event's extra holds ``as_of, build_id, quarter``."""


class Tag(StrEnum):
    """The tags a DAG may carry: where it stands in the chain, and how urgent its failure is."""

    EXTRACT = "layer/extract"
    BUILD = "layer/build"
    ALERT = "layer/alert"
    REVIEW = "layer/review"
    TIER_1 = "impact/tier_1"  # readers or vendors notice the same day
    TIER_2 = "impact/tier_2"  # marts go stale and are marked; mend it within a day


def report_failure(context: Mapping[str, Any]) -> None:
    """Mail the engineers that a step failed, once per episode. A refusal of the gate has a mail of its own."""
    error = context.get("exception")
    cause = error.__cause__ if error is not None and isinstance(error.__cause__, EcosystemError) else error
    if isinstance(cause, GateBlocked):
        return
    sentence = str(cause) if isinstance(cause, EcosystemError | AirflowFailException) else type(cause).__name__
    _report_step(context, f"{sentence} See the log of the task in Airflow.")


def report_success(context: Mapping[str, Any]) -> None:
    """Close the episode of a step that failed before."""
    _report_step(context, None)


def _report_step(context: Mapping[str, Any], failure: str | None) -> None:
    """Airflow logs what goes wrong here and leaves the task as it is: mail trouble does not stop data."""
    from alerts.data_alert import report_step
    from ecosystem.paths import home

    task = context["ti"]
    part = task.rendered_map_index or (str(task.map_index) if task.map_index >= 0 else None)
    step = f"{task.dag_id}.{task.task_id}" + (f" {part}" if part else "")
    report_step(home(), _as_of(context), mail_server(), step, failure, channel_url)


DEFAULT_ARGS: dict[str, Any] = {
    "owner": OWNER,
    "retries": 2,
    "retry_delay": timedelta(minutes=2),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=20),
    "execution_timeout": timedelta(minutes=5),
    "on_failure_callback": report_failure,
    "on_success_callback": report_success,
}

EVERY_DAG: dict[str, Any] = {
    "start_date": datetime(2026, 1, 1, tzinfo=UTC),
    "catchup": False,
    # Two runs of one DAG would extract the same window or build the same file twice.
    "max_active_runs": 1,
    "default_args": DEFAULT_ARGS,
    "params": {
        "as_of": Param(
            None,
            type=["null", "string"],
            title="As of",
            description="The run's clock: a date (its end, UTC) or an instant. Empty: the time the run was due.",
        ),
    },
}


def cron(expression: str) -> str | None:
    """The schedule, or none at all with ``ECOSYSTEM_SCHEDULES=manual``.

    The sandbox lives on a calendar of its own, so a local Airflow must not extract from it by the wall clock.
    """
    return None if os.environ.get("ECOSYSTEM_SCHEDULES") == "manual" else expression


def run_as_of() -> datetime:
    """The clock of the current run: its conf, else the triggering events, else the time it was due (UTC)."""
    return _as_of(get_current_context())


def _as_of(context: Mapping[str, Any]) -> datetime:
    extras = [event.extra or {} for events in context["triggering_asset_events"].values() for event in events]
    dag_run = context["dag_run"]
    return resolve_as_of(dag_run.conf, extras, dag_run.run_after)


def run_conf(key: str) -> Any:
    """What the person who triggered the current run set under ``key``, or None."""
    return (get_current_context()["dag_run"].conf or {}).get(key)


def mail_server() -> Any:
    """The settings of the mail server, from Airflow's connection ``smtp_default``."""
    from airflow.sdk import Connection

    from alerts.smtp import DEFAULT_CONNECTION, from_airflow

    return from_airflow(Connection.get(DEFAULT_CONNECTION))


def channel_url(connection_id: str) -> str:
    """The secret URL of a channel, from Airflow's connection."""
    from airflow.sdk import Connection

    from alerts.channels import url_from_airflow

    return url_from_airflow(Connection.get(connection_id))


@contextmanager
def no_retry_for_decisions() -> Iterator[None]:
    """Fail at once where trying again cannot help: a wrong setting, or a build that the gate refused."""
    try:
        yield
    except (UsageError, GateBlocked) as error:
        raise AirflowFailException(str(error)) from error
