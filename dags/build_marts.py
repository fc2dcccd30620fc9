"""Build the marts from what has landed, check them, publish them, and bring them to PostgreSQL and the dashboard.

**Purpose:** dbt turns new batches into marts in the private warehouse file; the gate reads them; what passed becomes
the publication that BI tools, the dashboard and the alerts read.

**Owner:** data-engineering

**Schedule:** whenever an extract has landed something (any of `landed_erp`, `landed_crm`, `landed_sla_portal`). One run
at a time: events that arrive during a run are taken together by the next one.

**When it fails:** a red `gate` is a decision, not an accident: its message names expectation, table, count and
examples, and a mail tells the engineers. The last good publication stays and no vendor alert is sent. Mend the cause
(the source, a tolerance in `config/gate.yml`, a model), then clear the run. A red `build` names the model and the log
of dbt; nothing was consumed, so the next run reads the same batches. A red `publish` may simply be cleared.
A red `serve_on_postgres` leaves the former publication on PostgreSQL, or names what opened a way around the sharing
protocol; vendors have no access until it is closed and the task cleared (docs/serving.md).
A red `build_sites` leaves former pages, each whole; clear it.
From a terminal: `ecosystem build`, `gate`, `publish`, `serving publish` and `site`.
"""

import os
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, AssetAny, TriggerRule, get_current_context, task

from dags.wiring import (
    EVERY_DAG,
    LANDED,
    MAIL_POOL,
    PAGES_POOL,
    PUBLISHED_MARTS,
    WAREHOUSE_POOL,
    Tag,
    channel_url,
    mail_server,
    no_retry_for_decisions,
    run_as_of,
)


@task(pool=WAREHOUSE_POOL, execution_timeout=timedelta(hours=2))
def build() -> dict[str, Any]:
    """Run dbt over the batches that no build has consumed yet."""
    from ecosystem.paths import home
    from warehouse.build import build as build_warehouse

    with no_retry_for_decisions():
        result = build_warehouse(home(), run_as_of())
    return {
        "build_id": result.build_id,
        "as_of": result.as_of.isoformat(),
        "batches_read": result.batches_read,
        "rows_read": result.rows_read,
        "models": result.models,
        "seconds": result.seconds,
    }


@task(pool=WAREHOUSE_POOL, execution_timeout=timedelta(minutes=30))
def gate(built: dict[str, Any]) -> dict[str, Any]:
    """Let the build pass, or fail with the reason; a retry cannot change a refusal."""
    from ecosystem.errors import GateBlocked
    from ecosystem.paths import home
    from expectations.gate import run_gate

    with no_retry_for_decisions():
        result = run_gate(home(), built["build_id"])
        if not result.passed:
            raise GateBlocked(result.sentence)
    return {
        "build_id": result.build_id,
        "as_of": built["as_of"],
        "passed": result.passed,
        "checks": len(result.checks),
        "warnings": [finding.sentence for finding in result.warnings],
        "info": [finding.sentence for finding in result.info],
    }


@task(pool=MAIL_POOL, trigger_rule=TriggerRule.ALL_DONE)
def report_gate(built: dict[str, Any] | None) -> dict[str, Any] | None:
    """Mail the engineers which checks block, or that they pass again; nothing when the gate could not decide."""
    from alerts.data_alert import report_gate as report
    from ecosystem.paths import home
    from expectations.findings import Finding
    from expectations.gate import read_result

    decision = read_result(home(), built["build_id"]) if built else None
    if decision is None:
        return None
    blocking = [Finding(**finding) for finding in decision["blocking"]]
    return asdict(report(home(), run_as_of(), mail_server(), blocking, channel_url))


@task(pool=WAREHOUSE_POOL, outlets=[PUBLISHED_MARTS], execution_timeout=timedelta(minutes=30))
def publish(checked: dict[str, Any]) -> dict[str, Any]:
    """Make the checked build the current publication."""
    from ecosystem.paths import home
    from publishing.publish import publish as publish_current

    with no_retry_for_decisions():
        publish_current(home())
    # The build's clock, which may be later than this run's: the alerts have to be as of what they read.
    announced = {"as_of": checked["as_of"], "build_id": checked["build_id"]}
    get_current_context()["outlet_events"][PUBLISHED_MARTS].extra = announced
    return announced


@task(pool=WAREHOUSE_POOL, execution_timeout=timedelta(minutes=30))
def serve_on_postgres(published: dict[str, Any]) -> dict[str, Any]:
    """Bring the publication to PostgreSQL; skipped where ECOSYSTEM_SERVING_DB_URL is not set."""
    from airflow.sdk.exceptions import AirflowSkipException

    from ecosystem.paths import home
    from publishing.postgres.audit import require_none
    from publishing.postgres.names import DATABASE_VARIABLE
    from publishing.postgres.publish import publish_to_postgres

    url = os.environ.get(DATABASE_VARIABLE)
    if not url:
        raise AirflowSkipException(f"{DATABASE_VARIABLE} is not set: the marts are files only.")
    served = publish_to_postgres(home(), url)
    require_none(served.findings)
    return {"build_id": served.build_id, "tables": served.tables, "written": sorted(served.written)}


@task(pool=PAGES_POOL, execution_timeout=timedelta(minutes=30))
def build_sites(published: dict[str, Any]) -> dict[str, Any]:
    """Make the pages of the dashboard, and of vendors whose rows changed their own sites and files."""
    from config.sharing import load_sharing
    from ecosystem.paths import home
    from publishing.site.build import build_site, code_hash
    from publishing.site.vendor_page.own_site import build_vendor_sites
    from publishing.vendor_files import write_vendor_files

    with no_retry_for_decisions():
        built = build_site(home())
        own = build_vendor_sites(home(), load_sharing(), code_hash())
        packed = write_vendor_files(home())
    return {
        "build_id": built.build_id,
        "pages": built.pages,
        "written_vendors": built.written_vendors,
        "written_own_sites": own.written_vendors,
        "written_vendor_files": packed.written,
        "seconds": round(built.seconds + own.seconds + packed.seconds, 3),
    }


with DAG(
    "build_marts",
    **EVERY_DAG,
    schedule=AssetAny(*LANDED.values()),
    doc_md=__doc__,
    tags=[Tag.BUILD, Tag.TIER_1],
):
    built = build()
    checked = gate(built)
    checked >> report_gate(built)
    published = publish(checked)
    serve_on_postgres(published)
    build_sites(published)
