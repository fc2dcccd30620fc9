"""Land the CRM's accounts, survey responses and innovation proposals.

**Purpose:** vendor categories, what both sides think of each other, and proposals with their first answer.

**Owner:** data-engineering

**Schedule:** daily at 05:20 UTC, before the working day of the teams that read it.

**When it fails:** read the log of the red `extract_salesforce` task: its last line names system, entity, field and what
to do. Then clear that task; a rerun resumes behind the last landed batch. Delivery marts do not wait for the CRM: what
depends on it is published, marked as stale, and its vendor alerts are muted.
From a terminal: `ecosystem extract crm_salesforce`.
"""

from airflow.sdk import DAG

from dags.extraction import EXTRACT_PARAMS, extract_kind
from dags.wiring import EVERY_DAG, Tag, cron

with DAG(
    "extract_crm",
    **EVERY_DAG | {"params": EVERY_DAG["params"] | EXTRACT_PARAMS},
    schedule=cron("20 5 * * *"),
    doc_md=__doc__,
    tags=[Tag.EXTRACT, Tag.TIER_2],
):
    extract_kind("crm")
