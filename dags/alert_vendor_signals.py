"""Mail the right team when a vendor's deliveries begin to slip.

**Purpose:** every published early warning is sent once, to the team that `config/alert_routes.yml` names, and closed
when it clears. Stale feeds mute the vendor alerts that depend on them and go to engineers instead.

**Owner:** data-engineering

**Schedule:** whenever `published_marts` was updated.

**When it fails:** clear it. The ledger knows what was sent, so a rerun sends only what is missing. If the mail server
refuses, its answer is in the log of `send_alerts`; check the connection `smtp_default`.
From a terminal: `ecosystem alerts run`.
"""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, task

from dags.wiring import (
    EVERY_DAG,
    MAIL_POOL,
    PUBLISHED_MARTS,
    Tag,
    channel_url,
    mail_server,
    no_retry_for_decisions,
    run_as_of,
)


@task(pool=MAIL_POOL, execution_timeout=timedelta(minutes=15))
def send_alerts() -> dict[str, Any]:
    """Bring ledger and mails in line with the published early warnings."""
    from alerts.run import run_alerts
    from ecosystem.paths import home

    with no_retry_for_decisions():
        return asdict(run_alerts(home(), run_as_of(), mail_server(), channel_url))


@task(pool=MAIL_POOL, execution_timeout=timedelta(minutes=15))
def report_stale_feeds() -> dict[str, Any]:
    """Mail the engineers which feeds of the publication are stale, or fresh again."""
    from alerts.data_alert import report_stale_feeds as report
    from ecosystem.paths import home

    with no_retry_for_decisions():
        return asdict(report(home(), run_as_of(), mail_server(), channel_url))


with DAG(
    "alert_vendor_signals",
    **EVERY_DAG,
    schedule=PUBLISHED_MARTS,
    doc_md=__doc__,
    tags=[Tag.ALERT, Tag.TIER_1],
):
    send_alerts()
    report_stale_feeds()
