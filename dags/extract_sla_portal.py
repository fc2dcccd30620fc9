"""Land the service portal's incidents.

**Purpose:** how fast vendors answer and resolve tickets.

**Owner:** data-engineering

**Schedule:** hourly at minute 40 (UTC): tickets change within the day.

**When it fails:** read the log of the red `extract_servicenow` task: its last line names system, entity, field and what
to do. Then clear that task; a rerun resumes behind the last landed batch. Other marts do not wait for the portal.
From a terminal: `ecosystem extract sla_servicenow`.
"""

from airflow.sdk import DAG

from dags.extraction import EXTRACT_PARAMS, extract_kind
from dags.wiring import EVERY_DAG, Tag, cron

with DAG(
    "extract_sla_portal",
    **EVERY_DAG | {"params": EVERY_DAG["params"] | EXTRACT_PARAMS},
    schedule=cron("40 * * * *"),
    doc_md=__doc__,
    tags=[Tag.EXTRACT, Tag.TIER_2],
):
    extract_kind("sla_portal")
